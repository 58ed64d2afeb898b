"""The cameras beside an incident: those of its district, and none that fewer people may see than the incident."""

from __future__ import annotations

from datetime import datetime

import pytest

from content_registry.loader import load_registry
from content_registry.schema import Visibility
from display_bridge.cameras import Camera, Cameras
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.drills import Drills, WithDrills
from display_bridge.city_data.metrics import KST
from display_bridge.incidents import PANELS, incident_id
from display_bridge.papers.shelf import Shelf
from display_bridge.papers.shelved import ShelvedCityData
from display_bridge.views.frame import build_view
from display_bridge.views.incident import district_of
from tests.display_bridge.block_schema import check

REGISTRY = load_registry()
NOW = datetime(2026, 11, 28, 15, 0, tzinfo=KST)


@pytest.mark.parametrize(("scenario", "seen"), [("fire", {"open"}), ("rescue", {"open", "office"})])
def test_a_districts_cameras_stand_beside_its_incident(scenario: str, seen: set[str]) -> None:
    """A fire text is public, so its view holds public cameras alone; a dispatch is the office's."""
    drills = Drills()
    drill = drills.start(scenario, NOW)
    event = drill.event(NOW)
    assert event is not None
    here = district_of(event)
    assert here is not None
    there = "노원구" if here != "노원구" else "강서구"
    cameras = Cameras(
        [
            Camera("open", "앞", f"{here} 사거리", "https://a.invalid/1.m3u8", "hls", visibility=Visibility.PUBLIC),
            Camera("office", "뒤", f"{here} 골목", "https://a.invalid/2", "mjpeg"),
            Camera("own", "안", f"{here} 집무실", "https://a.invalid/3", "mjpeg", visibility=Visibility.PRIVATE),
            Camera("far", "먼 곳", there, "https://a.invalid/4", "mjpeg", visibility=Visibility.PUBLIC),
        ]
    )
    city = WithDrills(ShelvedCityData(SimulatedCityData(), Shelf(None), REGISTRY, cameras), drills)
    panel = REGISTRY.panels[PANELS[drill.kind]]
    view = build_view(panel, REGISTRY, city, NOW, {"incident": incident_id(drill.kind, event)})
    check(view)
    (block,) = [b for b in view["blocks"] if b["kind"] == "live-video"]
    assert {c["id"] for c in block["cameras"]} == seen
    assert "a.invalid" not in str(view)


def test_without_one_the_place_says_so() -> None:
    drills = Drills()
    drill = drills.start("fire", NOW)
    event = drill.event(NOW)
    assert event is not None
    view = build_view(
        REGISTRY.panels[PANELS[drill.kind]],
        REGISTRY,
        WithDrills(SimulatedCityData(), drills),
        NOW,
        {"incident": incident_id(drill.kind, event)},
    )
    (block,) = [b for b in view["blocks"] if b["kind"] == "live-video"]
    assert [c["available"] for c in block["cameras"]] == [False]
    assert block["cameras"][0]["reason_ko"]
