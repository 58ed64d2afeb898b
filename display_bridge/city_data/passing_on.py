"""A provider that passes every question on to another one: what those that change one answer are made of."""

from __future__ import annotations

from datetime import datetime

from display_bridge.cameras import Cameras, WithCameras
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
from display_bridge.papers.bookcase import Bookcase, WithBookcase


class PassingOn:
    """A CityDataProvider over `inner`, with its cameras and bookcase; see the Protocol for the methods."""

    def __init__(self, inner: CityDataProvider) -> None:
        self.inner = inner
        self.cameras = inner.cameras if isinstance(inner, WithCameras) else Cameras()
        self.bookcase = inner.bookcase if isinstance(inner, WithBookcase) else Bookcase()

    def reading(self, dataset: str) -> None:
        """Called before each question with what it reads; where something comes from is no reading."""

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        """Passed on."""
        return self.inner.provenance(dataset, now)

    def city(self, metric: str, now: datetime) -> Observation:
        """Passed on."""
        self.reading(metric)
        return self.inner.city(metric, now)

    def districts(self, metric: str, now: datetime) -> tuple[Observation, ...]:
        """Passed on."""
        self.reading(metric)
        return self.inner.districts(metric, now)

    def series(
        self, metric: str, now: datetime, *, area: str | None = None, hours: float = 24, step_minutes: int = 60
    ) -> Series:
        """Passed on."""
        self.reading(metric)
        return self.inner.series(metric, now, area=area, hours=hours, step_minutes=step_minutes)

    def places(self, kind: str, now: datetime) -> tuple[Place, ...]:
        """Passed on."""
        self.reading(kind)
        return self.inner.places(kind, now)

    def lines(self, kind: str, now: datetime) -> tuple[Line, ...]:
        """Passed on."""
        self.reading(kind)
        return self.inner.lines(kind, now)

    def documents(self, kind: str, now: datetime) -> tuple[Document, ...]:
        """Passed on."""
        self.reading(kind)
        return self.inner.documents(kind, now)

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        """Passed on."""
        self.reading(kind)
        return self.inner.events(kind, now)

    def table(self, name: str, now: datetime) -> Table:
        """Passed on."""
        self.reading(name)
        return self.inner.table(name, now)

    def shares(self, name: str, now: datetime) -> tuple[tuple[str, float], ...]:
        """Passed on."""
        self.reading(name)
        return self.inner.shares(name, now)

    def indicator(self, panel: str, unit: str, now: datetime) -> Indicator:
        """Passed on."""
        self.reading(panel)
        return self.inner.indicator(panel, unit, now)

    def project(self, panel: str, name_ko: str, now: datetime) -> Project:
        """Passed on."""
        self.reading(panel)
        return self.inner.project(panel, name_ko, now)
