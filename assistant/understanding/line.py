"""The JSON object of one understood sentence, as `seoula understand` prints it and `replay` repeats it."""

from __future__ import annotations

from typing import Any

from assistant.contracts import Intent, Understanding


def as_line(understanding: Understanding) -> dict[str, Any]:
    """The fields people script against, in their order; slots are null when they do not apply."""
    intent = understanding.intent
    return {
        "text": understanding.text,
        "outcome": understanding.outcome.value,
        **_slots(intent),
        "confidence": round(understanding.confidence, 4),
        "alternatives": [
            {
                **_slots(alternative.intent),
                "confidence": round(alternative.confidence, 4),
                "label_ko": alternative.label_ko,
                "label_en": alternative.label_en,
                **_refinements(alternative.intent),
            }
            for alternative in understanding.alternatives
        ],
        "path": understanding.path.value,
        "ms": round(understanding.ms, 2),
        "notes": list(understanding.notes),
        **_refinements(intent),
    }


def _slots(intent: Intent | None) -> dict[str, Any]:
    if intent is None:
        names = ("intent", "panel", "district", "department", "media", "direction", "choice")
        return dict.fromkeys(names)
    return {
        "intent": intent.name.value,
        "panel": intent.panel,
        "district": intent.district,
        "department": intent.department,
        "media": intent.media.value if intent.media else None,
        "direction": intent.direction.value if intent.direction else None,
        "choice": intent.choice,
    }


def _refinements(intent: Intent | None) -> dict[str, Any]:
    """How an answer is wanted: beside which districts, of which time, in which language; item: of the panel, e.g.
    "book:" and the book's id."""
    return {
        "compare": list(intent.compare) if intent else [],
        "period": intent.period.value if intent and intent.period else None,
        "language": intent.language.value if intent and intent.language else None,
        "item": intent.item if intent else None,
    }
