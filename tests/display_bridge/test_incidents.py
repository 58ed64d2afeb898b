"""Incidents pre-empt the screens by priority, are acknowledged once for all, and the previous view returns."""

from __future__ import annotations

import asyncio
import json
import string
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import (
    AcknowledgeAlert,
    BadInput,
    Direction,
    MoveView,
    NotPermitted,
    OpenOverlay,
    SeoulaError,
    ShowPanel,
    Unavailable,
    ZoomView,
)
from content_registry.loader import load_registry
from display_bridge.acknowledgements import AcknowledgementFile
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.drills import MARK_KO, Drills, WithDrills, scenarios
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Event, Provenance
from display_bridge.hub import DisplayHub
from display_bridge.incident_desk import IncidentDesk
from display_bridge.incidents import KEEP_S, Board, Incident, incident_id, incidents, tone
from display_bridge.state import DWELL_S
from display_bridge.trust import Trust
from display_bridge.views.responsible import responsible
from tests.display_bridge.block_schema import check
from tests.display_bridge.screen import Clock, Screen, settle

REGISTRY = load_registry()
NOW = 1_763_900_000.0
AT = datetime.fromtimestamp(NOW, KST)
FLOOD = Event(AT, "하천 산책로 통제", "긴급", "마포구", "발송", 68, "하천에 들어가지 마십시오", 126.91, 37.56)
BLAST = Event(AT, "공습 대피", "위급", "중구", "발송", 99, "", 126.99, 37.56)
FIRE = Event(AT, "상가 건물 화재 신고", "화재", "종로구", "출동 중", 75, "", 126.98, 37.58)
DRY = Event(AT, "건조주의보", "안전", "노원구", "발송", 80, "", 127.05, 37.65)
FLOOD_ID, FIRE_ID = incident_id("alerts", FLOOD), incident_id("dispatch", FIRE)


class Scripted(SimulatedCityData):
    """A live city, as far as its incidents go: the alerts and dispatches of a test. failing: its source is down."""

    def __init__(self) -> None:
        super().__init__()
        self.script: dict[str, tuple[Event, ...]] = {"alerts": (), "dispatch": ()}
        self.failing = False

    def events(self, kind: str, at: datetime) -> tuple[Event, ...]:
        if self.failing:
            raise Unavailable("source-down", "the source does not answer")
        return self.script[kind] if kind in self.script else tuple(super().events(kind, at))

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        found = super().provenance(dataset, now)
        return replace(found, mode="live") if dataset in self.script else found


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def city() -> Scripted:
    return Scripted()


@pytest.fixture
async def hub(clock: Clock, city: Scripted, tmp_path: Path) -> AsyncIterator[DisplayHub]:
    made = opened(clock, city, tmp_path)
    yield made
    await closed(made)


def opened(clock: Clock, city: Scripted, folder: Path) -> DisplayHub:
    """A hub over a city with exercises, its acknowledgements in a folder."""
    drills = Drills()
    shown = WithDrills(city, drills)
    desk = IncidentDesk(shown, AcknowledgementFile(folder / "incidents.json"), drills=drills)
    return DisplayHub(REGISTRY, shown, clock=clock, trust_local=True, desk=desk)


async def closed(hub: DisplayHub) -> None:
    if hub._ticker:
        hub._ticker.cancel()
        await asyncio.gather(hub._ticker, return_exceptions=True)


async def later(hub: DisplayHub, clock: Clock, seconds: float = 6.0) -> None:
    clock.now += seconds
    hub.step(clock.now)
    await settle()


def shown(screen: Screen) -> tuple[str, str]:
    return screen.state["shown"]["panel"], screen.state["shown"]["layer"]


def acknowledge(hub: DisplayHub, display: str, event: Event, kind: str = "alerts") -> None:
    hub.apply(AcknowledgeAlert(display, incident_id(kind, event), "touch"))


# ------------------------------------------------------------------------------------------------------- the board


def test_priorities_and_what_interrupts_nobody() -> None:
    found = (*incidents("alerts", [FLOOD, BLAST, DRY]), *incidents("dispatch", [FIRE, replace(FIRE, severity=40)]))
    assert [(i.event.title_ko, i.priority) for i in found] == [
        (FLOOD.title_ko, 95), (BLAST.title_ko, 100), (FIRE.title_ko, 90)
    ]  # fmt: skip
    assert incidents("alerts", [replace(FLOOD, status_ko="해제")]) == ()
    board = Board().renewed(found, NOW)
    first = board.foremost(Trust.INTERNAL)
    assert first is not None
    assert first.event is BLAST
    board = board.acknowledged(first.id, NOW, "main").acknowledged(FLOOD_ID, NOW, "main")
    second = board.foremost(Trust.INTERNAL)
    assert second is not None
    assert second.event is FIRE
    assert board.foremost(Trust.ROOM) is None


