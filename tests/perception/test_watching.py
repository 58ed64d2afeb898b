"""A camera and what looks at it: the newest frame only, at rest when nothing goes on, back when plugged in again."""

from __future__ import annotations

import asyncio
import builtins
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.asyncio.server import ServerConnection, serve

from assistant.contracts.errors import BadInput, ConfigError, Unavailable
from perception import worker as module
from perception.abilities import makers
from perception.frames import Frame
from perception.hands.ability import HandsAbility
from perception.newest import NewestFrame
from perception.pacing import PaceSettings, Pacing
from perception.watching import Watching
from perception.worker import PerceptionWorker
from tests.perception.hands.figures import UP, DrawnEyes, Figure

WAIT_S = 120.0


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_S
    while not true():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.005)


# ---------------------------------------------------------------------------------------------- pace


def looked_at(pacing: Pacing, seconds: float, *, idle: bool, cost_s: float = 0.005, start: float = 0.0) -> int:
    """How many frames of a camera of 30 a second are looked at."""
    count = 0
    for number in range(round(seconds * 30)):
        at = start + number / 30
        if pacing.due(at):
            count += 1
            pacing.saw(at, cost_s, idle=idle)
    return count


def test_a_few_frames_a_second_until_something_goes_on_and_then_at_once_more() -> None:
    pacing = Pacing()
    assert 3 * 20 <= looked_at(pacing, 20, idle=True) <= 5 * 20
    assert looked_at(pacing, 10, idle=False, start=20) == pytest.approx(150, abs=3)
    assert looked_at(pacing, 20, idle=True, start=30) == pytest.approx(15 * 3 + 4 * 17, abs=6), "calm first"
    assert pacing.idle


@given(cost_ms=st.floats(1, 400), share=st.floats(0.1, 1.0), idle=st.booleans())
@settings(max_examples=60)
def test_seeing_never_takes_more_than_its_share(cost_ms: float, share: float, idle: bool) -> None:
    pacing = Pacing(PaceSettings(share=share))
    frames = looked_at(pacing, 30, idle=idle, cost_s=cost_ms / 1000)
    assert frames * cost_ms / 1000 <= 30 * share + 3 * cost_ms / 1000 or frames <= 31, "once a second at the least"
    assert frames >= 15
    assert pacing.slowed == (cost_ms / 1000 / share > 1.05 * (1 / 4 if idle else 1 / 15))


# ---------------------------------------------------------------------------------------------- the camera


class Driver:
    """A camera that gives a frame whenever `shoot` lets it; unplugged, it raises until it is plugged in again."""

    def __init__(self) -> None:
        self.count = self.decoded = self.opened = self.closed = 0
        self.plugged = True
        self.free_running = False
        self._shots = threading.Semaphore(0)

    def __call__(self) -> Driver:
        if not self.plugged:
            raise Unavailable("camera-gone", "cam cannot be opened")
        self.opened += 1
        return self

    def shoot(self, frames: int = 1) -> None:
        self._shots.release(frames)

    def skip(self) -> None:
        while not self._shots.acquire(timeout=0.005):
            if not self.plugged:
                raise Unavailable("camera-gone", "cam gives no picture")
            if self.free_running or self.closed:
                break
        self.count += 1

    def read(self) -> Frame | None:
        self.skip()
        self.decoded += 1
        picture = np.full((4, 4, 3), self.count % 256, np.uint8)
        return Frame(time.monotonic(), picture)

    def close(self) -> None:
        self.closed += 1


def test_only_the_newest_frame_is_kept() -> None:
    driver = Driver()
    camera = NewestFrame(driver, first_pause_s=0.01)
    driver.shoot(5)
    until(lambda: driver.decoded == 5 and camera.dropped == 4)
    frame = camera.next(WAIT_S)
    assert frame is not None
    assert int(frame.picture[0, 0, 0]) == 5
    assert camera.next(0.01) is None, "not twice"
    assert camera.state == "ok"
    driver.plugged = False
    camera.close()
    assert camera.join(WAIT_S)
    assert driver.closed == 1


def test_frames_that_are_not_due_are_taken_off_without_being_decoded() -> None:
    driver, due = Driver(), threading.Event()
    camera = NewestFrame(driver, lambda at: due.is_set(), first_pause_s=0.01)
    driver.shoot(20)
    until(lambda: driver.count == 20)
    assert driver.decoded == 0
    due.set()
    driver.shoot(2)
    assert camera.next(WAIT_S) is not None
    driver.plugged = False
    camera.close()
    assert camera.join(WAIT_S)


