"""The calls' WebSocket and the call log."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Query, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

from assistant.api.access import (
    SUBPROTOCOL,
    bearer,
    check_origin,
    is_local,
    may_change,
    paired,
    service_of,
)
from assistant.api.displays import POLICY_VIOLATION, SocketConnection, frames
from assistant.api.models import CallsAnswer, LinkAnswer, LinkBody
from assistant.api.problems import responses
from assistant.contracts import BadInput, NotPermitted, Unavailable
from display_bridge.pairing import DISPLAY_ID, Device
from telephony.hub import HELLO_S, Caller
from telephony.links import Link, Links, qr_svg
from telephony.parties import GUEST, Address, party_of

ON_SITE = "/scene"
"""The page that a phone at a scene opens."""
router = APIRouter(tags=["calls"], responses=responses(401, 422, 503))


@router.websocket("/ws/v1/calls")
async def calls(socket: WebSocket, role: str = "", display: str = "") -> None:
    """The protocol of calls: hello, then what docs/api/calls.asyncapi.yaml lists.

    Who it is says the device token, in a header, as a subprotocol or in hello. This machine's own office screens need
    none where the operator trusts them: they say their role and display in the address. Whoever is not let in is told
    why, then closed with 1008 and the code: a handshake that is refused would tell a page nothing.
    """
    offered = socket.headers.get("sec-websocket-protocol", "")
    await socket.accept(subprotocol=SUBPROTOCOL if SUBPROTOCOL in [p.strip() for p in offered.split(",")] else None)
    try:
        check_origin(socket)
        if not service_of(socket).calls.on:
            raise NotPermitted("calls-off", "calls are switched off (calls.enabled)")
        said = frames(socket)
        token = bearer(socket)
        if token is None and not role:  # who says no role either says who he is in hello
            token, said = await _told_by_hello(said)
        caller = _caller(socket, role, display, token)
    except (NotPermitted, BadInput) as error:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it may be gone by now
            await socket.send_json({"t": "error", "code": error.code, "message": error.message})
            await socket.close(POLICY_VIOLATION, error.code)
        return
    await service_of(socket).calls.hub.serve(SocketConnection(socket), caller, said)


async def _told_by_hello(said: AsyncIterator[str]) -> tuple[str | None, AsyncIterator[str]]:
    """The token that a client without headers has in its hello, and all frames, the hello without it.

    Raises NotPermitted("hello-timeout").
    """
    try:
        async with asyncio.timeout(HELLO_S):
            first = await anext(said, None)
    except TimeoutError as error:
        raise NotPermitted("hello-timeout", "the first message is hello, within 10 seconds") from error
    token: str | None = None
    with contextlib.suppress(ValueError, RecursionError):
        hello = json.loads(first or "")
        if isinstance(hello, dict) and hello.get("t") == "hello" and isinstance(hello.get("token"), str):
            token = hello.pop("token")
            first = json.dumps(hello)

    async def every() -> AsyncIterator[str]:
        if first is not None:
            yield first
        async for text in said:
            yield text

    return token, every()


def _caller(socket: WebSocket, role: str, display: str, token: str | None) -> Caller:
    service = service_of(socket)
    if token is None:
        if not is_local(socket):
            raise NotPermitted("token-needed", "a device token is needed: seoula pair")
        party = party_of(role, display) if role != "console" else None
        if party is None or not DISPLAY_ID.fullmatch(display):
            raise NotPermitted("token-needed", "a device token is needed: seoula pair")
        return Caller(str(party), role, display, "", lambda: True)
    device = service.device(token)
    if device is None:
        return _guest(service.calls.links, token)
    party = party_of(device.role, device.display)
    if party is None:
        raise NotPermitted("not-for-this-role", "citizens' screens have no calls")
    return Caller(str(party), device.role, device.name, device.department, lambda: service.device(token) is not None)


def _guest(links: Links, token: str) -> Caller:
    """Whoever has an on-site link. It is used up by the hello that begins with it; who comes back resumes."""
    link = links.peek(token)
    return Caller(
        str(Address(GUEST, link.id)),
        GUEST,
        link.name or "현장",
        "",
        lambda: links.holds(link.id),
        link.room,
        begin=lambda session, resume: links.take(token, session, resume),
    )


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


class LinkRequest(BaseModel):
    """The room that a phone at a scene shall join: `event:ID` of an incident, or a meeting room's id."""

    model_config = {"extra": "forbid"}

    room: str = Field(min_length=1, max_length=100, examples=["event:EQ-1"])
    name: str = Field("", max_length=40, examples=["현장 지휘소"])


@router.post(
    "/api/v1/calls/links",
    summary="A link for a phone at a scene",
    dependencies=[Depends(may_change)],
    response_model=LinkAnswer,
)
async def link(request: Request, body: LinkRequest) -> dict[str, Any]:
    """A link that opens one room, once, within half an hour, and its QR code. For office displays, consoles and the
    operator at this machine. The token stands behind # in the address, which no server log sees."""
    links = _links(request)
    token, made = await asyncio.to_thread(links.issue, body.room, body.name)
    url = f"{request.url.scheme}://{request.headers['host']}{ON_SITE}#token={token}"
    return {**_told(made), "token": token, "url": url, "qr_svg": qr_svg(url)}


@router.delete(
    "/api/v1/calls/links/{link}",
    summary="Withdraw a link",
    dependencies=[Depends(may_change)],
    response_model=LinkBody,
)
async def withdraw(request: Request, link: str) -> dict[str, Any]:
    """End a link; a phone that came with it is cut off within a second."""
    return _told(await asyncio.to_thread(_links(request).withdraw, link))


def _told(link: Link) -> dict[str, Any]:
    return {name: value for name, value in asdict(link).items() if name != "session"}


def _links(request: Request) -> Links:
    """The links, for who may make them. Raises NotPermitted, Unavailable."""
    calls, device = service_of(request).calls, paired(request)
    if device is not None and not device.internal:
        raise NotPermitted("not-for-this-role", "citizens' screens have no calls")
    if not calls.on:
        raise Unavailable("calls-off", "calls are switched off (calls.enabled)")
    return calls.links
