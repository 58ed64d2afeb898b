"""The bookcase: what each of its books opens on a screen, who may see that, and which books are out now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol, runtime_checkable

from assistant.contracts import BadInput, NotPermitted, Unavailable
from content_registry.books import ShelfBook
from content_registry.schema import Registry, Visibility
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.papers.kinds import RANK, Found, find
from display_bridge.papers.shelf import Shelf, ShelvedPaper

ITEM = "book:"
"""How a screen's `item` names a book of the bookcase."""
OPEN, PRIVATE = "library-smart-bookshelf", "fn-cloud-folder"
"""The panels that show books: those of the office, and those for a recognised person only."""
COVERS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
MOST_COVER = 20_000_000


@dataclass(frozen=True, slots=True)
class OpenBook:
    """A book with what it opens. found: its document; None where it is a page of the web, or its file is missing."""

    book: ShelfBook
    found: Found | None
    visibility: Visibility

    @property
    def panel(self) -> str:
        """The panel that shows it."""
        return PRIVATE if self.visibility is Visibility.PRIVATE else OPEN

    @property
    def missing(self) -> bool:
        """Whether there is nothing to show of it."""
        return self.found is None and self.book.web is None


@dataclass
class Bookcase:
    """books: the catalogue, by id. shelf, folder: the site's documents, where books' files lie. out: the books that
    are out, the last taken last."""

    books: Mapping[str, ShelfBook] = field(default_factory=dict)
    shelf: Shelf | None = None
    folder: Path | None = None
    out: list[str] = field(default_factory=list)

    def open(self, book: str, registry: Registry, provider: CityDataProvider, now: datetime) -> OpenBook:
        """A book and what it opens. Raises BadInput `no-such-book`; Unavailable while a source is silent that may have
        it."""
        entry = self.books.get(book)
        if entry is None:
            raise BadInput("no-such-book", "the catalogue has no such book")
        identifier = entry.document or self._document_of(entry.pdf)
        found = find(identifier, registry, provider, now) if identifier else None
        paper = self._paper(identifier)
        known = [found.visibility] if found is not None else []
        if paper is not None and paper.visibility is not None:
            known.append(paper.visibility)
        return OpenBook(entry, found, max(known, key=RANK.__getitem__, default=Visibility.INTERNAL))

    def cover(self, book: OpenBook, highest: Visibility) -> tuple[Path, str]:
        """The file of a book's cover and its media type, for one who may see up to `highest`. Raises NotPermitted
        `not-for-you`, Unavailable `no-cover`."""
        if RANK[book.visibility] > RANK[highest]:
            raise NotPermitted("not-for-you", f"this book is {book.visibility.value}")
        name = book.book.cover
        kind = COVERS.get(Path(name or "").suffix.lower())
        if name is None or kind is None or self.folder is None:
            raise Unavailable("no-cover", "this book has no picture of its cover")
        path = self.folder / name
        inside = path.resolve().is_relative_to(self.folder.resolve())
        if not inside or not path.is_file() or path.stat().st_size > MOST_COVER:
            raise Unavailable("no-cover", "the picture of this book's cover is missing")
        return path, kind

    def _document_of(self, file: str | None) -> str | None:
        papers = self.shelf.papers() if self.shelf is not None and file else ()
        return next((paper.document.id for paper in papers if paper.path.name == file), None)

    def _paper(self, identifier: str | None) -> ShelvedPaper | None:
        papers = self.shelf.papers() if self.shelf is not None else ()
        return next((paper for paper in papers if paper.document.id == identifier), None)


@runtime_checkable
class WithBookcase(Protocol):
    """A source of city data that also knows the office's bookcase."""

    bookcase: Bookcase


def book_in(item: str | None) -> str | None:
    """The book that a screen's `item` names, or None."""
    return item.removeprefix(ITEM) if item and item.startswith(ITEM) else None
