"""Which documents lie in which panel, and so who may read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from assistant.contracts import Unavailable
from content_registry.schema import Registry, Visibility
from display_bridge.city_data.provider import CityDataProvider, Document

PANELS: dict[str, tuple[str, ...]] = {
    "news": ("seoul-news",),
    "approval": ("approval-list", "approval-viewer"),
    "white-paper": ("library-white-papers",),
    "research": ("library-research",),
    "brochure": ("library-brochures",),
    "bookshelf": ("library-smart-bookshelf",),
    "foreign-press": ("resume-foreign-press",),
    "topics": ("interest-topics",),
    "cloud": ("fn-cloud-folder",),
    "culture-events": ("theme-culture-events",),
    "hangang": ("theme-hangang-festival",),
}
"""The kinds of documents, and the panels that list them."""
RANK = {Visibility.PUBLIC: 0, Visibility.INTERNAL: 1, Visibility.PRIVATE: 2}


@dataclass(frozen=True, slots=True)
class Found:
    """A document, its kind ("project" for a project's), and who may read it."""

    document: Document
    kind: str
    visibility: Visibility


def visibility_of(kind: str, registry: Registry) -> Visibility:
    """Who may see a kind: those who may see every panel that lists it. Private where the registry knows none."""
    known = [registry.panels[panel].visibility for panel in PANELS.get(kind, ()) if panel in registry.panels]
    return max(known, key=RANK.__getitem__, default=Visibility.PRIVATE)


def find(identifier: str, registry: Registry, provider: CityDataProvider, now: datetime) -> Found | None:
    """The document of an id, None where there is none. Raises Unavailable where none is found and a source that may
    have it is silent."""
    owner = registry.panels.get(identifier.rpartition("-")[0])
    if owner is not None and owner.id.startswith("prj-"):
        for one in provider.project(owner.id, owner.name_ko, now).documents:
            if one.id == identifier:
                return Found(one, "project", owner.visibility)
    silent: Unavailable | None = None
    for kind in PANELS:
        try:
            found = provider.documents(kind, now)
        except Unavailable as error:
            silent = error
            continue
        for one in found:
            if one.id == identifier:
                return Found(one, kind, visibility_of(kind, registry))
    if silent is not None:
        raise silent
    return None
