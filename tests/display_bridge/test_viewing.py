"""Pages of what is shown: scrolling down ends where the list does, so that one word brings it back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.contracts import Direction, MoveView, ShowPanel
from content_registry.loader import load_registry
from display_bridge import state as states
from display_bridge.city_data import SimulatedCityData
from display_bridge.guide import build_guide
from display_bridge.viewing import Viewer

REGISTRY = load_registry()
GUIDE = build_guide(REGISTRY)
T0 = 1_795_000_000.0


@pytest.mark.parametrize(
    ("panel", "most"), [("analysis-commercial-district", 7), ("approval-viewer", 10), ("fn-private-mode", 1)]
)
def test_down_ends_with_the_list_or_the_document(panel: str, most: int) -> None:
    viewer = Viewer(REGISTRY, SimulatedCityData())
    state = states.reduce(states.initial(), ShowPanel("main", panel), T0, GUIDE)
    assert viewer.pages(state, T0) is None
    for _ in range(40):
        state = states.reduce(state, MoveView("main", Direction.DOWN), T0, GUIDE)
        pages = viewer.pages(state, T0)
        assert pages is not None
        state = states.limit_page(state, pages)
    assert state.shown.page == most - 1
    assert states.limit_page(replace(state), 1).shown.page == 0
