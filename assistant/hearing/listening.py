"""One listening window of a stream, and what has been said in it so far."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.hearing.audio import SAMPLE_RATE, Samples
from assistant.hearing.endpointing import Endpointer
from assistant.hearing.phrases import Decision


@dataclass(slots=True)
class Listening:
    """One listening window: from the wake word, the button or `listen` to the transcript."""

    since: float
    endpointer: Endpointer
    woken: bool
    wait: float | None
    text: str = ""
    changed: float = 0.0
    decision: Decision | None = None
    fed: bool = False
    sound: list[Samples] = field(default_factory=list)
    skip: float = 0.0

    def spoken(self) -> Samples:
        """The sound of the utterance, without the wake word before it."""
        import numpy as np  # what needs no sound imports this module too

        return np.concatenate(self.sound)[round(self.skip * SAMPLE_RATE) :] if self.sound else np.zeros(0, np.int16)
