"""Our own voice and the room's microphone: it is told when the voice sounds where it stands, and with which sound."""

from __future__ import annotations

from typing import Protocol


class Ears(Protocol):
    """Hearing as the gate uses it."""

    def mute(self, muted: bool) -> None:
        """Nothing of our own voice may wake or be recognised."""

    def voice(self, file: str, text: str, *, first: bool) -> None:
        """A file of our own voice begins to play."""


class EchoGate:
    """display: where the room's microphone stands. everywhere: one loudspeaker plays for all displays."""

    def __init__(self, ears: Ears, display: str, *, everywhere: bool) -> None:
        self._ears, self._display, self._everywhere = ears, display, everywhere
        self._sounding: set[str] = set()

    def speaking(self, display: str, sounds: bool) -> None:
        """Our voice begins or ends at a display. A kiosk that talks elsewhere must not make the room's ear deaf."""
        if not self._everywhere and display != self._display:
            return
        before = bool(self._sounding)
        (self._sounding.add if sounds else self._sounding.discard)(display)
        if bool(self._sounding) != before:
            self._ears.mute(not before)

    def plays(self, display: str, file: str, text: str, first: bool) -> None:
        """A file begins to play at a display, the first of a sentence or one that follows."""
        if display in self._sounding:
            self._ears.voice(file, text, first=first)
