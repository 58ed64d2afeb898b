"""espeak-ng through pyttsx3: robotic, small, at once; the voice that is always there."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from pathlib import Path

from assistant.contracts import Unavailable
from assistant.speaking.reading import read
from assistant.speaking.voice import checked, seconds_of

ATTEMPTS = 4
"""About one time in sixty pyttsx3's loop ends before it has begun, and writes nothing."""
_ACCENTS = {"en": "en-us"}
"""Which of a language's voices."""


class Pyttsx3Voice:
    """Needs the system package espeak-ng. pyttsx3 is not safe across threads: one thread makes it and uses it."""

    streams = False

    def __init__(self, rate_wpm: int = 160) -> None:
        try:
            import pyttsx3

            self._engine = pyttsx3.init("espeak")
            self._voices = {str(v.id).rsplit("/", 1)[-1]: v.id for v in self._engine.getProperty("voices")}
        except (ImportError, OSError, RuntimeError, AttributeError) as error:
            raise Unavailable("voice-missing", "espeak-ng is not installed: apt-get install espeak-ng") from error
        self._engine.setProperty("rate", rate_wpm)
        self.name = f"pyttsx3-espeak-{rate_wpm}"
        self.languages = frozenset(self._voices)

    def synthesize(self, text: str, language: str, path: Path) -> None:
        """See Voice."""
        text = checked(text, language, self)
        self._engine.setProperty("voice", self._voices[_ACCENTS.get(language, language)])
        for _ in range(ATTEMPTS):
            self._engine.save_to_file(read(text) if language == "ko" else text, str(path))
            with redirect_stdout(io.StringIO()):  # it prints the name of every file
                self._engine.runAndWait()
            if seconds_of(path) > 0:
                return
        raise Unavailable("voice-silent", "the engine wrote no sound")

    def stop(self) -> None:
        """A sentence takes some milliseconds: nothing to give up."""
