"""What seeing costs: processor time of a frame and the share of one core, at 15 and 30 frames a second, of each thing
that a camera is used for and of all of them at once.

Every frame is looked at here, where a worker looks at 15 a second at most and at 4 while nothing goes on: 30 is what a
camera of that rate would cost without that pace. The people are drawn (tests/perception), 1280x720.
"""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import cv2
import numpy as np

from perception.face.challenge import random_plan
from perception.face.detector import RealEyes
from perception.face.face import Vector
from perception.face.seeing import FaceSeeing
from perception.frames import Frame, Picture
from perception.hands.ability import HandsAbility
from perception.shelf.ability import ShelfAbility
from tests.bench.measurement import Measurement
from tests.perception.face.actors import Live
from tests.perception.face.measure import enrolled
from tests.perception.hands.portrait import TALL, WIDE, clip, standing
from tests.perception.shelf.episodes import Film
from tests.perception.shelf.measure import scenes, watched

RATES = (15, 30)
SECONDS, WARM = 6, 5


class Looks(Protocol):
    """Whatever looks at frames."""

    def see(self, frame: Frame) -> Sequence[Any]: ...


def measure() -> dict[str, Measurement]:
    eyes = RealEyes()
    known = enrolled(eyes)
    found: dict[str, Measurement] = {}
    try:
        for fps in RATES:
            found |= _hands(fps)
            found |= _checked(fps, eyes, known)
            found |= _watched(fps, eyes, known)
            found |= _shelf(fps)
            found |= _all(fps, eyes, known)
    finally:
        eyes.close()
    return found


def _hands(fps: int) -> dict[str, Measurement]:
    hands = HandsAbility()
    try:
        return _of("hands, one raised", fps, _costs([hands], _person(fps), fps), "pose and two hands, lite: 24-25")
    finally:
        hands.close()


def _checked(fps: int, eyes: RealEyes, known: Sequence[Vector]) -> dict[str, Measurement]:
    """Somebody who does as he is asked, from the first frame until he is verified or refused."""
    seeing, actor = FaceSeeing(eyes), Live()
    chance = random.Random(fps)
    seeing.begin("", {"grace": known}, lambda: random_plan(chance))
    costs = []
    for number in itertools.takewhile(lambda _: seeing.busy, itertools.count()):
        frame = Frame(number / fps, _wide(np.ascontiguousarray(actor.picture(number / fps))))
        spent, events = _spent(seeing.see, frame)
        costs.append(spent)
        for event in events:
            actor.hear(frame.at, event)
    return _of("face, a check", fps, costs[WARM:], "finding 8-13, telling who 78 every third to fifth frame: about 30")


def _watched(fps: int, eyes: RealEyes, known: Sequence[Vector]) -> dict[str, Measurement]:
    costs = _costs([_watch(eyes, known)], _person(fps), fps)
    return _of("face, watched over", fps, costs, "none beside a check's")


def _shelf(fps: int) -> dict[str, Measurement]:
    """A bookcase at rest, an arm, a book that is gone."""
    ability, film = _bookcase(fps)
    name = next(iter(film.scene.places))
    pictures = (
        frame.picture
        for part in (film.rest(SECONDS / 2), film.reach([name], lambda: film.scene.places.pop(name)), film.rest(2))
        for frame in part
    )
    return _of("bookshelf", fps, _costs([ability], pictures, fps), "12 a look, 29 more at a change; 9.7 a step at rest")


def _all(fps: int, eyes: RealEyes, known: Sequence[Vector]) -> dict[str, Measurement]:
    """One camera for everything: a person with a raised hand who is watched over, and a bookcase that he hides."""
    hands, (shelf, _) = HandsAbility(), _bookcase(fps)
    try:
        costs = _costs([hands, _watch(eyes, known), shelf], _person(fps), fps)
    finally:
        hands.close()
    return _of("hands, face and bookshelf at once", fps, costs, "none")


# ---------------------------------------------------------------------------------------------------- one by one


def _costs(looks: Sequence[Looks], pictures: Iterator[Picture], fps: int) -> list[float]:
    """Milliseconds of processor of each frame, all threads, without the first, which load what looks."""
    costs = [
        sum(_spent(one.see, Frame(number / fps, picture))[0] for one in looks)
        for number, picture in enumerate(pictures)
    ]
    return costs[WARM:]


def _spent(see: Callable[[Frame], Sequence[Any]], frame: Frame) -> tuple[float, Sequence[Any]]:
    began = time.process_time()
    events = see(frame)
    return 1000 * (time.process_time() - began), events


def _of(what: str, fps: int, costs: list[float], facts: str) -> dict[str, Measurement]:
    mean = sum(costs) / len(costs)
    note = f"mean {mean:.1f} ms a frame: {mean * fps / 10:.0f} % of a core; the feasibility study's, ms: {facts}"
    return {f"{what}, {fps} fps": Measurement.of(costs, "ms", note)}


def _person(fps: int) -> Iterator[Picture]:
    return clip(standing(raised=True), SECONDS * fps)


def _watch(eyes: RealEyes, known: Sequence[Vector]) -> FaceSeeing:
    seeing = FaceSeeing(eyes)
    seeing.watch("", known, 600.0, onlookers=True)
    return seeing


def _bookcase(fps: int) -> tuple[ShelfAbility, Film]:
    ((seed, scene),) = scenes("plain", 1, None)
    return watched(scene, seed), Film(scene, np.random.default_rng(seed), fps=fps)


def _wide(picture: Picture) -> Picture:
    """640x480 as 1280x720, cut above and below."""
    return np.ascontiguousarray(cv2.resize(picture, (WIDE, WIDE * 3 // 4))[120 : 120 + TALL])
