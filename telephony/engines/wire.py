"""A media engine across a process boundary: what is asked and told, as plain dictionaries for JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Mapping
from typing import Any, Protocol, get_args

from assistant.contracts import BadInput
from telephony.engines.engine import Description, EngineEvent, EventKind


class Link(Protocol):
    """The way to a worker's engine."""

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The worker's answer. Raises what the worker raised (SeoulaError), Unavailable when it is not there."""

    def events(self) -> AsyncIterator[dict[str, Any]]:
        """What it tells by itself, for one listener; `{"event": "lost"}` when it is gone."""


def description_of(value: object) -> Description:
    """A description from its JSON form. Raises BadInput `bad-description`."""
    if isinstance(value, Mapping) and value.get("type") in ("offer", "answer") and isinstance(value.get("sdp"), str):
        return Description("offer" if value["type"] == "offer" else "answer", value["sdp"])
    raise BadInput("bad-description", "a description has a type and a text")


def json_of(description: Description) -> dict[str, str]:
    """Its JSON form, the one of the browsers."""
    return {"type": description.type, "sdp": description.sdp}


def told(event: EngineEvent) -> dict[str, Any]:
    """An event's JSON form."""
    return {"event": "engine", **dataclasses.asdict(event)}


def event_of(value: Mapping[str, Any]) -> EngineEvent:
    """The event of its JSON form. Raises BadInput `bad-event`."""
    kind: Any = value.get("kind")
    texts = [value.get(name, "") for name in ("room", "part", "feed", "reason")]
    level = value.get("level_db", 0.0)
    if kind not in get_args(EventKind) or not all(isinstance(text, str) for text in texts):
        raise BadInput("bad-event", "this is no event of an engine")
    if isinstance(level, bool) or not isinstance(level, int | float):
        raise BadInput("bad-event", "a loudness is a number")
    room, part, feed, reason = map(str, texts)
    return EngineEvent(kind, room, part, feed, float(level), reason)
