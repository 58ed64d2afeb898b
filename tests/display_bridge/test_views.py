"""Every panel of the registry shows something true to its kind."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from assistant.contracts import BadInput
from assistant.wording import sentence
from content_registry.loader import load_registry
from content_registry.schema import Panel
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.views import build_view, value_of
from display_bridge.views.common import not_connected
from display_bridge.views.frame import builder_of
from tests.display_bridge.block_schema import check

REGISTRY = load_registry()
PANELS = list(REGISTRY.panels.values())
PROVIDER = SimulatedCityData()
NOW = datetime(2026, 11, 23, 14, 32, tzinfo=KST)
TIMES = [
    datetime(2026, 1, 1, 0, 0, 1, tzinfo=KST),
    datetime(2026, 2, 28, 23, 59, tzinfo=KST),
    datetime(2026, 4, 1, 3, tzinfo=KST),
    datetime(2026, 7, 15, 18, 30, tzinfo=KST),
    datetime(2028, 2, 29, 8, tzinfo=KST),
]


def test_there_are_panels() -> None:
    assert len(PANELS) == 205


@pytest.mark.parametrize("panel", PANELS, ids=lambda p: p.id)
def test_every_panel_shows_its_visualizations(panel: Panel) -> None:
    view = build_view(panel, REGISTRY, PROVIDER, NOW)
    checked = check(view)
    kinds = {b["kind"] for b in view["blocks"]}
    assert set(panel.visualizations) <= kinds
    assert view["blocks"][0]["kind"] in panel.visualizations, "the main block is of the panel's own kind"
    assert builder_of(panel) is not not_connected
    assert checked.panel.id == panel.id
    assert checked.data.mode == "simulated"
    assert checked.data.label_ko == "모의 데이터"
    text = json.dumps(view, ensure_ascii=False, allow_nan=False)
    assert len(text.encode()) < 60_000


@pytest.mark.parametrize("panel", PANELS, ids=lambda p: p.id)
def test_views_are_deterministic_and_hold_at_any_time(panel: Panel) -> None:
    assert build_view(panel, REGISTRY, SimulatedCityData(), NOW) == build_view(panel, REGISTRY, PROVIDER, NOW)
    for at in TIMES:
        check(build_view(panel, REGISTRY, PROVIDER, at))


@pytest.mark.parametrize("panel", [p for p in PANELS if p.menu == "realtime"], ids=lambda p: p.id)
def test_real_time_panels_take_any_district(panel: Panel) -> None:
    view = check(build_view(panel, REGISTRY, PROVIDER, NOW, {"district": "강남구"}))
    for block in view.blocks:
        if block.kind == "choropleth":
            assert block.selected == "강남구"


@pytest.mark.parametrize(
    "panel", ["fine-dust-pm10", "road-traffic", "bike-rental", "living-population", "hotspots", "home"]
)
def test_real_time_panels_change_within_the_day(panel: str) -> None:
    early = build_view(REGISTRY.panels[panel], REGISTRY, PROVIDER, NOW)
    late = build_view(REGISTRY.panels[panel], REGISTRY, PROVIDER, NOW + timedelta(hours=4))
    assert early["blocks"] != late["blocks"]


def test_figures_hold_still_inside_a_five_minute_slot() -> None:
    first = build_view(REGISTRY.panels["fine-dust-pm10"], REGISTRY, PROVIDER, NOW)
    again = build_view(REGISTRY.panels["fine-dust-pm10"], REGISTRY, PROVIDER, NOW + timedelta(minutes=2, seconds=59))
    assert first == again


def test_a_moment_is_the_same_in_every_time_zone() -> None:
    for panel in PANELS:
        assert build_view(panel, REGISTRY, PROVIDER, NOW.astimezone(UTC)) == build_view(panel, REGISTRY, PROVIDER, NOW)


def test_bad_arguments_are_refused() -> None:
    panel = REGISTRY.panels["fine-dust-pm10"]
    with pytest.raises(BadInput, match="not a district"):
        build_view(panel, REGISTRY, PROVIDER, NOW, {"district": "평양구"})
    reader = REGISTRY.panels["library-brochures"]
    for page in ("-1", "x", "²", "99999"):
        with pytest.raises(BadInput):
            build_view(reader, REGISTRY, PROVIDER, NOW, {"page": page})


def test_pages_of_a_document_differ_and_stop_at_the_last() -> None:
    panel = REGISTRY.panels["library-white-papers"]
    first = build_view(panel, REGISTRY, PROVIDER, NOW, {"page": "0"})
    second = build_view(panel, REGISTRY, PROVIDER, NOW, {"page": "1"})
    last = build_view(panel, REGISTRY, PROVIDER, NOW, {"page": "9999"})
    assert (first["blocks"][0]["page"], second["blocks"][0]["page"]) == (1, 2)
    assert last["blocks"][0]["page"] == last["pages"] == last["blocks"][0]["document"]["pages"]


def test_value_of_a_district_is_the_value_on_the_map() -> None:
    for panel_id in ("fine-dust-pm10", "ultrafine-dust-pm25", "ozone", "district-weather", "living-population"):
        panel = REGISTRY.panels[panel_id]
        view = build_view(panel, REGISTRY, PROVIDER, NOW)
        area = view["blocks"][0]["areas"]["마포구"]
        spoken = value_of(panel, "마포구", REGISTRY, PROVIDER, NOW)
        assert (spoken.value, spoken.grade, spoken.place) == (area["value"], area.get("grade"), "마포구")
        assert spoken.simulated


@pytest.mark.parametrize("panel", PANELS, ids=lambda p: p.id)
def test_every_panel_has_something_to_say(panel: Panel) -> None:
    spoken = value_of(panel, None, REGISTRY, PROVIDER, NOW)
    assert spoken.label_ko
    assert spoken.value is not None or spoken.text_ko


def test_the_way_to_a_panel_has_english_words() -> None:
    shown = build_view(REGISTRY.panels["fine-dust-pm10"], REGISTRY, PROVIDER, NOW)["panel"]
    assert (shown["menu_en"], shown["submenu_en"]) == ("Real-time city status", "Air & weather")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel.id)
def test_english_answers_have_no_korean(panel: Panel) -> None:
    for district in (None, "강남구"):
        told = sentence(value_of(panel, district, REGISTRY, PROVIDER, NOW)).text_en
        assert not any("가" <= letter <= "힣" for letter in told), told


def test_korean_grades_of_fine_dust() -> None:
    areas = [
        area
        for hours in range(0, 24 * 300, 31)
        for area in build_view(REGISTRY.panels["fine-dust-pm10"], REGISTRY, PROVIDER, NOW + timedelta(hours=hours))[
            "blocks"
        ][0]["areas"].values()
    ]
    values = [a["value"] for a in areas]
    assert 5 < min(values) < 30
    assert 60 < max(values) < 160
    for area in areas:
        limit = {"good": (0, 30), "moderate": (31, 80), "bad": (81, 150), "very_bad": (151, 999)}[area["grade"]]
        assert limit[0] <= area["value"] <= limit[1]
    assert {a["grade"] for a in areas} >= {"good", "moderate"}


def test_a_new_panel_without_data_says_so_on_screen_and_in_speech() -> None:
    panel = replace(REGISTRY.panels["fine-dust-pm10"], id="cat-feeding")
    assert "연결된 자료가 없습니다" in json.dumps(build_view(panel, REGISTRY, PROVIDER, NOW), ensure_ascii=False)
    value = value_of(panel, "강남구", REGISTRY, PROVIDER, NOW)
    assert value.value is None
    assert sentence(value).text_ko == "이 화면에는 아직 연결된 자료가 없습니다."
