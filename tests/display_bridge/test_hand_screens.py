"""The hand on its way to the walls: who is told, that only the newest counts, and whose commands by hand are taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.hand_screens import CHOSEN_S, HandScreens
from display_bridge.hub import DisplayHub
from display_bridge.pairing import Pairing
from display_bridge.screening import MOST_TARGETS, PlainError, Target, read_targets
from tests.display_bridge.screen import Screen, settle

BUTTON: list[Any] = ["t1", 0.1, 0.1, 0.2, 0.2]


class Passing:
    """Seconds that tests move."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class House:
    """A hub whose displays have hands before them."""

    def __init__(self, folder: Path) -> None:
        self.pairing = Pairing(folder / "devices.json")
        self.hub = DisplayHub(load_registry(), SimulatedCityData(), self.pairing)
        self.clock = Passing()
        self.hands = self.hub.hands = HandScreens(self.hub._displays, self.clock)
        self.aimed: list[tuple[str, tuple[Target, ...]]] = []
        self.done: list[tuple[str, str]] = []
        self.hands.on_targets = lambda display, targets: self.aimed.append((display, targets))
        self.hands.on_command = lambda display, op, args, who: self.done.append(("hands", op))
        self.hub.on_command = lambda display, op, args, who: self.done.append(("touch", op))

    def wall(self, *, paired: bool = True, **options: Any) -> Screen:
        token = self.pairing.issue(role="wall", display="main")[0] if paired else ""
        return Screen(self.hub, token=token, **options)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path)
    yield made
    if made.hub._ticker:
        made.hub._ticker.cancel()
        await asyncio.gather(made.hub._ticker, return_exceptions=True)


def of(screen: Screen, kind: str) -> list[dict[str, Any]]:
    return [message for message in screen.messages if message["t"] == kind]


async def test_only_walls_that_may_command_are_told(house: House) -> None:
    paired, watching = house.wall(), house.wall(paired=False, local=False)
    others = [Screen(house.hub, role=role) for role in ("kiosk", "web", "tv", "tablet")]
    other_display = Screen(house.hub, "lobby")
    await settle()
    assert house.hands.show("main", "engaged", x=0.5, y=0.5)
    assert house.hands.choose("main", 0.5, 0.5, "pinch", None)
    await settle()
    assert of(paired, "hands") == [{"t": "hands", "phase": "engaged", "lead": True, "x": 0.5, "y": 0.5}]
    assert len(of(paired, "select")) == 1
    for screen in (watching, *others, other_display):
        assert not of(screen, "hands")
        assert not of(screen, "select")
    assert "hands" not in str(paired.state.get("assistant", {}).keys()), "it is no part of the state"


async def test_an_unpaired_wall_of_this_machine_is_told_until_a_paired_one_comes(house: House) -> None:
    local = house.wall(paired=False)
    await settle()
    house.hands.show("main", "raising", progress=0.5)
    await settle()
    assert of(local, "hands")[-1]["lead"]
    house.wall()
    await settle()
    house.hands.show("main", "engaged")
    await settle()
    assert of(local, "hands")[-1]["phase"] == "raising", "the paired wall's picture may be another one"


async def test_a_slow_wall_gets_the_newest_word_and_no_queue(house: House) -> None:
    slow, quick = house.wall(), house.wall()
    await settle()
    slow.flowing.clear()
    for number in range(100):
        house.hands.show("main", "engaged", x=number / 100, y=0.5)
        house.hands.choose("main", number / 100, 0.5, "pinch", None)
        await settle(4)
    assert len(of(quick, "hands")) == 100
    slow.flowing.set()
    await settle()
    told = [message["x"] for message in of(slow, "hands")]
    assert len(told) <= 2, "the one under way, and the newest"
    assert told[-1] == 0.99
    assert len(of(slow, "select")) <= 2
    assert slow.closed is None


