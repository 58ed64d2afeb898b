"""The product's own words of a view have English beside the Korean; what the city's data names stays as it is."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.papers.shelf import Shelf
from display_bridge.papers.shelved import ShelvedCityData
from display_bridge.views.english import english, names_of, with_english
from display_bridge.views.frame import build_view, failed_view

REGISTRY = load_registry()
CITY = ShelvedCityData(SimulatedCityData(), Shelf(None), REGISTRY)
NOW = datetime(2026, 11, 28, 15, 0, tzinfo=KST)
DATA_TITLED = {"document-viewer", "photo-story"}
"""Kinds of blocks whose title is the document's or the place's."""


def _view(panel: str, **args: str) -> dict[str, Any]:
    return build_view(REGISTRY.panels[panel], REGISTRY, CITY, NOW, args)


def test_the_home_page_reads_in_english() -> None:
    view = _view("home")
    mosaic, districts, alerts, news = view["blocks"]
    assert [tile["title_en"] for tile in mosaic["tiles"]] == [
        REGISTRY.panels[tile["panel"]].name_en for tile in mosaic["tiles"]
    ]
    assert (districts["title_en"], districts["metric_en"]) == ("PM2.5 by district", "PM2.5")
    assert (alerts["title_en"], news["title_en"]) == ("Disaster and safety alerts", "City news")
    assert (view["subtitle_en"], view["data"]["source_en"]) == ("Seoul now", "Built-in simulated data")
    assert not any("title_en" in one for one in (*alerts["alerts"], *news["documents"]))


def test_a_districts_page_reads_in_english() -> None:
    view = _view("fine-dust-pm10", district="종로구")
    assert view["subtitle_en"] == "PM10 · ㎍/㎥ · Jongno-gu"
    _, day, figures, _ = view["blocks"]
    assert (day["title_en"], day["compare_en"]) == ("Jongno-gu, last 24 hours", "Same time yesterday")
    assert [one["name_en"] for one in day["series"]] == ["Jongno-gu", "Same time yesterday"]
    assert figures["items"][0]["delta_label_en"] == "since an hour ago"


@pytest.mark.parametrize("panel", [p for p in REGISTRY.panels if not p.startswith(("ind-", "prj-"))])
def test_every_title_and_heading_has_english(panel: str) -> None:
    view = _view(panel)
    headed = [b for b in view["blocks"] if b["kind"] not in DATA_TITLED]
    headed += [column for b in headed for column in b.get("columns", ())]
    for one in headed:
        korean, words = one.get("title_ko") or one["label_ko"], one.get("title_en") or one.get("label_en") or ""
        assert not re.search("[가-힣]", words or korean), (panel, korean)
    assert "subtitle_en" in view or not re.search("[가-힣]", view["subtitle_ko"]), view["subtitle_ko"]


def test_a_view_that_failed_reads_in_english() -> None:
    view = failed_view("ozone", "왜냐하면", REGISTRY.panels["ozone"])
    assert view["subtitle_en"] == "The data could not be loaded"
    assert view["blocks"][0]["title_en"] == "No data"
    assert "body_en" not in view["blocks"][0]["chapters"][0]


def test_unknown_words_get_no_english_and_known_english_stays() -> None:
    given = {"title_ko": "서울", "title_en": "The city", "label_ko": "서울 · 모르는 말", "text": "없는 말"}
    assert with_english(given, {}) == given
    assert with_english({"label_ko": "소방서", "label_en": "소방서"}, {})["label_en"] == "Fire stations"
    assert english("수치(억원)") == "Figure (100 million won)"
    assert english("내장 모의 데이터 외 2") == "Built-in simulated data and 2 more"
    assert english("2027년 6월까지") == "until 2027-06"
    assert english("자치구별 없는 것") is None


@pytest.mark.parametrize(
    ("korean", "words"),
    [
        ("4분", "4 min"),
        ("곧 도착", "arriving"),
        ("2호선 · 외선순환", "Line 2 · outer circle"),
        ("홍대입구역 2번출구 앞", "Hongik Univ. Station exit 2"),
        ("규모 2.6 지진 (서울에서 약 235㎞)", "Earthquake of magnitude 2.6 (about 235 ㎞ from Seoul)"),
        ("종로소방서", "Jongno fire station"),
        ("중구경찰서", "Jung-gu police station"),
        ("강동구 · 해제", "Gangdong-gu · Lifted"),
        ("구급 · 중랑구 · 구급차 2대 출동", "Ambulance · Jungnang-gu · ambulances sent: 2"),
        ("모르는역", None),
        ("모르는동소방서", None),
    ],
)
def test_records_of_the_city_are_put_together(korean: str, words: str | None) -> None:
    assert english(korean, names_of(REGISTRY)) == words


def test_a_tables_cells_have_a_list_of_english_words() -> None:
    table = next(b for b in _view("intl-sister-cities")["blocks"] if b["kind"] == "table")
    assert table["words_en"]["도쿄"] == "Tokyo"
    assert "words_en" not in with_english({"kind": "table", "rows": [{"a": "없는 말", "b": 3}]}, {})
