"""Makes phrases: from the cache, from the stock, or by the best voice that works now."""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from assistant.contracts import BadInput, SeoulaError, Unavailable
from assistant.speaking.cache import SpeechCache
from assistant.speaking.phrases import phrases
from assistant.speaking.voice import Stopped, Voice, seconds_of

log = structlog.get_logger(__name__)

REST_S = 60.0
"""A voice that failed is asked again after this long."""
PATIENCE_S = 3.0
"""A first phrase that is not made by then is given to the next voice; a later one, behind which another sounds, after
twice as long: a sentence in two voices is worse than a pause."""


@dataclass(frozen=True, slots=True)
class Made:
    """A phrase as sound: the file, its length in seconds, whether it was there already, and whose voice it is."""

    path: Path
    seconds: float
    cached: bool
    voice: str


class Speaker:
    """Voices in the order of preference. `stock`: a folder of phrases that are kept from run to run, or None.

    One thread makes; `stop` may be called from any, with the event that the call to be given up was made with.
    `changed` is called whenever another voice takes over, with what there is to say about it.
    """

    def __init__(
        self,
        voices: Sequence[Voice],
        cache: SpeechCache,
        stock: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        changed: Callable[[str], None] = lambda _: None,
        patience_s: float = PATIENCE_S,
    ) -> None:
        if not voices:
            raise Unavailable("voice-missing", "there is no voice")
        self._voices, self._cache, self._stock = tuple(voices), cache, stock
        self._clock, self._changed, self._patience_s = clock, changed, patience_s
        self._resting: dict[str, float] = {}
        self._making: Voice | None = None
        self._fallen = False

    @property
    def voice(self) -> str:
        """The name of the voice that would speak Korean now."""
        return self._able("ko")[0].name

    def phrases(self, text: str, language: str) -> list[str]:
        """The pieces in which the voice of now makes a sentence."""
        able = self._able(language)
        return phrases(text) if able and able[0].streams else [text]

    def make(self, text: str, language: str, given_up: threading.Event, *, first: bool = True) -> Made:
        """One phrase, the `first` of its sentence. Raises Stopped, BadInput, or Unavailable when no voice made it."""
        able = self._able(language)
        if not able:
            raise BadInput("no-voice", f"no voice for language {language!r}")
        failure: SeoulaError | None = None
        for voice in able:
            path = self._cache.path_for(voice.name, language, text)
            if self._cache.touch(path) or self._from_stock(voice, language, text, path):
                return Made(path, seconds_of(path), True, voice.name)
            try:
                self._make(voice, text, language, path, given_up, self._patience_s * (1 if first else 2))
                self._recovered(voice)
                return Made(path, seconds_of(path), False, voice.name)
            except Unavailable as error:
                failure = error
                self._rest(voice, error)
        raise failure or Unavailable("voice-failed", "no voice made it")

    def prepare(self, text: str, language: str, given_up: threading.Event) -> bool:
        """Put a phrase into the stock, by the best voice alone; False when it is there. Raises like `make`."""
        able = self._able(language)
        if self._stock is None or not able or not able[0].streams or self._stocked(able[0], language, text).exists():
            return False
        self._stock.mkdir(parents=True, exist_ok=True)
        self._make(able[0], text, language, self._stocked(able[0], language, text), given_up, None)
        return True

    def stock(self, sentences: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """(text, language) -> their phrases, to be prepared; whatever else is in the stock is removed."""
        best = self._voices[0]
        pieces = [(p, language) for text, language in sentences for p in (phrases(text) if best.streams else [text])]
        kept = {self._stocked(best, language, piece) for piece, language in pieces}
        if self._stock is not None and self._stock.is_dir():
            for path in self._stock.iterdir():
                # Not what is being written just now, by another thread.
                if path.suffix == ".wav" and path not in kept:
                    path.unlink(missing_ok=True)
        return list(dict.fromkeys(pieces))

    def stop(self, given_up: threading.Event) -> None:
        """Give up what is being made."""
        given_up.set()
        if self._making is not None:
            self._making.stop()

    def _able(self, language: str) -> list[Voice]:
        now = self._clock()
        able = [v for v in self._voices if language in v.languages]
        awake = [v for v in able if self._resting.get(v.name, now) <= now]
        return awake or able[-1:]

    def _make(
        self,
        voice: Voice,
        text: str,
        language: str,
        path: Path,
        given_up: threading.Event,
        patience_s: float | None,
    ) -> None:
        half = path.with_suffix(".part")
        late = threading.Event()

        def give_up() -> None:
            late.set()
            voice.stop()

        last = voice is self._voices[-1]
        timer = None if patience_s is None or last else threading.Timer(patience_s, give_up)
        self._making = voice
        try:
            if timer is not None:
                timer.start()
            if given_up.is_set():
                raise Stopped
            voice.synthesize(text, language, half)
            half.rename(path)
        except Stopped:
            if late.is_set() and not given_up.is_set():
                raise Unavailable("voice-slow", f"not made within {patience_s:g} s") from None
            raise
        finally:
            self._making = None
            if timer is not None:
                timer.cancel()
            half.unlink(missing_ok=True)
        self._cache.trim()

    def _rest(self, voice: Voice, error: SeoulaError) -> None:
        if voice is self._voices[-1]:
            return
        self._resting[voice.name] = self._clock() + REST_S
        self._fallen = True
        log.warning("a voice failed; the next one speaks", voice=voice.name, code=error.code, rest_s=REST_S)
        self._changed(f"{self.voice} ({voice.name}: {error.code})")

    def _recovered(self, voice: Voice) -> None:
        if self._fallen and voice is self._voices[0]:
            self._fallen = False
            log.info("a voice works again", voice=voice.name)
            self._changed(voice.name)

    def _stocked(self, voice: Voice, language: str, text: str) -> Path:
        digest = hashlib.sha256("\x00".join((voice.name, language, text)).encode()).hexdigest()[:32]
        return (self._stock or Path()) / f"{digest}.wav"

    def _from_stock(self, voice: Voice, language: str, text: str, path: Path) -> bool:
        stocked = self._stocked(voice, language, text)
        if self._stock is None or seconds_of(stocked) <= 0:
            return False
        try:
            os.link(stocked, path)
        except FileExistsError:
            pass
        except OSError:  # another file system
            shutil.copyfile(stocked, path)
        return True
