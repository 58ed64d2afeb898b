"""/api/v1/seeing and its WebSocket: the room's own cameras, for operators. No picture comes this way, only points."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import Any

from fastapi import APIRouter, Depends, Request, WebSocket
from pydantic import BaseModel, Field
from starlette.requests import HTTPConnection

from assistant.api.access import SUBPROTOCOL, check_origin, is_operator, known_operator, operator
from assistant.api.displays import frames
from assistant.api.problems import responses
from assistant.camera_watch import CameraWatch, Looker
from assistant.contracts import BadInput, NotPermitted

router = APIRouter(tags=["seeing"], responses=responses(401, 404, 503))

POLICY_VIOLATION = 1008
HEALTH_S = 1.0


class SeeingCameraRow(BaseModel):
    """A camera that looks at people or shelves."""

    name: str
    display: str = Field(description="The display it stands before.")
    state: str = Field(description="`ok`, `starting`, `missing`, or `off`: closed, since nothing needs it.")
    camera_detail: str = Field(description="Why it is missing.")
    abilities: dict[str, str] = Field(
        description="What it is used for, each `ok`, `off`, `starting`, or what is wrong."
    )
    idle: bool = Field(description="Nothing goes on: a few frames a second are looked at.")
    fps: float
    slowed: bool = Field(description="The processor does not allow the wanted pace.")
    cpu_ms_per_frame: float
    frames: int = Field(description="Looked at since the worker began.")
    dropped_frames: int
    memory_mb: int
    events: list[dict[str, Any]] = Field(description="The last ones, newest first. Nobody's name is among them.")
    watched: bool = Field(description="Somebody is looking at its points now.")


class SeeingAnswer(BaseModel):
    cameras: list[SeeingCameraRow]


@router.get(
    "/api/v1/seeing",
    dependencies=[Depends(operator)],
    summary="The room's own cameras",
    response_model=SeeingAnswer,
)
async def cameras(request: Request) -> dict[str, Any]:
    """State, pace, cost, abilities and last events of each camera that looks at people or shelves. For operators."""
    return {"cameras": _watch(request).rows()}


@router.websocket("/ws/v1/seeing")
async def look(socket: WebSocket) -> None:
    """For operators: `cameras` every second, `event`s, and `sketch`es of the cameras asked for."""
    try:
        check_origin(socket)
        if not is_operator(socket):
            raise NotPermitted("token-needed", "this needs the token of a paired office device")
    except NotPermitted as error:
        await socket.close(POLICY_VIOLATION, error.code)
        return
    offered = socket.headers.get("sec-websocket-protocol", "")
    await socket.accept(SUBPROTOCOL if SUBPROTOCOL in offered.split(",") else None)
    watch = _watch(socket)
    looker = watch.look()
    telling = asyncio.create_task(_tell(socket, watch, looker))
    try:
        async for text in frames(socket):
            try:
                _asked(looker, text)
            except BadInput as error:
                await socket.send_json({"type": "error", "code": error.code, "message": error.message})
    finally:
        telling.cancel()
        looker.leave()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await telling


async def _tell(socket: WebSocket, watch: CameraWatch, looker: Looker) -> None:
    told = float("-inf")
    clock = asyncio.get_running_loop().time
    while True:
        if clock() - told >= HEALTH_S:
            told = clock()
            if not known_operator(socket):  # the device is not paired any more
                await socket.close(POLICY_VIOLATION, "bad-token")
                return
            await socket.send_json({"type": "cameras", "cameras": watch.rows()})
        for message in await looker.next(HEALTH_S):
            await socket.send_json(message)


def _asked(looker: Looker, text: str) -> None:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("bad-message", "a message must be JSON") from error
    wanted = isinstance(message, dict) and message.get("type") == "sketch"
    if not wanted or not isinstance(message.get("camera"), str) or not isinstance(message.get("on"), bool):
        raise BadInput("bad-message", 'only {"type": "sketch", "camera": NAME, "on": true or false} is understood')
    looker.watch(message["camera"], on=message["on"])


def _watch(connection: HTTPConnection) -> CameraWatch:
    watch: CameraWatch = connection.app.state.sight.watch
    return watch
