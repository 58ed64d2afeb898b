"""From a written phrase to the pieces a recogniser with a fixed vocabulary can be asked for. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from content_registry.spoken import spoken_forms

_LONGEST_PIECE = 12
# fmt: off
_LETTERS = {
    "A": "에이", "B": "비", "C": "씨", "D": "디", "E": "이", "F": "에프", "G": "지", "H": "에이치", "I": "아이",
    "J": "제이", "K": "케이", "L": "엘", "M": "엠", "N": "엔", "O": "오", "P": "피", "Q": "큐", "R": "알",
    "S": "에스", "T": "티", "U": "유", "V": "브이", "W": "더블유", "X": "엑스", "Y": "와이", "Z": "제트",
}
# fmt: on
_DIGITS = "영일이삼사오육칠팔구"
_UNITS = ("", "십", "백", "천")
_NOT_KOREAN = re.compile(r"[0-9]+|[A-Za-z]|[^0-9A-Za-z가-힣 ]+")
_BRACKETED = re.compile(r"\[(\d+)\]")


def say_number(digits: str) -> str:
    """A whole number below 10^8 as it is read: "120" is "백이십", "10000" is "만". Longer ones digit by digit."""
    if len(digits) > 8 or (len(digits) > 1 and digits[0] == "0"):
        return "".join(_DIGITS[int(d)] for d in digits)
    value = int(digits)
    if value == 0:
        return _DIGITS[0]
    high, low = divmod(value, 10_000)
    return (("만" if high == 1 else _below_10000(high) + "만") if high else "") + _below_10000(low)


def _below_10000(value: int) -> str:
    said = ""
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit:
            said += (_DIGITS[digit] if digit > 1 or power == 0 else "") + _UNITS[power]
    return said


def say(text: str) -> str:
    """Hangul and single spaces only: numbers and Latin letters as they are read, other signs as a pause."""

    def read(match: re.Match[str]) -> str:
        found = match.group()
        if found[0].isascii() and found.isdigit():
            return say_number(found)
        return _LETTERS.get(found.upper(), " ")

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
