"""The voices. A voice writes one WAV file and blocks while it does; it runs only in the voice worker."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Protocol

from assistant.contracts import BadInput, Unavailable

MOST_CHARACTERS = 400
"""Longer texts are refused: a spoken answer is short, and the engine's time grows with the text."""


class Voice(Protocol):
    """A text-to-speech engine."""

    name: str

    def synthesize(self, text: str, language: str, path: Path) -> None:
        """Write `text` as 16-bit PCM WAV to `path`. Raises BadInput or Unavailable."""


class Pyttsx3Voice:
    """pyttsx3 over espeak-ng. Needs the system package espeak-ng; robotic, small, offline."""

    def __init__(self, rate_wpm: int = 160) -> None:
        try:
            import pyttsx3

            self._engine = pyttsx3.init("espeak")
            self._voices = {str(v.id).rsplit("/", 1)[-1]: v.id for v in self._engine.getProperty("voices")}
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise Unavailable("voice-missing", "espeak-ng is not installed: apt-get install espeak-ng") from error
        self._engine.setProperty("rate", rate_wpm)
        self.name = f"pyttsx3-espeak-{rate_wpm}"

    def synthesize(self, text: str, language: str, path: Path) -> None:
        """See Voice."""
        if not text.strip() or len(text) > MOST_CHARACTERS:
            raise BadInput("bad-text", f"a sentence of 1 to {MOST_CHARACTERS} characters is needed")
        voice = self._voice_for(language)
        self._engine.setProperty("voice", voice)
        self._engine.save_to_file(text, str(path))
        self._engine.runAndWait()
        if seconds_of(path) <= 0:
            raise Unavailable("voice-silent", "the engine wrote no sound")

    def _voice_for(self, language: str) -> str:
        voice = self._voices.get(language)
        if voice is None:
            raise BadInput("no-voice", f"no voice for language {language!r}")
        return str(voice)


def seconds_of(path: Path) -> float:
    """Length of a PCM WAV file in seconds; 0.0 when it is missing, empty or broken."""
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / float(file.getframerate())
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return 0.0
