"""A shelf's picture sent over HTTP, covers of books, and a private book put back while its screen is locked."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import cv2
import numpy as np
import pytest

import assistant.sight
from assistant.api import shelves
from assistant.contracts import Direction, Intent, IntentName, Source
from tests.assistant.api_app import REMOTE, Application, running
from tests.perception.shelf.episodes import reference
from tests.perception.shelf.render import bookcase

CATALOGUE = """books:
  - {id: ours, title_ko: 우리 책, title_en: Ours, author: 서울시, pdf: ours.pdf, cover: ours.png}
  - {id: secret, title_ko: 시장 보고서, title_en: A report, author: 비서실, document: cloud-01, cover: secret.png}
"""
PNG = {"content-type": "image/png"}


@pytest.fixture
async def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    monkeypatch.setattr(assistant.sight, "camera_specs", lambda *_: [])
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "ours.pdf").write_bytes(b"%PDF-1.4\n1 0 obj<</Type /Pages /Count 3>>endobj\n%%EOF")
    for name in ("ours.png", "secret.png"):
        (documents / name).write_bytes(b"\x89PNG " + name.encode())
    (tmp_path / "books.yaml").write_text(CATALOGUE, "utf-8")
    cameras = [{"name": "case", "file": "none.mp4", "shelf": "mayor"}]
    seeing = {"books": tmp_path / "books.yaml", "cameras": cameras}
    async with running(tmp_path, monkeypatch, seeing=seeing, documents={"folder": documents}) as made:
        yield made


def kept(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in (folder / "shelves").rglob("*") if one.is_file())


async def test_a_picture_is_learnt_and_only_the_shelf_is_kept(api: Application, tmp_path: Path) -> None:
    scene = bookcase(404, "reporting", per_row=4)
    picture = cv2.imencode(".png", reference(scene, 404))[1].tobytes()
    path = "/api/v1/shelves/mayor?titles=false"
    refused = await api.client(REMOTE).post(path, content=picture, headers=PNG)
    kiosk = {"authorization": f"Bearer {api.token('kiosk', 'lobby')}"}
    citizen = await api.client(REMOTE).post(path, content=picture, headers=PNG | kiosk)
    assert (refused.status_code, citizen.status_code) == (401, 401)
    assert not (tmp_path / "shelves").exists()
    assert len(picture) > 1_000_000, "more than other requests may be"
    learnt = await api.http.post(path, content=picture, headers=PNG)
    assert learnt.status_code == 200, learnt.text
    last = learnt.json()["rows"][-1]
    assert (last["type"], last["name"]) == ("shelf", "mayor")
    assert 8 <= last["slots"] <= 9
    assert kept(tmp_path) == ["shelves/mayor/reference.png", "shelves/mayor/shelf.json"]
    again = (await api.http.get("/api/v1/shelves/mayor/picture.png")).content
    seen = cv2.imdecode(np.frombuffer(again, np.uint8), cv2.IMREAD_COLOR)
    assert seen[700:].max() == 0, "what is not the shelf is black"


async def test_a_citizens_device_is_no_operator_beside_the_service_either(api: Application) -> None:
    assert (await api.http.get("/api/v1/shelves")).status_code == 200
    for role, status in (("kiosk", 401), ("web", 401), ("tablet", 200)):
        bearer = {"authorization": f"Bearer {api.token(role)}"}
        assert (await api.http.get("/api/v1/shelves", headers=bearer)).status_code == status, role


async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    api: Application, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def sent(content: bytes, kind: str = "image/png", name: str = "mayor") -> tuple[int, str]:
        path = f"/api/v1/shelves/{name}?titles=false"
        answer = await api.http.post(path, content=content, headers={"content-type": kind})
        return answer.status_code, answer.json()["code"]

    assert (await sent(b"x", "text/plain"))[1] == "bad-picture"
    assert (await sent(b""))[1] == "bad-picture"
    assert await sent(b"\x89PNG\r\n\x1a\n nothing") == (422, "not-a-picture")
    assert (await sent(b"x", name="..%2fx"))[0] in (404, 422)
    monkeypatch.setattr(shelves, "MOST_PICTURE", 1000)
    assert await sent(bytes(1001)) == (413, "too-large")
    assert not (tmp_path / "shelves").exists()


async def test_a_cover_is_for_those_who_may_read_the_book(api: Application) -> None:
    token = api.token("wall", "main")
    office = {"authorization": f"Bearer {token}"}

    async def asked(book: str, headers: dict[str, str]) -> int:
        return (await api.http.get(f"/api/v1/books/{book}/cover", headers=headers)).status_code

    assert await asked("none", office) == 422
    assert await asked("ours", {}) in (401, 403)
    assert await asked("ours", office) == 200
    async with api.screen(token=token):
        assert await asked("secret", office) == 403
        api.service.hub.unlock("main", time.time() + 60)
        unlocked = await api.http.get("/api/v1/books/secret/cover", headers=office)
        assert (unlocked.status_code, unlocked.content) == (200, b"\x89PNG secret.png")
        assert unlocked.headers["cache-control"] == "private, no-store"
        tablet = {"authorization": f"Bearer {api.token('tablet', 'other')}"}
        assert await asked("secret", tablet) == 403, "another screen is not unlocked"
        api.service.hub.unlock("main", None)
        assert await asked("secret", office) == 403


async def test_a_private_book_put_back_while_the_screen_is_locked_does_not_come_back(api: Application) -> None:
    hub, desk = api.service.hub, api.app.state.sight.shelf
    async with api.screen(token=api.token("wall", "main")):
        hub.unlock("main", time.time() + 60)
        await desk.take("main", {"type": "book_taken", "book": "secret", "slot": "1-01", "t": 1.0})
        assert hub.shown("main").args.get("item") == "book:secret"
        hub.unlock("main", None)
        await desk.take("main", {"type": "book_returned", "book": "secret", "slot": "1-01", "t": 9.0})
        hub.unlock("main", time.time() + 60)
        assert hub.shown("main").args.get("item") is None
        back = Intent(IntentName.NAVIGATE, direction=Direction.BACK)
        await api.service.propose("main", back, Source.TOUCH)
        assert hub.shown("main").args.get("item") is None, "nor is there a way back to it"
