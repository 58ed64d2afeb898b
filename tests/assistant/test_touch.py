"""What operations mean, and that nothing a screen or a script can send raises anything but BadInput."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import BadInput, Direction, Intent, IntentName, Media
from assistant.touch import OPERATIONS, intent_of
from content_registry.loader import load_registry

REGISTRY = load_registry()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
PARKS = Intent(IntentName.SHOW_PANEL, panel="parks", district="중구")
VIDEO = Intent(IntentName.CALL, department="transport", media=Media.VIDEO)
KEYS = st.sampled_from(["panel", "district", "args", "choice", "media", "department", "running", "on", "x"])


@pytest.mark.parametrize(
    ("op", "args", "intent"),
    [
        ("show", {"panel": "parks"}, Intent(IntentName.SHOW_PANEL, panel="parks")),
        ("show", {"panel": "parks", "district": "중구"}, PARKS),
        ("show", {"panel": "parks", "args": {"district": "중구"}}, PARKS),
        ("show", {"panel": "parks", "district": None}, Intent(IntentName.SHOW_PANEL, panel="parks")),
        ("select_district", {"district": "중구"}, Intent(IntentName.SHOW_PANEL, district="중구")),
        ("show", {"panel": "parks", "item": "서울숲"}, Intent(IntentName.SHOW_PANEL, panel="parks", item="서울숲")),
        (
            "select_district",
            {"district": "중구", "compare": ["마포구"]},
            Intent(IntentName.SHOW_PANEL, district="중구", compare=("마포구",)),
        ),
        ("select", {"item": "approval-02"}, Intent(IntentName.SHOW_PANEL, item="approval-02")),
        ("page", {"page": 7}, Intent(IntentName.NAVIGATE, choice=7)),
        ("back", {}, Intent(IntentName.NAVIGATE, direction=Direction.BACK)),
        ("release", {}, Intent(IntentName.NAVIGATE, direction=Direction.RELEASE)),
        ("zoom_in", {}, Intent(IntentName.ZOOM, direction=Direction.IN)),
        ("zoom_reset", {}, Intent(IntentName.ZOOM, direction=Direction.RESET)),
        ("rotation", {}, Intent(IntentName.ROTATION, direction=Direction.ON)),
        ("rotation", {"running": False}, Intent(IntentName.ROTATION, direction=Direction.OFF)),
        ("dismiss", {}, Intent(IntentName.STOP)),
        ("acknowledge", {"incident": "a1"}, Intent(IntentName.CONFIRM, incident="a1")),
        ("choose", {"choice": 2}, Intent(IntentName.CHOOSE, choice=2)),
        ("call", {}, Intent(IntentName.CALL, media=Media.VOICE)),
        ("call", {"department": "transport", "media": "video"}, VIDEO),
        ("private_mode", {}, Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)),
        ("private_mode", {"on": False}, Intent(IntentName.PRIVATE_MODE, direction=Direction.OFF)),
        ("hands", {}, Intent(IntentName.HANDS, direction=Direction.ON)),
        ("hands", {"on": False}, Intent(IntentName.HANDS, direction=Direction.OFF)),
        ("help", {}, Intent(IntentName.HELP)),
        ("repeat", {}, Intent(IntentName.REPEAT)),
        ("conference", {}, Intent(IntentName.CONFERENCE)),
    ],
)  # fmt: skip
def test_an_operation_means_an_intent(op: str, args: dict[str, Any], intent: Intent) -> None:
    assert intent_of(op, args, REGISTRY) == intent


def test_every_panel_can_be_asked_for() -> None:
    assert [intent_of("show", {"panel": panel}, REGISTRY).panel for panel in REGISTRY.panels] == [*REGISTRY.panels]


@given(st.sampled_from(sorted(OPERATIONS)) | st.text(max_size=10), st.dictionaries(KEYS, JSON, max_size=4))
def test_any_arguments_give_an_intent_or_a_typed_error(op: str, args: dict[str, Any]) -> None:
    try:
        intent = intent_of(op, args, REGISTRY)
    except BadInput:
        return
    assert intent.panel is None or intent.panel in REGISTRY.panels
    assert intent.department is None or intent.department in REGISTRY.departments
    assert intent.district is None or intent.district in {d.ko for d in REGISTRY.districts.values()}
    assert intent.choice is None or 1 <= intent.choice <= 20
