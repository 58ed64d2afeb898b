from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.hearing.spelling import fewest_pieces, plain_words, readings, say, spell
from content_registry.spoken import say_number

WORDS = {"응답", "소", "응답소장", "생활", "인구", "서울", "아", "미세먼지", "초", "미세", "먼지", "보여줘", "일", "백"}


@pytest.mark.parametrize(
    ("digits", "said"),
    [
        ("0", "영"),
        ("7", "칠"),
        ("10", "십"),
        ("15", "십오"),
        ("100", "백"),
        ("120", "백이십"),
        ("1004", "천사"),
        ("2026", "이천이십육"),
        ("10000", "만"),
        ("25000", "이만오천"),
        ("100000", "십만"),
        ("007", "영영칠"),
        ("123456789", "일이삼사오육칠팔구"),
    ],
)
def test_numbers_as_they_are_read(digits: str, said: str) -> None:
    assert say_number(digits) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("둘레길·공원", "둘레길 공원"),
        ("TV 5번", "티브이 오번"),
        ("  서울  시 ", "서울 시"),
        ("?!", ""),
    ],
)
def test_text_as_it_is_said(text: str, said: str) -> None:
    assert say(text) == said


def test_registry_forms_come_before_the_plain_reading() -> None:
    assert "씨씨티비" in readings("CCTV")
    assert readings("미세먼지") == ("미세먼지",)
    assert readings("...") == ()


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("응답소", ("응답", "소")),
        ("응답소장", ("응답소장",)),
        ("서울아", ("서울", "아")),
        ("초미세먼지", ("초", "미세먼지")),
        ("없는말", None),
        ("응답없", None),
    ],
)
def test_fewest_pieces(word: str, pieces: tuple[str, ...] | None) -> None:
    assert fewest_pieces(word, WORDS.__contains__) == pieces


@given(st.text("가나다라", max_size=14), st.sets(st.text("가나다라", min_size=1, max_size=3), max_size=12))
def test_pieces_are_known_and_join_to_the_word(word: str, known: set[str]) -> None:
    pieces = fewest_pieces(word, known.__contains__)
    if pieces is not None:
        assert "".join(pieces) == word
        assert set(pieces) <= known
    if word in known:
        assert pieces == (word,)


def test_a_phrase_that_cannot_be_spelt_is_reported() -> None:
    grammar = spell(["응답소", "생활인구", "헐레벌떡", "응답소", "!!"], WORDS.__contains__)
    assert grammar.lines == ("응답 소", "생활 인구")
    assert grammar.unspeakable == ("헐레벌떡", "!!")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("미세 먼지", "미세 먼지"),
        ("[2] 번", "이 번"),
        ("<UNK> 서울 [noise]", "서울"),
        ("", ""),
    ],
)
def test_the_recognisers_marks_are_taken_away(raw: str, words: str) -> None:
    assert plain_words(raw) == words
