"""The state document that screens draw: made from a display's state and the view of the panel that shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from content_registry.schema import Registry
from display_bridge.guide import Guide
from display_bridge.merge_patch import without_nulls
from display_bridge.state import DisplayState
from display_bridge.trust import Trust

IDLE_ASSISTANT: dict[str, Any] = {"phase": "idle", "text": "", "mic": "missing", "notices": []}


SERVICES = ("calls", "rooms", "face", "hidden")
"""What buttons of the screens lead to: telephony, its meeting rooms, the camera that unlocks private mode; and whether
private mode is open there, and hides itself from an onlooker."""


def build_document(
    display: str,
    role: str,
    trust: Trust,
    state: DisplayState,
    view: dict[str, Any],
    guide: Guide,
    registry: Registry,
    incidents: Mapping[str, Any] | None = None,
    services: Collection[str] = (),
) -> dict[str, Any]:
    """The whole document, without null members (absent means null).

    incidents: `banner` or `incidents`, as the desk tells this trust. services: of SERVICES, those that are connected.
    """
    shown = state.shown
    panel = registry.panels.get(shown.panel)
    following = guide.rotation[(state.rotation.index + 1) % len(guide.rotation)] if guide.rotation else None
    next_panel = registry.panels.get(following) if following else None
    overlay = None if state.overlay is None else {"name": state.overlay[0], "args": dict(state.overlay[1])}
    question = None
    if state.question is not None:
        labels = enumerate(state.question.choices, 1)
        question = {
            "prompt_ko": state.question.prompt_ko,
            "prompt_en": state.question.prompt_en,
            "choices": [{"n": n, "label_ko": ko, "label_en": en} for n, (ko, en) in labels],
            "until": state.question.until,
        }
    document = {
        "display": {"id": display, "role": role, "trust": trust.word},
        "shown": {
            "panel": shown.panel,
            "layer": state.layer.value,
            "args": dict(shown.args),
            "zoom": shown.zoom,
            "page": shown.page,
            "until": shown.until,
        },
        "view": view,
        "rotation": {
            "running": state.rotation.running,
            "next": following,
            "next_name_ko": next_panel.name_ko if next_panel else None,
            "next_name_en": next_panel.name_en if next_panel else None,
            "at": state.rotation.at,
        },
        "assistant": {**IDLE_ASSISTANT, **state.assistant},
        "question": question,
        "overlay": overlay,
        "speech": None if state.speech is None else dict(state.speech),
        "menu": [
            {"id": m.id, "ko": m.ko, "en": m.en, "active": panel is not None and panel.menu == m.id}
            for m in registry.menus.values()
        ],
        "services": None if trust is Trust.PUBLIC else {name: name in services for name in SERVICES},
        **(incidents or {}),
    }
    result: dict[str, Any] = without_nulls(document)
    return result
