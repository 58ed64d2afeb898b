"""/api/v1/meetings and /api/v1/recordings: what is kept of meetings, for those who were in them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Literal

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from assistant.api.access import check_origin, is_local, paired
from assistant.api.pages import FONTS
from assistant.api.problems import responses
from assistant.contracts import BadInput, NotPermitted, Unavailable
from assistant.meetings import MeetingService
from content_registry.schema import Registry
from display_bridge.pairing import DISPLAY_ID
from telephony.meeting_state import Page
from telephony.minutes import Record, Shown
from telephony.minutes_pdf import minutes_pdf
from telephony.parties import party_of
from telephony.recordings import TYPES, Recording
from telephony.room_effects import Person

router = APIRouter(prefix="/api/v1", tags=["meetings"], responses=responses(401, 404, 503))
PDF = "application/pdf"
BYTES = {"type": "string", "format": "binary"}
OFFICE = Query(
    "", max_length=40, description="Of the operator at this machine, who needs no token: whose screen it is."
)


class AttendeeRow(BaseModel):
    """spans: from and to, epoch seconds; to is null of one who was in when the service ended."""

    part: str
    name_ko: str
    name_en: str
    kind: str
    spans: list[tuple[float, float | None]]
    hosted: bool


class ShownRow(BaseModel):
    """A page that was followed. What the caller may not see is named by nothing but its time."""

    at: float
    document: str
    panel: str
    number: int
    by: str
    title_ko: str | None
    hidden: bool


class SaidRow(BaseModel):
    """A line. at: epoch seconds."""

    at: float
    part: str
    name: str
    text: str


class RecordingRow(BaseModel):
    """A recording. size: bytes as recorded. people: the parties that were recorded."""

    id: str
    meeting: str
    by: str
    type: str
    begun_at: float
    ended_at: float | None
    size: int
    pieces: int
    people: list[str]


class MeetingRow(BaseModel):
    """A meeting that is over. people: how many parties were in it."""

    id: str
    room: str
    title_ko: str
    title_en: str
    opened_at: float
    ended_at: float | None
    people: int
    decisions: int
    transcript: bool
    deletable: bool


class MeetingsAnswer(BaseModel):
    """Newest first."""

    meetings: list[MeetingRow]


class MeetingAnswer(BaseModel):
    """The record. transcript: null where no transcript was agreed to."""

    id: str
    room: str
    title_ko: str
    title_en: str
    opened_at: float
    ended_at: float | None
    people: list[AttendeeRow]
    agenda: list[ShownRow]
    pages: list[ShownRow]
    decisions: list[SaidRow]
    chat: list[SaidRow]
    transcript: list[SaidRow] | None
    recordings: list[RecordingRow]


class RecordingBody(BaseModel):
    """type: as MediaRecorder calls it."""

    model_config = {"extra": "forbid"}

    type: str = Field(max_length=80, json_schema_extra={"examples": [f"{TYPES[0]};codecs=vp8,opus"]})


class Done(BaseModel):
    """It is done."""

    done: Literal[True] = True


class FollowedAnswer(BaseModel):
    """The page that everybody follows, and what it shows now: a PanelView."""

    document: str
    panel: str
    page: int
    view: dict[str, Any]


@router.get("/meetings", summary="The meetings that one was in", response_model=MeetingsAnswer)
async def meetings(request: Request, display: str = OFFICE) -> dict[str, Any]:
    """Meetings that are over, kept for the days of `meetings.keep_days`; only those that the caller's party was in."""
    party, service = _party(request, display), _service(request)
    found = await service.in_turn(service.minutes.of, party)
    return {"meetings": [_row(record, party) for record in found]}


@router.get("/meetings/{meeting}", summary="The record of a meeting", response_model=MeetingAnswer)
async def meeting(request: Request, meeting: str, display: str = OFFICE) -> dict[str, Any]:
    """Who was there, what was shown, written and decided; what was said only where everybody had agreed."""
    party, service = _party(request, display), _service(request)
    record: Record = await service.in_turn(service.minutes.get, meeting, party)
    recordings: list[Recording] = await service.in_turn(service.recordings.of, meeting)
    body = record.as_json()
    reader = _reader(record, party)
    return {
        **{key: body[key] for key in ("id", "room", "title_ko", "title_en", "opened_at", "ended_at")},
        "people": list(body["people"].values()),
        "agenda": [_shown(service, reader, page) for page in record.agenda],
        "pages": [_shown(service, reader, page) for page in record.pages],
        "decisions": body["decisions"],
        "chat": body["chat"],
        "transcript": body["transcript"] if record.transcribed else None,
        "recordings": [_recording(one) for one in recordings],
    }


