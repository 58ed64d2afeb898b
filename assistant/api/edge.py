"""Around every request: only host names that are ours, no endless bodies, safe headers, and no bare failure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)

MOST_BODY_BYTES = 1_000_000
"""Of any request but a recording and a shelf's picture, whose own limits are larger (api/audio.py, api/shelves.py)."""
LARGER = re.compile(r"/api/v1/audio|/api/v1/shelves/[^/]+")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}
ANSWERS = "/api/"
"""What is answered here depends on who asks: no cache keeps it, unless the answer itself says that one may."""
POLICY_VIOLATION, INTERNAL_ERROR = 1008, 1011
ProblemOf = Callable[[int, str, str], Response]


class Edge:
    """Pure ASGI, so that it also guards WebSockets and adds nothing to a stream's way."""

    def __init__(self, app: ASGIApp, problem: ProblemOf) -> None:
        self._app, self._problem = app, problem

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def sending(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(ANSWERS):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if not host_allowed(scope):
            refusal = self._problem(403, "bad-host", "this host name is not served; add it to server.allowed_hosts")
            await refusal(scope, receive, sending)
            return
        try:
            await self._app(scope, _limited(scope, receive, lambda: started), sending)
        except Exception:
            log.exception("a request failed", method=scope["method"])
            if started:
                raise
            await self._problem(500, "internal-error", "the request failed; the log says why")(scope, receive, sending)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        closed = False

        async def sending(message: Message) -> None:
            nonlocal closed
            closed = closed or message["type"] == "websocket.close"
            await send(message)

        async def receiving() -> Message:
            nonlocal closed
            message = await receive()
            closed = closed or message["type"] == "websocket.disconnect"
            return message

        if not host_allowed(scope):
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION, "reason": "bad-host"})
            return
        try:
            await self._app(scope, receiving, sending)
        except Exception:
            log.exception("a WebSocket failed")
            if not closed:
                await send({"type": "websocket.close", "code": INTERNAL_ERROR, "reason": "internal-error"})


def host_allowed(scope: Scope) -> bool:
    """Whether the Host header names us: else a page of another site could rebind its name to this address."""
    settings: Any = scope["app"].state.service.settings.server
    try:
        host = urlsplit("//" + Headers(scope=scope).get("host", "")).hostname or ""
    except ValueError:
        return False
    return host in {name.strip("[]").lower() for name in (*settings.allowed_hosts, settings.host)}


def _limited(scope: Scope, receive: Receive, answering: Callable[[], bool]) -> Receive:
    """Bodies of so many bytes; who sends more while it is being answered (a stream) is hung up on."""
    if scope["method"] == "POST" and LARGER.fullmatch(scope["path"]):
        return receive
    got = 0

    async def receiving() -> Message:
        nonlocal got
        message = await receive()
        got += len(message.get("body", b""))
        if got > MOST_BODY_BYTES and answering():
            return {"type": "http.disconnect"}
        if got > MOST_BODY_BYTES:
            raise HTTPException(413, f"a request of at most {MOST_BODY_BYTES // 1_000_000} MB is accepted")
        return message

    return receiving
