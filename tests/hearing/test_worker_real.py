"""The worker as a real child process, with a small core made here."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import soundfile
from websockets.asyncio.server import Server, ServerConnection, serve

pytestmark = [pytest.mark.real, pytest.mark.fault]
AUDIO = Path(__file__).resolve().parents[1] / "audio"
LONG = 120


class Core:
    """Takes the worker's hello and collects what it says."""

    def __init__(self) -> None:
        self.connection: ServerConnection | None = None
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.server: Server | None = None
        self.port = 0

    async def start(self) -> None:
        self.server = await serve(self._serve, "127.0.0.1", self.port)
        self.port = next(iter(self.server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        assert self.server
        self.server.close()
        await self.server.wait_closed()

    async def until(self, kind: str, **fields: object) -> dict[str, Any]:
        async with asyncio.timeout(LONG):
            while True:
                message = await self.said.get()
                if message["type"] == kind and all(message.get(k) == v for k, v in fields.items()):
                    return message

    async def send(self, message: dict[str, Any]) -> None:
        assert self.connection
        await self.connection.send(json.dumps(message))

    async def speak(self, stream: str, file: str) -> None:
        assert self.connection
        sound, _ = soundfile.read(AUDIO / file, dtype="int16")
        pcm = sound.astype("<i2").tobytes()
        await self.send({"type": "open_stream", "stream": stream, "mode": "push_to_talk"})
        head = bytes([len(stream)]) + stream.encode()
        for at in range(0, len(pcm), 1001):
            await self.connection.send(head + pcm[at : at + 1001])
        await self.send({"type": "close_stream", "stream": stream})

    async def _serve(self, connection: ServerConnection) -> None:
        hello = json.loads(await connection.recv())
        assert (hello["type"], hello["worker"], hello["token"]) == ("hello", "hearing", "secret")
        await connection.send('{"type": "welcome"}')
        self.connection = connection
        self.said.put_nowait(hello)
        async for frame in connection:
            self.said.put_nowait(json.loads(frame))


async def start(core: Core, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "assistant.hearing.worker",
        "--core",
        f"ws://127.0.0.1:{core.port}/",
        *arguments,
        env={**os.environ, "SEOULA_WORKER_TOKEN": "secret"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


@pytest.fixture
async def core() -> AsyncIterator[Core]:
    core = Core()
    await core.start()
    yield core
    await core.stop()


async def end(worker: asyncio.subprocess.Process) -> int:
    if worker.returncode is None:
        worker.terminate()
    async with asyncio.timeout(120):
        return await worker.wait()


async def test_the_worker_hears_streams_and_outlives_the_core(core: Core) -> None:
    worker = await start(core, "--mic", "off")
    try:
        ready = await core.until("ready")
        assert ready["detail"]["unspeakable"] == []
        await asyncio.gather(core.speak("ptt-1", "push_to_talk.flac"), core.speak("ptt-2", "one_breath.flac"))
        heard: dict[str, str] = {}
        ended: set[str] = set()
        async with asyncio.timeout(LONG):
            while len(ended) < 2:
                message = await core.said.get()
                if message["type"] == "transcript":
                    heard[message["stream"]] = message["text"]
                if message["type"] == "stream_ended":
                    assert message["error"] == ""
                    ended.add(message["stream"])
        assert heard == {"ptt-1": "강남구 초미세먼지 알려줘", "ptt-2": "미세먼지 보여줘"}

        await core.send({"type": "phrases", "phrases": [{"text": "따릉이", "panel": "bike"}]})
        async with asyncio.timeout(LONG):
            while (await core.until("health"))["detail"]["phrases"] != 1:  # one of before may still be under way
                pass
        await core.send({"type": "phrases", "phrases": []})
        assert (await core.until("error"))["code"] == "no-phrases"
        await core.send({"type": "listen", "stream": "nobody", "seconds": 4.0})
        assert (await core.until("stream_ended", stream="nobody"))["error"] == "no-such-stream"
        await core.send({"type": "open_stream", "stream": "x", "mode": "telepathy"})
        assert (await core.until("stream_ended", stream="x"))["error"] == "bad-mode"

        await core.stop()
        await core.start()
        await core.until("hello")
        await core.until("ready")
    finally:
        assert await end(worker) == 0


async def test_a_killed_worker_is_replaced_by_one_that_works(core: Core) -> None:
    first = await start(core, "--mic", "off")
    await core.until("ready")
    await core.send({"type": "open_stream", "stream": "ptt-1", "mode": "push_to_talk"})
    first.send_signal(signal.SIGKILL)
    await first.wait()
    second = await start(core, "--mic", "off")
    try:
        await core.until("ready")
        await core.speak("ptt-1", "push_to_talk.flac")
        assert (await core.until("transcript"))["phrase"] == "초미세먼지"
    finally:
        await end(second)


async def test_the_worker_ends_with_its_parent(core: Core) -> None:
    script = (
        "import subprocess, sys; p = subprocess.Popen([sys.executable, '-m', 'assistant.hearing.worker', '--core', "
        f"'ws://127.0.0.1:{core.port}/', '--mic', 'off'], stderr=subprocess.DEVNULL); print(p.pid, flush=True); "
        "sys.stdin.read()"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        env={**os.environ, "SEOULA_WORKER_TOKEN": "secret"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert parent.stdout
    pid = int(await parent.stdout.readline())
    await core.until("ready")
    parent.kill()
    await parent.wait()
    async with asyncio.timeout(120):
        while _alive(pid):  # noqa: ASYNC110 - another process's child tells us nothing
            await asyncio.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
