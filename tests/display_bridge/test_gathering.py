"""A map of thousands of points carries some hundred, and loses nothing of their sum."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.borders import district_at
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Place
from display_bridge.views import build_view
from display_bridge.views.gathering import MOST, gathered
from tests.display_bridge.block_schema import check

NOW = datetime(2026, 11, 28, 13, 50, tzinfo=KST)
PLACES = st.builds(
    Place,
    st.text(min_size=1, max_size=4),
    st.floats(126.76, 127.18),
    st.floats(37.43, 37.70),
    st.none() | st.integers(0, 50).map(float),
    st.just("대"),
    st.sampled_from([None, "ok", "warn", "alert"]),
)


class ManyBikes(SimulatedCityData):
    """As many stations as the city has."""

    def places(self, kind: str, now: datetime) -> tuple[Place, ...]:
        if kind != "bike":
            return super().places(kind, now)
        return tuple(
            Place(f"대여소 {i}", round(d.lon + (i % 17 - 8) / 800, 5), round(d.lat + (i % 13 - 6) / 900, 5),
                  float(i % 9), "대", "ok" if i % 9 else "alert")
            for i in range(2800) for d in [DISTRICTS[i % 25]]
        )  # fmt: skip


@given(st.lists(PLACES, max_size=80), st.integers(1, 30))
@settings(deadline=None)
def test_no_more_than_asked_and_the_same_sum(places: list[Place], most: int) -> None:
    found = gathered(places, most)
    assert len(found) <= max(most, 0)
    assert sum(p.value or 0 for p in found) == sum(p.value or 0 for p in places)
    assert all(126.76 <= p.lon <= 127.18 and 37.43 <= p.lat <= 37.70 for p in found)
    if len(places) <= most:
        assert list(found) == places
    if all(p.value is None for p in places):
        assert all(p.value is None for p in found)


@pytest.mark.parametrize("district", [None, "종로구"])
def test_a_panel_of_all_bicycle_stations_stays_small(district: str | None) -> None:
    registry = load_registry()
    args = {"district": district} if district else {}
    view = build_view(registry.panels["bike-rental"], registry, ManyBikes(), NOW, args)
    check(view)
    points = view["blocks"][0]["points"]
    assert 20 < len(points) <= MOST
    assert len(json.dumps(view, ensure_ascii=False).encode()) < 60_000
    whole = sum(i % 9 for i in range(2800))
    if district is None:
        assert sum(p["value"] for p in points) == whole
    else:
        assert all(district_at(p["x"], p["y"]) == district for p in points)
