"""What the OpenAPI document says of GET operations holds, for good and bad input: schemathesis on the application."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode, checks

from scripts import golden_api
from tests.assistant.api_app import HOST, Application, running

STREAMS = "/api/v1/events/stream"
"""Never ends, so it cannot be asked like the others; test_city_api.py follows it."""


class Loop:
    """The application in an event loop of its own, so that tests that are not coroutines can ask it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._folder, self._monkeypatch = folder, monkeypatch
        self._stop: asyncio.Event | None = None
        self._ready: Future[Application] = Future()
        self.headers: dict[str, str] = {}

    def start(self) -> None:
        self._thread.start()
        self._life = asyncio.run_coroutine_threadsafe(self._live(), self._loop)
        self.api = self._ready.result(120)

    async def _live(self) -> None:
        self._stop = asyncio.Event()
        async with running(self._folder, self._monkeypatch) as api:
            self.headers = {"authorization": f"Bearer {api.token('wall')}"}
            self._ready.set_result(api)
            await self._stop.wait()

    def ask(self, request: httpx.Request) -> httpx.Response:
        async def send() -> httpx.Response:
            async with asyncio.timeout(120):
                return await self.api.http.send(request)

        return asyncio.run_coroutine_threadsafe(send(), self._loop).result(120)

    def end(self) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._life.result(120)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(120)
        self._loop.close()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        made = Loop(tmp_path_factory.mktemp("state"), monkeypatch)
        made.start()
        yield made
        made.end()


def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(golden_api.GOLDEN.read_text("utf-8"))
    paths = document["paths"]
    document["paths"] = {p: {"get": item["get"]} for p, item in paths.items() if "get" in item and p != STREAMS}
    return document


SCHEMA = schemathesis.openapi.from_dict(_document())
OPERATIONS = {found.ok().path: found.ok() for found in SCHEMA.get_all_operations()}
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
MAY_BE_DOWN = frozenset({"/readyz"})
"""503 is one of its answers: no worker runs here."""


def _examples(path: str) -> int:
    """More for the city's data, whose inputs are its own; a few for everything else."""
    own = ("datasets", "places", "events", "documents", "indicators", "sources", "catalog", "snapshots")
    return 25 if path.startswith(tuple(f"/api/v1/{name}" for name in own)) else 6


def _check(service: Loop, path: str, mode: GenerationMode, examples: int, **fixed: dict[str, Any]) -> int:
    """Ask an operation many times; how often it was answered with 200. fixed: path_parameters or query to put in."""
    good = 0
    chosen = [c for c in CHECKS if not (c is checks.not_a_server_error and path in MAY_BE_DOWN)]
    if mode is GenerationMode.NEGATIVE:
        chosen.append(checks.negative_data_rejection)

    @given(OPERATIONS[path].as_strategy(generation_mode=mode))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        nonlocal good
        for part, values in fixed.items():
            getattr(case, part).update(values)
        given = case.as_transport_kwargs(base_url=f"http://{HOST}")
        headers = {**dict(given.get("headers") or {}), **service.headers}
        request = httpx.Request("GET", given["url"], params=given.get("params"), headers=headers)
        response = service.ask(request)
        good += response.status_code == 200
        case.validate_response(response, checks=chosen)

    ask()
    return good


@pytest.mark.parametrize("path", sorted(OPERATIONS))
def test_good_input_is_answered_as_the_document_says(service: Loop, path: str) -> None:
    good = _check(service, path, GenerationMode.POSITIVE, _examples(path))
    assert good or "{" in path or path in MAY_BE_DOWN or path == "/api/v1/places"


REAL: list[tuple[str, dict[str, Any]]] = [
    *(
        ("/api/v1/datasets/{dataset}/latest", {"path_parameters": {"dataset": name}})
        for name in (
            "pm10",
            "bike",
            "subway",
            "dispatch",
            "goods",
            "revenue",
            "bookshelf",
            "ind-traffic-deaths",
            "prj-seoullo-7017",
        )
    ),
    ("/api/v1/datasets/{dataset}/series", {"path_parameters": {"dataset": "bikes"}}),
    ("/api/v1/places", {"query": {"kind": "hotspot"}}),
    ("/api/v1/documents/{document}", {"path_parameters": {"document": "news-01"}}),
    ("/api/v1/snapshots/{panel}", {"path_parameters": {"panel": "fine-dust-pm10"}}),
]


@pytest.mark.parametrize(("path", "fixed"), REAL)
def test_what_is_there_is_answered_as_the_document_says(service: Loop, path: str, fixed: dict[str, Any]) -> None:
    assert _check(service, path, GenerationMode.POSITIVE, 8, **fixed)


CAN_BE_WRONG = (
    "/api/v1/datasets/{dataset}/latest",
    "/api/v1/datasets/{dataset}/series",
    "/api/v1/documents",
    "/api/v1/documents/{document}",
    "/api/v1/events",
    "/api/v1/indicators/{indicator}",
    "/api/v1/places",
)
"""What any text fits, such as the id of a run, cannot be asked wrongly."""


@pytest.mark.parametrize("path", CAN_BE_WRONG)
def test_bad_input_is_refused_as_the_document_says(service: Loop, path: str) -> None:
    _check(service, path, GenerationMode.NEGATIVE, _examples(path))
