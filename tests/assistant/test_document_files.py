"""The documents' files over HTTP: whole, in ranges, by ETag, and only to those who may read them."""

from __future__ import annotations

import time
from pathlib import Path

import httpx
import pytest

from display_bridge.papers.shelved import FOLDER_KO
from tests.assistant.api_app import REMOTE, Application, running

NEWS = "/api/v1/documents/news-01/file.pdf"


async def test_a_public_document_is_a_pdf_for_everybody(api: Application) -> None:
    answer = await api.client(REMOTE).get(NEWS)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["accept-ranges"] == "bytes"
    tag = answer.headers["etag"]
    assert (await api.http.get(NEWS, headers={"if-none-match": tag})).status_code == 304
    assert (await api.http.get(NEWS, headers={"if-none-match": '"old"'})).status_code == 200


async def test_how_long_a_document_is_can_be_asked_first(api: Application) -> None:
    whole = await api.http.get(NEWS)
    head = await api.http.head(NEWS)
    assert (head.status_code, head.content) == (200, b"")
    for name in ("content-length", "etag", "accept-ranges", "content-type"):
        assert head.headers[name] == whole.headers[name]
    assert (await api.http.head("/api/v1/documents/cloud-01/file.pdf")).status_code == 401


async def test_ranges(api: Application) -> None:
    whole = (await api.http.get(NEWS)).content
    part = await api.http.get(NEWS, headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(whole)}"
    assert (await api.http.get(NEWS, headers={"range": "bytes=-5"})).content == whole[-5:]
    some = await api.http.get(NEWS, headers={"range": "bytes=10-19,999999999-"})
    assert (some.status_code, some.content) == (206, whole[10:20])
    two = await api.http.get(NEWS, headers={"range": "bytes=999999999-,0-4,-0,-3"})
    assert two.status_code == 206
    assert whole[:5] in two.content
    assert whole[-3:] in two.content
    beyond = await api.http.get(NEWS, headers={"range": f"bytes={len(whole)}-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "bad-range")
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"


@pytest.mark.parametrize(
    "asked", ["bytes", "bytes=", "bytes=a-b", "pages=1-2", "bytes=--", "x", "bytes=" + "1-2," * 99]
)
async def test_what_is_no_range_is_not_looked_at(api: Application, asked: str) -> None:
    assert (await api.http.get(NEWS, headers={"range": asked})).status_code == 200


@pytest.mark.parametrize("path", ["/web/main.js", "/sw.js"])
async def test_ranges_of_our_own_files(api: Application, path: str) -> None:
    whole = (await api.http.get(path)).content

    async def asked(ranges: str) -> httpx.Response:
        return await api.http.get(path, headers={"range": ranges})

    assert (await asked("bytes=0-3")).content == whole[:4]
    for nonsense in ("lines=0-1", "bytes=a-b", "bytes="):
        answer = await asked(nonsense)
        assert (answer.status_code, answer.content) == (200, whole), nonsense
    for outside in (f"bytes={len(whole)}-", "bytes=5-1", "bytes=-0"):
        answer = await asked(outside)
        assert (answer.status_code, answer.json()["code"]) == (416, "bad-range"), outside


@pytest.mark.parametrize(("document", "needs"), [("bookshelf-01", "internal"), ("cloud-01", "private")])
async def test_guarded_documents(api: Application, document: str, needs: str) -> None:
    path = f"/api/v1/documents/{document}/file.pdf"
    nobody = await api.http.get(path)
    assert (nobody.status_code, nobody.json()["code"]) == (401, "token-needed")
    wrong = await api.http.get(path, headers={"authorization": "Bearer nonsense"})
    assert wrong.status_code == 401
    for role, display in (("kiosk", "lobby"), ("web", "citizen")):
        answer = await api.http.get(path, headers={"authorization": f"Bearer {api.token(role, display)}"})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-for-you")
    office = {"authorization": f"Bearer {api.token('wall', 'main')}"}
    answer = await api.http.get(path, headers=office)
    assert answer.status_code == (200 if needs == "internal" else 403)


async def test_a_private_document_opens_with_its_screen(api: Application) -> None:
    token = api.token("wall", "main")
    path = "/api/v1/documents/cloud-01/file.pdf"
    async with api.socket("/ws/v1/displays/main") as wall:
        wall.send({"t": "hello", "proto": 2, "role": "wall", "caps": [], "token": token})
        await wall.until("t", "snapshot")
        assert (await api.http.get(path, headers={"authorization": f"Bearer {token}"})).status_code == 403
        api.service.hub.unlock("main", time.time() + 60)
        answer = await api.http.get(path, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
        api.service.hub.unlock("main", None)
        assert (await api.http.get(path, headers={"authorization": f"Bearer {token}"})).status_code == 403


async def test_an_unknown_document_is_not_found(api: Application) -> None:
    for name in ("none", "approval-99", "..%2fetc", "prj-x-1"):
        answer = await api.http.get(f"/api/v1/documents/{name}/file.pdf")
        assert answer.status_code == 404, name


async def test_pages_of_other_origins_are_refused(api: Application) -> None:
    answer = await api.http.get(NEWS, headers={"origin": "https://elsewhere.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "bad-origin")


async def test_where_a_sites_own_document_comes_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "plan.pdf").write_bytes(b"%PDF-1.7\n1 0 obj<</Type /Pages /Kids [] /Count 2>>endobj")
    (folder / "documents.yaml").write_text("- {file: plan.pdf, id: our-plan, title: 계획, kind: news}\n", "utf-8")
    async with running(tmp_path, monkeypatch, documents={"folder": folder}) as api:
        ours = (await api.http.get("/api/v1/documents/our-plan")).json()["provenance"]
        theirs = (await api.http.get("/api/v1/documents/news-01")).json()["provenance"]
        assert (ours["mode"], ours["source"], ours["attribution"], ours["partly"]) == (
            "live", FOLDER_KO, FOLDER_KO, False)  # fmt: skip
        assert (theirs["mode"], theirs["partly"]) == ("simulated", False)
        told = (await api.http.get("/api/v1/documents?kind=news")).json()["provenance"]
        assert [(p["mode"], p["partly"]) for p in told] == [("simulated", True), ("live", False)]
        told = (await api.http.get("/api/v1/documents?kind=research")).json()["provenance"]
        assert [(p["mode"], p["partly"]) for p in told] == [("simulated", False)]
