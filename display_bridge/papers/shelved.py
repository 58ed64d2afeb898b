"""City data with a site's own documents among those of its source, and with its cameras."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from assistant.contracts import Unavailable
from content_registry.schema import Registry
from display_bridge.cameras import DATASET as CAMERAS
from display_bridge.cameras import SOURCE_KO, Cameras
from display_bridge.city_data.passing_on import PassingOn
from display_bridge.city_data.provider import CityDataProvider, Document, Provenance
from display_bridge.papers.bookcase import Bookcase
from display_bridge.papers.kinds import RANK, visibility_of
from display_bridge.papers.shelf import Shelf, ShelvedPaper

FOLDER_KO = "사무실 문서 폴더"


class ShelvedCityData(PassingOn):
    """The provider `inner`, whose lists of documents also hold those of a shelf; see the Protocol for the rest.

    A document that fewer people may see than the panel it would lie in is left out of it, so that no list tells of it.
    """

    def __init__(
        self,
        inner: CityDataProvider,
        shelf: Shelf,
        registry: Registry,
        cameras: Cameras | None = None,
        bookcase: Bookcase | None = None,
    ) -> None:
        super().__init__(inner)
        self.shelf, self.registry = shelf, registry
        self.cameras = cameras or Cameras()
        self.bookcase = bookcase or Bookcase(shelf=shelf)

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
        """As the source, with the shelf beside it where its documents are among the list's; the shelf alone where only
        its documents are there, failing while the source is silent. Cameras are live."""
        if dataset == CAMERAS:
            return Provenance(CAMERAS, SOURCE_KO, "live", now, 900, SOURCE_KO)
        taken = {d.id for d in self._own(dataset)}
        if not taken:
            return self.inner.provenance(dataset, now)
        ours = of_the_folder(dataset, now)
        try:
            if all(d.id in taken for d in self.inner.documents(dataset, now)):
                return ours
            return replace(self.inner.provenance(dataset, now), beside=(ours,))
        except Unavailable:
            return replace(ours, failing=True)

    def owns(self, kind: str, document: Document) -> bool:
        """Whether a document of a kind lies in the shelf."""
        return document in self._own(kind)


def of_the_folder(dataset: str, now: datetime) -> Provenance:
    """Where a site's own documents come from. The folder is looked at whenever it is asked for; the time is told to the
    minute, so that a view that stays the same is not sent anew every second."""
    return Provenance(dataset, FOLDER_KO, "live", now.replace(second=0, microsecond=0), 900, FOLDER_KO)


def origin(provider: CityDataProvider, kind: str, document: Document, now: datetime) -> Provenance:
    """Where one document of a list comes from. Raises Unavailable, as the provider does."""
    if isinstance(provider, ShelvedCityData) and provider.owns(kind, document):
        return of_the_folder(kind, now)
    return replace(provider.provenance(kind, now), beside=())