def test_what_has_expired_interrupts_nobody() -> None:
    ends = replace(FLOOD, expires=AT + timedelta(minutes=10))
    assert incidents("alerts", [ends], AT + timedelta(minutes=9))
    assert incidents("alerts", [ends], AT + timedelta(minutes=10)) == ()


def test_acknowledging_twice_or_what_does_not_run_is_refused() -> None:
    board = Board().renewed(incidents("alerts", [FLOOD]), NOW).acknowledged(FLOOD_ID, NOW, "main")
    for wanted, code in ((FLOOD_ID, "already-acknowledged"), ("nothing", "unknown-incident")):
        with pytest.raises(BadInput) as refused:
            board.acknowledged(wanted, NOW, "main")
        assert refused.value.code == code


def test_sent_again_or_told_anew_it_stays_acknowledged_but_a_graver_one_is_open_again() -> None:
    first = replace(FLOOD, id="21")
    board = Board().renewed(incidents("alerts", [first]), NOW)
    board = board.acknowledged(incident_id("alerts", first), NOW, "main")
    again = board.renewed(incidents("alerts", [replace(FLOOD, id="22")]), NOW)
    assert again.foremost(Trust.PUBLIC) is None, "the same words under another id"
    anew = again.renewed(incidents("alerts", [replace(FLOOD, id="22", title_ko="하천 산책로 침수")]), NOW)
    assert anew.foremost(Trust.PUBLIC) is None, "other words under the same id"
    away = anew.renewed((), NOW + KEEP_S / 2).renewed(incidents("alerts", [first]), NOW + KEEP_S / 2)
    assert away.foremost(Trust.PUBLIC) is None, "its source was down for a day"
    graver = anew.renewed(incidents("alerts", [replace(first, level_ko="위급")]), NOW).foremost(Trust.PUBLIC)
    assert graver is not None
    assert graver.priority == 100


def test_a_later_message_that_only_begins_alike_is_another_incident() -> None:
    first = replace(FLOOD, id="31", detail_ko="하천 · 하천 통제. 중랑천 산책로에서 나오십시오.")
    second = replace(FLOOD, id="32", detail_ko="하천 · 하천 통제. 탄천이 넘치고 있습니다. 대피하십시오.")
    board = Board().renewed(incidents("alerts", [first]), NOW)
    board = board.acknowledged(incident_id("alerts", first), NOW, "main")
    foremost = board.renewed(incidents("alerts", [first, second]), NOW).foremost(Trust.PUBLIC)
    assert foremost is not None
    assert foremost.event is second


async def test_two_acknowledgements_at_one_moment_are_told_apart(hub: DisplayHub, city: Scripted) -> None:
    city.script["alerts"] = (FLOOD, BLAST)
    screen = Screen(hub)
    await settle()
    hub.step(NOW)
    display = hub._displays.get("main")
    assert display is not None
    for event in (FLOOD, BLAST):
        told = hub.desk.acknowledge(AcknowledgeAlert("main", incident_id("alerts", event), "touch"), display, NOW)
        assert told.incident == incident_id("alerts", event)
    await screen.leave()


EVENTS = st.builds(
    Event,
    st.just(AT),
    st.sampled_from(["하천 통제", "상가 화재", "지진"]),
    st.sampled_from(["위급", "긴급", "안전"]),
    st.sampled_from(["마포구", "중구"]),
    st.sampled_from(["발송", "상황 관리", "해제"]),
    st.integers(0, 100),
    id=st.sampled_from(["", "1", "2", "3"]),
)


