"""Panels as they were asked for: districts side by side, a past period, and an honest word where there is no figure."""

from __future__ import annotations

from datetime import datetime

import pytest

from assistant.contracts import BadInput, Period
from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.views import build_view, value_of
from display_bridge.views.asked import asked_view
from tests.display_bridge.block_schema import check

REGISTRY = load_registry()
PROVIDER = SimulatedCityData()
NOW = datetime(2026, 11, 23, 14, 32, tzinfo=KST)


def test_districts_stand_side_by_side_with_their_own_figures() -> None:
    panel = REGISTRY.panels["ozone"]
    view = asked_view(panel, REGISTRY, PROVIDER, NOW, {"district": "강남구", "compare": "송파구+마포구"})
    block = view["blocks"][1]
    assert block["title_ko"] == "오존 · 지금"
    assert [item["label_ko"] for item in block["items"]] == ["강남구", "송파구", "마포구"]
    for item in block["items"]:
        assert item["value"] == value_of(panel, item["label_ko"], REGISTRY, PROVIDER, NOW).value
    check(view)


def test_a_past_period_shows_its_mean() -> None:
    panel = REGISTRY.panels["fine-dust-pm10"]
    view = asked_view(panel, REGISTRY, PROVIDER, NOW, {"period": "yesterday"})
    block = view["blocks"][1]
    assert block["title_ko"] == "미세먼지 · 어제 평균"
    mean = value_of(panel, None, REGISTRY, PROVIDER, NOW, Period.YESTERDAY).value
    assert [(item["label_ko"], item["value"]) for item in block["items"]] == [("서울", mean)]


@pytest.mark.parametrize(
    ("panel", "args", "told"),
    [
        ("fine-dust-pm10", {"period": "tomorrow"}, "미세먼지 · 내일 예보 자료가 없어 지금 수치입니다"),
        ("ind-ghg", {"district": "강남구", "compare": "송파구"}, "비교할 수치가 없는 화면입니다"),
        ("fine-dust-pm10", {"period": "3_days_ago"}, "미세먼지 · 3일 전 평균"),
        ("cctv", {"period": "last_week"}, "지난 수치가 없는 화면입니다"),
        ("cctv", {"period": "next_week"}, "예보 자료가 없는 화면입니다"),
    ],
)
def test_where_there_is_no_figure_it_says_so(panel: str, args: dict[str, str], told: str) -> None:
    view = asked_view(REGISTRY.panels[panel], REGISTRY, PROVIDER, NOW, args)
    assert told in view["subtitle_ko"] or told == view["blocks"][1]["title_ko"]
    check(view)


@pytest.mark.parametrize("panel", sorted(REGISTRY.panels))
def test_every_panel_can_be_asked_of_a_time_and_of_two_districts(panel: str) -> None:
    args = {"district": "강남구", "compare": "송파구", "period": "last_week"}
    check(asked_view(REGISTRY.panels[panel], REGISTRY, PROVIDER, NOW, args))


def test_a_plain_view_stays_as_it_is() -> None:
    panel = REGISTRY.panels["ozone"]
    args = {"district": "강남구"}
    assert asked_view(panel, REGISTRY, PROVIDER, NOW, args) == build_view(panel, REGISTRY, PROVIDER, NOW, args)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        ({"period": "someday"}, "bad-period"),
        ({"district": "강남구", "compare": "부산"}, "unknown-district"),
        ({"district": "강남구", "compare": "+".join(d.ko for d in REGISTRY.districts.values())}, "too-many-districts"),
    ],
)
def test_what_is_no_argument_is_refused(args: dict[str, str], code: str) -> None:
    with pytest.raises(BadInput) as caught:
        asked_view(REGISTRY.panels["ozone"], REGISTRY, PROVIDER, NOW, args)
    assert caught.value.code == code
