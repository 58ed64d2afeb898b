"""The core's side of the worker links: who is connected, what it says, and how to talk to it."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable
from typing import Any, Protocol

import structlog

from assistant.contracts import NotPermitted, Unavailable

log = structlog.get_logger(__name__)


class Socket(Protocol):
    """A WebSocket as the links use it."""

    async def receive_text(self) -> str:
        """The next text frame."""

    async def send_text(self, data: str) -> None:
        """Send one text frame."""

    async def send_bytes(self, data: bytes) -> None:
        """Send one binary frame."""


class Workers:
    """Connected workers by name. A second connection of the same worker replaces the first."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._sockets: dict[str, Socket] = {}
        self._on_message: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._on_lost: dict[str, Callable[[], None]] = {}

    def handle(self, worker: str, on_message: Callable[[dict[str, Any]], None], on_lost: Callable[[], None]) -> None:
        """Who takes a worker's messages, and who is told when its link breaks."""
        self._on_message[worker], self._on_lost[worker] = on_message, on_lost

    def connected(self, worker: str) -> bool:
        """Whether the worker's link stands."""
        return worker in self._sockets

    async def serve(self, worker: str, socket: Socket) -> None:
        """Speak with one worker until its link breaks. Raises NotPermitted for a wrong hello."""
        hello = json.loads(await socket.receive_text())
        given = str(hello.get("token", "")) if isinstance(hello, dict) else ""
        if worker not in self._on_message or not hmac.compare_digest(given, self.token):
            raise NotPermitted("bad-worker-token", "this is not a worker of this service")
        await socket.send_text(json.dumps({"type": "welcome"}))
        self._sockets[worker] = socket
        try:
            while True:
                self._on_message[worker](json.loads(await socket.receive_text()))
        finally:
            if self._sockets.get(worker) is socket:
                del self._sockets[worker]
                self._on_lost[worker]()

    async def send(self, worker: str, message: dict[str, Any]) -> None:
        """Send a message. Raises Unavailable when the worker is not connected."""
        await self._socket(worker).send_text(json.dumps(message, ensure_ascii=False))

    async def send_audio(self, worker: str, stream: str, pcm: bytes) -> None:
        """Send s16le 16 kHz mono audio of a stream. Raises Unavailable."""
        name = stream.encode("ascii")
        await self._socket(worker).send_bytes(bytes([len(name)]) + name + pcm)

    def _socket(self, worker: str) -> Socket:
        socket = self._sockets.get(worker)
        if socket is None:
            raise Unavailable(f"{worker}-unavailable", f"the {worker} worker is not running")
        return socket
