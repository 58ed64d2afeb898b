"""The perception worker: one camera in a process of its own, and its link to the core.

A child process; `python -m assistant.camera_worker` starts it with a link. To the core: `{"type": "seen", "camera",
"ability", "event": {...}}` and `{"type": "health", "detail"}`. From the core: `{"type": "use", "ability", "on"}`,
`{"type": "tell", "ability", "message": {...}}` and `{"type": "sketch", "on"}`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from assistant.contracts.errors import BadInput, SeoulaError, Unavailable
from perception.watching import Watching

log = structlog.get_logger(__name__)

HEALTH_EVERY_S = 5.0
HOLD_S = 1.0
"""What passes waits so long for a link that broke; an older hand must not choose anything any more."""
PASSING = frozenset({"cursor", "select", "raising", "sketch", "challenge", "here"})
"""Events that are of no use when they are late. All others are said however late: that somebody has left above all."""
MOST = 200
STUCK_S = 30.0
_CHECK_S = 0.5


class Link(Protocol):
    """The way to the core."""

    async def send(self, message: dict[str, Any]) -> bool:
        """False when the core is not connected."""
        ...

    async def connected(self) -> None:
        """Once the core is."""
        ...

    async def run(self) -> None:
        """Until cancelled."""
        ...


class PerceptionWorker:
    """Serves the core for ever. watching: makes the camera's, given what takes events and what takes changes; link:
    makes the link, given what describes this worker and what takes messages."""

    def __init__(
        self,
        camera: str,
        watching: Callable[[Callable[[str, dict[str, Any]], None], Callable[[], None]], Watching],
        link: Callable[[Callable[[], dict[str, Any]], Callable[[dict[str, Any]], Any]], Link],
        memory_mb: Callable[[], int] = lambda: 0,
    ) -> None:
        self._camera, self._memory = camera, memory_mb
        self._loop = asyncio.get_running_loop()
        self._out: deque[tuple[float, dict[str, Any]]] = deque()
        self._more = asyncio.Event()
        self._watching = watching(self._seen, self._changed)
        self._link = link(self._detail, self._on_message)

    async def run(self) -> None:
        """Until cancelled. Raises Unavailable `seeing-stuck` when a library hangs: only a new process sees again."""
        parts = (self._link.run(), self._send(), self._health())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self._watching.close)

    async def _on_message(self, message: dict[str, Any]) -> None:
        kind, ability = message.get("type"), message.get("ability")
        try:
            if kind == "use":
                self._watching.use(_name(ability), on=_switch(message.get("on")))
            elif kind == "tell":
                told = message.get("message")
                if not isinstance(told, dict):
                    raise BadInput("bad-message", "tell needs a message, a JSON object")
                self._watching.tell(_name(ability), told)
            elif kind == "sketch":
                self._watching.sketch(on=_switch(message.get("on")))
            elif kind not in ("welcome", "ping"):
                log.warning("unknown message", kind=str(kind)[:40])
        except SeoulaError as error:
            log.warning("message refused", kind=str(kind)[:40], code=error.code)
            self._say({"type": "error", "code": error.code, "message": error.message, "about": str(kind)[:40]})

    def _seen(self, ability: str, event: dict[str, Any]) -> None:
        self._from_thread({"type": "seen", "camera": self._camera, "ability": ability, "event": event})

    def _changed(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._say_health)

    def _from_thread(self, message: dict[str, Any]) -> None:
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._say, message)

    def _say(self, message: dict[str, Any]) -> None:
        if len(self._out) >= MOST:
            del self._out[next((n for n, (_, one) in enumerate(self._out) if _passes(one)), 0)]
        self._out.append((self._loop.time(), message))
        self._more.set()

    def _say_health(self) -> None:
        self._say({"type": "health", "detail": self._detail()})

    async def _send(self) -> None:
        while True:
            await self._more.wait()
            while self._out:
                said, message = self._out.popleft()
                while not (_passes(message) and self._loop.time() - said > HOLD_S):
                    if await self._link.send(message):
                        break
                    await self._link.connected()
            self._more.clear()

    async def _health(self) -> None:
        told = self._loop.time()
        while True:
            await asyncio.sleep(_CHECK_S)
            if self._watching.stuck_s > STUCK_S:
                raise Unavailable("seeing-stuck", f"nothing has been looked at for {STUCK_S:.0f} seconds")
            if self._loop.time() - told >= HEALTH_EVERY_S:
                told = self._loop.time()
                self._say_health()

    def _detail(self) -> dict[str, Any]:
        return {"name": self._camera, **self._watching.detail(), "memory_mb": self._memory()}


def _passes(message: dict[str, Any]) -> bool:
    """Health passes too: it is said again every few seconds, and when a link begins."""
    return message["type"] == "health" or (message["type"] == "seen" and message["event"].get("type") in PASSING)


def _name(given: object) -> str:
    if not isinstance(given, str):
        raise BadInput("bad-message", "an ability has a name")
    return given


def _switch(given: object) -> bool:
    if not isinstance(given, bool):
        raise BadInput("bad-message", "on is true or false")
    return given
