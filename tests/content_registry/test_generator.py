"""What is made from the registry."""

import re
from dataclasses import replace

import pytest

from assistant.contracts import Intent, IntentName
from assistant.understanding.books import BookTitles
from content_registry.books import load_books
from content_registry.generator import (
    book_phrases,
    menus,
    nlu_data,
    recogniser_phrases,
    training_lines,
)
from content_registry.jamo import compact
from content_registry.loader import load_registry
from content_registry.spoken import is_sayable, spoken_forms
from content_registry.templates import josa
from content_registry.training import has_value

REGISTRY = load_registry()
SPOKEN = {
    "CCTV": ("씨씨티비", "시시티비", "씨씨티브이", "시시티브이"),
    "R&D": ("알앤디", "알엔디"),
    "양재 R&D 혁신지구": ("양재 알앤디 혁신지구", "양재 알엔디 혁신지구"),
    "PM2.5": ("피엠 이점오", "피엠 이쩜오", "피엠 이 점 오"),
    "PM 10": ("피엠 텐", "피엠 십"),
    "119 출동": ("일일구 출동", "백십구 출동"),
    "120다산콜": ("일이공다산콜", "백이십다산콜"),
    "112": ("일일이", "백십이"),
    "7017": ("칠공일칠", "칠천십칠"),
    "1200": ("천이백",),
    "GTX": ("지티엑스",),
    "상암 DMC": ("상암 디엠씨", "상암 디엠시"),
    "스마트TV": ("스마트티비", "스마트티브이"),
    "AI": ("에이아이",),
    "IoT": ("아이오티",),
    "0.05ppm": ("영점 영오피피엠", "영점영오피피엠", "영쩜영오피피엠"),
    "25%": ("이십오퍼센트", "이십오프로"),
    "50+": ("오십플러스",),
    "9호선": ("구호선",),
    "5개 시범사업": ("다섯개 시범사업", "오개 시범사업"),
    "20개소": ("이십개소",),
    "20명": ("스무명", "이십명"),
    "O3": ("오쓰리", "오삼"),
    "미세먼지": (),
    "EV charging": (),
    "119 incidents": (),
}
LINES = training_lines(REGISTRY)


def test_lines_are_deterministic_by_seed() -> None:
    assert training_lines(REGISTRY) == LINES
    assert training_lines(REGISTRY, seed=8) != LINES


def test_no_line_has_two_labels_and_none_comes_twice() -> None:
    labels: dict[str, str] = {}
    for line in LINES:
        assert labels.setdefault(compact(line.text), line.label) == line.label
    assert len({line.text for line in LINES}) == len(LINES)


def test_every_panel_has_show_lines_and_every_figure_its_questions() -> None:
    labels = [line.label for line in LINES]
    for panel in REGISTRY.panels.values():
        assert labels.count(f"panel.{panel.id}") >= 15, panel.id
        assert (labels.count(f"value.{panel.id}") >= 5) == has_value(panel), panel.id


def test_entities_lie_where_they_say() -> None:
    districts = {district.ko for district in REGISTRY.districts.values()}
    for line in LINES:
        for entity in line.entities:
            assert 0 <= entity.start < entity.end <= len(line.text)
            assert entity.value in (districts if entity.kind == "district" else REGISTRY.panels)
    assert any(entity.kind == "district" for line in LINES for entity in line.entities)


def test_particles_follow_the_final_consonant() -> None:
    assert [josa(name, "을") for name in ("물가", "생필품", "CCTV", "119")] == ["를", "을", "를", "를"]
    assert [josa(name, "으로") for name in ("둘레길", "공원", "버스")] == ["로", "으로", "로"]
    texts = [line.text for line in LINES]
    assert not any(re.search(r"미세먼지을|공원를", text) for text in texts)


