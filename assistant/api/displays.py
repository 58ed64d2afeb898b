"""The screens' WebSocket and the commands that any controller may send to a display."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter, Depends, Request, WebSocket
from pydantic import BaseModel, Field
from starlette.websockets import WebSocketDisconnect

from assistant.api.access import check_origin, is_local, may_change, may_command, operator, service_of, trust_of
from assistant.api.models import CommandAnswer, DisplaysAnswer
from assistant.api.problems import responses
from assistant.contracts import NotPermitted, Source, plain
from assistant.touch import OPERATIONS, intent_of

router = APIRouter(tags=["displays"], responses=responses(401, 404, 503))

POLICY_VIOLATION = 1008


class DisplayCommand(BaseModel):
    """An operation and its arguments: {"op": "show", "panel": "fine-dust-pm10", "args": {"district": "강남구"}}."""

    model_config = {"extra": "forbid"}

    op: str = Field(max_length=40, json_schema_extra={"enum": [*sorted(OPERATIONS)]}, examples=["show"])
    panel: str | None = Field(None, max_length=100, examples=["fine-dust-pm10"])
    args: dict[str, Any] = Field(default_factory=dict, examples=[{"district": "강남구"}])


@router.post(
    "/api/v1/displays/{display}/commands",
    dependencies=[Depends(may_change)],
    summary="Command a display",
    response_model=CommandAnswer,
)
async def command(request: Request, display: str, body: DisplayCommand) -> dict[str, Any]:
    """Carry out one operation on a display; answers once the screen has painted it or it is refused."""
    may_command(request, display)
    service = service_of(request)
    args = body.args if body.panel is None else {**body.args, "panel": body.panel}
    intent = intent_of(body.op, args, service.registry)
    outcome, run = await service.propose(display, intent, Source.API, trust_of(request, display))
    return {"run": run, "outcome": plain(outcome), "seq": service.hub.seq(display)}


@router.get(
    "/api/v1/displays",
    dependencies=[Depends(operator)],
    summary="List the displays",
    response_model=DisplaysAnswer,
)
async def displays(request: Request) -> dict[str, Any]:
    """The displays that exist, and how many screens are connected to each. For the operator only."""
    return {"displays": service_of(request).hub.overview()}


class SocketConnection:
    """A Starlette WebSocket as the hub's Connection."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket

    async def send_text(self, text: str) -> None:
        """Send one frame."""
        await self._socket.send_text(text)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the socket."""
        await self._socket.close(code, reason)


async def frames(socket: WebSocket) -> AsyncIterator[str]:
    """Text frames until the socket closes. A binary frame is an empty text, which is no message of any protocol."""
    while True:
        try:
            text = await socket.receive_text()
        except WebSocketDisconnect:
            return
        except KeyError:  # Starlette's way to say that the frame was binary
            text = ""
        yield text


@router.websocket("/ws/v1/displays/{display}")
async def screen(socket: WebSocket, display: str) -> None:
    """The display protocol: hello, then a snapshot and patches; acknowledgements and commands come back."""
    try:
        check_origin(socket)
        local = is_local(socket)
    except NotPermitted as error:
        await socket.close(POLICY_VIOLATION, error.code)
        return
    await socket.accept()
    service = service_of(socket)
    await service.serve_screen(SocketConnection(socket), display, frames(socket), local=local)
