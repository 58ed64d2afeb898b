"""A screen in memory: speaks the display protocol with a hub, follows the state as the page does."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from display_bridge.hub import DisplayHub
from display_bridge.merge_patch import apply


class Clock:
    """Seconds that tests move."""

    def __init__(self, now: float = 1_763_900_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class Screen:
    """One connection. `stall`: stop reading what the hub sends. `answer`: acknowledge as painted by itself."""

    def __init__(self, hub: DisplayHub, display: str = "main", role: str = "wall", *, token: str = "",
                 local: bool = True, resume: tuple[str, int] | None = None, answer: bool = True,
                 hello: dict[str, Any] | None = None) -> None:  # fmt: skip
        self.messages: list[dict[str, Any]] = []
        self.texts: list[str] = []
        self.state: dict[str, Any] = {}
        self.epoch, self.seq = resume or ("", 0)
        self.closed: tuple[int, str] | None = None
        self.flowing = asyncio.Event()
        self.flowing.set()
        self.fail = False
        self._answer = answer
        self._in: asyncio.Queue[str | None] = asyncio.Queue()
        first = hello or {"t": "hello", "proto": 2, "role": role, "caps": []}
        if token:
            first["token"] = token
        if resume:
            first["resume"] = {"epoch": resume[0], "seq": resume[1]}
        self.say(first)
        self.task = asyncio.create_task(hub.serve(self, display, self._frames(), local=local))

    def say(self, message: dict[str, Any] | str) -> None:
        """Send a frame to the hub."""
        self._in.put_nowait(message if isinstance(message, str) else json.dumps(message))

    async def _frames(self) -> AsyncIterator[str]:
        while (text := await self._in.get()) is not None:
            yield text

    async def send_text(self, text: str) -> None:
        """What the hub sends."""
        await self.flowing.wait()
        if self.fail:
            raise ConnectionError("gone")
        message = json.loads(text)
        self.texts.append(text)
        self.messages.append(message)
        if message["t"] == "snapshot":
            self.state, self.epoch, self.seq = message["state"], message["epoch"], message["seq"]
        elif message["t"] == "patch":
            assert message["epoch"] == self.epoch
            assert message["seq"] == self.seq + 1, "a gap"
            self.state, self.seq = apply(self.state, message["p"]), message["seq"]
        if message["t"] in ("snapshot", "patch") and self._answer:
            self.ack("rendered")

    def ack(self, status: str, seq: int | None = None) -> None:
        """Acknowledge the newest state."""
        self.say({"t": "ack", "seq": self.seq if seq is None else seq, "status": status, "ms": 3.5})

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """The hub closes."""
        self.closed = self.closed or (code, reason)

    async def leave(self) -> None:
        """The screen goes."""
        self._in.put_nowait(None)
        await self.task

    def kinds(self) -> list[str]:
        """The types of the messages received."""
        return [m["t"] for m in self.messages]


async def settle(rounds: int = 12) -> None:
    """Let every task that can run do so."""
    for _ in range(rounds):
        await asyncio.sleep(0)