@router.get(
    "/meetings/{meeting}/minutes.pdf",
    summary="The minutes as a document",
    response_class=Response,
    responses={200: {"description": "The file", "content": {PDF: {"schema": BYTES}}}},
)
async def minutes(request: Request, meeting: str, display: str = OFFICE) -> Response:
    """The record as a PDF, made for this reader: what he may not see is not named."""
    party, service = _party(request, display), _service(request)
    record: Record = await service.in_turn(service.minutes.get, meeting, party)
    reader = _reader(record, party)
    content = await asyncio.to_thread(
        minutes_pdf, record, lambda page: _shown(service, reader, page)["title_ko"], FONTS
    )  # fmt: skip
    headers = {"Content-Disposition": 'inline; filename="minutes.pdf"', "Cache-Control": "private, no-store"}
    return Response(content, media_type=PDF, headers=headers)


@router.get("/meetings/{meeting}/page", summary="The page that a meeting follows", response_model=FollowedAnswer)
async def followed(request: Request, meeting: str, display: str = OFFICE) -> dict[str, Any]:
    """Of a meeting that goes on, for those who are in it and may see the page (room.page tells them of it)."""
    party, service = _party(request, display), _service(request)
    state = service.meeting(meeting)
    people = [m.person for m in state.members.values() if m.person.owner == party] if state else []
    if state is None or state.page is None or not people:
        raise BadInput("not-found", "this meeting follows no page")
    page = state.page
    if not any(service.may_see(person, page) for person in people):
        raise NotPermitted("not-for-you", "this page may not be shown here")
    view = await asyncio.to_thread(service.view_of, page)
    return {"document": page.document, "panel": page.panel, "page": page.number, "view": view}


@router.delete("/meetings/{meeting}", summary="Delete the record of a meeting", response_model=Done)
async def forget(request: Request, meeting: str, display: str = OFFICE) -> dict[str, Any]:
    """The record and its recordings, for everybody. Only who hosted the meeting may."""
    party, service = _party(request, display), _service(request)
    await service.in_turn(service.minutes.delete, meeting, party)
    await service.in_turn(service.recordings.forget, meeting)
    return {}


@router.post("/meetings/{meeting}/recordings", summary="Begin a recording", response_model=RecordingRow)
async def begin(request: Request, meeting: str, body: RecordingBody, display: str = OFFICE) -> dict[str, Any]:
    """For the one whose recording everybody in the meeting has agreed to (recording.set, consent.set)."""
    party, service = _party(request, display), _service(request)
    if not service.settings.meetings.recording:
        raise Unavailable("recording-off", "meetings are not recorded here (meetings.recording)")
    agreed = service.agreed(meeting, party)
    return _recording(await service.in_turn(service.recordings.begin, meeting, party, body.type, agreed))


@router.put(
    "/recordings/{recording}/pieces/{number}",
    summary="A piece of a recording",
    response_model=RecordingRow,
    responses=responses(413),
    openapi_extra={"requestBody": {"required": True, "content": {"video/webm": {"schema": BYTES}}}},
)
async def piece(request: Request, recording: str, number: int, display: str = OFFICE) -> dict[str, Any]:
    """Piece `number`, from 0 and in order, as MediaRecorder gives it: 900 kB at the most. Refused from the moment on
    that anybody does not agree any more."""
    party, service = _party(request, display), _service(request)
    data = await request.body()
    running: Recording = await service.in_turn(service.recordings.running, recording, party)
    agreed = service.agreed(running.meeting, party)
    return _recording(await service.in_turn(service.recordings.piece, recording, party, number, data, agreed))


