"""Regular expressions whose time is linear in the text, whatever the text: RE2, as an automaton.

Speech repeats itself ("음 음 음 ..."), and a grammar of fillers, adverbs and endings that may follow one another has
thousands of ways to read such a text; an engine that backtracks tries them all, in the event loop. RE2 accepts the same
language and never backtracks. It has no look-around and no back-references; this grammar needs none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, cast

import re2

_MEMORY = 64 << 20  # bytes a pattern may take, automaton included; the largest here compiles to 13 000 instructions


class Match(Protocol):
    """The part of a match that is used here."""

    def __getitem__(self, group: str) -> str | Any: ...  # None for a group that took no part
    def start(self) -> int: ...
    def end(self) -> int: ...
    @property
    def lastgroup(self) -> str | None: ...


class Pattern(Protocol):
    """The part of a compiled pattern that is used here. Texts hold no lone surrogates (hygiene lets none in)."""

    @property
    def pattern(self) -> str: ...
    def fullmatch(self, text: str) -> Match | None: ...
    def search(self, text: str) -> Match | None: ...
    def finditer(self, text: str) -> Iterator[Match]: ...
    def sub(self, repl: str, text: str) -> str: ...


def compiled(pattern: str) -> Pattern:
    """The pattern, ready. Raises re2.error where RE2 does not know a construct."""
    options = re2.Options()
    options.max_mem = _MEMORY
    return cast(Pattern, re2.compile(pattern, options))
