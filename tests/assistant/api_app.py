"""The real application in process: no port, no child processes, and WebSockets driven by hand."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

import assistant.app
import assistant.calling.side
import assistant.service
from assistant.app import build_app, build_service
from assistant.calling.children import CallingChildren
from assistant.service import Service
from assistant.settings import Settings
from assistant.understanding.service import Understander
from content_registry.loader import load_registry
from content_registry.schema import Registry

HOST = "127.0.0.1:8700"
LOCAL, REMOTE = ("127.0.0.1", 50000), ("192.0.2.7", 50000)


@cache
def registry() -> Registry:
    """The content registry."""
    return load_registry()


@cache
def understander() -> Understander:
    """The fast path alone."""
    return Understander(registry(), None)


class Socket:
    """A WebSocket client of an ASGI application."""

    def __init__(self, app: FastAPI, path: str, *, query: str = "", client: tuple[str, int] = LOCAL,
                 headers: dict[str, str] | None = None, subprotocols: tuple[str, ...] = ()) -> None:  # fmt: skip
        given = {"host": HOST, **(headers or {})}
        if subprotocols:
            given["sec-websocket-protocol"] = ", ".join(subprotocols)
        self._scope = {
            "type": "websocket", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "ws", "path": path,
            "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "client": client,
            "server": ("127.0.0.1", 8700), "subprotocols": list(subprotocols),
            "headers": [(k.lower().encode(), v.encode()) for k, v in given.items()],
        }  # fmt: skip
        self._app = app
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None
        self.accepted: dict[str, Any] | None = None
        self.closed: tuple[int, str] | None = None

    async def __aenter__(self) -> Socket:
        self._in.put_nowait({"type": "websocket.connect"})
        self._task = asyncio.create_task(self._app(self._scope, self._in.get, self._send))  # type: ignore[arg-type]
        first = await self._next()
        if first["type"] == "websocket.accept":
            self.accepted = first
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        if not self._task.done():
            self._in.put_nowait({"type": "websocket.disconnect", "code": 1001})
        async with asyncio.timeout(120):
            await self._task  # raises what the application let out

    async def _send(self, message: dict[str, Any]) -> None:
        await asyncio.sleep(0)
        self._out.put_nowait(message)

    async def _next(self) -> dict[str, Any]:
        async with asyncio.timeout(120):
            message = await self._out.get()
        if message["type"] == "websocket.close":
            self.closed = (message.get("code", 1000), message.get("reason") or "")
        return message

    def send(self, message: dict[str, Any] | str | bytes) -> None:
        """Send a JSON object, a text frame or a binary frame."""
        if isinstance(message, bytes):
            self._in.put_nowait({"type": "websocket.receive", "bytes": message})
        else:
            text = message if isinstance(message, str) else json.dumps(message)
            self._in.put_nowait({"type": "websocket.receive", "text": text})

    def leave(self) -> None:
        """Go away."""
        self._in.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def receive(self) -> Any:
        """The next frame: an object, bytes, or None once it is closed."""
        message = await self._next()
        if message["type"] == "websocket.close":
            return None
        return message["bytes"] if message.get("bytes") is not None else json.loads(message["text"])

    async def until(self, key: str, value: str) -> Any:
        """Skip frames until one has this value."""
        while True:
            message = await self.receive()
            assert message is not None, f"closed before {value}: {self.closed}"
            if isinstance(message, dict) and message.get(key) == value:
                return message

    async def end(self) -> tuple[int, str]:
        """How the server closed it."""
        while self.closed is None:
            await self._next()
        return self.closed


class Application:
    """The application with its service, and clients of it."""

    def __init__(self, app: FastAPI, service: Service) -> None:
        self.app, self.service = app, service
        self.http = self.client()

    def client(self, address: tuple[str, int] = LOCAL, **headers: str) -> httpx.AsyncClient:
        """An HTTP client at an address."""
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=address)
        return httpx.AsyncClient(transport=transport, base_url=f"http://{HOST}", headers=headers)

    def socket(self, path: str, **options: Any) -> Socket:
        """A WebSocket client."""
        return Socket(self.app, path, **options)

    def token(self, role: str = "tablet", display: str = "main") -> str:
        """The token of a newly paired device."""
        return self.service.screens._pairing.issue(role=role, display=display)[0]

    @contextlib.asynccontextmanager
    async def screen(
        self, display: str = "main", role: str = "wall", *, token: str = "", paints: bool = True
    ) -> AsyncIterator[Wall]:
        """A connected screen that acknowledges what it is sent."""
        async with self.socket(f"/ws/v1/displays/{display}") as socket:
            hello = {"t": "hello", "proto": 2, "role": role, "caps": []}
            socket.send({**hello, "token": token} if token else hello)
            await socket.until("t", "snapshot")
            wall = Wall(socket, paints)
            task = asyncio.create_task(wall.follow())
            try:
                yield wall
            finally:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)


class Wall:
    """Reads a screen's socket. paints: acknowledges every state; `seen`: all messages."""

    def __init__(self, socket: Socket, paints: bool) -> None:
        self.socket, self.paints = socket, paints
        self.seen: list[dict[str, Any]] = []

    async def follow(self) -> None:
        """Until closed."""
        while (message := await self._wait()) is not None:
            self.seen.append(message)
            if message["t"] in ("snapshot", "patch") and self.paints:
                self.paint(message["seq"])

    async def _wait(self) -> Any:
        while True:
            with contextlib.suppress(TimeoutError):
                return await self.socket.receive()

    def paint(self, seq: int) -> None:
        """Acknowledge."""
        self.socket.send({"t": "ack", "seq": seq, "status": "rendered", "ms": 5})

    async def command(self, key: str, op: str, **args: Any) -> dict[str, Any]:
        """Send a touch command and wait for its result."""
        self.socket.send({"t": "cmd", "id": key, "op": op, "args": args})
        async with asyncio.timeout(120):
            while True:
                found = [m for m in self.seen if m["t"] == "result" and m["id"] == key]
                if found:
                    return found[0]
                await asyncio.sleep(0.005)


async def settled(test: Callable[[], object]) -> None:
    """Until `test` holds."""
    async with asyncio.timeout(120):
        while not test():  # noqa: ASYNC110 - what is waited for is in another's hands
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def running(folder: Path, monkeypatch: Any, **settings: Any) -> AsyncIterator[Application]:
    """Start the application in `folder`, its workers left out."""
    monkeypatch.setattr(assistant.service, "child_specs", lambda *_: [])
    # Read once for all tests: neither changes.
    monkeypatch.setattr(assistant.app, "load_registry", registry)
    monkeypatch.setattr(assistant.app.opening, "build_understander", lambda *_: understander())
    monkeypatch.setattr(assistant.calling.side, "calling_children", lambda *_: CallingChildren(()))
    values = {"state_dir": folder, "rasa": {"enabled": False}, **settings}
    service = build_service(Settings(**values))
    app = build_app(service, lambda: 8700)
    async with app.router.lifespan_context(app):
        application = Application(app, service)
        async with application.http:
            yield application
