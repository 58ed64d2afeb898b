"""City data with a site's own documents among those of its source, and with its cameras."""

from __future__ import annotations

from datetime import datetime

from assistant.contracts import Unavailable
from content_registry.schema import Registry
from display_bridge.cameras import DATASET as CAMERAS
from display_bridge.cameras import SOURCE_KO, Cameras
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
from display_bridge.papers.kinds import RANK, visibility_of
from display_bridge.papers.shelf import Shelf, ShelvedPaper

FOLDER_KO = "사무실 문서 폴더"


class ShelvedCityData:
    """The provider `inner`, whose lists of documents also hold those of a shelf; see the Protocol for the rest.

    A document that fewer people may see than the panel it would lie in is left out of it, so that no list tells of it.
    """

    def __init__(
        self, inner: CityDataProvider, shelf: Shelf, registry: Registry, cameras: Cameras | None = None
    ) -> None:
        self.inner, self.shelf, self.cameras = inner, shelf, cameras or Cameras()
        self.registry = registry

    def paper(self, identifier: str) -> ShelvedPaper | None:
        """The shelf's document of an id."""
        return next((p for p in self.shelf.papers() if p.document.id == identifier and self._fits(p)), None)

    def documents(self, kind: str, now: datetime) -> tuple[Document, ...]:
        """The shelf's documents of a kind, then the source's; each newest first. Of one id the shelf's is taken. The
        shelf's are there also while the source is silent."""
        own = self._own(kind)
        taken = {d.id for d in own}
        try:
            return (*own, *(d for d in self.inner.documents(kind, now) if d.id not in taken))
        except Unavailable:
            if not own:
                raise
            return own

    def _own(self, kind: str) -> tuple[Document, ...]:
        return tuple(p.document for p in self.shelf.papers() if p.kind == kind and self._fits(p))

    def _fits(self, paper: ShelvedPaper) -> bool:
        listed = visibility_of(paper.kind, self.registry)
        return paper.visibility is None or RANK[paper.visibility] <= RANK[listed]

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        """As the source; of a list without the source's documents, that it is not whole. Cameras are live."""
        if dataset == CAMERAS:
            return Provenance(CAMERAS, SOURCE_KO, "live", now, 900, SOURCE_KO)
        try:
            return self.inner.provenance(dataset, now)
        except Unavailable:
            if not self._own(dataset):
                raise
            return Provenance(dataset, FOLDER_KO, "live", now, 0, FOLDER_KO, failing=True)

    def city(self, metric: str, now: datetime) -> Observation:
        """As the source."""
        return self.inner.city(metric, now)

    def districts(self, metric: str, now: datetime) -> tuple[Observation, ...]:
        """As the source."""
        return self.inner.districts(metric, now)

    def series(
        self, metric: str, now: datetime, *, area: str | None = None, hours: float = 24, step_minutes: int = 60
    ) -> Series:
        """As the source."""
        return self.inner.series(metric, now, area=area, hours=hours, step_minutes=step_minutes)

    def places(self, kind: str, now: datetime) -> tuple[Place, ...]:
        """As the source."""
        return self.inner.places(kind, now)

    def lines(self, kind: str, now: datetime) -> tuple[Line, ...]:
        """As the source."""
        return self.inner.lines(kind, now)

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        """As the source."""
        return self.inner.events(kind, now)

    def table(self, name: str, now: datetime) -> Table:
        """As the source."""
        return self.inner.table(name, now)

    def shares(self, name: str, now: datetime) -> tuple[tuple[str, float], ...]:
        """As the source."""
        return self.inner.shares(name, now)

    def indicator(self, panel: str, unit: str, now: datetime) -> Indicator:
        """As the source."""
        return self.inner.indicator(panel, unit, now)

    def project(self, panel: str, name_ko: str, now: datetime) -> Project:
        """As the source."""
        return self.inner.project(panel, name_ko, now)
