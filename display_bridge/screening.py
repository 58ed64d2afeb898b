"""Reads what screens send; everything that comes in is checked here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from assistant.contracts import BadInput, Rendered
from display_bridge.trust import ROLES

PROTO = 2
"""The protocol that is spoken here. 2: an answer's sound comes in phrases (`speech.urls`), in 1 in one piece. A screen
that speaks another one is told so, and loads its page anew."""
MAX_FRAME = 65_536
MAX_DEPTH_ERRORS = (ValueError, RecursionError)
STATUSES = ("rendered", "failed", "superseded")
MOST_TARGETS = 200
_TARGET = re.compile(r"[a-z0-9-]{1,16}")

Target = tuple[str, float, float, float, float]
"""Something that can be chosen on a screen: its name there; left, top, right and bottom as parts of the screen."""


class PlainError(BadInput):
    """A message that cannot be used; the connection stays."""


@dataclass(frozen=True, slots=True)
class Hello:
    """The first message of a screen. epoch, seq: where it wants to resume, None for a new start."""

    role: str
    token: str
    epoch: str | None
    seq: int | None


def read_message(text: str) -> dict[str, Any]:
    """A frame as an object. Raises PlainError."""
    if len(text) > MAX_FRAME:
        raise PlainError("too-long", "a message has at most 65536 characters")
    try:
        message = json.loads(text)
    except MAX_DEPTH_ERRORS as error:
        raise PlainError("bad-message", "a message must be JSON") from error
    if not isinstance(message, dict):
        raise PlainError("bad-message", "a message must be a JSON object")
    return message


def read_hello(text: str) -> Hello:
    """The first frame. Raises BadInput: the connection cannot begin."""
    message = read_message(text)
    if message.get("t") != "hello":
        raise BadInput("no-hello", "the first message must be hello")
    if message.get("proto") != PROTO:
        raise BadInput("bad-proto", f"protocol {PROTO} is spoken here: load the page anew")
    role, token, resume = message.get("role"), message.get("token", ""), message.get("resume")
    if role not in ROLES:
        raise BadInput("unknown-role", "unknown role")
    if not isinstance(token, str) or len(token) > 200:
        raise BadInput("bad-token", "a token is a short text")
    if resume is None:
        return Hello(str(role), token, None, None)
    epoch, seq = (resume.get("epoch"), resume.get("seq")) if isinstance(resume, dict) else (None, None)
    if not isinstance(epoch, str) or not isinstance(seq, int) or isinstance(seq, bool):
        return Hello(str(role), token, None, None)
    return Hello(str(role), token, epoch, seq)


def read_targets(message: dict[str, Any]) -> tuple[Target, ...]:
    """What can be chosen on a screen. Raises PlainError."""
    given = message.get("targets")
    if not isinstance(given, list) or len(given) > MOST_TARGETS:
        raise PlainError("bad-targets", f"targets are a list of at most {MOST_TARGETS}")
    targets = tuple(_target(one) for one in given)
    if len({target[0] for target in targets}) != len(targets):
        raise PlainError("bad-targets", "a target's name is given twice")
    return targets


def _target(given: object) -> Target:
    name, *edges = given if isinstance(given, list) and len(given) == 5 else (None,)
    if not isinstance(name, str) or not _TARGET.fullmatch(name):
        raise PlainError("bad-targets", "a target is [name, left, top, right, bottom]")
    if not all(isinstance(e, int | float) and not isinstance(e, bool) and -1 <= e <= 2 for e in edges):
        raise PlainError("bad-targets", "a target's edges are parts of the screen, 0 to 1")
    left, top, right, bottom = map(float, edges)
    if left >= right or top >= bottom:
        raise PlainError("bad-targets", "a target's left is before its right, its top above its bottom")
    return name, left, top, right, bottom


def read_ack(message: dict[str, Any], display: str) -> Rendered:
    """An acknowledgement. Raises PlainError."""
    seq, status, ms, error = (message.get(k, d) for k, d in (("seq", None), ("status", None), ("ms", 0), ("error", "")))
    if not isinstance(seq, int) or isinstance(seq, bool) or seq < 0 or status not in STATUSES:
        raise PlainError("bad-ack", "ack needs seq and status")
    if not isinstance(ms, int | float) or isinstance(ms, bool) or not 0 <= ms < 1e7 or not isinstance(error, str):
        raise PlainError("bad-ack", "ms is a number of milliseconds, error a text")
    return Rendered(display, seq, str(status), float(ms), error[:200])
