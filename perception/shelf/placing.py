"""Which books of a row stand where: the best set of found places that keep the books' order and do not overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Found:
    """A place a book may stand at: its feet from left to right in pixels, how sure, and how far it leans (degrees).
    pattern: how much better its pattern alone fits
    than an even surface would, up to 1."""

    left: float
    right: float
    score: float
    lean: float = 0.0
    pattern: float = 1.0


def place(books: Sequence[Sequence[Found]], worth: float, overlap: float) -> list[Found | None]:
    """For each book of a row, in its order, the place it stands at, or None where it is out.

    A place counts its score less `worth`; the set with the highest sum is taken. Two places may share `overlap` of the
    narrower one's width.
    """
    best: list[tuple[float, int | None, int, Found]] = []  # (sum, the one before, number of the book, place)
    for number, places in enumerate(books):
        ended = len(best)
        for one in places:
            gain = one.score - worth
            if gain <= 0:
                continue
            top, before = 0.0, None
            for index in range(ended):
                total, _, _, other = best[index]
                room = overlap * min(one.right - one.left, other.right - other.left)
                if total > top and other.right - room <= one.left and other.left < one.left:
                    top, before = total, index
            best.append((top + gain, before, number, one))
    chosen: list[Found | None] = [None] * len(books)
    at = max(range(len(best)), key=lambda i: best[i][0], default=None)
    while at is not None:
        _, before, number, one = best[at]
        chosen[number] = one
        at = before
    return chosen


def in_order(values: Sequence[float | None]) -> list[bool]:
    """Which of the values belong to the longest rising run (None: never): what is not of it has changed its place."""
    length: list[int] = []
    back: list[int | None] = []
    for index, value in enumerate(values):
        longest, before = 0, None
        if value is not None:
            for other in range(index):
                known = values[other]
                if known is not None and known < value and length[other] > longest:
                    longest, before = length[other], other
        length.append(longest + 1 if value is not None else 0)
        back.append(before)
    kept = [False] * len(values)
    at = max(range(len(values)), key=lambda i: length[i], default=None)
    if at is None or not length[at]:
        return kept
    while at is not None:
        kept[at] = True
        at = back[at]
    return kept
