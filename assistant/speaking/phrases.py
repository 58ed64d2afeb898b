"""A sentence as phrases that can be made one after another: the first is short, so that the voice begins soon. Pure."""

from __future__ import annotations

import re

FIRST_SYLLABLES = 12
"""About 1.8 s of Korean speech: on two cores it is made in a third of that."""
MOST_SYLLABLES = 30
"""A later phrase: made while the one before it sounds, which needs it to be made faster than it is heard."""
LEAST_SYLLABLES = 4
"""Shorter pieces are not phrases: they are said with what is beside them."""
LEAST_CLAUSE = 6
"""A cut at the end of a clause leaves this much before it."""
SPARE = 6
"""What is longer than it should be by no more than this stays whole."""

_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_PAUSE = re.compile(r"(?<=[,;:])\s+")
_CLAUSE = re.compile(r"(?:은|는|이|가|을|를|에서|으로|기준|하고|지만|서|고)$")


def phrases(text: str) -> list[str]:
    """The text cut at its pauses, and where a piece is long at the end of a clause; joined by spaces it is whole."""
    out: list[str] = []
    for sentence in _SENTENCE.split(text.strip()):
        pieces: list[str] = []
        for piece in _PAUSE.split(sentence):
            for part in _cut(piece.split(), FIRST_SYLLABLES if not out and not pieces else MOST_SYLLABLES):
                if pieces and _fits(pieces[-1], part, first=not out and len(pieces) == 1):
                    pieces[-1] += f" {part}"
                else:
                    pieces.append(part)
        out += pieces
    return out


def syllables(text: str) -> float:
    """About how many syllables it takes: Hangul one each, a digit one, Latin letters less than half."""
    return sum(1.0 if "가" <= c <= "힣" or c.isdigit() else 0.4 if c.isalpha() else 0.0 for c in text)


def _cut(words: list[str], first: int) -> list[str]:
    """Words of one piece in runs of at most `first`, then MOST_SYLLABLES, ended at a clause where there is one."""
    out: list[str] = []
    while words:
        most = first if not out else MOST_SYLLABLES
        if syllables("".join(words)) <= most + SPARE:
            return [*out, " ".join(words)]
        count, size, best = 0, 0.0, 0
        for place, word in enumerate(words, 1):
            size += syllables(word)
            if size > most + SPARE and count:
                break
            if size <= most or not count:
                count = place
            if size >= LEAST_CLAUSE and _CLAUSE.search(word) and (size <= most or not best):
                best = place
        taken = best or count
        out.append(" ".join(words[:taken]))
        words = words[taken:]
    return out


def _fits(before: str, part: str, *, first: bool) -> bool:
    """Whether a piece is said together with the one before it, in the same sentence."""
    if syllables(before) < LEAST_SYLLABLES or syllables(part) < LEAST_SYLLABLES:
        return not first or syllables(before) < LEAST_SYLLABLES
    return not first and syllables(before) + syllables(part) <= MOST_SYLLABLES
