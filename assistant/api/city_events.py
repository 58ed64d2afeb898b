"""The shared city-data API: events by number, once or as a stream (server-sent events) that resumes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response, StreamingResponse

from assistant.api.access import service_of
from assistant.api.city_access import cached, may_read, now, readable
from assistant.api.city_bodies import event_body, provenance_body
from assistant.api.city_data import FRESH
from assistant.api.city_models import EventBody, EventsAnswer
from assistant.api.problems import responses
from assistant.contracts import BadInput, NotPermitted, SeoulaError, Unavailable
from display_bridge.city_data.datasets import Dataset
from display_bridge.city_data.event_log import KINDS, PUBLIC_KINDS, EventLog, Logged

PAGE = 200
HEARTBEAT_S = 15.0
MOST_STREAMS = 500

router = APIRouter(prefix="/api/v1", tags=["city data"], responses={**responses(503), 401: responses(401)[401]})

STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}, "description": "Changes as they come"}
}
Seq = Annotated[int, Query(ge=0, le=2**53, description="The number of the last change that is known.")]


def _kinds(request: Request) -> dict[str, Dataset]:
    """The kinds of events that the caller may have: by their panels, and internal ones never for the public."""
    found = {d.id: d for d in readable(request).values() if d.shape == "events" and d.id in KINDS}
    internal = any(d.visibility.value == "internal" for d in found.values())
    return {kind: d for kind, d in found.items() if internal or kind in PUBLIC_KINDS}


@router.get("/events", summary="Changes of events after a number", response_model=EventsAnswer, responses=FRESH)
async def events(request: Request, since: Seq = 0) -> Response:
    """What opened, changed, closed, expired or went, oldest first: incidents, road incidents, earthquakes,
    conferences, and for office devices dispatches."""
    kinds, city, at = _kinds(request), service_of(request).city, now()
    # Read here and not in the thread that makes the answer: the log belongs to the event loop.
    found = city.events.since(_known(city.events, since), kinds)
    page = found[:PAGE]
    last = city.events.seq

    def make() -> EventsAnswer:
        more = len(found) > len(page)
        answer = EventsAnswer(
            seq=page[-1].seq if more else last, more=more, events=[_body(c, kinds) for c in page], provenance=[]
        )
        for kind in kinds:
            try:
                answer.provenance.append(provenance_body(city.provider.provenance(kind, at), at))
            except SeoulaError:
                continue
        return answer

    return await cached(request, make)


@router.get("/events/stream", summary="Changes of events as they come", response_class=StreamingResponse,
            responses=STREAM)  # fmt: skip
async def stream(
    request: Request,
    since: Seq = 0,
    last_event_id: Annotated[str | None, Header(description="The id of the last event that was received.")] = None,
) -> StreamingResponse:
    """Server-sent events: `id` is the number, `event` the change, `data` as an event of GET /events. It resumes with
    Last-Event-ID, or `since`; a comment every 15 s says that it lives. A listener that is too slow is let go."""
    kinds, log, begun = _kinds(request), service_of(request).city.events, may_read(request)

    def may_go_on() -> bool:
        # The device may have been revoked since; nothing more is told it then.
        try:
            return may_read(request) >= begun
        except NotPermitted:
            return False

    if last_event_id is not None:
        if not last_event_id.isascii() or not last_event_id.isdigit() or len(last_event_id) > 16:
            raise BadInput("bad-event-id", "Last-Event-ID is the number of an event")
        since = int(last_event_id)
    if log.listeners >= MOST_STREAMS:
        raise Unavailable("too-many-streams", "too many follow already; ask GET /api/v1/events instead")
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(log, since, kinds, may_go_on), media_type="text/event-stream", headers=headers)


async def _told(
    log: EventLog, since: int, kinds: dict[str, Dataset], may_go_on: Callable[[], bool]
) -> AsyncIterator[str]:
    # Only here, where it is sure to leave again: a caller may be gone before the first word is sent.
    listener = log.listen(kinds)
    missed = log.since(_known(log, since), kinds)
    try:
        yield "retry: 3000\n\n"
        for change in missed:
            yield _frame(_body(change, kinds))
        last = missed[-1].seq if missed else 0
        while True:
            try:
                change_or_end = await listener.next(HEARTBEAT_S)
            except TimeoutError:
                if not may_go_on():
                    return
                yield ": still here\n\n"
                continue
            if change_or_end is None or not may_go_on():
                return
            if change_or_end.seq > last:
                yield _frame(_body(change_or_end, kinds))
    finally:
        log.leave(listener)


def _frame(body: EventBody) -> str:
    return f"id: {body.seq}\nevent: {body.change}\ndata: {body.model_dump_json()}\n\n"


def _body(change: Logged, kinds: dict[str, Dataset]) -> EventBody:
    dataset = kinds[change.kind]
    return event_body(change, dataset.department, dataset.panels[0] if dataset.panels else None)


def _known(log: EventLog, since: int) -> int:
    """A number that was never given out here comes from another log: everything is told."""
    return since if since <= log.seq else 0
