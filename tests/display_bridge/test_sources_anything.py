"""Whatever a service sends: a feed reads it or fails with SourceFailed, and shows no figure that was not sent."""

from __future__ import annotations

import asyncio
import copy
import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from display_bridge.city_data.feeds import Reading, SourceFailed
from display_bridge.city_data.public_sources import public_sources
from display_bridge.city_data.seoul.air import CITY_AIR
from display_bridge.city_data.seoul.bikes import STATIONS
from display_bridge.city_data.seoul.parking import LOTS
from display_bridge.city_data.seoul.rivers import LEVELS
from tests.display_bridge.city_upstream import KEY, Upstream, bases

NOW = datetime(2026, 11, 28, 4, 50, tzinfo=UTC)
FEEDS = [feed.id for source in public_sources() for feed in source.feeds]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8),
    st.sampled_from(["-", "", "-99", "0", "점검중", "9" * 30, "1e9", "202611281300", "2026-11-28 24:00", "INFO-000",
                     "\ud800"]),
)  # fmt: skip
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)
Change = Callable[[bytes], bytes]


def read(feed_id: str, change: Change, upstream: Upstream | None = None) -> Reading | SourceFailed:
    """The reading of a feed whose every answer was changed; only SourceFailed may come out beside it."""
    up = upstream or Upstream(NOW, bikes=40, lots=3)
    source, feed = next((s, f) for s in public_sources() for f in s.feeds if f.id == feed_id)

    async def fetch(path: str, params: Mapping[str, str] | None = None) -> bytes:
        asked = {**(params or {}), **({source.key_param: KEY} if source.key_place == "query" else {})}
        target = f"{bases('')[source.id]}/{path.replace('{key}', KEY)}"
        return change(up.answer(target + (f"?{urlencode(asked)}" if asked else "")).body)

    try:
        return asyncio.run(feed.read(fetch, NOW))
    except SourceFailed as error:
        return error


@pytest.mark.parametrize("feed_id", FEEDS)
@given(data=st.binary(max_size=300))
@settings(max_examples=10, deadline=None)
def test_any_bytes(feed_id: str, data: bytes) -> None:
    assert isinstance(read(feed_id, lambda _: data), SourceFailed)


@pytest.mark.parametrize("feed_id", FEEDS)
@given(value=VALUES)
@settings(max_examples=10, deadline=None)
def test_any_json(feed_id: str, value: Any) -> None:
    read(feed_id, lambda _: json.dumps(value).encode())


@pytest.mark.parametrize("feed_id", FEEDS)
@given(value=VALUES, seed=st.integers(0, 10**6), times=st.integers(1, 6))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_value_anywhere_in_a_good_answer(feed_id: str, value: Any, seed: int, times: int) -> None:
    draw = random.Random(seed)

    def change(body: bytes) -> bytes:
        if not body.startswith(b"{"):
            at = draw.randrange(len(body))
            return body[:at] + draw.randbytes(draw.randrange(4)) + body[at + draw.randrange(30) :]
        whole = json.loads(body)
        for _ in range(times):
            holder, key = _somewhere(whole, draw)
            holder[key] = copy.deepcopy(value)
        return json.dumps(whole).encode()

    result = read(feed_id, change)
    if isinstance(result, Reading):
        assert result.observed_at.tzinfo is not None
        for text in _texts(result):
            text.encode()  # a lone surrogate would break every screen that it is sent to


def _somewhere(value: Any, draw: random.Random) -> tuple[Any, Any]:
    """A place in a JSON object that can be changed: down at random, stopping at any level."""
    while True:
        key = draw.choice(list(value)) if isinstance(value, dict) else draw.randrange(len(value))
        inner = value[key]
        if not isinstance(inner, dict | list) or not inner or draw.random() < 0.15:
            return value, key
        value = inner


def _texts(reading: Reading) -> Iterator[str]:
    for places in reading.places.values():
        yield from (p.name_ko + p.detail_ko for p in places)
    for events in reading.events.values():
        yield from (e.title_ko + e.detail_ko + e.area_ko + e.id for e in events)
    for table in reading.tables.values():
        yield from (str(cell) for row in table.rows for cell in row.values())
    for lines in reading.lines.values():
        yield from (line.name_ko for line in lines)
    for documents in reading.documents.values():
        yield from (d.title_ko + "".join(d.body[0]) for d in documents)


