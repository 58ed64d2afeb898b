"""Meetings as a part of the service: rooms, their engine, captions, minutes and recordings, composed.

`join` makes them for a service and its media engine before it starts; `start` comes after the service's, `stop` before.
Whoever composes the application also sets `app.state.meetings` for the routes (api/rooms.py).
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry

from assistant.captioning import Captioning, caption_spec
from assistant.contracts import BadInput, ConfigError, Unavailable
from assistant.meeting_pages import MeetingPages
from assistant.service import Service
from assistant.settings import Settings
from assistant.supervise import Supervisor
from assistant.workers import Workers
from content_registry.schema import Registry
from display_bridge.papers.files import PaperFiles
from display_bridge.trust import Trust
from telephony.captions import Captions
from telephony.clients import Client
from telephony.engines.engine import MediaEngine
from telephony.meeting import MaySee
from telephony.meeting_metrics import MeetingMetrics
from telephony.meeting_state import Page, Plan, Policy, State
from telephony.minutes import Secretary
from telephony.minutes_journal import MinutesJournal
from telephony.minutes_store import MinutesStore
from telephony.parties import DISPLAY
from telephony.pins import Pin, PinDoor
from telephony.recordings import Recordings, consenting
from telephony.room_desk import RoomDesk
from telephony.room_effects import Note
from telephony.rooms import Rooms
from telephony.sealed import load_key

log = structlog.get_logger(__name__)

MINUTES, RECORDINGS = "meetings", "recordings"
"""Folders of the state folder."""
KEY_FILE = "recording.key"
"""In the secrets folder."""


class MeetingService:
    """Everything of meetings that lives as long as the service.

    may_see: whether a person may be shown a page. event_title: of an incident that runs, by its id. title_of: Korean,
    of a document's id or a panel's. view_of: what a page shows.
    """

    def __init__(
        self,
        settings: Settings,
        registry: Registry,
        counted: CollectorRegistry,
        workers: Workers,
        supervisor: Supervisor,
        *,
        may_see: MaySee,
        event_title: Callable[[str], tuple[str, str] | None] = lambda _: None,
        title_of: Callable[[str, str], str] = lambda document, panel: document or panel,
        view_of: Callable[[Page], dict[str, Any]] = lambda page: {},
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        its = settings.meetings
        self.settings, self.may_see, self.title_of, self._clock = settings, may_see, title_of, clock
        self.view_of = view_of
        # The call hub says when somebody is gone for good; this is only for a hub that forgot to.
        policy = Policy(most=its.most, one_screen=its.one_screen, grace_s=60.0)
        self.rooms = Rooms(plans_of(registry, settings), policy, event_title=event_title, may_see=may_see)
        self.metrics = MeetingMetrics(counted, self.rooms)
        begun = wall() - clock()
        self.secretary = Secretary(lambda at: begun + at)
        self.minutes = MinutesStore(settings.state_dir / MINUTES, its.keep_days, wall)
        self.journal = MinutesJournal(settings.state_dir / MINUTES, lambda at: begun + at)
        secrets = Path(os.environ.get("SEOULA_SECRETS_DIR", "secrets"))
        folder, key = settings.state_dir / RECORDINGS, partial(load_key, secrets / KEY_FILE)
        self.recordings = Recordings(folder, key, wall, its.keep_days)
        self._io = ThreadPoolExecutor(1, "meetings")
        self._tasks: set[asyncio.Task[Any]] = set()
        self.captioning = Captioning(workers, supervisor, names_of(registry), self.spawn)
        self._desk: RoomDesk | None = None
        self._captions: Captions | None = None

    def desk(
        self,
        media: MediaEngine,
        send: Callable[[str, Mapping[str, Any]], None],
        clients_of: Callable[[str], Sequence[str]] = lambda _: (),
        names_of: Callable[[Client], tuple[str, str]] = lambda client: (client.name or client.party, client.name),
    ) -> RoomDesk:
        """The rooms as the call hub asks for them, on an engine. clients_of: who speaks in a call between browsers.
        names_of: what somebody is called in a meeting and in its minutes."""
        captions = self._captions = Captions(
            media.tap, self.captioning, self._heard, self.captioning.want, self.metrics, self._clock, self.spawn
        )
        self.captioning.on_ready, self.captioning.on_lost = captions.ready, captions.lost
        self.captioning.on_said = captions.said
        self._desk = RoomDesk(self.rooms, media, send, self.noted, captions, self._clock, clients_of, names_of)
        return self._desk

    def start(self, port: int) -> None:
        """Begin. port: where this service listens, for the captions' worker."""
        core, env = f"ws://127.0.0.1:{port}/ws/v1/workers", {"SEOULA_WORKER_TOKEN": self.captioning.workers.token}
        try:
            self.captioning.spec = caption_spec(self.settings, core, env)
        except Unavailable as error:
            log.warning("no captions", code=error.code, message=error.message)
        if self._desk is not None:
            self._desk.start()
        self._later(self._recover)
        self.spawn(self._tidy())

    def use_registry(self, registry: Registry) -> None:
        """Take changed standing rooms and names into use; meetings go on."""
        self.rooms.use_plans(plans_of(registry, self.settings, strict=False))
        self.captioning.names = names_of(registry)

    async def stop(self) -> None:
        """End, and write what is left."""
        if self._captions is not None:
            await self._captions.stop()
        if self._desk is not None:
            await self._desk.stop()
        for meeting in list(self.rooms.meetings()):
            self._desk_do_end(meeting)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._later(self.recordings.stop)
        await asyncio.to_thread(self._io.shutdown)

    async def in_turn(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Work on the files, after all that was asked before."""
        return await asyncio.get_running_loop().run_in_executor(self._io, partial(work, *arguments))

    def agreed(self, meeting: str, party: str) -> list[str] | None:
        """Who has agreed to be recorded by `party` now; None while that is not everybody."""
        return consenting(self.meeting(meeting), party)

    def meeting(self, meeting: str) -> State | None:
        """One that goes on, by its id."""
        return next((state for state in self.rooms.meetings() if state.id == meeting), None)

    def noted(self, note: Note) -> None:
        """What belongs to the record of a meeting."""
        self.metrics.noted(note)
        record = self.secretary.note(note)
        if note.kind == "withdrew" and note.data["kind"] == "recording":
            self._later(self.recordings.withdraw, note.meeting, note.data["party"])
        elif note.kind == "recording_off":
            keep = note.data["why"] not in ("withdrew", "declined")
            self._later(partial(self.recordings.end, keep=keep), note.meeting)
        if record is not None:
            self._later(self.minutes.save, record)
        if self.settings.meetings.keep_days > 0:
            self._later(self.journal.write, note)

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run it beside everything; what it raises is logged by its kind alone."""
        task = asyncio.create_task(_quiet(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _later(self, work: Callable[..., Any], *arguments: Any) -> None:
        self._io.submit(_logged, partial(work, *arguments))

    def _heard(self, room: str, part: str, text: str, **line: Any) -> None:
        if self._desk is not None:
            self._desk.heard(room, part, text, **line)

    def _desk_do_end(self, state: State) -> None:
        effects = self.rooms.close(state.plan.id, self._clock())
        for effect in effects:
            if isinstance(effect, Note):
                self.noted(effect)

    def _recover(self) -> None:
        """Minutes of meetings that ended with a service that was killed. In the files' thread, before anything else."""
        for record in self.journal.recover():
            self.minutes.save(record)
            log.info("the minutes of a meeting that was cut off are kept")
            self.journal.drop(record.id)
        self.journal.drop_all()

    async def _tidy(self) -> None:
        """Recordings whose maker fell silent are finished; what is too old goes."""
        hours = 0.0
        while True:
            await self.in_turn(_logged, self.recordings.tick)
            if hours <= 0:
                hours = 3600.0
                await self.in_turn(_logged, self.minutes.prune)
                await self.in_turn(_logged, self.recordings.prune)
            await asyncio.sleep(15)
            hours -= 15


def names_of(registry: Registry) -> list[str]:
    """What captions are to spell as it is spelt here: departments and panels."""
    names = [n for d in registry.departments.values() for n in (d.name_ko, d.name_ko_current)]
    return names + [panel.name_ko for panel in registry.panels.values()]


def plans_of(registry: Registry, settings: Settings, *, strict: bool = True) -> list[Plan]:
    """The standing rooms with their PINs. strict: raises ConfigError for a PIN of no room. Raises ConfigError for a PIN
    that is none."""
    pins = {room: pin.get_secret_value() for room, pin in settings.meetings.pins.items()}
    unknown = sorted(set(pins) - set(registry.rooms))
    if unknown and strict:
        raise ConfigError("bad-settings", f"meetings.pins: there is no room {unknown[0]!r}")
    found = []
    for room in registry.rooms.values():
        try:
            door = PinDoor(Pin.of(pins[room.id])) if room.id in pins else None
        except BadInput as error:
            raise ConfigError("bad-settings", f"meetings.pins.{room.id}: {error.message}") from error
        lobby = room.admission == "lobby"
        found.append(Plan(room.id, room.name_ko, room.name_en, "standing", lobby=lobby, door=door))
    return found


async def _quiet(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except asyncio.CancelledError:
        raise
    except Exception as error:
        log.error("a task of the meetings failed", error=type(error).__name__)


def _logged(work: Callable[[], Any]) -> None:
    try:
        work()
    except Exception as error:
        log.error("a meeting's file could not be handled", error=type(error).__name__)


def join(service: Service, media: MediaEngine, papers: PaperFiles | None) -> MeetingService:
    """Meetings for a service, joined to its call hub. Before `Service.start`; `MeetingService.start` comes after it."""
    pages = MeetingPages(lambda: service.screens.registry, service.hub.trust, papers, service.screens.provider)
    made = MeetingService(
        service.settings,
        service.registry,
        service.metrics.registry,
        service.workers,
        service.supervisor,
        may_see=pages.may_see,
        title_of=pages.title_of,
        event_title=partial(_event_title, service),
        view_of=pages.view,
    )
    hub = service.calls.hub
    names_of = partial(_names_of, lambda: service.screens.registry)
    hub.rooms = made.desk(media, hub.send, partial(_clients_of, service), names_of)
    return made


def _clients_of(service: Service, call: str) -> list[str]:
    found = service.calls.exchange.board.calls.get(call)
    return [m.client for m in found.members.values() if m.client] if found is not None and found.under_way else []


def _names_of(registry: Callable[[], Registry], client: Client) -> tuple[str, str]:
    """A console by its department, an office screen as the office; which of them it is stands behind it."""
    department = registry().departments.get(client.department)
    if department is not None:
        return f"{department.name_ko_current} {client.name}".strip(), f"{department.name_en} {client.name}".strip()
    if client.party.startswith(f"{DISPLAY}:"):
        return f"시장실 {client.name}".strip(), f"Mayor's office {client.name}".strip()
    return client.name or client.party, client.name


def _event_title(service: Service, event: str) -> tuple[str, str] | None:
    rows = service.hub.desk.rows(Trust.INTERNAL)
    return next(((row["title_ko"], row["title_en"]) for row in rows if row["id"] == event), None)
