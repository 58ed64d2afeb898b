"""What people do in a meeting: speak in the chat, turn pages, raise hands, ask for captions and for a record. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from assistant.contracts import BadInput, NotPermitted
from telephony.consent import KINDS, Kind
from telephony.meeting import Meeting
from telephony.meeting_state import Member, Page, concerns
from telephony.room_effects import Engine, Person

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}", re.ASCII)
PHONE = "sip:"
LAST_PAGE = 99_999
Message = Mapping[str, Any]


def chat(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """room.chat. A decision is marked by the host or the presenter."""
    state, kind = meeting.state, message.get("kind", "text")
    if kind not in ("text", "decision"):
        raise BadInput("bad-message", "kind is text or decision")
    if kind == "decision" and part not in (state.host, state.presenter):
        raise NotPermitted("host-only", "decisions are marked by the host or the presenter")
    person = state.members[part].person
    line = state.chat.write(part, person.name_ko, message.get("text"), kind, now)
    for other in state.members:
        fields = {key: value for key, value in line.told(meeting.room, now).items() if key not in ("t", "room")}
        meeting.send(other, "room.chat", fields)
    meeting.note("decision" if kind == "decision" else "chat", now, part, n=line.n, text=line.text)


def page(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """room.page: the presenter or the host turns or shows nothing more, anybody stops or begins to follow."""
    state, member = meeting.state, meeting.state.members[part]
    follow = message.get("follow")
    if follow is not None:
        member.follows = flag(message, "follow")
        if member.follows and (told := meeting.page_for(part)):
            meeting.send(part, "room.page", told)
        return
    if part not in (state.host, state.presenter):
        raise NotPermitted("presenter-only", "pages are turned by the presenter or the host")
    if "off" in message and flag(message, "off"):
        state.page = None
        meeting.tell("room.page", {"document": None, "panel": None, "page": None, "by": part, "hidden": False})
        return
    new = Page(_name(message, "document"), _name(message, "panel"), _number(message), part)
    if not new.document and not new.panel:
        raise BadInput("bad-message", "a page is of a document or a panel")
    before, state.page = state.page, new
    shown = meeting.page_for(part)
    if shown is None or shown["hidden"]:
        state.page = before
        raise NotPermitted("not-for-you", "this may not be shown from here")
    member.follows = True
    for other, its in state.members.items():
        if its.follows and (told := meeting.page_for(other)):
            meeting.send(other, "room.page", told)
    if before is None or (before.document, before.panel, before.number) != (new.document, new.panel, new.number):
        meeting.note("page", now, part, document=new.document, panel=new.panel, number=new.number)


def own_state(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """call.state: microphone, camera, screen, hand."""
    state, member = meeting.state, meeting.state.members[part]
    wanted = {key: flag(message, key) for key in ("mic", "cam", "screen", "hand") if key in message}
    if any(wanted.get(key) for key in ("mic", "cam", "screen")) and not member.publishes:
        raise NotPermitted("view-only", "a viewer sends no sound and no picture")
    if wanted.get("screen") and not member.screen and meeting.policy.one_screen:
        sharing = [m for m in state.members.values() if m.screen]
        if sharing:
            raise NotPermitted("screen-taken", "somebody else shares a screen")
    for key in ("mic", "cam", "screen"):
        if key in wanted:
            setattr(member, key, wanted[key])
            if wanted[key] or key == "screen":  # a screen that is put away leaves the place to the camera
                member.quieted.discard(key)
    if "hand" in wanted:
        # Asking again does not cost the place in the queue.
        member.hand_at = (member.hand_at if member.hand_at is not None else now) if wanted["hand"] else None
    if wanted.get("mic") is False and state.speakers.gone(part):
        meeting.tell("room.speaking", state.speaking)
    meeting.changed()


def captions(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """captions.set: whether one reads them, and whether one's own voice is written."""
    member = meeting.state.members[part]
    if "on" not in message and "mine" not in message:
        raise BadInput("bad-message", "captions.set says on or mine")
    reads = flag(message, "on") if "on" in message else member.reads
    member.voiced = flag(message, "mine") if "mine" in message else member.voiced
    member.reads = reads
    meeting.tell_captions()


