"""The shared city-data API: who may read what, provenance, caching, bad input, events by number and as a stream."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import Request
from starlette.types import Message

from assistant.api import city_events
from assistant.city_service import build_city
from assistant.contracts import ConfigError
from assistant.settings import Settings, load_settings
from content_registry.schema import Visibility
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.datasets import datasets
from display_bridge.city_data.event_log import KINDS
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Event
from display_bridge.city_data.recording import RecordingCityData
from display_bridge.views.frame import build_view
from tests.assistant.api_app import Application, registry, running, settled

SECRET = "very+secret/key=="


@pytest.fixture(autouse=True)
def _events_come_only_from_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.city_service.EVENTS_EVERY_S", 3600.0)


def names(answer: httpx.Response) -> set[str]:
    return {d["id"] for d in answer.json()["datasets"]}


def office(api: Application) -> dict[str, str]:
    return {"authorization": f"Bearer {api.token('wall')}"}


def provenances(value: Any) -> list[dict[str, Any]]:
    """Every provenance in an answer."""
    if isinstance(value, dict):
        found = [p for k, v in value.items() if k != "provenance" for p in provenances(v)]
        own = value.get("provenance", [])
        return found + (own if isinstance(own, list) else [own])
    return [p for v in value for p in provenances(v)] if isinstance(value, list) else []


# ------------------------------------------------------------------------------------------------ who may read


def test_a_dataset_is_no_more_open_than_the_panels_that_draw_it() -> None:
    """What the views really read: each dataset is declared, and as open as the most open panel that reads it."""
    found, read = datasets(registry()), {}
    at = datetime(2026, 11, 28, 12, 0, tzinfo=KST)
    for panel in registry().panels.values():
        noting = RecordingCityData(SimulatedCityData())
        build_view(panel, registry(), noting, at)
        for name in noting.read:
            read.setdefault(name, set()).add(panel.visibility)
    order = [Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE]
    assert set(read) <= set(found)
    for name, levels in read.items():
        assert found[name].visibility == min(levels, key=order.index), name
    assert {d.id for d in found.values() if d.visibility is Visibility.PRIVATE} == {"cloud", "topics"}
    assert "dispatch" in {d.id for d in found.values() if d.visibility is Visibility.INTERNAL}


async def test_the_public_reads_public_data_and_office_devices_internal_data_too(api: Application) -> None:
    found = datasets(registry())
    public = {d.id for d in found.values() if d.visibility is Visibility.PUBLIC}
    internal = {d.id for d in found.values() if d.visibility is Visibility.INTERNAL}
    assert names(await api.http.get("/api/v1/catalog")) == public
    assert names(await api.http.get("/api/v1/catalog", headers=office(api))) == public | internal
    kiosk = {"authorization": f"Bearer {api.token('kiosk', 'lobby')}"}
    assert names(await api.http.get("/api/v1/catalog", headers=kiosk)) == public
    for dataset in sorted(found):
        answers = [
            (await api.http.get(f"/api/v1/datasets/{dataset}/latest", headers=headers)).status_code
            for headers in ({}, kiosk, office(api))
        ]
        expected = [200, 200, 200] if dataset in public else [404, 404, 200] if dataset in internal else [404] * 3
        assert answers == expected, dataset


async def test_a_dataset_that_may_not_be_read_is_as_one_that_is_not_there(api: Application) -> None:
    hidden = await api.http.get("/api/v1/datasets/dispatch/latest")
    missing = await api.http.get("/api/v1/datasets/nothing/latest")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()
    assert hidden.json()["code"] == "unknown-dataset"
    wrong = await api.http.get("/api/v1/datasets/pm10/latest", headers={"authorization": "Bearer nonsense"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "bad-token")


async def test_private_documents_are_in_no_answer(api: Application) -> None:
    provider = api.service.city.provider
    at = datetime.now(KST)
    private = {d.id for kind in ("cloud", "topics") for d in provider.documents(kind, at)}
    assert private
    for headers in ({}, office(api)):
        listed = await api.http.get("/api/v1/documents", headers=headers)
        assert not private & {d["id"] for d in listed.json()["documents"]}
        for one in private:
            assert (await api.http.get(f"/api/v1/documents/{one}", headers=headers)).status_code == 404
    books = (await api.http.get("/api/v1/documents", params={"kind": "bookshelf"})).status_code
    assert books == 404  # internal: for the public there is no such kind
    assert (await api.http.get("/api/v1/documents?kind=bookshelf", headers=office(api))).status_code == 200


# ------------------------------------------------------------------------------------------------ values


async def test_figures_come_with_where_they_are_from(api: Application) -> None:
    answer = (await api.http.get("/api/v1/datasets/pm10/latest")).json()
    assert len(answer["metric"]["observations"]) == 26
    assert answer["provenance"]["mode"] == "simulated"
    assert answer["provenance"]["stale"] is False
    assert "모의" in answer["provenance"]["attribution"]
    for asked in ("11680", "강남구", "gangnam-gu", "Gangnam-gu"):
        one = (await api.http.get("/api/v1/datasets/pm10/latest", params={"district": asked})).json()
        (only,) = one["metric"]["observations"]
        assert (only["area"], only["area_code"], only["quality"]) == ("강남구", "11680", "ok")
    assert (await api.http.get("/api/v1/datasets/bike/latest", params={"district": "11680"})).status_code == 404


async def test_every_answer_says_where_it_is_from(api: Application) -> None:
    for path in (
        *(f"/api/v1/datasets/{d.id}/latest" for d in datasets(registry()).values() if d.visibility == "public"),
        "/api/v1/datasets/pm10/series",
        "/api/v1/places?kind=park",
        "/api/v1/indicators",
        "/api/v1/events",
        "/api/v1/documents",
    ):
        answer = await api.http.get(path)
        assert answer.status_code == 200, path
        found = provenances(answer.json())
        assert found, path
        for one in found:
            assert one["source"], path
            assert one["mode"] == "simulated"
            assert one["stale_after_s"] > 0
            assert datetime.fromisoformat(one["observed_at"]).tzinfo is not None


async def test_a_course_has_its_range_and_step(api: Application) -> None:
    end = datetime.now(KST) - timedelta(hours=5)
    asked = {"from": (end - timedelta(hours=6)).isoformat(), "to": end.isoformat(), "step": 30, "district": "중구"}
    answer = (await api.http.get("/api/v1/datasets/o3/series", params=asked)).json()
    assert len(answer["x"]) == len(answer["values"]) == 13
    assert answer["x"][1] - answer["x"][0] == 1800
    assert abs(answer["x"][-1] - end.timestamp()) <= 300
    assert answer["area"] == "중구"


async def test_places_by_box_and_page(api: Application) -> None:
    everything = (await api.http.get("/api/v1/places", params={"kind": "park"})).json()
    west = min(p["lon"] for p in everything["places"])
    box = f"{west},37.0,{west + 0.05},38.0"
    some = (await api.http.get("/api/v1/places", params={"kind": "park", "bbox": box})).json()
    assert 0 < some["total"] < everything["total"]
    assert all(west <= p["lon"] <= west + 0.05 for p in some["places"])
    beyond = (await api.http.get("/api/v1/places", params={"kind": "park", "page": 9})).json()
    assert (beyond["places"], beyond["total"]) == ([], everything["total"])


async def test_documents_are_searched_and_read(api: Application) -> None:
    listed = (await api.http.get("/api/v1/documents", params={"kind": "white-paper"})).json()["documents"]
    word = listed[0]["title_ko"].split()[0]
    found = (await api.http.get("/api/v1/documents", params={"q": word, "kind": "white-paper"})).json()["documents"]
    assert listed[0]["id"] in {d["id"] for d in found}
    assert all(word in f"{d['title_ko']} {d['department_ko']}" for d in found)
    one = (await api.http.get(f"/api/v1/documents/{listed[0]['id']}")).json()
    assert len(one["body"]) == one["pages"] > 0


async def test_indicators_one_by_one_and_together(api: Application) -> None:
    everything = (await api.http.get("/api/v1/indicators")).json()
    assert everything["missing"] == []
    one = everything["indicators"][0]
    assert (await api.http.get(f"/api/v1/indicators/{one['id']}")).json() == one
    assert len(one["years"]) == len(one["trend"])
    missing = await api.http.get("/api/v1/indicators/pm10")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown-indicator")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/datasets/pm10/latest?district=",
        "/api/v1/datasets/PM10/latest",
        "/api/v1/datasets/pm10/series?step=0",
        "/api/v1/datasets/pm10/series?step=nan",
        "/api/v1/datasets/pm10/series?from=2026-11-28T10:00:00",
        "/api/v1/datasets/pm10/series?from=1e400",
        "/api/v1/datasets/pm10/series?from=0001-01-01T00:00:00Z",
        "/api/v1/datasets/pm10/series?from=2020-01-01T00:00:00Z",
        "/api/v1/datasets/pm10/series?to=2020-01-01T00:00:00Z&from=2021-01-01T00:00:00Z",
        "/api/v1/datasets/pm10/series?from=2026-11-01T00:00:00Z&to=2026-11-20T00:00:00Z&step=5",
        "/api/v1/places",
        "/api/v1/places?kind=park&bbox=1,2,3",
        "/api/v1/places?kind=park&bbox=nan,nan,nan,nan",
        "/api/v1/places?kind=park&bbox=127,37,126,38",
        "/api/v1/places?kind=park&page=0",
        "/api/v1/events?since=-1",
        "/api/v1/events?since=1e3",
        "/api/v1/events?since=99999999999999999999",
    ],
)
async def test_bad_input_is_a_problem(api: Application, path: str) -> None:
    answer = await api.http.get(path)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("datasets/pm10/latest?district=부산", "no-such-district"),
        ("datasets/park/latest?district=강남구", "no-districts"),
        ("datasets/park/series", "no-series"),
        ("places?kind=pm10", "unknown-kind"),
        ("documents?kind=nothing", "unknown-kind"),
        ("documents/nothing", "unknown-document"),
    ],
)
async def test_what_is_not_there_is_not_found(api: Application, path: str, code: str) -> None:
    answer = await api.http.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, code)


async def test_a_refused_method_names_those_that_are_not(api: Application) -> None:
    for path, allowed in (
        ("/api/v1/cameras/gate/live", "GET, POST"),
        ("/api/v1/documents/news-01/file.pdf", "GET, HEAD"),
        ("/api/v1/catalog", "GET"),
    ):
        answer = await api.http.request("PUT", path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_answers_can_be_kept(api: Application) -> None:
    first = await api.http.get("/api/v1/datasets/pm10/latest")
    assert first.headers["cache-control"] == "public, max-age=2"
    again = await api.http.get("/api/v1/datasets/pm10/latest", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    own = await api.http.get("/api/v1/datasets/dispatch/latest", headers=office(api))
    assert own.headers["cache-control"] == "private, max-age=2"
    assert own.headers["vary"] == "Authorization"


# ------------------------------------------------------------------------------------------------ events


class Frames:
    """What a stream of server-sent events says."""

    def __init__(self, api: Application, path: str, headers: dict[str, str]) -> None:
        self.text, self.status = "", 0
        given = [(k.encode(), v.encode()) for k, v in {"host": "127.0.0.1:8700", **headers}.items()]
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
            "path": path.partition("?")[0], "raw_path": path.encode(), "query_string": path.partition("?")[2].encode(),
            "root_path": "", "headers": given, "client": ("127.0.0.1", 5), "server": ("127.0.0.1", 8700),
        }  # fmt: skip
        self._gone = asyncio.Event()
        self._more = asyncio.Event()
        self.task = asyncio.create_task(api.app(scope, self._receive, self._send))  # type: ignore[arg-type]
        self._asked = False

    async def _receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.text += message.get("body", b"").decode()
        self._more.set()

    async def until(self, count: int) -> list[dict[str, Any]]:
        """Wait for so many events."""
        async with asyncio.timeout(120):
            while len(self.events()) < count:
                self._more.clear()
                await self._more.wait()
        return self.events()

    def events(self) -> list[dict[str, Any]]:
        found = []
        for block in self.text.split("\n\n")[:-1]:
            fields = dict(line.partition(": ")[::2] for line in block.splitlines())
            if "data" in fields:
                found.append({**json.loads(fields["data"]), "_id": int(fields["id"]), "_event": fields["event"]})
        return found

    async def leave(self) -> None:
        self._gone.set()
        async with asyncio.timeout(120):
            await asyncio.gather(self.task, return_exceptions=True)


class Quiet(SimulatedCityData):
    """Says what it is told to say."""

    told: dict[str, tuple[Event, ...]] = {}

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        return self.told.get(kind, ())


def happened(name: str) -> Event:
    return Event(datetime.now(KST), name, "긴급", "중구", "발송", 80, "본문", 127.0, 37.5, name)


async def test_events_have_numbers_and_the_public_gets_public_kinds_only(api: Application) -> None:
    log, city = api.service.city.events, Quiet()
    start = log.seq
    city.told = {"alerts": (happened("a1"),), "dispatch": (happened("d1"),)}
    log.look(city, datetime.now(KST))
    for headers, kinds in (({}, {"a1"}), (office(api), {"a1", "d1"})):
        answer = (await api.http.get(f"/api/v1/events?since={start}", headers=headers)).json()
        assert {e["id"] for e in answer["events"] if e["change"] == "opened"} == kinds
        assert answer["seq"] == log.seq
        assert {p["dataset"] for p in answer["provenance"]} == set(KINDS) - (set() if headers else {"dispatch"})
    one = next(e for e in answer["events"] if e["id"] == "a1")
    assert (one["panel"], one["severity"], one["body_ko"], one["mode"]) == ("disaster-alerts", 80, "본문", "simulated")
    assert one["department"]
    nothing = (await api.http.get(f"/api/v1/events?since={log.seq}")).json()
    assert nothing["events"] == []


async def test_a_stream_resumes_where_it_was_and_leaks_nothing_internal(api: Application) -> None:
    log, city = api.service.city.events, Quiet()
    city.told = {"alerts": (happened("a1"),), "dispatch": (happened("secret-dispatch"),)}
    log.look(city, datetime.now(KST))
    known = log.seq
    public = Frames(api, "/api/v1/events/stream", {"last-event-id": str(known)})
    staff = Frames(api, f"/api/v1/events/stream?since={known}", office(api))
    await asyncio.sleep(0)
    city.told = {"alerts": (happened("a1"), happened("a2")), "dispatch": (happened("secret-dispatch-2"),)}
    log.look(city, datetime.now(KST))
    assert "a2" in {e["id"] for e in await public.until(1)}
    assert {"a2", "secret-dispatch-2"} <= {e["id"] for e in await staff.until(3)}
    assert "dispatch" not in public.text
    assert all(e["_id"] == e["seq"] > known and e["_event"] == e["change"] for e in public.events())
    last = public.events()[-1]["_id"]
    await public.leave()
    city.told = {"alerts": ()}
    log.look(city, datetime.now(KST))
    again = Frames(api, "/api/v1/events/stream", {"last-event-id": str(last)})
    assert {e["id"] for e in await again.until(1)} <= {"a1", "a2"}
    assert all(e["_id"] > last for e in again.events())
    before = log.listeners
    await again.leave()
    await staff.leave()
    assert log.listeners == before - 2 == 0
    bad = await api.http.get("/api/v1/events/stream", headers={"last-event-id": "x"})
    assert bad.status_code == 422


async def test_who_is_gone_before_the_first_word_leaves_nothing_behind(api: Application) -> None:
    scope = {
        "type": "http", "method": "GET", "path": "/api/v1/events/stream", "query_string": b"", "http_version": "1.1",
        "headers": [], "app": api.app, "client": ("127.0.0.1", 1),
    }  # fmt: skip
    for _ in range(3):
        answer = await city_events.stream(Request(scope))
        sent: list[Message] = []

        async def gone() -> Message:
            return {"type": "http.disconnect"}

        async def send(message: Message, sent: list[Message] = sent) -> None:
            sent.append(message)

        await answer(scope, gone, send)
    assert api.service.city.events.listeners == 0


async def test_a_stream_says_that_it_lives(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.api.city_events.HEARTBEAT_S", 0.01)
    frames = Frames(api, f"/api/v1/events/stream?since={api.service.city.events.seq}", {})
    await settled(lambda: ": still here" in frames.text)
    assert frames.status == 200
    await frames.leave()


# ------------------------------------------------------------------------------------------------ operators


@pytest.mark.parametrize("given", [{"quotas": {"kmaa": 5}}, {"base_urls": {"kmaa": "http://127.0.0.1:9"}}])
def test_a_setting_of_a_source_that_is_none_stops_the_start_and_names_the_known_ones(
    tmp_path: Path, given: dict[str, Any]
) -> None:
    with pytest.raises(ConfigError) as refused:
        build_city(Settings.model_validate({"state_dir": tmp_path, "city_data": given}), registry())
    assert refused.value.code == "unknown-source"
    for name in ("'kmaa'", "'kma'", "'airkorea'", "'seoul-open-data'", "'shared'"):
        assert name in refused.value.message
    near = Settings.model_validate({"state_dir": tmp_path, "city_data": {"quotas": {"kma": 5, "shared": 5}}})
    assert build_city(near, registry()).statuses()


async def test_sources_are_for_operators_and_metrics_for_all_and_neither_tells_a_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("display_bridge.city_data.fetching.ATTEMPTS", 1)
    for name in (None, "httpx", "httpcore", "httpcore.connection", "httpcore.http11"):
        caplog.set_level(logging.DEBUG, logger=name)
    nobody = "http://127.0.0.1:9"
    given = {
        "poll": False,
        "remote_url": nobody,
        "remote_token": SECRET,
        "data_go_kr_key": SECRET,
        "seoul_open_data_key": SECRET,
        "base_urls": {"kma": nobody, "seoul-open-data": nobody},
    }
    async with running(tmp_path, monkeypatch, city_data=given) as api:
        for source in ("shared", "kma", "seoul-open-data"):
            assert await api.service.city.collector.probe(source) == "unreachable"
        answer = await api.http.get("/api/v1/sources")
        assert answer.status_code == 200
        rows = {row["id"]: row for row in answer.json()["sources"]}
        assert (rows["shared"]["state"], rows["shared"]["setting"]) == ("off", "city_data.remote_token")
        assert (rows["kma"]["last_error_code"], rows["kma"]["calls_today"]) == ("unreachable", 2)
        assert rows["disaster-messages"]["state"] == "simulated"
        assert (await api.client(("192.0.2.7", 5)).get("/api/v1/sources")).status_code == 401
        unavailable = await api.http.get("/api/v1/datasets/temperature/latest")
        assert (unavailable.status_code, unavailable.json()["code"]) == (503, "no-data-yet")
        metrics = await api.http.get("/metrics")
        assert 'seoula_city_calls_total{outcome="unreachable",source="kma"} 2.0' in metrics.text
        assert 'seoula_city_up{source="kma"} 0.0' in metrics.text
        texts = [answer.text, metrics.text, unavailable.text, repr(api.service.settings), str(api.service.settings)]
        texts += [(await api.http.get("/api/v1/catalog")).text, caplog.text]
    # and what was kept when the service stopped
    texts += [f.read_text("utf-8", "replace") for f in tmp_path.rglob("*.json")]  # noqa: ASYNC240
    assert any("httpcore" in record.name for record in caplog.records)
    for spelling in (SECRET, quote(SECRET, safe=""), quote(SECRET), quote(quote(SECRET, safe=""), safe="")):
        assert not any(spelling in text for text in texts)


def test_keys_come_from_the_environment_and_the_secrets_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "SEOULA_CITY_DATA__DATA_GO_KR_KEY").write_text("from-a-file\n", "utf-8")
    monkeypatch.setenv("SEOULA_CITY_DATA__SEOUL_OPEN_DATA_KEY", "from-the-environment")
    keys = load_settings().city_data.keys()
    assert keys["data_go_kr_key"] == "from-a-file"
    assert keys["seoul_open_data_key"] == "from-the-environment"
    assert keys["safety_data_key"] == ""
    assert "from-a-file" not in repr(load_settings())
