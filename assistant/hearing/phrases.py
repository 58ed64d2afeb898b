"""Which phrase was said: the nearest one of a closed set to the recogniser's words, in jamo. Pure.

The recogniser answers in pieces and may recombine them, so its words are never taken as they are. `PhraseBook.nearest`
compares a whole hypothesis with the phrases alone; `PhraseBook.sentence` reads it as a spoken command:
places, one name, particles, fillers and verbs, with whatever fits none of them counted as error.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from assistant.hearing.carriers import CALL_VERBS, COMMON_VERBS, FILLERS, HESITATIONS, PARTICLES, VERBS, WAKE_WORDS
from assistant.hearing.spelling import readings
from content_registry.jamo import to_jamo

ACCEPT_BELOW = 0.40
"""Largest jamo distance, over the longer text, of a whole phrase. With the margin below: 83 % of real far-field
utterances right, none wrong, 3 % of strangers accepted (222 phrases, 150 + 120 utterances)."""
ACCEPT_SENTENCE_BELOW = 0.30
"""The same for a sentence, which has more freedom to fit itself to what it hears."""
LEAST_MARGIN, MARGIN_SHARE = 0.05, 0.5
"""How much farther the second phrase must be, unless the first is exact: the more doubt, the more of it."""
_PLACE_BELOW = 0.2
"""A place is an addition: one that is not clearly heard is not there, since the wrong one is worse than none."""
_SHORT_NAME = 5
"""Names of so few jamo are only found exactly: everything is near to them."""
_SETTLED_BELOW, _EXACTLY_BELOW = 0.1, 0.03
_LONGEST_SPAN = 9
_CARRIER_COST = 0.1
"""Prefers one long name over the same letters as a short name and small words."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something that can be said. key: what it stands for (phrases with one key do not compete; empty: itself).

    complete: says what is wanted. A place or a department alone is not complete. written: as a sentence shows it,
    where that is not how it is said ("CCTV").
    """

    text: str
    key: str = ""
    complete: bool = True
    written: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """text: what was said, in the phrases' own spelling when accepted. phrase: the nearest one, "" if there is none.

    distance: 0 (same) .. 1, of everything said. margin: how much farther the next different phrase is.
    settled: accepted, complete, and more speech would not make it another phrase. final: exactly so, and its verb was
    the last word. The rest as in `Transcript`.
    """

    text: str
    phrase: str
    distance: float
    margin: float
    accepted: bool
    settled: bool = False
    final: bool = False
    decided_by: str = "vosk"
    opinion: str = ""
    vosk_distance: float | None = None
    whisper_distance: float | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    phrase: Phrase
    jamo: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read the first tokens: cost so far in jamo, what was used, and the words with their joins."""

    cost: float = 0.0
    words: tuple[tuple[str, bool, bool], ...] = ()  # text, known, attached to the word before
    name: _Entry | None = None
    name_span: str = ""
    places: int = 0
    verb: bool = False
    after_noun: bool = False


