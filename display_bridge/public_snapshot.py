"""A public panel as it is now, for caches: made from the registry and the city's data alone, of no display's state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assistant.contracts import BadInput
from content_registry.schema import CITIZEN_SURFACES, Registry
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.trust import Trust, may_see
from display_bridge.views.asked import asked_view

FRESH_S = 10
"""A snapshot is made for so many seconds at a time: all who ask within them get the same bytes."""


def public_snapshot(panel_id: str, registry: Registry, provider: CityDataProvider, now: float) -> dict[str, Any]:
    """{"panel", "at", "view"}. Raises BadInput (unknown-panel) for what the public may not see, as for what is not."""
    panel = registry.panels.get(panel_id)
    if panel is None or not may_see(panel, Trust.PUBLIC) or not CITIZEN_SURFACES.intersection(panel.surfaces):
        raise BadInput("unknown-panel", "there is no such public panel")
    at = now // FRESH_S * FRESH_S
    view = asked_view(panel, registry, provider, datetime.fromtimestamp(at, KST), {"page": "0"})
    return {"panel": panel.id, "at": at, "view": view}
