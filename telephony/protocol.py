"""The wire of `/ws/v1/calls`, version 1: what a client may say, one model per message, and how it is read.

JSON text frames; `t` names the message, `id` is echoed as `re`. What the hub says back is written where it is sent and
documented in docs/api/calls.asyncapi.yaml, which a test holds against both.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from assistant.contracts import BadInput

VERSION = 1
MOST_FRAME = 64 * 1024
MOST_SDP = 48 * 1024
MOST_CANDIDATE = 2048
MOST_STREAMS = 16

CallId = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")]
RoomId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9:._-]{0,99}$")]
PcName = Annotated[str, Field(pattern=r"^(p2p|pub|tap|sub:[A-Za-z0-9_-]{1,64})$")]
To = Annotated[str, Field(min_length=3, max_length=400)]
MediaName = Literal["audio", "video"]


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    id: str | None = Field(None, max_length=64)


class Caps(BaseModel):
    """What a client can do. audio false: it has no microphone, and makes no media."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    audio: bool = True
    video: bool = False
    screen: bool = False
    ice_restart: bool = False


class About(BaseModel):
    """What a call is about."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["event", "project", "panel"]
    id: str = Field(max_length=120)
    title: str = Field("", max_length=200)


class Hello(_Message):
    """The first message. resume: the `sid` of a connection that was lost. fresh: the page was loaded anew, so that its
    peer connections are gone. name: what a guest wants to be called."""

    t: Literal["hello"]
    v: Literal[1]
    caps: Caps = Caps()
    resume: str | None = Field(None, max_length=64)
    fresh: bool = False
    name: str = Field("", max_length=40)


class Presence(_Message):
    """What a person says of themselves."""

    t: Literal["presence"]
    status: Literal["available", "busy", "dnd", "away"]


class Invite(_Message):
    """Call somebody. `call`: an id that the client makes up, a UUID."""

    t: Literal["call.invite"]
    call: CallId
    to: To
    media: MediaName = "video"
    about: About | None = None
    ring_s: float | None = Field(None, ge=5, le=60)


class Accept(_Message):
    """Answer a call that rings here."""

    t: Literal["call.accept"]
    call: CallId
    media: MediaName | None = None


class Reject(_Message):
    """Do not answer it."""

    t: Literal["call.reject"]
    call: CallId
    reason: Literal["rejected", "busy"] = "rejected"


class Cancel(_Message):
    """Take back a call that was announced or rings."""

    t: Literal["call.cancel"]
    call: CallId


class Hangup(_Message):
    """End a call, or leave it when there are more than two."""

    t: Literal["call.hangup"]
    call: CallId
    reason: Literal["hangup", "media_failed"] = "hangup"


class Hold(_Message):
    """Put a call on hold, or take it up again."""

    t: Literal["call.hold"]
    call: CallId
    on: bool


class Transfer(_Message):
    """Hand a call on: once the other answers, this party leaves it. blind: the telephone of a call of two is asked to
    call `to`, a telephone as well, by itself; it is not waited for an answer there."""

    t: Literal["call.transfer"]
    call: CallId
    to: To
    blind: bool = False


class Add(_Message):
    """Ask a third party in: once it answers, the call goes on in a room."""

    t: Literal["call.add"]
    call: CallId
    to: To


class Keys(_Message):
    """Press keys at the telephone of a call."""

    t: Literal["call.dtmf"]
    call: CallId
    digits: str = Field(pattern=r"^[0-9A-D*#]{1,32}$")


class State(_Message):
    """What of this party is on. media: whether its connection stands; `failed` ends a call of two."""

    t: Literal["call.state"]
    call: CallId | None = None
    room: RoomId | None = None
    mic: bool | None = None
    cam: bool | None = None
    screen: bool | None = None
    hand: bool | None = None
    media: Literal["connected", "failed"] | None = None


class Sdp(BaseModel):
    """A session description."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    type: Literal["offer", "answer", "pranswer", "rollback"]
    sdp: str = Field("", max_length=MOST_SDP)


class RtcDesc(_Message):
    """A session description of one peer connection."""

    t: Literal["rtc.desc"]
    call: CallId | None = None
    room: RoomId | None = None
    pc: PcName = "p2p"
    desc: Sdp
    streams: dict[str, Literal["camera", "screen"]] | None = Field(None, max_length=MOST_STREAMS)


class RtcIce(_Message):
    """An ICE candidate as the browser gives it; null at the end."""

    t: Literal["rtc.ice"]
    call: CallId | None = None
    room: RoomId | None = None
    pc: PcName = "p2p"
    cand: dict[str, Any] | None = Field(None, max_length=16)


CALL_MESSAGES = (
    Hello | Presence | Invite | Accept | Reject | Cancel | Hangup | Hold | Transfer | Add | Keys | State | RtcDesc
    | RtcIce
)  # fmt: skip
ROOM_MESSAGES = (
    "room.list", "room.create", "room.join", "room.leave", "room.admit", "room.moderate", "room.chat", "room.page",
    "room.media", "captions.set", "recording.set", "consent.set",
)  # fmt: skip
"""What rooms read themselves (telephony/rooms.py)."""


class RoomMessage(BaseModel):
    """A message for the rooms, unread."""

    t: str
    id: str | None
    body: dict[str, Any]


Message = CALL_MESSAGES | RoomMessage
_READ: TypeAdapter[Any] = TypeAdapter(Annotated[CALL_MESSAGES, Field(discriminator="t")])
TAGS = frozenset(model.model_fields["t"].annotation.__args__[0] for model in CALL_MESSAGES.__args__)


class BadMessage(BadInput):
    """A frame that cannot be read. re: the `id` it had, if that could be read."""

    def __init__(self, code: str, message: str, re: str | None = None) -> None:
        super().__init__(code, message)
        self.re = re


def read(text: str) -> Message:
    """One frame. Raises BadMessage: too-large, bad-json, unknown-message, bad-message."""
    if len(text) > MOST_FRAME or len(text.encode("utf-8", "surrogatepass")) > MOST_FRAME:
        raise BadMessage("too-large", f"a message of at most {MOST_FRAME} bytes is accepted")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage("bad-json", "this is no JSON") from None
    if not isinstance(value, dict):
        raise BadMessage("bad-json", "a message is a JSON object")
    given = value.get("id")
    re = given if isinstance(given, str) and len(given) <= 64 else None
    tag = value.get("t")
    if isinstance(tag, str) and tag in ROOM_MESSAGES:
        return RoomMessage(t=tag, id=re, body=value)
    if not isinstance(tag, str) or tag not in TAGS:
        raise BadMessage("unknown-message", "there is no message of this name", re)
    try:
        found = _READ.validate_python(value)
    except ValidationError as error:
        # Never the value itself: it may hold a description with addresses.
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:])
        raise BadMessage("bad-message", f"{tag}: {where or 'message'}: {first['msg']}"[:300], re) from None
    if isinstance(found, RtcDesc | RtcIce | State) and (found.call is None) == (found.room is None):
        raise BadMessage("bad-message", f"{tag}: either call or room", re)
    if isinstance(found, RtcIce) and found.cand is not None and len(json.dumps(found.cand)) > MOST_CANDIDATE:
        raise BadMessage("bad-message", "rtc.ice: the candidate is too long", re)
    message: Message = found
    return message
