"""The second opinion: when it is asked, how long it is waited for, and how it travels."""

from __future__ import annotations

import base64
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assistant.contracts.errors import BadInput, Unavailable
from assistant.hearing.audio import Samples
from assistant.hearing.opinion import Consultation, Opinion
from assistant.hearing.opinion_wire import (
    LinkedOpinion,
    Question,
    no_opinion_message,
    opinion_message,
    question_message,
    read_question,
)
from assistant.hearing.phrases import Decision

SECOND = np.arange(16_000, dtype=np.int16)
UNSURE = Decision("따릉 보여줘", "따릉이", 0.3, 0.1, False)
SURE = Decision("따릉이 보여줘", "따릉이", 0.0, 0.5, True)
BOTH = replace(SURE, decided_by="both", margin=1.0)
OPINION = Opinion("따릉이 보여줘", -2.0, 0.01, (-2.5,), (-20.0,))


class Judge:
    """Unsure is unsure; what both say is BOTH."""

    def candidates(self, words: str, first: Decision) -> tuple[str, ...] | None:
        return None if first.accepted else ("따릉이 보여줘",)

    def more(self, words: str, candidates: tuple[str, ...], opinion: Opinion) -> tuple[str, ...]:
        return () if opinion.text == "따릉이 보여줘" else ("청계천 보여줘",)

    def combine(self, words: str, first: Decision, candidates: tuple[str, ...], opinion: Opinion) -> Decision:
        assert candidates[: len(opinion.candidates)] == ("따릉이 보여줘", "청계천 보여줘")[: len(opinion.candidates)]
        return replace(BOTH, text=opinion.text, margin=float(len(opinion.candidates)))


class Slow:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, tuple[str, ...], float]] = []
        self.answer: Future[Opinion] = Future()

    def ask(self, sound: Samples, candidates: tuple[str, ...], within_s: float) -> Future[Opinion]:
        self.asked.append((len(sound), candidates, within_s))
        self.answer = Future()
        return self.answer


class Clock:
    """Real time. `runs` is how many seconds go by between two looks; the stream's time never lags behind by default."""

    def __init__(self, runs: float = 100.0) -> None:
        self.now, self.runs = 0.0, runs

    def __call__(self) -> float:
        self.now += self.runs
        return self.now


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def consultation(slow: Slow) -> Consultation:
    return Consultation(Judge(), slow, 1.5, Clock())


def ask(consultation: Consultation, first: Decision = UNSURE, sound: Samples = SECOND) -> bool:
    return consultation.ask("따릉 보여줘", first, sound, speech_end=3.0, now=3.7)


def test_a_certain_first_opinion_is_not_held_up(consultation: Consultation, slow: Slow) -> None:
    assert not ask(consultation, SURE)
    assert not consultation.open
    assert slow.asked == []


def test_an_uncertain_one_is_asked_about_and_answered(consultation: Consultation, slow: Slow) -> None:
    assert ask(consultation)
    assert slow.asked == [(16_000, ("따릉이 보여줘",), pytest.approx(0.8))]
    assert consultation.answer(3.8) is None
    slow.answer.set_result(OPINION)
    assert consultation.answer(3.9) == replace(BOTH, opinion="given")
    assert not consultation.open
    assert consultation.answer(4.0) is None


@pytest.mark.fault
def test_a_late_one_leaves_the_first_and_its_answer_is_dropped(consultation: Consultation, slow: Slow) -> None:
    ask(consultation)
    assert consultation.answer(4.49) is None
    assert consultation.answer(4.5) == replace(UNSURE, opinion="late")
    assert slow.answer.cancelled()
    assert not consultation.open


@pytest.mark.fault
@pytest.mark.parametrize("error", [Unavailable("opinion-unavailable", "down"), BadInput("bad-opinion", "?")])
def test_a_missing_one_leaves_the_first_at_once(consultation: Consultation, slow: Slow, error: Exception) -> None:
    ask(consultation)
    slow.answer.set_exception(error)
    assert consultation.answer(3.8) == replace(UNSURE, opinion="missing")


@pytest.mark.parametrize("seconds", [0.1, 12.5])
def test_no_opinion_on_what_is_no_command(consultation: Consultation, slow: Slow, seconds: float) -> None:
    assert not ask(consultation, sound=np.zeros(int(seconds * 16_000), np.int16))
    assert slow.asked == []


def test_none_is_asked_after_its_deadline(consultation: Consultation) -> None:
    assert not consultation.ask("따릉", UNSURE, SECOND, speech_end=3.0, now=4.6)


def test_a_new_question_takes_the_place_of_the_old_one(consultation: Consultation, slow: Slow) -> None:
    ask(consultation)
    old = slow.answer
    ask(consultation)
    assert old.cancelled()
    slow.answer.set_result(OPINION)
    assert consultation.answer(3.8) is not None


OTHER = Opinion("청계천 보여줘", -2.0, 0.01, (-9.0,), (-20.0,))


def test_what_it_heard_itself_is_asked_about_too(consultation: Consultation, slow: Slow) -> None:
    ask(consultation)
    slow.answer.set_result(OTHER)
    assert consultation.answer(3.8) is None
    assert slow.asked[1] == (16_000, ("청계천 보여줘",), pytest.approx(0.7))
    slow.answer.set_result(replace(OTHER, candidates=(-2.5,)))
    assert consultation.answer(3.9) == replace(BOTH, text="청계천 보여줘", margin=2.0, opinion="given")


