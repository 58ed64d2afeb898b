"""What may enter understanding."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import BadInput
from assistant.understanding.hygiene import MAX_CHARS, clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("미세먼지 보여줘", "미세먼지 보여줘"),
        (unicodedata.normalize("NFD", "미세먼지 보여줘"), "미세먼지 보여줘"),
        ("  미세먼지\t보여줘 \r\n", "미세먼지 보여줘"),
        ("/panel_air", "panel_air"),
        ("// / /call", "call"),
        ("미세\u200b먼지\u202e 보여줘", "미세먼지 보여줘"),
        ("미세\x00먼지", "미세 먼지"),
        ("\ud800미세먼지", "미세먼지"),
        ("\ue000 보여줘", "보여줘"),
    ],
)
def test_a_sentence_is_made_one_clean_line(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("text", ["", "   ", "/", "...", "\x00\x01", "\ud800", "🙂", "/ /"])
def test_nothing_said_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        clean(text)
    assert caught.value.code == "empty-text"


@pytest.mark.parametrize("text", ["가" * (MAX_CHARS + 1), "가 " * 100_000])
def test_a_long_text_is_refused(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        clean(text)
    assert caught.value.code == "text-too-long"


@pytest.mark.parametrize("text", [None, 5, b"abc", ["a"]])
def test_what_is_no_text_is_refused(text: object) -> None:
    with pytest.raises(BadInput) as caught:
        clean(text)
    assert caught.value.code == "not-text"


@given(st.text(max_size=400))
def test_whatever_passes_is_clean_and_stays_as_it_is(text: str) -> None:
    try:
        line = clean(text)
    except BadInput:
        return
    assert 1 <= len(line) <= MAX_CHARS
    assert not line.startswith("/")
    assert line == line.strip() == unicodedata.normalize("NFC", line)
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Cf", "Co") for char in line)
    assert clean(line) == line
    line.encode()