def recording(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """recording.set: the host asks everybody, or ends it; who began it may end it too."""
    consent = meeting.state.consents[_kind(message)]
    wanted = flag(message, "on")
    person = meeting.state.members[part].person
    if part != meeting.state.host and (wanted or part != consent.by):
        raise NotPermitted("host-only", "only the host records")
    if wanted and not concerns(person):
        raise NotPermitted("view-only", "a television makes no record")
    before = consent.state
    if wanted:
        consent.ask(part, [p for p, m in meeting.state.members.items() if concerns(m.person)], now)
    else:
        consent.end("ended")
    meeting.consent_moved(consent.kind, before, now)
    if before == consent.state:
        meeting.tell_consent(consent.kind)


def agree(meeting: Meeting, part: str, message: Message, now: float) -> None:
    """consent.set, of one who is in or of one who waits at the door because of it."""
    consent, state = meeting.state.consents[_kind(message)], meeting.state
    before, yes = consent.state, flag(message, "agree")
    if part in state.waiting:
        if state.waiting[part].why != "consent":
            raise NotPermitted("not-in-room", "nobody has asked you")
        consent.answer(part, agree=yes, now=now)
        if not yes:
            meeting.refuse(part, now)
        return
    if not concerns(state.members[part].person):
        raise NotPermitted("view-only", "a viewer is not recorded")
    if before == "off" and not yes and consent.since > 0:
        party = state.members[part].person.owner
        meeting.note("withdrew", now, part, kind=consent.kind, party=party)  # of what was made earlier in this meeting
    consent.answer(part, agree=yes, now=now)
    meeting.consent_moved(consent.kind, before, now, part)
    if before == consent.state != "off":
        meeting.tell_consent(consent.kind)


def heard(meeting: Meeting, part: str, line: Message, now: float) -> None:
    """A caption of what `part` said: {text, final, t0 (the clock's seconds), age_ms, shown}. To those who asked for
    captions, unless it comes too late for them (shown); into the record when the transcript was on already as the words
    began."""
    state, member = meeting.state, meeting.state.members.get(part)
    if member is None or not member.voiced or part not in state.tapped:
        return
    shown = {"part": part, "name": member.person.name_ko, "text": line["text"], "final": line["final"]}
    # t0_ms counts from the speaker's arrival: captions are put in order by it, and it tells nobody the time of day.
    shown |= {"t0_ms": round((line["t0"] - member.joined_at) * 1000), "age_ms": line["age_ms"]}
    for other, its in state.members.items():
        if its.reads and line["shown"]:
            meeting.send(other, "caption", shown)
    transcript = state.consents["transcript"]
    if line["final"] and line["text"] and transcript.state == "on" and line["t0"] >= transcript.since:
        meeting.note("line", now, part, text=line["text"], at=line["t0"])


def engine_event(meeting: Meeting, kind: str, part: str, feed: str, level_db: float, now: float) -> None:
    """What the media engine reports of this room."""
    state, member = meeting.state, meeting.state.members.get(part)
    match kind:
        case "closed":
            meeting.end("engine", now)
        case "published" if member is None and is_phone(part) and part in state.plan.invited:
            if meeting.phone_in(Person(part, "phone", part.removeprefix(PHONE)), now):
                engine_event(meeting, kind, part, feed, level_db, now)
        case "unpublished" | "failed" if member is not None and member.person.kind == "phone":
            meeting.leave(part, "left", now)
        case "published" if member is None or not member.publishes:
            # He left, or was made a viewer, while his offer was under way.
            meeting.engine(Engine("leave", meeting.room, part))
        case "published" if member is not None and feed not in member.feeds:
            member.feeds[feed] = None
            meeting.tell("room.feeds", {"added": [{"feed": feed, "part": part}], "removed": []}, but=part)
        case "unpublished" if member is not None and feed in member.feeds:
            del member.feeds[feed]
            _silenced(meeting, part, member, [feed])
        case "failed" if member is not None:
            feeds = list(member.feeds)
            member.feeds.clear()
            _silenced(meeting, part, member, feeds)
        case "speaking" if member is not None and member.feeds:
            if state.speakers.level(part, level_db, now):
                meeting.tell("room.speaking", state.speaking)


def _silenced(meeting: Meeting, part: str, member: Member, feeds: list[str]) -> None:
    if feeds:
        meeting.tell("room.feeds", {"added": [], "removed": feeds}, but=part)
    if not member.feeds and meeting.state.speakers.gone(part):
        meeting.tell("room.speaking", meeting.state.speaking)


def is_phone(part: str) -> bool:
    """Whether a part is a telephone's: it has no connection of ours, only sound."""
    return part.startswith(PHONE)


def flag(message: Message, key: str) -> bool:
    """A truth value of a message. Raises BadInput."""
    value = message.get(key)
    if not isinstance(value, bool):
        raise BadInput("bad-message", f"{key} is true or false")
    return value


def _kind(message: Message) -> Kind:
    value = message.get("kind", "recording")
    for kind in KINDS:
        if value == kind:
            return kind
    raise BadInput("bad-message", "kind is recording or transcript")


def _name(message: Message, key: str) -> str:
    value = message.get(key)
    if value is None:
        return ""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadInput("bad-message", f"{key} is an id")
    return value


def _number(message: Message) -> int:
    value = message.get("page", 1)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LAST_PAGE:
        raise BadInput("bad-message", f"page is a number from 1 to {LAST_PAGE}")
    return value
