"""The core's side of the worker links: who is connected, what it says, and how to talk to it."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import structlog
from starlette.websockets import WebSocketDisconnect

from assistant.contracts import BadInput, NotPermitted, Unavailable

log = structlog.get_logger(__name__)

HELLO_S = 5.0


class Socket(Protocol):
    """A WebSocket as the links use it."""

    async def receive_text(self) -> str:
        """The next text frame."""

    async def send_text(self, data: str) -> None:
        """Send one text frame."""

    async def send_bytes(self, data: bytes) -> None:
        """Send one binary frame."""

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close it."""


class Workers:
    """Connected workers by name. A second connection of the same worker replaces the first, which is closed."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(32)
        self._sockets: dict[str, Socket] = {}
        self._on_message: dict[str, Callable[[dict[str, Any]], None]] = {}
        self._on_lost: dict[str, Callable[[], None]] = {}
        self._also: dict[str, list[Callable[[dict[str, Any]], None]]] = {}

    def handle(self, worker: str, on_message: Callable[[dict[str, Any]], None], on_lost: Callable[[], None]) -> None:
        """Who takes a worker's messages, and who is told when its link breaks."""
        self._on_message[worker], self._on_lost[worker] = on_message, on_lost

    def listen(self, worker: str, on_message: Callable[[dict[str, Any]], None]) -> None:
        """Somebody else who takes note of a worker's messages."""
        self._also.setdefault(worker, []).append(on_message)

    def connected(self, worker: str) -> bool:
        """Whether the worker's link stands."""
        return worker in self._sockets

    async def serve(self, worker: str, socket: Socket) -> None:
        """Speak with one worker until its link breaks or another replaces it.

        Raises NotPermitted for a wrong hello, BadInput for a frame that is no JSON object.
        """
        await self._welcome(worker, socket)
        await self._replace(worker, socket)
        try:
            while True:
                message = _read(await socket.receive_text())
                if self._sockets.get(worker) is not socket:
                    return
                self._take(worker, message)
        finally:
            if self._sockets.get(worker) is socket:
                del self._sockets[worker]
                self._on_lost[worker]()

    async def send(self, worker: str, message: dict[str, Any]) -> None:
        """Send a message. Raises Unavailable when the worker is not connected, or goes away meanwhile."""
        with _breaking(worker):
            await self._socket(worker).send_text(json.dumps(message, ensure_ascii=False))

    async def send_audio(self, worker: str, stream: str, pcm: bytes) -> None:
        """Send s16le 16 kHz mono audio of a stream. Raises Unavailable."""
        name = stream.encode("ascii")
        with _breaking(worker):
            await self._socket(worker).send_bytes(bytes([len(name)]) + name + pcm)

    async def _welcome(self, worker: str, socket: Socket) -> None:
        try:
            hello = _read(await asyncio.wait_for(socket.receive_text(), HELLO_S))
        except TimeoutError as error:
            raise NotPermitted("no-hello", "a worker says hello first") from error
        given = str(hello.get("token", "")).encode("utf-8", "replace")
        if worker not in self._on_message or not hmac.compare_digest(given, self.token.encode()):
            raise NotPermitted("bad-worker-token", "this is not a worker of this service")
        await socket.send_text(json.dumps({"type": "welcome"}))

    async def _replace(self, worker: str, socket: Socket) -> None:
        """Take the new link. What the old process had under way is lost with it."""
        old = self._sockets.pop(worker, None)
        self._sockets[worker] = socket
        if old is not None:
            self._on_lost[worker]()
            with contextlib.suppress(Exception):
                await old.close(1012, "replaced")

    def _take(self, worker: str, message: dict[str, Any]) -> None:
        try:
            self._on_message[worker](message)
            for also in self._also.get(worker, ()):
                also(message)
        except Exception:
            # The link outlives one message that could not be handled.
            log.exception("a worker's message failed", worker=worker, kind=str(message.get("type"))[:40])

    def _socket(self, worker: str) -> Socket:
        socket = self._sockets.get(worker)
        if socket is None:
            raise _unavailable(worker)
        return socket


def _unavailable(worker: str) -> Unavailable:
    return Unavailable(f"{worker}-unavailable", f"the {worker} worker is not running")


@contextlib.contextmanager
def _breaking(worker: str) -> Iterator[None]:
    """A socket that breaks while something is sent is a worker that is not there."""
    try:
        yield
    except (WebSocketDisconnect, RuntimeError, OSError) as error:
        raise _unavailable(worker) from error


def _read(text: str) -> dict[str, Any]:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("bad-message", "a frame must be JSON text") from error
    if not isinstance(message, dict):
        raise BadInput("bad-message", "a frame must be a JSON object")
    return message