@router.post("/recordings/{recording}/finish", summary="Finish a recording", response_model=RecordingRow)
async def finish(request: Request, recording: str, display: str = OFFICE) -> dict[str, Any]:
    """It is whole now; it is kept as it is."""
    party, service = _party(request, display), _service(request)
    return _recording(await service.in_turn(service.recordings.finish, recording, party))


@router.get(
    "/recordings/{recording}",
    summary="A recording",
    response_class=Response,
    responses={200: {"description": "The recording", "content": {kind: {"schema": BYTES} for kind in TYPES}}},
)
async def recorded(request: Request, recording: str, display: str = OFFICE) -> Response:
    """Whole, for those who were in the meeting."""
    party, service = _party(request, display), _service(request)
    one: Recording = await service.in_turn(service.recordings.get, recording)
    await service.in_turn(_was_in, service, one, party)
    pieces: Iterator[bytes] = service.recordings.read(recording)
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": 'attachment; filename="meeting.webm"'}
    return StreamingResponse(pieces, media_type=one.type, headers=headers)


@router.delete("/recordings/{recording}", summary="Delete a recording", response_model=Done)
async def unrecord(request: Request, recording: str, display: str = OFFICE) -> dict[str, Any]:
    """For everybody. Each of those who were recorded may."""
    party, service = _party(request, display), _service(request)
    one: Recording = await service.in_turn(service.recordings.get, recording)
    if party not in one.people:
        await service.in_turn(_was_in, service, one, party)
        raise NotPermitted("not-yours", "only those who were recorded may delete it")
    await service.in_turn(service.recordings.delete, recording)
    return {}


def _was_in(service: MeetingService, one: Recording, party: str) -> None:
    """Raises BadInput `not-found` to everybody else. Those who were recorded were in it, also while it goes on."""
    if party in one.people:
        return
    running = service.secretary.record(one.meeting)
    if running is None or not running.was_in(party):
        service.minutes.get(one.meeting, party)


def use_registry(app: FastAPI, registry: Registry) -> None:
    """Meet in the rooms of a changed registry from now on."""
    if isinstance(found := getattr(app.state, "meetings", None), MeetingService):
        found.use_registry(registry)


def _service(request: Request) -> MeetingService:
    found = getattr(request.app.state, "meetings", None)
    if not isinstance(found, MeetingService):
        raise Unavailable("no-meetings", "meetings are not set up here")
    return found


def _party(request: Request, display: str) -> str:
    """Whose records the caller may read. Raises NotPermitted."""
    check_origin(request)
    device = paired(request)
    if device is not None:
        party = party_of(device.role, device.display)
        if party is None:
            raise NotPermitted("not-for-this-role", "citizens' screens have no meetings")
        return str(party)
    if not is_local(request) or not display:
        raise NotPermitted("token-needed", "a device token is needed: seoula pair")
    if not DISPLAY_ID.fullmatch(display):
        raise BadInput("bad-display-id", "a display id is 1 to 40 letters, digits, - and _")
    return str(party_of("wall", display))


def _reader(record: Record, party: str) -> Person:
    its = record.people[party]
    return Person(party, its.kind, its.name_ko, its.name_en)


def _row(record: Record, party: str) -> dict[str, Any]:
    return {
        "id": record.id,
        "room": record.room,
        "title_ko": record.title_ko,
        "title_en": record.title_en,
        "opened_at": record.opened_at,
        "ended_at": record.ended_at,
        "people": len(record.people),
        "decisions": len(record.decisions),
        "transcript": bool(record.transcript),
        "deletable": record.hosted(party),
    }


def _shown(service: MeetingService, reader: Person, page: Shown) -> dict[str, Any]:
    """A page as this reader may know it, judged by what he may see now."""
    if not service.may_see(reader, Page(page.document, page.panel, page.number, page.by)):
        hidden = {"document": "", "panel": "", "number": 0, "title_ko": None, "hidden": True}
        return {"at": page.at, "by": page.by, **hidden}
    title = service.title_of(page.document, page.panel)
    kept = {"document": page.document, "panel": page.panel, "number": page.number, "title_ko": title}
    return {"at": page.at, "by": page.by, **kept, "hidden": False}


def _recording(one: Recording) -> dict[str, Any]:
    return {name: getattr(one, name) for name in RecordingRow.model_fields}