def test_phrases_can_be_said_and_are_unique() -> None:
    phrases = recogniser_phrases(REGISTRY)
    keys = [compact(phrase.text) for phrase in phrases]
    assert len(set(keys)) == len(keys)
    assert "서울아" not in keys
    assert not any(re.search(r"[A-Za-z0-9]", phrase.text) for phrase in phrases)
    assert {phrase.panel for phrase in phrases} - {None} == set(REGISTRY.panels)
    assert {phrase.department for phrase in phrases} - {None} == set(REGISTRY.departments)
    assert {phrase.district for phrase in phrases} - {None} == set(REGISTRY.districts)
    written = {phrase.text: phrase.written for phrase in phrases}
    assert (written["시시티비"], written["피엠이점오"], written["미세먼지"]) == ("CCTV", "PM2.5", "")
    given = recogniser_phrases(REGISTRY, {"help": ["무얼 할 수 있지"]})
    assert [phrase.text for phrase in given if phrase.intent == "help"] == ["무얼 할 수 있지"]


def test_books_are_asked_for_by_their_titles_as_people_say_them() -> None:
    phrases = book_phrases(load_books().values())
    by_text = {phrase.text: phrase for phrase in phrases}
    assert len(by_text) == len(phrases)
    assert {phrase.book for phrase in phrases} == set(load_books())
    assert not any(re.search(r"[A-Za-z0-9]|책 책", phrase.text) for phrase in phrases)
    assert by_text["시정백서 펼쳐줘"].book == "seoul-white-paper-2025"
    assert by_text["서울시정백서 이공이오 책"].written == "서울시정백서 2025 책"
    assert by_text["도시의 미래를 여는 책"].book == "opening-the-citys-future"
    assert not set(by_text) & {phrase.text for phrase in recogniser_phrases(REGISTRY)}


@pytest.mark.parametrize(
    ("title", "said"), [("서울 2024", ["서울 2024"]), ("서울 책", []), ("교과서 3", ["교과서 3"]), ("새로운 책", [])]
)
def test_a_title_that_is_expected_is_long_enough_to_be_understood(title: str, said: list[str]) -> None:
    book = replace(load_books()["seoul-white-paper-2025"], id="one", title_ko=title, title_en="A title of its own")
    opens = Intent(IntentName.SHOW_PANEL, panel="library-smart-bookshelf")
    known = BookTitles({"one": book}, {"one": opens})
    phrases = [phrase.written or phrase.text for phrase in book_phrases([book])]
    assert set(phrases) == {one + end for one in said for end in (" 책", " 펼쳐줘")}
    assert all(known.wish(phrase) == opens for phrase in phrases)


def test_the_hand_wins_over_the_generator() -> None:
    lines = nlu_data(REGISTRY, [("panel.ozone", "미세먼지 보여줘"), ("out_of_scope", "밥 먹었어")])
    assert [line.label for line in lines if compact(line.text) == "미세먼지보여줘"] == ["panel.ozone"]
    assert any(line.label == "out_of_scope" for line in lines)


def test_menus_hold_every_panel_once() -> None:
    found = [item.id for menu in menus(REGISTRY) for section in menu.sections for item in section.panels]
    assert sorted(found) == sorted(REGISTRY.panels)
    assert [menu.id for menu in menus(REGISTRY)][:2] == ["main", "realtime"]


def test_spoken_forms() -> None:
    for name, forms in SPOKEN.items():
        assert spoken_forms(name)[: len(forms)] == forms, name


def test_every_name_of_the_registry_with_signs_has_a_spoken_form() -> None:
    """English words apart, whatever a panel is called can be said in Korean."""
    names = {name for panel in REGISTRY.panels.values() for name in (panel.name_ko, *panel.aliases_ko)}
    for department in REGISTRY.departments.values():
        names |= {department.name_ko, department.name_ko_current, *department.aliases_ko}
    signed = {name for name in names if not is_sayable(name)}
    assert len(signed) > 15
    assert {name for name in signed if not spoken_forms(name)} == set()
