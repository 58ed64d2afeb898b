"""GET /api/v1/snapshots/{panel}: a public panel for phones and caches; the same bytes for all, so nginx may keep it.

Nothing of the caller is asked: not a token, not an origin, so no cache can mix up two callers.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from assistant.api.access import service_of
from assistant.api.models import SnapshotAnswer
from assistant.api.problems import responses
from display_bridge.public_snapshot import FRESH_S

router = APIRouter(prefix="/api/v1", tags=["catalog"], responses=responses(404, 503))

CACHE_CONTROL = f"public, max-age={FRESH_S // 2}, stale-while-revalidate=30, stale-if-error=600"


@router.get("/snapshots/{panel}", summary="A public panel, to be cached", response_model=SnapshotAnswer)
async def snapshot(request: Request, panel: str, if_none_match: Annotated[str, Header()] = "") -> Response:
    """The panel's view with ETag and Cache-Control; 304 where the caller has it already."""
    found = await asyncio.to_thread(service_of(request).screens.public_snapshot, panel, time.time())
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:24]}"'
    headers = {"ETag": tag, "Cache-Control": CACHE_CONTROL}
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    if tag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)
