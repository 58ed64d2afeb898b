"""A worker's side of its link, against a real loopback server: hello, messages, audio, coming back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs
from websockets.asyncio.server import ServerConnection, serve

from assistant import worker_link as module
from assistant.worker_link import WorkerLink

TOKEN = "a-secret-of-this-service"


class Core:
    """A core that takes one link at a time. `refuses`: how many hellos it turns away first."""

    def __init__(self, refuses: int = 0) -> None:
        self.refuses = refuses
        self.hellos: list[dict[str, Any]] = []
        self.got: asyncio.Queue[Any] = asyncio.Queue()
        self.links: asyncio.Queue[ServerConnection] = asyncio.Queue()

    async def take(self, connection: ServerConnection) -> None:
        self.hellos.append(json.loads(await connection.recv()))
        if self.refuses:
            self.refuses -= 1
            await connection.close(1008, "bad-worker-token")
            return
        await connection.send('{"type": "welcome"}')
        self.links.put_nowait(connection)
        async for frame in connection:
            self.got.put_nowait(json.loads(frame))


@contextlib.asynccontextmanager
async def linked(core: Core, **takers: Any) -> AsyncIterator[tuple[WorkerLink, list[Any]]]:
    """A running link to a core, and what it received."""
    received: list[Any] = []

    async def message(frame: Any) -> None:
        received.append(frame)

    async with serve(core.take, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        address = f"ws://127.0.0.1:{port}/ws/v1/workers/hearing"
        link = WorkerLink(address, "hearing", {"voice": "ko"}, message, takers.get("audio", message))
        task = asyncio.create_task(link.run())
        try:
            async with asyncio.timeout(120):
                yield link, received
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.002)
    monkeypatch.setenv("SEOULA_WORKER_TOKEN", TOKEN)


async def test_it_says_hello_and_what_it_has() -> None:
    core = Core()
    async with linked(core) as (link, _):
        assert (await core.got.get()) == {"type": "ready", "detail": {"voice": "ko"}}
        assert core.hellos[0]["token"] == TOKEN
        assert (core.hellos[0]["worker"], core.hellos[0]["type"]) == ("hearing", "hello")
        assert isinstance(core.hellos[0]["pid"], int)
        assert await link.send({"type": "wake", "text": "서울아"})
        assert await core.got.get() == {"type": "wake", "text": "서울아"}


async def test_messages_and_audio_arrive_in_order_and_rubbish_is_skipped() -> None:
    core = Core()
    async with linked(core) as (_, received):
        connection = await core.links.get()
        with capture_logs() as logs:
            for frame in ('{"type": "listen"}', b"\x02s1\1\2", "{", "[]", '{"type": "cancel"}'):
                await connection.send(frame)
            while len(received) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        assert received == [{"type": "listen"}, b"\x02s1\1\2", {"type": "cancel"}]
        assert len(logs) == 2


async def test_it_comes_back_after_a_break_and_after_a_refusal() -> None:
    core = Core(refuses=2)
    with capture_logs() as logs:
        async with linked(core) as (_, _):
            first = await core.links.get()
            await first.close(1012, "replaced")
            await core.links.get()
            assert len(core.hellos) == 4
    assert TOKEN not in str(logs)


async def test_what_is_said_while_the_core_is_away_is_dropped() -> None:
    link = WorkerLink("ws://127.0.0.1:9/x", "hearing", {}, _nobody)
    assert await link.send({"type": "wake"}) is False


async def test_the_details_are_asked_for_at_every_hello_and_come_first() -> None:
    core, asked = Core(), iter(range(10))
    async with serve(core.take, "127.0.0.1", 0) as server:
        address = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        link = WorkerLink(address, "hearing", lambda: {"asked": next(asked)}, _nobody)
        task = asyncio.create_task(link.run())
        async with asyncio.timeout(120):
            for number in range(2):
                await link.connected()
                assert await core.got.get() == {"type": "ready", "detail": {"asked": number}}
                link._down()  # as a send does that finds the link broken
                assert await link.send({"type": "wake"}) is False
                await (await core.links.get()).close(1012, "replaced")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_missing_core_is_tried_again_and_the_token_is_not_logged() -> None:
    link = WorkerLink("ws://127.0.0.1:9/x", "hearing", {}, _nobody)
    with capture_logs() as logs:
        task = asyncio.create_task(link.run())
        async with asyncio.timeout(120):
            while len(logs) < 3:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert {e["event"] for e in logs} == {"core not reachable"}
    assert TOKEN not in str(logs)


async def _nobody(_: dict[str, Any]) -> None:
    raise AssertionError("nothing can arrive")
