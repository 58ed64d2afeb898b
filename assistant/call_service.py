"""Calls as a part of the service: directory, exchange, hub, call log and what voice and touch ask of them, composed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import structlog

from assistant.contracts import BadInput, ConfigError, SeoulaError
from assistant.metrics import Metrics
from assistant.ports import Showing
from assistant.settings import Settings
from assistant.telephone import NoTelephone, Telephone, about_panel
from content_registry.holidays import Holiday, load_holidays
from content_registry.schema import Registry, RegistryError
from display_bridge.city_data.metrics import KST
from telephony.clients import Clients
from telephony.directory import Directory
from telephony.effects import CallRecord, Outbox
from telephony.exchange import ICE_AGAIN_S, Exchange
from telephony.hub import Hub
from telephony.ice import IceServers
from telephony.journal import CallLog
from telephony.links import Links
from telephony.phone_desk import Gateway, GatewayDesk
from telephony.seams import NoRooms
from telephony.sip.numbers import DialPlan
from telephony.standing import OLDEST_S, Kept, StandingFile, standing, take_up
from telephony.switchboard import Rules, Switchboard

log = structlog.get_logger(__name__)

DATABASE, STANDING = "calls.sqlite", "standing-calls.json"
"""In `STATE_DIR/db`."""
LOOK_EVERY_S, ALIVE_EVERY_S = 0.2, 20.0
"""How often the calls that stand are looked at, and written when they have changed; how often else."""


@dataclass(slots=True)
class JournalWriter:
    """Writes rows in order, beside the event loop."""

    store: CallLog
    _queue: asyncio.Queue[tuple[CallRecord, float, float | None] | None] = field(default_factory=asyncio.Queue)
    _task: asyncio.Task[None] | None = None

    def write(self, record: CallRecord, started_at: float, ended_at: float | None) -> None:
        """As the hub's Journal."""
        self._queue.put_nowait((record, started_at, ended_at))

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what is left, and end."""
        self._queue.put_nowait(None)
        if self._task is not None:
            await self._task
        self.store.close()

    async def written(self) -> None:
        """Once all that was given is in the database."""
        await self._queue.join()

    async def _run(self) -> None:
        while (row := await self._queue.get()) is not None:
            try:
                await asyncio.to_thread(self.store.save, *row)
            except Exception as error:
                log.error("a call could not be logged", call=row[0].id, error=type(error).__name__)
            finally:
                self._queue.task_done()
        self._queue.task_done()


@dataclass(slots=True)
class CallService:
    """Everything of calls that lives as long as the service."""

    hub: Hub
    exchange: Exchange
    journal: JournalWriter
    telephone: Telephone | NoTelephone
    settings: Settings
    links: Links
    standing: StandingFile
    kept: Kept = Kept()
    line: Callable[[], dict[str, str]] | None = None
    """How the telephone line stands; None where none is set."""
    _keeping: asyncio.Task[None] | None = None

    def components(self) -> dict[str, dict[str, str]]:
        """Parts that are no processes, with their states."""
        return {} if self.line is None else {"telephone line": self.line()}

    def start(self) -> None:
        """Start the clock and the log; calls of a service that was killed stand again until their pages are back."""
        begun = time.time() - time.monotonic()
        self.journal.start()
        self.hub.do(take_up(self.exchange, self.kept.calls, begun, time.monotonic()))
        self.hub.start()
        self._keeping = asyncio.create_task(self._keep(begun))

    async def stop(self) -> None:
        """End all calls, then write their rows."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        await self.hub.stop()
        await self.journal.stop()
        await asyncio.to_thread(self.standing.write, ())

    async def _keep(self, begun: float) -> None:
        """Write down which calls stand, so that they outlive this process."""
        before, written = None, 0.0
        while True:
            found, now = standing(self.exchange, begun), time.monotonic()
            if found != before or (found and now >= written + ALIVE_EVERY_S):
                before, written = found, now
                try:
                    await asyncio.to_thread(self.standing.write, found)
                except OSError as error:
                    log.error("the calls that stand could not be written", error=type(error).__name__)
            await asyncio.sleep(LOOK_EVERY_S)

    def count_in(self, metrics: Metrics) -> None:
        """Count calls by why they ended, and who is connected for them."""
        self.hub.on_ended = lambda reason: metrics.calls.labels(reason).inc()
        metrics.call_clients.set_function(self.hub.connected)

    @property
    def on(self) -> bool:
        """Whether calls are switched on at all."""
        return isinstance(self.telephone, Telephone)

    def use_registry(self, registry: Registry) -> None:
        """Take a changed registry into use; calls go on."""
        phones = {name: uri for name, uri in self.settings.calls.phones.items() if name in registry.departments}
        fallback = self.settings.calls.fallback if self.settings.calls.fallback in registry.departments else ""
        directory = Directory.of(registry.departments.values(), phones, fallback, closed_days(self.settings))
        self.exchange.board.directory = self.exchange.presence.directory = directory


