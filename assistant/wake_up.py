"""What the wake word began, for the person who says that nobody called."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.contracts import Wake


@dataclass(frozen=True, slots=True)
class WakeUp:
    """private: private content was open on the screen, or the run's words were near it; its sound is kept nowhere."""

    run: str
    wake: Wake
    private: bool
