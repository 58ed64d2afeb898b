"""How figures sound: Korean numbers, units a voice can say, particles; and every panel of the registry."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.korean import topic
from assistant.wording import english_figure, figure, sentence, spoken_number
from content_registry.loader import load_registry
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.views import SpokenValue, value_of

REGISTRY, PROVIDER = load_registry(), SimulatedCityData(seed=7)
MOMENTS = (
    datetime(2025, 1, 14, 21, tzinfo=UTC),
    datetime(2025, 7, 1, 12, tzinfo=UTC),
    datetime(2025, 11, 23, 0, 30, tzinfo=UTC),
)
UNSAYABLE = re.compile(r"[㎀-㏿℃℉%/µμΩ°²³]|None|nan|inf|\d\s*(km|cm|mm|kg|ppm|ppb|NTU|TOE|gal|mg|h)\b")


def spoken(label: str, value: float | None, unit: str = "", **changes: object) -> SpokenValue:
    fields = {"grade": None, "place": "서울", "observed_at": MOMENTS[0], "text_ko": "", "simulated": False} | changes
    return SpokenValue(label, "Label", value, unit, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (0.034, "0.034"),
        (0.9996, "1"),
        (2.5, "2.5"),
        (42.0, "42"),
        (42.04, "42"),
        (9999.96, "1만"),
        (9999, "9999"),
        (10_000, "1만"),
        (31_618, "3만 1618"),
        (999_999, "99만 9999"),
        (10_466_944, "약 1047만"),
        (11_360_000, "1136만"),
        (128_400_000, "1억 2840만"),
        (100_000_000, "1억"),
        (45_600_000_000_000, "45조 6000억"),
        (45_600_100_000_000, "45조 6001억"),
        (45_600_000_000_001, "약 45조 6000억"),
    ],
)
def test_numbers_are_said_in_korean_groups(value: float, said: str) -> None:
    assert spoken_number(value) == said


@pytest.mark.parametrize(
    ("value", "unit", "ko", "en"),
    [
        (42, "㎍/㎥", "42마이크로그램", "42 µg/m³"),
        (42, "µg/m³", "42마이크로그램", "42 µg/m³"),
        (42, "μg/m3", "42마이크로그램", "42 µg/m³"),
        (24.5, "㎞/h", "시속 24.5킬로미터", "24.5 km/h"),
        (-7.5, "℃", "영하 7.5도", "-7.5 °C"),
        (-0.0004, "℃", "0도", "0 °C"),
        (-3.2, "%", "마이너스 3.2퍼센트", "-3.2%"),
        (0.0, "㎜/h", "시간당 0밀리미터", "0 mm/h"),
        (456_000, "억원", "45조 6000억 원", "45.6 trillion won"),
        (352.1, "만㎥", "약 352만 세제곱미터", "3.52 million m³"),
        (11_200, "백만달러", "112억 달러", "11.2 billion dollars"),
        (31_618, "대", "3만 1618대", "31,618"),
        (20_000, "명", "2만 명", "20,000 people"),
        (0.3, "mg/L", "리터당 0.3밀리그램", "0.3 mg/L"),
    ],
)
def test_units_are_said_and_written(value: float, unit: str, ko: str, en: str) -> None:
    assert (figure(value, unit), english_figure(value, unit)) == (ko, en)


@given(st.floats(-1e15, 1e15))
def test_any_number_can_be_said(value: float) -> None:
    text = figure(value, "원")
    assert re.fullmatch(r"(마이너스 )?(약 )?(\d+[조억만] ?)*(\d+(\.\d+)?)? ?원", text), text
    assert "e" not in text


@pytest.mark.parametrize(
    ("label", "said"),
    [("미세먼지", "미세먼지는"), ("오존", "오존은"), ("백서 2025", "백서 2025는"), ("7017", "7017은")],
)
def test_particles_follow_the_last_sound(label: str, said: str) -> None:
    assert sentence(spoken(label, 1.0)).text_ko.startswith(f"서울 {said} ")


def test_the_place_is_not_said_twice() -> None:
    assert sentence(spoken("서울시정백서", 14, "쪽")).text_ko == "서울시정백서는 14쪽입니다."


def test_a_grade_is_said_and_simulated_data_only_when_asked() -> None:
    value = spoken("미세먼지", 42, "㎍/㎥", grade="moderate", place="강남구", simulated=True)
    assert sentence(value).text_ko == "강남구 미세먼지는 42마이크로그램, 보통입니다. 모의 데이터입니다."
    assert sentence(value, warn=False).text_ko == "강남구 미세먼지는 42마이크로그램, 보통입니다."
    assert sentence(value).text_en == "Label, 강남구: 42 µg/m³, moderate. (simulated data)"


def test_a_panel_without_a_figure_says_where_to_look() -> None:
    assert sentence(spoken("위성", None, text_ko="위성 영상")).text_ko == "위성 영상을 화면에서 보실 수 있습니다."
    assert sentence(spoken("지도", None)).text_ko == "지도를 화면에서 보실 수 있습니다."
    assert sentence(spoken("지도", None, text_ko="자료가 없습니다.")).text_ko == "자료가 없습니다."


@pytest.mark.parametrize("moment", MOMENTS, ids=["winter", "summer", "autumn"])
@pytest.mark.parametrize("district", [None, "강남구"])
def test_every_panel_has_a_sentence_that_can_be_spoken(moment: datetime, district: str | None) -> None:
    assert len(REGISTRY.panels) > 200
    for panel in REGISTRY.panels.values():
        value = value_of(panel, district, REGISTRY, PROVIDER, moment)
        answer = sentence(value)
        assert not UNSAYABLE.search(answer.text_ko), (panel.id, answer.text_ko)
        assert 8 <= len(answer.text_ko) <= 120, (panel.id, answer.text_ko)
        assert answer.text_ko.endswith("다."), (panel.id, answer.text_ko)
        assert answer.text_en
        assert "None" not in answer.text_en
        if value.value is not None:
            assert topic(value.label_ko) in answer.text_ko, panel.id
            said = figure(value.value, value.unit)
            assert value.text_ko or said in answer.text_ko, panel.id
            raw = unicodedata.normalize("NFKC", value.unit)
            assert re.fullmatch(r"[가-힣 .\d]+", said), f"{panel.id}: no spoken form of {raw!r}"
