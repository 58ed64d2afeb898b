"""Worker links without workers: what was sent, and a socket driven by hand."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from assistant.contracts import Unavailable
from assistant.workers import Workers


class FakeWorkers(Workers):
    """Notes what is sent to a worker and lets a test speak for it."""

    def __init__(self, *up: str) -> None:
        super().__init__()
        self.up = set(up)
        self.sent: list[dict[str, Any]] = []
        self.audio: list[tuple[str, bytes]] = []

    def connected(self, worker: str) -> bool:
        return worker in self.up

    async def send(self, worker: str, message: dict[str, Any]) -> None:
        if worker not in self.up:
            raise Unavailable(f"{worker}-unavailable", "down")
        self.sent.append(message)

    async def send_audio(self, worker: str, stream: str, pcm: bytes) -> None:
        if worker not in self.up:
            raise Unavailable(f"{worker}-unavailable", "down")
        self.audio.append((stream, pcm))

    def says(self, worker: str, message: dict[str, Any]) -> None:
        """A message of the worker."""
        self._take(worker, message)

    def dies(self, worker: str) -> None:
        """Its link breaks."""
        self.up.discard(worker)
        self._on_lost[worker]()

    def kinds(self) -> list[str]:
        """Types of what was sent."""
        return [m["type"] for m in self.sent]


class HandSocket:
    """A worker's socket; `say` puts a frame, `gone` breaks it."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.closed: tuple[int, str | None] | None = None
        self._in: asyncio.Queue[str | Exception] = asyncio.Queue()

    def say(self, message: Any) -> None:
        self._in.put_nowait(message if isinstance(message, str) else json.dumps(message))

    def gone(self) -> None:
        self._in.put_nowait(ConnectionError("gone"))

    async def receive_text(self) -> str:
        frame = await self._in.get()
        if isinstance(frame, Exception):
            raise frame
        return frame

    async def send_text(self, data: str) -> None:
        self.sent.append(json.loads(data))

    async def send_bytes(self, data: bytes) -> None:
        self.sent.append(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        self.closed = self.closed or (code, reason)
        self.gone()


async def idle(rounds: int = 10) -> None:
    """Let everything that can run do so."""
    for _ in range(rounds):
        await asyncio.sleep(0)
