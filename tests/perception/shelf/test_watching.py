"""The whole sensor on drawn bookcases: what it sees, what it must not see, and what it leaves behind."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from assistant.contracts import BadInput
from perception.frames import Frame
from perception.shelf.ability import ShelfAbility
from perception.shelf.events import BookReturned, BookTaken, DoorOpened, ShelfEvent, UnknownChange
from perception.shelf.matching import SlotMatcher
from perception.shelf.replaying import replay, watch
from perception.shelf.store import EnrolledShelf, only_the_shelf
from perception.sources import Arrays
from tests.perception.shelf.episodes import Film, reference, returning, taking, true_layout
from tests.perception.shelf.render import BOARDS, Light, Occluder, Place, Scene, bookcase, row_of, spine


def shelf_of(scene: Scene, seed: int) -> EnrolledShelf:
    layout = true_layout(scene)
    return EnrolledShelf("drawn", layout, only_the_shelf(reference(scene, seed), layout))


@pytest.fixture
def scene() -> Scene:
    return bookcase(301, "reporting", per_row=12, white=2, thin=2)


@pytest.fixture
def film(scene: Scene) -> Film:
    return Film(scene, np.random.default_rng(301))


@pytest.fixture
def sensor(scene: Scene) -> ShelfAbility:
    return watch(shelf_of(scene, 301))


def play(sensor: ShelfAbility, frames: Iterable[Frame]) -> list[ShelfEvent]:
    return [event for frame in frames for event in sensor.see(frame)]


def told(events: list[ShelfEvent]) -> list[tuple[type, str]]:
    return [(type(event), getattr(event, "book", "")) for event in events]


def looked(sensor: ShelfAbility) -> dict[str, int]:
    assert isinstance(sensor.matcher, SlotMatcher)
    return sensor.matcher.counts


@pytest.mark.parametrize(("how", "book"), [("stay", "book-05"), ("slide", "book-15"), ("lean", "book-07")])
def test_a_book_is_taken_and_put_back(sensor: ShelfAbility, film: Film, how: str, book: str) -> None:
    before = dict(film.scene.places)
    assert play(sensor, film.rest(2)) == []
    film.light = Light(0.7, 0.15, (0.95, 1.0, 1.06))
    assert told(play(sensor, taking(film, [book], how))) == [(BookTaken, book)]
    assert told(play(sensor, returning(film, [book], before))) == [(BookReturned, book)]
    assert looked(sensor)["open"] > 8


def test_two_books_at_once(sensor: ShelfAbility, film: Film) -> None:
    play(sensor, film.rest(1))
    events = play(sensor, taking(film, ["book-03", "book-18"], "stay"))
    assert told(events) == [(BookTaken, "book-03"), (BookTaken, "book-18")]


def test_a_book_put_elsewhere_and_something_unknown(sensor: ShelfAbility, film: Film) -> None:
    scene = film.scene
    play(sensor, film.rest(1))
    play(sensor, taking(film, ["book-06"], "stay"))
    free = max(scene.places[name].x + scene.books[name].width for name in row_of(scene, 1)) + 60

    def elsewhere() -> None:
        scene.places["book-06"] = Place(1, free)

    there = play(sensor, [*film.reach(["book-12"], elsewhere), *film.rest(2.5)])
    assert told(there) == [(BookReturned, "book-06")]
    assert isinstance(there[0], BookReturned)
    assert there[0].elsewhere

    def strange() -> None:
        other = spine("남의 책", 36, 270, np.random.default_rng(8), "reporting", (40, 200, 230), decor=1)
        scene.extras.append((other, Place(0, scene.books["book-06"].x)))

    unknown = play(sensor, [*film.reach(["book-05"], strange), *film.rest(5)])
    assert [type(event) for event in unknown] == [UnknownChange]
    slot = next(s.id for s in true_layout(bookcase(301, "reporting", per_row=12, white=2, thin=2)).slots
                if s.book == "book-06")  # fmt: skip
    assert unknown[0].message()["slot"] == slot


def test_people_light_and_night_are_no_events(sensor: ShelfAbility, film: Film) -> None:
    said = play(sensor, film.rest(1))
    said += play(sensor, film.passing(6.0))
    film.lamp()
    said += play(sensor, film.rest(2))
    film.light = Light(0.03)
    said += play(sensor, film.rest(3))
    film.light = Light(1.3, -0.2, (1.08, 1.0, 0.94), gloss=0.6)
    said += play(sensor, film.rest(3))
    assert said == []
    assert looked(sensor)["hidden"] > 8
    assert looked(sensor)["open"] > 10


def test_a_camera_that_was_knocked_goes_on(sensor: ShelfAbility, film: Film) -> None:
    play(sensor, film.rest(1))
    film.scene.knock = (7.0, -6.0, 0.25)
    assert play(sensor, film.rest(3)) == []
    assert looked(sensor)["moved"] >= 1
    assert told(play(sensor, taking(film, ["book-04"], "stay"))) == [(BookTaken, "book-04")]


def test_a_recording_of_a_door_and_a_book(scene: Scene, film: Film) -> None:
    wood = (60, 80, 110)
    frames = list(film.rest(1.5, Occluder("door", 0, size=1.0, colour=wood)))
    frames += [film.frame(Occluder("door", 0, size=size, colour=wood)) for size in (0.7, 0.4, 0.1)]
    frames += film.rest(1)
    frames += taking(film, ["book-16"], "stay")
    source = Arrays([frame.picture for frame in frames], 4.0)
    shelf = shelf_of(bookcase(301, "reporting", per_row=12, white=2, thin=2), 301)
    events = list(replay(source, shelf))
    assert told(events) == [(DoorOpened, ""), (BookTaken, "book-16")]
    assert events[1].message()["book"] == "book-16"


def test_the_reference_is_taken_anew_and_books_are_still_missed(scene: Scene, film: Film) -> None:
    from perception.shelf.settings import ShelfSettings

    sensor = watch(shelf_of(scene, 301), ShelfSettings(retake_s=3.0))
    film.light = Light(0.6, 0.2, (1.1, 1.0, 0.9))
    assert play(sensor, film.rest(5)) == []
    assert looked(sensor)["retaken"] >= 1
    film.light = Light(1.2, -0.1, (0.95, 1.0, 1.05))
    assert play(sensor, film.rest(2)) == []
    assert told(play(sensor, taking(film, ["book-08"], "stay"))) == [(BookTaken, "book-08")]


def test_nothing_of_what_is_seen_is_written(
    sensor: ShelfAbility, film: Film, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = builtins.open

    def refused(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a picture is written")

    def reading_only(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        assert not set(mode) & set("wax+"), f"{file} is opened to be written"
        return real(file, mode, *args, **kwargs)

    monkeypatch.setattr(cv2, "imwrite", refused)
    monkeypatch.setattr(cv2, "VideoWriter", refused)
    monkeypatch.setattr(builtins, "open", reading_only)
    play(sensor, film.rest(1))
    events = play(sensor, taking(film, ["book-05"], "stay"))
    assert len(events) == 1
    assert all(isinstance(value, str | float | bool) for event in events for value in event.message().values())


def test_a_camera_of_another_shape_is_refused(sensor: ShelfAbility) -> None:
    with pytest.raises(BadInput) as error:
        sensor.see(Frame(0.0, np.zeros((480, 640, 3), np.uint8)))
    assert error.value.code == "another-shape"


def test_a_smaller_camera_of_the_same_shape_will_do(sensor: ShelfAbility, film: Film) -> None:
    frames = [Frame(f.at, cv2.resize(f.picture, (960, 540)).astype(np.uint8)) for f in film.rest(1.5)]
    assert play(sensor, frames) == []
    assert sensor.last is not None
    assert sensor.last.seen > 0.9


def test_boards_are_below_the_books(scene: Scene) -> None:
    layout = true_layout(scene)
    assert [board.row for board in layout.boards] == list(range(len(BOARDS)))
    assert all(abs(slot.box.bottom - layout.boards[slot.row].y_at(slot.box.middle)) < 6 for slot in layout.slots)


def test_above_books_that_reach_the_pictures_top_no_wall_is_seen(scene: Scene) -> None:
    layout = true_layout(scene)
    tall = tuple(replace(s, box=replace(s.box, y=0, height=s.box.bottom)) if s.row == 0 else s for s in layout.slots)
    matcher = SlotMatcher(reference(scene, 301), replace(layout, slots=tall))
    assert matcher._walls[0] is None, "what is left of the columns are the books themselves"
    assert matcher._walls[1] is not None


def test_somebody_before_the_free_end_of_a_board_is_nothing_unknown() -> None:
    scene = bookcase(301, "reporting", per_row=6)
    film, sensor = Film(scene, np.random.default_rng(301)), watch(shelf_of(scene, 301))
    play(sensor, film.rest(1))
    end = max(place.x + scene.books[name].width for name, place in scene.places.items())
    assert play(sensor, film.rest(5, Occluder("person", end + 320, colour=(60, 70, 160)))) == []
    assert looked(sensor)["hidden"] > 8
    assert play(sensor, film.rest(1)) == []
