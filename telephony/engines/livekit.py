"""A LiveKit server as the engine: the page speaks with it by LiveKit's own client; we give it the way in.

What passes between a page and LiveKit is no business of ours: there are no descriptions here, only tokens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from typing import Any, NoReturn

import httpx

from assistant.contracts import BadInput, NotPermitted, Unavailable
from telephony.engines.engine import Description, EngineEvent, Kind
from telephony.engines.eventing import EventQueue

TOKEN_S = 600
"""How long a page may take to join; once in, it stays in."""
ASK_S = 5.0
EMPTY_S = 300
"""An empty room that LiveKit itself ends after this long."""


class LiveKit:
    """A MediaEngine as far as LiveKit lets one be. url: for pages, ws(s)://; key, secret: of its configuration."""

    name = "livekit"

    def __init__(
        self,
        url: str,
        key: str,
        secret: str,
        *,
        client: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._url, self._key, self._secret, self._clock = url.rstrip("/"), key, secret, clock
        self._client = client or httpx.AsyncClient(timeout=ASK_S)
        self._events = EventQueue()
        self._rooms: set[str] = set()
        self._publishing: set[tuple[str, str]] = set()

    def grant(self, room: str, part: str, name: str = "", *, publish: bool = True) -> dict[str, str]:
        """What the page of a part needs to join: `{url, token}`. name: as the others see it.

        Raises BadInput `no-such-room`.
        """
        if room not in self._rooms:
            raise BadInput("no-such-room", "this room is not open")
        video = {"room": room, "roomJoin": True, "canPublish": publish, "canSubscribe": True, "canPublishData": False}
        claims = {"sub": part, "name": name or part, "video": video}
        return {"url": self._url, "token": self._token(claims)}

    async def open_room(self, room: str, *, most: int) -> None:
        """See MediaEngine. Raises Unavailable `livekit-unavailable`."""
        wanted = {"name": room, "max_participants": most, "empty_timeout": EMPTY_S}
        await self._ask("CreateRoom", wanted, {"roomCreate": True})
        self._rooms.add(room)

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if room in self._rooms:
            await self._ask("DeleteRoom", {"room": room}, {"roomCreate": True})
            self._ended(room, "")

    async def leave(self, room: str, part: str) -> None:
        """See MediaEngine."""
        if room in self._rooms:
            wanted = {"room": room, "identity": part}
            await self._ask("RemoveParticipant", wanted, {"roomAdmin": True, "room": room}, missing_is_fine=True)
            self._unpublished(room, part)

    async def silence(self, room: str, part: str, kinds: Collection[Kind]) -> None:
        """See MediaEngine. What LiveKit has silenced only the page itself opens again, as LiveKit has it."""
        if room not in self._rooms or not kinds:
            return
        admin = {"roomAdmin": True, "room": room}
        reply = await self._ask("ListParticipants", {"room": room}, admin)
        found = reply.get("participants", [])
        for one in found if isinstance(found, list) else []:
            for track in one.get("tracks", []) if one.get("identity") == part else []:
                if str(track.get("type", "AUDIO")).lower() in kinds:
                    muted = {"room": room, "identity": part, "track_sid": track.get("sid"), "muted": True}
                    await self._ask("MutePublishedTrack", muted, admin, missing_is_fine=True)

    async def people(self, room: str) -> list[str]:
        """Who is in a room."""
        reply = await self._ask("ListParticipants", {"room": room}, {"roomAdmin": True, "room": room})
        found = reply.get("participants", [])
        return (
            [str(one.get("identity", "")) for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        )

    def webhook(self, body: bytes, authorization: str) -> None:
        """What LiveKit tells us by HTTP; it comes out of `events`. Raises NotPermitted `bad-signature`, BadInput."""
        claims = self._verified(authorization.removeprefix("Bearer "))
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if not hmac.compare_digest(str(claims.get("sha256", "")), digest):
            raise NotPermitted("bad-signature", "this is not what was signed")
        try:
            told = json.loads(body)
            kind, room = told["event"], str(told["room"]["name"])
            part = str(told.get("participant", {}).get("identity", ""))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise BadInput("bad-event", "this is no event of LiveKit") from error
        if room not in self._rooms:
            return
        if kind == "track_published" and (room, part) not in self._publishing:
            self._publishing.add((room, part))
            self._events.put(EngineEvent("published", room, part, part))
        elif kind == "participant_left":
            self._unpublished(room, part)
        elif kind == "room_finished":
            self._ended(room, "livekit-ended")

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        """Raises BadInput `livekit-page`."""
        _refuse()

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        """Raises BadInput `livekit-page`."""
        _refuse()

    async def answer(self, subscription: str, answer: Description) -> None:
        """Raises BadInput `livekit-page`."""
        _refuse()

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        """Raises BadInput `livekit-page`."""
        _refuse()

    async def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        """Raises BadInput `livekit-page`: captions of such a room come by a connection of their own."""
        _refuse()
        yield b""

    def events(self) -> AsyncIterator[EngineEvent]:
        """See MediaEngine: what `webhook` was told."""
        return self._events.each()

    async def close(self) -> None:
        """See MediaEngine."""
        for room in sorted(self._rooms):
            try:
                await self.close_room(room)
            except Unavailable:
                self._ended(room, "livekit-unavailable")
        await self._client.aclose()
        self._events.end()

    def _ended(self, room: str, reason: str) -> None:
        self._rooms.discard(room)
        self._publishing = {one for one in self._publishing if one[0] != room}
        self._events.put(EngineEvent("closed", room, "", reason=reason))

    def _unpublished(self, room: str, part: str) -> None:
        if (room, part) in self._publishing:
            self._publishing.discard((room, part))
            self._events.put(EngineEvent("unpublished", room, part, part))

    async def _ask(
        self, method: str, body: dict[str, Any], video: dict[str, Any], *, missing_is_fine: bool = False
    ) -> dict[str, Any]:
        address = f"http{self._url.removeprefix('ws')}/twirp/livekit.RoomService/{method}"
        headers = {"Authorization": f"Bearer {self._token({'video': video})}"}
        try:
            reply = await self._client.post(address, json=body, headers=headers)
            if reply.status_code == httpx.codes.NOT_FOUND and missing_is_fine:
                return {}
            reply.raise_for_status()
            found = reply.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Unavailable("livekit-unavailable", "the LiveKit server does not do what it is asked") from error
        return found if isinstance(found, dict) else {}

    def _token(self, claims: dict[str, Any]) -> str:
        now = int(self._clock())
        whole = {"iss": self._key, "nbf": now - 10, "exp": now + TOKEN_S, "jti": secrets.token_hex(8), **claims}
        text = f"{_packed({'alg': 'HS256', 'typ': 'JWT'})}.{_packed(whole)}"
        return f"{text}.{self._signature(text)}"

    def _signature(self, text: str) -> str:
        return _base64(hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).digest())

    def _verified(self, token: str) -> dict[str, Any]:
        text, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(text).encode()):
            raise NotPermitted("bad-signature", "this was not signed with our secret")
        try:
            claims = json.loads(_unpacked(text.partition(".")[2]))
            good = claims["iss"] == self._key and float(claims["exp"]) > self._clock()
        except (ValueError, KeyError, TypeError) as error:
            raise NotPermitted("bad-signature", "this token cannot be read") from error
        if not good:
            raise NotPermitted("bad-signature", "this token has expired, or is of somebody else")
        return dict(claims)


def _packed(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _refuse() -> NoReturn:
    raise BadInput("livekit-page", "the page speaks with LiveKit itself; it needs an address and a token")
