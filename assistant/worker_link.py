"""A worker process's side of its link to the core: a loopback WebSocket that says hello, speaks, and comes back.

Frames: JSON text objects with a `type`, and binary frames for audio. The token comes from SEOULA_WORKER_TOKEN.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.2
MOST_PAUSE_S = 5.0


class WorkerLink:
    """Connects for ever. `on_message`: called for each JSON frame in turn.

    `ready`: details sent after every hello; a callable is asked each time, for details that change.
    """

    def __init__(
        self,
        core: str,
        worker: str,
        ready: dict[str, Any] | Callable[[], dict[str, Any]],
        on_message: Callable[[dict[str, Any]], Awaitable[None]],
        on_audio: Callable[[bytes], Awaitable[None]] | None = None,
    ) -> None:
        self._core, self._worker, self._ready = core, worker, ready
        self._on_message, self._on_audio = on_message, on_audio
        self._connection: ClientConnection | None = None
        self._up = asyncio.Event()

    async def send(self, message: dict[str, Any]) -> bool:
        """Send one message; False when the core is not connected (the message is not sent)."""
        connection = self._connection
        if connection is None:
            return False
        try:
            await connection.send(json.dumps(message, ensure_ascii=False))
        except WebSocketException:
            if self._connection is connection:
                self._down()
            return False
        return True

    async def connected(self) -> None:
        """Return once the core is connected and has been told `ready`."""
        await self._up.wait()

    def _down(self) -> None:
        self._connection = None
        self._up.clear()

    async def run(self) -> None:
        """Serve until cancelled; reconnect with a growing, jittered pause."""
        pause = FIRST_PAUSE_S
        while True:
            try:
                async with connect(self._core, max_size=2**20, open_timeout=5, proxy=None) as connection:
                    await self._hello(connection)
                    pause = FIRST_PAUSE_S
                    await self._serve(connection)
            except (OSError, TimeoutError, WebSocketException) as error:
                log.info("core not reachable", worker=self._worker, error=type(error).__name__)
            finally:
                self._down()
            await asyncio.sleep(pause * (0.5 + random.random() / 2))
            pause = min(MOST_PAUSE_S, pause * 2)

    async def _hello(self, connection: ClientConnection) -> None:
        token = os.environ.get("SEOULA_WORKER_TOKEN", "")
        await connection.send(json.dumps({"type": "hello", "worker": self._worker, "token": token, "pid": os.getpid()}))
        await asyncio.wait_for(connection.recv(), 5)
        detail = self._ready() if callable(self._ready) else self._ready
        await connection.send(json.dumps({"type": "ready", "detail": detail}, ensure_ascii=False))
        self._connection = connection
        self._up.set()

    async def _serve(self, connection: ClientConnection) -> None:
        async for frame in connection:
            if isinstance(frame, bytes):
                if self._on_audio:
                    await self._on_audio(frame)
                continue
            try:
                message = json.loads(frame)
            except ValueError:
                message = None
            if isinstance(message, dict):
                await self._on_message(message)
            else:
                log.warning("a frame that is no JSON object", worker=self._worker)
