"""Reads the configured sources in the background: one task a source, its feeds one after the other, whichever is due.

What it knows is read without waiting (`kept`, `failing`, `statuses`); nothing else in the product does I/O for city
data. A feed that fails is asked again after growing pauses, a source that fails as a whole rests, and the last good
reading stays, with its age.
"""

from __future__ import annotations

import asyncio
import logging
import random
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import httpx

from assistant.private_files import write_private
from display_bridge.city_data.clock import Clock, RealClock
from display_bridge.city_data.due import FeedState
from display_bridge.city_data.feeds import Feed, SourceFailed
from display_bridge.city_data.fetching import HttpFetch
from display_bridge.city_data.kept import Kept, load, read_json, save
from display_bridge.city_data.limits import Quota, day_of, jittered, seconds_to_midnight, stretch
from display_bridge.city_data.redaction import REDACTOR, Secret
from display_bridge.city_data.sources import Source

log = logging.getLogger(__name__)

SAVE_EVERY_S = 60.0
LONGEST_WAIT_S = 3600.0
FIRST_WITHIN_S = 3.0
"""The feeds of a source are first read within so many seconds of the start, not all at once."""
SPARE_CALLS = 6
"""A reading may take as long as its calls and so many retries would at their slowest."""

SourceState = Literal["simulated", "off", "starting", "ok", "degraded", "failing", "bad-key", "quota"]


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """A feed as an operator sees it."""

    id: str
    datasets: tuple[str, ...]
    refresh_s: float
    last_ok: datetime | None
    observed_at: datetime | None
    last_error: str


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source as an operator sees it. `simulated`: it has no key, so its datasets are the simulation's."""

    id: str
    title_ko: str
    title_en: str
    key_name: str
    state: SourceState
    last_ok: datetime | None
    last_error: str
    calls_today: int
    quota: int | None
    calls: Mapping[str, int]
    feeds: tuple[FeedStatus, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """How a source is reached: its address and its key. configured: it is asked at all."""

    base_url: str
    key: Secret
    configured: bool
    quota: int | None


def access_of(
    source: Source, keys: Mapping[str, str], base_urls: Mapping[str, str], quotas: Mapping[str, int]
) -> Access:
    """A source is asked when it has the key it needs; one that needs none, when its address is known."""
    key, base = Secret(keys.get(source.key_name, "")), base_urls.get(source.id, source.base_url)
    needs_key = bool(source.key_name) and source.key_place != "bearer"
    return Access(base, key, bool(base) and (bool(key) or not needs_key), quotas.get(source.id, source.daily_quota))


class Collector:
    """All sources. folder: where last good readings and counts are kept, None: nowhere. poll off: nothing is asked."""

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        keys: Mapping[str, str],
        folder: Path | None,
        base_urls: Mapping[str, str] | None = None,
        quotas: Mapping[str, int] | None = None,
        poll: bool = True,
        clock: Clock | None = None,
        rng: random.Random | None = None,
        client: httpx.AsyncClient | None = None,
    ) -> None:
        self._clock, self._rng = clock or RealClock(), rng or random.Random()
        self._folder, self._poll = folder, poll
        self._tasks: list[asyncio.Task[None]] = []
        self.access = {s.id: access_of(s, keys, base_urls or {}, quotas or {}) for s in sources}
        self.sources = tuple(sources)
        self._client = client
        self._runners: dict[str, _Runner] = {}
        for source in self.sources:
            access = self.access[source.id]
            if access.configured:
                self._runners[source.id] = _Runner(source, access, folder, self._clock, self._rng, client)
        self._of_feed = {feed.id: r for r in self._runners.values() for feed in r.source.feeds}
        # A feed may come to serve fewer datasets than it names at first, never others.
        self._may_serve: dict[str, list[tuple[_Runner, Feed]]] = {}
        for runner in self._runners.values():
            for feed in runner.source.feeds:
                for dataset in feed.datasets:
                    self._may_serve.setdefault(dataset, []).append((runner, feed))

    # -- life ------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to read."""
        if self._poll and not self._tasks:
            self._tasks = [asyncio.create_task(runner.run()) for runner in self._runners.values()]

    async def stop(self) -> None:
        """End the tasks, write what is known, close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for runner in self._runners.values():
            await runner.end()

    async def probe(self, source: str) -> str:
        """Read the cheapest feed of a configured source once, whatever its turn; the failure's code, "" for none."""
        runner = self._runners[source]
        feed = min(runner.source.feeds, key=lambda f: f.calls)
        await runner.read(feed)
        return next(f.last_error for f in runner.status("").feeds if f.id == feed.id)

    # -- questions -------------------------------------------------------------------------------------------

    def serving(self, dataset: str) -> tuple[tuple[Source, Feed], ...]:
        """The feeds of configured sources that serve a dataset, in the order of the sources. One whose last good
        reading is kept goes on to serve it, also after a restart: nothing simulated takes its place."""
        return tuple((r.source, f) for r, f in self._may_serve.get(dataset, ()) if dataset in r.serves(f))

    def kept(self, feed: Feed) -> Kept:
        """What is known of a feed of a configured source."""
        return self._of_feed[feed.id].kept[feed.id]

    def failing(self, feed: Feed) -> bool:
        """Whether a feed does not answer now, by itself or with its whole source."""
        return self._of_feed[feed.id].failing(feed)

    def datasets(self) -> frozenset[str]:
        """Everything that configured sources serve."""
        return frozenset(d for r in self._runners.values() for f in r.source.feeds for d in r.serves(f))

    def statuses(self) -> tuple[SourceStatus, ...]:
        """Every source."""
        return tuple(self._status(source) for source in self.sources)

    def _status(self, source: Source) -> SourceStatus:
        runner = self._runners.get(source.id)
        quota = self.access[source.id].quota
        if runner is None:
            head = (source.id, source.title_ko, source.title_en, source.key_name)
            return SourceStatus(*head, "simulated", None, "", 0, quota, {}, ())
        return runner.status("" if self._poll else "off")


