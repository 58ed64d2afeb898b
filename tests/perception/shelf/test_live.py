"""The sensor in a running room: a door of glass, what is out at first, the contact at the door, its figures."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.contracts import BadInput, ConfigError
from perception.abilities import makers
from perception.frames import Frame, Picture
from perception.shelf.enrolling import enrol
from perception.shelf.events import BookReturned, DoorClosed, DoorOpened, ShelfSeen
from perception.shelf.replaying import watch
from perception.shelf.settings import shelf_settings
from perception.shelf.store import EnrolledShelf, load, save
from tests.perception.shelf.episodes import Film, reference, returning, true_layout
from tests.perception.shelf.render import Scene, bookcase


@pytest.fixture(scope="module")
def scene() -> Scene:
    return bookcase(55, "reporting", per_row=5)


def behind_glass(picture: Picture) -> Picture:
    """The books are seen, dimly, through a door with a frame and a bright window's reflection."""
    glass = (0.45 * picture + 0.1 * 255).astype(np.uint8)
    for x in range(40, 1280, 150):
        cv2.rectangle(glass, (x, 60), (x + 26, 700), (190, 200, 205), -1)
    cv2.ellipse(glass, (620, 330), (260, 180), 20, 0, 360, (235, 238, 240), -1)
    return glass


def test_a_glass_door_is_known_by_its_picture(scene: Scene, tmp_path: Path) -> None:
    picture, layout = reference(scene), true_layout(scene)
    with pytest.raises(BadInput, match="looks as the open one"):
        enrol("mayor", picture, {}, layout=layout, read=None, closed=picture)
    found = enrol("mayor", picture, {}, layout=layout, read=None, closed=behind_glass(picture))
    save(tmp_path, found.shelf)
    shelf = load(tmp_path, "mayor")
    assert shelf.closed is not None
    assert shelf.closed.shape == (180, 320)
    film, sensor = Film(scene, np.random.default_rng(1)), watch(shelf)
    frames = [*film.rest(3), *(Frame(f.at, behind_glass(f.picture)) for f in film.rest(3)), *film.rest(3)]
    events = [event for frame in frames for event in sensor.see(frame)]
    assert [type(event) for event in events] == [DoorClosed, DoorOpened]


def test_a_room_is_told_what_is_out_and_then_what_comes_back(scene: Scene, tmp_path: Path) -> None:
    save(tmp_path, EnrolledShelf("mayor", true_layout(scene), reference(scene)))
    sensor = makers({"shelf": {"name": "mayor", "folder": str(tmp_path)}}, "/dev/video0")["shelf"]()
    film, before = Film(scene, np.random.default_rng(2)), dict(scene.places)
    book = sorted(scene.places)[4]
    try:
        del scene.places[book]
        events = [event for frame in film.rest(3) for event in sensor.see(frame)]
        assert [event.message()["type"] for event in events] == ["shelf_seen"]
        assert events[0] == ShelfSeen(events[0].t, (book,))  # type: ignore[attr-defined]
        events = [event for frame in returning(film, [book], before) for event in sensor.see(frame)]
        assert [(type(e), getattr(e, "book", "")) for e in events] == [(BookReturned, book)]
    finally:
        scene.places.update(before)
    assert [type(e) for e in sensor.tell({"door": "closed"})] == [DoorClosed]  # type: ignore[attr-defined]
    assert [type(e) for e in sensor.tell({"door": "open"})] == [DoorOpened]  # type: ignore[attr-defined]
    with pytest.raises(BadInput):
        sensor.tell({"door": 1})  # type: ignore[attr-defined]


def test_figures_come_from_the_settings() -> None:
    given = {"name": "mayor", "folder": "/x", "step_s": 0.5, "match": {"many": 4}, "machine": {"looks": 5}}
    name, folder, settings = shelf_settings(given)
    assert (name, folder, settings.step_s, settings.match.many, settings.machine.looks) == (
        "mayor",
        Path("/x"),
        0.5,
        4,
        5,
    )
    for bad in ({"step_s": 0}, {"match": {"leans": 3}}, {"match": 3}, {"none": 1}, {"name": 3}, {"step_s": True}):
        with pytest.raises(ConfigError):
            shelf_settings({"name": "mayor", "folder": "/x", **bad})