@given(st.lists(st.tuples(st.lists(EVENTS, max_size=4), st.booleans()), max_size=8))
def test_an_acknowledged_incident_never_comes_back_as_grave_as_it_was(
    rounds: Sequence[tuple[list[Event], bool]],
) -> None:
    board, told = Board(), set[tuple[str, int]]()
    for now, (events, confirm) in enumerate(rounds):
        board = board.renewed(incidents("alerts", events), float(now))
        first = board.foremost(Trust.PUBLIC)
        open_ones = [i for i in board.running if board.closing(i) is None]
        assert (first is None) == (not open_ones)
        if first is None:
            continue
        assert first.priority == max(i.priority for i in open_ones)
        for key in first.keys:
            assert not any(k == key and p >= first.priority for k, p in told)
        if confirm:
            board = board.acknowledged(first.id, float(now), "main")
            told.update((key, first.priority) for key in first.keys)
            assert board.foremost(Trust.PUBLIC) != first


def test_one_colour_language() -> None:
    assert [tone(e) for e in (BLAST, FLOOD, FIRE, DRY)] == ["alert", "alert", "alert", "ok"]
    assert tone(replace(FIRE, severity=40)) == "warn"
    assert tone(replace(FLOOD, status_ko="해제")) == "ok"


# ------------------------------------------------------------------------------------------------------ the screens


async def test_an_incident_pre_empts_and_only_its_acknowledgement_closes_it_everywhere(
    hub: DisplayHub, clock: Clock, city: Scripted
) -> None:
    wall, other = Screen(hub), Screen(hub, "second")
    await settle()
    hub.apply(ShowPanel("main", "ozone", {"district": "마포구"}))
    hub.apply(ZoomView("main", Direction.IN))
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    assert shown(wall) == shown(other) == ("disaster-alerts", "alert")
    view: dict[str, Any] = wall.state["view"]
    check(view)
    assert (view["title_ko"], view["incident"]["tone"], view["incident"]["drill"]) == (FLOOD.title_ko, "alert", False)
    where, log, todo, cameras = view["blocks"]
    assert (where["kind"], where["district"], where["x"], where["y"]) == ("incident-map", "마포구", 126.91, 37.56)
    assert log["steps"]
    assert [line["text_ko"] for line in todo["lines"]]
    assert todo["notice_ko"] == FLOOD.detail_ko
    assert not cameras["cameras"][0]["available"]
    assert wall.state["view"]["panel"]["department"]["id"] == "water-cycle"
    assert hub.desk.department(view["incident"]["id"]) == "water-cycle"
    hub.apply(MoveView("main", Direction.BACK))
    hub.apply(MoveView("second", Direction.HOME))
    await later(hub, clock, DWELL_S + 1)
    assert shown(wall) == shown(other) == ("disaster-alerts", "alert")
    acknowledge(hub, "second", FLOOD)
    await settle()
    assert shown(wall) == ("ozone", "command")
    assert (wall.state["shown"]["args"], wall.state["shown"]["zoom"]) == ({"district": "마포구"}, 2)
    assert other.state["shown"]["layer"] == "rotation"
    (row,) = wall.state["incidents"]
    assert row["acknowledged"] == {"at": clock.now, "display": "second", "source": "touch"}
    with pytest.raises(BadInput):
        acknowledge(hub, "main", FLOOD)
    city.script["alerts"] = (replace(FLOOD, status_ko="상황 관리"),)
    await later(hub, clock)
    assert shown(wall) == ("ozone", "command"), "an acknowledged incident does not come again"


@pytest.mark.parametrize(
    ("kind", "title", "department"),
    [
        ("alerts", "여의도 상가 건물 화재, 창문을 닫고 대피하세요", "fire"),
        ("alerts", "중랑천 수위 급상승, 하천 산책로에서 나와 주세요", "water-cycle"),
        ("alerts", "지하철 2호선 운행 중단, 다른 교통편을 이용하세요", "transport"),
        ("alerts", "내일 초미세먼지 비상저감조치 시행", "climate"),
        ("alerts", "수도관 파손으로 단수", "arisu"),
        ("alerts", "행사장 인파 밀집, 이동 시 주의", None),
        ("dispatch", "승강기 갇힘", "fire"),
    ],
)
def test_who_answers_for_an_event(kind: str, title: str, department: str | None) -> None:
    assert responsible(kind, replace(FLOOD, title_ko=title)) == department
    assert department is None or department in REGISTRY.departments


