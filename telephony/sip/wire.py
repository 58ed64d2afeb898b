"""A telephone gateway across a process boundary: what is asked and told, as plain dictionaries for JSON.

Requests: `{"do": "open", "line": {...}}`, `{"do": "dial", "leg", "uri", "room", "part"}` and the other methods of a
SipGateway by their names and parameters, `{"do": "close"}`. Events: `{"event": "phone", "kind", "leg", ...}`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from assistant.contracts import BadInput
from telephony.sip.gateway import KINDS, PhoneEvent

_TEXTS = ("leg", "reason", "caller", "called", "digits")


def told(event: PhoneEvent) -> dict[str, Any]:
    """An event's JSON form."""
    return {"event": "phone", **dataclasses.asdict(event)}


def event_of(value: Mapping[str, Any]) -> PhoneEvent:
    """The event of its JSON form. Raises BadInput `bad-event`."""
    kind, code, on = value.get("kind"), value.get("code", 0), value.get("on", False)
    texts = {name: value.get(name, "") for name in _TEXTS}
    good = isinstance(kind, str) and kind in KINDS and isinstance(on, bool)
    good = good and isinstance(code, int) and all(isinstance(text, str) for text in texts.values())
    if not good:
        raise BadInput("bad-event", "this is no event of a telephone gateway")
    return PhoneEvent(kind, code=code, on=on, **texts)  # type: ignore[arg-type]


def text(request: Mapping[str, Any], name: str) -> str:
    """A request's text. Raises BadInput `bad-request`."""
    value = request.get(name)
    if not isinstance(value, str):
        raise BadInput("bad-request", f"{name} is a text")
    return value


def flag(request: Mapping[str, Any], name: str) -> bool:
    """A request's yes or no. Raises BadInput `bad-request`."""
    value = request.get(name)
    if not isinstance(value, bool):
        raise BadInput("bad-request", f"{name} is true or false")
    return value
