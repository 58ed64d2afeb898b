"""From a written phrase to the pieces a recogniser with a fixed vocabulary can be asked for. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from content_registry.spoken import say_letter, say_number, spoken_forms

_LONGEST_PIECE = 12
_NOT_KOREAN = re.compile(r"[0-9]+|[A-Za-z]|[^0-9A-Za-z가-힣 ]+")
_BRACKETED = re.compile(r"\[(\d+)\]")


def say(text: str) -> str:
    """Hangul and single spaces only: numbers and Latin letters as they are read, other signs as a pause."""

    def read(match: re.Match[str]) -> str:
        found = match.group()
        if found[0].isascii() and found.isdigit():
            return say_number(found)
        return say_letter(found) or " "

    return " ".join(_NOT_KOREAN.sub(read, text).split())


def readings(text: str) -> tuple[str, ...]:
    """Every way a phrase may be said, Hangul only: the registry's own spoken forms first, then the plain reading."""
    forms = dict.fromkeys(say(form) for form in (*spoken_forms(text), text))
    return tuple(form for form in forms if form)


def plain_words(hypothesis: str) -> str:
    """A recogniser's words without its marks: "[2]" is a spoken two, `<UNK>` and "[noise]" are nothing."""
    text = _BRACKETED.sub(lambda match: say_number(match.group(1)), hypothesis)
    return " ".join(word for word in text.split() if not re.search(r"[<\[]", word))


def fewest_pieces(word: str, known: Callable[[str], bool]) -> tuple[str, ...] | None:
    """The word as the fewest pieces that are all in the vocabulary (earlier cuts win), None if there is no way."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_PIECE), end):
            before = best[start]
            if before is None or not known(word[start:end]):
                continue
            shorter = best[end]
            if shorter is None or len(before) + 1 < len(shorter):
                best[end] = (*before, word[start:end])
    return best[-1]


@dataclass(frozen=True, slots=True)
class Grammar:
    """`lines`: phrases as pieces with spaces, ready for the recogniser. `unspeakable`: phrases with no spelling."""

    lines: tuple[str, ...]
    unspeakable: tuple[str, ...]

    def json(self) -> str:
        """The form Vosk takes."""
        return json.dumps(self.lines, ensure_ascii=False)


def spell(phrases: Iterable[str], known: Callable[[str], bool]) -> Grammar:
    """Each reading of each phrase in the vocabulary's pieces. A phrase none of whose readings can be spelt is listed
    in `unspeakable`, since a recogniser would drop its unknown word and listen for something else."""
    lines: dict[str, None] = {}
    unspeakable = []
    for phrase in dict.fromkeys(phrases):
        spelt = False
        for reading in readings(phrase):
            pieces = [fewest_pieces(word, known) for word in reading.split()]
            if all(pieces) and pieces:
                lines[" ".join(piece for word in pieces for piece in word or ())] = None
                spelt = True
        if not spelt:
            unspeakable.append(phrase)
    return Grammar(tuple(lines), tuple(unspeakable))
