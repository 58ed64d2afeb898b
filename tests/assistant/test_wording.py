"""How figures sound: Korean numbers, units a voice can say, particles, times; and every panel of the registry."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.korean import by, final, subject, topic, was, with_
from assistant.contracts import COMMON_PERIODS, Period
from assistant.figures import figure_en, figure_ko, spoken_number
from assistant.wording import comparison, moment_en, moment_ko, sentence
from content_registry.loader import load_registry
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.simulated import SimulatedCityData
from display_bridge.views import SpokenValue, value_of

REGISTRY, PROVIDER = load_registry(), SimulatedCityData(seed=7)
MOMENTS = (
    datetime(2025, 1, 14, 21, tzinfo=UTC),
    datetime(2025, 7, 1, 12, tzinfo=UTC),
    datetime(2025, 11, 23, 0, 30, tzinfo=UTC),
)
THREE = datetime(2025, 11, 24, 15, tzinfo=KST)
UNSAYABLE = re.compile(r"[㎀-㏿℃℉%/µμΩ°²³]|None|nan|inf|\d\s*(km|cm|mm|kg|ppm|ppb|NTU|TOE|gal|mg|h)\b")
WRONG_AFTER_DIGIT = re.compile(
    r"(?:[013678](?:는|가|를|와|였습니다)|[2459](?:은|이|을|과|이었습니다|으로)|[178]으로|[036]로)(?=[ .,]|$)"
)


def spoken(label: str, value: float | None, unit: str = "", **changes: object) -> SpokenValue:
    fields = {"grade": None, "place": "서울", "observed_at": MOMENTS[0], "text_ko": "", "simulated": False} | changes
    return SpokenValue(label, "Label", value, unit, **fields)  # type: ignore[arg-type]


def dust(place: str, value: float, **changes: object) -> SpokenValue:
    fields = {"place": place, "timed": True, "observed_at": THREE} | changes
    return spoken("미세먼지", value, "㎍/㎥", **fields)


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
        (42, "㎍/㎥", "42마이크로그램", "42 micrograms per cubic metre"),
        (42, "µg/m³", "42마이크로그램", "42 micrograms per cubic metre"),
        (1, "μg/m3", "1마이크로그램", "1 microgram per cubic metre"),
        (24.5, "㎞/h", "시속 24.5킬로미터", "24.5 kilometres an hour"),
        (-7.5, "℃", "영하 7.5도", "minus 7.5 degrees"),
        (1, "℃", "1도", "1 degree"),
        (-0.0004, "℃", "0도", "0 degrees"),
        (-3.2, "%", "마이너스 3.2퍼센트", "minus 3.2 percent"),
        (0.0, "㎜/h", "시간당 0밀리미터", "0 millimetres an hour"),
        (456_000, "억원", "45조 6000억 원", "45.6 trillion won"),
        (352.1, "만㎥", "약 352만 세제곱미터", "3.52 million cubic metres"),
        (11_200, "백만달러", "112억 달러", "11.2 billion dollars"),
        (31_618, "대", "3만 1618대", "31,618"),
        (20_000, "명", "2만 명", "20,000 people"),
        (1, "명", "1명", "1 person"),
        (0.3, "mg/L", "리터당 0.3밀리그램", "0.3 milligrams per litre"),
        (0.034, "ppm", "0.034피피엠", "0.034 parts per million"),
        (12, "개 도시", "12개 도시", "12 cities"),
        (3, "없는단위", "3없는단위", "3 없는단위"),
    ],
)
def test_units_are_said_in_both_languages(value: float, unit: str, ko: str, en: str) -> None:
    assert (figure_ko(value, unit), figure_en(value, unit)) == (ko, en)


@given(st.floats(-1e15, 1e15))
def test_any_number_can_be_said(value: float) -> None:
    text = figure_ko(value, "원")
    assert re.fullmatch(r"(마이너스 )?(약 )?(\d+[조억만] ?)*(\d+(\.\d+)?)? ?원", text), text
    assert "e" not in text


@pytest.mark.parametrize(
    ("word", "last", "said"),
    [
        ("미세먼지", "", "미세먼지는 미세먼지가 미세먼지와 미세먼지로 미세먼지였습니다"),
        ("오존", "ㅇ", "오존은 오존이 오존과 오존으로 오존이었습니다"),
        ("서울", "ㄹ", "서울은 서울이 서울과 서울로 서울이었습니다"),
        ("42", "", "42는 42가 42와 42로 42였습니다"),
        ("7", "ㄹ", "7은 7이 7과 7로 7이었습니다"),
        ("13", "ㅁ", "13은 13이 13과 13으로 13이었습니다"),
        ("100", "ㅇ", "100은 100이 100과 100으로 100이었습니다"),
        ("PM10", "ㅇ", "PM10은 PM10이 PM10과 PM10으로 PM10이었습니다"),
        ("CCTV", "", "CCTV는 CCTV가 CCTV와 CCTV로 CCTV였습니다"),
        ("URL", "ㄹ", "URL은 URL이 URL과 URL로 URL이었습니다"),
        ("SPAM", "ㅁ", "SPAM은 SPAM이 SPAM과 SPAM으로 SPAM이었습니다"),
        ("60%", "", "60%는 60%가 60%와 60%로 60%였습니다"),
        ("(PM2.5)", "", "(PM2.5)는 (PM2.5)가 (PM2.5)와 (PM2.5)로 (PM2.5)였습니다"),
    ],
)  # fmt: skip
def test_particles_follow_the_last_sound(word: str, last: str, said: str) -> None:
    assert final(word) == last
    assert " ".join(f(word) for f in (topic, subject, with_, by, was)) == said


def test_the_place_is_not_said_twice() -> None:
    assert sentence(spoken("서울시정백서", 14, "쪽")).text_ko == "서울시정백서는 14쪽입니다."


def test_a_grade_is_said_and_simulated_data_only_when_asked() -> None:
    value = replace(dust("강남구", 42, grade="moderate", simulated=True), place_en="Gangnam-gu", label_en="PM10")
    assert sentence(value).text_ko == "강남구 미세먼지는 오후 3시 기준 42마이크로그램, 보통입니다. 모의 데이터입니다."
    assert sentence(value, warn=False).text_ko == "강남구 미세먼지는 오후 3시 기준 42마이크로그램, 보통입니다."
    assert sentence(value).text_en == (
        "PM10 in Gangnam-gu is 42 micrograms per cubic metre, moderate, as of 3 p.m. This is simulated data."
    )


@pytest.mark.parametrize(
    ("age_s", "simulated", "said"),
    [
        (1800.0, False, "30분 전 자료입니다."),
        (7200.0, False, "2시간 전 자료입니다."),
        (7200.0, True, "2시간 전 모의 데이터입니다."),
        (3 * 86400.0, False, "3일 전 자료입니다."),
    ],
)
def test_old_data_is_said_to_be_old(age_s: float, simulated: bool, said: str) -> None:
    text = sentence(dust("강남구", 42, age_s=age_s, simulated=simulated)).text_ko
    assert text.endswith(f"42마이크로그램입니다. {said}")


@pytest.mark.parametrize(
    ("at", "ko", "en"),
    [
        (THREE, "오후 3시", "3 p.m."),
        (THREE.replace(minute=25), "오후 3시 25분", "3:25 p.m."),
        (THREE.replace(hour=0), "자정", "midnight"),
        (THREE.replace(hour=0, minute=5), "밤 12시 5분", "12:05 a.m."),
        (THREE.replace(hour=12), "정오", "noon"),
        (THREE.replace(hour=12, minute=30), "낮 12시 30분", "12:30 p.m."),
        (THREE.replace(hour=9), "오전 9시", "9 a.m."),
        (THREE - timedelta(days=1), "어제 오후 3시", "3 p.m. yesterday"),
        (THREE - timedelta(days=3), "11월 21일 오후 3시", "3 p.m. on 21 November"),
        (THREE.replace(year=2024), "2024년 11월 24일 오후 3시", "3 p.m. on 24 November 2024"),
    ],
)
def test_a_moment_is_said_as_seen_from_now(at: datetime, ko: str, en: str) -> None:
    now = THREE.replace(hour=23)
    assert (moment_ko(at, now), moment_en(at, now)) == (ko, en)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((("강남구", 42), ("송파구", 38)), "강남구가 42, 송파구가 38마이크로그램으로 강남구가 4 높습니다."),
        ((("강남구", 38), ("서울", 41)), "강남구가 38, 서울이 41마이크로그램으로 서울이 3 높습니다."),
        ((("강남구", 42), ("송파구", 42)), "강남구가 42, 송파구가 42마이크로그램으로 모두 같습니다."),
        (
            (("강남구", 42), ("송파구", 38), ("중구", 50)),
            "강남구가 42, 송파구가 38, 중구가 50마이크로그램으로 중구가 가장 높습니다.",
        ),
        (
            (("강남구", 50), ("송파구", 38), ("중구", 50)),
            "강남구가 50, 송파구가 38, 중구가 50마이크로그램으로 강남구와 중구가 가장 높습니다.",
        ),
    ],
)
def test_places_are_compared_in_one_sentence(values: tuple[tuple[str, float], ...], said: str) -> None:
    assert comparison([dust(p, v) for p, v in values]).text_ko == f"미세먼지는 오후 3시 기준 {said}"


@pytest.mark.parametrize(
    ("unit", "values", "said"),
    [
        ("명", (1200, 900), "강남구가 1200명, 송파구가 900명으로 강남구가 300명 많습니다."),
        ("℃", (-2.5, 1), "강남구가 영하 2.5도, 송파구가 1도로 송파구가 3.5 높습니다."),
        ("㎞/h", (20, 24.5), "강남구가 시속 20킬로미터, 송파구가 시속 24.5킬로미터로 송파구가 4.5 빠릅니다."),
        ("㎝", (3, 1), "강남구가 3, 송파구가 1센티미터로 강남구가 2 많습니다."),
        ("억원", (120_000, 90_000), "강남구가 12조 원, 송파구가 9조 원으로 강남구가 3조 원 많습니다."),
        ("", (7, 1), "강남구가 7, 송파구가 1로 강남구가 6 높습니다."),
    ],
)
def test_a_comparison_fits_its_unit(unit: str, values: tuple[float, float], said: str) -> None:
    pair = [spoken("값", v, unit, place=p) for p, v in zip(("강남구", "송파구"), values, strict=True)]
    assert comparison(pair).text_ko == f"값은 {said}"


def test_a_period_is_a_mean_and_says_so() -> None:
    panel = REGISTRY.panels["fine-dust-pm10"]
    value = value_of(panel, "강남구", REGISTRY, PROVIDER, THREE, Period.YESTERDAY)
    hourly = PROVIDER.series("pm10", THREE.replace(hour=0) - timedelta(seconds=1), area="강남구", hours=23)
    assert value.value == pytest.approx(round(sum(v or 0 for v in hourly.values) / len(hourly.values)), abs=1)
    text = sentence(value, warn=False)
    assert re.fullmatch(r"강남구 미세먼지는 어제 평균 \d+마이크로그램, (좋음|보통|나쁨)이었습니다\.", text.text_ko)
    assert "on average yesterday" in text.text_en


@pytest.mark.parametrize(
    ("panel", "period", "ko"),
    [
        ("fine-dust-pm10", Period.TOMORROW, "서울 미세먼지의 내일 예보 자료가 없습니다. 지금은 "),
        ("fine-dust-pm10", Period("in_3_days"), "서울 미세먼지의 3일 뒤 예보 자료가 없습니다. 지금은 "),
        ("fine-dust-pm10", Period("today@20"), "서울 미세먼지의 오늘 오후 8시 예보 자료가 없습니다. 지금은 "),
        ("district-weather", Period.NEXT_WEEK, "서울 기온의 다음 주 예보 자료가 없습니다. 지금은 "),
        ("cctv", Period.YESTERDAY, "CCTV 영상정보의 어제 자료는 따로 없습니다. 지금 화면을 띄웠습니다."),
        ("parks", Period.LAST_WEEK, "서울 공원의 지난주 수치는 없습니다. 지금은 24곳입니다."),
        ("ind-cctv-installed", Period.YESTERDAY, "서울 방범 CCTV 설치의 어제 수치는 없습니다. 최근 수치는 2024년 "),
    ],
)  # fmt: skip
def test_a_time_without_a_figure_is_said_honestly(panel: str, period: Period, ko: str) -> None:
    value = value_of(REGISTRY.panels[panel], None, REGISTRY, PROVIDER, THREE, period)
    answer = sentence(value, warn=False)
    assert answer.text_ko.startswith(ko)
    assert answer.text_en.startswith(("There is no figure for ", "There is no forecast for ", "There is no data for "))


def test_an_indicator_knows_its_last_year() -> None:
    panel = REGISTRY.panels["ind-employment-rate"]
    value = value_of(panel, None, REGISTRY, PROVIDER, THREE, Period.LAST_YEAR)
    assert sentence(value, warn=False).text_ko == "서울 고용률은 2024년 기준 60.8퍼센트입니다."


def test_a_district_without_a_figure_of_its_own_is_told_so() -> None:
    value = value_of(REGISTRY.panels["parks"], "강남구", REGISTRY, PROVIDER, THREE)
    assert sentence(value).text_ko == "강남구 수치는 따로 없습니다. 서울 공원은 모의 데이터로 24곳입니다."
    pair = [value_of(REGISTRY.panels["parks"], d, REGISTRY, PROVIDER, THREE) for d in ("강남구", "송파구")]
    assert comparison(pair, warn=False).text_ko == "강남구·송파구 수치는 따로 없습니다. 서울 공원은 24곳입니다."


def test_a_panel_without_a_figure_says_where_to_look() -> None:
    assert sentence(spoken("위성", None, text_ko="위성 영상")).text_ko == "위성 영상을 화면에서 보실 수 있습니다."
    assert sentence(spoken("지도", None)).text_ko == "지도를 화면에서 보실 수 있습니다."
    assert sentence(spoken("지도", None, text_ko="자료가 없습니다.")).text_ko == "자료가 없습니다."


@given(
    st.lists(st.floats(-1e9, 1e12), min_size=1, max_size=4),
    st.sampled_from(["㎍/㎥", "℃", "명", "대", "억원", "%", "㎞/h", "", "ppm", "점", "위"]),
    st.sampled_from(["미세먼지", "오존", "백서 2025", "7017", "PM10", "R&D"]),
    st.sampled_from([None, *COMMON_PERIODS]),
    st.booleans(),
    st.sampled_from([None, 60.0, 1e4, 1e6]),
)
def test_no_answer_is_empty_or_has_a_wrong_particle_behind_a_digit(
    numbers: list[float], unit: str, label: str, period: Period | None, simulated: bool, age_s: float | None
) -> None:
    places = ("강남구", "송파구", "서울", "중구")
    values = [
        spoken(
            label, v, unit, place=p, period=period, simulated=simulated, age_s=age_s, timed=True,
            known=period != Period.TOMORROW,
        )
        for v, p in zip(numbers, places, strict=False)
    ]  # fmt: skip
    answer = comparison(values) if len(values) > 1 else sentence(values[0])
    for text in (answer.text_ko, answer.text_en):
        assert text.strip().endswith(".")
        assert not text.endswith("..")
        assert "  " not in text
    assert answer.text_ko.count("다.") <= 2, answer.text_ko
    assert not WRONG_AFTER_DIGIT.search(answer.text_ko), answer.text_ko


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
        assert answer.text_ko.count("다.") <= 2, (panel.id, answer.text_ko)
        assert not WRONG_AFTER_DIGIT.search(answer.text_ko), (panel.id, answer.text_ko)
        assert not re.search(r"None|[가-힣]", answer.text_en), (panel.id, answer.text_en)
        if value.value is not None:
            assert topic(value.label_ko) in answer.text_ko, panel.id
            said = figure_ko(value.value, value.unit)
            assert value.text_ko or said in answer.text_ko, panel.id
            raw = unicodedata.normalize("NFKC", value.unit)
            assert re.fullmatch(r"[가-힣 .\d]+", said), f"{panel.id}: no spoken form of {raw!r}"


def test_every_panel_answers_for_every_period_and_comparison() -> None:
    for panel, period in product(list(REGISTRY.panels.values())[::7], [None, *COMMON_PERIODS]):
        pair = [value_of(panel, d, REGISTRY, PROVIDER, MOMENTS[1], period) for d in ("강남구", "송파구")]
        for answer in (sentence(pair[0]), comparison(pair)):
            assert answer.text_ko.endswith("다."), (panel.id, period, answer)
            assert answer.text_ko.count("다.") <= 2, (panel.id, period, answer)
            assert not UNSAYABLE.search(answer.text_ko), (panel.id, period, answer)
