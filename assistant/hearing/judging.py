"""When the first opinion stands alone, and what two opinions mean together. Pure.

The first one is Vosk's words, compared with the phrases. The second is Whisper's: its own words, and how much more
probable the sound makes each text that may have been meant. The thresholds were chosen on one half of the speakers and
measured on the other half (docs/decisions/0010-second-opinion.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from assistant.hearing.opinion import Opinion
from assistant.hearing.phrases import Decision, PhraseBook
from assistant.hearing.spelling import readings
from content_registry.jamo import to_jamo

MOST_CANDIDATES, MOST_MORE = 12, 6
CERTAIN_BELOW, CERTAIN_MARGIN = 0.15, 0.2
"""A first opinion this near to its phrase, and so much nearer than to the next, stands alone; so does an exact one. It
must be settled: a short name that could go on ("버스") is what noise sounds like too."""
_EXACT = 0.03
LEAST_EVIDENCE = 0.20
"""Smallest evidence for the text that both opinions support most."""
LEAST_MARGIN = 2.5
"""How much more evidence, in nats of the whole text, there must be than for the next text of another meaning."""
LEAST_GAIN = 5.0
"""Nats that the sound must add to the whole text: of a short word ("위로") little is enough for a large share."""
DISTANCE_WEIGHT = 0.5
"""What the mean of the two jamo distances (0..1) takes away from the evidence of the sound, in nats per jamo."""
OPEN_FIT = 0.15
"""Nats per jamo that free text may cost to be passed on: what Whisper is less sure of is noise or a far voice."""
_MOST_NO_SPEECH = 0.6
_SHORTEST_OPEN = 5


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A text, its evidence, and its jamo distance to what each recogniser heard."""

    text: str
    meaning: str
    gain: float
    evidence: float
    jamo: int
    vosk: float
    whisper: float

    @property
    def enough(self) -> bool:
        """Whether it may have been said at all."""
        return self.evidence >= LEAST_EVIDENCE and self.gain >= LEAST_GAIN


class TwoOpinions:
    """A Judge for one way to read words: `of_phrases` takes an utterance as one phrase, `of_commands` as a sentence."""

    def __init__(
        self,
        decide: Callable[[str], Decision],
        alternatives: Callable[[str, int], Sequence[str]],
        *,
        open_text: bool,
    ) -> None:
        self._decide, self._alternatives, self._open_text = decide, alternatives, open_text

    @classmethod
    def of_phrases(cls, book: PhraseBook) -> TwoOpinions:
        """Whole phrases and nothing else."""
        return cls(book.nearest, lambda words, n: [p.text for p, _ in book.ranked(words, n)], open_text=False)

    @classmethod
    def of_commands(cls, book: PhraseBook) -> TwoOpinions:
        """Commands made of the phrases; what is none goes on as free text."""
        return cls(book.sentence, book.alternatives, open_text=True)

    def candidates(self, words: str, first: Decision) -> tuple[str, ...] | None:
        """The texts to ask about; None when the first opinion stands alone."""
        near = first.distance < CERTAIN_BELOW and first.margin >= CERTAIN_MARGIN
        if first.settled and (near or first.distance < _EXACT):
            return None
        return tuple(self._alternatives(words, MOST_CANDIDATES))

    def more(self, words: str, candidates: tuple[str, ...], opinion: Opinion) -> tuple[str, ...]:
        """What Whisper's own words are near to, as far as it was not asked about: Vosk may have heard something that
        is near to nothing."""
        near = (text for reading in readings(opinion.text)[:2] for text in self._alternatives(reading, MOST_MORE))
        return tuple(text for text in dict.fromkeys(near) if text not in candidates)[:MOST_MORE]

    def combine(self, words: str, first: Decision, candidates: tuple[str, ...], opinion: Opinion) -> Decision:
        """The text with most evidence, if that is enough and clearly more than for the next of another meaning; else,
        for commands, what Whisper heard; else the first opinion, not accepted."""
        weighed = [
            self._weigh(text, words, opinion.text, heard, unheard)
            for text, heard, unheard in zip(candidates, opinion.candidates, opinion.unheard, strict=False)
        ]
        weighed.sort(key=lambda one: -one.evidence)
        if weighed and weighed[0].enough and _margin(weighed) >= LEAST_MARGIN:
            return self._accepted(weighed[0])
        whisper = self._read(opinion.text)
        if self._open_text and whisper.accepted and whisper.distance < CERTAIN_BELOW and _is_clear(opinion):
            return replace(whisper, decided_by="whisper", whisper_distance=round(whisper.distance, 4))
        if self._open_text and _is_clear(opinion):
            return Decision(opinion.text, "", 1.0, 0.0, True, decided_by="whisper")
        nearest = weighed[0] if weighed else None
        return replace(
            first,
            accepted=False,
            settled=False,
            final=False,
            decided_by="both",
            vosk_distance=round(nearest.vosk, 4) if nearest else None,
            whisper_distance=round(nearest.whisper, 4) if nearest else None,
        )

    def _accepted(self, one: _Weighed) -> Decision:
        return replace(
            self._decide(readings(one.text)[0]),
            distance=(one.vosk + one.whisper) / 2,
            accepted=True,
            decided_by="both",
            vosk_distance=round(one.vosk, 4),
            whisper_distance=round(one.whisper, 4),
        )

    def _weigh(self, text: str, words: str, own: str, heard: float, unheard: float) -> _Weighed:
        """The evidence: by how many nats per jamo the sound makes the text more probable than it is in itself, less
        what the two recognisers' words differ from it."""
        said = [to_jamo(reading) for reading in readings(text)]
        vosk = min(Levenshtein.normalized_distance(to_jamo(words), jamo) for jamo in said)
        own_words = [to_jamo(reading) for reading in readings(own)] or [""]
        whisper = min(Levenshtein.normalized_distance(word, jamo) for word in own_words for jamo in said)
        gain, jamo = heard - unheard, max(1, len(said[0]))
        evidence = gain / jamo - DISTANCE_WEIGHT * (vosk + whisper) / 2
        return _Weighed(text, self._decide(readings(text)[0]).phrase, gain, evidence, jamo, vosk, whisper)

    def _read(self, text: str) -> Decision:
        return min((self._decide(reading) for reading in readings(text)), key=lambda d: d.distance, default=_NOTHING)


_NOTHING = Decision("", "", 1.0, 0.0, False)


def _margin(weighed: Sequence[_Weighed]) -> float:
    """To the first text of another meaning, in nats."""
    first, *others = weighed
    rival = next((one.evidence for one in others if one.meaning != first.meaning), -math.inf)
    return (first.evidence - rival) * first.jamo


def _is_clear(opinion: Opinion) -> bool:
    jamo = len(to_jamo(opinion.text))
    clear = jamo >= _SHORTEST_OPEN and -opinion.fit / jamo < OPEN_FIT
    return clear and opinion.no_speech < _MOST_NO_SPEECH
