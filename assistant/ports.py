"""What a room needs from outside, as Protocols: understanding, screen, voice, ear, calls, answers, records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.contracts import AnswerValue, Command, Outcome, PlaceCall, SteerCall, Understanding
from assistant.gate import ScreenStanding
from assistant.runs import RunRecord
from assistant.session import ShowPhase
from assistant.understanding.service import UnderstandingContext


@dataclass(frozen=True, slots=True)
class Showing:
    """What a screen shows now. incident: the id of the one that pre-empts it, "" for none. department: who answers for
    it, where that is another than the panel's."""

    panel: str | None = None
    district: str | None = None
    incident: str = ""
    department: str | None = None


class Screen(Protocol):
    """The display bridge as a room uses it."""

    def standing(self, display: str) -> ScreenStanding:
        """Role and trust of the screen."""

    def showing(self, display: str) -> Showing:
        """What it shows."""

    def apply(self, command: Command) -> int:
        """Change the screen; returns the state's sequence number. Raises SeoulaError."""

    async def rendered(self, display: str, seq: int, timeout_s: float) -> str:
        """`rendered`, `failed`, `offline` (no screen connected) or `late`."""

    def show_phase(self, display: str, effect: ShowPhase) -> None:
        """Update the assistant area."""

    def chime(self, display: str, name: str) -> None:
        """Play a short sound."""


class Voice(Protocol):
    """Speech output as a room uses it."""

    async def say(self, display: str, text: str, language: str) -> bool:
        """Speak; True once the utterance is on its way to a speaker, False when nothing will sound."""

    def hush(self, display: str) -> None:
        """Silence."""


class Ear(Protocol):
    """Hearing as a room uses it."""

    def listen(self, display: str, seconds: float) -> None:
        """Open the ear without a wake word, for so long."""

    def cancel(self, display: str) -> None:
        """Close it."""


class Calls(Protocol):
    """The call hub as a room uses it."""

    def carry_out(self, command: PlaceCall | SteerCall) -> Outcome:
        """Place the call, or say why not; end, hold, take up or answer the one that there is, or say that none is."""

    def calling(self, display: str) -> bool:
        """Whether a call of this display can still be taken back."""

    def cancel(self, display: str) -> bool:
        """Take back a call of this display that nobody has answered yet. False: there is none."""

    def ringing(self, display: str) -> bool:
        """Whether somebody calls this display."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A spoken value, as a sentence or two in both languages."""

    text_ko: str
    text_en: str


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside the room."""

    understand: Callable[[str, UnderstandingContext], Awaitable[Understanding]]
    screen: Screen
    voice: Voice
    ear: Ear
    calls: Calls
    answer: Callable[[AnswerValue], Answer]
    save: Callable[[RunRecord], None]
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    names_private: Callable[[str], bool]
    """Whether words name private content, or nearly so."""
