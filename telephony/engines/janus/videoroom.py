"""What is asked of Janus' VideoRoom plugin, in its own words."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony.engines.engine import Description
from telephony.engines.janus.client import JanusClient, Message
from telephony.engines.wire import description_of, json_of

NO_SUCH_FEED = "janus-428"
FEED_RETRY_S, FEED_PATIENCE_S = 0.1, 3.0
"""Janus knows a feed only once its publisher's encryption stands, which may be a moment after it says so."""
TALKING_PACKETS, TALKING_LEVEL = 15, 50
"""0.3 s of sound louder than -50 dB is somebody speaking."""


class VideoRoom:
    """A session that is begun when it is first needed. on_event: what a handle tells. on_lost: Janus is gone."""

    def __init__(
        self, url: str, secret: str, on_event: Callable[[int, Message], None], on_lost: Callable[[], None]
    ) -> None:
        self._url, self._secret = url, secret
        self._on_event, self._on_lost = on_event, on_lost
        self._client: JanusClient | None = None
        self._control = 0
        self._connecting = asyncio.Lock()

    async def create(self, most: int) -> int:
        """A room for `most` publishers: its number. Raises Unavailable `janus-unavailable`."""
        client, number = await self._connect(), secrets.randbelow(2**50) + 1
        wanted = {"request": "create", "room": number, "publishers": most, "is_private": True, "secret": self._secret}
        wanted |= {"audiocodec": "opus", "videocodec": "vp8", "notify_joining": False, "bitrate": 0}
        wanted |= {"audiolevel_event": True, "audio_active_packets": TALKING_PACKETS}
        await client.message(self._control, wanted | {"audio_level_average": TALKING_LEVEL})
        return number

    async def destroy(self, room: int) -> None:
        """End a room; one that is gone already is no error."""
        with suppress(SeoulaError):
            wanted = {"request": "destroy", "room": room, "secret": self._secret}
            await self._janus().message(self._control, wanted)

    async def attach(self) -> int:
        """A new handle."""
        return await self._janus().attach()

    async def join(self, handle: int, room: int, part: str) -> int:
        """Become a publisher of a room: Janus' number of the feed."""
        wanted = {"request": "join", "ptype": "publisher", "room": room, "display": part}
        return int((await self._janus().message(handle, wanted))[0]["id"])

    async def negotiate(self, handle: int, request: str, offer: Description) -> Description:
        """publish, or configure what is published. Raises BadInput `bad-description`."""
        try:
            _, answer = await self._janus().message(handle, {"request": request}, json_of(offer))
        except BadInput as error:
            raise BadInput("bad-description", "this description cannot be used") from error
        return description_of(answer)

    async def moderate(self, room: int, feed: int, mid: str, *, mute: bool) -> None:
        """Whether Janus leaves out what a publisher sends in one section. Raises BadInput, Unavailable."""
        wanted = {"request": "moderate", "room": room, "secret": self._secret, "id": feed, "mid": mid, "mute": mute}
        await self._janus().message(self._control, wanted)

    async def receive(self, room: int, stream: Message, there: Callable[[], bool]) -> tuple[int, Description]:
        """A handle that receives, and Janus' offer for it. there: whether the feed still is. Raises BadInput."""
        handle = await self.attach()
        wanted = {"request": "join", "ptype": "subscriber", "room": room, "streams": [stream], "autoupdate": False}
        end = asyncio.get_running_loop().time() + FEED_PATIENCE_S
        while True:
            try:
                _, jsep = await self._janus().message(handle, wanted)
                return handle, description_of(jsep)
            except BadInput as error:
                late = asyncio.get_running_loop().time() >= end or not there()
                if error.code != NO_SUCH_FEED or late:
                    await self.detach(handle)
                    raise BadInput("no-such-feed", "there is no such feed for this part") from error
            await asyncio.sleep(FEED_RETRY_S)

    async def start(self, handle: int, answer: Description) -> None:
        """The answer to Janus' offer. Raises BadInput `bad-description`."""
        try:
            await self._janus().message(handle, {"request": "start"}, json_of(answer))
        except BadInput as error:
            raise BadInput("bad-description", "this description cannot be used") from error

    async def trickle(self, handle: int, candidate: Mapping[str, Any] | None) -> None:
        """A candidate, None at their end. Raises BadInput `bad-candidate`."""
        given = {"completed": True} if candidate is None else candidate
        try:
            await self._janus().request({"janus": "trickle", "handle_id": handle, "candidate": given})
        except BadInput as error:
            raise BadInput("bad-candidate", "this candidate cannot be read") from error

    async def detach(self, handle: int) -> None:
        """End a handle and its connection; one that is gone already is no error."""
        with suppress(SeoulaError):
            await self._janus().request({"janus": "detach", "handle_id": handle})

    async def close(self) -> None:
        """End the session."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def _connect(self) -> JanusClient:
        async with self._connecting:
            if self._client is None:
                client = JanusClient(self._url, self._secret, self._on_event, self._lost)
                try:
                    await client.open()
                    self._control = await client.attach()
                except SeoulaError:
                    await client.close()
                    raise
                self._client = client
            return self._client

    def _janus(self) -> JanusClient:
        if self._client is None:
            raise Unavailable("janus-unavailable", "the conference server does not answer")
        return self._client

    def _lost(self) -> None:
        if self._client is not None:
            self._client = None
            self._on_lost()
