"""The catalogue of books: what it takes, what it refuses, and how a title that was read finds its book."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_registry import load_registry
from content_registry.books import is_isbn, load_books, matched
from content_registry.schema import RegistryError
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.papers.kinds import find

ENTRY = "books:\n  - {id: one, title_ko: 하나의 책, title_en: One book, author: 김, document: bookshelf-01%s}\n"


def test_every_book_that_comes_with_the_product_opens_a_document_of_it() -> None:
    books = load_books()
    assert len(books) >= 8
    registry, provider = load_registry(strict=True), SimulatedCityData()
    for book in books.values():
        assert book.document is not None
        paper = find(book.document, registry, provider, datetime(2026, 11, 28, 12, tzinfo=KST))
        assert paper is not None, book.id
        assert paper.document.title_ko == book.title_ko


def test_a_catalogue_of_a_site(tmp_path: Path) -> None:
    file = tmp_path / "books.yaml"
    file.write_text(ENTRY % ", isbn: 978-89-01-23456-9, toc: [1 들머리, 12 본문], slot: 1-04, cover: c.png", "utf-8")
    with pytest.raises(RegistryError) as error:
        load_books(file)
    assert error.value.code == "bad-isbn"
    file.write_text(ENTRY % ', isbn: "9788937460449", toc: [1 들머리, 12 본문], slot: 1-04, cover: c.png', "utf-8")
    book = load_books(file)["one"]
    assert (book.toc, book.slot, book.cover) == ((("들머리", 1), ("본문", 12)), "1-04", "c.png")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (", pdf: a.pdf", "bad-content"),
        (", toc: [들머리]", "bad-toc"),
        (", toc: [9 끝, 2 처음]", "bad-toc"),
        (", cover: ../c.png", "bad-content"),
        (", colour: red", "unknown-field"),
    ],
)
def test_an_entry_that_cannot_be_is_refused_with_its_line(tmp_path: Path, more: str, code: str) -> None:
    file = tmp_path / "books.yaml"
    file.write_text(ENTRY % more, "utf-8")
    with pytest.raises(RegistryError) as error:
        load_books(file)
    assert (error.value.code, error.value.file, error.value.line) == (code, "books.yaml", 2)


@pytest.mark.parametrize("text", ["", "books: 3", "books:\n  - 5", "book: []", "books: []\nmore: []"])
def test_a_file_that_is_no_catalogue_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "books.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(RegistryError):
        load_books(file)


def test_titles_as_they_are_read_find_their_books() -> None:
    books = load_books()
    read = {
        "a": "._ 도시의 미래를 여는책 디지털정책관",
        "b": "공공데이터외 시민",
        "c": "서울시정백서 2025",
        "d": "서울교통백서 2025 도시교통실",
        "e": "걷는 도시 서율",
        "f": "남의 책 이야기",
        "g": "",
        "h": "책",
    }
    found = {place: book for place, (book, _) in matched(read, books).items()}
    assert found == {
        "a": "opening-the-citys-future",
        "b": "open-data-and-citizens",
        "c": "seoul-white-paper-2025",
        "d": "transport-white-paper-2025",
        "e": "walking-seoul",
    }


def test_a_book_is_given_to_one_place_only() -> None:
    found = matched({"a": "걷는 도시 서울", "b": "걷는 도시 서욿"}, load_books())
    assert found == {"a": ("walking-seoul", 100.0)}


@given(st.text(max_size=80))
def test_whatever_is_read_is_answered(text: str) -> None:
    for book, score in matched({"here": text}, load_books()).values():
        assert book in load_books()
        assert 0 <= score <= 100


@given(st.integers(0, 10**9 - 1))
def test_an_isbn_has_one_right_check_digit(number: int) -> None:
    body = f"978{number:09d}"
    assert sum(is_isbn(f"{body}{digit}") for digit in range(10)) == 1
