"""Two instances over a real loopback socket: one serves the shared city-data API, the other one reads it."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from assistant.contracts import Unavailable
from assistant.wording import sentence
from display_bridge.city_data.collector import Collector
from display_bridge.city_data.datasets import datasets
from display_bridge.city_data.feeds import SourceFailed
from display_bridge.city_data.remote import CatalogueFeed, DatasetFeed, Offer, remote_source
from display_bridge.city_data.routed import RoutedCityData
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.views import value_of
from display_bridge.views.frame import build_view
from tests.assistant.api_app import Application, registry, running, settled
from tests.display_bridge.block_schema import check
from tests.display_bridge.city_fakes import START, VirtualClock, dice, settle

QUICK = (
    "pm10",
    "alerts",
    "bike",
    "subway",
    "goods",
    "news",
    "ind-traffic-deaths",
    "prj-yangjae-rnd",
    "dispatch",
    "revenue",
)


class Server:
    """The serving instance, which can be stopped and started again on the same port."""

    def __init__(self, app: FastAPI) -> None:
        self._app, self.port = app, 0
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        config = uvicorn.Config(self._app, port=self.port, lifespan="off", log_level="error", access_log=False)
        self._server = uvicorn.Server(config)
        self._task = asyncio.create_task(self._server.serve())
        server = self._server
        await settled(lambda: server.started)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None and self._task is not None:
            self._server.should_exit = True
            await self._task
            self._server = self._task = None


@contextlib.asynccontextmanager
async def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Application, Server]]:
    async with running(tmp_path, monkeypatch, city_data={"seed": 41}) as api:
        server = Server(api.app)
        await server.start()
        try:
            yield api, server
        finally:
            await server.stop()


class Reader:
    """The reading instance's collector, read feed by feed so that nothing has to be waited for."""

    def __init__(
        self, url: str, folder: Path | None = None, token: str = "", clock: VirtualClock | None = None
    ) -> None:
        found = remote_source(url)
        wanted = {f"shared-{name}" for name in QUICK} | {"shared-catalogue"}
        self.source = replace(found, feeds=tuple(f for f in found.feeds if f.id in wanted), min_interval_s=0.0)
        self.clock = clock or VirtualClock(start=datetime.now(UTC))
        self.collector = Collector(
            [self.source], keys={"remote_token": token}, folder=folder, clock=self.clock, rng=dice()
        )
        self.provider = RoutedCityData(self.collector, SimulatedCityData(seed=7))

    async def read(self) -> None:
        """Every feed once."""
        runner = self.collector._runners["shared"]
        for feed in self.source.feeds:
            reading = asyncio.create_task(runner.read(feed))
            while not reading.done():
                await asyncio.wait({reading}, timeout=0.05)
                if not reading.done():
                    await self.clock.advance(1)  # pauses between attempts pass
        await settle()

    @property
    def now(self) -> Any:
        return self.clock.now()

    @property
    def state(self) -> str:
        return self.collector.statuses()[0].state


async def test_one_reads_what_the_other_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path / "far", monkeypatch) as (far, server):
        reader = Reader(f"http://127.0.0.1:{server.port}")
        await reader.read()
        theirs, at = far.service.city.provider, reader.now
        mine = reader.provider
        assert mine.city("pm10", at) == theirs.city("pm10", at)
        # Of one figure another seed may happen to say the same; of 25 it does not.
        assert mine.districts("pm10", at) == theirs.districts("pm10", at)
        assert mine.districts("pm10", at) != SimulatedCityData(seed=7).districts("pm10", at)
        assert mine.places("bike", at) == theirs.places("bike", at)
        assert mine.lines("subway", at) == theirs.lines("subway", at)
        assert mine.table("goods", at) == theirs.table("goods", at)
        assert mine.shares("goods", at) == theirs.shares("goods", at)
        assert mine.shares("revenue", at) == theirs.shares("revenue", at)
        assert mine.documents("news", at) == theirs.documents("news", at)
        assert mine.indicator("ind-traffic-deaths", "명", at) == theirs.indicator("ind-traffic-deaths", "명", at)
        assert mine.project("prj-yangjae-rnd", registry().panels["prj-yangjae-rnd"].name_ko, at).phases == (
            theirs.project("prj-yangjae-rnd", registry().panels["prj-yangjae-rnd"].name_ko, at).phases
        )
        assert [e.title_ko for e in mine.events("alerts", at)] == [e.title_ko for e in theirs.events("alerts", at)]
        hours = mine.series("pm10", at, hours=3, step_minutes=30)
        assert hours.values[-1] == theirs.city("pm10", at).value
        two_days = mine.series("pm10", at - timedelta(days=1), hours=23, step_minutes=60)
        assert None not in two_days.values
        origin = mine.provenance("pm10", at)
        assert origin.mode == "simulated"  # theirs is simulated, and is never shown as live
        assert origin.observed_at == theirs.provenance("pm10", at).observed_at
        assert "공유 도시데이터" in origin.source_ko
        view = build_view(registry().panels["fine-dust-pm10"], registry(), mine, at)
        check(view)
        assert view["data"]["label_ko"] == "모의 데이터"
        # Internal data is not given without a token, so the far side does not offer it.
        assert mine.provenance("dispatch", at).source_ko == "내장 모의 데이터"
        await reader.collector.stop()


