"""Scripted stand-ins for what needs models: speech probabilities, words and wake scores by time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from assistant.hearing.audio import FRAME_SAMPLES, FRAME_SECONDS, Frame, Samples
from assistant.hearing.spelling import Grammar
from assistant.hearing.voice_activity import CHUNK_SECONDS, Voicing


def frames(seconds: float, start: float = 0.0) -> Iterator[Frame]:
    """Silent frames; the scripts below say what is in them. Each carries its number as its samples."""
    first = round(start / FRAME_SECONDS)
    for number in range(first, first + round(seconds / FRAME_SECONDS)):
        yield Frame(number * FRAME_SECONDS, np.full(FRAME_SAMPLES, number, np.int16))


class ScriptedVoice:
    """Speech is where `spoken` says: pairs of (from, to) seconds."""

    def __init__(self, *spoken: tuple[float, float]) -> None:
        self._spoken = spoken

    def judge(self, frame: Frame) -> Iterator[Voicing]:
        for part in (0.5, 1.0):
            end = frame.start + part * FRAME_SECONDS
            middle = end - CHUNK_SECONDS / 2
            yield Voicing(end, 0.95 if any(a <= middle < b for a, b in self._spoken) else 0.02)

    def reset(self) -> None:
        pass


class ScriptedRecogniser:
    """Hears the words whose time lies in what it is fed: {seconds: word}."""

    def __init__(self, words: dict[float, str]) -> None:
        self._words = words
        self.fed: list[int] = []
        self.skip = 0.0
        self.grammar: Grammar | None = None

    def start(self, skip: float = 0.0) -> None:
        self.fed = []
        self.skip = skip

    def feed(self, samples: Samples) -> None:
        self.fed.append(int(samples[0]))

    def hypothesis(self) -> str:
        return " ".join(w for t, w in sorted(self._words.items()) if int(t / FRAME_SECONDS) in self.fed)

    def finish(self) -> str:
        begin = min(self.fed, default=0) * FRAME_SECONDS + self.skip
        return " ".join(w for t, w in sorted(self._words.items()) if t >= begin and int(t / FRAME_SECONDS) in self.fed)

    def use(self, grammar: Grammar) -> None:
        self.grammar = grammar


class ScriptedWake:
    """Scores 0.99 in the frames that end at the given times."""

    def __init__(self, *times: float) -> None:
        self._numbers = {round(t / FRAME_SECONDS) - 1 for t in times}
        self.scored = 0
        self.resets = 0

    def score(self, frame: Samples) -> float:
        self.scored += 1
        return 0.99 if int(frame[0]) in self._numbers else 0.01

    def reset(self) -> None:
        self.resets += 1


class Threshold:
    """The simplest decision: above 0.5."""

    def feed(self, t: float, score: float) -> bool:
        return score > 0.5

    def reset(self) -> None:
        pass


def clock_of(step: float) -> Callable[[], float]:
    """A clock that goes on by `step` at every look."""
    now = -step

    def look() -> float:
        nonlocal now
        now += step
        return now

    return look
