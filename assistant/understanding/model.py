"""What understanding asks of any NLU model: labels with confidences, and how surely the sentence is meant for us."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

CHATTER = "chatter"
"""The label of sentences that are not meant for the assistant."""

PANEL_PREFIX = "panel."


@dataclass(frozen=True, slots=True)
class ModelResult:
    """`ranking`: (label, confidence 0..1), best first. `addressed`: 0..1 that the sentence is meant for the
    assistant, or None when the model has no such judgement."""

    ranking: tuple[tuple[str, float], ...]
    addressed: float | None = None


class IntentModel(Protocol):
    """A model of intents."""

    async def parse(self, text: str) -> ModelResult:
        """The model's judgement of one clean sentence. Raises Unavailable when it cannot answer now."""
        ...
