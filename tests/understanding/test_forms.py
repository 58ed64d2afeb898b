"""Telling a question for a figure from a wish to see."""

from __future__ import annotations

import pytest

from assistant.understanding.commands import match_choice
from assistant.understanding.fastpath import media_of
from assistant.understanding.forms import asks_value
from assistant.understanding.numbers import number_in


@pytest.mark.parametrize(
    "text",
    [
        "오존이 얼마나 되나",
        "강남구 공기 어때",
        "민원 몇 건이야",
        "수질 알려 줘",
        "홈페이지 방문자 몇 명이야",
        "침수된 데 있어",
        "먼지 심해",
        "how many bikes are left",
        "what's the air like today",
    ],
)
def test_questions_for_a_figure(text: str) -> None:
    assert asks_value(text)


@pytest.mark.parametrize(
    "text",
    [
        "오존 보여 줘",
        "몇 명인지 화면에 띄워 줘",
        "대피소 어디 있지",
        "재정 현황 좀 보자",
        "채무 그래프 좀",
        "show how many bikes are left",
        "open the budget",
        "미세먼지",
    ],
)
def test_wishes_to_see(text: str) -> None:
    assert not asks_value(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("2번", 2), ("두번째걸로", 2), ("첫번째", 1), ("삼번이요", 3), ("numberfour", 4), ("thesecondone", 2), ("둘", 2)],
)
def test_a_chosen_number(text: str, number: int) -> None:
    assert match_choice(text) == number


@pytest.mark.parametrize("text", ["5번버스", "이", "사", "두번째아이", "2번출구", "one more time", "미세먼지"])
def test_no_chosen_number(text: str) -> None:
    assert match_choice(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("맨 위에 있는 거", 1), ("위에서 세 번째 항목", 3), ("pick the third item", 3), ("그걸로", None)],
)
def test_a_number_inside(text: str, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize(
    ("text", "medium"),
    [
        ("영상전화 걸어", "video"),
        ("얼굴 보면서 통화", "video"),
        ("전화해 줘", "voice"),
        ("음성으로", "voice"),
        ("연결해 줘", None),
    ],
)
def test_the_medium_of_a_call(text: str, medium: str | None) -> None:
    assert media_of(text) == medium
