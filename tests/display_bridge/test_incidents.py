"""Incidents pre-empt the screens by priority, are acknowledged once for all, and the previous view returns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from assistant.contracts import AcknowledgeAlert, Direction, MoveView, NotPermitted, ShowPanel
from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Event
from display_bridge.hub import DisplayHub
from display_bridge.incidents import Board, incident_id, incidents
from display_bridge.state import DWELL_S
from display_bridge.trust import Trust
from tests.display_bridge.screen import Clock, Screen, settle

REGISTRY = load_registry()
AT = datetime.fromtimestamp(1_763_900_000, KST)
FLOOD = Event(AT, "하천 산책로 통제", "긴급", "마포구", "발송", 68, "", 126.91, 37.56)
BLAST = Event(AT, "공습 대피", "위급", "중구", "발송", 99, "", 126.99, 37.56)
FIRE = Event(AT, "상가 건물 화재 신고", "화재", "종로구", "출동 중", 75, "", 126.98, 37.58)
DRY = Event(AT, "건조주의보", "안전", "노원구", "발송", 80, "", 127.05, 37.65)


class Scripted(SimulatedCityData):
    """The simulated city with the alerts and dispatches of a test."""

    def __init__(self) -> None:
        super().__init__()
        self.script: dict[str, tuple[Event, ...]] = {"alerts": (), "dispatch": ()}

    def events(self, kind: str, at: datetime) -> tuple[Event, ...]:
        return self.script[kind] if kind in self.script else tuple(super().events(kind, at))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def city() -> Scripted:
    return Scripted()


@pytest.fixture
async def hub(clock: Clock, city: Scripted) -> AsyncIterator[DisplayHub]:
    made = DisplayHub(REGISTRY, city, clock=clock, trust_local=True, alerts=True)
    yield made
    if made._ticker:
        made._ticker.cancel()
        await asyncio.gather(made._ticker, return_exceptions=True)


async def later(hub: DisplayHub, clock: Clock, seconds: float = 6.0) -> None:
    clock.now += seconds
    hub.step(clock.now)
    await settle()


def shown(screen: Screen) -> tuple[str, str]:
    return screen.state["shown"]["panel"], screen.state["shown"]["layer"]


def test_priorities_and_what_interrupts_nobody() -> None:
    found = (*incidents("alerts", [FLOOD, BLAST, DRY]), *incidents("dispatch", [FIRE, replace(FIRE, severity=40)]))
    assert [(i.event.title_ko, i.priority) for i in found] == [
        (FLOOD.title_ko, 95), (BLAST.title_ko, 100), (FIRE.title_ko, 90)
    ]  # fmt: skip
    assert incidents("alerts", [replace(FLOOD, status_ko="해제")]) == ()
    board = Board().renewed(found)
    first = board.foremost(Trust.INTERNAL)
    assert first is not None
    assert first.event is BLAST
    board = board.acknowledged(first.id).acknowledged(incident_id("alerts", FLOOD))
    second = board.foremost(Trust.INTERNAL)
    assert second is not None
    assert second.event is FIRE
    assert board.foremost(Trust.ROOM) is None


async def test_an_incident_pre_empts_and_only_its_acknowledgement_closes_it_everywhere(
    hub: DisplayHub, clock: Clock, city: Scripted
) -> None:
    wall, lobby = Screen(hub), Screen(hub, "lobby")
    await settle()
    hub.apply(ShowPanel("main", "ozone"))
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    assert shown(wall) == shown(lobby) == ("disaster-alerts", "alert")
    view: dict[str, Any] = wall.state["view"]
    assert [b["kind"] for b in view["blocks"]] == ["point-map", "alert-feed", "timeline", "live-video"]
    assert [p["name_ko"] for p in view["blocks"][0]["points"]] == [FLOOD.title_ko]
    assert view["data"]["mode"] == "simulated"
    assert not view["blocks"][3]["cameras"][0]["available"]
    hub.apply(MoveView("main", Direction.BACK))
    hub.apply(MoveView("lobby", Direction.HOME))
    await later(hub, clock, DWELL_S + 1)
    assert shown(wall) == shown(lobby) == ("disaster-alerts", "alert")
    hub.apply(AcknowledgeAlert("lobby"))
    await settle()
    assert shown(wall) == ("ozone", "command")
    assert lobby.state["shown"]["layer"] == "rotation"
    city.script["alerts"] = (replace(FLOOD, status_ko="상황 관리"),)
    await later(hub, clock)
    assert shown(wall) == ("ozone", "command"), "an acknowledged incident does not come again"


async def test_an_incident_that_ends_gives_the_view_back(hub: DisplayHub, clock: Clock, city: Scripted) -> None:
    wall = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "ozone"))
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    city.script["alerts"] = (replace(FLOOD, status_ko="해제"),)
    await later(hub, clock)
    assert shown(wall) == ("ozone", "command")


async def test_an_internal_incident_never_reaches_citizens(hub: DisplayHub, clock: Clock, city: Scripted) -> None:
    wall, kiosk, same = Screen(hub), Screen(hub, "kiosk", "kiosk"), Screen(hub, "main", "kiosk")
    await settle()
    city.script["dispatch"] = (FIRE,)
    await later(hub, clock)
    assert shown(wall) == ("emergency-incidents", "alert")
    secret = incident_id("dispatch", FIRE)
    for citizen in (kiosk, same):
        assert citizen.state["shown"]["layer"] != "alert"
        assert not any(FIRE.title_ko in text or secret in text for text in citizen.texts)
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    assert shown(wall) == shown(kiosk) == shown(same) == ("disaster-alerts", "alert")


async def test_citizens_do_not_acknowledge(hub: DisplayHub, clock: Clock, city: Scripted) -> None:
    kiosk = Screen(hub, "kiosk", "kiosk")
    await settle()
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    with pytest.raises(NotPermitted):
        hub.apply(AcknowledgeAlert("kiosk"))
    assert shown(kiosk) == ("disaster-alerts", "alert")
