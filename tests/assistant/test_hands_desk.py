"""The motion mouse in the room: what the camera says becomes what the walls are told, and back; the switch is kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import Unavailable
from assistant.hands_desk import SILENT_S, STARTING_S, HandsDesk
from display_bridge.hand_screens import HandScreens


class Walls(HandScreens):
    """Notes what would be told to walls."""

    def __init__(self) -> None:
        super().__init__({}, lambda: 0.0)
        self.told: list[tuple[Any, ...]] = []

    def show(self, display: str, phase: str, **fields: Any) -> bool:
        super().show(display, phase, **fields)
        self.told.append((display, phase, fields))
        return True

    def choose(self, display: str, x: float, y: float, by: str, target: str | None) -> bool:
        self.told.append((display, "choose", x, y, by, target))
        return True


class Eyes:
    """A camera before `main`, and one before `desk` that watches for no hands."""

    def __init__(self) -> None:
        self.said: list[tuple[Any, ...]] = []
        self.well = True
        self.see: Callable[[str, dict[str, Any]], None]
        self.lose: Callable[[str], None]

    def listen(self, ability: str, on_event: Any, on_lost: Any = None) -> None:
        assert ability == "hands"
        self.see, self.lose = on_event, on_lost

    def use(self, camera: str, ability: str, *, on: bool) -> None:
        self.said.append(("use", camera, on))

    def tell(self, camera: str, ability: str, message: dict[str, Any], *, keep: str = "") -> None:
        self.said.append(("tell", camera, message))

    def camera_of(self, display: str, ability: str) -> str | None:
        return "cam" if display == "main" else None

    def display_of(self, camera: str) -> str:
        return {"cam": "main"}.get(camera, "desk")

    def health(self) -> Mapping[str, Mapping[str, Any]]:
        return {"cam": {"camera": "ok" if self.well else "missing", "abilities": {"hands": "ok"}}}


class House:
    def __init__(self, file: Path) -> None:
        self.now, self.eyes, self.walls, self.states = 100.0, Eyes(), Walls(), list[tuple[str, str]]()
        displays = frozenset({"main", "desk"})
        show = lambda display, state: self.states.append((display, state))  # noqa: E731
        self.desk = HandsDesk(self.eyes, self.walls, displays, show, file, lambda: self.now)

    def see(self, **event: Any) -> None:
        self.eyes.see("cam", event)


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path / "hands.json")


def test_the_walls_are_told_what_the_hand_does(house: House) -> None:
    assert house.eyes.said == [("use", "cam", True)]
    house.see(type="raising", t=1.0, progress=0.5)
    house.see(type="engaged", t=3.0)
    house.see(type="cursor", t=3.1, x=0.2, y=0.3, hand="left", target="t4", dwell=0.25)
    house.see(type="select", t=3.2, x=0.2, y=0.3, by="pinch", target="t4")
    house.see(type="sketch", t=3.2, people=[])
    house.see(type="released", t=5.0, reason="lowered")
    assert house.walls.told == [
        ("main", "raising", {"progress": 0.5}),
        ("main", "engaged", {}),
        ("main", "engaged", {"x": 0.2, "y": 0.3, "seen": 3.1, "hand": "left", "target": "t4", "dwell": 0.25}),
        ("main", "choose", 0.2, 0.3, "pinch", "t4"),
        ("main", "off", {"reason": "lowered"}),
    ]
    house.see(type="raising", t=6.0, progress=0.0)
    assert house.walls.told[-1][1] == "off", "the hand went down early"


def test_what_can_be_chosen_goes_to_the_camera(house: House) -> None:
    assert house.walls.on_targets is not None
    house.walls.on_targets("main", (("t1", 0.0, 0.1, 0.5, 0.2),))
    house.walls.on_targets("desk", (("t1", 0.0, 0.1, 0.5, 0.2),))
    target = {"name": "t1", "left": 0.0, "top": 0.1, "right": 0.5, "bottom": 0.2}
    assert house.eyes.said[1:] == [("tell", "cam", {"targets": [target]})]


def test_a_camera_that_is_lost_or_says_nothing_lets_go(house: House) -> None:
    house.see(type="engaged", t=1.0)
    house.eyes.lose("cam")
    assert house.walls.told[-1] == ("main", "off", {"reason": "lost"})
    house.see(type="engaged", t=2.0)
    house.now += SILENT_S + 0.1
    house.desk.look()
    assert house.walls.told[-1] == ("main", "off", {"reason": "lost"})
    count = len(house.walls.told)
    house.eyes.lose("cam")
    assert len(house.walls.told) == count, "nothing to end"


def test_off_is_off_at_once_and_kept(house: House, tmp_path: Path) -> None:
    house.see(type="engaged", t=1.0)
    house.desk.switch("main", on=False)
    assert house.walls.told[-1] == ("main", "off", {"reason": "switched_off"})
    assert house.eyes.said[-1] == ("use", "cam", False)
    house.see(type="cursor", t=1.1, x=0.5, y=0.5, hand="right")
    assert house.walls.told[-1][1] == "off", "what was still under way"
    file = tmp_path / "hands.json"
    assert json.loads(file.read_text()) == {"off": ["main"]}
    assert file.stat().st_mode & 0o077 == 0
    again = House(file)
    assert again.eyes.said == [("use", "cam", False)]
    again.desk.look()
    assert again.states == [("main", "off")]
    again.desk.switch("main", on=True)
    assert again.eyes.said[-1] == ("use", "cam", True)
    assert House(file).desk.state("main") == "on"


def test_a_kept_file_that_is_damaged_switches_nothing_on(tmp_path: Path) -> None:
    file = tmp_path / "hands.json"
    for text in ("", "{", '{"on": []}', '{"off": 3}', "[]"):
        file.write_text(text)
        assert House(file).eyes.said == [("use", "cam", False)], text


def test_a_camera_that_does_not_come_is_told_once_and_so_is_its_return(house: House) -> None:
    house.eyes.well = False
    house.desk.look()
    assert house.states == [("main", "on")], "it may be starting"
    for _ in range(3):
        house.now += STARTING_S
        house.desk.look()
    assert house.states == [("main", "on"), ("main", "missing")]
    house.eyes.well = True
    house.desk.look()
    assert house.states[2:] == [("main", "on")]


def test_a_display_without_a_camera_has_no_switch(house: House) -> None:
    assert house.desk.state("desk") is None
    with pytest.raises(Unavailable) as refused:
        house.desk.switch("desk", on=True)
    assert refused.value.code == "no-hands-camera"
