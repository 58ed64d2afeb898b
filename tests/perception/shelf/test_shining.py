"""Light on a part of the shelf takes no book away, nor does somebody whose coat has the colour of the wood."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from perception.frames import Frame
from perception.shelf.ability import ShelfAbility
from perception.shelf.events import BookTaken, ShelfEvent
from perception.shelf.layout import Board
from perception.shelf.replaying import watch
from perception.shelf.store import EnrolledShelf, only_the_shelf
from tests.perception.shelf.episodes import Film, reference, taking, true_layout
from tests.perception.shelf.render import Light, Occluder, Scene, Shine, bookcase

SEED = 311


@pytest.fixture
def scene() -> Scene:
    return bookcase(SEED, "reporting", per_row=6)


@pytest.fixture
def film(scene: Scene) -> Film:
    return Film(scene, np.random.default_rng(SEED))


def sensor_of(scene: Scene) -> ShelfAbility:
    layout = true_layout(scene)
    layout = replace(layout, boards=(*layout.boards, Board(2, 40, 715, 1240, 715)))  # a board with no book on it
    return watch(EnrolledShelf("drawn", layout, only_the_shelf(reference(scene, SEED), layout)))


def play(sensor: ShelfAbility, frames: Iterable[Frame]) -> list[ShelfEvent]:
    return [event for frame in frames for event in sensor.see(frame)]


def taken(events: list[ShelfEvent]) -> list[str]:
    assert all(isinstance(event, BookTaken) for event in events), events
    return [event.book for event in events if isinstance(event, BookTaken)]


@pytest.mark.parametrize(
    "shine",
    [
        Shine("lamp", 150, 180, 60, 70, 2.0),
        Shine("veil", 150, 180, 60, 70, 0.8),
        Shine("sun", 150, 200, 60, 120, 2.4),
        Shine("sun", 150, 200, 60, 120, 0.45),  # a shadow
    ],
    ids=["lamp", "veil", "sun", "shadow"],
)
def test_light_on_some_books_is_no_event_and_others_are_still_missed(scene: Scene, film: Film, shine: Shine) -> None:
    sensor = sensor_of(scene)
    assert play(sensor, film.rest(1)) == []
    film.light = Light(shine=shine)
    assert play(sensor, film.rest(2)) == []
    assert sensor.last is not None
    assert sensor.last.free, "and the sensor looks on"
    assert taken(play(sensor, taking(film, ["book-09"], "stay"))) == ["book-09"]
    film.light = Light()
    assert play(sensor, film.rest(1.5)) == []


def test_a_gap_before_a_white_wall_is_no_reflection(scene: Scene, film: Film) -> None:
    scene.wall = (252, 252, 252)
    sensor = sensor_of(scene)
    film.light = Light(1.3)
    play(sensor, film.rest(1))
    assert taken(play(sensor, taking(film, ["book-03"], "stay"))) == ["book-03"]


def test_a_book_that_is_pulled_out_half_way_is_not_taken(scene: Scene, film: Film) -> None:
    sensor = sensor_of(scene)
    play(sensor, film.rest(1))
    book = scene.books["book-04"]
    nearer = cv2.resize(book.spine, (book.width + 2, round(book.height * 1.04))).astype(np.uint8)

    def pulled() -> None:
        scene.books["book-04"] = replace(book, spine=nearer)
        scene._flat = None

    assert play(sensor, [*film.reach(["book-04"], pulled), *film.rest(2)]) == []


def test_somebody_of_the_wood_s_colour_who_covers_books_takes_none(scene: Scene, film: Film) -> None:
    sensor = sensor_of(scene)
    play(sensor, film.rest(1))
    book, place = scene.books["book-04"], scene.places["book-04"]
    coat = Occluder("person", place.x + book.width / 2, y=40, size=0.5, colour=scene.wood, skin=scene.wood)
    assert play(sensor, film.rest(3, coat)) == []
    assert play(sensor, film.rest(1)) == []
    assert taken(play(sensor, taking(film, ["book-04"], "stay"))) == ["book-04"]
