"""Every dataset, document and event, asked for over HTTP by every kind of caller, locked and unlocked."""

from __future__ import annotations

import time
from datetime import datetime

import httpx
import pytest

from assistant.contracts import SeoulaError
from content_registry.schema import CITIZEN_SURFACES, SURFACES, Visibility
from display_bridge.city_data.datasets import datasets
from display_bridge.city_data.metrics import KST
from display_bridge.papers.kinds import PANELS, RANK, visibility_of
from tests.assistant.api_app import LOCAL, REMOTE, Application, registry

DATASETS = datasets(registry())
GUARDED = {d.id: d for d in DATASETS.values() if d.visibility is not Visibility.PUBLIC}
CALLERS = [("", False), ("", True), *((role, False) for role in SURFACES), ("wall", True), ("kiosk", True)]


def _client(api: Application, role: str, local: bool) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {api.token(role, 'main')}"} if role else {}
    return api.client(LOCAL if local else REMOTE, **headers)


def _paths(dataset: str) -> list[str]:
    return [
        f"datasets/{dataset}/latest",
        f"datasets/{dataset}/latest?district=11560",
        f"datasets/{dataset}/series",
        f"places?kind={dataset}",
        f"documents?kind={dataset}",
        f"indicators/{dataset}",
    ]


def test_there_is_something_to_guard() -> None:
    assert {d.visibility for d in GUARDED.values()} == {Visibility.INTERNAL, Visibility.PRIVATE}


@pytest.mark.parametrize("unlocked", [False, True])
@pytest.mark.parametrize(("role", "local"), CALLERS)
async def test_every_dataset(api: Application, role: str, local: bool, unlocked: bool) -> None:
    """Private data is given by no dataset at all: it belongs to screens."""
    may = RANK[Visibility.INTERNAL] if role and role not in CITIZEN_SURFACES else RANK[Visibility.PUBLIC]
    given: set[str] = set()
    async with (
        api.screen("main", "wall", token=api.token("wall", "main")),
        _client(api, role, local) as client,
    ):
        if unlocked:
            api.service.hub.unlock("main", 4e9)
        hidden = {name for name, d in GUARDED.items() if RANK[d.visibility] > may}
        for name in DATASETS:
            for path in _paths(name):
                answer = await client.get(f"/api/v1/{path}")
                assert answer.status_code < 500 or answer.status_code == 503
                if name in hidden:
                    unknown = await client.get(f"/api/v1/{path.replace(name, 'no-such-dataset')}")
                    assert answer.status_code in (404, 422)
                    told = (answer.status_code, answer.json()["detail"])
                    assert told == (unknown.status_code, unknown.json()["detail"]), "nothing tells that there is one"
                elif answer.status_code == 200:
                    given.add(name)
                    if role:
                        assert "public" not in answer.headers["cache-control"]
        for path in ("catalog", "indicators", "documents", "events", "places?kind=parks"):
            answer = await client.get(f"/api/v1/{path}")
            for name in hidden:
                assert f'"dataset":"{name}"' not in answer.text
                assert f'"kind":"{name}"' not in answer.text
    assert not hidden & given
    assert {d.id for d in GUARDED.values() if RANK[d.visibility] <= may and d.shape != "none"} <= given


@pytest.mark.parametrize("unlocked", [False, True])
@pytest.mark.parametrize(("role", "local"), CALLERS)
async def test_every_guarded_document(api: Application, role: str, local: bool, unlocked: bool) -> None:
    """Its card, its text and its file."""
    office = bool(role) and role not in CITIZEN_SURFACES
    city, now = api.service.city.provider, datetime.fromtimestamp(time.time(), KST)
    asked = 0
    async with (
        api.screen("main", "wall", token=api.token("wall", "main")),
        _client(api, role, local) as client,
    ):
        if unlocked:
            api.service.hub.unlock("main", 4e9)
        for kind in PANELS:
            seen = visibility_of(kind, registry())
            if seen is Visibility.PUBLIC:
                continue
            try:
                found = city.documents(kind, now)[:3]
            except SeoulaError:
                continue
            for document in found:
                asked += 1
                read = await client.get(f"/api/v1/documents/{document.id}")
                file = await client.get(f"/api/v1/documents/{document.id}/file.pdf")
                listed = await client.get("/api/v1/documents", params={"q": document.title_ko})
                internal = seen is Visibility.INTERNAL
                if not (office and internal):
                    assert read.status_code == 404
                    assert document.title_ko not in read.text + listed.text
                if not (office and (internal or unlocked)):
                    assert file.status_code in (401, 403, 404)
                    assert document.title_ko not in file.text
                    assert b"%PDF" not in file.content
                else:
                    assert file.status_code in (200, 503)
                    assert file.headers.get("cache-control", "no-store") in ("private, no-store", "no-store")
    assert asked >= 3