async def test_one_wall_leads_its_targets_count_and_its_commands(house: House) -> None:
    first, second = house.wall(), house.wall()
    await settle()
    house.hands.show("main", "engaged", x=0.5, y=0.5)
    await settle()
    assert [of(screen, "hands")[-1]["lead"] for screen in (first, second)] == [True, False]
    for screen in (second, first):
        screen.say({"t": "targets", "targets": [BUTTON]})
        screen.say({"t": "cmd", "id": "early", "op": "home", "by": "hands"})
        await settle()
    assert house.aimed == [("main", (("t1", 0.1, 0.1, 0.2, 0.2),))]
    assert house.done == [], "nothing was chosen yet"
    assert of(first, "result")[-1]["error"]["code"] == "no-hand"

    house.hands.choose("main", 0.15, 0.15, "dwell", "t1")
    await settle()
    assert of(first, "select")[-1]["target"] == "t1"
    assert not of(second, "select")
    for screen in (second, first):
        screen.say({"t": "cmd", "id": "now", "op": "home", "by": "hands"})
    await settle()
    assert house.done == [("hands", "home")]
    house.clock.now += CHOSEN_S + 0.1
    first.say({"t": "cmd", "id": "late", "op": "back", "by": "hands"})
    first.say({"t": "cmd", "id": "touch", "op": "back"})
    await settle()
    assert house.done[1:] == [("touch", "back")]
    await first.leave()
    house.hands.show("main", "engaged")
    await settle()
    assert of(second, "hands")[-1]["lead"], "somebody must lead"


async def test_a_wall_that_paints_leads_before_one_that_does_not(house: House) -> None:
    hidden, seen = house.wall(answer=False), house.wall()
    await settle()
    hidden.ack("failed")
    await settle()
    house.hands.show("main", "raising", progress=0.2)
    await settle()
    assert [of(screen, "hands")[-1]["lead"] for screen in (hidden, seen)] == [False, True]


async def test_after_the_hand_has_let_go_nothing_is_taken_by_hand(house: House) -> None:
    wall = house.wall()
    await settle()
    house.hands.show("main", "engaged")
    house.hands.choose("main", 0.5, 0.5, "pinch", None)
    house.hands.show("main", "off", reason="lowered")
    assert not house.hands.choose("main", 0.5, 0.5, "pinch", None)
    wall.say({"t": "cmd", "id": "a", "op": "home", "by": "hands"})
    wall.say({"t": "targets", "targets": [BUTTON]})
    wall.say({"t": "cmd", "id": "b", "op": "home", "by": "voice"})
    await settle()
    assert house.done == []
    assert house.aimed == []
    assert of(wall, "error")[-1]["code"] == "bad-message"


async def test_a_screen_that_may_only_watch_commands_nothing_by_hand_either(house: House) -> None:
    wall, watching = house.wall(), house.wall(paired=False, local=False)
    await settle()
    house.hands.show("main", "engaged")
    house.hands.choose("main", 0.5, 0.5, "pinch", None)
    watching.say({"t": "cmd", "id": "a", "op": "home", "by": "hands"})
    await settle()
    assert of(watching, "result")[-1]["error"]["code"] == "read-only" or house.done == []
    assert house.done == []
    assert wall.closed is None


@pytest.mark.parametrize(
    "targets",
    [
        None,
        {},
        [[]],
        [["t1", 0, 0, 1]],
        [["t1", 0, 0, 1, 1, 1]],
        [["T 1", 0, 0, 1, 1]],
        [["t1", 0.5, 0, 0.5, 1]],
        [["t1", 0, 0, 1, float("inf")]],
        [["t1", 0, 0, 1, float("nan")]],
        [["t1", True, 0, 1, 1]],
        [["t1", 0, 0, "1", 1]],
        [["t1", 0, 0, 1, 1], ["t1", 0, 0, 1, 1]],
        [[f"t{n}", 0, 0, 1, 1] for n in range(MOST_TARGETS + 1)],
    ],
)
def test_targets_that_cannot_be_used_are_refused(targets: Any) -> None:
    with pytest.raises(PlainError) as refused:
        read_targets({"targets": targets})
    assert refused.value.code == "bad-targets"


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=5), lambda of: st.lists(of, max_size=5))


@given(
    st.lists(st.tuples(st.text("ab1-", min_size=1, max_size=4), *[st.floats(-2, 3)] * 4).map(list) | JSON, max_size=6)
)
def test_whatever_a_screen_sends_is_either_targets_or_refused(given: list[Any]) -> None:
    try:
        found = read_targets({"targets": given})
    except PlainError:
        return
    assert [list(one) for one in found] == given
    assert all(left < right and top < bottom for _, left, top, right, bottom in found)
