"""One change to 1,000 screens over real sockets: the whole product in its process, the screens in this one.

All are kiosks of one display, so each change is a wave of 1,000 frames. A change is a command over HTTP, one a second;
its time runs from the moment before the POST until the bytes of the new picture are read from a screen's socket, by
this machine's monotonic clock. The screens share this machine's cores with the server: what they cost counts, too.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any, cast

import httpx
import psutil
import uvloop
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from display_bridge.screening import PROTO
from tests.bench.measurement import Measurement
from tests.running import product, settings_file

SCREENS = 1000
CHANGES = 15
WARM_UP = 3
"""Of the changes: the first views are built and the first code paths taken; they are not counted."""
EVERY_S = 1.0
PAINT_S = 0.05
"""A screen answers once it has painted, two frames or more after a patch; so the answers follow the wave here, too."""
AT_ONCE = 25
DISPLAY = "lobby"
PANELS = ("revenue", "trails", "district-weather", "rainfall")
"""Shown in turn; a change from one to the next is 1 to 4 kB."""
_FILES = 4 * SCREENS


class SocketScreen(asyncio.Protocol):
    """A screen on a socket of its own. With its first picture there, it notes when bytes come and reads them later."""

    def __init__(self, address: str) -> None:
        self._link = ClientProtocol(parse_uri(address), max_size=None)
        self._came: list[tuple[float, bytes]] = []
        self._later: asyncio.TimerHandle | None = None
        self._acked = self._seq = -1
        self.whole: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.shown: list[tuple[float, str, int]] = []
        """(monotonic seconds, panel, bytes of the frame) of each patch that brought another panel."""
        self.gaps = 0
        """Sequence numbers that were left out, further snapshots, and the end of the link."""
        self.ended = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Call."""
        self.transport = cast(asyncio.Transport, transport)
        self._link.send_request(self._link.connect())
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Note the time."""
        self._came.append((time.monotonic(), data))
        if not self.whole.done():
            self._read()
        elif self._later is None:
            self._later = asyncio.get_running_loop().call_later(PAINT_S, self._read)

    def connection_lost(self, exc: Exception | None) -> None:
        """A screen that was not told to go is lost."""
        self.gaps += not self.ended
        if not self.whole.done():
            self.whole.set_exception(exc or ConnectionError("the server hung up"))

    def leave(self) -> None:
        """Hang up."""
        self.ended = True
        if self._later is not None:
            self._later.cancel()
        self.transport.close()

    def _read(self) -> None:
        self._later = None
        came, self._came = self._came, []
        for at, data in came:
            self._link.receive_data(data)
            for event in self._link.events_received():
                if isinstance(event, Frame):
                    if event.opcode is Opcode.TEXT:
                        self._message(at, json.loads(bytes(event.data)), len(event.data))
                elif self._link.handshake_exc is None:
                    self._send({"t": "hello", "proto": PROTO, "role": "kiosk"})
        if self._link.handshake_exc is not None and not self.whole.done():
            self.whole.set_exception(self._link.handshake_exc)
        if self._acked < self._seq:
            self._acked = self._seq
            self._send({"t": "ack", "seq": self._seq, "status": "rendered", "ms": PAINT_S * 1000})
        self._flush()

    def _message(self, at: float, message: dict[str, Any], size: int) -> None:
        if message["t"] == "ping":
            self._send({"t": "pong"})
        elif message["t"] == "snapshot":
            self.gaps += self.whole.done()
            self._seq = message["seq"]
            if not self.whole.done():
                self.whole.set_result(None)
        elif message["t"] == "patch":
            self.gaps += message["seq"] - self._seq - 1
            self._seq = message["seq"]
            panel = message["p"].get("shown", {}).get("panel")
            if panel:
                self.shown.append((at, panel, size))

    def _send(self, message: dict[str, Any]) -> None:
        self._link.send_text(json.dumps(message).encode())

    def _flush(self) -> None:
        for data in self._link.data_to_send():
            if data:
                self.transport.write(data)


def measure() -> dict[str, Measurement]:
    """Times in milliseconds; what the server spent while the counted changes went out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < _FILES:
        raise OSError(f"{SCREENS} sockets at both ends need {_FILES} open files; `ulimit -Hn` is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, _FILES), hard))
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_file(
            Path(folder),
            server={"port": 0},
            opinion={"enabled": False},
            rasa={"enabled": False},
            hearing={"microphone": False},
            speaking={"output": "off"},
            city_data={"alerts": False},
        )
        with product(settings) as running, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_measure(running.origin, psutil.Process(running.process.pid)))


