"""/api/v1/shelves: enrolled bookshelves, their correction, the contact at a door; covers of books."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.access import check_origin, operator, service_of
from assistant.api.document_files import BYTES, readable
from assistant.api.problems import responses
from assistant.contracts import BadInput, Unavailable
from assistant.shelf_desk import ShelfDesk
from assistant.shelf_enrolling import enrol_beside, shelves_folder
from display_bridge.city_data.metrics import KST
from display_bridge.papers.bookcase import Bookcase, WithBookcase
from perception.shelf.layout import read_layout

router = APIRouter(prefix="/api/v1", tags=["shelves"], responses=responses(401, 404, 503))
MOST_PICTURE = 20_000_000
Name = Annotated[str, InPath(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
_PICTURES = {"image/png": ".png", "image/jpeg": ".jpg"}
_enrolling = asyncio.Lock()
"""One shelf is learnt at a time: it takes all of a core."""


class ShelfRow(BaseModel):
    """An enrolled shelf. state: `ok`, or why it cannot be read. watched: by how many cameras."""

    name: str
    state: str
    slots: int
    watched: int


class ShelvesAnswer(BaseModel):
    """The enrolled shelves, and the catalogue to choose books from."""

    shelves: list[ShelfRow]
    books: list[dict[str, str]]


class SlotsBody(BaseModel):
    """Corrected slots: a shelf.json, as docs/bookshelf.md describes it."""

    model_config = ConfigDict(extra="forbid")

    layout: dict[str, Any]


class EnrolmentAnswer(BaseModel):
    """What was learnt: the rows that `seoula enroll shelf` prints."""

    rows: list[dict[str, Any]]


class DoorBody(BaseModel):
    """What a contact at the door says."""

    model_config = ConfigDict(extra="forbid")

    open: bool = Field(strict=True)


class DoorAnswer(BaseModel):
    """What the cameras of a shelf were told."""

    shelf: str
    open: bool


def _folder(request: Request) -> Path:
    return shelves_folder(service_of(request).settings)


def _desk(request: Request) -> ShelfDesk:
    desk: ShelfDesk = request.app.state.sight.shelf
    return desk


def _bookcase(request: Request) -> Bookcase:
    provider = service_of(request).screens.provider
    return provider.bookcase if isinstance(provider, WithBookcase) else Bookcase()


def _file(request: Request, name: str, file: str) -> Path:
    path = _folder(request) / name / file
    if not path.is_file():
        raise BadInput("not-found", f"there is no enrolled shelf {name!r}")
    return path


@router.get("/shelves", summary="Enrolled shelves", response_model=ShelvesAnswer, dependencies=[Depends(operator)])
async def shelves(request: Request) -> dict[str, Any]:
    """The enrolled shelves, and the books of the catalogue. For operators."""
    rows, folder = [], _folder(request)
    files = sorted(folder.glob("[a-z0-9]*/shelf.json")) if folder.is_dir() else []
    for file in files:
        try:
            state, slots = "ok", len(read_layout(file.read_text("utf-8")).slots)
        except (BadInput, OSError, ValueError) as error:
            state, slots = (error.code if isinstance(error, BadInput) else "bad-shelf"), 0
        name = file.parent.name
        rows.append({"name": name, "state": state, "slots": slots, "watched": len(_desk(request).cameras(name))})
    books = [{"id": b.id, "title_ko": b.title_ko, "title_en": b.title_en} for b in _bookcase(request).books.values()]
    return {"shelves": rows, "books": books}


@router.get(
    "/shelves/{name}", summary="A shelf's slots", response_model=dict[str, Any], dependencies=[Depends(operator)]
)
async def shelf(request: Request, name: Name) -> dict[str, Any]:
    """The slots of a shelf: a shelf.json. For operators."""
    try:
        return dict(json.loads(_file(request, name, "shelf.json").read_text("utf-8")))
    except ValueError as error:
        raise BadInput("bad-shelf", f"the shelf {name!r} is damaged; enrol it anew") from error


@router.get(
    "/shelves/{name}/picture.png",
    summary="A shelf's kept picture",
    response_class=Response,
    responses={200: {"description": "The rows of books", "content": {"image/png": {"schema": BYTES}}}},
    dependencies=[Depends(operator)],
)
async def picture(request: Request, name: Name) -> Response:
    """The rows of books and their boards, all else black. For operators."""
    path = _file(request, name, "reference.png")
    return FileResponse(path, media_type="image/png", headers={"Cache-Control": "private, no-store"})


@router.post(
    "/shelves/{name}",
    summary="Learn a shelf from a picture",
    response_model=EnrolmentAnswer,
    responses=responses(413, 415),
    openapi_extra={"requestBody": {"required": True, "content": {kind: {"schema": BYTES} for kind in _PICTURES}}},
    dependencies=[Depends(operator)],
)
async def learn(
    request: Request, name: Name, titles: Annotated[bool, Query()] = True, tags: Annotated[bool, Query()] = False
) -> dict[str, Any]:
    """A picture of the full shelf (PNG or JPEG, at most 20 MB) as the body: slots are suggested and kept, in place of
    what the name was before. titles: read them off the spines. tags: watch ArUco tags. For operators."""
    kind = _PICTURES.get(request.headers.get("content-type", "").partition(";")[0].strip().lower())
    if kind is None:
        raise BadInput("bad-picture", "a picture is sent as image/png or image/jpeg")
    data = await _body(request)
    # The child reads it from a file of its own, which goes with it.
    with tempfile.TemporaryDirectory(prefix="seoula-shelf-") as folder:
        file = Path(folder) / f"picture{kind}"
        await asyncio.to_thread(file.write_bytes, data)
        arguments = ["--picture", str(file), *(["--titles"] if titles else []), *(["--tags"] if tags else [])]
        return await _learnt(request, name, arguments)


@router.put(
    "/shelves/{name}",
    summary="Correct a shelf's slots",
    response_model=EnrolmentAnswer,
    dependencies=[Depends(operator)],
)
async def correct(request: Request, name: Name, body: SlotsBody) -> dict[str, Any]:
    """Enrol the kept picture again with corrected slots. For operators."""
    by = (await shelf(request, name)).get("by")
    slots = json.dumps({key: value for key, value in body.layout.items() if key != "by"})
    read_layout(slots)
    return await _learnt(request, name, ["--slots", *(["--tags"] if by == "tags" else [])], slots)


@router.post(
    "/shelves/{name}/door",
    summary="A contact at the door",
    response_model=DoorAnswer,
    dependencies=[Depends(operator)],
)
async def door(request: Request, name: Name, body: DoorBody) -> dict[str, Any]:
    """Say that the bookcase's door is open or closed: from then on pictures are not asked about it. For this machine,
    or with a paired office device's token."""
    _desk(request).door(name, is_open=body.open)
    return {"shelf": name, "open": body.open}


