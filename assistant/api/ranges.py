"""Which parts of a file are asked for (RFC 9110, 14.2), before the framework answers with them."""

from __future__ import annotations

import re

from fastapi.responses import Response
from starlette.datastructures import Headers
from starlette.types import Scope

from assistant.api.problems import problem

MOST_RANGES = 20
_RANGE = re.compile(r"(?=.*\d)(\d{0,15})-(\d{0,15})")


def bad_range(scope: Scope, size: int) -> Response | None:
    """The problem (416) of a request none of whose ranges lies in a file of so many bytes; else None. Only ranges that
    do are left in the request, and what is no range at all is not looked at."""
    asked = Headers(scope=scope).get("range")
    if asked is None:
        return None
    ranges = [_RANGE.fullmatch(one.strip()) for one in asked.removeprefix("bytes=").split(",")]
    if not asked.startswith("bytes=") or not all(ranges) or len(ranges) > MOST_RANGES:
        _ask_for(scope, "")
        return None
    found = [(m[1], m[2]) for m in ranges if m]
    kept = [f"{a or ''}-{b or ''}" for a, b in found if (int(a) < size if a else int(b or 0) > 0)]
    if not kept or any(a and b and int(a) > int(b) for a, b in found):
        refusal = problem(416, "bad-range", f"the file has {size} bytes")
        refusal.headers["Content-Range"] = f"bytes */{size}"
        return refusal
    if len(kept) < len(found):
        _ask_for(scope, "bytes=" + ",".join(kept))
    return None


def _ask_for(scope: Scope, ranges: str) -> None:
    others = [header for header in scope["headers"] if header[0] != b"range"]
    scope["headers"] = [*others, (b"range", ranges.encode())] if ranges else others
