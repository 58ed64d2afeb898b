"""A camera's live picture under our own origin: HLS, MJPEG and WHEP, for those who may see the camera.

The camera's address stays here: a screen names the camera, and nothing outside the folder of its address is fetched.
"""

from __future__ import annotations

import asyncio
import posixpath
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from assistant.api.access import bearer, check_origin
from assistant.api.document_files import BYTES, readable
from assistant.api.problems import responses
from assistant.contracts import BadInput, NotPermitted, Unavailable
from display_bridge.cameras import Camera, Cameras
from display_bridge.papers.kinds import RANK

router = APIRouter(prefix="/api/v1/cameras", tags=["displays"], responses=responses(401, 404, 503))

CONNECT_S, SILENCE_S = 5.0, 15.0
ASKED_ANEW_S = 1.0
"""How often a running stream asks whether its screen may still see it."""
MOST_STREAMS = 64
MOST_PLAYLIST_BYTES = 1_000_000
MOST_SDP_BYTES = 100_000
OUTSIDE = "outside"
PLAYLISTS = ("application/vnd.apple.mpegurl", "application/x-mpegurl", "audio/mpegurl", "audio/x-mpegurl")
_KINDS = re.compile(
    r"(?:(?:video|audio|image)/(?!svg)|multipart/x-mixed-replace|application/(?:octet-stream|mp4))[ -~]*",
    re.IGNORECASE,
)
"""Pictures and sound; no drawing (SVG), which may hold scripts. What is passed on as a header has to be ASCII."""
_RANGE = re.compile(r"bytes=[0-9]{1,15}-(?:[0-9]{1,15})?")
_SPAN = re.compile(r"bytes (?:[0-9]{1,15}-[0-9]{1,15}/(?:[0-9]{1,15}|\*)|\*/[0-9]{1,15})")
"""A part of a segment's file, as playlists with byte ranges name it, and what was given of it."""
_URI = re.compile(r'(?<=URI=")[^"]+')
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {"description": "The stream, as its source sends it", "content": {"*/*": {"schema": BYTES}}},
    206: {"description": "The part of a segment that was asked for", "content": {"*/*": {"schema": BYTES}}},
}
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"description": "The answer (SDP)", "content": {"application/sdp": {"schema": {"type": "string"}}}}
}
_OFFER = {"requestBody": {"required": True, "content": {"application/sdp": {"schema": {"type": "string"}}}}}


@router.get("/{camera}/live", summary="A camera's stream", response_class=Response, responses=_STREAM)
async def live(request: Request, camera: str) -> Response:
    """The playlist of an HLS camera, or the running stream of an MJPEG one."""
    return await _pass(request, allowed(request, camera), "")


@router.get(
    "/{camera}/live/{path:path}", summary="A part of a camera's stream", response_class=Response, responses=_STREAM
)
async def part(request: Request, camera: str, path: str) -> Response:
    """A segment or a further playlist of an HLS camera, from the folder of its address or below."""
    found = allowed(request, camera)
    clean = posixpath.normpath(path)
    # What is still encoded after decoding would be decoded by the camera's server, past this check.
    outside = clean.startswith(("/", "..")) or set(path) & set("\\:%?#") or not path.isprintable()
    if found.source != "hls" or outside:
        raise BadInput("not-found", "no such part of a stream")
    return await _pass(request, found, clean)


@router.post(
    "/{camera}/live",
    summary="Watch a camera by WebRTC",
    response_class=Response,
    responses=_ANSWER,
    openapi_extra=_OFFER,
)
async def watch(request: Request, camera: str) -> Response:
    """WHEP: the offer (SDP) goes to the camera's server, its answer comes back."""
    found = allowed(request, camera)
    if found.source != "whep":
        raise BadInput("not-found", "this camera is not watched by WebRTC")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/sdp":
        raise BadInput("bad-offer", "send the offer as application/sdp")
    offer = await request.body()
    if not 0 < len(offer) <= MOST_SDP_BYTES:
        raise BadInput("bad-offer", f"an offer has 1 to {MOST_SDP_BYTES} bytes")
    asked = {**_PLAIN, "Content-Type": "application/sdp"}
    try:
        async with _client() as client, client.stream("POST", found.url, content=offer, headers=asked) as answer:
            if answer.status_code not in (200, 201):
                raise Unavailable("camera-refused", f"the camera's server answered {answer.status_code}")
            content = await _short(answer, MOST_SDP_BYTES)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Unavailable("camera-unreachable", "the camera does not answer") from error
    return Response(content, media_type="application/sdp", headers={"Cache-Control": "no-store"})


def allowed(request: Request, identifier: str) -> Camera:
    """The camera, for a caller who may see it. Who may not see it is not told whether it exists."""
    check_origin(request)
    cameras = getattr(request.app.state, "cameras", None)
    found = cameras.get(identifier) if isinstance(cameras, Cameras) else None
    highest = readable(request)
    if found is not None and RANK[found.visibility] <= RANK[highest]:
        return found
    if bearer(request) is None:
        raise NotPermitted("token-needed", "cameras need a paired office screen's token")
    raise BadInput("not-found", "there is no such camera")


