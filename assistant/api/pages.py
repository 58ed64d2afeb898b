"""The pages and the files they are made of; everything from this origin, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from assistant.api import reference
from assistant.api.access import service_of
from assistant.api.packed import packed
from assistant.api.ranges import bad_range
from assistant.api.web_build import CALLS, VENDOR, WEB, page_of_build, screen_page, web_build
from assistant.contracts import BadInput

router = APIRouter(include_in_schema=False)

VENDOR_PACKAGES = ("lit-html", "uplot", "pretendard", "pdfjs-dist", "hls.js", "livekit-client")
FONTS = VENDOR / "pretendard" / "dist" / "public" / "static" / "alternative"
"""The fonts that documents are typeset with."""
ROLES = ("wall", "tv", "tablet", "watch", "kiosk", "web")
_WITH_CALLS = ("wall", "tv", "tablet")
"""Citizens' screens have none, and a watch only asks for them."""
_FOREIGN_PAGES = ("swagger_ui_html", "swagger_ui_redirect", "redoc_html")
_DISPLAY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_SOUND = re.compile(r"[0-9a-f]{32}\.wav")
_CALL_RIGHTS = "camera=(self), microphone=(self), autoplay=(self), geolocation=(), payment=(), usb=(), serial=()"
CONSOLE_RIGHTS = f"{_CALL_RIGHTS}, display-capture=(self), fullscreen=(self), speaker-selection=(self)"
SCENE_RIGHTS = f"{_CALL_RIGHTS}, display-capture=(), screen-wake-lock=(self)"
"""Permissions-Policy: what the pages of calls may ask a person for, and no frame within them."""
_INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)


def policy(html: str, speaks_to: str = "") -> str:
    """The Content-Security-Policy of a page: scripts of this origin, and its own inline ones by their SHA-256.

    speaks_to: the one other origin that it may connect to; "" for none.
    """
    hashes = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in _INLINE.findall(html))
    scripts = " ".join(["'self'", *(f"'sha256-{digest}'" for digest in hashes)])
    there = f"'self' {speaks_to}".rstrip()
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        f"media-src 'self' blob:; connect-src {there}; object-src 'none'; "
        "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )


def _page(name: str) -> Response:
    # Read for every request: a page is small, and its policy must fit what is sent, whenever it was edited.
    return _html((WEB / name).read_text("utf-8"))


def _operators(page: str, title: str) -> Response:
    """A page of the operators: they differ in their module, which bears the page's name, and in their title."""
    html = (WEB / "operators.html").read_text("utf-8")
    return _html(html.replace("{page}", page).replace("{title}", title))


def _html(html: str, speaks_to: str = "", **headers: str) -> Response:
    always = {"Content-Security-Policy": policy(html, speaks_to), "Cache-Control": "no-cache"}
    return HTMLResponse(html, headers=always | {name.replace("_", "-"): value for name, value in headers.items()})


@router.get("/")
async def chooser() -> Response:
    """The chooser of screens."""
    return _page("index.html")


def _of_calls(request: Request) -> str:
    """What pages with calls speak to beside us: the LiveKit server, where there is one."""
    return str(getattr(request.app.state, "speaks_to", ""))


@router.get("/screen/{role}/{display}")
async def screen(request: Request, role: str, display: str) -> Response:
    """A screen; the page reads its role and display from its own address."""
    if role not in ROLES or not _DISPLAY.fullmatch(display):
        raise BadInput("not-found", "no such screen")
    return _html(screen_page(web_build().build), _of_calls(request) if role in _WITH_CALLS else "")


@router.get("/sw.js")
async def service_worker(request: Request) -> Response:
    """The screens' service worker; at the root, where it may keep all that their page is made of."""
    return _sent(request, WEB / "sw.js", "text/javascript", "no-cache")


