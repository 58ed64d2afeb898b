"""What a run without words was about: the panel or the operation of a tap or a command, for the list of runs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assistant.contracts import Direction, Intent, IntentName
from assistant.understanding.decide import label_texts
from content_registry.schema import Registry, Visibility

_ON_THE_SCREEN = ("화면에서 고르기", "Choose on the screen")
"""A tap on something of the panel that is shown: its intent names no panel."""


def asked_for(record: Mapping[str, Any], registry: Registry) -> tuple[str, str]:
    """Korean and English title of a record as `RunStore` keeps it; ("", "") where words were said, nothing was asked,
    the record is private, or its panel is private now."""
    if record["text"] or record.get("private"):
        return "", ""
    judged = [e["data"].get("intent") for e in record["events"] if e["type"] == "verdict"]
    intent = _read(judged[-1]) if judged and isinstance(judged[-1], Mapping) else None
    if intent is None:
        return "", ""
    panel = registry.panels.get(intent.panel or "")
    if panel is not None and panel.visibility is Visibility.PRIVATE:
        return "", ""
    if intent.name is IntentName.SHOW_PANEL and panel is None:
        return _ON_THE_SCREEN
    ko, en = label_texts(intent, registry)
    number = "" if intent.choice is None else f" {intent.choice}"
    return ko + number, en + number


def _read(given: Mapping[str, Any]) -> Intent | None:
    """The intent of a verdict; None for one of another version, which this one cannot name."""
    try:
        direction = given.get("direction")
        return Intent(
            IntentName(given["name"]),
            given.get("panel"),
            given.get("district"),
            given.get("department"),
            None,
            None if direction is None else Direction(direction),
            given.get("choice"),
            tuple(given.get("compare") or ()),
        )
    except (KeyError, ValueError, TypeError):
        return None
