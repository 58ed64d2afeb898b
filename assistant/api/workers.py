"""WS /ws/v1/workers/{name}: the hearing and speaking workers' link. This machine only."""

from __future__ import annotations

import contextlib

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from assistant.api.access import is_direct, service_of
from assistant.contracts import BadInput, NotPermitted

router = APIRouter()


@router.websocket("/ws/v1/workers/{name}")
async def worker(socket: WebSocket, name: str) -> None:
    """Serve one worker until it goes."""
    if not is_direct(socket) or "origin" in socket.headers:  # a worker is no browser page
        await socket.close(1008, "local-only")
        return
    await socket.accept()
    try:
        await service_of(socket).workers.serve(name, _Link(socket))
    except (NotPermitted, BadInput) as error:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await socket.close(1008 if isinstance(error, NotPermitted) else 1003, error.code)
    except (WebSocketDisconnect, RuntimeError):
        return


class _Link:
    """A Starlette WebSocket as the links' Socket: a frame that is no text is an empty one, which no message is."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self.send_text, self.send_bytes, self.close = socket.send_text, socket.send_bytes, socket.close

    async def receive_text(self) -> str:
        try:
            return await self._socket.receive_text()
        except KeyError:
            return ""
