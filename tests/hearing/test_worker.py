"""The worker's loop without models: what it says of its microphone, what waits for a broken link, when it gives up."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import queue
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve

from assistant import worker_link
from assistant.contracts import ConfigError, Partial, StreamMode, Unavailable
from assistant.hearing import worker as module
from assistant.hearing.audio import Frame, SourceProblem
from assistant.hearing.background import BackgroundRecogniser
from assistant.hearing.desk import StreamDesk
from assistant.hearing.engine import HearingEngine
from assistant.hearing.keeping import SoundKeeper
from assistant.hearing.phrases import Phrase, PhraseBook
from assistant.hearing.pipeline import Event, HearingPipeline, WakeWord
from assistant.hearing.worker import HearingWorker
from tests.hearing.fakes import ScriptedRecogniser, ScriptedVoice, ScriptedWake, Threshold, frames


class Engine:
    """Pipelines of scripted parts. `problem`: there is no wake model."""

    def __init__(self, problem: ConfigError | None = None, breaks: bool = False) -> None:
        self.model = SimpleNamespace(folder=SimpleNamespace(name="ko"))
        self.book = PhraseBook([Phrase("따릉이")])
        self.unspeakable = ()
        self.people: tuple[str, ...] = ()
        self._problem, self._breaks = problem, breaks

    def use_people(self, paths: list[Path]) -> None:
        self.people = tuple(path.stem for path in paths)

    def pipeline(self, mode: StreamMode, stream: str, **_: Any) -> tuple[HearingPipeline, BackgroundRecogniser]:
        if self._problem is not None:
            raise self._problem
        recogniser = BackgroundRecogniser(ScriptedRecogniser({}))
        wake = WakeWord(_Breaks() if self._breaks else ScriptedWake(), Threshold(), 0.0)
        made = HearingPipeline(
            mode=mode, voice=ScriptedVoice(), recogniser=recogniser, decide=self.book.sentence, wake=wake, stream=stream
        )
        return made, recogniser


class _Breaks(ScriptedWake):
    def score(self, frame: Any) -> float:
        raise ValueError("the model does not fit")


class Room:
    """What a room is heard by: one frame at a time, as a test lets it."""

    def __init__(self, *, live: bool = True, state: str = "starting", problems: tuple[SourceProblem, ...] = ()) -> None:
        self.live, self.state, self.detail, self.problems, self.dropped = live, state, "", problems, 0
        self.sounds, self.over = threading.Event(), threading.Event()

    def frames(self) -> Iterator[Frame]:
        assert self.sounds.wait(120) or self.over.is_set()
        if not self.over.is_set():
            yield from frames(0.4)

    def close(self) -> None:
        self.over.set()
        self.sounds.set()


class Core:
    """A core that notes what it is told."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.link: ServerConnection | None = None

    async def take(self, connection: ServerConnection) -> None:
        await connection.recv()
        await connection.send('{"type": "welcome"}')
        self.link = connection
        async for frame in connection:
            self.said.put_nowait(json.loads(frame))

    async def until(self, kind: str) -> dict[str, Any]:
        while (message := await self.said.get())["type"] != kind:
            pass
        return message


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_link, "FIRST_PAUSE_S", 0.002)
    monkeypatch.setattr(module, "_DEVICE_CHECK_S", 0.002)
    monkeypatch.setattr(module, "HOLD_S", 120.0)  # coming back takes as long as the machine takes


