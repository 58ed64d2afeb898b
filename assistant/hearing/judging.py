"""When the first opinion stands alone, and what two opinions mean together. Pure.

The first one is Vosk's words, compared with the phrases. The second is Whisper's: its own words, and the probability
it gives to each text that may have been meant. The thresholds were chosen on one half of the speakers and measured on
the other half (docs/decisions/0010-second-opinion.md).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from assistant.hearing.opinion import Opinion
from assistant.hearing.phrases import Decision, PhraseBook
from assistant.hearing.spelling import readings
from content_registry.jamo import to_jamo

MOST_CANDIDATES, MOST_MORE = 12, 6
CERTAIN_BELOW, CERTAIN_MARGIN = 0.15, 0.2
"""A first opinion this near to its phrase, and so much nearer than to the next, stands alone; so does an exact one."""
_EXACT = 0.03
ACCEPT_BELOW = 0.60
"""Largest cost of the text that fits both opinions best."""
LEAST_MARGIN = 0.10
"""How much more the next text of another meaning must cost."""
FIT_WEIGHT = 0.5
"""What a nat per jamo weighs beside the two distances of 0..1."""
OPEN_FIT = 0.15
"""Nats per jamo that free text may cost to be passed on: what Whisper is less sure of is noise or a far voice."""
_MOST_NO_SPEECH = 0.6
_SHORTEST_OPEN = 5


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A text with its cost, and its jamo distance to what each recogniser heard."""

    text: str
    meaning: str
    cost: float
    vosk: float
    whisper: float


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
        if first.accepted and (near or first.distance < _EXACT):
            return None
        return tuple(self._alternatives(words, MOST_CANDIDATES))

    def more(self, words: str, candidates: tuple[str, ...], opinion: Opinion) -> tuple[str, ...]:
        """What Whisper's own words are near to, as far as it was not asked about: Vosk may have heard something that
        is near to nothing."""
        near = (text for reading in readings(opinion.text)[:2] for text in self._alternatives(reading, MOST_MORE))
        return tuple(text for text in dict.fromkeys(near) if text not in candidates)[:MOST_MORE]

    def combine(self, words: str, first: Decision, candidates: tuple[str, ...], opinion: Opinion) -> Decision:
        """The cheapest text if it is cheap enough and clearly cheaper than the next of another meaning; else, for
        commands, what Whisper heard; else the first opinion, not accepted."""
        weighed = sorted(
            (self._weigh(text, words, opinion, fit) for text, fit in zip(candidates, opinion.candidates, strict=False)),
            key=lambda one: one.cost,
        )
        if weighed and weighed[0].cost < ACCEPT_BELOW and _margin(weighed) >= LEAST_MARGIN:
            return self._accepted(weighed[0], _margin(weighed))
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
            decided_by="both",
            vosk_distance=round(nearest.vosk, 4) if nearest else None,
            whisper_distance=round(nearest.whisper, 4) if nearest else None,
        )

    def _accepted(self, one: _Weighed, margin: float) -> Decision:
        return replace(
            self._decide(readings(one.text)[0]),
            distance=(one.vosk + one.whisper) / 2,
            margin=margin,
            accepted=True,
            decided_by="both",
            vosk_distance=round(one.vosk, 4),
            whisper_distance=round(one.whisper, 4),
        )

    def _weigh(self, text: str, words: str, opinion: Opinion, fit: float) -> _Weighed:
        said = [to_jamo(reading) for reading in readings(text)]
        vosk = min(Levenshtein.normalized_distance(to_jamo(words), jamo) for jamo in said)
        heard = [to_jamo(reading) for reading in readings(opinion.text)] or [""]
        whisper = min(Levenshtein.normalized_distance(own, jamo) for own in heard for jamo in said)
        worse = max(0.0, opinion.fit - fit) / max(1, len(said[0]))
        return _Weighed(
            text, self._decide(readings(text)[0]).phrase, (vosk + whisper) / 2 + FIT_WEIGHT * worse, vosk, whisper
        )

    def _read(self, text: str) -> Decision:
        return min((self._decide(reading) for reading in readings(text)), key=lambda d: d.distance, default=_NOTHING)


_NOTHING = Decision("", "", 1.0, 0.0, False)


def _margin(weighed: Sequence[_Weighed]) -> float:
    """To the first text of another meaning."""
    first = weighed[0]
    return next((one.cost - first.cost for one in weighed[1:] if one.meaning != first.meaning), 1.0)


def _is_clear(opinion: Opinion) -> bool:
    jamo = len(to_jamo(opinion.text))
    clear = jamo >= _SHORTEST_OPEN and -opinion.fit / jamo < OPEN_FIT
    return clear and opinion.no_speech < _MOST_NO_SPEECH
