"""The face check as an ability of a camera: what it is told, what it says, what it leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts.errors import BadInput, ConfigError
from perception.face.ability import FaceAbility
from perception.face.challenge import Plan, fixed_plan
from perception.face.events import Ask
from perception.face.face import Face, Vector
from perception.face.settings import FaceSettings
from perception.face.store import Consent, FaceStore, Profile
from tests.perception.face.drawn import HIM, OTHER, DrawnEyes, blank, done, face

KEY = bytes(range(32))
LEFT_AT = 3.0


def profile(name: str, vector: Vector = HIM) -> Profile:
    return Profile(name, Consent("yes", 1.0), "drawn", (vector, vector), {})


def turns_left(at: float) -> Sequence[Face]:
    """Somebody who looks at the screen, and turns his head once."""
    return [done(Ask.LEFT, at - LEFT_AT) if LEFT_AT <= at < LEFT_AT + 1.2 else face()]


class Seat:
    """An ability before whom somebody stands, and its time."""

    def __init__(
        self,
        folder: Path,
        seen: Callable[[float], Sequence[Face]] = turns_left,
        who: Callable[[float, Face], Vector] = lambda at, face: HIM,
        source: str | None = None,
        **more: Any,
    ) -> None:
        self.eyes = DrawnEyes(seen, who)
        its = FaceSettings(profiles=folder, key=KEY.hex(), **{"accept_recordings": True, **more})
        plan: Callable[[], Plan] = lambda: fixed_plan([Ask.LEFT])  # noqa: E731
        self.ability = FaceAbility(its, source, lambda settings: self.eyes, plan)
        self.at = 0.0
        self.here: list[str] = []
        """Of which watch it was said that it goes on."""

    def tell(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        return [event.message() for event in self.ability.tell(message)]

    def run(self, seconds: float, fps: int = 12) -> list[dict[str, Any]]:
        said = []
        for _ in range(round(seconds * fps)):
            self.at += 1 / fps
            said += [event.message() for event in self.ability.see(blank(self.at))]
        self.here += [event["id"] for event in said if event["type"] == "here"]
        return [event for event in said if event["type"] != "here"]


@pytest.fixture
def store(tmp_path: Path) -> FaceStore:
    kept = FaceStore(tmp_path, KEY)
    kept.save(profile("mayor"))
    return kept


def test_nothing_is_looked_at_until_somebody_asks(store: FaceStore, tmp_path: Path) -> None:
    seat = Seat(tmp_path, lambda at: pytest.fail("it looked"))
    assert seat.run(2) == []
    assert seat.ability.idle()
    assert seat.ability.sketch() == {"face": []}


def test_a_check_and_then_a_watch(store: FaceStore, tmp_path: Path) -> None:
    seat = Seat(tmp_path, lambda at: turns_left(at) if at < 20 else [])
    assert seat.tell({"check": {"people": None, "id": "c1"}}) == []
    said = seat.run(10)
    assert {event["id"] for event in said} == {"c1"}
    assert said[-1] == {"t": said[-1]["t"], "type": "verified", "id": "c1", "person": "mayor"}
    assert [event["type"] for event in said[:-1]] == ["challenge"] * (len(said) - 1)
    assert seat.run(2) == []
    assert seat.tell({"watch": {"person": "mayor", "away_s": 5, "onlookers": True, "id": "w1"}}) == []
    assert seat.here == []
    assert seat.run(8) == []
    assert seat.here == ["w1"] * 8, "each second"
    assert seat.ability.idle(), "a few frames a second are enough"
    (left,) = seat.run(10)
    assert 12 <= len(seat.here) <= 14, "as long as he may be away, and no longer"
    assert (left["type"], left["id"]) == ("left", "w1")
    assert 24 < left["t"] < 26.2
    seat.ability.close()
    assert seat.eyes.closed


def test_a_check_looks_often_and_sketches_without_a_picture(store: FaceStore, tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    seat.tell({"check": {"people": ["mayor"], "id": "c"}})
    seat.run(1)
    assert not seat.ability.idle()
    points = seat.ability.sketch()["face"]
    assert points == [[round(x, 4), round(y, 4)] for x, y in face().points]
    assert len(seat.eyes.calls) <= 5, "a few times a second, not every frame"
    assert seat.tell({"stop": True}) == []
    assert seat.run(5) == []
    assert seat.ability.sketch() == {"face": []}


def test_a_new_check_ends_the_old_one(store: FaceStore, tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    seat.tell({"check": {"people": None, "id": "old"}})
    seat.run(1)
    seat.tell({"check": {"people": None, "id": "new"}})
    said = seat.run(8)
    assert {event["id"] for event in said} == {"new"}
    assert said[-1]["type"] == "verified"


@pytest.mark.parametrize(
    ("order", "code"),
    [
        ({"check": {"people": ["nobody"], "id": "x"}}, "no-such-person"),
        ({"check": {"people": ["../mayor"], "id": "x"}}, "bad-name"),
        ({"check": {"people": "mayor", "id": "x"}}, "bad-order"),
        ({"watch": {"person": None, "id": "x"}}, "bad-order"),
        ({"watch": {"person": "mayor", "away_s": 0, "id": "x"}}, "bad-order"),
        ({"watch": {"person": "mayor", "away_s": float("nan"), "id": "x"}}, "bad-order"),
        ({"watch": {"person": "mayor", "onlookers": 1, "id": "x"}}, "bad-order"),
    ],
)
def test_an_order_that_cannot_be_is_answered_under_its_id(
    store: FaceStore, tmp_path: Path, order: dict[str, Any], code: str
) -> None:
    seat = Seat(tmp_path)
    (said,) = seat.tell(order)
    assert (said["type"], said["id"], said["code"]) == ("error", "x", code)
    assert seat.run(3) == []


def test_what_is_no_order_is_refused(store: FaceStore, tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    for message in ({}, {"look": 1}, {"check": 3}, {"check": {}, "stop": True}, {"check": {"people": None, "id": 3}}):
        with pytest.raises(BadInput) as refused:
            seat.ability.tell(message)
        assert refused.value.code == "bad-order"


@pytest.mark.parametrize("source", [None, "rtsp://camera/1", "/dev/video99", "clip.mp4"])
def test_no_recording_and_no_virtual_camera_says_who_somebody_is(
    store: FaceStore, tmp_path: Path, source: str | None
) -> None:
    seat = Seat(tmp_path, source=source, accept_recordings=False)
    (said,) = seat.tell({"check": {"people": None, "id": "x"}})
    assert (said["code"], said["id"]) == ("virtual-camera", "x")
    assert seat.run(8) == []


def test_a_wrong_key_is_said_and_nothing_begins(store: FaceStore, tmp_path: Path) -> None:
    its = FaceSettings(profiles=tmp_path, key="00" * 32, accept_recordings=True)
    ability = FaceAbility(its, None, lambda settings: DrawnEyes())
    (said,) = ability.tell({"check": {"people": None, "id": "x"}})
    assert said.message()["code"] == "wrong-face-key"
    with pytest.raises(ConfigError):
        FaceAbility(FaceSettings(), None, lambda settings: DrawnEyes())


def test_a_person_who_is_forgotten_is_gone_at_once(store: FaceStore, tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    seat.tell({"watch": {"person": "mayor", "id": "w"}})
    assert seat.run(5) == []
    store.save(profile("aide", OTHER))
    assert seat.run(3) == [], "another person's enrolment changes nothing"
    store.remove("mayor")
    (left,) = seat.run(1.5)
    assert (left["type"], left["id"]) == ("left", "w")
    seat = Seat(tmp_path)
    (said,) = seat.tell({"check": {"people": ["mayor"], "id": "c"}})
    assert said["code"] == "no-such-person"


def test_a_person_who_is_forgotten_while_he_is_checked_is_not_recognised(store: FaceStore, tmp_path: Path) -> None:
    seat = Seat(tmp_path)
    seat.tell({"check": {"people": None, "id": "c"}})
    seat.run(2)
    store.remove("mayor")
    assert seat.run(8)[-1] == {
        "t": pytest.approx(5, abs=1.5),
        "type": "rejected",
        "id": "c",
        "reason": "not-recognised",
    }
