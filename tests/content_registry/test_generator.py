"""What is made from the registry."""

import re

from content_registry.generator import (
    menus,
    nlu_data,
    recogniser_phrases,
    training_lines,
)
from content_registry.jamo import compact
from content_registry.loader import load_registry
from content_registry.spoken import spoken_forms
from content_registry.templates import josa
from content_registry.training import has_value

REGISTRY = load_registry()
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
    given = recogniser_phrases(REGISTRY, {"help": ["무얼 할 수 있지"]})
    assert [phrase.text for phrase in given if phrase.intent == "help"] == ["무얼 할 수 있지"]


def test_the_hand_wins_over_the_generator() -> None:
    lines = nlu_data(REGISTRY, [("panel.ozone", "미세먼지 보여줘"), ("out_of_scope", "밥 먹었어")])
    assert [line.label for line in lines if compact(line.text) == "미세먼지보여줘"] == ["panel.ozone"]
    assert any(line.label == "out_of_scope" for line in lines)


def test_menus_hold_every_panel_once() -> None:
    found = [item.id for menu in menus(REGISTRY) for section in menu.sections for item in section.panels]
    assert sorted(found) == sorted(REGISTRY.panels)
    assert [menu.id for menu in menus(REGISTRY)][:2] == ["main", "realtime"]


def test_spoken_forms() -> None:
    assert spoken_forms("119 출동") == ("일일구 출동",)
    assert "피엠 이점오" in spoken_forms("PM2.5")
    assert spoken_forms("1200") == ()
    assert spoken_forms("미세먼지") == ()
