"""What the conversation is and does: its phases, and the effects that whoever owns the session carries out in order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.contracts import Outcome, Source


class Phase(StrEnum):
    """Where the conversation stands; shown on the screen."""

    IDLE = "idle"
    STANDBY = "standby"
    HEARING = "hearing"
    DECIDING = "deciding"
    ASKING = "asking"
    ACTING = "acting"
    SPEAKING = "speaking"
    FOLLOW_UP = "follow_up"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class BeginRun:
    """A new run starts; the recorder opens it."""

    run: str
    source: Source


@dataclass(frozen=True, slots=True)
class EndRun:
    """The run is over with this outcome. overheard: nobody had called, nor was it for us; its words are not kept."""

    run: str
    outcome: Outcome
    overheard: bool = False


@dataclass(frozen=True, slots=True)
class ShowPhase:
    """The screen's assistant area: phase, its end if it has one, the words heard, the last outcome."""

    phase: Phase
    until: float | None = None
    text: str = ""
    outcome: Outcome | None = None
    run: str | None = None
    woken: bool = False
    """The wake word began this, and nobody has said that it was none."""


@dataclass(frozen=True, slots=True)
class Chime:
    """A short sound on the screen: `wake`, `done`, `error`."""

    name: str


@dataclass(frozen=True, slots=True)
class Understand:
    """Find out what the words mean; answer with `understood`."""

    run: str
    text: str
    source: Source


@dataclass(frozen=True, slots=True)
class Listen:
    """Open the ear without a wake word: for the answer to a question, or for a next command. seconds: for how long."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CancelListening:
    """The ear may close: nobody waits for this utterance any more."""


@dataclass(frozen=True, slots=True)
class Hush:
    """Stop speaking at once."""


@dataclass(frozen=True, slots=True)
class CloseQuestion:
    """The open question is over. on_screen: nothing else has closed it there."""

    on_screen: bool = False


Effect = BeginRun | EndRun | ShowPhase | Chime | Understand | Listen | CancelListening | Hush | CloseQuestion