@router.get("/console")
async def console(request: Request) -> Response:
    """The call console of a department; who it is says the device token that it keeps."""
    html = page_of_build(CALLS / "console.html", web_build().build)
    return _html(html, _of_calls(request), Permissions_Policy=CONSOLE_RIGHTS)


@router.get("/console-sw.js")
async def console_worker() -> Response:
    """The console's service worker: its notices while the window is hidden."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/console"}
    return FileResponse(CALLS / "console-sw.js", media_type="text/javascript", headers=headers)


@router.get("/scene")
async def scene(request: Request) -> Response:
    """The page of an on-site link; what it may enter says the token in its fragment, which no server ever sees."""
    html = (CALLS / "scene.html").read_text("utf-8")
    return _html(html, _of_calls(request), Permissions_Policy=SCENE_RIGHTS)


@router.get("/shown")
async def shown() -> Response:
    """The page that a meeting follows, as a frame within the pages of calls; they tell it what to draw."""
    return _html((CALLS / "shown.html").read_text("utf-8"))


@router.get("/shell.json")
async def shell() -> JSONResponse:
    """What a screen needs to open without a network: the build, and its files with their digests."""
    made = web_build()
    return JSONResponse({"build": made.build, "files": made.files}, headers={"Cache-Control": "no-cache"})


@router.get("/runs")
async def runs() -> Response:
    """The run records' page."""
    return _operators("runs", "실행 기록")


@router.get("/shelves")
async def shelves() -> Response:
    """The page on which slots of bookshelves are corrected; what it shows is for operators only."""
    return _operators("shelves", "책장 등록")


@router.get("/cameras")
async def cameras() -> Response:
    """The room's own cameras, for operators."""
    return _operators("seeing", "카메라")


@router.get("/docs")
async def docs(request: Request) -> Response:
    """The API to read."""
    return _html(reference.page(request.app.openapi()))


@router.get("/audio/{name}")
async def audio(request: Request, name: str) -> Response:
    """A spoken sentence. Its name, a keyed digest told only to the screen that plays it, is the leave to hear it."""
    if not _SOUND.fullmatch(name):
        raise BadInput("not-found", "no such sound")
    service = service_of(request)
    path = service.audio_folder / name
    if not path.is_file() or not service.screens.may_be_heard(name):
        raise BadInput("not-found", "no such sound")
    return _sent(request, path, "audio/wav", "no-store")


def _sent(request: Request, path: Path, kind: str, cache: str) -> Response:
    refusal = bad_range(request.scope, path.stat().st_size)
    return refusal or FileResponse(path, media_type=kind, headers={"Cache-Control": cache})


class _Files(StaticFiles):
    """Files of a folder that set-up makes: until it is there, nothing is found in it.

    A browser asks before it takes one from its memory: a page that loads itself anew gets the modules of one version.
    """

    def file_response(
        self, full_path: Any, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, or that it has not changed."""
        refusal = bad_range(scope, stat_result.st_size)
        response = refusal or super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Cache-Control"] = "no-cache"
        return response

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, packed where that saves the way."""
        response = await super().get_response(path, scope)
        return await packed(response, scope) if isinstance(response, FileResponse) else response

    async def check_config(self) -> None:
        """A missing folder is no failure of ours."""


def mount_files(app: FastAPI, state_dir: Path) -> None:
    """Serve our own modules, the npm libraries by name, and what set-up built."""
    # FastAPI's own pages of documentation load their scripts from elsewhere: /docs is ours (reference.py).
    app.router.routes[:] = [r for r in app.router.routes if getattr(r, "name", "") not in _FOREIGN_PAGES]
    app.mount("/web/calls", _Files(directory=CALLS), name="calls")
    app.mount("/web", _Files(directory=WEB), name="web")
    for package in VENDOR_PACKAGES:
        app.mount(f"/vendor/{package}", _Files(directory=VENDOR / package, check_dir=False), name=package)
    app.mount("/web-data", _Files(directory=state_dir / "web", check_dir=False), name="web-data")