async def test_with_a_device_token_internal_data_comes_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path, monkeypatch) as (far, server):
        reader = Reader(f"http://127.0.0.1:{server.port}", token=far.token("wall"))
        await reader.read()
        assert "공유 도시데이터" in reader.provider.provenance("dispatch", reader.now).source_ko
        wrong = Reader(f"http://127.0.0.1:{server.port}", token="nonsense-token")
        await wrong.read()
        assert wrong.state == "bad-key"
        await reader.collector.stop()
        await wrong.collector.stop()


async def test_the_far_side_stops_and_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path / "far", monkeypatch) as (_, server):
        reader = Reader(f"http://127.0.0.1:{server.port}", tmp_path / "mine")
        await reader.read()
        seen, figure = (
            reader.provider.provenance("pm10", reader.now).observed_at,
            reader.provider.city("pm10", reader.now),
        )
        await server.stop()
        await reader.read()
        assert reader.state == "failing"
        old = reader.provider.provenance("pm10", reader.now)
        assert (old.stale(reader.now), old.failing, old.observed_at, old.mode) == (True, True, seen, "simulated")
        assert reader.provider.city("pm10", reader.now) == figure
        view = build_view(registry().panels["fine-dust-pm10"], registry(), reader.provider, reader.now)
        assert view["data"]["stale"]
        await reader.clock.advance(3 * 3600)
        panel = registry().panels["fine-dust-pm10"]
        said = sentence(value_of(panel, None, registry(), reader.provider, reader.now)).text_ko
        assert "3시간 전 모의 데이터입니다" in said
        await reader.collector.stop()

        # A restart while the far side is down: what was known is there, with its age; what was not is not simulated.
        again = Reader(f"http://127.0.0.1:{server.port}", tmp_path / "mine", clock=reader.clock)
        assert again.provider.city("pm10", again.now) == figure
        assert again.provider.provenance("pm10", again.now).stale(again.now)
        await server.start()
        await again.clock.advance(1300)
        monkeypatch.setattr("assistant.api.city_data.now", lambda: again.now)  # both live at the same time
        await again.read()
        assert again.state == "ok"
        fresh = again.provider.provenance("pm10", again.now)
        assert not fresh.failing
        assert fresh.observed_at > seen
        assert not fresh.stale(again.now)
        await again.collector.stop()


async def test_what_was_never_read_is_not_simulated(tmp_path: Path) -> None:
    reader = Reader("http://127.0.0.1:9", tmp_path)
    await reader.read()
    assert reader.collector.statuses()[0].last_error == "unreachable"
    with pytest.raises(Unavailable) as caught:
        reader.provider.city("pm10", reader.now)
    assert caught.value.message == "자료를 받지 못했습니다: 공유 도시데이터"
    await reader.collector.stop()


async def test_what_has_not_changed_is_not_sent_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served(tmp_path, monkeypatch) as (far, server):
        monkeypatch.setattr("assistant.api.city_data.now", lambda: START)
        statuses: list[int] = []

        @far.app.middleware("http")
        async def noting(request: Any, call_next: Callable[[Any], Any]) -> Any:
            answer = await call_next(request)
            statuses.append(answer.status_code)
            return answer

        far.app.middleware_stack = far.app.build_middleware_stack()
        reader = Reader(f"http://127.0.0.1:{server.port}", clock=VirtualClock())
        await reader.read()
        first = list(statuses)
        statuses.clear()
        await reader.read()
        assert first.count(200) >= 10
        assert statuses.count(304) >= 9
        assert reader.state == "ok"
        await reader.collector.stop()