class _Runner:
    """One source: its feeds, what is known of them, its fetch."""

    def __init__(
        self,
        source: Source,
        access: Access,
        folder: Path | None,
        clock: Clock,
        rng: random.Random,
        client: httpx.AsyncClient | None,
    ) -> None:
        self.source, self._folder, self._clock, self._rng = source, folder, clock, rng
        self.kept = {f.id: Kept() if folder is None else load(folder, f.id) for f in source.feeds}
        self._states = {f.id: FeedState() for f in source.feeds}
        self._calls: Counter[str] = Counter()
        self._saved = clock.monotonic()
        self._unsaved: set[str] = set()
        demand = sum(max(1, f.calls) * 86400 / max(1.0, f.refresh_s) for f in source.feeds)
        self._stretch = stretch(demand, access.quota)
        quota = Quota(access.quota)
        if folder is not None:
            quota = read_quota(folder / "quota", source.id, access.quota)
        self._own_client = client is None
        self.fetch = HttpFetch(
            source, access.base_url, access.key, clock, rng, quota, client=client, counted=self._count
        )
        now = clock.monotonic()
        for number, feed in enumerate(source.feeds):
            first = FIRST_WITHIN_S * (number + rng.random()) / max(1, len(source.feeds))
            parts = self.kept[feed.id].parts.values()
            last = max((part.fetched_at for part in parts), default=None)
            self._states[feed.id] = FeedState(due=now + first, last_ok=last)

    def _count(self, code: str) -> None:
        self._calls[code] += 1

    async def run(self) -> None:
        """For ever: wait for the feed that is due first, read it."""
        while True:
            if not self.source.feeds:
                return
            feed = self._next()
            wait = max(self._states[feed.id].due - self._clock.monotonic(), self.fetch.waits())
            if wait > 0:
                await self._clock.sleep(min(wait, LONGEST_WAIT_S))
                if wait > LONGEST_WAIT_S or self.fetch.waits() > 0:
                    continue
            await self.read(feed)
            await self._save_now_and_then()

    def _next(self) -> Feed:
        """The feed that is late by the most of its own intervals, so that a slow source does not hold up its alerts;
        the one that is due first while none is late."""
        now = self._clock.monotonic()
        late = {f.id: (now - self._states[f.id].due) / max(1.0, f.refresh_s) for f in self.source.feeds}
        if max(late.values()) >= 0:
            return max(self.source.feeds, key=lambda f: late[f.id])
        return min(self.source.feeds, key=lambda f: self._states[f.id].due)

    async def read(self, feed: Feed) -> None:
        """One reading of a feed; whatever goes wrong is noted, never raised."""
        state, now = self._states[feed.id], self._clock.now()
        interval = feed.refresh_s * self._stretch
        if not self.fetch.quota.allows(day_of(now), max(1, feed.calls)):
            until = self._clock.monotonic() + seconds_to_midnight(now) + 60 * self._rng.random()
            self._states[feed.id] = state.postponed(until, "quota")
            return
        code, passing = "", True
        try:
            slowest = self.source.timeout_s + self.source.min_interval_s
            async with asyncio.timeout((feed.calls + SPARE_CALLS) * slowest):
                self.kept[feed.id].take(await feed.read(self.fetch, now), self._clock.now())
        except SourceFailed as error:
            code, passing = error.code, error.retry
        except TimeoutError:
            code = "timeout"
        except Exception as error:
            # An adapter's own mistake: the source's other feeds must go on, and nobody's key may be in the words.
            log.error("feed %s: %s", feed.id, REDACTOR.clean("".join(traceback.format_exception(error))))
            code = "unreadable"
        then, at = self._clock.monotonic(), self._clock.now()
        if not code:
            self._unsaved.add(feed.id)
            self._states[feed.id] = state.succeeded(then, at, interval, self._rng)
            if state.failing:
                log.info("feed %s answers again", feed.id)
        elif code == "quota":
            rest = min(seconds_to_midnight(at), jittered(LONGEST_WAIT_S, self._rng))
            self._states[feed.id] = state.failed(then, at, code, interval, self._rng).postponed(then + rest)
        else:
            self._states[feed.id] = state.failed(then, at, code, interval, self._rng, passing=passing)
            if not state.failing:
                log.warning("feed %s does not answer: %s; its last good reading stays", feed.id, code)

    def serves(self, feed: Feed) -> frozenset[str]:
        """What a feed names, and what is kept of it."""
        return feed.datasets | self.kept[feed.id].parts.keys()

    def failing(self, feed: Feed) -> bool:
        """Whether the feed, or its whole source, does not answer."""
        return self._states[feed.id].failing or self.fetch.breaker.open(self._clock.monotonic())

    async def _save_now_and_then(self) -> None:
        now = self._clock.monotonic()
        if now - self._saved >= SAVE_EVERY_S:
            self._saved = now
            await self._save()

    async def _save(self) -> None:
        if self._folder is None:
            return
        try:
            for feed in sorted(self._unsaved):
                self._unsaved.discard(feed)  # a reading that comes meanwhile marks it anew
                try:
                    await asyncio.to_thread(save, self._folder, feed, self.kept[feed])
                except BaseException:
                    self._unsaved.add(feed)
                    raise
            quota = f'{{"day": "{self.fetch.quota.day}", "calls": {self.fetch.quota.calls}}}'
            await asyncio.to_thread(write_private, self._folder / "quota" / f"{self.source.id}.json", quota.encode())
        except Exception as error:  # whatever cannot be written must not end the reading of the source
            why = error.strerror if isinstance(error, OSError) else type(error).__name__
            log.warning("city data of %s could not be kept: %s", self.source.id, why)

    async def end(self) -> None:
        """Write what is known, close the connections."""
        await self._save()
        if self._own_client:
            await self.fetch.close()

    def status(self, forced: Literal["", "off"]) -> SourceStatus:
        """As an operator sees it."""
        states = [self._states[f.id] for f in self.source.feeds]
        fetch, today = self.fetch, day_of(self._clock.now())
        feeds = tuple(self._feed_status(feed) for feed in self.source.feeds)
        failed = max((s for s in states if s.error and s.last_failed), key=lambda s: s.last_failed or 0, default=None)
        error = failed.error if failed else next((s.error for s in states if s.error), "")
        oks = [s.last_ok for s in states if s.last_ok]
        return SourceStatus(
            self.source.id,
            self.source.title_ko,
            self.source.title_en,
            self.source.key_name,
            forced or self._state(states),
            max(oks, default=None),
            error,
            fetch.quota.on(today).calls,
            fetch.quota.limit,
            dict(self._calls),
            feeds,
        )

    def _state(self, states: list[FeedState]) -> SourceState:
        errors = [s.error for s in states if s.error]
        if "bad-key" in errors:
            return "bad-key"
        if "quota" in errors:
            return "quota"
        if states and all(s.failing for s in states) or self.fetch.breaker.open(self._clock.monotonic()):
            return "failing"
        if errors:
            return "degraded"
        return "ok" if any(s.last_ok for s in states) else "starting"

    def _feed_status(self, feed: Feed) -> FeedStatus:
        state = self._states[feed.id]
        observed = max((p.observed_at for p in self.kept[feed.id].parts.values()), default=None)
        datasets = tuple(sorted(feed.datasets))
        return FeedStatus(feed.id, datasets, feed.refresh_s, state.last_ok, observed, state.error)


def read_quota(folder: Path, source: str, limit: int | None) -> Quota:
    """The calls that were counted before a restart."""
    path = folder / f"{source}.json"
    found = read_json(path, "damaged-quota")
    day, calls = (found.get("day"), found.get("calls")) if isinstance(found, dict) else (None, None)
    if not isinstance(day, str) or not isinstance(calls, int) or isinstance(calls, bool) or calls < 0:
        return Quota(limit)
    return Quota(limit, day, calls)
