"""The books of the mayor's bookcase: `books.yaml`, what each one opens on the wall, and how a title read off a spine
finds its book.

An entry has id, title_ko, title_en, author; one of `document` (the id of a document the product lists), `pdf` (a file
of the site's documents folder) or `web` (an https address); and may have isbn (13 digits, hyphens allowed), cover (a
file of the documents folder; else the first page), toc (texts "PAGE Heading") and slot (its place on a shelf).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.fuzz import partial_ratio, ratio

from content_registry.checks import Ids, Names
from content_registry.document import Document, Entry
from content_registry.jamo import compact, to_jamo
from content_registry.schema import Problem, RegistryError

FILE = "books.yaml"
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TOC = re.compile(r"(\d{1,4})\s+(\S.{0,119})")
_WEB = re.compile(r"https://[^\s/?#@]+(/\S*)?")
_NUMBER = re.compile(r"\d+")
SURE, AHEAD = 78.0, 5.0
"""Of 100: how well a title has to be found in what was read, and by how much better than any other title."""


@dataclass(frozen=True, slots=True)
class ShelfBook:
    """A book. One of document, pdf and web is given. toc: (heading, page)."""

    id: str
    title_ko: str
    title_en: str
    author: str
    isbn: str | None
    document: str | None
    pdf: str | None
    web: str | None
    cover: str | None = None
    toc: tuple[tuple[str, int], ...] = ()
    slot: str | None = None


def load_books(file: Path | None = None) -> Mapping[str, ShelfBook]:
    """The books of a catalogue by id, in file order (None: the one that comes with the product). Raises RegistryError
    with all problems: a catalogue is taken whole or not at all."""
    path = file or Path(__file__).parent / FILE
    problems: list[Problem] = []
    document = Document(path.parent, path.name, problems)
    document.only("books")
    found: dict[str, ShelfBook] = {}
    ids, names, places = Ids(document.lists("books")), Names(), set[str]()
    for entry in document.entries("books"):
        book = _book(entry)
        ids.take(entry, book.id)
        titles = [("title_ko", book.title_ko), ("title_en", book.title_en)]
        names.check(entry, book.id, titles)
        if book.slot is not None and book.slot in places:
            entry.refuse("duplicate-slot", f"the slot '{book.slot}' is another book's", entry.line_of("slot"))
        entry.finish()
        if not entry.broken:
            names.take(entry, book.id, titles)
            places.update({book.slot} if book.slot else ())
            found[book.id] = book
    if problems:
        raise RegistryError(tuple(problems))
    return found


def _book(entry: Entry) -> ShelfBook:
    book = ShelfBook(
        entry.text("id"),
        entry.text("title_ko"),
        entry.text("title_en"),
        entry.text("author"),
        entry.optional("isbn"),
        entry.optional("document"),
        entry.optional("pdf"),
        entry.optional("web"),
        entry.optional("cover"),
        tuple(_headings(entry)),
        entry.optional("slot"),
    )
    if book.id and not _ID.fullmatch(book.id):
        entry.refuse("bad-id", "an id is made of small letters, digits and -", entry.line_of("id"))
    if book.isbn is not None and not is_isbn(book.isbn):
        entry.refuse("bad-isbn", f"'{book.isbn}' is no ISBN of 13 digits", entry.line_of("isbn"))
    if sum(one is not None for one in (book.document, book.pdf, book.web)) != 1:
        entry.refuse("bad-content", "one of document, pdf and web is needed")
    if book.web is not None and not _WEB.fullmatch(book.web):
        entry.refuse("bad-content", "web is an https address", entry.line_of("web"))
    for field, name in (("pdf", book.pdf), ("cover", book.cover)):
        if name is not None and (Path(name).name != name or name.startswith(".")):
            entry.refuse("bad-content", f"{field} is the name of a file of the documents folder", entry.line_of(field))
    return book


def _headings(entry: Entry) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for text in entry.texts("toc", required=False):
        match = _TOC.fullmatch(text)
        if match is None or (found and int(match[1]) < found[-1][1]) or int(match[1]) < 1:
            entry.refuse("bad-toc", f"'{text}': a page and a heading are needed, in order", entry.line_of("toc"))
            continue
        found.append((match[2], int(match[1])))
    return found


LEAST_SAID = 4
"""Letters, spaces and the word "책" at the end apart, of a title that can be said: a shorter one is in any sentence."""


def said_titles(title: str) -> tuple[str, ...]:
    """A title as people say it: "서울시정백서 2025" is also "서울시정백서" and "시정백서". None is too short."""
    head, _, last = title.rpartition(" ")
    plain = head if head and last.isdigit() else title
    said = dict.fromkeys((title, plain, plain.removeprefix("서울").strip()))
    return tuple(one for one in said if len(compact(one).removesuffix("책")) >= LEAST_SAID)


def is_isbn(text: str) -> bool:
    """Whether a text is an ISBN-13 with the right check digit."""
    digits = text.replace("-", "")
    if not (len(digits) == 13 and digits.isascii() and digits.isdigit() and digits[:3] in ("978", "979")):
        return False
    return sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits)) % 10 == 0


def matched(read: Mapping[str, str], books: Mapping[str, ShelfBook]) -> dict[str, tuple[str, float]]:
    """For places (by id) with what was read off their spines: the book of each that is sure, and how sure (of 100).

    Each book is given once, to the place that fits it best. Volumes of a series are told by their numbers.
    """
    scored = []
    for place, text in read.items():
        fits = sorted(((_fit(text, book), book.id) for book in books.values()), reverse=True)
        if not fits or fits[0][0] < SURE:
            continue
        if len(fits) > 1 and fits[0][0] - fits[1][0] < AHEAD:
            continue
        scored.append((*fits[0], place))
    found: dict[str, tuple[str, float]] = {}
    given: set[str] = set()
    for score, book, place in sorted(scored, reverse=True):
        if book not in given:
            given.add(book)
            found[place] = (book, round(score, 1))
    return found


def _fit(read: str, book: ShelfBook) -> float:
    best = 0.0
    for title in (book.title_ko, book.title_en):
        wanted, there = to_jamo(title), to_jamo(read)
        if len(compact(read)) < 2 or len(there) < 0.5 * len(wanted):
            continue
        # A spine also bears an author; a title of one or two syllables is found in anything.
        score = partial_ratio(wanted, there) if len(wanted) >= 8 and len(there) >= len(wanted) else ratio(wanted, there)
        numbers = _NUMBER.findall(title)
        if numbers and not set(numbers) <= set(_NUMBER.findall(read)):
            score -= 25
        best = max(best, score)
    return best