def test_unplugged_and_back() -> None:
    driver, changes = Driver(), []
    camera = NewestFrame(driver, on_change=lambda: changes.append(camera.state), first_pause_s=0.01)
    driver.shoot()
    until(lambda: camera.state == "ok")
    driver.plugged = False
    until(lambda: camera.state == "missing" and "cannot be opened" in camera.detail)
    assert camera.next(0.0) is None, "what a camera saw before it went is old"
    assert driver.closed == 1
    driver.plugged = True
    driver.shoot()
    until(lambda: camera.state == "ok")
    assert camera.next(WAIT_S) is not None
    assert driver.opened == 2
    assert "missing" in changes
    assert changes[-1] == "ok"
    driver.plugged = False
    camera.close()
    assert camera.join(WAIT_S)


# ---------------------------------------------------------------------------------------------- abilities


class Counter:
    """An ability that tells of every frame."""

    name = "counter"

    def __init__(self) -> None:
        self.seen = 0
        self.closed = False
        self.told: list[Mapping[str, Any]] = []
        self.breaks: BaseException | None = None

    def see(self, frame: Frame) -> Iterator[Counter]:
        if self.breaks:
            raise self.breaks
        self.seen += 1
        yield self

    def message(self) -> dict[str, Any]:
        return {"type": "count", "count": self.seen}

    def idle(self) -> bool:
        return False

    def tell(self, message: Mapping[str, Any]) -> list[Counter]:
        self.told.append(message)
        if message.get("bad"):
            raise BadInput("bad-thing", "no")
        return []

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def driver() -> Iterator[Driver]:
    driver = Driver()
    driver.free_running = True
    yield driver
    driver.plugged = False


def watch(driver: Driver, made: list[Counter], events: list[dict[str, Any]]) -> Watching:
    def make() -> Counter:
        made.append(Counter())
        return made[-1]

    return Watching(driver, {"counter": make, "other": make}, lambda name, event: events.append({"by": name, **event}))


def test_the_camera_is_open_only_while_something_is_on(driver: Driver) -> None:
    made: list[Counter] = []
    events: list[dict[str, Any]] = []
    watching = watch(driver, made, events)
    assert watching.camera == "off"
    watching.use("counter", on=True)
    until(lambda: len(events) >= 2)
    assert watching.detail()["abilities"] == {"counter": "ok", "other": "off"}
    assert watching.camera == "ok"
    watching.use("counter", on=False)
    until(lambda: watching.camera == "off" and driver.closed == 1)
    assert made[0].closed
    seen = made[0].seen
    watching.use("other", on=True)
    until(lambda: any(event["by"] == "other" for event in events))
    assert made[0].seen == seen
    watching.close()
    assert driver.closed == 2
    with pytest.raises(BadInput, match="smell"):
        watching.use("smell", on=True)


