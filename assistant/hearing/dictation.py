"""Free dictation of one voice for captions: sound in, lines out that change while they are spoken and then are final.

Sound without a voice in it is not given to the recogniser: most people of a meeting are silent most of the time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from assistant.hearing.audio import FRAME_SECONDS, SAMPLE_RATE, Frame, Samples
from assistant.hearing.endpointing import Endpointer, EndpointSettings, SpeechBegan, SpeechEnded
from assistant.hearing.framing import Framer
from assistant.hearing.voice_activity import VoiceActivity

LONGEST_S = 10.0
"""A longer utterance is cut: a line must come to an end, and the second recogniser hears no more at once."""
BEFORE_S = 0.32
"""So much of the sound before the voice was sure is heard too."""
PARTIAL_EVERY_S = 0.8
_FAINT = 33
"""RMS of 16-bit samples (-60 dB of full scale) below which nobody can be speaking, and no model is asked."""
SETTINGS = EndpointSettings(silence=0.6, start_timeout=None, max_speech=LONGEST_S, min_speech=0.12, on=0.5, off=0.3)


class Dictating(Protocol):
    """The part of `recogniser.Recogniser` that is used here."""

    def start(self, skip: float = 0.0) -> None: ...

    def feed(self, samples: Samples) -> None: ...

    def hypothesis(self) -> str: ...

    def finish(self) -> str: ...


class Hearer(Protocol):
    """As `whisper.Whisper`."""

    def words(self, sound: Samples) -> tuple[str, float]: ...


_NOBODY = 0.6
_MOST_SYLLABLES_PER_S = 12
"""Faster than anybody speaks: the recogniser repeats itself."""


class WholeDictating:
    """Dictating by a recogniser that hears an utterance as a whole: it hears it again for every partial line."""

    def __init__(self, hearer: Hearer) -> None:
        self._hearer = hearer
        self._sound: list[Samples] = []

    def start(self, skip: float = 0.0) -> None:
        self._sound = []

    def feed(self, samples: Samples) -> None:
        self._sound.append(samples)

    def hypothesis(self) -> str:
        if not self._sound:
            return ""
        sound = np.concatenate(self._sound)
        text, nobody = self._hearer.words(sound)
        seconds = len(sound) / SAMPLE_RATE
        text = unlooped(text)
        return text if nobody < _NOBODY and len(text) <= 3 + _MOST_SYLLABLES_PER_S * seconds else ""

    def finish(self) -> str:
        words = self.hypothesis()
        self._sound = []
        return words


def unlooped(text: str) -> str:
    """The text without what a recogniser says over and over at its end: four times the same is not speech."""
    for size in range(1, len(text) // 4 + 1):
        unit, times = text[-size:], 1
        while text[: -size * times].endswith(unit):
            times += 1
        if times >= 4 and unit.strip():
            return text[: len(text) - size * (times - 1)]
    return text


@dataclass(frozen=True, slots=True)
class Line:
    """Words of utterance `n` (from 1). t0, t1: where it began, how far it is heard, seconds of the stream's sound."""

    n: int
    words: str
    final: bool
    t0: float
    t1: float


class Dictation:
    """One stream. `push` may take long where somebody speaks: call it in a thread."""

    def __init__(self, voice: VoiceActivity, recogniser: Dictating) -> None:
        self._voice, self._recogniser = voice, recogniser
        self._framer, self._endpointer = Framer(), Endpointer(SETTINGS, 0.0)
        self._before: deque[Frame] = deque(maxlen=round((BEFORE_S + SETTINGS.min_speech + 0.2) / FRAME_SECONDS))
        self._n, self._t0 = 0, 0.0
        self._told, self._told_at = "", 0.0
        self._hurry = False

    @property
    def seconds(self) -> float:
        """How much sound was pushed."""
        return self._framer.seconds

    def push(self, pcm: bytes, *, hurry: bool = False) -> Iterator[Line]:
        """More sound: s16le, mono, 16 kHz, any length. hurry: no lines that change, to catch up."""
        self._hurry = hurry
        for frame in self._framer.push_bytes(pcm):
            yield from self._frame(frame)

    def finish(self) -> Iterator[Line]:
        """The stream is over."""
        for frame in self._framer.flush():
            yield from self._frame(frame)
        if (ended := self._endpointer.finish()) is not None:
            yield from self._end(ended)

    def _frame(self, frame: Frame) -> Iterator[Line]:
        speaking = self._endpointer.speaking
        if speaking:
            self._hear(frame)
        else:
            self._before.append(frame)
        for end, probability in self._voicing(frame):
            event = self._endpointer.feed(end, probability)
            if isinstance(event, SpeechBegan):
                self._begin(event.start)
            elif isinstance(event, SpeechEnded):
                yield from self._end(event)
        if self._endpointer.speaking:
            yield from self._partial(frame.end)

    def _voicing(self, frame: Frame) -> Iterator[tuple[float, float]]:
        loud = float(np.sqrt(np.mean(frame.samples.astype(np.float32) ** 2)))
        if loud < _FAINT and not self._endpointer.speaking:
            yield frame.end, 0.0
            return
        for one in self._voice.judge(frame):
            yield one.end, one.probability

    def _begin(self, start: float) -> None:
        self._n += 1
        self._t0 = max(0.0, start)
        self._told, self._told_at = "", start
        self._recogniser.start()
        for frame in self._before:
            if frame.end > start - BEFORE_S:
                self._hear(frame)
        self._before.clear()

    def _hear(self, frame: Frame) -> None:
        self._recogniser.feed(frame.samples)

    def _partial(self, now: float) -> Iterator[Line]:
        if self._hurry or now - self._told_at < PARTIAL_EVERY_S:
            return
        self._told_at = now
        words = self._recogniser.hypothesis()
        if words and words != self._told:
            self._told = words
            yield Line(self._n, words, False, self._t0, now)

    def _end(self, ended: SpeechEnded) -> Iterator[Line]:
        words = self._recogniser.finish() or self._told  # better what was shown than an empty line
        if words:
            yield Line(self._n, words, True, self._t0, ended.speech_end)
