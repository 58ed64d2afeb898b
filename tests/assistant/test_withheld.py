"""Words that name something private, or nearly so, stay in no record, however the run ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from assistant.contracts import (
    Intent,
    IntentName,
    Partial,
    Source,
    SpeechStart,
    Transcript,
    Understanding,
    UnderstandingOutcome,
    Wake,
)
from assistant.session.machine import DECIDING_S
from assistant.sounds import stretch_of_run
from assistant.understanding.decide import NEAR_PRIVATE, decide
from assistant.understanding.fastpath import FastPath
from assistant.understanding.model import ModelResult
from assistant.understanding.service import UnderstandingContext
from tests.assistant.dry import REGISTRY, DryRoom, accepted

SECRET = "관심 정부 재개발"
DUST = Intent(IntentName.SHOW_PANEL, panel="fine-dust-pm10")


def calls(dry: DryRoom, text: str, *, accepted: bool = True) -> None:
    for event in (
        Wake(10.0, 0.99),
        SpeechStart(10.5),
        Partial(11.0, text),
        Transcript(12.0, text, text, 0.0, accepted),
    ):
        dry.room.hear(event)


def superseded(dry: DryRoom) -> None:
    calls(dry, SECRET)
    dry.room.propose(DUST, Source.TOUCH)


def timed_out(dry: DryRoom) -> None:
    calls(dry, SECRET)
    dry.now += DECIDING_S + 0.1
    dry.room.tick()


def unclear(dry: DryRoom) -> None:
    calls(dry, SECRET, accepted=False)


def only_begun(dry: DryRoom) -> None:
    for event in (Wake(10.0, 0.99), SpeechStart(10.5), Partial(11.0, SECRET)):
        dry.room.hear(event)
    dry.room.ear_lost()


def shut_down(dry: DryRoom) -> None:
    calls(dry, SECRET)
    dry.room.close()


@pytest.mark.parametrize("ends", [superseded, timed_out, unclear, only_begun, shut_down])
async def test_a_run_that_ended_before_it_was_understood(ends: Callable[[DryRoom], None]) -> None:
    dry = DryRoom({})
    never = asyncio.Event()

    async def thinks(text: str, asked: UnderstandingContext) -> Understanding:
        await never.wait()
        return Understanding(text, UnderstandingOutcome.NOT_UNDERSTOOD)

    dry.understands_by = thinks
    ends(dry)
    record = dry.records[0]
    assert record.private
    assert "재개발" not in str(record)
    assert stretch_of_run(record) is None
    never.set()
    await dry.settle()


async def test_a_run_that_came_to_something_else() -> None:
    for answer in (accepted(DUST), Understanding(SECRET, UnderstandingOutcome.NOT_UNDERSTOOD)):
        dry = DryRoom({SECRET: answer})
        calls(dry, SECRET)
        await dry.settle()
        assert "재개발" not in str(dry.records[0])
        assert stretch_of_run(dry.records[0]) is None


async def test_the_sound_of_a_wake_up_whose_words_were_near_something_private() -> None:
    dry = DryRoom({})
    calls(dry, SECRET)
    await dry.settle()
    assert dry.room.false_wake().private


async def test_words_for_which_something_private_was_left_out_of_the_question() -> None:
    dry = DryRoom({"내가 챙겨 보는 거": Understanding("", UnderstandingOutcome.NOT_UNDERSTOOD, notes=(NEAR_PRIVATE,))})
    calls(dry, "내가 챙겨 보는 거")
    await dry.settle()
    assert "챙겨" not in str(dry.records[0])


async def test_other_words_are_kept_however_the_run_ended() -> None:
    dry = DryRoom({})
    calls(dry, "미세먼지 보여줘", accepted=False)
    assert not dry.records[0].private
    assert "미세먼지" in str(dry.records[0])


@pytest.mark.parametrize("rivals", [(), (("panel.ozone", 0.3), ("panel.parks", 0.3))])
def test_understanding_says_that_it_left_something_private_out(rivals: tuple[Any, ...]) -> None:
    fast_path = FastPath(REGISTRY)
    ranking = (("panel.interest-topics", 0.35), *(rivals or (("panel.ozone", 0.3),)))
    decision = decide(fast_path.read("내가 챙겨 보는 거 띄워줘"), ModelResult(ranking, 0.9), REGISTRY)
    assert NEAR_PRIVATE in decision.notes
    assert "interest-topics" not in str(decision.alternatives)
