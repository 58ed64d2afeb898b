"""The provider of the product: each dataset from its source, else simulated, never one for the other.

A configured source that fails leaves its last good reading, marked stale; one that has never answered raises
Unavailable("no-data-yet"). Only a dataset that no configured source serves is simulated, and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from assistant.contracts import Unavailable
from display_bridge.city_data.collector import Collector
from display_bridge.city_data.derived import whole, without_figure
from display_bridge.city_data.feeds import Feed
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.history import sampled
from display_bridge.city_data.kept import Part
from display_bridge.city_data.metrics import METRICS, slot_of
from display_bridge.city_data.provider import (
    CityDataProvider,
    Document,
    Event,
    Indicator,
    Line,
    Observation,
    Place,
    Project,
    Provenance,
    Series,
    Table,
)
from display_bridge.city_data.sources import Source

T = TypeVar("T")

NO_DATA_KO = "자료를 받지 못했습니다"


class RoutedCityData:
    """A CityDataProvider over a collector and a simulated provider: see the Protocol for what each method answers.

    Every method raises Unavailable("no-data-yet") for a dataset whose source is configured and has not answered yet.
    """

    def __init__(self, collector: Collector, simulated: CityDataProvider) -> None:
        self._collector, self._simulated = collector, simulated

    def live(self, dataset: str) -> bool:
        """Whether a configured source serves the dataset; else it is simulated."""
        return bool(self._collector.serving(dataset))

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        """The source's, or that of whom it passes on; simulated where no source is configured."""
        serving = self._collector.serving(dataset)
        if not serving:
            return self._simulated.provenance(dataset, now)
        source, feed, part = self._best(dataset, now)
        failing = self._collector.failing(feed)
        passed = part.provenance
        if passed is not None:
            return Provenance(
                dataset,
                passed.source_ko,
                passed.mode,
                passed.observed_at,
                passed.stale_after_s,
                passed.attribution,
                part.fetched_at,
                passed.licence,
                failing or passed.failing,
            )
        return Provenance(
            dataset,
            source.title_ko,
            "live",
            part.observed_at,
            feed.stale_after_s,
            source.attribution,
            part.fetched_at,
            source.licence,
            failing,
        )

    def city(self, metric: str, now: datetime) -> Observation:
        """The source's figure of all Seoul; else the mean of the districts it knows, or their sum if it knows all."""
        if not self.live(metric):
            return self._simulated.city(metric, now)
        part = self._part(metric, now, lambda p: p.city or p.districts)
        return part.city or whole(metric, part.districts or ())

    def districts(self, metric: str, now: datetime) -> tuple[Observation, ...]:
        """The 25 districts, without a figure where the source has none."""
        if not self.live(metric):
            return self._simulated.districts(metric, now)
        part = self._part(metric, now, lambda p: p.districts or p.city)
        known = {o.area: o for o in part.districts or ()}
        pattern = part.city or next(iter(known.values()), None)
        return tuple(known.get(d.ko) or without_figure(metric, d.ko, pattern) for d in DISTRICTS)

    def series(
        self, metric: str, now: datetime, *, area: str | None = None, hours: float = 24, step_minutes: int = 60
    ) -> Series:
        """What was measured: the source's own history where it gives one, and what was read here; None elsewhere."""
        if not self.live(metric):
            return self._simulated.series(metric, now, area=area, hours=hours, step_minutes=step_minutes)
        source, feed, part = self._best(metric, now)
        end, step = slot_of(now), step_minutes * 60
        x = tuple(range(end - int(hours * 3600), end + 1, step))
        course = dict(self._collector.kept(feed).history.course(metric, area))
        given = next((s for a, s in part.series if a == area), None)
        if given is not None:
            course = {**course, **{t: v for t, v in zip(given.x, given.values, strict=False) if v is not None}}
        known = METRICS.get(metric)
        ordered = tuple(sorted(course.items()))
        # A figure observed within the running slot belongs to its beginning: the slot is where "now" is drawn.
        ordered = tuple((min(t, end) if t <= now.timestamp() else t, v) for t, v in ordered)
        values = sampled(ordered, x, step, feed.stale_after_s)
        pattern = part.city or next(iter(part.districts or ()), None)
        label = pattern.label_ko if pattern else known.ko if known else metric
        unit = pattern.unit if pattern else known.unit if known else ""
        return Series(label if area is None else area, unit, x, values)

    def places(self, kind: str, now: datetime) -> tuple[Place, ...]:
        """Points of a kind."""
        return self._section(kind, now, lambda p: p.places, lambda s: s.places(kind, now))

    def lines(self, kind: str, now: datetime) -> tuple[Line, ...]:
        """Lines of a kind."""
        return self._section(kind, now, lambda p: p.lines, lambda s: s.lines(kind, now))

    def documents(self, kind: str, now: datetime) -> tuple[Document, ...]:
        """Documents of a kind, newest first."""
        return self._section(kind, now, lambda p: p.documents, lambda s: s.documents(kind, now))

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        """Events of a kind that have not expired, newest first."""
        found = self._section(kind, now, lambda p: p.events, lambda s: s.events(kind, now))
        return tuple(e for e in found if e.expires is None or e.expires > now)

    def table(self, name: str, now: datetime) -> Table:
        """A table by name."""
        return self._section(name, now, lambda p: p.table, lambda s: s.table(name, now))

    def shares(self, name: str, now: datetime) -> tuple[tuple[str, float], ...]:
        """Named parts of a whole."""
        return self._section(name, now, lambda p: p.shares, lambda s: s.shares(name, now))

    def indicator(self, panel: str, unit: str, now: datetime) -> Indicator:
        """The policy indicator behind a panel."""
        return self._section(panel, now, lambda p: p.indicator, lambda s: s.indicator(panel, unit, now))

    def project(self, panel: str, name_ko: str, now: datetime) -> Project:
        """The city project behind a panel."""
        return self._section(panel, now, lambda p: p.project, lambda s: s.project(panel, name_ko, now))

    # -- inner work ------------------------------------------------------------------------------------------

    def _section(
        self,
        dataset: str,
        now: datetime,
        get: Callable[[Part], T | None],
        simulate: Callable[[CityDataProvider], T],
    ) -> T:
        """A section of a live dataset, else the simulation's. Raises Unavailable where the source lacks it."""
        if not self.live(dataset):
            return simulate(self._simulated)
        found = get(self._part(dataset, now, get))
        if found is None:
            raise self._nothing(dataset)
        return found

    def _part(self, dataset: str, now: datetime, has: Callable[[Part], object]) -> Part:
        part = self._best(dataset, now)[2]
        if has(part) is None:
            raise self._nothing(dataset)
        return part

    def _best(self, dataset: str, now: datetime) -> tuple[Source, Feed, Part]:
        """The first feed that is up to date; where none is, the one that knows the newest. Raises Unavailable."""
        found = []
        for source, feed in self._collector.serving(dataset):
            part = self._collector.kept(feed).parts.get(dataset)
            if part is None:
                continue
            age = (now - part.observed_at).total_seconds()
            if age <= feed.stale_after_s and not self._collector.failing(feed):
                return source, feed, part
            found.append((source, feed, part))
        if not found:
            raise self._nothing(dataset)
        return max(found, key=lambda one: one[2].observed_at)

    def _nothing(self, dataset: str) -> Unavailable:
        names = dict.fromkeys(source.title_ko for source, _ in self._collector.serving(dataset))
        return Unavailable("no-data-yet", f"{NO_DATA_KO}: {', '.join(names)}")
