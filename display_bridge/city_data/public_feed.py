"""A feed made of a reading function, and the observations that feeds build: by our own metrics, units and grades."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import grade_of, metric, rounded
from display_bridge.city_data.provider import Observation

Reader = Callable[[Fetch, datetime], Awaitable[Reading]]


@dataclass(frozen=True, slots=True)
class PublicFeed:
    """A Feed of a public service: see the Protocol for the fields."""

    id: str
    datasets: frozenset[str]
    refresh_s: float
    stale_after_s: int
    calls: int
    reader: Reader

    async def read(self, fetch: Fetch, now: datetime) -> Reading:
        """Read it once. Raises SourceFailed."""
        return await self.reader(fetch, now)


def observed(metric_id: str, area: str | None, value: float | None) -> Observation:
    """A figure of one of our metrics, rounded as it is published and graded by our bands; None stays None."""
    m = metric(metric_id)
    shown = None if value is None else rounded(m, value)
    return Observation(
        metric_id, m.ko, m.en, shown, m.unit, area, None if shown is None else grade_of(m, shown), m.bands
    )


def by_district(metric_id: str, values: Mapping[str, float | None]) -> tuple[Observation, ...]:
    """All 25 districts in their order; those without a figure have None."""
    return tuple(observed(metric_id, d.ko, values.get(d.ko)) for d in DISTRICTS)


def of_city(metric_id: str, values: Mapping[str, float | None]) -> Observation:
    """All of Seoul: the mean of the districts that have a figure; their sum for counts, and None unless all 25 are
    there, since a sum with gaps would be too small."""
    known = [v for d in DISTRICTS if (v := values.get(d.ko)) is not None]
    if metric(metric_id).count:
        return observed(metric_id, None, sum(known) if len(known) == len(DISTRICTS) else None)
    return observed(metric_id, None, sum(known) / len(known) if known else None)


def no_data(what: str) -> SourceFailed:
    """An answer without rows where a city always has some: the last good reading is better than an empty one."""
    return SourceFailed("no-data", f"the answer holds no {what}")
