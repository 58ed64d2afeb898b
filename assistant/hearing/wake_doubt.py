"""A call that the wake head is not sure of, and the second opinion on it. No I/O; a clock and scores in.

A head that must not wake once in an hour of talk misses calls that it all but heard: of a Kokoro voice at 15 dB it is
unsure of every fourth. Whisper, asked how much more probable the sound makes "서울아" than silence does, and than it
makes the words that begin like it, tells most of those from talk. A sure score waits for nobody.

The thresholds were chosen on the validation voices and half of the talks (docs/decisions/0016-unsure-calls.md).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from assistant.hearing.audio import FRAME_SECONDS, Samples
from assistant.hearing.opinion import Opinion, SecondOpinion
from assistant.hearing.wake import WakeDecision

ASK_FROM = 0.2
"""The head's score from which a call is asked about, for two frames as everywhere."""
HEARD_S = 1.3
"""So much of the sound is judged: the word and a little before it."""
DEADLINE_S = 0.8
"""An answer that comes later is no wake: the caller has begun to repeat the word."""
REST_S = 1.0
"""The least time between two questions."""
AFTER_CALL_S = 2.0
"""A call's own sound keeps the score up for a second; a microphone whose call another one answers hears that."""
CALL = "서울아"
RIVALS = ("서울", "서울에", "서울은", "서울이", "서울시")
"""What a city hall says all day."""
LEAST_GAIN = 2.0
"""Nats that the sound must add to the call."""
LEAST_MARGIN = -1.0
"""The same, less what it adds to the best rival: a rival is shorter or usual, and may win by a little."""


def evidence(opinion: Opinion) -> float | None:
    """The nats that the sound adds to the call, when that is enough to take it for one; None: it is none."""
    gains = [heard - unheard for heard, unheard in zip(opinion.candidates, opinion.unheard, strict=True)]
    if len(gains) != 1 + len(RIVALS):
        return None
    call, *rivals = gains
    return call if call >= LEAST_GAIN and call - max(rivals) >= LEAST_MARGIN else None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The second opinion heard the call too. t: when the head was unsure of it; score: the head's; evidence: nats."""

    t: float
    score: float
    evidence: float


@dataclass(frozen=True, slots=True)
class _Unsure:
    t: float
    score: float
    answer: Future[Opinion] | None = None
    ends: float = 0.0


class WakeDoubt:
    """Notices scores that are no wake and may be a call, asks about them one at a time, and says which were calls.

    opinion: who is asked. deadline_s: after the score; None waits for every answer, so that a replay is the same each
    time. An answer is late only when the deadline has passed on the stream's clock and on the real one (`clock`).
    """

    def __init__(
        self,
        opinion: SecondOpinion,
        deadline_s: float | None = DEADLINE_S,
        ask_from: float = ASK_FROM,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._opinion, self._deadline_s, self._clock = opinion, deadline_s, clock
        self._decision = WakeDecision(ask_from, 2, REST_S)
        self._unsure: _Unsure | None = None
        self._quiet_until = -math.inf

    def feed(self, t: float, score: float, sound: Callable[[float, float], Samples]) -> Confirmed | None:
        """The score of the frame that ends at `t`, which was no wake. sound(from, to) gives the stream's recent sound.

        A question is put one frame after the score that raised it, since most scores on their way up pass here.
        """
        raised = self._decision.feed(t, score) and t >= self._quiet_until
        unsure = self._unsure
        if unsure is None:
            if raised:
                self._unsure = _Unsure(t, score)
            return None
        if unsure.answer is None:
            within = DEADLINE_S if self._deadline_s is None else self._deadline_s
            answer = self._opinion.ask(sound(unsure.t - HEARD_S, unsure.t), (CALL, *RIVALS), within)
            unsure = self._unsure = _Unsure(unsure.t, unsure.score, answer, self._clock() + within)
        return self._answered(unsure, t)

    def _answered(self, unsure: _Unsure, t: float) -> Confirmed | None:
        assert unsure.answer is not None
        if self._deadline_s is not None and not unsure.answer.done():
            if t - unsure.t > self._deadline_s + FRAME_SECONDS and self._clock() > unsure.ends:
                self.forget()
            return None
        self._unsure = None
        try:
            found = evidence(unsure.answer.result())
        except Exception:  # whatever kept the opinion away: the head alone did not wake
            return None
        return None if found is None else Confirmed(unsure.t, unsure.score, found)

    def rest(self, t: float) -> None:
        """A call was heard at `t`: what its sound still makes of the scores raises no question."""
        self._quiet_until = t + AFTER_CALL_S

    def forget(self) -> None:
        """The call has been heard, or nobody waits for it any more."""
        if self._unsure is not None and self._unsure.answer is not None:
            self._unsure.answer.cancel()
        self._unsure = None

    def reset(self) -> None:
        """A new stream begins."""
        self.forget()
        self._quiet_until = -math.inf
        self._decision.reset()