async def test_a_graver_one_goes_first_and_the_other_waits_its_turn(
    hub: DisplayHub, clock: Clock, city: Scripted
) -> None:
    told: list[tuple[str, str]] = []
    hub.desk.on_incident = lambda display, incident: told.append((display, incident.event.title_ko))
    wall = Screen(hub)
    await settle()
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    city.script["alerts"] = (BLAST, FLOOD)
    await later(hub, clock)
    assert wall.state["view"]["title_ko"] == BLAST.title_ko
    acknowledge(hub, "main", BLAST)
    await settle()
    assert wall.state["view"]["title_ko"] == FLOOD.title_ko
    city.script["alerts"] = (BLAST, replace(FLOOD, status_ko="상황 관리"))
    await later(hub, clock, 12)
    assert wall.state["view"]["incident"]["status_ko"] == "상황 관리", "it goes on in place"
    assert told == [("main", FLOOD.title_ko), ("main", BLAST.title_ko)], "each is told once"


@pytest.mark.parametrize("end", [{"status_ko": "해제"}, {"expires": AT + timedelta(seconds=7)}])
async def test_an_incident_that_ends_gives_the_view_back(
    hub: DisplayHub, clock: Clock, city: Scripted, end: dict[str, Any]
) -> None:
    wall = Screen(hub)
    await settle()
    hub.apply(ShowPanel("main", "ozone"))
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    assert shown(wall) == ("disaster-alerts", "alert")
    city.script["alerts"] = (replace(FLOOD, **end),)
    await later(hub, clock)
    assert shown(wall) == ("ozone", "command")


async def test_while_the_source_is_down_an_incident_stays(hub: DisplayHub, clock: Clock, city: Scripted) -> None:
    wall = Screen(hub)
    await settle()
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    city.failing = True
    await later(hub, clock)
    assert wall.state["shown"]["layer"] == "alert"


async def test_an_internal_incident_never_reaches_citizens(hub: DisplayHub, clock: Clock, city: Scripted) -> None:
    wall, kiosk, same = Screen(hub), Screen(hub, "kiosk", "kiosk"), Screen(hub, "main", "kiosk")
    await settle()
    city.script["dispatch"] = (FIRE,)
    await later(hub, clock)
    assert shown(wall) == ("emergency-incidents", "alert")
    for citizen in (kiosk, same):
        assert citizen.state["shown"]["layer"] != "alert"
        assert not any(FIRE.title_ko in text or FIRE_ID in text for text in citizen.texts)
    acknowledge(hub, "main", FIRE, "dispatch")
    await settle()
    assert not any("acknowledged" in text for citizen in (kiosk, same) for text in citizen.texts)


async def test_citizens_get_a_banner_with_what_to_do_and_keep_what_they_look_at(
    hub: DisplayHub, clock: Clock, city: Scripted
) -> None:
    wall, kiosk, same = Screen(hub), Screen(hub, "lobby", "kiosk"), Screen(hub, "main", "web")
    await settle()
    hub.apply(ShowPanel("lobby", "ozone"))
    city.script["alerts"] = (FLOOD,)
    await later(hub, clock)
    assert shown(wall) == ("disaster-alerts", "alert")
    assert shown(kiosk) == ("ozone", "command")
    for citizen in (kiosk, same):
        assert citizen.state["shown"]["layer"] != "alert"
        found = citizen.state["banner"]
        assert (found["title_ko"], found["area_ko"], found["level_ko"]) == (FLOOD.title_ko, "마포구", "긴급")
        assert found["advice"]
        assert "incidents" not in citizen.state
    with pytest.raises(NotPermitted):
        acknowledge(hub, "lobby", FLOOD)
    acknowledge(hub, "main", FLOOD)
    await settle()
    assert "banner" not in kiosk.state
    assert "banner" not in same.state


async def test_an_acknowledgement_survives_a_restart(clock: Clock, city: Scripted, tmp_path: Path) -> None:
    city.script["alerts"] = (FLOOD,)
    for kept in (False, True):
        hub = opened(clock, city, tmp_path)
        wall = Screen(hub)
        await settle()
        await later(hub, clock)
        assert (wall.state["shown"]["layer"] == "alert") is not kept
        if not kept:
            acknowledge(hub, "main", FLOOD)
        else:
            assert wall.state["incidents"][0]["acknowledged"]["display"] == "main"
        await wall.leave()
        await closed(hub)


@given(st.text(string.printable, max_size=60) | st.binary(max_size=60))
def test_a_damaged_file_of_acknowledgements_is_put_aside(
    tmp_path_factory: pytest.TempPathFactory, damage: str | bytes
) -> None:
    file = tmp_path_factory.mktemp("kept") / "incidents.json"
    file.write_bytes(damage.encode() if isinstance(damage, str) else damage)
    assert AcknowledgementFile(file).load() == {}
    board = Board().renewed(incidents("alerts", [FLOOD]), NOW).acknowledged(FLOOD_ID, NOW, "main")
    AcknowledgementFile(file).save(board.closed)
    assert AcknowledgementFile(file).load() == board.closed


