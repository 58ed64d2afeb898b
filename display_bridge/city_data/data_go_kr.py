"""The envelopes of data.go.kr's services (weather, AirKorea), of the bus service and of safetydata.go.kr. Pure.

{"response": {"header": {"resultCode": "00"}, "body": {"items": {"item": [...]}}}}    weather; AirKorea's items is
                                                                                       the list itself
<OpenAPI_ServiceResponse><cmmMsgHeader><returnReasonCode>30...                         key and quota errors
{"msgHeader": {"headerCd": "0"}, "msgBody": {"itemList": [...]}}                       bus; XML below ServiceResult
{"header": {"resultCode": "00"}, "body": [...]}                                        safetydata
"""

from __future__ import annotations

from typing import Any

from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.wire import decoded, inner, records, said, unreadable

_FINE = frozenset({"0", "00", "000", "0000"})
_NOTHING = frozenset({"3", "03"})
_FAILURES: dict[str, tuple[str, str, bool]] = {
    "01": ("data-01", "the application failed", True),
    "02": ("data-02", "the database failed", True),
    "04": ("data-04", "the service answered with an HTTP error", True),
    "05": ("data-05", "the service timed out", True),
    "10": ("data-10", "a parameter is wrong", False),
    "11": ("data-11", "a required parameter is missing", False),
    "12": ("data-12", "there is no such service", False),
    "20": ("bad-key", "the key has no access to the service", False),
    "21": ("bad-key", "the key is suspended", False),
    "22": ("quota", "the calls of the day are used up", False),
    "30": ("bad-key", "the key is not registered", False),
    "31": ("bad-key", "the key has expired", False),
    "32": ("bad-key", "the address is not registered for the key", False),
    "33": ("bad-key", "the request is not signed", False),
    "99": ("data-99", "the service failed", True),
}
_BUS_NOTHING = frozenset({"3", "4", "8"})
"""No such stop, no result, service over for the night."""


def failure(code: str) -> SourceFailed:
    """The failure of a reason code. Raised without the service's words, which may repeat the request."""
    short = code.zfill(2) if code.isdigit() else code
    known = _FAILURES.get(short)
    if known is None:
        plain = f"data-{code}" if code.isascii() and code.isalnum() and len(code) <= 8 else "unreadable"
        return SourceFailed(plain, "the service refused")
    return SourceFailed(known[0], f"code {short}: {known[1]}", retry=known[2])


def _readable(body: bytes) -> Any:
    """A body as values; the gateway's errors, which come as XML whatever was asked or as bare words, are raised."""
    try:
        value = decoded(body)
    except SourceFailed:
        words = body[:400].decode("utf-8", "ignore").upper()
        if "<" not in words and "{" not in words:
            if "LIMITED NUMBER" in words or "LIMITED_NUMBER" in words:
                raise failure("22") from None
            if "SERVICE KEY" in words or "SERVICE_KEY" in words or "UNAUTHORIZED" in words:
                raise failure("30") from None
        raise
    header = inner(value, "OpenAPI_ServiceResponse", "cmmMsgHeader")
    if header is not None:
        raise failure(said(inner(header, "returnReasonCode")) or "99")
    return value


def items(body: bytes) -> list[dict[str, Any]]:
    """The items of a data.go.kr answer; none for "no data". Raises SourceFailed."""
    value = _readable(body)
    header = inner(value, "response", "header")
    code = said(inner(header, "resultCode"))
    if not code:
        raise unreadable("it holds no result code")
    if code in _NOTHING:
        return []
    if code not in _FINE:
        raise failure(code)
    held = inner(value, "response", "body", "items")
    if isinstance(held, dict) and "item" in held:
        held = held["item"]
    return records(held)


def messages(body: bytes) -> list[dict[str, Any]]:
    """The rows of a safetydata answer. Raises SourceFailed."""
    value = _readable(body)
    if isinstance(inner(value, "response"), dict):
        value = inner(value, "response")
    code = said(inner(value, "header", "resultCode"))
    if not code:
        raise unreadable("it holds no result code")
    if code in _NOTHING:
        return []
    if code not in _FINE:
        raise failure(code)
    held = inner(value, "body")
    if isinstance(held, dict) and "item" in held:
        held = held["item"]
    return records(held)


def bus_items(body: bytes) -> list[dict[str, Any]]:
    """The items of a bus answer: a list, or the object itself when there is one. Raises SourceFailed."""
    value = _readable(body)
    value = inner(value, "ServiceResult") or value
    code = said(inner(value, "msgHeader", "headerCd"))
    if not code:
        raise unreadable("it holds no header")
    words = said(inner(value, "msgHeader", "headerMsg")).upper()
    if code == "7" or "KEY" in words:
        raise failure("22" if "LIMITED" in words or "22" in words else "30")
    if code in _BUS_NOTHING:
        return []
    if code != "0":
        raise SourceFailed(f"bus-{code}" if code.isalnum() and len(code) < 8 else "unreadable", "the service failed")
    return records(inner(value, "msgBody", "itemList"))
