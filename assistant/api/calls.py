"""The calls' WebSocket and the call log."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Query, Request, WebSocket

from assistant.api.access import (
    SUBPROTOCOL,
    bearer,
    check_origin,
    is_local,
    paired,
    service_of,
)
from assistant.api.displays import POLICY_VIOLATION, SocketConnection, frames
from assistant.api.models import CallsAnswer
from assistant.api.problems import responses
from assistant.contracts import BadInput, NotPermitted
from display_bridge.pairing import DISPLAY_ID, Device
from telephony.hub import Caller
from telephony.parties import Address, party_of

router = APIRouter(tags=["calls"], responses=responses(401, 503))


@router.websocket("/ws/v1/calls")
async def calls(socket: WebSocket, role: str = "", display: str = "") -> None:
    """The protocol of calls: hello, then what docs/api/calls.asyncapi.yaml lists.

    Who it is says the device token. This machine's own office screens need none where the operator trusts them: they
    say their role and display in the address.
    """
    try:
        check_origin(socket)
        if not service_of(socket).calls.on:
            raise NotPermitted("calls-off", "calls are switched off (calls.enabled)")
        caller = _caller(socket, role, display)
    except (NotPermitted, BadInput) as error:
        await socket.close(POLICY_VIOLATION, error.code)
        return
    offered = socket.headers.get("sec-websocket-protocol", "")
    await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in [p.strip() for p in offered.split(",")] else None)
    await service_of(socket).calls.hub.serve(SocketConnection(socket), caller, frames(socket))


def _caller(socket: WebSocket, role: str, display: str) -> Caller:
    service = service_of(socket)
    token = bearer(socket)
    if token is None:
        if not is_local(socket):
            raise NotPermitted("token-needed", "a device token is needed: seoula pair")
        party = party_of(role, display) if role != "console" else None
        if party is None or not DISPLAY_ID.fullmatch(display):
            raise NotPermitted("token-needed", "a device token is needed: seoula pair")
        return Caller(str(party), role, display, "", lambda: True)
    device = service.device(token)
    if device is None:
        raise NotPermitted("bad-token", "this device token is not known")
    party = party_of(device.role, device.display)
    if party is None:
        raise NotPermitted("not-for-this-role", "citizens' screens have no calls")
    return Caller(str(party), device.role, device.name, device.department, lambda: service.device(token) is not None)


def _may_know(request: Request) -> list[str] | None:
    """The parties whose calls the caller may see; None: everybody's. Raises NotPermitted."""
    check_origin(request)
    device = paired(request)
    if device is None:
        if is_local(request):
            return None
        raise NotPermitted("token-needed", "a device token is needed: seoula pair")
    return _parties(device)


def _parties(device: Device) -> list[str]:
    party = party_of(device.role, device.display)
    if party is None:
        raise NotPermitted("not-for-this-role", "citizens' screens have no calls")
    return [str(party), *([str(Address("dept", device.department))] if device.department else [])]


@router.get("/api/v1/calls", summary="The call log", response_model=CallsAnswer)
async def call_log(
    request: Request,
    limit: int = Query(50, ge=1, le=200, description="How many at most."),
    missed: bool = Query(False, description="Only missed ones."),
    before: float | None = Query(None, ge=0, allow_inf_nan=False, description="Only earlier ones, epoch seconds."),
) -> dict[str, Any]:
    """The newest calls first: a console's own and its department's, a display's own; for the operator at this machine
    all of them. Who, when, how long, why it ended and what it was about; nothing that was said."""
    of = _may_know(request)
    service = service_of(request)
    await service.calls.journal.written()
    found = await asyncio.to_thread(service.calls.journal.store.latest, limit, of=of, missed=missed, before=before)
    return {"calls": found}