async def _measure(origin: str, server: psutil.Process) -> dict[str, Measurement]:
    before = server.memory_info().rss
    screens, joins = await _join(origin)
    memory = (server.memory_info().rss - before) / 1e6
    waves: list[tuple[float, str]] = []
    spent, begun = 0.0, 0.0
    async with httpx.AsyncClient(base_url=origin, timeout=30) as client:
        for n in range(CHANGES + WARM_UP):
            if n == WARM_UP:
                spent, begun = sum(server.cpu_times()[:2]), time.monotonic()
            panel, at = PANELS[n % len(PANELS)], time.monotonic()
            answer = await client.post(f"/api/v1/displays/{DISPLAY}/commands", json={"op": "show", "panel": panel})
            assert answer.json()["outcome"]["code"] == "shown", answer.text
            waves.append((at, panel))
            await asyncio.sleep(max(0.0, at + EVERY_S - time.monotonic()))
    spent, took = sum(server.cpu_times()[:2]) - spent, time.monotonic() - begun
    whole = server.memory_info().rss / 1e6
    await asyncio.sleep(1)
    for screen in screens:
        screen.leave()
    samples, lost, size = _arrivals(screens, waves)
    p99 = statistics.quantiles(samples, n=100)[98]
    note = f"POST to socket of {len(screens)} kiosks, p99 {p99:.0f} ms, {lost} lost, {size:.0f} bytes a picture"
    return {
        "fan-out": Measurement.of(samples, "ms", note),
        "fan-out-p99": Measurement(p99, p99, "ms", len(samples)),
        "fan-out-lost": Measurement(lost, lost, "of", CHANGES * len(screens), "frames that never came, gaps, ends"),
        "fan-out-server-cpu": Measurement(spent, spent, "s", 1, f"of the service's process, in {took:.1f} s"),
        "fan-out-server-memory": Measurement(whole, whole, "MB", 1, f"resident; {memory:.0f} MB more than without"),
        "fan-out-join": Measurement.of(joins, "ms", f"connect to first picture, {AT_ONCE} at once"),
    }


async def _join(origin: str) -> tuple[list[SocketScreen], list[float]]:
    """The screens, each with its first picture, and how long each took, ms."""
    address = f"{origin.replace('http', 'ws', 1)}/ws/v1/displays/{DISPLAY}"
    at = httpx.URL(origin)
    loop = asyncio.get_running_loop()

    async def one() -> tuple[SocketScreen, float]:
        begun = time.monotonic()
        _, made = await loop.create_connection(lambda: SocketScreen(address), at.host, at.port or 80)
        await asyncio.wait_for(made.whole, 60)
        return made, (time.monotonic() - begun) * 1000

    found: list[tuple[SocketScreen, float]] = []
    while len(found) < SCREENS:
        found += await asyncio.gather(*(one() for _ in range(min(AT_ONCE, SCREENS - len(found)))))
    return [screen for screen, _ in found], [took for _, took in found]


def _arrivals(screens: list[SocketScreen], waves: list[tuple[float, str]]) -> tuple[list[float], int, float]:
    """Milliseconds of every arrival, how many frames were lost, and the mean size of one in bytes."""
    samples: list[float] = []
    sizes: list[int] = []
    lost = sum(screen.gaps for screen in screens)
    for n, (sent, panel) in enumerate(waves):
        until = waves[n + 1][0] if n + 1 < len(waves) else float("inf")
        if n < WARM_UP:
            continue
        for screen in screens:
            came = [(at, size) for at, shown, size in screen.shown if shown == panel and sent <= at < until]
            lost += not came
            samples += [(at - sent) * 1000 for at, _ in came[:1]]
            sizes += [size for _, size in came[:1]]
    return samples, lost, statistics.fmean(sizes)
