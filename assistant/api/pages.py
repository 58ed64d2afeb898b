"""The pages and the files they are made of; everything from this origin, nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles

from assistant.api.access import service_of
from assistant.contracts import BadInput
from assistant.settings import PROJECT

router = APIRouter(include_in_schema=False)

WEB = PROJECT / "display_bridge" / "web"
VENDOR = PROJECT / "node_modules"
VENDOR_PACKAGES = ("lit-html", "uplot", "pretendard")
_SOUND = re.compile(r"^[0-9a-f]{32}\.wav$")
CSP = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; media-src 'self'; "
    "connect-src 'self' ws: wss:; script-src 'self' 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'"
)


def _page(name: str) -> Response:
    return FileResponse(WEB / name, headers={"Content-Security-Policy": CSP, "Cache-Control": "no-cache"})


@router.get("/")
async def chooser() -> Response:
    """The chooser of screens."""
    return _page("index.html")


@router.get("/screen/{role}/{display}")
async def screen(role: str, display: str) -> Response:
    """A screen; the page reads its role and display from its own address."""
    if role not in ("wall", "tv", "tablet", "watch", "kiosk", "web") or not re.fullmatch(
        r"[A-Za-z0-9_-]{1,40}", display
    ):
        raise BadInput("not-found", "no such screen")
    return _page("screen.html")


@router.get("/runs")
async def runs() -> Response:
    """The run records' page."""
    return _page("runs.html")


@router.get("/audio/{name}")
async def audio(request: Request, name: str) -> Response:
    """A spoken sentence. Its name is a digest, so it cannot be guessed."""
    path = service_of(request).audio_folder / name
    if not _SOUND.match(name) or not path.is_file():
        raise BadInput("not-found", "no such sound")
    return FileResponse(path, media_type="audio/wav", headers={"Cache-Control": "no-store"})


def mount_files(app: FastAPI, state_dir: Path) -> None:
    """Serve our own modules, the npm libraries by name, and what set-up built."""
    app.mount("/web", StaticFiles(directory=WEB), name="web")
    for package in VENDOR_PACKAGES:
        app.mount(f"/vendor/{package}", StaticFiles(directory=VENDOR / package, check_dir=False), name=package)
    app.mount("/web-data", StaticFiles(directory=state_dir / "web", check_dir=False), name="web-data")