@router.get(
    "/books/{book}/cover",
    summary="A book's cover",
    response_class=Response,
    responses={200: {"description": "A picture", "content": {"image/*": {"schema": BYTES}}}},
)
async def cover(request: Request, book: str) -> Response:
    """The picture of a book's cover, for those who may read the book."""
    check_origin(request)
    service = service_of(request)
    highest, now = readable(request), datetime.fromtimestamp(time.time(), KST)
    case = _bookcase(request)
    one = await asyncio.to_thread(case.open, book, service.registry, service.screens.provider, now)
    path, kind = case.cover(one, highest)
    return FileResponse(path, media_type=kind, headers={"Cache-Control": "private, no-store"})


async def _learnt(request: Request, name: str, arguments: list[str], slots: str | None = None) -> dict[str, Any]:
    books = service_of(request).settings.seeing.books
    arguments += ["--books", str(books)] if books is not None else []
    if _enrolling.locked():
        raise Unavailable("busy", "another shelf is being learnt")
    async with _enrolling:
        rows = await enrol_beside(_folder(request), name, arguments, slots)
    _desk(request).learn_again(name)
    return {"rows": rows}


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_PICTURE:
            raise BadInput("too-large", f"a picture of at most {MOST_PICTURE // 1_000_000} MB is accepted")
    if not data:
        raise BadInput("bad-picture", "the picture is empty")
    return bytes(data)
