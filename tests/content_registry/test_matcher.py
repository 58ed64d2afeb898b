"""Names found in sentences."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from content_registry.generator import sentence_tests
from content_registry.loader import load_registry
from content_registry.matcher import Matcher
from tests.pace import seconds

REGISTRY = load_registry()
MATCHER = Matcher(REGISTRY)


def ids(text: str) -> list[str]:
    return [mention.id for mention in MATCHER.find(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("미세먼지 보여줘", ["fine-dust-pm10"]),
        ("초미세먼지 어때", ["ultrafine-dust-pm25"]),
        ("초 미세먼지보여줘", ["ultrafine-dust-pm25"]),
        ("초미새먼지", ["ultrafine-dust-pm25"]),
        ("미새먼지를 보여줘", ["fine-dust-pm10"]),
        ("서울아 미세먼지 보여줘", ["fine-dust-pm10"]),
        ("강남구 미세 먼지 알려줘", ["11680", "fine-dust-pm10"]),
        ("강남날씨보여줘", ["11680", "district-weather"]),
        ("잠실 날씨", ["11710", "district-weather"]),
        ("홍대에 혼잡도는 어때", ["11440", "hotspots"]),
        ("둘래길 보여줘", ["trails"]),
        ("따름이 현황", ["bike-rental"]),
        ("저기그초미새먼지보여줘", ["ultrafine-dust-pm25"]),
        ("교통실장님 연결해줘", ["transport"]),
        ("소방재난본부에 영상전화", ["fire", "fn-video-call"]),
        ("지하철이랑 버스 보여줘", ["subway-arrival", "bus-arrival"]),
        ("눈 보여줘", ["snowfall"]),
        ("비는?", ["rainfall"]),
        ("시장에서", ["markets-marts"]),
        ("씨씨티비 틀어줘", ["cctv"]),
        ("CCTV보여줘", ["cctv"]),
        ("PM2.5는 어때", ["ultrafine-dust-pm25"]),
        ("피엠 텐 보여줘", ["fine-dust-pm10"]),
        ("피엠 이점오", ["ultrafine-dust-pm25"]),
        ("일일구 출동 현황", ["emergency-incidents"]),
        ("일이공 보여줘", ["eungdapso-today"]),
        ("양재 알앤디", ["prj-yangjae-rnd"]),
        ("show me the Air Quality in Gangnam", ["air-quality", "11680"]),
        ("ultra-fine dust please", ["ultrafine-dust-pm25"]),
        ("show me the air qualty", ["air-quality"]),
        # a panel named like a place says where, beside another panel
        ("마곡 미세먼지", ["11500", "fine-dust-pm10"]),
        ("여의도 금융중심지", ["prj-yeouido-finance"]),
        ("서울로 보여줘", ["prj-seoullo-7017"]),
        ("서울아", ["fn-voice-assistant"]),
        # ordinary words, and other cities' districts
        ("동작이 느리다", []),
        ("동작 미세먼지 알려줘", ["11590", "fine-dust-pm10"]),
        ("부산 강서구 미세먼지", ["fine-dust-pm10"]),
        # short names inside other words
        ("비싸다", []),
        ("눈치 없네", []),
        ("비만 관리", []),
        ("시장님 어디 계셔", []),
        ("자전거도로", []),
        ("수소충전소", []),
        ("대기실 어디야", []),
        ("진행률 얼마야", []),
        ("1200 보여줘", []),
        ("busy", []),
        ("오늘 점심 뭐 먹지", []),
        ("", []),
        ("?!… 🚌", []),
        ("가" * 100_000, []),
    ],
)
def test_find(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_a_shared_name_gives_both_readings_panel_first() -> None:
    assert [(mention.kind, mention.id) for mention in MATCHER.find("마곡 보여줘")] == [
        ("panel", "prj-magok"),
        ("district", "11500"),
    ]


@pytest.mark.parametrize("text", ["지금 미세 먼지를 보여줘", unicodedata.normalize("NFD", "지금 미세 먼지를 보여줘")])
def test_offsets_are_of_the_name_without_its_particle(text: str) -> None:
    (mention,) = MATCHER.find(text)
    assert unicodedata.normalize("NFC", text)[mention.start : mention.end] == "미세 먼지"
    assert (mention.distance, mention.exact) == (0, True)


def test_a_near_name_says_how_far_it_is() -> None:
    (mention,) = MATCHER.find("미새먼지")
    assert (mention.distance, mention.exact, mention.name) == (1, False, "미세먼지")


def test_every_generated_sentence_finds_its_panel() -> None:
    missed = [test for test in sentence_tests(REGISTRY) if test.panel not in ids(test.sentence)]
    assert missed == []


def test_every_name_is_found_as_itself() -> None:
    for panel in REGISTRY.panels.values():
        for name in panel.names:
            found = [mention for mention in MATCHER.find(name) if mention.kind == "panel"]
            assert [(mention.id, mention.exact) for mention in found] == [(panel.id, True)], name
    for department in REGISTRY.departments.values():
        for name in department.names:
            assert department.id in ids(f"{name}에 전화해줘"), name
    for code, district in REGISTRY.districts.items():
        for name in district.names:
            assert ids(f"{name} 미세먼지")[0] == code, name


@pytest.mark.parametrize(
    ("text", "first"), [("미새먼지", "fine-dust-pm10"), ("보도자로", "seoul-news"), ("따릉이", "bike-rental")]
)
def test_nearest(text: str, first: str) -> None:
    matches = MATCHER.nearest(text)
    assert matches[0].id == first
    assert len({match.id for match in matches}) == len(matches) == 5
    assert [match.distance for match in matches] == sorted(match.distance for match in matches)
    assert MATCHER.nearest("  ") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("부산 미세먼지 알려줘", ("부산",)),
        ("도쿄랑 런던 날씨", ("도쿄", "런던")),
        ("강남 날씨", ()),
        ("지구본 보여줘", ()),
        ("고양이 사진 보여줘", ()),
        ("고양이가 몇 마리야", ()),
        ("고양시 미세먼지", ("고양",)),
        ("고양 미세먼지", ("고양",)),
        ("파리가 많아서 방역 현황 보여줘", ()),
        ("파리 날씨", ("파리",)),
        ("구미가 당기는 축제", ()),
        ("안산 자락길 보여줘", ()),
        ("안산 미세먼지", ("안산",)),
        ("서울 아산병원 병상", ()),
        ("안양천 수위 어때", ()),
        ("부천 날씨", ("부천",)),
        ("수원 날씨", ("수원",)),
        ("전주 대비 미세먼지", ()),
        ("북구 미세먼지", ("북구",)),
        ("해운대구 미세먼지", ("해운대구",)),
        ("북한산 날씨", ()),
    ],
)
def test_elsewhere(text: str, expected: tuple[str, ...]) -> None:
    assert MATCHER.elsewhere(text) == expected


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("강서구 미세먼지", "11500"),
        ("중구 미세먼지", "11140"),
        ("성북구 강북구 강수량", "11290"),
        ("서울 중구 미세먼지", "11140"),
        ("부산 강서구 미세먼지", None),
        ("부산에 있는 강서구 미세먼지", None),
        ("강서구 부산 미세먼지", None),
        ("부산광역시 중구 오존", None),
        ("대구 중구 미세먼지", None),
        ("인천 서구 미세먼지", None),
        ("광주 북구 미세먼지", None),
        ("고양 말고 강남구 미세먼지", "11680"),
    ],
)
def test_a_district_of_another_city_is_not_ours(text: str, district: str | None) -> None:
    assert next((m.id for m in MATCHER.find(text) if m.kind == "district"), None) == district


def test_a_district_beside_another_that_ends_alike_is_ours() -> None:
    assert ids("성북구 강북구 강수량")[:2] == ["11290", "11305"]


WORDS = st.sampled_from(
    ["초", "미세", "먼지", "비", "눈", "PM2.5", "강남", "는", "보여줘", " ", "?", "R&D", "air", "120", "서울아"]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=15).map("".join)))
def test_any_text_gives_sound_mentions(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    last: tuple[int, int] = (0, 0)
    for mention in MATCHER.find(text):
        assert 0 <= mention.start < mention.end <= len(composed)
        assert mention.exact == (mention.distance == 0)
        assert mention.start >= last[1] or (mention.start, mention.end) == last
        last = (mention.start, mention.end)
    MATCHER.nearest(text)
    MATCHER.elsewhere(text)


def test_a_sentence_takes_little_time() -> None:
    sentences = [test.sentence for test in sentence_tests(REGISTRY)[::8]]
    limit_s = 0.003 * len(sentences)
    assert seconds(lambda: [MATCHER.find(sentence) for sentence in sentences], limit_s) < limit_s