def _answer(**changes: Any) -> dict[str, Any]:
    at = START.isoformat()
    origin = {"source": "x", "dataset": "pm10", "mode": "live", "observed_at": at, "fetched_at": at, "stale": False,
              "stale_after_s": 900, "licence": "", "attribution": ""}  # fmt: skip
    one = {"area": None, "area_code": None, "metric": "pm10", "value": 40.0, "unit": "㎍/㎥", "grade": "moderate",
           "quality": "ok"}  # fmt: skip
    metric = {"metric": "pm10", "label_ko": "미세먼지", "label_en": "PM10", "unit": "㎍/㎥", "bands": [],
              "observations": [one]}  # fmt: skip
    return {"dataset": "pm10", "shape": "metric", "provenance": origin, "metric": metric, **changes}


def _put(path: str, value: Any) -> dict[str, Any]:
    made = _answer()
    at: Any = made
    *way, last = path.split(".")
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    at[int(last) if last.isdigit() else last] = value
    return made


NONSENSE = [
    b"", b"<html>oops</html>", b"null", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000,
    *(json.dumps(answer).encode() for answer in (
        _put("dataset", "o3"),
        _put("shape", "places"),
        _put("metric", None),
        _put("metric.metric", "o3"),
        _put("provenance.mode", "invented"),
        _put("provenance.observed_at", "2026-11-28T12:00:00"),
        _put("provenance.observed_at", (START + timedelta(days=1)).isoformat()),
        _put("provenance.stale_after_s", -1),
        _put("metric.observations.0.value", "forty"),
        _put("metric.observations.0.value", float("nan")),
        _put("metric.observations.0.value", float("inf")),
        _put("metric.observations.0.area", "부산 해운대구"),
        _put("metric.observations.0.grade", "superb"),
        _put("metric.observations", "none"),
    )),
]  # fmt: skip


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
async def test_nonsense_is_a_typed_failure(body: bytes) -> None:
    async def fetch(path: str, params: Any = None) -> bytes:
        return body

    with pytest.raises(SourceFailed) as caught:
        await DatasetFeed("pm10", "metric", Offer()).read(fetch, START)
    assert caught.value.code == "unreadable"
    assert len(caught.value.message) < 120


async def test_live_figures_of_the_far_side_are_live_here() -> None:
    async def fetch(path: str, params: Any = None) -> bytes:
        if path.endswith("series"):
            return json.dumps({"dataset": "pm10", "unit": "㎍/㎥", "x": [1, 2], "values": [1.0, None]}).encode()
        return json.dumps(_answer()).encode()

    reading = await DatasetFeed("pm10", "metric", Offer()).read(fetch, START)
    assert reading.provenance["pm10"].mode == "live"
    assert reading.city["pm10"].value == 40
    assert reading.series["pm10", None].values == (1.0, None)


def test_every_dataset_that_the_far_side_may_offer_has_a_feed() -> None:
    feeds = {d for f in remote_source("http://x.invalid").feeds for d in f.datasets}
    assert feeds == set(datasets(registry()))


async def test_what_was_served_once_is_never_simulated_again() -> None:
    """A far side that lists a dataset no more, as it does once the token is revoked, leaves the last good reading."""

    async def fetch(path: str, params: Any = None) -> bytes:
        if path.endswith("series"):
            return json.dumps({"dataset": "pm10", "unit": "㎍/㎥", "x": [1, 2], "values": [1.0, None]}).encode()
        return json.dumps(_answer()).encode()

    offer = Offer()
    served, never = DatasetFeed("pm10", "metric", offer), DatasetFeed("ozone", "metric", offer)
    await served.read(fetch, START)
    offer.listed = frozenset({"bike"})
    assert (served.datasets, never.datasets) == ({"pm10"}, set())
    with pytest.raises(SourceFailed) as caught:
        await served.read(fetch, START)
    assert caught.value.code == "not-listed"


async def test_an_empty_catalogue_takes_nothing_away() -> None:
    async def fetch(path: str, params: Any = None) -> bytes:
        return b'{"datasets": []}'

    offer = Offer()
    with pytest.raises(SourceFailed, match="empty"):
        await CatalogueFeed(offer).read(fetch, START)
    assert offer.listed is None
