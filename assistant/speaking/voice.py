"""What a voice is, and its sound files. A voice writes one WAV file and blocks while it does, in the voice worker."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Protocol

from assistant.contracts import BadInput

MOST_CHARACTERS = 400
"""Longer texts are refused: a spoken answer is short, and the engine's time grows with the text."""


class Voice(Protocol):
    """A text-to-speech engine. languages: those it speaks. streams: it takes long enough that phrases are worth it."""

    name: str
    languages: frozenset[str]
    streams: bool

    def synthesize(self, text: str, language: str, path: Path) -> None:
        """Write `text` as 16-bit PCM WAV to `path`. Raises BadInput, Unavailable, or `Stopped` after `stop`."""

    def stop(self) -> None:
        """Give up what is being made now; may be called from any thread."""


class Stopped(Exception):
    """What was being made is not wanted any more."""


def checked(text: str, language: str, voice: Voice) -> str:
    """The text, stripped. Raises BadInput when it is empty, too long, or in a language the voice does not speak."""
    text = text.strip()
    if not text or len(text) > MOST_CHARACTERS:
        raise BadInput("bad-text", f"a sentence of 1 to {MOST_CHARACTERS} characters is needed")
    if language not in voice.languages:
        raise BadInput("no-voice", f"{voice.name} has no voice for language {language!r}")
    return text


def seconds_of(path: Path) -> float:
    """Length of a PCM WAV file in seconds; 0.0 when it is missing, empty or broken."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / float(file.getframerate())
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return 0.0
