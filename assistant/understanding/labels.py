"""The model's labels and the intents they stand for: `panel.<id>`, `<intent>`, `<intent>.<direction>`, `chatter`."""

from __future__ import annotations

from assistant.contracts import Direction, Intent, IntentName
from assistant.understanding.model import CHATTER, PANEL_PREFIX

_OF_PANELS = (IntentName.SHOW_PANEL, IntentName.ASK_VALUE)


def label_of(intent: Intent) -> str:
    """The label a sentence with this intent is trained under. Raises ValueError for a panel intent without panel."""
    if intent.name in _OF_PANELS:
        if intent.panel is None:
            raise ValueError(f"{intent.name.value} needs a panel")
        return PANEL_PREFIX + intent.panel
    return intent.name.value if intent.direction is None else f"{intent.name.value}.{intent.direction.value}"


def intent_of(label: str) -> Intent | None:
    """The bare intent of a label; None for chatter and for labels that no intent has."""
    if label == CHATTER:
        return None
    if label.startswith(PANEL_PREFIX):
        return Intent(IntentName.SHOW_PANEL, panel=label[len(PANEL_PREFIX) :])
    name, _, direction = label.partition(".")
    try:
        return Intent(IntentName(name), direction=Direction(direction) if direction else None)
    except ValueError:
        return None