@dataclass(frozen=True, slots=True)
class Subjects:
    """What calls may be about. rows: the incidents that run. showing: what a display shows."""

    registry: Callable[[], Registry]
    rows: Callable[[], list[dict[str, Any]]]
    showing: Callable[[str], Showing]

    def standing(self, display: str) -> tuple[str, str] | None:
        """Id and Korean title of the one that pre-empts a display."""
        wanted = self.showing(display).incident
        found = next((row for row in self.rows() if wanted and row["id"] == wanted), None)
        return None if found is None else (str(found["id"]), str(found["title_ko"]))

    def known(self, about: Mapping[str, str]) -> Mapping[str, str]:
        """What a client says that it calls about, in our words; private panels and what is unknown are nothing."""
        key = about.get("id", "")
        if about.get("kind") == "event":
            row = next((row for row in self.rows() if row["id"] == key), None)
            return {"kind": "event", "id": key, "title": str(row["title_ko"])} if row else {}
        return about_panel(self.registry().panels.get(key))

    def urgent(self, about: Mapping[str, str]) -> bool:
        """Whether a call about this goes before others: it is about an incident that runs."""
        return about.get("kind") == "event" and any(row["id"] == about.get("id") for row in self.rows())


def closed_days(settings: Settings) -> dict[date, Holiday]:
    """Public holidays and the site's own days. Raises ConfigError for a file of holidays that has a mistake."""
    try:
        public = load_holidays()
    except RegistryError as error:
        raise ConfigError("bad-holidays", error.message) from error
    return {**public, **{day: Holiday(name, name) for day, name in settings.calls.closed.items()}}


def directory_of(registry: Registry, settings: Settings) -> Directory:
    """Who stands for which department. Raises ConfigError where a setting names what is none."""
    calls = settings.calls
    try:
        return Directory.of(registry.departments.values(), calls.phones, calls.fallback, closed_days(settings))
    except BadInput as error:
        raise ConfigError("bad-settings", f"calls.phones, calls.fallback: {error.message}") from error


def build_calls(
    settings: Settings,
    registry: Callable[[], Registry],
    subjects: Subjects,
) -> CallService:
    """All of it, not started yet, between two browsers.

    registry: the one in use. subjects: what calls may be about. Rooms and telephones are set before the start:
    `hub.rooms = desk`, `plug_phones`.
    """
    calls, database = settings.calls, settings.state_dir / "db"
    file = StandingFile(database / STANDING)
    kept = file.read()
    if not calls.enabled or time.time() - kept.alive > OLDEST_S:
        kept = replace(kept, calls=())
    there = [one.id for one in kept.calls]
    url = f"sqlite:///{database / DATABASE}"
    journal = JournalWriter(CallLog(url, keep_days=calls.keep_days, standing=there, alive=kept.alive))
    rules = Rules(calls.ring_s, calls.waiting)
    board = Switchboard(directory_of(registry(), settings), Clients(), rules, lambda: datetime.now(KST), Outbox())
    ice = IceServers(calls.turn_urls, calls.turn_secret.get_secret_value(), calls.turn_ttl_s)
    exchange = Exchange(
        board,
        subjects.urgent,
        lambda client: ice.servers(client.id, time.time()),
        known=subjects.known,
        ice_again_s=min(ICE_AGAIN_S, calls.turn_ttl_s / 2),
    )
    hub = Hub(exchange, journal, NoRooms())
    telephone = Telephone(hub, registry, subjects.standing, calls.cancel_s) if calls.enabled else NoTelephone(registry)
    links = Links(database / "links.json", time.time)
    return CallService(hub, exchange, journal, telephone, settings, links, file, kept)


def plug_phones(calls: CallService, gateway: Gateway, plan: DialPlan) -> None:
    """Telephones for the hub, before it is started. gateway: a SipGateway (telephony/sip). plan: of its line."""
    its = calls.settings.calls
    # However a number is written, in the settings or by the exchange, it is the same one.
    numbers = {plan.caller(number) or number: department for number, department in its.numbers.items()}
    calls.exchange.board.may_dial = plan.address
    calls.hub.phones = GatewayDesk(gateway, lambda called: numbers.get(called, its.reception))


def check_phones(phones: Mapping[str, str], plan: DialPlan) -> None:
    """Raises ConfigError where a department has a telephone that the plan does not let us dial."""
    for department, uri in phones.items():
        try:
            plan.address(uri)
        except SeoulaError as error:
            raise ConfigError("bad-settings", f"calls.phones: {department}: {error.message} (phone.allow)") from error
