"""The other way to watch a shelf: ArUco tags on the spines, or behind the books. It knows a book wherever it stands."""

from __future__ import annotations

from collections import deque

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.fitting import fitted
from perception.shelf.guard import BoardGuard, MotionGate
from perception.shelf.layout import Layout, Slot
from perception.shelf.light import cells, light_between
from perception.shelf.machine import Look, Sight, Where
from perception.shelf.placing import in_order
from perception.shelf.settings import ShelfSettings

_READ, _LEAST, _OF = 2, 4, 5
"""A tag is there when it was read in two of the last five looks, of which there must be four: small ones are overlooked
now and then."""
_SHOWN = 0.5


def _detector() -> cv2.aruco.ArucoDetector:
    settings = cv2.aruco.DetectorParameters()
    settings.minMarkerPerimeterRate = 0.01
    return cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50), settings)


def tags_in(picture: NDArray[np.uint8]) -> dict[int, tuple[float, float]]:
    """The tags of a picture with the places of their middles."""
    corners, numbers, _ = _detector().detectMarkers(picture)
    if numbers is None:
        return {}
    middles = [tuple(float(n) for n in one.reshape(4, 2).mean(axis=0)) for one in corners]
    return {int(number): (x, y) for number, (x, y) in zip(numbers.ravel(), middles, strict=True)}


class TagMatcher:
    """As `SlotMatcher`, for the slots that have a tag."""

    def __init__(self, reference: NDArray[np.uint8], layout: Layout, settings: ShelfSettings | None = None) -> None:
        self.layout = layout
        self._settings = settings or ShelfSettings()
        self._slots = {slot.tag: slot for slot in layout.slots if slot.tag is not None}
        self._gate = MotionGate(self._settings.guard)
        self._guard = BoardGuard(reference, layout, self._settings.guard)
        self._cells = cells(reference)
        self._recent: deque[dict[int, tuple[float, float]]] = deque(maxlen=_OF)

    def look(self, at: float, picture: NDArray[np.uint8]) -> Look:
        """One look at a frame. Raises BadInput as `fitted`."""
        size, picture = (self.layout.width, self.layout.height), fitted(picture, self.layout)
        open_ = self._gate.look(picture)
        if float(np.mean(cv2.mean(picture)[:3])) < self._settings.guard.dark:
            self._recent.clear()
            return Look(at, free=False, seen=0.0, dark=True)
        light, explained = light_between(self._cells, cells(picture), *size)
        hidden = self._guard.covered(picture, light, at) >= self._settings.guard.tiles
        tags = tags_in(picture)
        on_spines = [tag for tag, slot in self._slots.items() if not slot.tag_behind]
        seen = sum(tag in tags for tag in on_spines) / max(1, len(on_spines))
        if not open_ or hidden:
            self._recent.clear()
            return Look(at, free=False, seen=seen, covered=open_ and explained < _SHOWN and not tags)
        self._recent.append(tags)
        if len(self._recent) < _LEAST:
            return Look(at, free=False, seen=seen)
        sights = self._sights()
        out = sum(sight.where is Where.OUT for sight in sights.values())
        if out > self._settings.match.many:
            return Look(at, free=False, seen=seen)
        return Look(at, free=True, seen=seen, books=sights)

    def settle(self) -> None:
        """Tags are looked for afresh every time."""

    def retake(self) -> bool:
        """Nor do they need a reference."""
        return False

    def _sights(self) -> dict[str, Sight]:
        where: dict[int, tuple[float, float]] = {}
        for tag in self._slots:
            places = [look[tag] for look in self._recent if tag in look]
            if len(places) >= _READ:
                where[tag] = places[-1]
        sights: dict[str, Sight] = {}
        rows = {tag: self._row_of(y) for tag, (_, y) in where.items()}
        for board in self.layout.boards:
            own = [slot for slot in self.layout.row(board.row) if slot.tag is not None]
            here = [
                where[slot.tag][0] if slot.tag in where and rows[slot.tag] == board.row else None
                for slot in own
                if slot.tag is not None
            ]
            kept = in_order(here)
            for slot, stays in zip(own, kept, strict=True):
                sights[slot.id] = self._sight(slot, where, rows, stays)
        return sights

    def _sight(self, slot: Slot, where: dict[int, tuple[float, float]], rows: dict[int, int], stays: bool) -> Sight:
        place = where.get(slot.tag) if slot.tag is not None else None
        if slot.tag_behind:  # what is behind a book is seen when the book is out
            return Sight(Where.ROW if place is None else Where.OUT)
        if place is None or slot.tag is None:
            return Sight(Where.OUT)
        if stays:
            return Sight(Where.ROW)
        row = self.layout.row(rows[slot.tag])
        return Sight(Where.ELSEWHERE, min(row, key=lambda one: abs(one.box.middle - place[0])).id)

    def _row_of(self, y: float) -> int:
        middles = {
            board.row: float(np.mean([s.box.y + s.box.height / 2 for s in self.layout.row(board.row)]))
            for board in self.layout.boards
            if self.layout.row(board.row)
        }
        return min(middles, key=lambda row: abs(middles[row] - y))
