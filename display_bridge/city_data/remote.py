"""The shared city-data API of another instance, or of the city, as a source: it reads what assistant/api/city_data.py
answers with.

Each dataset is a feed of its own, so that one which fails takes no other with it. What the far side says of where its
figures come from is passed on: simulated stays simulated, and the time of observation is that of the first source.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from display_bridge.city_data.datasets import Shape, names
from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.files import rows
from display_bridge.city_data.provider import Series
from display_bridge.city_data.remote_wire import (
    Catalogue,
    Latest,
    SeriesAnswer,
    parsed,
    provenance_of,
    section_of,
    series_of,
)
from display_bridge.city_data.sources import Source

ID = "shared"
SERIES_EVERY_S = 600.0
COURSE_HOURS, STEP_MINUTES = 48, 30
CATALOGUE_EVERY_S = 300.0
REFRESH_S: dict[Shape, float] = {
    "metric": 60, "places": 60, "lines": 60, "events": 15, "table": 60, "shares": 300, "documents": 600,
    "indicator": 3600, "project": 3600,
}  # fmt: skip
STALE_AFTER_S = 3600
"""Where the far side does not say: it always does."""


class Offer:
    """What the far side's catalogue lists; None until it was read, so that nothing is taken for missing before."""

    def __init__(self) -> None:
        self.listed: frozenset[str] | None = None

    def has(self, dataset: str) -> bool:
        """Whether the far side may have it."""
        return self.listed is None or dataset in self.listed


class CatalogueFeed:
    """Reads which datasets there are; serves none itself."""

    id, refresh_s, stale_after_s, calls = "shared-catalogue", CATALOGUE_EVERY_S, STALE_AFTER_S, 1
    datasets: frozenset[str] = frozenset()

    def __init__(self, offer: Offer) -> None:
        self._offer = offer

    async def read(self, fetch: Fetch, now: datetime) -> Reading:
        """Read it once. Raises SourceFailed."""
        found = parsed(Catalogue, await fetch("api/v1/catalog"))
        if not found.datasets:
            raise SourceFailed("unreadable", "the catalogue is empty")
        self._offer.listed = frozenset(d.id for d in found.datasets)
        return Reading(now)


class DatasetFeed:
    """One dataset of the far side."""

    def __init__(self, dataset: str, shape: Shape, offer: Offer) -> None:
        self.id = f"shared-{dataset}"
        self.refresh_s, self.stale_after_s = REFRESH_S[shape], STALE_AFTER_S
        self.calls = 2 if shape == "metric" else 1
        self._dataset, self._shape, self._offer = dataset, shape, offer
        self._series_at: datetime | None = None
        self._served = False

    @property
    def datasets(self) -> frozenset[str]:
        """Its one dataset; none where the far side's catalogue has never listed it. What was served once stays its
        own, with its last good reading: nothing simulated takes its place when a token is revoked."""
        return frozenset({self._dataset}) if self._served or self._offer.has(self._dataset) else frozenset()

    async def read(self, fetch: Fetch, now: datetime) -> Reading:
        """Read it once. Raises SourceFailed."""
        if not self._offer.has(self._dataset):
            if self._served:
                raise SourceFailed("not-listed", "the far side does not offer this dataset any more", retry=False)
            return Reading(now)
        found = parsed(Latest, await fetch(f"api/v1/datasets/{self._dataset}/latest"))
        if found.dataset != self._dataset or found.shape != self._shape:
            raise SourceFailed("unreadable", "another dataset was answered", retry=False)
        provenance = provenance_of(found.provenance, self._dataset)
        reading = section_of(found, provenance.observed_at, provenance)
        if self._shape == "metric" and self._series_due(now):
            series = await self._course(fetch, now)
            self._series_at = now
            reading = replace(reading, series={(self._dataset, None): series})
        self._served = True
        return reading

    def _series_due(self, now: datetime) -> bool:
        return self._series_at is None or (now - self._series_at).total_seconds() >= SERIES_EVERY_S

    async def _course(self, fetch: Fetch, now: datetime) -> Series:
        # Two days, so that yesterday can stand beside today; from a full step on, so that the answer's ETag holds.
        begin = now - timedelta(hours=COURSE_HOURS)
        begin = begin.replace(minute=begin.minute // STEP_MINUTES * STEP_MINUTES, second=0, microsecond=0)
        asked = {"step": str(STEP_MINUTES), "from": begin.isoformat(timespec="seconds")}
        found = parsed(SeriesAnswer, await fetch(f"api/v1/datasets/{self._dataset}/series", asked))
        return series_of(found, self._dataset)


def remote_source(base_url: str) -> Source:
    """The far side as a source. Its key, if it needs one, is a device token that it has issued."""
    offer = Offer()
    shapes: tuple[Shape, ...] = ("events", "metric", "places", "lines", "table", "shares", "documents")
    feeds = [DatasetFeed(name, shape, offer) for shape in shapes for name in names(shape)]
    feeds += [DatasetFeed(row[0], "indicator", offer) for row in rows("indicators.tsv", 6)]
    feeds += [DatasetFeed(row[0], "project", offer) for row in rows("projects.tsv", 6)]
    return Source(
        id=ID,
        title_ko="공유 도시데이터",
        title_en="Shared city data",
        base_url=base_url,
        key_name="remote_token",
        licence="",
        attribution="공유 도시데이터",
        daily_quota=None,
        min_interval_s=0.02,
        feeds=(CatalogueFeed(offer), *feeds),
        key_place="bearer",
    )
