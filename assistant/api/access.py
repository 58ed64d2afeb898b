"""Who is asking: device tokens, the operator at this machine, and pages of other origins, which are refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import Request
from starlette.requests import HTTPConnection

from assistant.contracts import NotPermitted
from assistant.service import Service

_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def service_of(connection: HTTPConnection) -> Service:
    """The running service of a request or WebSocket."""
    service: Service = connection.app.state.service
    return service


def check_origin(connection: HTTPConnection) -> None:
    """Refuse a browser page of another origin, and a Host that is not ours. Raises NotPermitted.

    A page of another site can reach a loopback server; without this it could command the wall.
    """
    settings = service_of(connection).settings.server
    host = urlsplit("//" + connection.headers.get("host", "")).hostname or ""
    allowed = {h.strip("[]") for h in settings.allowed_hosts} | {settings.host}
    if host not in allowed:
        raise NotPermitted("bad-host", "this host name is not served; add it to server.allowed_hosts")
    origin = connection.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != connection.headers.get("host"):
        raise NotPermitted("bad-origin", "requests from pages of other origins are refused")


def bearer(connection: HTTPConnection) -> str | None:
    """The device token of the Authorization header, or None."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def is_local(connection: HTTPConnection) -> bool:
    """The request comes straight from this machine: loopback, and no proxy has passed it on."""
    client = connection.client.host if connection.client else ""
    return client in _LOOPBACK and not any(h in connection.headers for h in _PROXY_HEADERS)


def may_change(request: Request) -> None:
    """For every call that changes a screen: own origin, and either this machine or a device token."""
    check_origin(request)
    if is_local(request):
        return
    token = bearer(request)
    if token is None or service_of(request).device(token) is None:
        raise NotPermitted("token-needed", "a device token is needed: seoula pair")


def operator(request: Request) -> None:
    """For run records: the operator at this machine (unless switched off), or a paired office device."""
    check_origin(request)
    service = service_of(request)
    if service.settings.server.trust_local_operator and is_local(request):
        return
    device = service.device(bearer(request) or "")
    if device is None or not device.internal:
        raise NotPermitted("token-needed", "run records need the token of a paired office device")
