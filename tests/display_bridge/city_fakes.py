"""Stand-ins for the tests of city data: a clock moved by hand, feeds, and a server that misbehaves on demand."""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import random
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from display_bridge.city_data.feeds import Fetch, Reading, SourceFailed
from display_bridge.city_data.metrics import grade_of, metric
from display_bridge.city_data.provider import Observation
from display_bridge.city_data.sources import Source

START = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
"""Noon in Seoul."""


class VirtualClock:
    """Time passes only in `advance`; whoever sleeps is woken in order."""

    def __init__(self, start: datetime = START) -> None:
        self._start, self._t, self._count = start, 0.0, 0
        self._asleep: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._t)

    def monotonic(self) -> float:
        return self._t

    async def sleep(self, seconds: float) -> None:
        self._count += 1
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._asleep, (self._t + max(0.0, seconds), self._count, waiting))
        await waiting

    async def advance(self, seconds: float) -> None:
        end = self._t + seconds
        await settle()
        while self._asleep and self._asleep[0][0] <= end:
            self._t, _, waiting = heapq.heappop(self._asleep)
            if not waiting.done():
                waiting.set_result(None)
            await settle()
        self._t = end
        await settle()


async def settle() -> None:
    """Let everything that can go on go on."""
    for _ in range(30):
        await asyncio.sleep(0)


def pm10(value: float | None, area: str | None = None) -> Observation:
    m = metric("pm10")
    grade = None if value is None else grade_of(m, value)
    return Observation("pm10", m.ko, m.en, value, m.unit, area, grade, m.bands)


@dataclass
class FakeFeed:
    """A feed of pm10 whose readings come from `answers`, or from `fetch` when `path` is given."""

    id: str = "air"
    datasets: frozenset[str] = frozenset({"pm10"})
    refresh_s: float = 60
    stale_after_s: int = 600
    calls: int = 1
    path: str | None = "air"
    answer: Callable[[datetime], Reading] = lambda now: Reading(now, city={"pm10": pm10(40)})
    fails: list[Exception] = field(default_factory=list)
    reads: list[datetime] = field(default_factory=list)

    async def read(self, fetch: Fetch, now: datetime) -> Reading:
        self.reads.append(now)
        if self.path is not None:
            await fetch(self.path)
        if self.fails:
            raise self.fails.pop(0)
        return self.answer(now)


def source(*feeds: Any, **changes: Any) -> Source:
    """A source of these feeds, with a key in the query."""
    made = Source(
        "air-service", "대기 서비스", "Air service", "http://air.invalid/api", "air_key", "공공누리 1유형", "서울시",
        None, 0.0, tuple(feeds), "query", "serviceKey",
    )  # fmt: skip
    return replace(made, **changes)


def mocked(handler: Callable[[httpx.Request], httpx.Response]) -> httpx.AsyncClient:
    """A client without a network."""
    return httpx.AsyncClient(transport=httpx.MockTransport(handler))


def failure(code: str = "http-500", *, retry: bool = True) -> SourceFailed:
    return SourceFailed(code, "no", retry=retry)


class Upstream:
    """A server on loopback. What a path answers is in `routes`: bytes to write as they are, or a coroutine function
    that gets the writer and the request's head. `asked`: the heads of all requests."""

    def __init__(self) -> None:
        self.routes: dict[str, Any] = {}
        self.asked: list[str] = []
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.asked.append(head)
            path = head.split(" ")[1].split("?")[0]
            route = next((r for prefix, r in self.routes.items() if path.startswith(prefix)), None)
            if route is None:
                route = plain(b"{}", status="404 Not Found")
            if isinstance(route, bytes):
                writer.write(route)
                await writer.drain()
            else:
                await route(writer, head)
        with contextlib.suppress(Exception):
            writer.close()
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def upstream() -> AsyncIterator[Upstream]:
    """A running Upstream."""
    made = Upstream()
    server = await asyncio.start_server(made._serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await server.wait_closed()


def plain(body: bytes, *, status: str = "200 OK", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole answer."""
    given = {"Content-Length": str(len(body)), "Content-Type": "application/json", "Connection": "close"}
    given |= headers or {}
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body


def dice() -> random.Random:
    """The same for every test."""
    return random.Random(7)
