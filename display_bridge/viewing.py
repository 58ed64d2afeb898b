"""Views for states: built at most once per refresh, and never the reason that a display stops."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.contracts import SeoulaError
from content_registry.schema import Panel, Registry
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.state import DisplayState
from display_bridge.views.asked import asked_view
from display_bridge.views.frame import failed_view

log = logging.getLogger(__name__)

KEEP_S = 10
"""How long a built view is used again, seconds."""
LEAST_ROWS = 4
_LISTS = ("rows", "documents", "events", "alerts", "bars", "chapters", "groups", "tiles", "items")


class Viewer:
    """Builds the view of what a state shows; keeps the views of the running ten seconds."""

    def __init__(self, registry: Registry, provider: CityDataProvider) -> None:
        self._registry, self._provider = registry, provider
        self._slot = -1
        self._views: dict[tuple[str, tuple[tuple[str, str], ...]], dict[str, Any]] = {}

    def view(self, state: DisplayState, now: float) -> dict[str, Any]:
        """The view of the shown panel; one that says why, if it cannot be built."""
        panel = self._registry.panels.get(state.shown.panel)
        if panel is None:
            return failed_view(state.shown.panel, "이 화면은 더 이상 없습니다.")
        args = {**state.shown.args, "page": str(state.shown.page)}
        if panel.category == "common":
            args["running"] = "1" if state.rotation.running else "0"
        return self._built(panel, args, now)

    def pages(self, state: DisplayState, now: float) -> int | None:
        """How many pages the shown document, or else the longest list, has; None while the first one shows."""
        if state.shown.page == 0:
            return None
        view = self.view(state, now)
        return int(view["pages"]) if view.get("pages") is not None else _list_pages(view)

    def check(self, panel: Panel, args: Mapping[str, str], now: float) -> None:
        """Raises BadInput if no view can be built from these arguments, Unavailable if its source is down."""
        asked_view(panel, self._registry, self._provider, datetime.fromtimestamp(now, KST), args)

    def _built(self, panel: Panel, args: Mapping[str, str], now: float) -> dict[str, Any]:
        slot = int(now // KEEP_S)
        if slot != self._slot:
            self._slot, self._views = slot, {}
        key = (panel.id, tuple(sorted(args.items())))
        if key not in self._views:
            try:
                view = asked_view(panel, self._registry, self._provider, datetime.fromtimestamp(now, KST), args)
            except SeoulaError as error:
                view = failed_view(panel.id, error.message, panel, no_data=error.code == "no-data-yet")
            except Exception:
                log.exception("the view of %s could not be built", panel.id)
                view = failed_view(panel.id, "화면을 만들지 못했습니다.", panel)
            self._views[key] = view
        return self._views[key]


def _list_pages(view: Mapping[str, Any]) -> int:
    """How often its longest list can be scrolled at most: no screen shows fewer rows at once than LEAST_ROWS."""
    rows = (len(block.get(name, ())) for block in view["blocks"] for name in _LISTS)
    return max(1, math.ceil(max(rows, default=0) / LEAST_ROWS))
