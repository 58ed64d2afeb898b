"""What may be shown in a meeting to whom: the levels of the registry and of the documents, as for screens."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.contracts import BadInput, SeoulaError
from content_registry.schema import Registry, Visibility
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.papers.files import PaperFiles
from display_bridge.papers.kinds import PANELS, RANK
from display_bridge.trust import Trust
from display_bridge.views.asked import asked_view
from telephony.meeting_state import Page
from telephony.parties import DISPLAY, Address
from telephony.room_effects import Person


@dataclass(frozen=True, slots=True)
class MeetingPages:
    """trust: of a display now. papers: the documents; None: there are none."""

    registry: Callable[[], Registry]
    trust: Callable[[str], Trust]
    papers: PaperFiles | None
    provider: CityDataProvider

    def view(self, page: Page) -> dict[str, Any]:
        """The PanelView of a page as it is now, of a document its reader alone. Raises BadInput `not-found`,
        Unavailable while its source is silent. Who may see it is asked before."""
        registry, now = self.registry(), _now()
        panel = registry.panels.get(page.panel or self._panel_of(page.document))
        if panel is None:
            raise BadInput("not-found", "there is no such page")
        args = {"page": str(page.number - 1), **({"item": page.document} if page.document else {})}
        view = asked_view(panel, registry, self.provider, now, args)
        readers = [block for block in view["blocks"] if block["kind"] == "document-viewer"]
        return {**view, "blocks": readers} if page.document and readers else view

    def _panel_of(self, document: str) -> str:
        """The panel in which a document lies."""
        if self.papers is None:
            return ""
        kind = self.papers.find(document, self.registry(), _now()).kind
        return document.rpartition("-")[0] if kind == "project" else next(iter(PANELS.get(kind, ())), "")

    def may_see(self, person: Person, page: Page) -> bool:
        """Whether this person may know of the page now. What nobody knows is shown to nobody."""
        level = self._level(page.document, page.panel)
        return level is not None and RANK[level] <= RANK[self._highest(person)]

    def title_of(self, document: str, panel: str) -> str:
        """In Korean."""
        found = self.registry().panels.get(panel)
        if found is not None and not document:
            return found.name_ko
        try:
            paper = self.papers.find(document, self.registry(), _now()) if self.papers else None
        except SeoulaError:
            paper = None
        return paper.document.title_ko if paper else document

    def _level(self, document: str, panel: str) -> Visibility | None:
        levels: list[Visibility] = []
        if panel:
            found = self.registry().panels.get(panel)
            if found is None:
                return None
            levels.append(found.visibility)
        if document:
            if self.papers is None:
                return None
            try:
                levels.append(self.papers.find(document, self.registry(), _now()).visibility)
            except SeoulaError:
                return None
        return max(levels, key=lambda level: RANK[level], default=None)

    def _highest(self, person: Person) -> Visibility:
        if not person.office:
            return Visibility.PUBLIC
        kind, _, display = person.owner.partition(":")
        if kind == DISPLAY and self.trust(Address(kind, display).id) is Trust.PRIVATE:
            return Visibility.PRIVATE
        return Visibility.INTERNAL


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), KST)
