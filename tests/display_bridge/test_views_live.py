"""Views over sources that are real: with nothing to tell, silent in part, and beside figures that are made up here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from assistant.contracts import Unavailable
from content_registry.loader import load_registry
from content_registry.schema import Visibility
from display_bridge.cameras import Camera, Cameras
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Indicator, Place, Provenance, Table
from display_bridge.papers.shelf import Shelf
from display_bridge.papers.shelved import ShelvedCityData
from display_bridge.views import build_view, value_of

REGISTRY = load_registry()
NOW = datetime(2026, 11, 28, 13, 50, tzinfo=KST)
OF_NO_SOURCE = ("invented", "debt", "pledges", "functions")


class Live:
    """The simulation's figures as if a source had given them. silent: the datasets whose source has not answered."""

    def __init__(self, *silent: str) -> None:
        self._inner, self._silent = SimulatedCityData(), silent

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        if dataset in self._silent:
            raise Unavailable("no-data-yet", f"자료를 받지 못했습니다: {dataset}")
        if dataset in OF_NO_SOURCE:
            return self._inner.provenance(dataset, now)
        return Provenance(dataset, "어느 기관", "live", now, 900, "어느 기관", now)

    def told(self, method: str, dataset: str, found: Any) -> Any:
        return found

    def __getattr__(self, method: str) -> Any:
        if method == "cameras":
            raise AttributeError(method)

        def ask(dataset: str, *args: Any, **more: Any) -> Any:
            if dataset in self._silent:
                raise Unavailable("no-data-yet", f"자료를 받지 못했습니다: {dataset}")
            return self.told(method, dataset, getattr(self._inner, method)(dataset, *args, **more))

        return ask


class Bare(Live):
    """Sources that answer, and have nothing to tell."""

    def told(self, method: str, dataset: str, found: Any) -> Any:
        match method:
            case "city":
                return replace(found, value=None, grade=None)
            case "districts":
                return tuple(replace(o, value=None, grade=None) for o in found)
            case "series":
                return replace(found, values=(None,) * len(found.values))
            case "table":
                return Table(found.columns, (), found.right)
            case "indicator":
                return Indicator(0.0, 0.0, (2025,), (0.0,), found.lower_is_better)
            case "project":
                return replace(found, documents=())
        return ()


def test_with_nothing_to_tell_every_panel_stands_or_says_so() -> None:
    said = []
    for panel in REGISTRY.panels.values():
        try:
            assert build_view(panel, REGISTRY, Bare(), NOW)["blocks"]
            value_of(panel, None, REGISTRY, Bare(), NOW)
        except Unavailable as error:
            said.append(error.message)
    assert len(said) < 20
    assert set(said) == {"지금 보여 드릴 자료가 없습니다"}


@pytest.mark.parametrize(
    ("panel", "silent", "kept"),
    [
        ("water-quality-live", "river-quality", "kpi"),
        ("flood-risk", "river", "choropleth"),
        ("flood-risk", "rain", "choropleth"),
        ("subway-arrival", "subway", "table"),
        ("resume-indicators", "population", "kpi"),
        ("resume-indicators", "ind-employment-rate", "kpi"),
        ("district-weather", "humidity", "choropleth"),
        ("satellite-image", "temperature", "image-sequence"),
        ("theme-culture-events", "culture", "document-list"),
    ],
)
def test_a_silent_part_leaves_the_rest_of_its_panel(panel: str, silent: str, kept: str) -> None:
    view = build_view(REGISTRY.panels[panel], REGISTRY, Live(silent), NOW)
    whole = build_view(REGISTRY.panels[panel], REGISTRY, Live(), NOW)
    assert kept in [b["kind"] for b in view["blocks"]]
    assert len(view["blocks"]) == len(whole["blocks"])
    assert "자료 없음" in str(view["blocks"]) or "자료를 받지 못했습니다" in str(view["blocks"])


@pytest.mark.parametrize(
    "panel",
    [
        "eungdapso-today",
        "eungdapso-departments",
        "finance-overview",
        "revenue",
        "debt-reduction",
        "media-share",
        "pedestrian-accidents",
        "theme-job-bus",
    ],
)
def test_figures_that_are_made_up_here_never_count_as_live(panel: str) -> None:
    data = build_view(REGISTRY.panels[panel], REGISTRY, Live(), NOW)["data"]
    assert data["mode"] == "simulated"
    assert "모의 데이터" in data["label_ko"]
    assert "모의 데이터" in data["attribution"]


def test_a_car_park_of_which_nothing_is_known_is_not_full() -> None:
    class Lots(Live):
        def told(self, method: str, dataset: str, found: Any) -> Any:
            known = Place("가", 127.0, 37.5, 0.0, "면", "alert", "주차 가능 0/100면")
            unknown = Place("나", 127.0, 37.5, None, "면", None, "100면 · 실시간 정보 없음")
            return (known, unknown, unknown)

    _, table, kpi = build_view(REGISTRY.panels["parking"], REGISTRY, Lots(), NOW)["blocks"]
    assert [row["detail"] for row in table["rows"]] == ["0/100면", "정보 없음", "정보 없음"]
    assert kpi["items"][1]["value"] == 1


def test_the_pictures_of_cameras_are_live_and_stay_when_the_figures_beside_them_are_silent() -> None:
    seen = Visibility.PUBLIC
    site = Cameras([Camera(p, "남산", "중구", "http://x/y.m3u8", "hls", p, seen) for p in ("cctv", "air-video")])
    for city, label in ((SimulatedCityData(), "일부 모의 데이터"), (Live("pm25", "pm10"), "실시간")):
        shown = ShelvedCityData(city, Shelf(None), REGISTRY, site)
        view = build_view(REGISTRY.panels["cctv"], REGISTRY, shown, NOW)
        assert (view["data"]["mode"], view["data"]["source_ko"]) == ("live", "현장 카메라")
        beside = build_view(REGISTRY.panels["air-video"], REGISTRY, shown, NOW)
        assert beside["data"]["label_ko"] == label
    assert "자료" in str(beside["blocks"])
