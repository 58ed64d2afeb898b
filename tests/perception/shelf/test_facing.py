"""A camera that does not see its shelf says so, claims nothing meanwhile, and goes on afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest

from assistant.contracts import BadInput
from perception.frames import Frame, Picture
from perception.shelf.ability import ShelfAbility
from perception.shelf.appearance import half_of
from perception.shelf.enrolling import enrol
from perception.shelf.events import BookTaken, ShelfEvent, ViewBack, ViewLost
from perception.shelf.facing import Facing
from perception.shelf.machine import Look
from perception.shelf.replaying import replay, watch
from perception.shelf.settings import FacingSettings, ShelfSettings
from perception.shelf.store import EnrolledShelf, only_the_shelf
from perception.shelf.straying import Straying
from perception.sources import Arrays
from perception.watching import Watching
from tests.perception.shelf.episodes import Film, reference, taking, true_layout
from tests.perception.shelf.render import Occluder, Scene, bookcase
from tests.perception.test_watching import Driver, until


@pytest.fixture(scope="module")
def scene() -> Scene:
    return bookcase(77, "reporting", per_row=10)


@pytest.fixture
def shelf(scene: Scene) -> EnrolledShelf:
    layout = true_layout(scene)
    return EnrolledShelf("drawn", layout, only_the_shelf(reference(scene, 77), layout))


def turned(picture: Picture, x: float, y: float, degrees: float = 0.0, scale: float = 1.0) -> Picture:
    high, wide = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), degrees, scale)
    matrix[:, 2] += x, y
    return cv2.warpAffine(picture, matrix, (wide, high), borderValue=(70, 80, 90)).astype(np.uint8)


def a_room(picture: Picture) -> Picture:
    """A view with nothing of the shelf in it."""
    rng = np.random.default_rng(5)
    other = np.full(picture.shape, 150, np.uint8)
    for _ in range(60):
        x, y = (int(n) for n in rng.integers(0, (1200, 640)))
        colour = tuple(int(n) for n in rng.integers(30, 230, 3))
        cv2.rectangle(other, (x, y), (x + int(rng.integers(20, 160)), y + int(rng.integers(20, 160))), colour, -1)
    noisy = other.astype(np.int16) + (picture.astype(np.int16)[::-1] % 3)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def seen(
    sensor: ShelfAbility, frames: Iterable[Frame], change: Callable[[Picture], Picture] | None = None
) -> list[ShelfEvent]:
    return [e for f in frames for e in sensor.see(f if change is None else Frame(f.at, change(f.picture)))]


@pytest.mark.parametrize("how", [(220, 0, 0, 1), (-150, 60, 3, 1), (30, 10, 12, 1), (0, 40, 0, 1.3)])
def test_a_camera_that_was_knocked_away(scene: Scene, shelf: EnrolledShelf, how: tuple[float, ...]) -> None:
    sensor, film, before = watch(shelf), Film(scene, np.random.default_rng(1)), dict(scene.places)
    assert seen(sensor, film.rest(3)) == []
    said = seen(sensor, film.rest(12), lambda picture: turned(picture, *how))
    assert [(type(e), getattr(e, "reason", "")) for e in said] == [(ViewLost, "moved")]
    assert sensor.trouble == "view-moved"
    assert sensor.idle(), "few frames are enough until it is back"
    assert [type(e) for e in seen(sensor, film.rest(3))] == [ViewBack]  # and no door that opened
    assert sensor.trouble == ""
    try:
        taken = seen(sensor, taking(film, ["book-04"], "stay"))
        assert [(type(e), getattr(e, "book", "")) for e in taken] == [(BookTaken, "book-04")]
    finally:
        scene.places.clear()
        scene.places.update(before)


def test_a_book_that_is_carried_past_is_no_camera_that_moved(scene: Scene, shelf: EnrolledShelf) -> None:
    """Somebody stands before the shelf and holds a book up."""
    picture = reference(scene, 77)
    straying = Straying(half_of(picture), shelf.layout)
    box = shelf.layout.slots[3].box
    held = np.full_like(picture, 90)
    held[100 : 100 + box.height, 700 : 700 + box.width] = picture[box.y : box.bottom, box.x : box.right]
    assert not straying.far_off(half_of(held))
    assert straying.far_off(half_of(turned(picture, 220, 0)))
    few = replace(shelf.layout, slots=shelf.layout.slots[:4])  # a shelf of which a corner alone is filled
    assert Straying(half_of(picture), few).far_off(half_of(turned(picture, 220, 0)))
    assert not Straying(half_of(picture), few).far_off(half_of(held))


def test_another_view_for_long(scene: Scene, shelf: EnrolledShelf) -> None:
    soon = ShelfSettings(facing=FacingSettings(door_s=20.0))
    sensor, film = watch(shelf, soon), Film(scene, np.random.default_rng(2), fps=4.0)
    seen(sensor, film.rest(3))
    said = seen(sensor, film.rest(30), a_room)
    assert [type(e) for e in said if isinstance(e, ViewLost | BookTaken)] == [ViewLost]
    assert sensor.trouble == "view-hidden"
    assert ViewBack in [type(e) for e in seen(sensor, film.rest(3))]


def test_somebody_who_stands_there_is_no_other_view(scene: Scene, shelf: EnrolledShelf) -> None:
    sensor, film = watch(shelf), Film(scene, np.random.default_rng(3), fps=4.0)
    seen(sensor, film.rest(2))
    assert seen(sensor, film.rest(35, Occluder("person", 500.0))) == []
    assert seen(sensor, film.rest(3)) == []


def test_a_recording_in_which_the_shelf_is_never_seen(scene: Scene, shelf: EnrolledShelf) -> None:
    film = Film(scene, np.random.default_rng(4), fps=5.0)
    pictures = [frame.picture for frame in film.rest(6)]
    said = list(replay(Arrays(map(a_room, pictures), 5.0), shelf))
    assert [e.message()["type"] for e in said] == ["view_lost"]
    dark = list(replay(Arrays(((p * 0.02).astype(np.uint8) for p in pictures), 5.0), shelf))
    assert [(e.message()["type"], e.message().get("reason")) for e in dark] == [("view_lost", "dark")]
    assert list(replay(Arrays(pictures, 5.0), shelf)) == []


@pytest.mark.parametrize("known", [True, False])
def test_a_closed_door_is_no_lost_view_where_it_is_known(known: bool) -> None:
    facing, said = Facing(), []
    for n in range(1300):
        said += facing.step(Look(n / 2, free=False, seen=0.0), door_known=known, door_closed=True)
    assert [type(e) for e in said] == ([] if known else [ViewLost])


@pytest.mark.parametrize("by", ["colour", "tags"])
def test_pictures_of_another_shape_or_too_small_are_refused(scene: Scene, shelf: EnrolledShelf, by: str) -> None:
    picture = reference(scene, 77)
    for size, code in (((1600, 1200), "another-shape"), ((720, 1280), "another-shape"), ((64, 36), "too-small")):
        sensor = watch(replace(shelf, by=by))
        with pytest.raises(BadInput) as error:
            sensor.see(Frame(0.0, cv2.resize(picture, size).astype(np.uint8)))
        assert error.value.code == code


def test_a_live_camera_says_once_that_its_pictures_are_refused(shelf: EnrolledShelf) -> None:
    driver, events = Driver(), list[dict[str, Any]]()  # whose pictures are square
    driver.free_running = True
    watching = Watching(driver, {"shelf": lambda: watch(shelf)}, lambda name, event: events.append(event))
    watching.use("shelf", on=True)
    until(lambda: watching.detail()["frames"] >= 12)
    assert watching.detail()["abilities"] == {"shelf": "another-shape"}
    watching.close()
    assert [event["code"] for event in events] == ["another-shape"]


def test_enrolment_warns_of_a_shape_that_is_no_videos(scene: Scene, shelf: EnrolledShelf) -> None:
    few = replace(shelf.layout, slots=shelf.layout.slots[:4], boards=shelf.layout.boards[:1])  # each costs its trial
    picture = reference(scene, 77)
    taller = cv2.copyMakeBorder(picture, 0, 240, 0, 0, cv2.BORDER_REPLICATE).astype(np.uint8)
    told = {}
    for shown in (picture, taller):
        layout = replace(few, height=shown.shape[0])
        rows = enrol("x", shown, {}, layout=layout, read=None).rows
        told[shown.shape[0]] = [row["code"] for row in rows if row["type"] == "warning"]
    assert told == {picture.shape[0]: [], taller.shape[0]: ["unusual-shape"]}
