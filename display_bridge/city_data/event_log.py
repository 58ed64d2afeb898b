"""Events of all kinds in one numbered order that outlives restarts, for those who follow them.

Each change of an event gets the next number: it opened, changed, closed (its state says so), expired, or went (its
source no longer tells of it). Whoever has seen number N asks for what came after N; a number is never used twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from assistant.contracts import SeoulaError
from assistant.private_files import write_private
from display_bridge.city_data.kept import finite, set_aside
from display_bridge.city_data.provider import CityDataProvider, Event, Mode
from display_bridge.incidents import OVER, incident_id

log = logging.getLogger(__name__)

MOST = 2000
"""Changes that are kept; whoever missed more gets the oldest of them first."""
AHEAD = 1000
"""Numbers that are skipped after a log that could not be read, so that none is used twice."""
MOST_WAITING = 256
"""Changes that wait for one slow listener; beyond it the listener is let go, and resumes by number."""
PUBLIC_KINDS = frozenset({"alerts", "road-incident", "earthquakes", "conferences"})
INTERNAL_KINDS = frozenset({"dispatch"})
KINDS = tuple(sorted(PUBLIC_KINDS | INTERNAL_KINDS))

Change = Literal["opened", "changed", "closed", "expired", "gone"]


@dataclass(frozen=True, slots=True)
class Logged:
    """One change. id: stable for the event; at: when it was noticed here."""

    seq: int
    id: str
    kind: str
    change: Change
    at: datetime
    event: Event
    mode: Mode = "simulated"
    source_ko: str = ""

    @property
    def over(self) -> bool:
        """The event needs nobody's attention any more."""
        return self.change in ("closed", "expired", "gone")


@dataclass(frozen=True, slots=True)
class _File:
    version: int
    seq: int
    changes: tuple[Logged, ...]
    current: tuple[Logged, ...]


_ADAPTER: TypeAdapter[_File] = TypeAdapter(_File)


class Listener:
    """One who follows the log. `next` waits for a change of one of its kinds; None: it was let go."""

    def __init__(self, kinds: frozenset[str]) -> None:
        self.kinds = kinds
        self._waiting: asyncio.Queue[Logged | None] = asyncio.Queue()
        self._gone = False

    def offer(self, change: Logged) -> None:
        """Give it a change; one that is too slow is let go."""
        if change.kind not in self.kinds or self._gone:
            return
        if self._waiting.qsize() >= MOST_WAITING:
            self.end()
        else:
            self._waiting.put_nowait(change)

    def end(self) -> None:
        """Let it go."""
        if not self._gone:
            self._gone = True
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(None)

    async def next(self, timeout_s: float) -> Logged | None:
        """The next change. Raises TimeoutError when none came in time."""
        async with asyncio.timeout(timeout_s):
            return await self._waiting.get()


class EventLog:
    """The log; `file` None: kept in memory only. Used in one event loop."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self.seq = 0
        self._changes: deque[Logged] = deque(maxlen=MOST)
        self._current: dict[tuple[str, str], Logged] = {}
        self._listeners: set[Listener] = set()
        if file is not None:
            self._load(file)

    # -- following -------------------------------------------------------------------------------------------

    def since(self, seq: int, kinds: Iterable[str]) -> tuple[Logged, ...]:
        """The changes of these kinds after a number, oldest first."""
        wanted = frozenset(kinds)
        return tuple(change for change in self._changes if change.seq > seq and change.kind in wanted)

    def current(self, kinds: Iterable[str]) -> tuple[Logged, ...]:
        """The events of these kinds that are not over, newest change first."""
        wanted = frozenset(kinds)
        found = [c for c in self._current.values() if c.kind in wanted and not c.over]
        return tuple(sorted(found, key=lambda c: -c.seq))

    @property
    def listeners(self) -> int:
        """How many follow."""
        return len(self._listeners)

    def listen(self, kinds: Iterable[str]) -> Listener:
        """Follow what comes from now on."""
        listener = Listener(frozenset(kinds))
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """Follow no more."""
        self._listeners.discard(listener)

    def close(self) -> None:
        """Let everybody go and write the log."""
        for listener in self._listeners:
            listener.end()
        self._listeners.clear()
        self.save()

    # -- noticing --------------------------------------------------------------------------------------------

    def look(self, provider: CityDataProvider, now: datetime) -> bool:
        """Compare what the provider says with what is known; True where anything changed. A kind whose source does
        not answer stays as it is."""
        before = self.seq
        for kind in KINDS:
            try:
                found, origin = provider.events(kind, now), provider.provenance(kind, now)
            except SeoulaError:
                continue
            self._compare(kind, found, now, origin.mode, origin.source_ko)
        return self.seq != before

    def _compare(self, kind: str, found: tuple[Event, ...], now: datetime, mode: Mode, source: str) -> None:
        seen = set()
        for event in sorted(found, key=lambda e: e.at):
            key = (kind, event.id or incident_id(kind, event))
            if key in seen:
                continue
            seen.add(key)
            known = self._current.get(key)
            over = event.status_ko in OVER
            if event.expires is not None and event.expires <= now:
                continue  # seen below, if anybody here knew of it
            if known is None or known.over:
                if not over:  # else it was over before anybody here knew of it, or still is
                    self._note("opened", key, event, now, mode, source)
            elif known.event != event:
                self._note("closed" if over else "changed", key, event, now, mode, source)
        for key, known in list(self._current.items()):
            if key[0] != kind:
                continue
            expired = known.event.expires is not None and known.event.expires <= now
            if not known.over and (expired or key not in seen):
                self._note("expired" if expired else "gone", key, known.event, now, mode, source)
            elif known.over and key not in seen:
                del self._current[key]

    def _note(self, change: Change, key: tuple[str, str], event: Event, now: datetime, mode: Mode, source: str) -> None:
        self.seq += 1
        made = Logged(self.seq, key[1], key[0], change, now, event, mode, source)
        self._changes.append(made)
        self._current[key] = made
        for listener in tuple(self._listeners):
            listener.offer(made)

    # -- keeping ---------------------------------------------------------------------------------------------

    def save(self) -> None:
        """Write the log; what cannot be written is said, and kept in memory."""
        if self._file is None:
            return
        try:
            content = _File(1, self.seq, tuple(self._changes), tuple(self._current.values()))
            write_private(self._file, _ADAPTER.dump_json(content))
        except (OSError, RuntimeError) as error:
            log.warning("the log of events could not be kept: %s", type(error).__name__)

    def _load(self, file: Path) -> None:
        try:
            found = _ADAPTER.validate_json(file.read_bytes())
            changes = [*found.changes, *found.current]
            if found.version != 1 or not finite(found.changes) or any(c.seq > found.seq for c in changes):
                raise ValueError("another version, or numbers out of order")
        except FileNotFoundError:
            return
        except (OSError, ValueError, ValidationError, RecursionError) as error:
            set_aside(file, "damaged-events", error)
            # The numbers that were given are lost with the file: begin where nobody can have been.
            self.seq = int(time.time()) - 1_700_000_000 + AHEAD
            return
        self.seq = found.seq
        self._changes.extend(found.changes)
        self._current = {(c.kind, c.id): replace(c) for c in found.current}
