"""A sentence in phrases: the first short, the cuts where one would breathe, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.speaking.phrases import FIRST_SYLLABLES, MOST_SYLLABLES, SPARE, phrases, syllables


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("네.", ["네."]),
        ("미세먼지, 화면에 띄웠습니다.", ["미세먼지,", "화면에 띄웠습니다."]),
        ("오존, 화면에 띄웠습니다.", ["오존, 화면에 띄웠습니다."]),
        (
            "강남구 미세먼지는 오후 3시 기준 42마이크로그램, 보통입니다. 모의 데이터입니다.",
            ["강남구 미세먼지는", "오후 3시 기준 42마이크로그램, 보통입니다.", "모의 데이터입니다."],
        ),
        ("무엇을 보여 드릴지 알아듣지 못했습니다.", ["무엇을 보여 드릴지 알아듣지 못했습니다."]),
        ("어느 것을 말씀하셨나요? 1번 오존, 2번 미세먼지", ["어느 것을 말씀하셨나요?", "1번 오존, 2번 미세먼지"]),
    ],
)
def test_a_sentence_is_cut_where_one_would_breathe(text: str, pieces: list[str]) -> None:
    assert phrases(text) == pieces


@given(st.lists(st.text("가나다라마은는", min_size=1, max_size=9), min_size=1, max_size=40), st.sampled_from(" ,.?"))
def test_nothing_is_lost_and_no_phrase_is_long(words: list[str], sign: str) -> None:
    text = " ".join(word + (sign if n % 5 == 4 else "") for n, word in enumerate(words)).strip()
    pieces = phrases(text)
    assert " ".join(pieces).split() == text.split()
    assert all(pieces)
    assert syllables(pieces[0]) <= FIRST_SYLLABLES + SPARE + 9
    assert all(syllables(piece) <= MOST_SYLLABLES + SPARE + 9 for piece in pieces)
