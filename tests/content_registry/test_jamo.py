"""Jamo text and distances."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_registry.jamo import compact, distance, has_final, normalized_distance, to_jamo

KOREAN = st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), max_size=12)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("미세먼지", "미새먼지", 1),
        ("미세 먼지!", "미세먼지", 0),
        ("미세먼지", "초미세먼지", 2),
        ("보도자료", "보고자료", 1),
        ("비", "빚", 1),
        ("CCTV", "cctv", 0),
        ("", "강", 3),
    ],
)
def test_distance(a: str, b: str, expected: int) -> None:
    assert distance(a, b) == expected == distance(b, a)


@pytest.mark.parametrize(
    ("text", "expected"), [("PM2.5 농도", "pm25농도"), ("R&D·센터", "rd센터"), (" \n", ""), ("🚌", "")]
)
def test_compact(text: str, expected: str) -> None:
    assert compact(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"), [("물", True), ("비", False), ("119", False), ("50", True), ("CCTV", None)]
)
def test_has_final(text: str, expected: bool | None) -> None:
    assert has_final(text) is expected


@given(KOREAN)
def test_decomposed_and_composed_are_the_same(text: str) -> None:
    assert to_jamo(unicodedata.normalize("NFD", text)) == to_jamo(text)


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_it_is_a_distance(a: str, b: str, c: str) -> None:
    assert distance(a, a) == 0
    assert distance(a, b) == distance(b, a)
    assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert 0.0 <= normalized_distance(a, b) <= 1.0
