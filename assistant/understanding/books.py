"""Books of the bookcase asked for by their titles: "서울시정백서 책 보여 줘", "open the book Seoul at a glance"."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.contracts import Intent
from assistant.understanding import frames
from assistant.understanding.forms import DISPLAY_KO
from assistant.understanding.linear import compiled
from content_registry.books import LEAST_SAID, ShelfBook, said_titles
from content_registry.jamo import compact, distance, to_jamo

_LEAD = compiled(f"^(?:{frames.FILLER})+")
_END = compiled(rf"(?:이라는|라는)?(?:책|도서)?(?:을|를|좀|도)*(?:{DISPLAY_KO}|펼쳐|열어|꺼내|읽어){frames.TAIL}$")
_END_BARE = compiled(r"(?:이라는|라는)?(?:책|도서)(?:을|를|좀|요)*$")
_EN = compiled(r"^(?:please|canyou|couldyou)?(?:show|open|read|display)(?:me)?(?:the)?book(?:called)?")
_FAR, _AHEAD = 0.12, 2
"""How far a title may be off, of its jamo; by how many jamo the nearest has to be nearer than any other."""
_OF_BOOKS = ("책", "도서", "book", "펼쳐")


class BookTitles:
    """Knows the titles of a catalogue. intents: what opens each book, by its id."""

    def __init__(self, books: Mapping[str, ShelfBook], intents: Mapping[str, Intent]) -> None:
        self._intents = dict(intents)
        self._titles = [
            (compact(title), book.id)
            for book in books.values()
            if book.id in self._intents
            for said in (*said_titles(book.title_ko), book.title_en)
            for title in dict.fromkeys((said, said.removesuffix("책")))
            if len(compact(title)) >= LEAST_SAID
        ]

    def wish(self, text: str) -> Intent | None:
        """The intent of a sentence that asks for one book, and says that it is one, by its word or by a verb that is
        for books alone ("펼쳐 줘"); None for any other sentence."""
        whole = compact(text)
        if not any(word in whole for word in _OF_BOOKS):
            return None
        for key in dict.fromkeys((whole, whole.removeprefix("서울아"), _LEAD.sub("", whole))):
            named = self._named(key)
            if named is not None and (found := self._best(named)) is not None:
                return found
        return None

    @staticmethod
    def _named(key: str) -> str | None:
        for pattern in (_END, _END_BARE):
            if (match := pattern.search(key)) is not None and match.start() >= LEAST_SAID:
                return key[: match.start()]
        match = _EN.search(key)
        return key[match.end() :] if match is not None else None

    def _best(self, named: str) -> Intent | None:
        near: dict[str, int] = {}
        for title, book in self._titles:
            away = distance(named, title)
            if away <= _FAR * len(to_jamo(title)):
                near[book] = min(away, near.get(book, away))
        ranked = sorted((away, book) for book, away in near.items())
        if not ranked or (len(ranked) > 1 and ranked[1][0] - ranked[0][0] < _AHEAD):
            return None
        return self._intents[ranked[0][1]]
