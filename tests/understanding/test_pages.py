"""Pages by their number: what turns to one, and what only sounds like it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import Intent, IntentName
from assistant.understanding.fastpath import FastPath
from assistant.understanding.pages import MOST, page_in
from content_registry.loader import load_registry

FAST = FastPath(load_registry())
_DIGITS = "일이삼사오육칠팔구"


def _spoken(number: int) -> str:
    """112 -> 백십이."""
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    word = "" if not hundreds else ("" if hundreds == 1 else _DIGITS[hundreds - 1]) + "백"
    word += "" if not tens else ("" if tens == 1 else _DIGITS[tens - 1]) + "십"
    return word + (_DIGITS[ones - 1] if ones else "")


@pytest.mark.parametrize(
    ("said", "page"),
    [
        ("5쪽", 5),
        ("5쪽으로 가 줘", 5),
        ("서울아, 5쪽 보여 줘", 5),
        ("오 쪽 보여 줘", 5),
        ("다섯 번째 쪽", 5),
        ("다섯 번째 페이지 보여줘", 5),
        ("서른두 번째 쪽으로 넘겨 줘", 32),
        ("첫 번째 쪽", 1),
        ("page five", 5),
        ("Go to page 12", 12),
        ("the third page, please", 3),
        ("show me the 21st page", 21),
    ],
)
def test_a_page_is_turned_to_by_its_number(said: str, page: int) -> None:
    found = FAST.match(FAST.read(said))
    assert found is not None
    assert found.intent == Intent(IntentName.NAVIGATE, choice=page)


@pytest.mark.parametrize(
    "said",
    ["이쪽 보여 줘", "이쪽으로", "한쪽", "양쪽", "한 페이지 넘겨 줘", "두 페이지 넘겨 줘", "이 페이지", "0쪽", "1000쪽",
     "5쪽 복사해 놨어", "3쪽 분량이래", "어느 쪽", "next page", "page", "ten pages"],
)  # fmt: skip
def test_what_only_sounds_like_a_page_turns_to_none(said: str) -> None:
    found = FAST.match(FAST.read(said))
    assert found is None or found.intent.choice is None


@given(st.integers(1, MOST))
def test_every_page_can_be_named_in_digits_and_in_words(number: int) -> None:
    assert page_in(f"{number}쪽") == page_in(f"page{number}") == number
    assert page_in(f"{_spoken(number)}번째페이지") == number
    assert page_in(f"{_spoken(number)}쪽") == (None if number == 2 else number)


@given(st.text(max_size=12))
def test_any_text_is_read_without_harm(text: str) -> None:
    page = page_in(text.encode("utf-8", "ignore").decode())
    assert page is None or 1 <= page <= MOST