def test_an_ability_that_fails_takes_no_other_with_it(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perception.watching._AGAIN_S", 0.0)
    made: list[Counter] = []
    events: list[dict[str, Any]] = []
    watching = watch(driver, made, events)
    for name in ("counter", "other"):
        watching.use(name, on=True)
    until(lambda: len(made) == 2 and made[1].seen > 0)
    made[0].breaks = ValueError("a library's own")
    until(lambda: len(made) == 3 and made[2].seen > 0)
    assert made[0].closed
    assert not made[1].closed
    watching.tell("other", {"bad": True})
    until(lambda: {"by": "other", "type": "error", "code": "bad-thing", "message": "no"} in events)
    assert watching.detail()["abilities"]["other"] == "ok", "what was asked of it was wrong, not the ability"
    watching.close()


# ---------------------------------------------------------------------------------------------- hands on a camera


def test_hands_through_the_whole_worker_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A raised hand before a camera arrives at the core as events; no frame is written anywhere."""
    written: list[object] = []
    real_open = builtins.open

    def open_(file: Any, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if set(mode) & set("wax+") and "null" not in str(file):
            written.append(file)
        return real_open(file, mode, *rest, **more)

    monkeypatch.setattr(builtins, "open", open_)
    for name in ("imwrite", "imwritemulti", "VideoWriter", "FileStorage"):
        monkeypatch.setattr(cv2, name, lambda *what, **more: written.append(what))
    driver = Driver()
    times = iter(range(10_000))

    class Paced(Driver):
        def read(self) -> Frame | None:
            if (number := next(times)) > 15 * 5:
                raise Unavailable("camera-gone", "the scene is over")
            return Frame(number / 15, np.zeros((8, 8, 3), np.uint8))

    driver = Paced()
    ability = lambda: HandsAbility(eyes=lambda: DrawnEyes(lambda at: [Figure(right=UP)]))  # noqa: E731

    class Every(Watching):
        """Sees each frame, however fast it comes."""

        def _look(self, frame: Frame) -> None:
            super()._look(frame)
            taken.release()

    taken = threading.Semaphore(1)
    wait = driver.read
    driver.read = lambda: (taken.acquire(timeout=5), wait())[1]  # type: ignore[method-assign]
    sent: list[dict[str, Any]] = []

    class ToCore:
        def __init__(self, ready: Callable[[], dict[str, Any]], on_message: Any) -> None:
            self.ready, self.on_message = ready, on_message

        async def send(self, message: dict[str, Any]) -> bool:
            sent.append(message)
            return True

        async def connected(self) -> None: ...

        async def run(self) -> None:
            await self.on_message({"type": "use", "ability": "hands", "on": True})
            await self.on_message({"type": "sketch", "on": True})
            await self.on_message({"type": "use", "ability": "smell", "on": True})
            await self.on_message({"type": "tell", "ability": "hands", "message": {"targets": "all"}})
            await asyncio.Event().wait()

    pace = PaceSettings(busy_fps=1000, idle_fps=1000, share=100)

    async def work() -> None:
        its = PerceptionWorker(
            "wall", lambda seen, changed: Every(driver, {"hands": ability}, seen, changed, pace), ToCore
        )
        task = asyncio.create_task(its.run())
        end = time.monotonic() + WAIT_S
        while not any(m.get("event", {}).get("type") == "cursor" for m in sent):
            assert time.monotonic() < end, sent[-3:]
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(work())
    events = [message["event"] for message in sent if message["type"] == "seen"]
    assert {"raising", "engaged", "cursor", "sketch"} <= {event["type"] for event in events}
    assert [m["code"] for m in sent if m["type"] == "error"] == ["no-such-ability"]
    assert [e["code"] for e in events if e["type"] == "error"] == ["bad-targets"]
    assert all(message["camera"] == "wall" for message in sent if message["type"] == "seen")
    json.dumps(sent)
    assert written == []


def test_what_waits_too_long_for_the_core_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HOLD_S", 0.0)
    sent: list[dict[str, Any]] = []

    class Broken:
        def __init__(self, ready: Any, on_message: Any) -> None:
            self.up = asyncio.Event()

        async def send(self, message: dict[str, Any]) -> bool:
            if self.up.is_set():
                sent.append(message)
            return self.up.is_set()

        async def connected(self) -> None:
            await self.up.wait()

        async def run(self) -> None:
            await asyncio.Event().wait()

    async def work() -> None:
        links: list[Broken] = []

        def link(ready: Any, on_message: Any) -> Broken:
            links.append(Broken(ready, on_message))
            return links[0]

        its = PerceptionWorker("wall", lambda seen, changed: Watching(Driver(), {}, seen, changed), link)
        task = asyncio.create_task(its.run())
        its._seen("hands", {"type": "select"})
        its._seen("face", {"type": "left"})
        for _ in range(2 * module.MOST):
            its._seen("face", {"type": "here"})
        await asyncio.sleep(0.05)
        links[0].up.set()
        monkeypatch.setattr(module, "HOLD_S", 1000.0)
        its._seen("hands", {"type": "cursor"})
        await asyncio.to_thread(
            until, lambda: any(m["type"] == "seen" and m["event"]["type"] == "cursor" for m in sent)
        )
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def kinds() -> list[str]:
        return [message["event"]["type"] for message in list(sent) if message["type"] == "seen"]

    asyncio.run(work())
    assert [kind for kind in kinds() if kind != "here"] == ["left", "cursor"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"smell": {}},
        {"hands": {"raise": {}}},
        {"hands": {"raising": {"hold_s": "3"}}},
        {"hands": {"select": {"pinch": 1}}},
        {"hands": {"select": []}},
        {"hands": {"raising": {"hold": 3}}},
    ],
)
def test_options_that_cannot_be_are_refused(wanted: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        makers(wanted)
    assert set(makers({"hands": {"raising": {"hold_s": 2}, "select": {"pinch": False}}})) == {"hands"}


async def test_the_worker_as_a_process_says_that_its_camera_is_missing_and_ends_when_asked() -> None:
    told: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def core(socket: ServerConnection) -> None:
        told.put_nowait(json.loads(await socket.recv()))
        await socket.send(json.dumps({"type": "welcome"}))
        async for text in socket:
            told.put_nowait(json.loads(text))

    async with serve(core, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        command = (sys.executable, "-m", "assistant.camera_worker", "--core", f"ws://127.0.0.1:{port}/w")
        command += ("--camera", "wall", "--source", "/dev/video97", "--use", "hands")
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "SEOULA_WORKER_TOKEN": "secret"},
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with asyncio.timeout(WAIT_S * 2):
                hello = await told.get()
                assert (hello["worker"], hello["token"]) == ("camera-wall", "secret")
                while (message := await told.get()).get("detail", {}).get("camera") != "missing":
                    assert message["type"] in ("ready", "health")
                while message["detail"]["abilities"]["hands"] != "ok":
                    message = await told.get()
                assert "/dev/video97" in message["detail"]["camera_detail"]
                process.send_signal(signal.SIGTERM)
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
