"""Whether words name, or nearly name, something private: such words are kept nowhere, whatever came of them."""

from __future__ import annotations

from rapidfuzz.distance import Levenshtein

from content_registry.jamo import compact, to_jamo
from content_registry.names import jamo_limit
from content_registry.schema import Panel, Registry, Visibility
from content_registry.spoken import is_sayable, spoken_forms

NEAR = 2
"""Jamo by which words may differ from a private name and still count as near it."""
_SHORT, _SHORTEST = 7, 4
"""Names of fewer jamo may differ by one, or not at all: half of Korean is two jamo from a name of two syllables."""


class PrivateNames:
    """The names of a registry's private panels, looked for anywhere in a sentence, at any edge of a word.

    Stricter than the matcher, which must not take talk for a name: here a false find only leaves words unkept.
    """

    def __init__(self, registry: Registry) -> None:
        private = [panel for panel in registry.panels.values() if panel.visibility is Visibility.PRIVATE]
        names = {compact(name): to_jamo(name) for panel in private for name in _said(panel)}
        self._names = [(len(key), jamo, _limit(len(jamo))) for key, jamo in names.items() if key]

    def near(self, text: str) -> bool:
        """Whether a private panel's name stands in the words, or something within two jamo of it."""
        key = compact(text)
        syllables = [to_jamo(char) for char in key]
        return any(
            Levenshtein.distance(jamo, "".join(syllables[start : start + length]), score_cutoff=limit) <= limit
            for size, jamo, limit in self._names
            for length in range(max(1, size - 1), size + 2)
            for start in range(max(1, len(key) - length + 1))
        )


def _said(panel: Panel) -> list[str]:
    return [form for name in panel.names for form in (name, *filter(is_sayable, spoken_forms(name)))]


def _limit(jamo: int) -> int:
    if jamo < _SHORT:
        return 1 if jamo >= _SHORTEST else 0
    return max(NEAR, jamo_limit(jamo))
