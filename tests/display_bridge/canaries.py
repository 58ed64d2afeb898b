"""Words that stand in one panel's content alone, so that whoever receives them has received that panel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from content_registry.schema import Panel, Registry, Visibility
from display_bridge import public_snapshot, viewing
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.views.asked import asked_view

_LEVEL = {Visibility.PUBLIC: 0, Visibility.INTERNAL: 2, Visibility.PRIVATE: 3}


def canary(panel: str) -> str:
    """The word planted in a panel's content."""
    return f"CANARY[{panel}]"


def planted_view(
    panel: Panel, registry: Registry, provider: CityDataProvider, now: datetime, args: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The view with its canary in the subtitle and in a block of its own."""
    view = asked_view(panel, registry, provider, now, args)
    word = canary(panel.id)
    block = {"kind": "story", "title_ko": word, "title_en": word, "paragraphs": [word]}
    return {**view, "subtitle_ko": f"{view.get('subtitle_ko', '')} {word}", "blocks": [*view["blocks"], block]}


@contextmanager
def planted() -> Iterator[None]:
    """Every view that is built meanwhile carries its canary."""
    with patch.object(viewing, "asked_view", planted_view), patch.object(public_snapshot, "asked_view", planted_view):
        yield


class Lookout:
    """Finds the panels whose canary, or whose guarded id, stands in what was received."""

    def __init__(self, registry: Registry) -> None:
        self._needed = {p.id: _LEVEL[p.visibility] for p in registry.panels.values()}

    def above(self, text: str, level: int) -> list[str]:
        """The panels in a text that a receiver of this level (0 public, 1 room, 2 internal, 3 private) may not have."""
        return [
            panel
            for panel, needed in self._needed.items()
            if needed > level and (canary(panel) in text or f'"{panel}"' in text)
        ]
