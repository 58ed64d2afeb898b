"""Every name of the registry, prepared for search: exact by its compact form, fuzzy by shared syllables or onsets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from content_registry.jamo import compact, to_jamo
from content_registry.schema import Registry
from content_registry.spoken import is_sayable, spoken_forms

Kind = Literal["panel", "department", "district"]

_FINAL_CLASS = dict.fromkeys((4, 5, 6, 10, 16, 21), 1) | dict.fromkeys((8, 9, 11, 12, 13, 14, 15), 2)
_TENSE_TO_LAX = {1: 0, 4: 3, 8: 7, 10: 9, 13: 12}


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one thing. `key` is compact, `size` counts its letters (syllables of Korean)."""

    kind: Kind
    id: str
    text: str
    key: str
    jamo: str
    size: int
    korean: bool
    limit: int
    ordinary: bool = False


def jamo_limit(length: int) -> int:
    """How many jamo a name of so many may be off: one in six, roughly, and four at most."""
    if length < 10:
        return 1
    if length < 16:
        return 2
    return 3 if length < 22 else 4


def onsets(key: str) -> str:
    """The initial consonants of the syllables, tense ones folded into lax (ㄸ as ㄷ)."""
    codes = ((ord(char) - 0xAC00) // 588 for char in key)
    return "".join(chr(0x1100 + _TENSE_TO_LAX.get(code, code)) for code in codes)


def finals_alike(first: str, second: str) -> bool:
    """Whether the final consonants of two equally long names are confusable: nasal with nasal, stop with stop.

    A final that is missing on one side is alike: it is the one most easily dropped.
    """
    for a, b in zip(first, second, strict=True):
        final_a, final_b = (ord(a) - 0xAC00) % 28, (ord(b) - 0xAC00) % 28
        if final_a and final_b and _FINAL_CLASS.get(final_a, 3) != _FINAL_CLASS.get(final_b, 3):
            return False
    return True


def is_hangul(text: str) -> bool:
    """Whether every character is a Hangul syllable."""
    return bool(text) and all("가" <= char <= "힣" for char in text)


class NameIndex:
    """The names of a registry, indexed once; about 2,000 names, some milliseconds."""

    def __init__(self, registry: Registry) -> None:
        exact: dict[str, list[Name]] = defaultdict(list)
        for name in _names(registry):
            same = exact[name.key]
            if not any((other.kind, other.id) == (name.kind, name.id) for other in same):
                same.append(name)
        self.exact: dict[str, list[Name]] = dict(exact)
        self.lengths = _lengths_by_first(exact)
        self.panel_names = [name for names in exact.values() for name in names if name.kind == "panel"]
        self._by_onsets: dict[str, list[Name]] = defaultdict(list)
        self._by_syllable: dict[str, list[int]] = defaultdict(list)
        self._long: list[tuple[Name, int]] = []
        self._latin: dict[int, list[Name]] = defaultdict(list)
        places = {compact(text) for place in registry.places.values() for text in (place.ko, *place.aliases_ko)}
        for names in exact.values():
            for name in names:
                if name.kind != "district" or name.key not in places:
                    self._add_fuzzy(name)

    def of_three(self, span: str) -> Sequence[Name]:
        """Names of three syllables with the same onsets as the span."""
        return self._by_onsets.get(onsets(span), ())

    def sharing(self, key: str) -> list[Name]:
        """Names of four syllables or more that have enough syllables in common with the text to be within limits."""
        shared: dict[int, int] = defaultdict(int)
        for char in set(key):
            for index in self._by_syllable.get(char, ()):
                shared[index] += 1
        return [self._long[index][0] for index, count in shared.items() if count >= self._long[index][1]]

    def latin(self, length: int) -> Iterable[Name]:
        """Names in Latin letters whose length differs by two letters at most."""
        for size in range(length - 2, length + 3):
            yield from self._latin.get(size, ())

    def _add_fuzzy(self, name: Name) -> None:
        if name.key.isascii():
            if name.size >= 6 and name.key.isalpha():
                self._latin[name.size].append(name)
        elif name.size == 3 and name.korean:
            self._by_onsets[onsets(name.key)].append(name)
        elif name.size >= 4:
            syllables = set(name.key)
            self._long.append((name, max(2, len(syllables) - name.limit)))
            for char in syllables:
                self._by_syllable[char].append(len(self._long) - 1)


def _names(registry: Registry) -> Iterable[Name]:
    for panel in registry.panels.values():
        yield from _variants("panel", panel.id, panel.names)
    for department in registry.departments.values():
        yield from _variants("department", department.id, department.names)
    for district in registry.districts.values():
        for text in district.names:
            yield _name("district", district.code, text, text in district.ordinary_ko)
    for place in registry.places.values():
        for text in (place.ko, *place.aliases_ko):
            yield _name("district", place.district, text)


def _variants(kind: Kind, id_: str, names: Iterable[str]) -> Iterable[Name]:
    for text in names:
        yield _name(kind, id_, text)
        for spoken in spoken_forms(text):
            if is_sayable(spoken):
                yield _name(kind, id_, spoken)


def _name(kind: Kind, id_: str, text: str, ordinary: bool = False) -> Name:
    key, jamo = compact(text), to_jamo(text)
    return Name(kind, id_, text, key, jamo, len(key), is_hangul(key), jamo_limit(len(jamo)), ordinary)


def _lengths_by_first(keys: Iterable[str]) -> dict[str, tuple[int, ...]]:
    lengths: dict[str, set[int]] = defaultdict(set)
    for key in keys:
        lengths[key[0]].add(len(key))
    return {first: tuple(sorted(sizes, reverse=True)) for first, sizes in lengths.items()}
