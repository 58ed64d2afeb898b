"""Outcomes: how to wait for one, those that a room gives by itself, and their words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from actions import Plan
from assistant.contracts import Intent, Language, Outcome, OutcomeCode, SeoulaError, Unavailable, Understanding
from assistant.gate import Trust
from assistant.understanding.service import UnderstandingContext

TIMEOUT_S = 30.0
Ended = tuple[Outcome, str]
"""How a run ended, and its id."""
Done = Callable[[Outcome, str], None]
"""Takes a run's outcome and id."""

SCREEN_LEFT = Outcome(
    OutcomeCode.CANCELLED, "화면 연결이 바뀌어 취소했습니다.", "Cancelled: the screen has changed.", "screen-left"
)


TOLD_TO_ALL = (OutcomeCode.NOT_PERMITTED, OutcomeCode.NOT_UNDERSTOOD, OutcomeCode.NOT_HEARD, OutcomeCode.CANCELLED)
"""Endings whose words name nothing that a panel shows."""


class Needing(Protocol):
    """A room, as far as its words' privacy goes. needs: the trust that the run's words ask for."""

    needs: Trust


def discreet(done: Done, room: Needing, trust: Trust) -> Done:
    """`done` for a listener of this trust: of what the screen shows beyond it, it learns only that it was done."""

    def told(outcome: Outcome, run: str) -> None:
        if room.needs > trust and outcome.code not in TOLD_TO_ALL:
            outcome = replace(outcome, text_ko="화면에서 확인해 주세요.", text_en="Please see the screen.")
        done(outcome, run)

    return told


def in_language(outcome: Outcome, language: Language) -> str:
    """The outcome's words in a language."""
    return outcome.text_en if language is Language.ENGLISH and outcome.text_en else outcome.text_ko


def not_understood(result: Understanding) -> Outcome:
    """Why a sentence led to nothing, in words that help."""
    if "outside-seoul" in result.notes:
        text = "서울 안의 정보만 보여 드릴 수 있습니다."
        return Outcome(OutcomeCode.NOT_UNDERSTOOD, text, "I only know about Seoul.", "outside-seoul")
    if "volume" in result.notes:
        text = "소리 크기는 화면이나 스피커에서 조절해 주세요."
        return Outcome(
            OutcomeCode.NOT_UNDERSTOOD, text, "Please set the volume at the screen or the speaker.", "volume"
        )
    if "unknown-department" in result.notes:
        text = "그 부서는 알지 못합니다. 부서 이름을 다시 말씀해 주세요."
        return Outcome(OutcomeCode.NOT_UNDERSTOOD, text, "I do not know that department.", "unknown-department")
    if "model-unavailable" in result.notes:
        text = "지금은 화면 이름만 알아듣습니다. 이름을 또렷이 말씀해 주세요."
        return Outcome(OutcomeCode.NOT_UNDERSTOOD, text, "Only panel names are understood now.", "model-unavailable")
    text = "무엇을 보여 드릴지 알아듣지 못했습니다."
    return Outcome(OutcomeCode.NOT_UNDERSTOOD, text, "I did not understand that.", "no-intent")


def failed(error: SeoulaError) -> Outcome:
    """A command that could not be carried out. Of data that has not come in yet people hear just that."""
    if error.code == "no-data-yet":
        return Outcome(OutcomeCode.FAILED, f"{error.message}.", "No data has been received yet.", error.code)
    told = _TOLD.get(error.code, "명령을 실행하지 못했습니다.")
    return Outcome(OutcomeCode.FAILED, told, error.message, error.code)


_TOLD = {"no-hands-camera": "이 화면에는 손 동작을 보는 카메라가 없습니다."}


def unpainted(status: str) -> Outcome:
    """The screen did not show it: it was `offline`, `late`, or `failed` to draw."""
    ko, en = {
        "offline": ("화면이 연결되어 있지 않습니다.", "The screen is not connected."),
        "late": ("화면이 응답하지 않습니다.", "The screen does not respond."),
    }.get(status, ("화면에 그리지 못했습니다.", "The screen could not draw it."))
    return Outcome(OutcomeCode.FAILED, ko, en, f"display-{status}")


def what_is_asked(made: Plan, outcome: Outcome, intent: Intent | None) -> UnderstandingContext | None:
    """What the plan asked, if it did and that worked."""
    if made.choices and outcome.code is OutcomeCode.AMBIGUOUS:
        return UnderstandingContext(tuple(c.label_ko for c in made.choices))
    if outcome.reason == "no-department":
        return UnderstandingContext(awaits_department=True, department_for=intent.media if intent else None)
    return None


async def outcome_of(begin: Callable[[Done], None]) -> tuple[Outcome, str]:
    """Begin a run and wait for how it ends. Raises Unavailable `no-outcome`."""
    waiting: asyncio.Future[tuple[Outcome, str]] = asyncio.get_running_loop().create_future()

    def done(outcome: Outcome, run: str) -> None:
        if not waiting.done():
            waiting.set_result((outcome, run))

    begin(done)
    try:
        return await asyncio.wait_for(waiting, TIMEOUT_S)
    except TimeoutError as error:
        raise Unavailable("no-outcome", "the run did not end in time") from error
