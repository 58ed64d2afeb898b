"""Hearing people while our own voice sounds: its echo is taken out, and only the wake word and a stop word count.

What we say may itself sound like the wake word ("서울 아파트"), so our own sound is scored too: a wake that our voice
accounts for is none.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from assistant.hearing.audio import Frame, Samples
from assistant.hearing.echo import EchoCanceller, Playback
from assistant.hearing.stop_words import StopSpotter, speaks_a_stop_word

OWN_SCORE = 0.2
"""Our own sound that scores so much is taken for the wake word."""
OWN_LASTS_S = 1.2
"""Its echo may arrive half a second later, and a score lasts a few frames."""


class Scorer(Protocol):
    """A wake detector."""

    def score(self, frame: Samples) -> float: ...

    def reset(self) -> None: ...


class WakeRule(Protocol):
    """A wake decision."""

    def feed(self, t: float, score: float) -> bool: ...

    def reset(self) -> None: ...


class BargeIn:
    """own: a detector of its own for what we play. rule: decides on scores while our voice sounds."""

    def __init__(self, canceller: EchoCanceller, own: Scorer, rule: WakeRule, spotter: StopSpotter) -> None:
        self._canceller, self._own, self._rule, self._spotter = canceller, own, rule, spotter
        self._playback: Playback | None = None
        self._own_words: deque[float] = deque(maxlen=64)
        self._stops = False

    def begin(self, playback: Playback | None, t: float) -> None:
        """Our voice begins at stream time `t`. Without a playback nothing is known of its sound, and nothing heard."""
        self._playback = playback
        self._own.reset()
        self._rule.reset()
        self._spotter.reset(t)
        self._own_words.clear()
        self._stops = playback is not None and not speaks_a_stop_word(playback.text)

    @property
    def hears(self) -> bool:
        """Whether enough is known of our voice to listen through it."""
        return self._playback is not None and self._playback.known

    def clean(self, frame: Frame) -> Frame:
        """The frame without our voice. To be called for every frame from `begin` on."""
        if self._playback is None:
            return frame
        played = self._playback.frame()
        if self._own.score(played) >= OWN_SCORE:
            self._own_words.append(frame.end)
        return Frame(frame.start, self._canceller.clean(frame.samples, played))

    def wakes(self, t: float, score: float) -> bool:
        """Whether a person called, by the score of the cleaned frame that ends at `t`."""
        ours = bool(self._own_words) and t - self._own_words[-1] <= OWN_LASTS_S
        return self._rule.feed(t, 0.0 if ours else score)

    def stop_word(self, frame: Frame) -> str:
        """The stop word that a person has said, or "". A cleaned frame each time."""
        word = self._spotter.hear(frame)
        return word if self._stops else ""
