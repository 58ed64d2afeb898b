"""Which panels lie beside one another, and which the main page goes through. Built once from the registry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from content_registry.schema import Registry, Visibility
from display_bridge.views.common import ROTATION


@dataclass(frozen=True, slots=True)
class Guide:
    """beside: the panels of a panel's submenu (or menu), in menu order, itself included. rotation: main page list."""

    beside: Mapping[str, tuple[str, ...]]
    rotation: tuple[str, ...]

    def knows(self, panel: str) -> bool:
        """Whether there is such a panel."""
        return panel in self.beside

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
    return Guide(beside, tuple(public))
