"""GET /api/v1/documents/{id}/file.pdf: a document's file, for those who may read it; Range and ETag as of RFC 9110."""

from __future__ import annotations

import asyncio
import re
import time
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, Response

from assistant.api.access import bearer, check_origin, service_of
from assistant.api.problems import problem, responses
from assistant.contracts import NotPermitted, Unavailable
from content_registry.schema import Registry, Visibility
from display_bridge.city_data.metrics import KST
from display_bridge.papers.files import PaperFiles
from display_bridge.trust import Trust

router = APIRouter(prefix="/api/v1", tags=["catalog"], responses=responses(401, 404, 503))
PDF = "application/pdf"
BYTES = {"type": "string", "format": "binary"}
MOST_RANGES = 20
_RANGE = re.compile(r"(?=.*\d)(\d{0,15})-(\d{0,15})")


@router.get(
    "/documents/{document}/file.pdf",
    summary="A document's PDF",
    response_class=Response,
    responses={200: {"description": "The file", "content": {PDF: {"schema": BYTES}}}},
)
async def file(request: Request, document: str) -> Response:
    """The file, whole (200) or the asked-for ranges (206, 416); 304 where the caller has it. An internal document
    needs the token of a paired office screen, a private one that of a screen which a recognised person has unlocked.
    """
    check_origin(request)
    service = service_of(request)
    papers = getattr(request.app.state, "papers", None)
    if not isinstance(papers, PaperFiles):
        raise Unavailable("no-documents", "documents are not served here")
    highest = readable(request)
    now = datetime.fromtimestamp(time.time(), KST)
    try:
        path = await asyncio.to_thread(papers.file, document, service.registry, now, highest)
    except NotPermitted as error:
        if bearer(request) is None:
            raise NotPermitted("token-needed", "this document needs a paired office screen's token") from error
        raise
    return _sent(request, path, public=highest is Visibility.PUBLIC)


def use_registry(app: FastAPI, registry: Registry) -> None:
    """Judge by a changed registry from now on which documents lie in which panel."""
    papers = getattr(app.state, "papers", None)
    if isinstance(papers, PaperFiles):
        papers.city.registry = registry


def readable(request: Request) -> Visibility:
    """The most that a caller may read. Raises NotPermitted("bad-token") for a token that is none."""
    token = bearer(request)
    if not token:
        return Visibility.PUBLIC
    service = service_of(request)
    device = service.device(token)
    if device is None:
        raise NotPermitted("bad-token", "this device token is not known")
    if not device.internal:
        return Visibility.PUBLIC
    unlocked = device.office and service.hub.trust(device.display) is Trust.PRIVATE
    return Visibility.PRIVATE if unlocked else Visibility.INTERNAL


def _sent(request: Request, path: Path, *, public: bool) -> Response:
    status = path.stat()
    tag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    # Who may read a document can change at any time: asked again each time, answered with 304 mostly.
    cache = "public, no-cache" if public else "private, no-store"
    changed = datetime.fromtimestamp(status.st_mtime, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
    headers = {"ETag": tag, "Cache-Control": cache, "Last-Modified": changed}
    known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    if not _satisfiable(request, status.st_size):
        refusal = problem(416, "bad-range", f"the file has {status.st_size} bytes")
        refusal.headers["Content-Range"] = f"bytes */{status.st_size}"
        return refusal
    return FileResponse(path, media_type=PDF, headers=headers, stat_result=status)


def _satisfiable(request: Request, size: int) -> bool:
    """Whether some asked-for range lies in the file: only those that do are answered (RFC 9110, 14.2). What is no
    range at all is not looked at, as it allows."""
    asked = request.headers.get("range")
    if asked is None:
        return True
    ranges = [_RANGE.fullmatch(one.strip()) for one in asked.removeprefix("bytes=").split(",")]
    if not asked.startswith("bytes=") or not all(ranges) or len(ranges) > MOST_RANGES:
        _ask_for(request, "")
        return True
    found = [(m[1], m[2]) for m in ranges if m]
    if any(a and b and int(a) > int(b) for a, b in found):
        return False
    kept = [f"{a or ''}-{b or ''}" for a, b in found if (int(a) < size if a else int(b or 0) > 0)]
    if kept and len(kept) < len(found):
        _ask_for(request, "bytes=" + ",".join(kept))
    return bool(kept)


def _ask_for(request: Request, ranges: str) -> None:
    others = [header for header in request.scope["headers"] if header[0] != b"range"]
    request.scope["headers"] = [*others, (b"range", ranges.encode())] if ranges else others
