"""What only the host does: room.admit and room.moderate. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.contracts import BadInput, NotPermitted
from telephony.meeting import Meeting
from telephony.meeting_acts import flag
from telephony.meeting_state import Member
from telephony.room_effects import DEEDS

Message = Mapping[str, Any]


def admit(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """room.admit: lets one or everybody ("*") in from the lobby, or sends them away."""
    _must_host(meeting, part)
    yes, whom = flag(message, "admit"), message.get("part")
    if not isinstance(whom, str):
        raise BadInput("bad-message", "part says who")
    waiting = meeting.state.waiting
    if whom != "*" and whom not in waiting:
        raise BadInput("not-waiting", "nobody of this name waits at the door")
    for other in [whom] if whom != "*" else list(waiting):
        if not yes:
            meeting.refuse(other, now)
        elif whom != "*" or not meeting.full:
            meeting.admit(other, now)
    meeting.changed()


def moderate(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """room.moderate: one of DEEDS."""
    _must_host(meeting, part)
    deed = message.get("do")
    if deed not in DEEDS:
        raise BadInput("bad-message", f"do is one of {', '.join(DEEDS)}")
    state = meeting.state
    if deed == "lock" or deed == "unlock":
        state.locked = deed == "lock"
    elif deed == "end":
        meeting.end("ended", now)
    elif deed == "mute_all":
        for other, member in state.members.items():
            if other != part:
                _quiet(meeting, part, other, member, "mute")
    else:
        whom = message.get("part")
        if not isinstance(whom, str) or whom not in state.members:
            raise BadInput("not-in-room", "nobody of this name is in the room")
        _to_one(meeting, part, whom, state.members[whom], message, now)
    meeting.changed()


def _to_one(meeting: Meeting, by: str, whom: str, member: Member, message: Message, now: float) -> None:
    state = meeting.state
    match message["do"]:
        case "mute" | "stop_camera" | "stop_screen" as deed:
            _quiet(meeting, by, whom, member, deed)
        case "unmute":
            if member.person.kind != "phone":
                raise NotPermitted("their-own", "people switch on their microphones themselves")
            member.mic = True
            member.quieted.discard("mic")
        case "lower_hand":
            member.hand_at = None
        case "presenter":
            state.presenter = whom
            meeting.send(whom, "room.moderated", {"do": "presenter", "by": by})
        case "host":
            if not member.person.office or not member.person.publishes or member.away_at is not None:
                raise NotPermitted("cannot-host", "guests, phones and televisions cannot host")
            state.presenter = whom if state.presenter == by else state.presenter
            state.host = whom
            meeting.note("host", now, whom)
            meeting.send(whom, "room.moderated", {"do": "host", "by": by})
        case "role":
            _role(meeting, by, whom, member, message)
        case "remove":
            if whom == by:
                raise BadInput("bad-message", "the host leaves by room.leave")
            state.removed.add(member.person.owner)
            meeting.leave(whom, "removed", now)


def _role(meeting: Meeting, by: str, whom: str, member: Member, message: Message) -> None:
    role = message.get("role")
    if role not in ("speaker", "viewer"):
        raise BadInput("bad-message", "role is speaker or viewer")
    if role == "speaker" and not member.person.publishes:
        raise NotPermitted("view-only", "a television only looks on")
    if role == member.role:
        return
    member.role = role
    if role == "viewer":
        meeting.drop_media(whom, member)
    meeting.send(whom, "room.moderated", {"do": "role", "role": role, "by": by})


def _quiet(meeting: Meeting, by: str, whom: str, member: Member, deed: str) -> None:
    """The engine holds it back at once, whatever the page of the one does; whoever is muted may unmute himself later,
    as in any meeting, and everybody sees that he has."""
    what = {"mute": "mic", "stop_camera": "cam", "stop_screen": "screen"}[deed]
    if deed != "stop_screen" or member.screen:
        member.quieted.add(what)
    setattr(member, what, False)
    meeting.send(whom, "room.moderated", {"do": deed, "by": by})
    if deed == "mute" and meeting.state.speakers.gone(whom):
        meeting.tell("room.speaking", meeting.state.speaking)


def _must_host(meeting: Meeting, part: str) -> None:
    if part != meeting.state.host:
        raise NotPermitted("host-only", "only the host of this room may do this")
