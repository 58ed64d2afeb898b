"""What happens in front of a drawn bookcase, frame by frame, with what a good sensor would say of it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from perception.frames import Frame, Picture
from perception.shelf.layout import Board, Box, Layout, Slot, checked, slot_id
from tests.perception.shelf.render import (
    BOARDS,
    HEIGHT,
    LEFT,
    RIGHT,
    WIDTH,
    Light,
    Occluder,
    Scene,
    any_light,
    projection,
    row_of,
    take,
)


def true_layout(scene: Scene) -> Layout:
    """The slots where the books were drawn, each with its book."""
    matrix = projection()

    def seen(x: float, y: float) -> tuple[int, int]:
        point = matrix @ np.array([x, y, 1.0])
        return round(point[0] / point[2]), round(point[1] / point[2])

    slots, boards = [], []
    for row in (0, 1):
        for number, name in enumerate(row_of(scene, row), 1):
            book, place = scene.books[name], scene.places[name]
            (left, foot), (right, _) = seen(place.x, BOARDS[row]), seen(place.x + book.width, BOARDS[row])
            _, top = seen(place.x, BOARDS[row] - book.height)
            slots.append(Slot(slot_id(row, number), row, Box(left, top, right - left, foot - top), name))
        boards.append(Board(row, *seen(LEFT, BOARDS[row]), *seen(RIGHT, BOARDS[row])))
    return checked(Layout(WIDTH, HEIGHT, tuple(boards), tuple(slots)))


@dataclass
class Film:
    """Frames of a scene; `t` is the time of the next one. The light drifts a little from frame to frame."""

    scene: Scene
    rng: np.random.Generator
    fps: float = 4.0
    t: float = 0.0
    light: Light = Light()

    def frame(self, *occluders: Occluder) -> Frame:
        frame = Frame(self.t, self.scene.shot(self.rng, self.light, occluders))
        self.t += 1 / self.fps
        return frame

    def rest(self, seconds: float, *occluders: Occluder) -> Iterator[Frame]:
        """Nothing moves."""
        for _ in range(round(seconds * self.fps)):
            yield self.frame(*occluders)

    def reach(self, names: list[str], act: object, kind: str = "arm") -> Iterator[Frame]:
        """An arm comes in, `act` happens behind it, and it goes away."""
        book = self.scene.books[names[0]]
        x, y = book.x + book.width / 2, BOARDS[book.row] - book.height * 0.6
        steps = max(2, round(self.fps * 0.8))
        for step in range(steps):
            away = 1 - (step + 1) / steps
            yield self.frame(self._arm(kind, x, y, away))
        act()  # type: ignore[operator]
        for step in range(steps):
            yield self.frame(self._arm(kind, x, y, (step + 1) / steps))

    def _arm(self, kind: str, x: float, y: float, away: float) -> Occluder:
        if kind == "side-arm":
            far = (WIDTH + 80 - x) if x > WIDTH / 2 else -(x + 80)
            return Occluder(kind, x + far * away, y)
        return Occluder("arm", x + 40 * away, y + (HEIGHT + 60 - y) * away)

    def passing(self, stops_s: float = 0.0, size: float = 1.0) -> Iterator[Frame]:
        """Somebody walks by, and may stand still in the middle."""
        steps = round(self.fps * 4)
        stop = float(self.rng.uniform(250, 1000))
        colour = tuple(int(c) for c in self.rng.integers(30, 200, 3))
        for step in range(steps):
            x = -200 + (WIDTH + 400) * step / steps
            yield self.frame(Occluder("person", x, size=size, colour=colour))  # type: ignore[arg-type]
            if stops_s and x <= stop < x + (WIDTH + 400) / steps:
                for number in range(round(stops_s * self.fps)):
                    sway = 2 * math.sin(number / 3)
                    yield self.frame(Occluder("person", stop + sway, size=size, colour=colour))  # type: ignore[arg-type]

    def drift(self, seconds: float) -> Iterator[Frame]:
        """The sun wanders: light, colour and direction change slowly."""
        begin = self.light
        phase = float(self.rng.uniform(0, 6))
        for number in range(round(seconds * self.fps)):
            turn = math.sin(phase + number / self.fps / 60) - math.sin(phase)
            warm = 1 + 0.08 * turn
            self.light = replace(
                begin,
                gain=float(np.clip(begin.gain * (1 + 0.25 * turn), 0.5, 1.4)),
                gradient=float(np.clip(begin.gradient + 0.1 * turn, -0.2, 0.2)),
                cast=(begin.cast[0] / warm, begin.cast[1], begin.cast[2] * warm),
            )
            yield self.frame()

    def lamp(self) -> None:
        """The light is another one from now on."""
        self.light = any_light(self.rng)


def taking(film: Film, names: list[str], how: str, kind: str = "arm") -> Iterator[Frame]:
    """Books are taken, one reach for all of them, then nothing moves for a while."""

    def act() -> None:
        for name in names:
            take(film.scene, name, how, film.rng)

    yield from film.reach(names, act, kind)
    yield from film.rest(2.5)


def returning(film: Film, names: list[str], before: dict[str, object]) -> Iterator[Frame]:
    """Everything is put back as it was."""

    def act() -> None:
        film.scene.places.clear()
        film.scene.places.update(before)  # type: ignore[arg-type]

    yield from film.reach(names, act)
    yield from film.rest(2.5)


def reference(scene: Scene, seed: int = 0) -> Picture:
    """The picture that a shelf is enrolled with."""
    return scene.shot(np.random.default_rng(seed + 900), Light())
