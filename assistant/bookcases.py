"""The office's bookcase from the settings, and how its books are asked for by their titles."""

from __future__ import annotations

from datetime import UTC, datetime

from assistant.contracts import Intent, IntentName, SeoulaError
from assistant.settings import Settings
from assistant.shelf_enrolling import catalogue
from assistant.understanding.books import BookTitles
from content_registry.schema import Registry
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.papers.bookcase import ITEM, OPEN, Bookcase
from display_bridge.papers.shelf import Shelf


def build_bookcase(settings: Settings) -> Bookcase:
    """The catalogue with the site's documents. A book's PDF need not be in the folder's index. Raises ConfigError."""
    books = catalogue(settings.seeing.books)
    listed = {
        book.pdf: {"file": book.pdf, "title": book.title_ko, "kind": "bookshelf", "department": book.author}
        for book in books.values()
        if book.pdf is not None
    }
    folder = settings.documents.folder
    return Bookcase(books, Shelf(folder, listed=listed), folder)


def book_titles(bookcase: Bookcase, registry: Registry, provider: CityDataProvider) -> BookTitles:
    """The titles and what opens each book. What a book is, private or not, is settled when it is asked for: a source
    that is silent now takes nothing away."""
    intents = {}
    for book in bookcase.books:
        try:
            panel = bookcase.open(book, registry, provider, datetime.now(UTC)).panel
        except SeoulaError:
            panel = OPEN
        intents[book] = Intent(IntentName.SHOW_PANEL, panel=panel, item=ITEM + book)
    return BookTitles(bookcase.books, intents)
