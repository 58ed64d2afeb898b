"""Who is asking: device tokens, the operator at this machine, and pages of other origins, which are refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.requests import HTTPConnection

from assistant.contracts import NotPermitted
from assistant.gate import Trust
from assistant.service import Service
from content_registry.schema import CITIZEN_SURFACES
from display_bridge.pairing import CONSOLE, Device

_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
SUBPROTOCOL, TOKEN_PROTOCOL = "seoula", "token."
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def service_of(connection: HTTPConnection) -> Service:
    """The running service of a request or WebSocket."""
    service: Service = connection.app.state.service
    return service


def check_origin(connection: HTTPConnection) -> None:
    """Refuse a browser page of another origin. Raises NotPermitted.

    A page of another site can reach a loopback server; without this it could command the wall. That the Host is
    ours is seen to before (edge.py).
    """
    origin = connection.headers.get("origin")
    if origin is not None and _netloc(origin) != connection.headers.get("host"):
        raise NotPermitted("bad-origin", "requests from pages of other origins are refused")


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def bearer(connection: HTTPConnection) -> str | None:
    """The device token of the Authorization header, or None.

    A browser cannot set headers on a WebSocket: there the token stands among the subprotocols, "seoula" first.
    """
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    offered = [p.strip() for p in connection.headers.get("sec-websocket-protocol", "").split(",")]
    return next((p.removeprefix(TOKEN_PROTOCOL) for p in offered if p.startswith(TOKEN_PROTOCOL)), None)


def is_direct(connection: HTTPConnection) -> bool:
    """The request comes straight from this machine: loopback, and no proxy has passed it on."""
    client = connection.client.host if connection.client else ""
    return client in _LOOPBACK and not any(h in connection.headers for h in _PROXY_HEADERS)


def is_local(connection: HTTPConnection) -> bool:
    """The caller counts as the operator at this machine. With `server.trust_local_operator` off nobody does.

    Raises NotPermitted where the caller shows a device token that is none: whoever presents one wants to be known by
    it, and must hear that it does not hold.
    """
    if bearer(connection) and paired(connection) is None:
        raise NotPermitted("bad-token", "this device token is not known")
    return service_of(connection).settings.server.trust_local_operator and is_direct(connection)


def paired(connection: HTTPConnection) -> Device | None:
    """The paired device whose token the caller has, or None."""
    return service_of(connection).device(bearer(connection) or "")


def may_change(connection: HTTPConnection) -> None:
    """For every call that changes a screen: own origin, and either this machine or a device token."""
    check_origin(connection)
    if not is_local(connection) and paired(connection) is None:
        raise NotPermitted("token-needed", "a device token is needed: seoula pair")


def may_command(connection: HTTPConnection, display: str) -> None:
    """A device commands the display it is paired for, no other, also where it stands beside the service; a citizens'
    device only one that is for citizens."""
    may_change(connection)
    device = paired(connection)
    if device is None and is_local(connection):
        return
    if device is None or device.display != display or device.role == CONSOLE:
        raise NotPermitted("other-display", "this device token belongs to another display")
    if not device.internal and service_of(connection).hub.role(display) not in CITIZEN_SURFACES:
        raise NotPermitted("other-display", "a citizens' device cannot command an office display")


def trust_of(connection: HTTPConnection, display: str) -> Trust:
    """What the caller may be told of a display's content: a paired office device what its screens may have, everybody
    else what is public, wherever the call comes from."""
    device = paired(connection)
    if device is None or not device.internal:
        return Trust.PUBLIC
    if not device.office:
        return Trust.INTERNAL
    return max(Trust.INTERNAL, service_of(connection).screens.standing(display).trust)


def is_operator(connection: HTTPConnection) -> bool:
    """The operator at this machine, or a paired office device; a citizens' device is none, wherever it stands."""
    device = paired(connection)
    return is_local(connection) if device is None else device.office


def known_operator(connection: HTTPConnection) -> bool:
    """As `is_operator`, for what everybody may ask: a device token that is none makes nobody of the caller, not an
    error. A probe must not fail because of a token that it does not need."""
    try:
        return is_operator(connection)
    except NotPermitted:
        return False


def local_operator(request: Request) -> None:
    """For what only the operator at this machine may do: hear a run, correct it. Raises NotPermitted."""
    check_origin(request)
    if not is_local(request):
        raise NotPermitted("local-only", "only the operator at this machine may do this")


def operator(request: Request) -> None:
    """For run records and the list of displays: see `is_operator`. Raises NotPermitted."""
    check_origin(request)
    if not is_operator(request):
        raise NotPermitted("token-needed", "this needs the token of a paired office device")
