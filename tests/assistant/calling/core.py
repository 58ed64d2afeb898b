"""The core's side of the worker links, served on a port of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.websockets import WebSocketDisconnect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from assistant.workers import Workers


class Socket:
    """As starlette's socket behaves."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection

    async def receive_text(self) -> str:
        try:
            return str(await self._connection.recv())
        except ConnectionClosed as error:
            raise WebSocketDisconnect from error

    async def send_text(self, data: str) -> None:
        try:
            await self._connection.send(data)
        except ConnectionClosed as error:
            raise WebSocketDisconnect from error

    async def send_bytes(self, data: bytes) -> None:
        await self._connection.send(data)

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        await self._connection.close(code, reason or "")


@asynccontextmanager
async def core(workers: Workers) -> AsyncIterator[str]:
    """The address of the links: `ws://…/ws/v1/workers`."""

    async def taken(connection: ServerConnection) -> None:
        assert connection.request is not None
        try:
            await workers.serve(connection.request.path.rpartition("/")[2], Socket(connection))
        except WebSocketDisconnect:
            return

    async with serve(taken, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"ws://127.0.0.1:{port}/ws/v1/workers"
