"""The embedded provider: believable, deterministic, and labelled as simulated on every answer.

The same dataset, district and five-minute slot always give the same figure, so tests, demos and several processes
agree without sharing anything. `seed` gives another city with the same character.
"""

from __future__ import annotations

from datetime import datetime

from display_bridge.city_data import sim_events, sim_papers, sim_places, sim_records
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST, city_value, district_values, grade_of, metric, rounded, slot_of
from display_bridge.city_data.provider import (
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

ATTRIBUTION = "모의 데이터 · 실제 측정값이 아닙니다"
STALE_AFTER_S = 900


class SimulatedCityData:
    """A CityDataProvider without any source: see the Protocol for what each method answers."""

    def __init__(self, seed: int = 2026) -> None:
        self._seed = seed

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        """Always simulated, observed at the start of the running slot."""
        observed = datetime.fromtimestamp(slot_of(now), KST)
        return Provenance(dataset, "내장 모의 데이터", "simulated", observed, STALE_AFTER_S, ATTRIBUTION)

    def city(self, metric_id: str, now: datetime) -> Observation:
        """The figure of all Seoul."""
        return self._observation(metric_id, None, city_value(metric_id, slot_of(now), self._seed))

    def districts(self, metric_id: str, now: datetime) -> tuple[Observation, ...]:
        """The figure of each district."""
        values = district_values(metric_id, slot_of(now), self._seed)
        return tuple(self._observation(metric_id, d.ko, v) for d, v in zip(DISTRICTS, values, strict=True))

    def series(
        self, metric_id: str, now: datetime, *, area: str | None = None, hours: float = 24, step_minutes: int = 60
    ) -> Series:
        """Every `step_minutes` back from the running slot, oldest first."""
        m = metric(metric_id)
        end, step = slot_of(now), step_minutes * 60
        x = tuple(range(end - int(hours * 3600), end + 1, step))
        if area is None:
            values = tuple(rounded(m, city_value(metric_id, t, self._seed)) for t in x)
        else:
            index = [d.ko for d in DISTRICTS].index(area)
            values = tuple(rounded(m, district_values(metric_id, t, self._seed)[index]) for t in x)
        return Series(m.ko if area is None else area, m.unit, x, values)

    def places(self, kind: str, now: datetime) -> tuple[Place, ...]:
        """Points of a kind with the figures of the running slot."""
        return sim_places.places(kind, slot_of(now), self._seed)

    def lines(self, kind: str, now: datetime) -> tuple[Line, ...]:
        """Lines of a kind with the figures of the running slot."""
        return sim_places.lines(kind, slot_of(now), self._seed)

    def documents(self, kind: str, now: datetime) -> tuple[Document, ...]:
        """Documents of a kind, newest first."""
        return sim_papers.documents(kind, now.astimezone(KST).date(), self._seed)

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        """Events of a kind, newest first (a calendar: oldest first)."""
        return sim_events.events(kind, slot_of(now), self._seed)

    def table(self, name: str, now: datetime) -> Table:
        """A table by name."""
        return sim_records.table(name, slot_of(now), self._seed)

    def shares(self, name: str, now: datetime) -> tuple[tuple[str, float], ...]:
        """Named parts of a whole."""
        return sim_records.shares(name, slot_of(now), self._seed)

    def indicator(self, panel: str, unit: str, now: datetime) -> Indicator:
        """The policy indicator behind a panel."""
        return sim_records.indicator(panel, now.astimezone(KST).year, self._seed)

    def project(self, panel: str, name_ko: str, now: datetime) -> Project:
        """The city project behind a panel."""
        return sim_records.project(panel, name_ko, now.astimezone(KST).date(), self._seed)

    def _observation(self, metric_id: str, area: str | None, value: float) -> Observation:
        m = metric(metric_id)
        published = rounded(m, value)
        return Observation(metric_id, m.ko, m.en, published, m.unit, area, grade_of(m, published), m.bands)
