"""Finds the panels, departments and districts that a sentence mentions, exactly or nearly, in about a millisecond.

Spaces and punctuation do not count ("미세 먼지"), particles may follow ("미세먼지를"), the longest name wins
("초미세먼지" is not "미세먼지"), and a name may be a few jamo off ("미새먼지"), the fewer the shorter it is. Names of
three syllables keep their consonants' onsets, names of one or two are exact; all of those stand at the edges of a word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from content_registry.jamo import compact, to_jamo
from content_registry.names import Kind, Name, NameIndex, finals_alike, is_hangul
from content_registry.particles import can_follow, can_precede, is_josa, is_noun
from content_registry.schema import Registry
from content_registry.utterance import Utterance

WAKE_WORD = "서울아"
"""Said to call the assistant; beside anything else it is a call and not the panel that has it as an alias."""

MAX_TEXT = 400
"""Letters of a sentence that are searched: what is longer is no command, and the search stays quick."""

_FREE_SIZE = 4  # syllables from which a name may stand anywhere in a word
_GLUED_WORD = 7  # a word of so many syllables was written without its spaces
_COST = 2.5  # jamo of length that a longer reading must gain per jamo of error
_RUNNER_UP = 2  # jamo within which a second reading of the same words is reported
_CITY_TAILS = ("", "시", "광역시", "의", "에", "에있는", "시에있는", "광역시에있는", "쪽")
_SHARED_DISTRICTS = frozenset({"중구", "강서구"})
"""Districts of Seoul whose names other cities' districts have, too."""
_ORDINARY_WORDS = frozenset({"화면올려", "화면열어", "화면틀어", "화면꺼줘"})  # said often, and near to a name
_KINDS = {"panel": 0, "department": 1, "district": 2}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name found in a sentence. `start` and `end` are offsets into the sentence in NFC, particles left out.

    `id` is the panel's or department's id or the district's code, `name` the registry's name that matched,
    `distance` its difference from the words in jamo.
    """

    kind: Kind
    id: str
    name: str
    start: int
    end: int
    distance: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Match:
    """A panel whose name is near a text: `distance` is 0.0 (same) to 1.0, in jamo of the longer of the two."""

    id: str
    name: str
    distance: float


@dataclass(frozen=True, slots=True)
class _Found:
    name: Name
    start: int
    end: int
    distance: int

    @property
    def score(self) -> float:
        # Less one, so that one long name beats the two short ones that make it up.
        return len(self.name.jamo) - _COST * self.distance - 1


class Matcher:
    """Search over one registry. Built in some 50 ms; has no state between calls, so any thread may use it."""

    def __init__(self, registry: Registry) -> None:
        self._index = NameIndex(registry)
        self._elsewhere = {compact(name): name for name in registry.elsewhere}
        self._no_places = tuple(compact(words) for words in registry.no_places)
        self._choices = [name.jamo for name in self._index.panel_names]

    def find(self, text: str, *, ordinary: bool = False) -> tuple[Mention, ...]:
        """The mentions in a sentence, in its order; where words can be read in two ways, the nearer one first.

        `ordinary`: short district names that are everyday words ("강북") count by themselves, too."""
        utterance = Utterance(text)
        if not 0 < len(utterance) <= MAX_TEXT:
            return ()
        exact = self._exact(utterance)
        fuzzy = [found for found in self._fuzzy(utterance) if not _is_said_exactly(found, exact, utterance)]
        chosen = self._choose(exact + fuzzy)
        chosen = [found for found in chosen if not self._is_not_meant(found, chosen, utterance, ordinary)]
        chosen.sort(key=lambda found: (found.start, found.distance, _KINDS[found.name.kind]))
        return tuple(_mention(found, utterance) for found in chosen)

    def nearest(self, text: str, limit: int = 5) -> tuple[Match, ...]:
        """The panels whose names are nearest to a bare name, such as a recogniser's result, nearest first."""
        jamo = to_jamo(text)
        if not jamo or limit < 1:
            return ()
        scored = process.extract(jamo, self._choices, scorer=Levenshtein.normalized_distance, limit=limit * 12)
        best: dict[str, Match] = {}
        for _, distance, index in scored:
            name = self._index.panel_names[index]
            best.setdefault(name.id, Match(name.id, name.text, float(distance)))
        return tuple(list(best.values())[:limit])

    def elsewhere(self, text: str) -> tuple[str, ...]:
        """Names of places outside Seoul in a sentence: the city has no data for them."""
        utterance = Utterance(text)
        if not 0 < len(utterance) <= MAX_TEXT:
            return ()
        taken = [(mention.start, mention.end) for mention in self.find(text)]
        meant = [span for words in self._no_places for span in _spans_of(words, utterance.key)]
        found = []
        for key, name in self._elsewhere.items():
            start = utterance.key.find(key)
            while start >= 0:
                end = start + len(key)
                first, last = utterance.original(start, end)
                outside = all(first >= taken_end or last <= taken_start for taken_start, taken_end in taken)
                outside = outside and not any(a <= start and end <= b for a, b in meant)
                if outside and _stands_alone(utterance, key, start, end):
                    found.append((start, name))
                start = utterance.key.find(key, start + 1)
        return tuple(dict.fromkeys(name for _, name in sorted(found)))

    def _exact(self, utterance: Utterance) -> list[_Found]:
        key, size = utterance.key, len(utterance)
        by_start: dict[int, list[_Found]] = {}
        # From the right, because a short name may be followed by another mention: "강남날씨보여줘".
        for start in range(size - 1, -1, -1):
            for length in self._index.lengths.get(key[start], ()):
                end = start + length
                if end > size:
                    continue
                for name in self._index.exact.get(key[start:end], ()):
                    if self._may_end(utterance, name, end, by_start):
                        by_start.setdefault(start, []).append(_Found(name, start, end, 0))
        accepted: list[_Found] = []
        ends: set[int] = set()
        for start in sorted(by_start):
            for found in by_start[start]:
                if _may_start(utterance, found.name, start, ends):
                    accepted.append(found)
                    ends.add(found.end)
        return accepted

    def _may_end(self, utterance: Utterance, name: Name, end: int, later: dict[int, list[_Found]]) -> bool:
        if utterance.cuts_run(end):
            rest = utterance.after(end)
            return name.key[-1].isalpha() and name.size > 2 and rest in ("s", "es")
        if name.size >= _FREE_SIZE and name.korean:
            return True
        rest = utterance.after(end)
        if can_follow(name.key, rest, person=name.kind == "department"):
            return True
        return name.size > 1 and any(
            end + offset in later and is_josa(rest[:offset]) for offset in range(min(3, len(rest)))
        )

    def _fuzzy(self, utterance: Utterance) -> list[_Found]:
        found: dict[tuple[str, str], _Found] = {}
        for candidate in (*self._fuzzy_three(utterance), *self._fuzzy_long(utterance), *self._fuzzy_latin(utterance)):
            key = (candidate.name.kind, candidate.name.id)
            if key not in found or candidate.score > found[key].score:
                found[key] = candidate
        return list(found.values())

    def _fuzzy_three(self, utterance: Utterance) -> Iterator[_Found]:
        for start in range(len(utterance) - 2):
            span = utterance.key[start : start + 3]
            if not is_hangul(span) or not can_precede(utterance.before(start)):
                continue
            rest = utterance.after(start + 3)
            for name in self._index.of_three(span):
                if can_follow(name.key, rest, person=name.kind == "department"):
                    distance = Levenshtein.distance(name.jamo, utterance.jamo_of(start, start + 3), score_cutoff=1)
                    if distance == 1 and finals_alike(name.key, span):
                        yield _Found(name, start, start + 3, distance)

    def _fuzzy_long(self, utterance: Utterance) -> Iterator[_Found]:
        candidates = self._index.sharing(utterance.key)
        if not candidates:
            return
        size = len(utterance)
        called = 3 if size > 3 and utterance.key.startswith(WAKE_WORD) and utterance.word_end(0) == 3 else 0
        starts = [start for start in range(called, size - 2) if _may_start_loosely(utterance, start)]
        may_end = {end: _may_end_loosely(utterance, end) for end in range(3, size + 1)}
        for name in candidates:
            for start in starts:
                for end in range(start + name.size - 1, min(start + name.size + 1, size) + 1):
                    if not may_end[end] or utterance.key[start:end] in _ORDINARY_WORDS:
                        continue
                    jamo = utterance.jamo_of(start, end)
                    distance = Levenshtein.distance(name.jamo, jamo, score_cutoff=name.limit)
                    if 0 < distance <= name.limit:
                        yield _Found(name, start, end, distance)

    def _fuzzy_latin(self, utterance: Utterance) -> Iterator[_Found]:
        key, size = utterance.key, len(utterance)
        cuts = [at for at in range(size + 1) if _latin_edge(utterance, at)]
        for index, start in enumerate(cuts):
            for end in cuts[index + 1 :]:
                span = key[start:end]
                if not span.isascii() or len(span) > 40:
                    break
                for name in self._index.latin(len(span)):
                    limit = 1 if name.size < 12 else 2
                    distance = Levenshtein.distance(name.key, span, score_cutoff=limit)
                    if 0 < distance <= limit:
                        yield _Found(name, start, end, distance)

    def _choose(self, candidates: list[_Found]) -> list[_Found]:
        """The best reading of the whole sentence, and of each of its spans the runners-up."""
        by_span: dict[tuple[int, int], list[_Found]] = defaultdict(list)
        for found in sorted(candidates, key=lambda found: (-found.score, _KINDS[found.name.kind])):
            by_span[found.start, found.end].append(found)
        chosen: list[_Found] = []
        for span in _best_spans({span: readings[0].score for span, readings in by_span.items()}):
            winner = by_span[span][0]
            reach = winner.distance + (0 if winner.distance == 0 else _RUNNER_UP)
            seen: set[tuple[str, str]] = set()
            for found in by_span[span]:
                identity = (found.name.kind, found.name.id)
                if found.distance <= reach and identity not in seen:
                    seen.add(identity)
                    chosen.append(found)
        return chosen

    def _is_not_meant(self, found: _Found, chosen: list[_Found], utterance: Utterance, ordinary: bool) -> bool:
        if found.name.key == WAKE_WORD:
            return utterance.key != WAKE_WORD
        if found.name.kind != "district":
            return found.name.kind == "panel" and _is_where(found, chosen)
        if found.name.ordinary and not ordinary and not any(_is_no_everyday_word(other.name) for other in chosen):
            return True
        # "부산 강서구", "부산에 있는 강서구", "강서구 부산": the district of another city.
        before, after = utterance.key[: found.start], utterance.key[found.end :]
        shared = found.name.text in _SHARED_DISTRICTS
        for key in self._elsewhere:
            if shared and after.startswith(key):
                return True
            ends = [len(before) - len(key + tail) for tail in _CITY_TAILS if before.endswith(key + tail)]
            # "성북구 강북구" are two of ours, whatever "북구" is.
            if any(can_precede(utterance.before(start)) for start in ends):
                return True
        return False


