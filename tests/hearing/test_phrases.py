from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.hearing.phrases import ACCEPT_BELOW, Phrase, PhraseBook

BOOK = PhraseBook(
    [
        Phrase("미세먼지", "pm10"),
        Phrase("미세먼지 농도", "pm10"),
        Phrase("초미세먼지", "pm25"),
        Phrase("따릉이", "bike"),
        Phrase("따릉이 대여소", "bike"),
        Phrase("한강 수위", "river"),
        Phrase("한강 수질", "quality"),
        Phrase("응답소", "eungdapso"),
        Phrase("생활인구", "people"),
        Phrase("CCTV", "cctv"),
        Phrase("다음 화면"),
        Phrase("강남구", "11680", complete=False),
        Phrase("강남", "11680", complete=False),
        Phrase("교통실", "transport", complete=False),
        Phrase("영상전화"),
    ]
)


@pytest.mark.parametrize(
    ("heard", "text", "phrase"),
    [
        ("미세먼지", "미세먼지", "미세먼지"),
        ("초미세먼지", "초미세먼지", "초미세먼지"),
        ("초 미세 먼지", "초미세먼지", "초미세먼지"),
        ("조 미세먼지", "초미세먼지", "초미세먼지"),
        ("강남구 미세먼지 보여줘", "강남구 미세먼지 보여줘", "미세먼지"),
        ("강남 구 초 미세먼지 보여 줘", "강남구 초미세먼지 보여줘", "초미세먼지"),
        ("서울 아 따릉이 보여줘", "따릉이 보여줘", "따릉이"),
        ("아 따릉이 보여줘", "따릉이 보여줘", "따릉이"),
        ("따릉이 대여 소 띄워 줘", "따릉이 대여소 띄워줘", "따릉이 대여소"),
        ("한강 수위 는 지금 어때", "한강 수위는 지금 어때", "한강 수위"),
        ("한강 수지 어때", "한강 수질 어때", "한강 수질"),
        ("응답 소 좀 열 어줘", "응답소 좀 열어줘", "응답소"),
        ("씨씨티비 보여줘", "CCTV 보여줘", "CCTV"),
        ("교통실 에 영상 전화 연결 해줘", "교통실에 영상전화 연결해줘", "영상전화"),
        ("다음 화면", "다음 화면", "다음 화면"),
        ("강남구 어때", "강남구 어때", "강남구"),
    ],
)
def test_sentences_come_out_in_the_registrys_spelling(heard: str, text: str, phrase: str) -> None:
    decision = BOOK.sentence(heard)
    assert (decision.text, decision.phrase) == (text, phrase)
    assert decision.accepted


@pytest.mark.parametrize(
    "heard",
    ["", "보여줘", "그래서 우리 가 어제", "강남구 영상 하고 보여 지금 다음 것 을 거기 왔다", "서울 아"],
)
def test_what_is_no_command_is_not_accepted(heard: str) -> None:
    assert not BOOK.sentence(heard).accepted


def test_words_that_fit_nothing_count_as_distance() -> None:
    clean = BOOK.sentence("생활 인구 보여줘").distance
    with_extra = BOOK.sentence("생활 인구 보여줘 거기").distance
    assert clean < 0.02 < with_extra < ACCEPT_BELOW


def test_nearly_the_same_names_do_not_pass_for_one_another() -> None:
    lines = PhraseBook([Phrase("가나다"), Phrase("가나라")])
    assert lines.nearest("가나").accepted is False  # as near to the one as to the other
    assert lines.nearest("가나다").accepted
    assert BOOK.nearest("초미세먼지").phrase == "초미세먼지"
    assert BOOK.nearest("미세먼지").phrase == "미세먼지"


def test_names_of_one_thing_do_not_compete() -> None:
    decision = BOOK.nearest("따릉이 대여")
    assert decision.accepted
    assert decision.margin > 0.3


@pytest.mark.parametrize(
    ("heard", "settled"),
    [
        ("초미세먼지", True),
        ("초 미세먼지 보여줘", True),
        ("미세먼지", False),  # "미세먼지 농도" may follow
        ("미세먼지 보여줘", True),
        ("강남구", False),
        ("강남구 보여줘", False),  # of a district alone nobody knows yet what
        ("한강 수지 어때", True),
        ("보여줘", False),
        ("따릉이 보여줘 거기", False),
    ],
)
def test_when_a_command_may_be_taken_early(heard: str, settled: bool) -> None:
    assert BOOK.sentence(heard).settled is settled


def test_nearest_takes_nothing_away() -> None:
    assert BOOK.nearest("미세먼지").distance == 0
    assert BOOK.nearest("응답소 보여줘").distance > ACCEPT_BELOW
    assert BOOK.nearest("").accepted is False


def test_the_grammar_holds_names_and_small_words() -> None:
    phrases = BOOK.grammar_phrases
    assert {"따릉이", "강남구", "보여줘", "좀", "서울아", "따릉이 보여줘", "교통실 연결해줘"} <= set(phrases)


TOKENS = st.sampled_from(
    [
        "미세먼지",
        "초",
        "따릉이",
        "한강",
        "수위",
        "강남구",
        "보여줘",
        "좀",
        "를",
        "그",
        "왔다",
        "아",
        "서울",
        "대여",
        "소",
    ]
)


@settings(deadline=None)
@given(st.lists(TOKENS, max_size=12))
def test_any_words_give_a_decision_in_bounds(tokens: list[str]) -> None:
    heard = " ".join(tokens)
    for decision in (BOOK.sentence(heard), BOOK.nearest(heard)):
        assert 0 <= decision.distance <= 1
        assert not decision.accepted or (decision.phrase and decision.distance < ACCEPT_BELOW)
        assert not decision.settled or decision.accepted
        assert bool(decision.text) or not decision.accepted


@settings(deadline=None)
@given(st.sampled_from(BOOK.phrases))
def test_every_phrase_is_its_own_nearest(phrase: Phrase) -> None:
    for decision in (BOOK.nearest(phrase.text), BOOK.sentence(phrase.text)):
        assert decision.phrase == phrase.text
        assert decision.accepted
        assert decision.distance == 0
