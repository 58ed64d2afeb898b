"""What a source of live city data is to the rest: feeds that are read in the background, and the readings they bring.

A feed serves some of the provider's datasets (metrics, kinds and names of `CityDataProvider`'s methods). The collector
reads it every `refresh_s` and keeps its last good reading; nothing else in the product does I/O for city data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

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

CLOCKS_APART = timedelta(minutes=10)
"""So far a source's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading of a feed brought, by dataset: only what that source really said, missing figures as None.

    observed_at: timezone-aware, the source's own time of observation and not that of the reading.
    city: all of Seoul; districts: by metric, any number of the 25, each with its `area`.
    series: by (metric, area or None), where the source itself gives a history; the collector adds its own otherwise.
    """

    observed_at: datetime
    city: Mapping[str, Observation] = field(default_factory=dict)
    districts: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    series: Mapping[tuple[str, str | None], Series] = field(default_factory=dict)
    places: Mapping[str, tuple[Place, ...]] = field(default_factory=dict)
    lines: Mapping[str, tuple[Line, ...]] = field(default_factory=dict)
    events: Mapping[str, tuple[Event, ...]] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    documents: Mapping[str, tuple[Document, ...]] = field(default_factory=dict)
    shares: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    projects: Mapping[str, Project] = field(default_factory=dict)
    provenance: Mapping[str, Provenance] = field(default_factory=dict)
    """By dataset, where the source passes on what others measured, or simulate: said instead of the source's own."""


class SourceFailed(Exception):
    """A source did not give what was asked. code: stable and short, such as "timeout", "http-503", "bad-key",
    "quota", "unreadable", or the source's own (ERROR-500). The message never holds a key or a whole address."""

    def __init__(self, code: str, message: str, *, retry: bool = True) -> None:
        super().__init__(message)
        self.code, self.message, self.retry = code, message, retry


class Fetch(Protocol):
    """One GET of a source, within its quota, its time limit and its circuit breaker."""

    async def __call__(self, path: str, params: Mapping[str, str] | None = None) -> bytes:
        """The body of a 200 answer. path: relative to the source's base, without its key ("{key}" where the key
        belongs in the path). Raises SourceFailed."""
        ...


class Feed(Protocol):
    """One thing that is read of a source."""

    @property
    def id(self) -> str:
        """Unique, for logs and GET /api/v1/sources."""
        ...

    @property
    def datasets(self) -> frozenset[str]:
        """The provider's metrics, kinds and names that this feed serves."""
        ...

    @property
    def refresh_s(self) -> float:
        """How often it is read, seconds."""
        ...

    @property
    def stale_after_s(self) -> int:
        """How old its observation may become before it counts as stale, seconds."""
        ...

    @property
    def calls(self) -> int:
        """How many requests one reading costs at most, for the quota."""
        ...

    async def read(self, fetch: Fetch, now: datetime) -> Reading:
        """Read it once. Raises SourceFailed; never returns made-up figures."""
        ...
