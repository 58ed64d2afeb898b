"""A sentence prepared for search: its letters without spaces, with the way back to the original and to its words."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from itertools import accumulate

from content_registry.jamo import compact


class Utterance:
    """A text in three forms that share positions.

    `text` is the input in NFC; `key` its compact form (letters and digits, lower case); `jamo` the decomposed key.
    Positions are into `key` unless said otherwise.
    """

    def __init__(self, text: str) -> None:
        self.text = unicodedata.normalize("NFC", text)
        keys: list[str] = []
        self._origins: list[int] = []
        starts: list[int] = []
        broken = True
        for index, char in enumerate(self.text):
            kept = compact(char)
            if not kept:
                broken = broken or not self._is_decimal_point(index)
                continue
            if broken:
                starts.append(len(self._origins))
                broken = False
            keys.append(kept)
            self._origins.extend([index] * len(kept))
        self.key = "".join(keys)
        self._starts = starts
        parts = [unicodedata.normalize("NFD", char) for char in self.key]
        self.jamo = "".join(parts)
        self._jamo_at = [0, *accumulate(len(part) for part in parts)]

    def __len__(self) -> int:
        return len(self.key)

    def word_start(self, position: int) -> int:
        """Where the word that holds this letter begins."""
        return self._starts[bisect_right(self._starts, position) - 1]

    def word_end(self, position: int) -> int:
        """Where the word that holds this letter ends (exclusive)."""
        index = bisect_right(self._starts, position)
        return self._starts[index] if index < len(self._starts) else len(self.key)

    def before(self, start: int) -> str:
        """What stands before a span in its first word."""
        return self.key[self.word_start(start) : start]

    def after(self, end: int) -> str:
        """What stands behind a span in its last word."""
        return self.key[end : self.word_end(end - 1)]

    def cuts_run(self, position: int) -> bool:
        """Whether a cut here would split a run of Latin letters or of digits."""
        if not 0 < position < len(self.key) or self.word_start(position) == position:
            return False
        left, right = self.key[position - 1], self.key[position]
        return (_latin(left) and _latin(right)) or (left.isdigit() and right.isdigit())

    def jamo_of(self, start: int, end: int) -> str:
        """The jamo of a span."""
        return self.jamo[self._jamo_at[start] : self._jamo_at[end]]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span's offsets in `text`."""
        return self._origins[start], self._origins[end - 1] + 1

    def _is_decimal_point(self, index: int) -> bool:
        between = self.text[index - 1 : index] + self.text[index + 1 : index + 2]
        return self.text[index] == "." and len(between) == 2 and between.isdigit()


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
