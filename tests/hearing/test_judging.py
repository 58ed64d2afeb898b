"""What two opinions mean together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.hearing.judging import TwoOpinions
from assistant.hearing.opinion import Opinion
from assistant.hearing.phrases import Phrase, PhraseBook

BOOK = PhraseBook(
    [
        Phrase("미세먼지", "pm10"),
        Phrase("따릉이 대여소", "bike"),
        Phrase("한강 수위", "river"),
        Phrase("한강 수질", "quality"),
        Phrase("생활인구", "people"),
        Phrase("시시티비", "cctv", written="CCTV"),
        Phrase("강남구", "11680", complete=False),
    ]
)
COMMANDS, PHRASES = TwoOpinions.of_commands(BOOK), TwoOpinions.of_phrases(BOOK)


def judged(
    judge: TwoOpinions, heard: str, whisper: str, fits: dict[str, float], own: float = -2.0
) -> tuple[str, str, bool, str]:
    """What comes of Vosk's words, Whisper's, and the fit of some texts (of the others: as if unheard)."""
    first = (BOOK.sentence if judge is COMMANDS else BOOK.nearest)(heard)
    candidates = judge.candidates(heard, first)
    assert candidates is not None
    opinion = Opinion(whisper, own, 0.01)
    candidates += judge.more(heard, candidates, opinion)
    opinion = Opinion(
        whisper, own, 0.01, tuple(fits.get(text, -30.0) for text in candidates), (-30.0,) * len(candidates)
    )
    decision = judge.combine(heard, first, candidates, opinion)
    return decision.text, decision.phrase, decision.accepted, decision.decided_by


@pytest.mark.parametrize("heard", ["미세먼지 보여줘", "강남 구 미세 먼지 보여 줘", "시시 티 비 보여줘"])
def test_a_certain_command_needs_no_second_opinion(heard: str) -> None:
    assert COMMANDS.candidates(heard, BOOK.sentence(heard)) is None


@pytest.mark.parametrize("heard", ["강남구 미세", "한강 수위 그", "미세먼지 그래서 우리 가"])
def test_what_is_no_whole_command_does(heard: str) -> None:
    assert COMMANDS.candidates(heard, BOOK.sentence(heard)) is not None


def test_the_other_names_are_asked_about_in_the_same_sentence() -> None:
    heard = "강남구 한강 수이 보여줘"
    candidates = COMMANDS.candidates(heard, BOOK.sentence(heard))
    assert candidates is not None
    assert {"강남구 한강 수위 보여줘", "강남구 한강 수질 보여줘"} <= set(candidates)


def test_both_together_decide_between_near_names() -> None:
    fits = {"한강 수위 보여줘": -2.5, "한강 수질 보여줘": -14.0}
    assert judged(COMMANDS, "한강 수이 보여줘", "한강수위 보여줘", fits) == (
        "한강 수위 보여줘",
        "한강 수위",
        True,
        "both",
    )
    fits = {"한강 수위 보여줘": -14.0, "한강 수질 보여줘": -2.5}
    assert judged(COMMANDS, "한강 수이 보여줘", "한강 수질 보여줘", fits)[1:] == ("한강 수질", True, "both")


def test_what_vosk_did_not_hear_at_all_whisper_may_have() -> None:
    assert judged(PHRASES, "새 하늘 인구", "생활인구", {"생활인구": -1.0})[1:3] == ("생활인구", True)
    heard = judged(COMMANDS, "이 그 안 그 보여줘", "생활인구 보여줘.", {"생활인구 보여줘": -2.5})
    assert heard[:3] == ("생활인구 보여줘", "생활인구", True)


def test_two_that_fit_alike_are_not_guessed_between() -> None:
    fits = {"한강 수위": -6.0, "한강 수질": -6.1}
    assert judged(PHRASES, "한강 수이", "한강 수시", fits)[2] is False


def test_a_little_evidence_for_a_short_word_is_none() -> None:
    book = PhraseBook([Phrase("위로"), Phrase("미세먼지", "pm10")])
    judge = TwoOpinions.of_phrases(book)
    for gain, accepted in ((4.5, False), (9.0, True)):
        opinion = Opinion("위로", -1.0, 0.0, (-20.0 + gain, -20.0), (-20.0, -20.0))
        assert judge.combine("이로", book.nearest("이로"), ("위로", "미세먼지"), opinion).accepted is accepted


def test_a_stranger_is_no_phrase() -> None:
    assert judged(PHRASES, "이 책 의 시작 입니다", "이 책의 시작입니다", {})[2:] == (False, "both")


def test_clear_speech_that_is_no_command_goes_on_as_it_is() -> None:
    said = judged(COMMANDS, "이 책 의 시작 보여줘", "우리 동네 도서관이 몇 시에 닫아?", {})
    assert said == ("우리 동네 도서관이 몇 시에 닫아?", "", True, "whisper")


@pytest.mark.parametrize(("whisper", "own"), [("우리 동네 도서관이 몇 시에 닫아?", -30.0), ("", 0.0), ("네", -0.1)])
def test_unclear_speech_does_not(whisper: str, own: float) -> None:
    assert judged(COMMANDS, "이 책 의 시작 보여줘", whisper, {}, own)[2] is False


def test_numbers_and_letters_are_compared_as_they_are_said() -> None:
    heard = judged(COMMANDS, "시 티비 부여 줘", "CCTV 보여줘", {"CCTV 보여줘": -2.2})
    assert heard[0] == "CCTV 보여줘"
    assert heard[1:3] == ("시시티비", True)


@given(st.text("가나다미세먼지한강수위 0C", max_size=20), st.text("가나다미세먼지한강수위 0C", max_size=20))
def test_any_two_opinions_give_a_decision(heard: str, whisper: str) -> None:
    for judge, decide in ((COMMANDS, BOOK.sentence), (PHRASES, BOOK.nearest)):
        first = decide(heard)
        candidates = judge.candidates(heard, first) or ()
        opinion = Opinion(whisper, -1.0, 0.0, (-1.0,) * len(candidates), (-20.0,) * len(candidates))
        candidates += judge.more(heard, candidates, opinion)
        decision = judge.combine(heard, first, candidates, opinion)
        assert 0.0 <= decision.distance <= 1.0
