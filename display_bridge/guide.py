"""Which panels lie beside one another, and which the main page goes through. Built once from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from content_registry.schema import Registry, Visibility
from display_bridge.views.common import ROTATION


@dataclass(frozen=True, slots=True)
class Guide:
    """beside: the panels of a panel's submenu (or menu), in menu order, itself included. rotation: main page list.
    readers: the panels that show a document page by page. lists: those whose documents open when chosen."""

    beside: Mapping[str, tuple[str, ...]]
    rotation: tuple[str, ...]
    readers: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def knows(self, panel: str) -> bool:
        """Whether there is such a panel."""
        return panel in self.beside

    def read_by_page(self, panel: str, args: Mapping[str, str]) -> bool:
        """Whether a document is open there, so that "next" turns a page."""
        return panel in self.readers or (panel in self.lists and "item" in args)

    def siblings(self, panel: str) -> tuple[str, ...]:
        """The panels that "next" goes through from a panel."""
        return self.beside.get(panel, ())


def build_guide(registry: Registry) -> Guide:
    """The guide of a registry.

    "Next" stays within one visibility: it must not wander from a public panel into an internal one.
    """
    groups: dict[tuple[str, str | None, Visibility], list[str]] = {}
    for panel in registry.panels.values():
        groups.setdefault((panel.menu, panel.submenu, panel.visibility), []).append(panel.id)
    beside = {p.id: tuple(groups[(p.menu, p.submenu, p.visibility)]) for p in registry.panels.values()}
    public = [p for p in ROTATION if p in registry.panels and registry.panels[p].visibility is Visibility.PUBLIC]
    readers, lists = (
        frozenset(p.id for p in registry.panels.values() if kind in p.visualizations)
        for kind in ("document-viewer", "document-list")
    )
    return Guide(beside, tuple(public), readers, lists)
