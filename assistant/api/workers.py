"""WS /ws/v1/workers/{name}: the hearing and speaking workers' link. This machine only."""

from __future__ import annotations

import contextlib
import json

from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from assistant.api.access import is_local, service_of
from assistant.contracts import NotPermitted

router = APIRouter()


@router.websocket("/ws/v1/workers/{name}")
async def worker(socket: WebSocket, name: str) -> None:
    """Serve one worker until it goes."""
    if not is_local(socket):
        await socket.close(1008, "local-only")
        return
    await socket.accept()
    try:
        await service_of(socket).workers.serve(name, socket)
    except NotPermitted as error:
        await socket.close(1008, error.code)
    except (json.JSONDecodeError, KeyError):
        with contextlib.suppress(RuntimeError):
            await socket.close(1003, "bad-message")
    except WebSocketDisconnect:
        return