# ---------------------------------------------------------------------------------------------- no figure of our own

FIGURES = st.one_of(
    st.integers(-200, 6000), st.floats(-200, 6000).map(lambda v: round(v, 3)),
    st.sampled_from(["-", "", None, "점검중", "-99"]), st.integers(0, 4000).map(str),
)  # fmt: skip


def sent(rows: list[dict[str, Any]], names: tuple[str, ...]) -> set[float]:
    """The figures of some columns of rows."""
    found = set()
    for row in rows:
        for name, value in row.items():
            if name.upper() in names and value not in ("-", "", None, "점검중"):
                found.add(float(value))
    return found


def changed(rows: list[dict[str, Any]], names: tuple[str, ...], values: list[Any]) -> list[dict[str, Any]]:
    """Rows with other values in some columns, one after another."""
    turn = iter(values * (1 + len(rows) * len(names) // len(values)))
    return [{k: next(turn) if k.upper() in names else v for k, v in row.items()} for row in rows]


@given(values=st.lists(FIGURES, min_size=1, max_size=60), generation=st.sampled_from(["new", "old"]))
@settings(max_examples=40, deadline=None)
def test_the_air_shows_what_was_sent(values: list[Any], generation: str) -> None:
    names = tuple(n for ours in ("pm10", "pm25") for n in CITY_AIR.names[ours])
    up = Upstream(NOW, generation)
    rows = changed(up.all_rows("RealtimeCityAir"), names, values)
    up.rows = {"RealtimeCityAir": rows}
    reading = read("seoul-air", lambda body: body, up)
    assert isinstance(reading, Reading)
    figures = {round(v) for v in sent(rows, names)}
    for metric in ("pm10", "pm25"):
        shown = [o.value for o in reading.districts[metric]]
        assert all(v is None or v in figures for v in shown)
        known = [v for v in shown if v is not None]
        mean = reading.city[metric].value
        assert (mean is None) == (not known)
        assert mean is None or min(known) - 1 <= mean <= max(known) + 1


@given(values=st.lists(FIGURES, min_size=1, max_size=20), generation=st.sampled_from(["new", "old"]))
@settings(max_examples=40, deadline=None)
def test_rivers_car_parks_and_bicycles_show_what_was_sent(values: list[Any], generation: str) -> None:
    up = Upstream(NOW, generation, bikes=30, lots=3)
    levels, parked, bikes = LEVELS.names["level"], LOTS.names["parked"], STATIONS.names["bikes"]
    up.rows = {
        "ListRiverStageService": changed(up.all_rows("ListRiverStageService"), levels, values),
        "GetParkingInfo": changed(up.all_rows("GetParkingInfo"), parked, values),
        "bikeList": changed(up.all_rows("bikeList"), bikes, values),
    }
    river = read("seoul-river-stage", lambda body: body, up)
    assert isinstance(river, Reading)
    shown = {p.value for p in river.places["river"]} - {None}
    assert shown <= sent(up.rows["ListRiverStageService"], levels)

    parking = read("seoul-parking", lambda body: body, up)
    if isinstance(parking, Reading):
        taken = sent(up.rows["GetParkingInfo"], parked)
        for place in parking.places["parking"]:
            if place.value:
                capacity = int(re.findall(r"/(\d+)면", place.detail_ko)[0])
                assert capacity - place.value in taken
    stations = read("seoul-bikes", lambda body: body, up)
    figures = sent(up.rows["bikeList"], bikes)
    if isinstance(stations, Reading):
        assert {p.value for p in stations.places["bike"]} - {None} <= figures
        whole = [v for row in up.rows["bikeList"] for v in sent([row], bikes) if v >= 0 and v == int(v)]
        assert stations.city["bikes"].value == sum(whole)
    else:
        assert not any(v >= 0 and v == int(v) for v in figures)
