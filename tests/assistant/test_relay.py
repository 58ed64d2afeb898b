"""The reference client of the voice relay, over a real socket of the real application."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvicorn

from assistant.relay import FRAME_BYTES, Refused, relay, sound_of
from tests.assistant.api_app import Application
from tests.assistant.test_api_sockets import HEARD, hearing

SOUND = bytes(3 * FRAME_BYTES)


class Server(uvicorn.Server):
    """A server that tells when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()


@contextlib.asynccontextmanager
async def served(api: Application) -> AsyncIterator[str]:
    """The application on a free loopback port."""
    server = Server(uvicorn.Config(api.app, lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        running = asyncio.create_task(server.serve([listening]))
        async with asyncio.timeout(120):
            await server.up.wait()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await running


async def test_a_watch_relays_a_sentence_and_the_wall_shows_it(api: Application) -> None:
    async with api.screen() as wall, hearing(api, *HEARD) as worker, served(api) as origin:
        events = [e async for e in relay(SOUND, origin=origin, display="main", paced=False)]
        assert [e["type"] for e in events] == ["speech_start", "partial", "transcript", "outcome"]
        assert events[1]["text"] == "미세"
        assert events[-1]["code"] == "shown"
        assert list(worker.pcm.values()) == [SOUND]
        assert wall.seen


async def test_a_display_that_is_not_there_is_not_asked_again(api: Application) -> None:
    async with hearing(api, *HEARD), served(api) as origin:
        events = [e async for e in relay(SOUND, origin=origin, display="nowhere", paced=False)]
        assert [e["type"] for e in events] == ["error"]
        with pytest.raises(Refused):
            [e async for e in relay(SOUND, origin=origin, display="main", token="invented", paced=False)]


async def test_a_broken_connection_is_made_anew_and_the_whole_sentence_said_again(api: Application) -> None:
    breaks = 1

    async with api.screen(), hearing(api, *HEARD) as worker, served(api) as origin:
        host, port = origin.removeprefix("http://").split(":")

        async def through(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal breaks
            if breaks:
                breaks -= 1
                await reader.read(10)
                writer.transport.abort()
                return
            upstream, to = await asyncio.open_connection(host, int(port))

            async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
                with contextlib.suppress(OSError):
                    while data := await source.read(65536):
                        sink.write(data)
                        await sink.drain()
                sink.close()

            await asyncio.gather(pump(reader, to), pump(upstream, writer))

        gate = await asyncio.start_server(through, "127.0.0.1", 0)
        proxy = str(gate.sockets[0].getsockname()[1])
        events = [e async for e in relay(SOUND, origin=f"http://127.0.0.1:{proxy}", display="main", paced=False)]
        gate.close()
        await gate.wait_closed()
        assert [e["type"] for e in events][0] == "reconnecting"
        assert events[-1]["code"] == "shown"
        assert list(worker.pcm.values()) == [SOUND]


def test_only_sound_of_the_relay_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    for rate in (16_000, 44_100):
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, rate, 0, "NONE", ""))
            file.writeframes(SOUND)
        if rate == 16_000:
            assert sound_of(path) == SOUND
        else:
            with pytest.raises(ValueError, match="16 kHz"):
                sound_of(path)
