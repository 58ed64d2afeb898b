# ruff: noqa: E501  (one sentence after the other)
"""Sentences about a call that goes on are never the wish to call somebody, and nobody but a department is rung."""

from __future__ import annotations

import pytest

from assistant.contracts import Direction, Intent, IntentName, Media, UnderstandingOutcome
from assistant.understanding.call_words import calls_a_stranger, only_talks_of_calls
from assistant.understanding.decide import decide
from assistant.understanding.fastpath import FastPath
from assistant.understanding.model import ModelResult
from tests.assistant.api_app import registry

CALL, CONFERENCE = IntentName.CALL, IntentName.CONFERENCE
OFF, HOLD, RELEASE, ON = Direction.OFF, Direction.HOLD, Direction.RELEASE, Direction.ON


def matched(text: str) -> Intent | None:
    path = FastPath(registry())
    found = path.match(path.read(text))
    return found.intent if found else None


def decided(text: str, label: str = "call") -> tuple[UnderstandingOutcome, Intent | None]:
    reading = FastPath(registry()).read(text)
    made = decide(reading, ModelResult(((label, 0.95),), 0.99), registry())
    return made.outcome, made.intent


@pytest.mark.parametrize(
    ("text", "name", "direction"),
    [
        ("통화 끊어줘", CALL, OFF), ("전화 끊어", CALL, OFF), ("이제 전화 끊을게", CALL, OFF), ("통화 종료", CALL, OFF),
        ("영상통화 종료해줘", CALL, OFF), ("끊어줘", CALL, OFF), ("hang up", CALL, OFF), ("please end the call", CALL, OFF),
        ("전화 거절해줘", CALL, OFF), ("전화 받지 마", CALL, OFF), ("통화 취소해줘", CALL, OFF), ("전화하지 마", CALL, OFF),
        ("통화 보류", CALL, HOLD), ("통화 잠깐 보류해줘", CALL, HOLD), ("put the call on hold", CALL, HOLD),
        ("통화 보류 해제", CALL, RELEASE), ("보류 풀어줘", CALL, RELEASE), ("통화 다시 이어줘", CALL, RELEASE),
        ("resume the call", CALL, RELEASE), ("전화 받아줘", CALL, ON), ("걸려온 전화 받아", CALL, ON), ("answer the call", CALL, ON),
        ("회의에서 나갈게", CONFERENCE, OFF), ("화상회의 종료해줘", CONFERENCE, OFF), ("leave the meeting", CONFERENCE, OFF),
        ("정책회의실 연결해줘", CONFERENCE, None), ("재난안전대책회의실 열어줘", CONFERENCE, None), ("화상회의 시작해줘", CONFERENCE, None),
    ],
)  # fmt: skip
def test_a_whole_sentence_steers_the_call_that_there_is(
    text: str, name: IntentName, direction: Direction | None
) -> None:
    assert matched(text) == Intent(name, direction=direction)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("담당 부서 연결해줘", Intent(CALL)), ("영상통화 걸어줘", Intent(CALL, media=Media.VIDEO)),
        ("소방재난본부 영상통화 연결", Intent(CALL, department="fire", media=Media.VIDEO)), ("취소", Intent(IntentName.STOP)),
        ("화면 고정 풀어줘", Intent(IntentName.NAVIGATE, direction=RELEASE)),
    ],
)  # fmt: skip
def test_what_they_stand_beside_means_what_it_meant(text: str, intent: Intent) -> None:
    assert matched(text) == intent


@pytest.mark.parametrize(
    "text", ["전화 끊지 마", "그 안건은 보류하겠습니다", "끊어 나중에 얘기해", "전화 좀 받아 봐", "기차표 끊어 줘"]
)
def test_talk_steers_nothing(text: str) -> None:
    assert matched(text) is None


@pytest.mark.parametrize(
    ("text", "direction"),
    [
        ("기후환경본부 통화 좀 끊어줄래", OFF),
        ("이 영상통화 마무리하고 싶은데 통화 끝내죠", OFF),
        ("상대방 통화 보류시켜 주세요", HOLD),
    ],
)
def test_what_a_model_takes_for_a_call_is_read_by_how_it_ends(text: str, direction: Direction) -> None:
    accepted, intent = decided(text)
    assert (accepted, intent) == (UnderstandingOutcome.ACCEPTED, Intent(CALL, direction=direction))


@pytest.mark.parametrize(
    "text",
    ["국세청 연결해줘", "교육부에 전화해", "강북경찰서 전화해줘", "김철수 과장 연결해줘", "기후환경본부에 전화했어?", "소방재난본부 전화번호 알려줘"],
)  # fmt: skip
def test_nobody_is_rung_for_a_stranger_or_for_talk_of_a_call(text: str) -> None:
    assert matched(text) is None
    assert decided(text) == (UnderstandingOutcome.NOT_UNDERSTOOD, None)


def test_departments_and_who_is_in_charge_are_no_strangers() -> None:
    for text in (
        "담당 과장님 연결해줘",
        "담당 부서에 전화해줘",
        "이거 담당하는 주무관 연결",
        "여기 책임자 전화",
        "다산콜센터 전화",
    ):
        assert not calls_a_stranger(text), text
        assert not only_talks_of_calls(text), text