class PhraseBook:
    """A closed set of phrases, ready to be compared with."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        self.phrases = tuple({p.text: p for p in phrases}.values())
        self._entries = tuple(
            dict.fromkeys(
                _Entry(p, jamo) for p in self.phrases for r in (p.text, *readings(p.text)) if (jamo := to_jamo(r))
            )
        )
        self._jamo = [entry.jamo for entry in self._entries]
        self._sorted = sorted(self._jamo)
        self._nearest: dict[str, tuple[_Entry | None, int]] = {}
        self._carriers = {
            to_jamo(word): (word, kind)
            for kind, words in (
                ("filler", FILLERS),
                ("verb", VERBS),
                ("particle", PARTICLES),
                ("nothing", (*HESITATIONS, *WAKE_WORDS)),
            )
            for word in words
        }
        self._exact = {entry.jamo: entry for entry in reversed(self._entries)}

    @property
    def grammar_phrases(self) -> tuple[str, ...]:
        """What a recogniser listens for to serve `sentence`: the phrases, the small words, and the usual pairs.

        A recogniser with a phrase list knows which word follows which only from the list, so the pairs matter.
        """
        complete = [p.text for p in self.phrases if p.complete]
        places = [p.text for p in self.phrases if not p.complete]
        return (
            *(p.text for p in self.phrases),
            *VERBS,
            *FILLERS,
            *PARTICLES,
            *HESITATIONS,
            *WAKE_WORDS,
            *(f"{name} {verb}" for name in complete for verb in COMMON_VERBS),
            *(f"{place} {verb}" for place in places for verb in CALL_VERBS),
            *(f"{WAKE_WORDS[0]} {name}" for name in complete),  # or "서울아" is heard as "서울에"
            *(f"{place} {name}" for place, name in zip(itertools.cycle(places), complete, strict=False)),
        )

    def nearest(self, hypothesis: str) -> Decision:
        """The phrase nearest to the whole hypothesis; nothing is stripped."""
        said = to_jamo(hypothesis)
        entry, _ = self._closest(said)
        if entry is None:
            return Decision(hypothesis, "", 1.0, 0.0, False)
        distance = Levenshtein.normalized_distance(said, entry.jamo)
        margin = self._margin(said, entry, distance)
        accepted = distance < ACCEPT_BELOW and _apart(distance, margin)
        settled = accepted and distance < _SETTLED_BELOW and entry.phrase.complete and not self._goes_on(entry.jamo)
        return Decision(hypothesis, entry.phrase.text, distance, margin, accepted, settled)

    def ranked(self, hypothesis: str, limit: int) -> list[tuple[Phrase, float]]:
        """The nearest phrases, each once, with their distance to the whole hypothesis."""
        said = to_jamo(hypothesis)
        found = process.extract(said, self._jamo, scorer=Levenshtein.normalized_distance, limit=2 * limit)
        phrases: dict[str, tuple[Phrase, float]] = {}
        for _, distance, index in found:
            phrase = self._entries[index].phrase
            phrases.setdefault(phrase.text, (phrase, float(distance)))
        return list(phrases.values())[:limit]

    def alternatives(self, hypothesis: str, limit: int) -> tuple[str, ...]:
        """Sentences that may have been meant by what was heard: its best reading with other names in the place of what
        was taken for the name and of the words beside it that fitted nothing."""
        best = self._read([(token, to_jamo(token)) for token in hypothesis.split() if to_jamo(token)])
        unclear = [n for n, (_, known, _) in enumerate(best.words) if not known]
        named = [n for n, (word, _, _) in enumerate(best.words) if best.name and word == _shown(best.name.phrase)]
        at = sorted({*named[:1], *unclear}) or list(range(len(best.words)))
        if not at:
            return ()
        before = _join(best.words[: at[0]])
        after = _join(best.words[at[-1] + 1 :])
        spans = ["".join(word for word, _, _ in best.words[at[0] : at[-1] + 1])]
        if best.name is not None:
            spans.append(best.name_span)
        names = dict.fromkeys(_shown(phrase) for span in spans for phrase, _ in self.ranked(span, limit))
        return tuple(" ".join(f"{before} {name} {after}".split()) for name in names)

    def sentence(self, hypothesis: str) -> Decision:
        """The command nearest to the hypothesis: (place | department) name particle filler verb, in any usual order."""
        tokens = [(token, to_jamo(token)) for token in hypothesis.split()]
        tokens = [(token, jamo) for token, jamo in tokens if jamo]
        best = self._read(tokens)
        said = "".join(jamo for _, jamo in tokens)
        left_out = [w for w, known, _ in best.words if not known]
        if not best.words:
            return Decision("", "", 1.0, 0.0, False)
        meant = to_jamo("".join(w for w, known, _ in best.words if known))
        distance = min(1.0, round(best.cost, 3) / max(len(said), len(meant), 1))
        if best.name is None:
            return Decision(_join(best.words), "", 1.0, 0.0, False)
        entry = best.name
        name_distance = Levenshtein.normalized_distance(best.name_span, entry.jamo)
        margin = self._margin(best.name_span, entry, name_distance)
        worst = max(distance, name_distance)
        accepted = worst < ACCEPT_SENTENCE_BELOW and _apart(name_distance, margin)
        words = tuple(word for word in best.words if word[1]) if accepted else best.words
        settled = (
            accepted
            and not left_out
            and worst < _SETTLED_BELOW
            and entry.phrase.complete
            and (best.verb or not self._goes_on(entry.jamo))
        )
        final = settled and worst < _EXACTLY_BELOW and best.words[-1][0] in VERBS
        return Decision(_join(words), entry.phrase.text, worst, margin, accepted, settled, final)

    def _read(self, tokens: list[tuple[str, str]]) -> _Reading:
        """The cheapest reading of all tokens: dynamic programming over (tokens read, kinds of words used)."""
        rows: list[dict[tuple[bool, int, bool, bool], _Reading]] = [{} for _ in range(len(tokens) + 1)]
        start = _Reading()
        rows[0][_state(start)] = start
        for at in range(len(tokens)):
            spans = []
            span = ""
            for end in range(at + 1, min(len(tokens), at + _LONGEST_SPAN) + 1):
                span += tokens[end - 1][1]
                spans.append((end, span))
            for reading in rows[at].values():
                token, jamo = tokens[at]
                _keep(rows[at + 1], _step(reading, len(jamo), (token, False, False)))
                for end, span in spans:
                    for following in self._continue(reading, span):
                        _keep(rows[end], following)
        # a reading with a name wins over a cheaper one without only through its cost: the name is what is asked for
        ends = rows[-1].values()
        return min(ends, key=lambda r: (r.cost - (0.5 if r.name else 0.0), len(r.words)))

    def _continue(self, reading: _Reading, span: str) -> Iterable[_Reading]:
        carrier = self._carriers.get(span)
        if carrier is not None:
            word, kind = carrier
            if kind == "nothing":
                yield _step(reading, _CARRIER_COST)
            elif kind == "verb":
                yield _step(reading, _CARRIER_COST, (word, True, False), verb=True)
            elif kind == "filler":
                yield _step(reading, _CARRIER_COST, (word, True, False), after_noun=True)
            elif reading.after_noun:
                yield _step(reading, _CARRIER_COST, (word, True, True))
        entry, cost = self._closest(span)
        if entry is None or cost > _most_edits(entry):
            return
        word3 = (_shown(entry.phrase), True, False)
        if entry.phrase.complete:
            if reading.name is None or not reading.name.phrase.complete:
                yield _step(reading, cost, word3, name=entry, span=span, after_noun=True)
        elif reading.places < 2:
            if reading.name is None:
                yield _step(reading, cost, word3, name=entry, span=span, places=1, after_noun=True)
            else:
                yield _step(reading, cost, word3, places=1, after_noun=True)

    def _closest(self, jamo: str) -> tuple[_Entry | None, int]:
        """The entry with the fewest edits to `jamo`, at most half of it; exact ones by look-up, the rest remembered."""
        exact = self._exact.get(jamo)
        if exact is not None:
            return exact, 0
        if not jamo:
            return None, 0
        if jamo not in self._nearest:
            if len(self._nearest) > 50_000:
                self._nearest.clear()
            found = process.extractOne(
                jamo, self._jamo, scorer=Levenshtein.normalized_distance, processor=None, score_cutoff=0.999
            )
            self._nearest[jamo] = (
                (None, len(jamo)) if found is None else (self._entries[found[2]], Levenshtein.distance(jamo, found[0]))
            )
        return self._nearest[jamo]

    def _margin(self, said: str, entry: _Entry, distance: float) -> float:
        key = entry.phrase.key or entry.phrase.text
        ranked = process.extract(said, self._jamo, scorer=Levenshtein.normalized_distance, processor=None, limit=24)
        for _, other, index in ranked:
            rival = self._entries[index].phrase
            if (rival.key or rival.text) != key:
                return float(other) - distance
        return 1.0 - distance

    def _goes_on(self, jamo: str) -> bool:
        """Whether a longer phrase begins with this one."""
        after = bisect.bisect_right(self._sorted, jamo)
        return after < len(self._sorted) and self._sorted[after].startswith(jamo)


def _shown(phrase: Phrase) -> str:
    return phrase.written or phrase.text


def _apart(distance: float, margin: float) -> bool:
    return distance == 0 or margin >= max(LEAST_MARGIN, MARGIN_SHARE * distance)


def _most_edits(entry: _Entry) -> float:
    """How many jamo of a sentence may differ from the entry for it to be considered at all."""
    if len(entry.jamo) <= _SHORT_NAME:
        return 0
    return len(entry.jamo) * (0.5 if entry.phrase.complete else _PLACE_BELOW)


def _state(reading: _Reading) -> tuple[bool, int, bool, bool]:
    complete = reading.name is not None and reading.name.phrase.complete
    return complete, reading.places, reading.verb, reading.after_noun


def _keep(row: dict[tuple[bool, int, bool, bool], _Reading], reading: _Reading) -> None:
    state = _state(reading)
    if state not in row or reading.cost < row[state].cost:
        row[state] = reading


def _step(
    reading: _Reading,
    cost: float,
    word: tuple[str, bool, bool] | None = None,
    *,
    name: _Entry | None = None,
    span: str = "",
    places: int = 0,
    verb: bool = False,
    after_noun: bool = False,
) -> _Reading:
    return _Reading(
        reading.cost + cost,
        reading.words if word is None else (*reading.words, word),
        name or reading.name,
        span or reading.name_span,
        reading.places + places,
        reading.verb or verb,
        after_noun,
    )


def _join(words: tuple[tuple[str, bool, bool], ...]) -> str:
    text = ""
    for word, _, attached in words:
        text += word if attached or not text else f" {word}"
    return text
