"""What a source of city data answers, and the frozen values it answers with.

Times are timezone-aware; coordinates are WGS84 degrees (longitude first); a district is its official Korean name.
An unknown metric, kind or id raises `assistant.contracts.BadInput`; a source that is down raises `Unavailable`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

Grade = Literal["good", "moderate", "bad", "very_bad"]
Mode = Literal["simulated", "live", "recorded"]
Status = Literal["ok", "warn", "alert", "off"]
Day = date
"""Under another name: a field called `date` hides the type from whoever looks the annotations up."""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a dataset comes from and how old it may become before it counts as stale."""

    dataset: str
    source_ko: str
    mode: Mode
    observed_at: datetime
    stale_after_s: int
    attribution: str
    fetched_at: datetime | None = None
    """When a source was last read; None where nothing is fetched (simulated data)."""
    licence: str = ""
    failing: bool = False
    """True while the source does not answer: what is shown is the last good reading."""
    beside: tuple[Provenance, ...] = ()
    """Where the other parts of the dataset come from, where it has more than one origin (a site's own documents)."""

    def stale(self, now: datetime) -> bool:
        """True when the observation is older than allowed, or its source fails. The server decides this, never the
        screen's clock."""
        return self.failing or (now - self.observed_at).total_seconds() > self.stale_after_s


@dataclass(frozen=True, slots=True)
class GradeBand:
    """One class of a metric: low <= value < high (None: no upper end), with its word, and as people write it: its
    first and last published figure ("31–80", "151+")."""

    grade: Grade
    label_ko: str
    low: float
    high: float | None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Observation:
    """One figure. area None: all of Seoul."""

    metric: str
    label_ko: str
    label_en: str
    value: float | None
    unit: str
    area: str | None = None
    grade: Grade | None = None
    bands: tuple[GradeBand, ...] = ()


@dataclass(frozen=True, slots=True)
class Series:
    """Figures over time: x in epoch seconds, oldest first; None where nothing was measured."""

    name_ko: str
    unit: str
    x: tuple[int, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the map with an optional figure."""

    name_ko: str
    lon: float
    lat: float
    value: float | None = None
    unit: str = ""
    status: Status | None = None
    detail_ko: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """A named point of a line."""

    name_ko: str
    lon: float
    lat: float
    interchange: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A route or a road: path as (lon, lat) pairs."""

    name_ko: str
    path: tuple[tuple[float, float], ...]
    color: str | None = None
    value: float | None = None
    unit: str = ""
    status: Status | None = None
    stops: tuple[Stop, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A document's card; `body` and `toc` are given for those that can be read on the wall."""

    id: str
    title_ko: str
    date: Day
    department_ko: str
    pages: int
    kind: str
    toc: tuple[tuple[str, int], ...] = ()
    body: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of how an event went on."""

    at: datetime
    text_ko: str
    text_en: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened somewhere. severity 0..100."""

    at: datetime
    title_ko: str
    level_ko: str
    area_ko: str
    status_ko: str
    severity: int
    detail_ko: str = ""
    lon: float | None = None
    lat: float | None = None
    id: str = ""
    """Stable over readings of the same source; "" where the source gives none."""
    expires: datetime | None = None
    title_en: str = ""
    steps: tuple[Step, ...] = ()
    """How it went on until now, oldest first; empty where the source tells no more than its state."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; `right` names the columns that hold numbers."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[dict[str, str | float | int | None], ...]
    right: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True)
class Indicator:
    """A policy indicator: its newest figure, the year's target and the yearly trend (oldest first).

    lower_is_better: True for figures such as deaths or emissions.
    """

    value: float
    target: float
    years: tuple[int, ...]
    trend: tuple[float, ...]
    lower_is_better: bool = False
    digits: int = 0


@dataclass(frozen=True, slots=True)
class Phase:
    """One bar of a plan; progress in percent."""

    name_ko: str
    start: date
    end: date
    progress: int
    status: Literal["done", "doing", "planned"]


@dataclass(frozen=True, slots=True)
class Project:
    """A city project: where, when, how far."""

    place: Place
    district: str
    phases: tuple[Phase, ...]
    documents: tuple[Document, ...]

    @property
    def progress(self) -> int:
        """Progress of the whole project in percent: the phases weighted by their length."""
        days = [max(1, (p.end - p.start).days) for p in self.phases]
        return round(sum(d * p.progress for d, p in zip(days, self.phases, strict=True)) / sum(days))


class CityDataProvider(Protocol):
    """A source of city data. Every method is a read: cheap, without I/O in the caller's thread."""

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        """Source and freshness of a dataset (a metric, kind or name of the methods below)."""
        ...

    def city(self, metric: str, now: datetime) -> Observation:
        """The figure of all Seoul: the mean of the districts, or their sum for counts."""
        ...

    def districts(self, metric: str, now: datetime) -> tuple[Observation, ...]:
        """The figure of each of the 25 districts."""
        ...

    def series(
        self, metric: str, now: datetime, *, area: str | None = None, hours: float = 24, step_minutes: int = 60
    ) -> Series:
        """The figures of the last `hours`, every `step_minutes`, up to now."""
        ...

    def places(self, kind: str, now: datetime) -> tuple[Place, ...]:
        """Points of a kind: parks, bikes, hotspots, ..."""
        ...

    def lines(self, kind: str, now: datetime) -> tuple[Line, ...]:
        """Lines of a kind: subway, roads, trails, ..."""
        ...

    def documents(self, kind: str, now: datetime) -> tuple[Document, ...]:
        """Documents of a kind, newest first."""
        ...

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        """Events of a kind, newest first."""
        ...

    def table(self, name: str, now: datetime) -> Table:
        """A table by name."""
        ...

    def shares(self, name: str, now: datetime) -> tuple[tuple[str, float], ...]:
        """Named parts of a whole (labels and figures), by name."""
        ...

    def indicator(self, panel: str, unit: str, now: datetime) -> Indicator:
        """The policy indicator behind a panel."""
        ...

    def project(self, panel: str, name_ko: str, now: datetime) -> Project:
        """The city project behind a panel."""
        ...
