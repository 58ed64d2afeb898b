"""The captions' worker as the core has it: there while it is wanted, told of every voice, missed without harm."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from pathlib import Path
from typing import Any

import pytest

from assistant import captioning as module
from assistant.captioning import Captioning, caption_spec
from assistant.contracts import Unavailable
from assistant.settings import Settings
from assistant.supervise import ChildSpec
from tests.assistant.worker_fakes import FakeWorkers, idle

SPEC = ChildSpec("captions", ("true",))


class Child:
    def __init__(self, told: list[str]) -> None:
        self.told = told

    def ready(self) -> None:
        self.told.append("ready")

    def lost(self) -> None:
        self.told.append("lost")

    async def stop(self) -> None:
        self.told.append("stop")


class Desk:
    def __init__(self) -> None:
        self.workers = FakeWorkers()
        self.told: list[str] = []
        self.children: dict[str, Child] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.said: list[dict[str, Any]] = []
        self.captioning = Captioning(self.workers, self, ["안전총괄실"], self._spawn, SPEC, idle_s=0.01)  # type: ignore[arg-type]
        self.captioning.on_ready, self.captioning.on_said = self._ready, self.said.append
        self.captioning.on_lost = lambda: self.told.append("voices lost")

    def add(self, spec: ChildSpec) -> None:
        self.told.append(f"start {spec.name}")
        self.children[spec.name] = Child(self.told)

    async def _ready(self) -> None:
        self.told.append("voices told")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.tasks.add(task)
        return task

    async def until(self, word: str) -> None:
        async with asyncio.timeout(120):
            while word not in self.told:  # noqa: ASYNC110 - a short real pause is what is tested
                await asyncio.sleep(0.005)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    made = Desk()
    yield made
    for task in made.tasks:
        task.cancel()
    await asyncio.gather(*made.tasks, return_exceptions=True)


async def test_the_worker_runs_from_the_first_voice_until_a_while_after_the_last(desk: Desk) -> None:
    assert desk.told == []
    desk.captioning.want(True)
    desk.captioning.want(True)
    assert desk.told == ["start captions"]
    with pytest.raises(Unavailable):
        await desk.captioning.open("s1")
    desk.workers.up.add("captions")
    desk.workers.says("captions", {"type": "ready", "detail": {"engine": "whisper"}})
    desk.workers.says("captions", {"type": "health", "detail": {"engine": "whisper"}})
    await idle()
    assert desk.told == ["start captions", "ready", "ready", "voices told"]
    assert desk.workers.sent == [{"type": "names", "names": ["안전총괄실"]}]
    await desk.captioning.open("s1")
    await desk.captioning.feed("s1", b"\0\0")
    await desk.captioning.close("s1")
    assert desk.workers.audio == [("s1", b"\0\0")]
    desk.workers.says("captions", {"type": "caption", "stream": "s1", "text": "말"})
    assert [m["text"] for m in desk.said] == ["말"]
    desk.captioning.want(False)
    desk.captioning.want(True)
    await asyncio.sleep(0.03)
    assert "stop" not in desk.told  # wanted again in time
    desk.captioning.want(False)
    await desk.until("stop")
    assert desk.children == {}


async def test_a_worker_that_dies_is_told_of_every_voice_when_it_is_back(desk: Desk) -> None:
    desk.captioning.want(True)
    desk.workers.up.add("captions")
    desk.workers.says("captions", {"type": "ready", "detail": {}})
    await idle()
    desk.workers.dies("captions")
    assert desk.told[-2:] == ["voices lost", "lost"]
    desk.workers.up.add("captions")
    desk.workers.says("captions", {"type": "ready", "detail": {}})
    await idle()
    assert desk.told.count("voices told") == 2


def test_how_it_is_started_follows_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spec(captions: str) -> ChildSpec | None:
        return caption_spec(Settings(state_dir=tmp_path, meetings={"captions": captions}), "ws://core", {"A": "b"})  # type: ignore[arg-type]

    monkeypatch.setattr(module, "opinion_model", lambda: tmp_path)
    assert spec("off") is None
    assert "--whisper" in spec("auto").argv  # type: ignore[union-attr]
    assert "--whisper" not in spec("vosk").argv  # type: ignore[union-attr]
    assert spec("auto").argv[-4:-2] == ("--core", "ws://core/captions")  # type: ignore[union-attr]
    monkeypatch.setattr(module, "opinion_model", lambda: None)
    assert "--whisper" not in spec("auto").argv  # type: ignore[union-attr]
    with pytest.raises(Unavailable):
        spec("whisper")