@pytest.mark.fault
def test_the_first_half_counts_when_the_second_is_late_or_missing(consultation: Consultation, slow: Slow) -> None:
    half = replace(BOTH, text="청계천 보여줘", margin=1.0, opinion="given")
    ask(consultation)
    slow.answer.set_result(OTHER)
    assert consultation.answer(3.8) is None
    assert consultation.answer(4.5) == half
    ask(consultation)
    slow.answer.set_result(OTHER)
    assert consultation.answer(3.8) is None
    slow.answer.set_exception(Unavailable("opinion-unavailable", "down"))
    assert consultation.answer(3.9) == half


def test_without_a_deadline_the_answer_is_waited_for(slow: Slow) -> None:
    class Instant(Slow):
        def ask(self, *args: Any) -> Future[Opinion]:
            answer = super().ask(*args)
            answer.set_result(OPINION)
            return answer

    patient = Consultation(Judge(), Instant(), None)
    assert patient.ask("따릉", UNSURE, SECOND, speech_end=3.0, now=99.0)
    assert patient.answer(99.0) == replace(BOTH, opinion="given")


def test_a_recording_that_runs_faster_than_time_still_waits_for_the_deadline(slow: Slow) -> None:
    clock = Clock(0.0)
    uploaded = Consultation(Judge(), slow, 1.5, clock)
    assert uploaded.ask("따릉 보여줘", UNSURE, SECOND, speech_end=3.0, now=3.5)
    assert uploaded.answer(60.0) is None
    clock.now = 0.9
    slow.answer.set_result(OPINION)
    assert uploaded.answer(61.0) == replace(BOTH, opinion="given")
    assert uploaded.ask("따릉 보여줘", UNSURE, SECOND, speech_end=3.0, now=3.5)
    clock.now += 1.1
    assert uploaded.answer(60.0) == replace(UNSURE, opinion="late")


def test_at_the_end_of_the_sound_the_rest_of_the_deadline_is_waited(consultation: Consultation, slow: Slow) -> None:
    ask(consultation)
    assert consultation.last_answer(4.49) == replace(UNSURE, opinion="late")
    ask(consultation)
    slow.answer.set_result(OPINION)
    assert consultation.last_answer(4.0) == replace(BOTH, opinion="given")
    assert consultation.last_answer(4.0) is None


# -------------------------------------------------------------------------------------------------- on the link


def test_a_question_travels_unchanged() -> None:
    question = Question("7", SECOND, ("따릉이 보여줘", "따릉이"), 0.8)
    read = read_question(question_message(question))
    assert (read.id, read.candidates, read.within_s) == ("7", question.candidates, 0.8)
    assert np.array_equal(read.sound, SECOND)
    assert read.sound.dtype == np.int16


@pytest.mark.fault
@pytest.mark.parametrize(
    "change",
    [
        {"id": 7},
        {"sound": None},
        {"sound": "%%%"},
        {"sound": base64.b64encode(b"odd").decode()},
        {"sound": ""},
        {"sound": base64.b64encode(bytes(2 * 16_000 * 13)).decode()},
        {"candidates": "따릉이"},
        {"candidates": [1]},
        {"candidates": [""]},
        {"candidates": ["가"] * 65},
        {"candidates": ["가" * 201]},
        {"within_s": "soon"},
    ],
)
def test_a_bad_question_is_refused(change: dict[str, Any]) -> None:
    message = question_message(Question("7", SECOND, ("따릉이",), 0.8))
    with pytest.raises(BadInput, match=r"question|sound|candidate|id"):
        read_question({**message, **change})


def test_an_answer_finds_its_question() -> None:
    sent: list[dict[str, Any]] = []
    linked = LinkedOpinion(sent.append)
    first, second = linked.ask(SECOND, ("가",), 1.0), linked.ask(SECOND, ("나",), 1.0)
    assert [m["candidates"] for m in sent] == [["가"], ["나"]]
    linked.answered(opinion_message(sent[1]["id"], OPINION))
    assert second.result(0) == OPINION
    assert not first.done()
    linked.answered(no_opinion_message(sent[0]["id"], "opinion-unavailable"))
    with pytest.raises(Unavailable) as caught:
        first.result(0)
    assert caught.value.code == "opinion-unavailable"


@pytest.mark.fault
def test_an_answer_that_nobody_waits_for_is_nothing() -> None:
    sent: list[dict[str, Any]] = []
    linked = LinkedOpinion(sent.append)
    answer = linked.ask(SECOND, (), 1.0)
    answer.cancel()
    linked.answered(opinion_message(sent[0]["id"], OPINION))
    linked.answered(opinion_message("99", OPINION))
    linked.answered({"type": "opinion"})
    assert answer.cancelled()


@pytest.mark.fault
@pytest.mark.parametrize(
    "change", [{"text": 3}, {"fit": None}, {"candidates": ["x"]}, {"candidates": None}, {"unheard": []}]
)
def test_a_bad_answer_is_a_missing_one(change: dict[str, Any]) -> None:
    sent: list[dict[str, Any]] = []
    linked = LinkedOpinion(sent.append)
    answer = linked.ask(SECOND, ("가",), 1.0)
    linked.answered({**opinion_message(sent[0]["id"], OPINION), **change})
    with pytest.raises(BadInput):
        answer.result(0)
