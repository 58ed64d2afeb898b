"""The calling worker as a real process under the real supervisor: rooms by way of its link, and its death."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from assistant.calling.children import CallingOptions
from assistant.calling.side import CallingSide
from assistant.contracts import BadInput, Unavailable
from assistant.supervise import Supervisor
from assistant.workers import Workers
from telephony.engines.engine import Description
from telephony.engines.janus import config
from telephony.engines.janus.config import JanusOptions
from tests.assistant.calling.core import core
from tests.telephony.engines.clients import Client, Watch, eventually, loudness_at
from tests.telephony.engines.conftest import _clients_end, _loopback  # noqa: F401
from tests.telephony.engines.janus_server import janus, own_address
from tests.telephony.engines.test_embedded import offered

pytestmark = pytest.mark.real


class Running:
    """A core with its side of calls."""

    def __init__(self, options: CallingOptions) -> None:
        self.workers = Workers()
        self.supervisor = Supervisor(lambda name, state, detail: None)
        self.side = CallingSide(self.workers, self.supervisor, options)
        self.calling, self.children = self.side.worker, self.supervisor.children

    async def stop(self) -> None:
        await self.side.stop()
        await self.supervisor.stop()


@asynccontextmanager
async def started(options: CallingOptions, folder: Path) -> AsyncIterator[Running]:
    made = Running(options)
    async with core(made.workers) as address:
        made.side.start(folder, address, made.workers.token)
        yield made
        await made.stop()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    async with started(CallingOptions(addresses=("127.0.0.1",)), tmp_path) as made:
        yield made


async def test_a_room_in_the_worker_its_tap_and_its_death(running: Running, tmp_path: Path) -> None:
    await room_tap_and_death(running)
    log = (tmp_path / "log" / "calling.log").read_text()
    assert "secret words" not in log
    assert "candidate" not in log.lower()


async def room_tap_and_death(its: Running) -> None:
    engine = its.side.media
    watch = Watch(engine)
    with pytest.raises(Unavailable, match="not running"):
        await engine.open_room("r", most=2)
    child = its.supervisor.children["calling"]
    await eventually(lambda: child.state == "ok")
    assert child.detail == "embedded"
    await engine.open_room("r", most=2)
    with pytest.raises(BadInput, match="begins with v=0"):
        await engine.publish("r", "a", Description("offer", "secret words of a description"))
    pieces: list[bytes] = []

    async def listen() -> None:
        async for piece in engine.tap("r", "a"):
            pieces.append(piece)

    tapping = asyncio.ensure_future(listen())
    person, viewer = Client(engine, "r", "a", 440.0), Client(engine, "r", "b")
    await person.publish()
    received = await viewer.subscribe((await watch.until("published", "a")).feed)
    await eventually(lambda: received.pictures >= 3 and len(received.sound) >= 48000 and len(pieces) >= 10)
    await eventually(lambda: loudness_at(bytes(received.sound[-48000:]), 440.0) > 5000)
    await eventually(lambda: loudness_at(b"".join(pieces[-10:]), 440.0, 16000) > 5000)
    assert (await watch.until("speaking")).part == "a"

    old = child.pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    assert (await watch.until("unpublished", "a")).room == "r"
    await asyncio.wait_for(tapping, 120)
    mark = len(watch.events)
    assert (await watch.until("reopened", after=mark)).room == "r"  # by itself, and empty
    assert child.state == "ok"
    assert child.pid not in (None, old)
    with pytest.raises(BadInput, match="no such feed"):
        await engine.subscribe("r", "b", "a~1")
    again = Client(engine, "r", "a", 440.0)
    await again.publish()
    await watch.until("published", "a", after=mark)
    await watch.close()


async def test_janus_is_kept_running_for_the_worker(tmp_path: Path) -> None:
    with janus(tmp_path / "probe"):
        pass  # skips where it cannot run
    address = own_address()
    assert address is not None
    its = JanusOptions(addresses=(address,), media_ports=(21400, 21800))
    async with started(CallingOptions("janus", (address,), janus=its), tmp_path) as made:
        children, engine = made.supervisor.children, made.side.media
        await eventually(lambda: {child.state for child in children.values()} == {"ok"})
        watch = Watch(engine)
        await engine.open_room("r", most=2)
        pid = children["janus"].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert (await watch.until("reopened")).room == "r"
        await eventually(lambda: children["janus"].state == "ok" and children["janus"].restarts == 1)
        await engine.publish("r", "a", await offered())
        await watch.close()


async def test_without_janus_nothing_is_started_and_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config.shutil, "which", lambda name: None)
    made = Running(CallingOptions("janus"))
    with pytest.raises(Unavailable, match="apt-get install janus"):
        made.side.start(tmp_path, "ws://127.0.0.1:1/ws/v1/workers", "token")
    assert made.supervisor.children == {}
    await made.stop()