def _is_no_everyday_word(name: Name) -> bool:
    return name.kind == "panel" or (name.kind == "district" and not name.ordinary)


def _best_spans(scores: dict[tuple[int, int], float]) -> list[tuple[int, int]]:
    """The spans that do not overlap and together score most (weighted interval scheduling)."""
    spans = sorted(scores, key=lambda span: (span[1], span[0]))
    ends = [end for _, end in spans]
    best: list[tuple[float, list[tuple[int, int]]]] = [(0.0, [])]
    for index, (start, end) in enumerate(spans):
        score, before = best[bisect_right(ends, start, 0, index)]
        score += scores[start, end]
        best.append((score, [*before, (start, end)]) if score > best[-1][0] else best[-1])
    return best[-1][1]


def _is_said_exactly(found: _Found, exact: list[_Found], utterance: Utterance) -> bool:
    """Whether words near a name are another one and a plain noun: "찾동 현황" is not "출동 현황"."""
    return any(
        other.start == found.start
        and other.end < found.end
        and other.name.size > 1
        and is_noun(utterance.key[other.end : found.end])
        for other in exact
    )


def _is_where(found: _Found, chosen: list[_Found]) -> bool:
    """Whether a panel named like a place only says where: "마곡 미세먼지" is not about the Magok project."""
    a_place = any(
        other.name.kind == "district" and (other.start, other.end) == (found.start, found.end) for other in chosen
    )
    return a_place and any(other.name.kind == "panel" and other.start >= found.end for other in chosen)


