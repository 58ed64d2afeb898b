"""An incident is told once, with a chime, in the office's rooms, and never into somebody's command."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any

import pytest

from assistant.announcer import CHIME, PATIENCE_S, Announcer, announcement
from assistant.session import Phase
from display_bridge.city_data.drills import Drills, scenarios
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Event
from display_bridge.incidents import Incident, incidents
from display_bridge.trust import Trust

AT = datetime.fromtimestamp(1_763_900_000, KST)
(FLOOD,) = incidents("alerts", [Event(AT, "하천 산책로 통제", "긴급", "마포구", "발송", 68)])


class Rooms:
    """A room whose phases a test gives, one for each look; the last stays. Time passes only by sleeping."""

    def __init__(self, *phases: Phase) -> None:
        self.phases, self.done = list(phases), list[str]()
        self.trusts = [Trust.INTERNAL]
        self.now = 0.0
        self.announcer = Announcer(
            {"main"},
            self.phase,
            lambda display, name: self.done.append(f"{name} {display}"),
            self.say,
            self.run,
            lambda display: self.trusts.pop(0) if len(self.trusts) > 1 else self.trusts[0],
            self.sleep,
        )

    def phase(self, _: str) -> Phase:
        return self.phases.pop(0) if len(self.phases) > 1 else self.phases[0]

    async def say(self, display: str, text: str, language: str) -> bool:
        self.done.append(text)
        return True

    async def sleep(self, seconds: float) -> None:
        self.now += seconds

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run(work)

    def told(self, display: str = "main", incident: Incident = FLOOD) -> list[str]:
        self.announcer.incident(display, incident)
        return self.done


def test_a_room_whose_office_screen_has_left_hears_nothing_more() -> None:
    gone, leaving = Rooms(Phase.IDLE), Rooms(Phase.IDLE)
    gone.trusts = [Trust.ROOM]
    leaving.trusts = [Trust.INTERNAL, Trust.PUBLIC]
    assert gone.told() == []
    assert leaving.told() == [f"{CHIME} main"]


def test_a_quiet_room_hears_chime_and_words() -> None:
    assert Rooms(Phase.IDLE).told() == [f"{CHIME} main", "긴급 재난 상황입니다. 마포구. 하천 산책로 통제."]


@pytest.mark.parametrize("busy", [p for p in Phase if p not in (Phase.IDLE, Phase.MUTED)])
def test_it_waits_until_nobody_talks(busy: Phase) -> None:
    rooms = Rooms(busy, busy, busy, Phase.IDLE)
    assert rooms.told()[0] == f"{CHIME} main"
    assert rooms.now > 0.5
    never = Rooms(busy)
    assert never.told() == []
    assert never.now >= PATIENCE_S


def test_who_begins_to_speak_after_the_chime_is_let_finish() -> None:
    rooms = Rooms(Phase.IDLE, Phase.STANDBY, Phase.HEARING, Phase.IDLE)
    assert [line.split(".")[0] for line in rooms.told()] == [f"{CHIME} main", "긴급 재난 상황입니다"]


def test_a_muted_room_and_other_screens_stay_silent() -> None:
    assert Rooms(Phase.MUTED).told() == []
    assert Rooms(Phase.IDLE).told("lobby") == []


@pytest.mark.parametrize("scenario", scenarios())
def test_an_exercise_says_that_it_is_one(scenario: str) -> None:
    drills = Drills()
    kind = drills.start(scenario, AT).kind
    (found,) = incidents(kind, drills.events(kind, AT), AT)
    said = announcement(found)
    assert said.startswith("모의 훈련입니다.")
    assert said.endswith("모의 훈련입니다.")
    assert "[" not in said
    assert "모의" not in announcement(FLOOD)
