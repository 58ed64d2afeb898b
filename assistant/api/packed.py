"""Text files, packed with gzip for a browser that takes it. Each is packed once and kept while it stays as it is.

What is packed already (pictures, typefaces, PDFs) goes as it lies, and nothing that streams comes by here.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse, Response
from starlette.types import Scope

TEXTS = {".js", ".mjs", ".css", ".json", ".svg", ".webmanifest"}
LEAST = 1000
"""Bytes: a smaller file fits into one packet anyway."""
_KEPT = 512


async def packed(response: FileResponse, scope: Scope) -> Response:
    """The file of `response`, packed where its kind and the browser allow it; else `response` itself."""
    if Path(response.path).suffix not in TEXTS:
        return response
    response.headers.add_vary_header("Accept-Encoding")
    asked, stat = Headers(scope=scope), response.stat_result
    if scope["method"] != "GET" or "range" in asked or not _takes_gzip(asked.get("accept-encoding", "")):
        return response
    if stat is None or stat.st_size < LEAST:
        return response
    body = await to_thread.run_sync(_pack, str(response.path), stat.st_mtime_ns, stat.st_size)
    headers = MutableHeaders(raw=list(response.headers.raw))
    del headers["content-length"], headers["accept-ranges"]
    headers["content-encoding"] = "gzip"
    # Weak: the same file in other bytes. A browser asks with it whether the file has changed, and is answered the same.
    headers["etag"] = f"W/{headers['etag']}"
    return Response(body, response.status_code, dict(headers), response.media_type)


def _takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding names gzip and does not refuse it."""
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


@lru_cache(maxsize=_KEPT)
def _pack(path: str, _modified: int, _size: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), compresslevel=9, mtime=0)