def test_of_a_file_with_one_bad_entry_the_others_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "incidents.json"
    board = Board().renewed(incidents("alerts", [FLOOD]), NOW).acknowledged(FLOOD_ID, NOW, "main")
    AcknowledgementFile(file).save(board.closed)
    kept = json.loads(file.read_text("utf-8"))
    kept["acknowledged"]["bad"] = {"at": "yesterday"}
    file.write_text(json.dumps(kept), "utf-8")
    assert AcknowledgementFile(file).load() == board.closed


# ---------------------------------------------------------------------------------------------------- the exercises


async def test_the_ordinary_events_of_a_simulated_city_interrupt_nobody(clock: Clock, tmp_path: Path) -> None:
    city = SimulatedCityData(7)
    found: list[Incident] = []
    for hour in range(0, 24 * 21, 3):
        at = AT + timedelta(hours=hour)
        found += incidents("alerts", city.events("alerts", at), at)
    assert found, "there are grave ones among them"
    desk = IncidentDesk(city)
    for hour in range(0, 24 * 21, 3):
        desk.look(NOW + hour * 3600)
        assert desk.rows() == []


@pytest.mark.parametrize("scenario", scenarios())
async def test_an_exercise_pre_empts_says_so_goes_on_and_ends(hub: DisplayHub, clock: Clock, scenario: str) -> None:
    wall, kiosk = Screen(hub), Screen(hub, "lobby", "kiosk")
    await settle()
    before = shown(wall)
    drill = hub.desk.drills.start(scenario, datetime.fromtimestamp(clock.now, KST))
    await later(hub, clock)
    assert wall.state["shown"]["layer"] == "alert"
    view = wall.state["view"]
    check(view)
    assert view["incident"]["drill"]
    assert (view["data"]["mode"], view["data"]["label_ko"]) == ("simulated", "모의훈련")
    assert MARK_KO not in view["title_ko"]
    assert view["title_en"] != view["title_ko"]
    steps = view["blocks"][1]["steps"]
    assert len(steps) >= 3
    assert [s["at"] for s in steps] == sorted((s["at"] for s in steps), reverse=True)
    assert ("banner" in kiosk.state) == (drill.kind == "alerts")
    await later(hub, clock, 700)
    assert len(wall.state["view"]["blocks"][1]["steps"]) > len(steps), "it goes on"
    await later(hub, clock, 3000)
    assert shown(wall) == before or wall.state["shown"]["layer"] == "rotation"
    assert "banner" not in kiosk.state


def test_exercises_are_refused_and_ended_by_name() -> None:
    drills = Drills()
    with pytest.raises(SeoulaError, match="unknown-scenario|no scenario"):
        drills.start("meteor", AT)
    first = drills.start("fire", AT, minutes=5)
    assert drills.events("alerts", AT + timedelta(minutes=4))
    assert drills.events("alerts", AT + timedelta(minutes=5)) == ()
    drills.end(first.id)
    assert drills.events("alerts", AT) == ()
    with pytest.raises(BadInput):
        drills.end(first.id)


def test_a_scripted_demonstration_counts_from_the_beginning_of_the_service() -> None:
    drills = Drills("scripted", NOW)
    assert drills.events("alerts", AT) == ()
    assert drills.events("alerts", AT + timedelta(seconds=95))
    assert Drills("none", NOW).events("alerts", AT + timedelta(seconds=95)) == ()


async def test_a_new_incident_comes_up_before_an_open_menu(hub: DisplayHub, clock: Clock) -> None:
    wall = Screen(hub)
    await settle()
    hub.apply(OpenOverlay("main", "menu"))
    await settle()
    assert wall.state["overlay"]["name"] == "menu"
    hub.desk.drills.start("fire", datetime.fromtimestamp(clock.now, KST))
    await later(hub, clock)
    assert wall.state["shown"]["layer"] == "alert"
    assert wall.state.get("overlay") is None
    hub.apply(OpenOverlay("main", "menu"))
    await later(hub, clock)
    assert wall.state["overlay"]["name"] == "menu", "who opens it now wants it"