@contextlib.asynccontextmanager
async def working(
    engine: Engine, room: Room | None, keeper: SoundKeeper | None = None
) -> AsyncIterator[tuple[Core, HearingWorker, asyncio.Task[None]]]:
    core = Core()
    async with asyncio.timeout(120), serve(core.take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        worker = HearingWorker(
            f"ws://127.0.0.1:{port}/", cast(HearingEngine, engine), {} if room is None else {"mic": room}, keeper
        )
        task = asyncio.create_task(worker.run())
        try:
            yield core, worker, task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_the_state_of_the_microphone_is_told_as_it_changes() -> None:
    room = Room()
    async with working(Engine(), room) as (core, _, _):
        assert (await core.until("ready"))["detail"]["microphone"] == "starting"
        room.state = "ok"
        assert (await core.until("health"))["detail"]["microphone"] == "ok"
        room.state, room.detail = "missing", "no microphone can be opened"
        health = (await core.until("health"))["detail"]
        assert (health["microphone"], health["microphone_detail"]) == ("missing", "no microphone can be opened")
        assert core.link is not None
        await core.link.close(1012, "replaced")
        assert (await core.until("ready"))["detail"]["microphone"] == "missing"


async def test_without_a_wake_model_the_microphone_is_missing_and_push_to_talk_goes_on() -> None:
    room = Room()
    async with working(Engine(ConfigError("no-wake-model", "there is no wake model")), room) as (core, _, task):
        detail = (await core.until("ready"))["detail"]
        assert (detail["microphone"], detail["microphone_detail"]) == ("missing", "there is no wake model")
        assert room.over.is_set()
        assert not task.done()


async def test_a_microphone_that_is_switched_off_is_no_fault() -> None:
    async with working(Engine(), None) as (core, _, task):
        assert (await core.until("ready"))["detail"]["microphone"] == "switched off"
        assert not task.done()


@pytest.mark.fault
async def test_the_worker_gives_up_when_its_microphone_has_ended() -> None:
    room = Room(state="ok")
    async with working(Engine(), room) as (core, _, task):
        await core.until("ready")
        room.sounds.set()  # some sound, and then the stream is over
        with pytest.raises(Unavailable) as raised:
            await task
        assert raised.value.code == "microphone-ended"


@pytest.mark.fault
async def test_the_worker_gives_up_when_hearing_itself_fails() -> None:
    room = Room(live=False, state="ok")
    async with working(Engine(breaks=True), room) as (core, _, task):
        await core.until("ready")
        room.sounds.set()
        with pytest.raises(Unavailable, match="hearing-failed"):
            await task


@pytest.mark.parametrize("problems", [(), (SourceProblem("truncated-audio", "cut"),)])
async def test_a_recording_may_end(problems: tuple[SourceProblem, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HEALTH_EVERY_S", 0.01)
    room = Room(live=False, state="ok", problems=problems)
    async with working(Engine(), room) as (core, _, task):
        await core.until("ready")
        room.sounds.set()
        ended = await core.until("stream_ended")
        assert ended["error"] == (problems[0].code if problems else "")
        await core.until("health")
        assert not task.done()


async def test_what_is_said_while_the_link_is_broken_waits_for_it() -> None:
    async with working(Engine(), None) as (core, worker, _):
        await core.until("ready")
        assert core.link is not None
        worker._link._down()
        worker._heard(Partial(1.0, "미세먼지", "s1"))
        await asyncio.sleep(0.01)
        await core.link.close(1012, "replaced")
        assert (await core.until("ready"))["type"] == "ready"
        assert (await core.until("partial"))["text"] == "미세먼지"


async def test_words_that_waited_too_long_are_not_said_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async with working(Engine(), None) as (core, worker, _):
        await core.until("ready")
        assert core.link is not None
        worker._link._down()
        monkeypatch.setattr(module, "HOLD_S", -1.0)
        worker._heard(Partial(1.0, "미세먼지", "s1"))
        await asyncio.sleep(0.01)
        monkeypatch.setattr(module, "HOLD_S", 120.0)
        await core.link.close(1012, "replaced")
        worker._heard(Partial(2.0, "대기질", "s1"))
        assert (await core.until("partial"))["text"] == "대기질"


KEEP = {"type": "keep_sound", "stream": "mic", "kind": "run", "name": "r1", "start": 0.0, "end": 0.3}


async def test_sound_is_kept_when_the_core_asks_and_somebody_opted_in(tmp_path: Path) -> None:
    room = Room(live=False, state="ok")
    async with working(Engine(), room, SoundKeeper({"run": tmp_path / "runs"})) as (core, _, _):
        await core.until("ready")
        room.sounds.set()
        await core.until("stream_ended")
        assert core.link is not None
        for refused in ({**KEEP, "kind": "false_wake"}, {**KEEP, "end": "soon"}, {**KEEP, "name": "../r1"}):
            await core.link.send(json.dumps(refused))
            assert (await core.until("error"))["about"] == "keep_sound"
        await core.link.send(json.dumps(KEEP))
        while not (tmp_path / "runs" / "r1.wav").exists():  # noqa: ASYNC110 - written in a thread of the worker
            await asyncio.sleep(0.005)
    assert [name for _, _, names in os.walk(tmp_path) for name in names] == ["r1.wav"]


async def test_a_worker_that_was_given_no_folder_keeps_nothing() -> None:
    room = Room(live=False, state="ok")
    async with working(Engine(), room) as (core, _, task):
        await core.until("ready")
        room.sounds.set()
        await core.until("stream_ended")
        assert core.link is not None
        await core.link.send(json.dumps(KEEP))
        assert (await core.until("error"))["code"] == "sound-not-kept"
        assert not task.done()


async def test_our_voice_makes_deaf_the_microphone_that_it_is_told_of_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    muted: list[tuple[str, bool]] = []

    def mute(pipeline: HearingPipeline, *_: Any, playback: Any = None) -> None:
        muted.append((pipeline.stream, playback is not None))

    monkeypatch.setattr(HearingPipeline, "mute", mute)
    ended: queue.SimpleQueue[Event] = queue.SimpleQueue()
    desk = StreamDesk(cast(HearingEngine, Engine()), ended.put)
    rooms = {"mic": Room(), "mic2": Room()}
    for name, room in rooms.items():
        desk.open(name, StreamMode.WAKE, room)
    desk.mute(True, "mic2")
    desk.accompany("공원", first=True, name="mic2")(np.zeros(0, np.int16))
    for room in rooms.values():
        room.sounds.set()
    assert {ended.get(timeout=120).stream for _ in rooms} == {"mic", "mic2"}
    desk.close_all(120)
    assert muted == [("mic2", False), ("mic2", True)]


async def test_the_worker_listens_with_the_heads_that_it_is_given_and_says_which() -> None:
    async with working(Engine(), None) as (core, _, _task):
        assert (await core.until("ready"))["detail"]["wake_people"] == {"version": "", "names": []}
        assert core.link is not None
        await core.link.send(json.dumps({"type": "wake_people", "paths": ["people/김시장.npz"], "version": "v2"}))
        while (state := (await core.until("health"))["detail"]["wake_people"])["version"] != "v2":
            pass
        assert state["names"] == ["김시장"]
