"""The core's view of cameras: what workers are told, also after a restart, and whom their events go to."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from assistant.contracts import BadInput
from assistant.seeing import Seeing
from assistant.settings import Settings
from assistant.settings_seeing import SeeingSettings
from assistant.sight import camera_specs
from assistant.supervise import Supervisor
from tests.assistant.worker_fakes import FakeWorkers, idle

WALL = {"name": "wall", "source": "/dev/video0", "hands": True, "face": True}
SHELF = {"name": "shelf", "file": "clip.mp4", "shelf": "mayor", "display": "side"}


class Desk:
    def __init__(self, *up: str) -> None:
        self.workers = FakeWorkers(*up)
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.lost: list[str] = []
        settings = SeeingSettings.model_validate({"cameras": [WALL, SHELF]})
        self.seeing = Seeing(self.workers, settings, "main", asyncio.ensure_future, Supervisor(lambda *_: None))
        self.seeing.listen("hands", lambda camera, event: self.events.append((camera, event)), self.lost.append)

    async def told(self) -> list[dict[str, Any]]:
        await idle()
        told, self.workers.sent = self.workers.sent, []
        return told


def test_each_camera_stands_before_a_display() -> None:
    seeing = Desk().seeing
    assert (seeing.camera_of("main", "hands"), seeing.camera_of("main", "shelf")) == ("wall", None)
    assert (seeing.camera_of("side", "shelf"), seeing.display_of("shelf")) == ("shelf", "side")
    assert {name: its["camera"] for name, its in seeing.health().items()} == {"wall": "missing", "shelf": "missing"}


async def test_what_was_asked_for_is_said_again_to_a_new_worker() -> None:
    desk = Desk()
    desk.seeing.use("wall", "hands", on=True)
    desk.seeing.use("wall", "face", on=True)
    desk.seeing.use("wall", "face", on=False)
    desk.seeing.tell("wall", "hands", {"targets": [1]}, keep="targets")
    desk.seeing.tell("wall", "hands", {"targets": [2]}, keep="targets")
    desk.seeing.tell("wall", "hands", {"on": True})
    desk.seeing.sketch("wall", on=True)
    assert await desk.told() == []
    desk.workers.up.add("camera-wall")
    desk.workers.says("camera-wall", {"type": "ready", "detail": {"camera": "off"}})
    assert await desk.told() == [
        {"type": "use", "ability": "hands", "on": True},
        {"type": "tell", "ability": "hands", "message": {"targets": [2]}},
        {"type": "sketch", "on": True},
    ]


async def test_events_go_to_who_listens_while_the_ability_is_used() -> None:
    desk = Desk("camera-wall")
    seen = {"type": "seen", "camera": "wall", "ability": "hands", "event": {"t": 1.0, "type": "engaged"}}
    desk.workers.says("camera-wall", seen)
    assert desk.events == []
    desk.seeing.use("wall", "hands", on=True)
    for broken in ({"event": 3}, {"event": {"t": 1}}, {"ability": None}):
        desk.workers.says("camera-wall", {**seen, **broken})
    desk.workers.says("camera-wall", seen)
    assert desk.events == [("wall", {"t": 1.0, "type": "engaged"})]


async def test_a_camera_that_goes_is_told_of_whether_its_worker_lives_or_not() -> None:
    desk = Desk("camera-wall")
    for state in ("starting", "ok", "missing", "missing"):
        desk.workers.says("camera-wall", {"type": "health", "detail": {"camera": state}})
    assert desk.lost == ["wall"]
    desk.workers.dies("camera-wall")
    assert desk.lost == ["wall", "wall"]
    assert desk.seeing.health()["wall"]["camera"] == "missing"


@pytest.mark.parametrize(("camera", "ability"), [("none", "hands"), ("wall", "shelf"), ("shelf", "hands")])
def test_a_camera_is_used_for_what_it_is_there_for(camera: str, ability: str) -> None:
    with pytest.raises(BadInput):
        Desk().seeing.use(camera, ability, on=True)


@pytest.mark.parametrize(
    "broken",
    [{"source": ""}, {"source": "0"}, {"file": "a.mp4"}, {"hands": False, "face": False}, {"name": "벽"}, {"fps": 0}],
)
def test_a_camera_that_makes_no_sense_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="cameras"):
        SeeingSettings.model_validate({"cameras": [{**WALL, **broken}]})


def test_each_camera_has_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing = {"cameras": [WALL, SHELF], "hands": {"select": {"dwell": False}}}
    specs = camera_specs(Settings.model_validate({"seeing": seeing}), "ws://core", {"KEY": "1"})
    assert [spec.name for spec in specs] == ["camera-wall", "camera-shelf"]
    wall, shelf = (" ".join(spec.argv) for spec in specs)
    assert "--core ws://core/camera-wall --camera wall --source /dev/video0" in wall
    assert '{"hands": {"select": {"dwell": false}}, "face": {"profiles": ' in wall
    assert "--file clip.mp4" in shelf
    assert "--source" not in shelf


async def test_points_are_sent_as_long_as_anybody_wants_them() -> None:
    desk = Desk("camera-wall")
    for on, by in ((True, "face"), (True, "page"), (False, "face"), (False, "page"), (False, "page")):
        desk.seeing.sketch("wall", on=on, by=by)
    assert [m["on"] for m in await desk.told()] == [True, True, False]
