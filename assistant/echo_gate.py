"""Our own voice and the microphones: each is told when the voice sounds where it stands, and with which sound."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol


class Ears(Protocol):
    """Hearing as the gate uses it."""

    def mute(self, stream: str, muted: bool) -> None:
        """Nothing of our own voice may wake a microphone or be recognised there."""

    def voice(self, stream: str, file: str, text: str, *, first: bool) -> None:
        """A file of our own voice begins to play where a microphone stands."""


class EchoGate:
    """stands_at: each microphone with the displays whose voice it hears. everywhere: one loudspeaker plays for all
    displays, and every microphone hears it."""

    def __init__(self, ears: Ears, stands_at: Mapping[str, Collection[str]], *, everywhere: bool) -> None:
        self._ears, self._stands_at, self._everywhere = ears, stands_at, everywhere
        self._sounding: dict[str, set[str]] = {stream: set() for stream in stands_at}
        self._mixed: set[str] = set()

    def speaking(self, display: str, sounds: bool) -> None:
        """Our voice begins or ends at a display. A kiosk that talks elsewhere must not make a room's ear deaf."""
        for stream in self._hearing(display):
            sounding = self._sounding[stream]
            before = bool(sounding)
            (sounding.add if sounds else sounding.discard)(display)
            if bool(sounding) != before:
                self._mixed.discard(stream)
                self._ears.mute(stream, not before)
            elif len(sounding) > 1 and not self._everywhere and stream not in self._mixed:
                # The echo of one voice can be taken out, of two at a time it cannot: deaf until both are silent.
                self._mixed.add(stream)
                self._ears.mute(stream, True)

    def plays(self, display: str, file: str, text: str, first: bool) -> None:
        """A file begins to play at a display, the first of a sentence or one that follows."""
        for stream in self._hearing(display):
            if display in self._sounding[stream] and stream not in self._mixed:
                self._ears.voice(stream, file, text, first=first)

    def _hearing(self, display: str) -> list[str]:
        return [stream for stream, at in self._stands_at.items() if self._everywhere or display in at]
