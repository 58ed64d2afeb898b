"""The second opinion on an utterance whose first one is uncertain: what it says, and how long it is waited for. Pure.

Time is the stream's own, and a clock beside it. Who gives the opinion is somewhere else: a worker process, or the
replay's own process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, replace
from typing import Protocol

from assistant.hearing.audio import SAMPLE_RATE, Samples
from assistant.hearing.phrases import Decision

LONGEST_S = 12.0
"""A longer utterance is no command; no opinion is asked on it."""
SHORTEST_S = 0.3


@dataclass(frozen=True, slots=True)
class Opinion:
    """text: what it heard, in free writing. fit: the log probability of that text. no_speech: 0..1, that nobody speaks.

    candidates: the log probability of each text that was asked about, in their order. unheard: the same when nothing is
    heard, so that what is merely usual ("안녕하세요") does not count as said.
    """

    text: str
    fit: float
    no_speech: float
    candidates: tuple[float, ...] = ()
    unheard: tuple[float, ...] = ()


class SecondOpinion(Protocol):
    """Gives opinions. Never blocks, never raises: the future fails when there is none to be had."""

    def ask(self, sound: Samples, candidates: tuple[str, ...], within_s: float) -> Future[Opinion]:
        """sound: int16, mono, 16 kHz. within_s: an answer that takes longer is of no use."""
        ...


class Judge(Protocol):
    """Knows when a first opinion is uncertain and what both together mean."""

    def candidates(self, words: str, first: Decision) -> tuple[str, ...] | None:
        """The texts to ask about; None when the first opinion stands alone."""
        ...

    def more(self, words: str, candidates: tuple[str, ...], opinion: Opinion) -> tuple[str, ...]:
        """The texts to ask about now that the second opinion's own words are known; () when it has said enough."""
        ...

    def combine(self, words: str, first: Decision, candidates: tuple[str, ...], opinion: Opinion) -> Decision:
        """What was said. The opinion may be on fewer candidates, the first ones, when the rest came too late."""
        ...


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question, or its second half: `given` is the answer to the first one. until: stream time; ends: real time."""

    words: str
    first: Decision
    sound: Samples
    candidates: tuple[str, ...]
    answer: Future[Opinion]
    until: float
    ends: float
    given: Opinion | None = None


class Consultation:
    """Asks about one utterance at a time, at most twice. deadline_s: after the end of speech; None waits for every
    answer, which makes a replay the same each time.

    A recording that somebody uploads runs faster than real time: an answer is late only when the deadline has passed on
    the stream's clock and on the real one (`clock`, seconds).
    """

    def __init__(
        self,
        judge: Judge,
        opinion: SecondOpinion,
        deadline_s: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.judge = judge
        self._opinion, self._deadline_s, self._clock = opinion, deadline_s, clock
        self._asked: _Asked | None = None

    @property
    def open(self) -> bool:
        """Whether an answer is being waited for."""
        return self._asked is not None

    def ask(self, words: str, first: Decision, sound: Samples, speech_end: float, now: float) -> bool:
        """Ask when the first opinion is uncertain; False: it stands alone."""
        self.forget()
        seconds = len(sound) / SAMPLE_RATE
        if not SHORTEST_S <= seconds <= LONGEST_S:
            return False
        candidates = self.judge.candidates(words, first)
        if candidates is None:
            return False
        until = float("inf") if self._deadline_s is None else speech_end + self._deadline_s
        if until <= now:
            return False
        answer = self._opinion.ask(sound, candidates, until - now)
        self._asked = _Asked(words, first, sound, candidates, answer, until, self._clock() + until - now)
        return True

    def answer(self, now: float) -> Decision | None:
        """The decision of both, or the first one when no second came in time; None while it is waited for."""
        return self._answer(now, None if self._deadline_s is None else 0.0)

    def last_answer(self, now: float) -> Decision | None:
        """The same at the end of the sound, when no later moment comes: waits as long as the deadline allows."""
        wait_s = None if self._deadline_s is None else self._left(self._asked) if self._asked else 0.0
        decision = self._answer(now, wait_s)
        return decision or self._answer(float("inf"), wait_s)

    def forget(self) -> None:
        """Nobody waits for the answer any more."""
        if self._asked is not None:
            self._asked.answer.cancel()
            self._asked = None

    def _answer(self, now: float, wait_s: float | None) -> Decision | None:
        while (asked := self._asked) is not None:
            try:
                opinion = asked.answer.result(wait_s)
            except TimeoutError:
                if not wait_s and (now < asked.until or (now < float("inf") and self._left(asked))):
                    return None
                return self._conclude(asked, asked.given, "late")
            except (CancelledError, Exception):
                return self._conclude(asked, asked.given, "missing")
            if asked.given is not None:
                both = replace(
                    asked.given,
                    candidates=asked.given.candidates + opinion.candidates,
                    unheard=asked.given.unheard + opinion.unheard,
                )
                return self._conclude(asked, both, "given")
            more = self.judge.more(asked.words, asked.candidates, opinion)
            if not more:
                return self._conclude(asked, opinion, "given")
            answer = self._opinion.ask(asked.sound, more, max(asked.until - now, self._left(asked)))
            self._asked = replace(asked, candidates=asked.candidates + more, answer=answer, given=opinion)
        return None

    def _left(self, asked: _Asked) -> float:
        """Real seconds until the deadline."""
        return max(0.0, asked.ends - self._clock())

    def _conclude(self, asked: _Asked, opinion: Opinion | None, how: str) -> Decision:
        self.forget()
        if opinion is None:
            return replace(asked.first, opinion=how)
        return replace(self.judge.combine(asked.words, asked.first, asked.candidates, opinion), opinion="given")
