"""The calling worker as a real process under the real supervisor: rooms by way of its link, and its death."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from assistant.calling.children import CallingOptions, calling_children, watch_janus
from assistant.calling.link import CallingWorker
from assistant.contracts import BadInput, Unavailable
from assistant.supervise import Child
from assistant.workers import Workers
from telephony.engines.engine import Description
from telephony.engines.janus.config import JanusOptions
from telephony.engines.remote import WORKER_LOST, RemoteEngine
from tests.assistant.calling.core import core
from tests.telephony.engines.clients import Client, Watch, eventually, loudness_at
from tests.telephony.engines.conftest import _clients_end, _loopback  # noqa: F401
from tests.telephony.engines.janus_server import janus, own_address

pytestmark = pytest.mark.real


class Running:
    """A core with its worker."""

    def __init__(self) -> None:
        self.workers = Workers()
        self.children: dict[str, Child] = {}
        self.calling = CallingWorker(self.workers, lambda: self.children.get("calling"))

    async def start(self, options: CallingOptions, folder: Path, address: str) -> int:
        env = {"SEOULA_WORKER_TOKEN": self.workers.token}
        wanted = calling_children(options, folder, address, env)
        for spec in wanted.specs:
            self.children[spec.name] = Child(spec, lambda name, state, detail: None)
            self.children[spec.name].start()
        return wanted.janus_port

    async def stop(self) -> None:
        for child in self.children.values():
            await child.stop()


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    made = Running()
    async with core(made.workers) as address:
        await made.start(CallingOptions(addresses=("127.0.0.1",)), tmp_path, address)
        yield made
        await made.stop()


async def test_a_room_in_the_worker_its_tap_and_its_death(running: Running, tmp_path: Path) -> None:
    link = running.calling.service("media")
    engine = RemoteEngine(link, "embedded")
    watch = Watch(engine)
    with pytest.raises(Unavailable, match="not running"):
        await engine.open_room("r", most=2)
    child = running.children["calling"]
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
    assert loudness_at(bytes(received.sound[-48000:]), 440.0) > 5000
    assert loudness_at(b"".join(pieces[5:]), 440.0, 16000) > 5000
    assert (await watch.until("speaking")).part == "a"

    old = child.pid
    assert old is not None
    os.kill(old, signal.SIGKILL)
    closed = await watch.until("closed")
    assert (closed.room, closed.reason) == ("r", WORKER_LOST)
    await asyncio.wait_for(tapping, 5)
    await eventually(lambda: child.state == "ok" and child.pid not in (None, old))
    with pytest.raises(BadInput, match="not open"):
        await engine.subscribe("r", "b", "a~1")
    await engine.open_room("r", most=2)
    mark = len(watch.events)
    again = Client(engine, "r", "a", 440.0)
    await again.publish()
    await watch.until("published", "a", after=mark)
    await engine.close()
    await watch.close()
    log = (tmp_path / "log" / "calling.log").read_text()
    assert "secret words" not in log
    assert "candidate" not in log.lower()


async def test_janus_is_kept_running_for_the_worker(tmp_path: Path) -> None:
    with janus(tmp_path / "probe"):
        pass  # skips where it cannot run
    address = own_address()
    assert address is not None
    made = Running()
    async with core(made.workers) as where:
        options = CallingOptions(
            "janus", (address,), janus=JanusOptions(addresses=(address,), media_ports=(21400, 21800))
        )
        port = await made.start(options, tmp_path, where)
        probing = asyncio.ensure_future(watch_janus(made.children["janus"], port))
        await eventually(lambda: {child.state for child in made.children.values()} == {"ok"})
        engine = RemoteEngine(made.calling.service("media"), "janus")
        watch = Watch(engine)
        await engine.open_room("r", most=2)
        pid = made.children["janus"].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert (await watch.until("closed")).reason == "janus-lost"
        await eventually(lambda: made.children["janus"].state == "ok" and made.children["janus"].restarts == 1)
        await engine.open_room("r", most=2)
        await engine.close()
        await watch.close()
        probing.cancel()
        await made.stop()
