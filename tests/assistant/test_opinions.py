"""The core between the ear and its second opinion: every question is answered, whatever becomes of the worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from assistant import opinions as module
from assistant.opinions import Opinions
from tests.assistant.api_app import settled
from tests.assistant.worker_fakes import FakeWorkers

QUESTION = {"type": "opinion_wanted", "id": "3", "sound": "AAA=", "candidates": ["따릉이"], "within_s": 0.8}
ANSWER = {"type": "opinion", "id": "3", "text": "따릉이", "fit": -1.0, "no_speech": 0.1, "candidates": [-1.0]}
NONE = {"type": "no_opinion", "id": "3", "code": "opinion-unavailable"}


class Desk:
    """The opinions with workers that a test speaks for, and what they reported."""

    def __init__(self, *up: str) -> None:
        self.workers = FakeWorkers(*up)
        self.told: list[str] = []
        self.tasks: set[asyncio.Task[None]] = set()
        self.opinions = Opinions(self.workers, self.spawn, lambda: self)

    def ready(self) -> None:
        self.told.append("ready")

    def lost(self) -> None:
        self.told.append("lost")

    def restart(self, reason: str) -> None:
        self.told.append(f"restart: {reason}")

    def spawn(self, work: Coroutine[Any, Any, None]) -> object:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        return task

    async def settle(self) -> None:
        while self.tasks:
            await self.tasks.pop()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk("hearing", "opinion")
    yield made
    await made.settle()


async def test_a_question_goes_to_the_worker_and_its_answer_back(desk: Desk) -> None:
    desk.opinions.ask(QUESTION)
    await desk.settle()
    desk.workers.says("opinion", ANSWER)
    await desk.settle()
    assert desk.workers.sent == [QUESTION, ANSWER]


@pytest.mark.fault
async def test_without_a_worker_the_ear_is_told_at_once(desk: Desk) -> None:
    desk.workers.up.discard("opinion")
    desk.opinions.ask(QUESTION)
    await desk.settle()
    assert desk.workers.sent == [NONE]


@pytest.mark.fault
async def test_a_worker_that_dies_in_mid_opinion_answers_nothing_but_the_core_does(desk: Desk) -> None:
    desk.opinions.ask(QUESTION)
    await desk.settle()
    desk.workers.dies("opinion")
    await desk.settle()
    assert desk.workers.sent == [QUESTION, NONE]
    assert desk.told == ["lost"]


@pytest.mark.fault
async def test_a_worker_that_hangs_is_started_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT_S", 0.01)
    desk.opinions.ask(QUESTION)
    await settled(lambda: desk.told)
    assert [told.partition(":")[0] for told in desk.told] == ["restart"]


@pytest.mark.fault
async def test_an_ear_that_left_meanwhile_is_no_mishap(desk: Desk) -> None:
    desk.opinions.ask(QUESTION)
    await desk.settle()
    desk.workers.up.discard("hearing")
    desk.workers.says("opinion", ANSWER)
    await desk.settle()
    assert desk.workers.sent == [QUESTION]


async def test_the_worker_reports_its_health(desk: Desk) -> None:
    desk.workers.says("opinion", {"type": "ready", "detail": {"memory_mb": 190}})
    assert desk.told == ["ready"]
    assert desk.opinions.health == {"memory_mb": 190}
