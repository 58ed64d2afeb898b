"""The answer port over real screens and city data, and the sentences that are made in advance."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.contracts import AnswerValue, BadInput, Period
from assistant.screens import Screens
from assistant.stock import common_sentences
from content_registry.loader import load_registry
from content_registry.schema import Visibility
from display_bridge.city_data import SimulatedCityData
from display_bridge.hub import DisplayHub
from display_bridge.pairing import Pairing

REGISTRY, PROVIDER = load_registry(), SimulatedCityData(seed=7)


@pytest.fixture
def screens(tmp_path: Path) -> Screens:
    return Screens(DisplayHub(REGISTRY, PROVIDER), REGISTRY, PROVIDER, Pairing(tmp_path / "pairing.json"))


def test_one_place_several_places_and_another_time(screens: Screens) -> None:
    dust = "fine-dust-pm10"
    one = screens.answer(AnswerValue("main", dust, "강남구"))
    assert re.match(r"강남구 미세먼지는 .+ 기준 \d+마이크로그램, (좋음|보통|나쁨|매우 나쁨)입니다\.", one.text_ko)
    several = screens.answer(AnswerValue("main", dust, "강남구", ("송파구", "마포구")))
    assert re.search(r"강남구가 \d+, 송파구가 \d+, 마포구가 \d+마이크로그램으로 ", several.text_ko)
    assert "Gangnam-gu" in several.text_en
    past = screens.answer(AnswerValue("main", dust, "강남구", ("송파구",), Period.LAST_WEEK))
    assert past.text_ko.startswith("미세먼지는 지난주 평균 강남구가 ")
    city = screens.answer(AnswerValue("main", dust, None, ("강남구",)))
    assert re.search(r"서울이 \d+, 강남구가 \d+마이크로그램으로 ", city.text_ko)
    same = screens.answer(AnswerValue("main", dust, "강남구", ("강남구",)))
    assert same.text_ko.startswith("강남구 미세먼지는 ")
    with pytest.raises(BadInput):
        screens.answer(AnswerValue("main", dust, "부산시"))


def test_that_it_is_simulated_is_said_once_in_a_while(screens: Screens) -> None:
    asked = AnswerValue("main", "ozone", "강남구")
    assert ["모의" in screens.answer(asked).text_ko for _ in range(3)] == [True, False, False]


def test_what_is_made_in_advance_names_no_panel_that_is_not_public() -> None:
    said = common_sentences(REGISTRY)
    assert len(said) == len(set(said)) > 150
    assert all(text.strip() for text in said)
    for panel in REGISTRY.panels.values():
        if panel.visibility is not Visibility.PUBLIC:
            assert not any(text.startswith(f"{panel.name_ko}, ") for text in said), panel.id