def _mention(found: _Found, utterance: Utterance) -> Mention:
    start, end = utterance.original(found.start, found.end)
    name = found.name
    return Mention(name.kind, name.id, name.text, start, end, found.distance, found.distance == 0)


def _stands_alone(utterance: Utterance, key: str, start: int, end: int) -> bool:
    if utterance.cuts_run(start) or utterance.cuts_run(end) or not can_precede(utterance.before(start)):
        return False
    rest = utterance.after(end)
    return can_follow(key, rest) or rest.startswith(("시", "광역시"))


def _may_start(utterance: Utterance, name: Name, start: int, ends: set[int]) -> bool:
    if utterance.cuts_run(start):
        return False
    if (name.size >= _FREE_SIZE and name.korean) or not is_hangul(name.key[0]):
        return True
    if name.size == 1:
        return not utterance.before(start)
    if can_precede(utterance.before(start)):
        return True
    return any(start - back in ends and is_josa(utterance.key[start - back : start]) for back in range(3))


def _may_start_loosely(utterance: Utterance, start: int) -> bool:
    if utterance.cuts_run(start):
        return False
    word = utterance.word_end(start) - utterance.word_start(start)
    return word >= _GLUED_WORD or can_precede(utterance.before(start))


def _may_end_loosely(utterance: Utterance, end: int) -> bool:
    if utterance.cuts_run(end):
        return False
    word = utterance.word_end(end - 1) - utterance.word_start(end - 1)
    return word >= _GLUED_WORD or can_follow("이름", utterance.after(end))


def _spans_of(words: str, key: str) -> Iterator[tuple[int, int]]:
    start = key.find(words)
    while start >= 0:
        yield start, start + len(words)
        start = key.find(words, start + 1)


def _latin_edge(utterance: Utterance, at: int) -> bool:
    key = utterance.key
    beside = key[max(0, at - 1) : at + 1]
    return any(char.isascii() for char in beside) and not utterance.cuts_run(at)
