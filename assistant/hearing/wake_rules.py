"""How a room wants to be woken: thresholds other than the card's, the word said twice, and only while somebody speaks.

`WakeRules` travels from the settings to the hearing worker as JSON.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Self

from assistant.contracts.errors import ConfigError
from assistant.hearing.audio import FRAME_SECONDS, Frame, Samples
from assistant.hearing.wake import WakeCard, WakeDecision
from assistant.hearing.wake_doubt import ASK_FROM, DEADLINE_S, WakeDoubt

if TYPE_CHECKING:
    from assistant.hearing.opinion import SecondOpinion
    from assistant.hearing.pipeline import WakeDecision as Decision
    from assistant.hearing.voice_activity import VoiceActivity
    from assistant.hearing.wake import WakeDetector

_BETWEEN_S = 0.55  # no word is shorter: what dips and rises sooner is one word
_LOOK_BACK = 10
"""Frames that the voice detector judges: 0.8 s, about the wake word."""


@dataclass(frozen=True, slots=True)
class WakeRules:
    """threshold, patience_frames, refractory_s: in place of the card's. twice_within_s: the word must be said twice
    within so long ("서울아 서울아"), 0: once is enough. voice_gate: the least probability of a voice (0..1) in the last
    0.8 s, 0: not asked. ask_from: the score from which a second opinion is asked, where there is one; 0: never."""

    threshold: float | None = None
    patience_frames: int | None = None
    refractory_s: float | None = None
    twice_within_s: float = 0.0
    voice_gate: float = 0.0
    ask_from: float = ASK_FROM

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ConfigError `bad-wake-rules`."""
        try:
            data = json.loads(text)
            if not isinstance(data, dict):
                raise ValueError("not an object")
            rules = cls(**{name.name: data[name.name] for name in fields(cls) if name.name in data})
            numbers = [value for value in asdict(rules).values() if value is not None]
            if set(data) - {f.name for f in fields(cls)} or not all(type(n) in (int, float) for n in numbers):
                raise ValueError("unknown or wrong fields")
        except (ValueError, TypeError) as error:
            raise ConfigError("bad-wake-rules", f"the wake rules cannot be read: {error}") from error
        return rules

    def card(self, card: WakeCard) -> WakeCard:
        """The card with what the rules say in its place."""
        return WakeCard(
            card.threshold if self.threshold is None else self.threshold,
            card.patience_frames if self.patience_frames is None else self.patience_frames,
            card.refractory_s if self.refractory_s is None else self.refractory_s,
            card.lag_s,
            card.lag_p95_s,
            card.sha256,
        )

    def decision(self, card: WakeCard) -> Decision:
        """What turns the scores of the card's head into wakes under these rules."""
        used = self.card(card)
        if not self.twice_within_s:
            return WakeDecision.of(used)
        once = WakeDecision(used.threshold, used.patience_frames, min(_BETWEEN_S, used.refractory_s))
        return Twice(once, self.twice_within_s, used.refractory_s)

    def detector(self, detector: WakeDetector, card: WakeCard, voice: Callable[[], VoiceActivity]) -> WakeDetector:
        """The detector, behind the voice gate where there is one. voice: makes the voice detector."""
        if not self.voice_gate:
            return detector
        counts = self.card(card).threshold
        return VoiceGate(detector, voice(), self.voice_gate, min(counts, self.ask_from or counts))

    def doubt(self, opinion: tuple[SecondOpinion, float | None] | None) -> WakeDoubt | None:
        """What asks about unsure calls. A word that must be said twice is asked about by saying it again.

        opinion: who is asked, and a deadline, of which only matters here whether there is one.
        """
        if opinion is None or not self.ask_from or self.twice_within_s:
            return None
        who, deadline_s = opinion
        return WakeDoubt(who, None if deadline_s is None else DEADLINE_S, self.ask_from)


@dataclass(slots=True)
class Twice:
    """Wakes at the second of two wakes of `once` at most `within` seconds apart, then not for `refractory_s`."""

    once: WakeDecision
    within: float
    refractory_s: float
    _first: float | None = field(default=None, init=False)
    _woke: float | None = field(default=None, init=False)

    def feed(self, t: float, score: float) -> bool:
        """As `WakeDecision.feed`."""
        if not self.once.feed(t, score) or (self._woke is not None and t - self._woke < self.refractory_s):
            return False
        if self._first is None or t - self._first > self.within:
            self._first = t
            return False
        self._first, self._woke = None, t
        return True

    def reset(self) -> None:
        self.once.reset()
        self._first = self._woke = None


@dataclass(slots=True)
class VoiceGate:
    """A detector whose score counts only where a voice was heard just before; without one it is 0. The voice detector
    is asked only when the score would count."""

    detector: WakeDetector
    voice: VoiceActivity
    least: float
    threshold: float
    _heard: deque[Samples] = field(default_factory=lambda: deque(maxlen=_LOOK_BACK), init=False)

    def score(self, frame: Samples) -> float:
        self._heard.append(frame)
        score = self.detector.score(frame)
        if score < self.threshold:
            return score
        self.voice.reset()
        frames = (Frame(number * FRAME_SECONDS, samples) for number, samples in enumerate(self._heard))
        heard = any(voicing.probability >= self.least for one in frames for voicing in self.voice.judge(one))
        return score if heard else 0.0

    def reset(self) -> None:
        self.detector.reset()
        self._heard.clear()
