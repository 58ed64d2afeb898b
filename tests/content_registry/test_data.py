"""The data that comes with the product."""

from collections import Counter

from content_registry.jamo import compact
from content_registry.loader import load_registry
from content_registry.schema import CITIZEN_SURFACES, Visibility
from tests.pace import seconds

REGISTRY = load_registry()


def test_the_packaged_data_has_no_problem() -> None:
    assert load_registry(strict=True).problems == ()


def test_counts() -> None:
    assert len(REGISTRY.panels) == 205
    assert len(REGISTRY.departments) == 27
    assert len(REGISTRY.districts) == 25
    assert Counter(panel.visibility.value for panel in REGISTRY.panels.values()) == {
        "public": 189,
        "internal": 13,
        "private": 3,
    }
    assert Counter(panel.menu for panel in REGISTRY.panels.values()) == {
        "main": 5,
        "realtime": 50,
        "analytics": 5,
        "opinion": 9,
        "status": 118,
        "documents": 6,
        "resume": 3,
        "common": 9,
    }
    assert Counter(panel.origin for panel in REGISTRY.panels.values()) == {"seed": 156, "proposed": 49}
    assert Counter(panel.category for panel in REGISTRY.panels.values())["indicators"] == 62
    assert Counter(panel.category for panel in REGISTRY.panels.values())["projects"] == 36
    assert len(REGISTRY.places) >= 100


def test_only_public_panels_reach_citizens() -> None:
    for panel in REGISTRY.panels.values():
        reaches = not CITIZEN_SURFACES.isdisjoint(panel.surfaces)
        assert reaches == (panel.visibility is Visibility.PUBLIC), panel.id


def test_every_panel_can_be_called_in_both_languages() -> None:
    for panel in REGISTRY.panels.values():
        assert len(panel.aliases_ko) >= 1, panel.id
        assert 1 <= len(panel.aliases_en) <= 4, panel.id
        assert all(compact(name) for name in panel.names), panel.id


def test_district_codes_are_the_official_ones() -> None:
    codes = {district.ko: code for code, district in REGISTRY.districts.items()}
    assert codes["종로구"] == "11110"
    assert codes["강남구"] == "11680"
    assert codes["강동구"] == "11740"
    assert all(code.startswith("11") and len(code) == 5 and code.endswith(("0", "5")) for code in REGISTRY.districts)


def test_every_district_has_places() -> None:
    assert {place.district for place in REGISTRY.places.values()} == set(REGISTRY.districts)


def test_loading_is_quick() -> None:
    # 50 ms on the machine this was written on; the limit catches the pure Python parser, which takes ten times that.
    assert seconds(load_registry, 0.2) < 0.2


def test_the_conference_button_has_rooms_to_list() -> None:
    assert len(REGISTRY.rooms) == 5
    assert {room.admission for room in REGISTRY.rooms.values()} == {"open", "lobby"}
    assert REGISTRY.rooms["disaster-response"].department == "safety"
