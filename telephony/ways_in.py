"""Rooms whose pages speak with a media server themselves: the way in is handed to who is in the room and asks for it,
and to nobody else; voices for the captions come here beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.contracts import BadInput, NotPermitted
from telephony.engines.engine import Description, MediaEngine
from telephony.engines.grants import GrantingEngine
from telephony.rooms import Rooms

Message = Mapping[str, Any]


class WaysIn:
    """send: to a client, by its id. then: do this after what the same part, and its room, are doing (RoomDesk)."""

    def __init__(
        self, rooms: Rooms, media: MediaEngine, send: Callable[[str, Message], None], then: Callable[..., None]
    ) -> None:
        self._rooms, self._send, self._then, self._name = rooms, send, then, media.name
        self._media = media if isinstance(media, GrantingEngine) else None

    def lead(self, room: str) -> bool:
        """Whether pages enter this room by themselves."""
        return self._media is not None and self._media.grants(room)

    def ask(self, part: str, message: Message) -> None:
        """room.media: a page asks for the way into a room that it has joined, or for a new one.

        Raises NotPermitted, BadInput.
        """
        room = str(message.get("room"))
        if not self._rooms.may_subscribe(room, part):
            raise NotPermitted("not-in-room", "you are not in this room")
        if self._media is None or not self.lead(room):
            raise BadInput("bad-message", "the media of this room is offered and answered")
        self._then(part, self._grant(self._media, room, part, message), room, message.get("id"))

    def voice(self, room: str, part: str, message: Message) -> None:
        """rtc.* of `tap`: a page sends its voice beside the room, to be written, while anybody reads and if its person
        lets it. Raises NotPermitted, BadInput."""
        state = self._rooms.state(room)
        member = state.members.get(part) if state is not None else None
        if state is None or member is None or not (state.captioned and member.voiced and member.publishes):
            raise NotPermitted("captions-off", "nobody reads captions in this room, or you do not let them be made")
        assert self._media is not None
        if message["t"] == "rtc.ice":
            self._then(part, self._media.voice_candidate(room, part, message.get("cand")), room)
        elif message["desc"]["type"] == "offer":
            self._then(part, self._take_voice(self._media, room, part, message), room, message.get("id"))
        else:
            raise BadInput("bad-message", "the client offers a tap")

    async def _grant(self, media: GrantingEngine, room: str, part: str, message: Message) -> None:
        member = self._rooms.member(part)
        if member is None or not self._rooms.may_subscribe(room, part):
            return  # he left meanwhile
        publish = self._rooms.may_publish(room, part)
        grant = await media.grant(room, part, member.person.name_ko, publish=publish)
        told = {"t": "room.media", "room": room, "engine": self._name, "url": grant.url, "token": grant.token}
        self._tell(part, {**told, "publish": publish, "expires_in_ms": grant.lasts_s * 1000}, message)

    async def _take_voice(self, media: GrantingEngine, room: str, part: str, message: Message) -> None:
        answer = await media.voice(room, part, Description("offer", message["desc"]["sdp"]))
        told = {"t": "rtc.desc", "room": room, "pc": "tap", "desc": {"type": answer.type, "sdp": answer.sdp}}
        self._tell(part, told, message)

    def _tell(self, part: str, told: Message, asked: Message) -> None:
        self._send(part, {**told, "re": asked["id"]} if isinstance(asked.get("id"), str) else told)