async def _pass(request: Request, camera: Camera, path: str) -> Response:
    if camera.source == "whep":
        raise BadInput("not-found", "this camera is watched by WebRTC")
    address = urljoin(camera.url, path) if path else camera.url
    if path and request.url.query:
        address = f"{address}?{request.url.query}"
    slot = _SLOTS.take()
    client = _client()
    try:
        wanted = request.headers.get("range", "") if path else ""
        asked = {**_PLAIN, **({"Range": wanted} if _RANGE.fullmatch(wanted) else {})}
        answer = await client.send(client.build_request("GET", address, headers=asked), stream=True)
        # As it was sent: the boundary of its parts that stands in it is told apart by case.
        kind = answer.headers.get("content-type", "")
        partial = answer.status_code == 206 and "Range" in asked
        if answer.status_code != 200 and not partial:
            raise Unavailable("camera-refused", f"the camera's server answered {answer.status_code}")
        if kind.partition(";")[0].strip().lower() in PLAYLISTS or urlsplit(address).path.endswith(".m3u8"):
            text = (await _short(answer, MOST_PLAYLIST_BYTES)).decode("utf-8", "replace")
            await client.aclose()
            slot.give()
            return Response(playlist(text, address, camera.url, path), media_type=PLAYLISTS[0], headers=_HEADERS)
        if not _KINDS.fullmatch(kind):
            raise Unavailable("camera-refused", "the camera's server sends no picture")
    except BaseException as error:
        slot.give()
        await client.aclose()
        if isinstance(error, httpx.HTTPError | httpx.InvalidURL):
            raise Unavailable("camera-unreachable", "the camera does not answer") from error
        raise

    async def end() -> None:
        slot.give()
        await answer.aclose()
        await client.aclose()

    span = answer.headers.get("content-range", "")
    headers = {**_HEADERS, **({"Content-Range": span} if partial and _SPAN.fullmatch(span) else {})}
    chunks = _stream(answer, lambda: _may_see(request, camera))
    return _Live(chunks, end, status_code=answer.status_code, media_type=kind, headers=headers)


class _Slot:
    """A place among the streams that run at once; given back once, however often that is said."""

    def __init__(self, slots: _Slots) -> None:
        self._slots: _Slots | None = slots

    def give(self) -> None:
        """Give it back."""
        slots, self._slots = self._slots, None
        if slots is not None:
            slots.taken -= 1


class _Slots:
    """How many streams run, in this process."""

    taken = 0

    def take(self) -> _Slot:
        """A place. Raises Unavailable (too-many-streams)."""
        if self.taken >= MOST_STREAMS:
            raise Unavailable("too-many-streams", f"at most {MOST_STREAMS} streams run at once")
        self.taken += 1
        return _Slot(self)


_SLOTS = _Slots()


class _Live(StreamingResponse):
    """A running stream. end: called however it ends, also if it never began."""

    def __init__(self, chunks: AsyncIterator[bytes], end: Callable[[], Awaitable[None]], **given: Any) -> None:
        super().__init__(chunks, **given)
        self._end = end

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._end()


def _may_see(request: Request, camera: Camera) -> bool:
    """Whether the caller may still see the camera: its token may be revoked, its screen locked meanwhile."""
    try:
        return RANK[camera.visibility] <= RANK[readable(request)]
    except NotPermitted:
        return False


# Opened by itself in a browser, what a camera sends is no page of ours.
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no", "Content-Security-Policy": "sandbox"}
_PLAIN = {"Accept-Encoding": "identity"}
"""Its bytes are passed on as they come, and never unpacked: a few could unpack to all of our memory."""


def _client() -> httpx.AsyncClient:
    """For one camera; straight to it, whatever proxy the environment names."""
    timeout = httpx.Timeout(SILENCE_S, connect=CONNECT_S)
    return httpx.AsyncClient(timeout=timeout, follow_redirects=False, trust_env=False)


async def _short(answer: httpx.Response, most: int) -> bytes:
    """An answer of at most so many bytes, all of it within SILENCE_S. Raises Unavailable."""
    content = bytearray()
    try:
        async with asyncio.timeout(SILENCE_S):
            async for chunk in answer.aiter_raw():
                content += chunk
                if len(content) > most:
                    raise Unavailable("camera-refused", "the camera's answer is too long")
    except TimeoutError as error:
        raise Unavailable("camera-unreachable", "the camera's answer does not end") from error
    return bytes(content)


async def _stream(answer: httpx.Response, may_go_on: Callable[[], bool]) -> AsyncIterator[bytes]:
    """The camera's bytes as they come, while they may; ends when the camera is silent, which the screen sees and tries
    anew."""
    asked = time.monotonic()
    try:
        async for chunk in answer.aiter_raw():
            if time.monotonic() - asked >= ASKED_ANEW_S:
                asked = time.monotonic()
                if not may_go_on():
                    return
            yield chunk
    except httpx.HTTPError:
        return


def playlist(text: str, address: str, root: str, path: str) -> str:
    """A playlist with the addresses of its parts as the screen asks for them: below `/live/`.

    address: where the playlist was read. root: the camera's address. path: as the screen asked, "" for the first one.
    What lies outside the root's folder is named by no address: the screen may not load it, and need not know of it.
    """
    folder, here = urljoin(root, "."), address.partition("?")[0]  # a query may hold the camera's key
    above = "../" * path.count("/") if path else "live/"

    def ours(given: str) -> str:
        try:
            whole = urljoin(here, given.strip())
        except ValueError:  # it is no address at all
            return above + OUTSIDE
        return above + (whole.removeprefix(folder) if whole.startswith(folder) else OUTSIDE)

    lines = []
    for line in text.splitlines():
        if line.startswith("#"):
            lines.append(_URI.sub(lambda found: ours(found[0]), line))
        else:
            lines.append(ours(line) if line.strip() else line)
    return "\n".join(lines) + "\n"
