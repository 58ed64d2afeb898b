"""The colour slot matcher: a picture of the shelf in, a look at it out.

First each place is compared with what it looked like when the shelf was last settled; only what has changed is looked at
closely, in its whole row: neighbours slide and lean when a book goes. A place whose third is still as it was is covered,
not empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.contracts import BadInput
from perception.shelf.guard import BoardGuard, MotionGate
from perception.shelf.layout import Layout
from perception.shelf.light import Light, cells, light_between
from perception.shelf.likeness import expected, score_map
from perception.shelf.machine import Look, Sight, Where
from perception.shelf.placing import Found
from perception.shelf.registering import Registration
from perception.shelf.rows import HALF, RowSearch, templates_of
from perception.shelf.settings import ShelfSettings

_SLACK = 2
"""Pixels (of half size) by which a place may have shifted unnoticed."""
_STILL = np.array([[1.0, 0, 0], [0, 1.0, 0]])
_LEAST_SHIFT = 0.6
_FREE_PX = 40
_SHIFT_AT = 0.25
"""Share of places that look different before the camera is suspected to have been moved."""


@dataclass(slots=True)
class _Watch:
    """What a place looked like when the shelf was last settled, in the reference's light and half size."""

    left: int
    top: int
    piece: NDArray[np.float32]
    mean: NDArray[np.float32]


@dataclass(slots=True)
class Explained:
    """What the close look found. sights: of the machine; places: where each book stands, None: nowhere."""

    sights: dict[str, Sight]
    places: dict[str, Found | None]
    changed: frozenset[str]


class SlotMatcher:
    """Keeps the reference and what it last settled on; `look` takes pictures in the order of their times."""

    def __init__(self, reference: NDArray[np.uint8], layout: Layout, settings: ShelfSettings | None = None) -> None:
        self.layout = layout
        self._settings = settings or ShelfSettings()
        if reference.shape != (layout.height, layout.width, 3):
            raise BadInput("bad-reference", "the enrolled picture has not the size that its slots say")
        half = _half(reference)
        self._cells = cells(reference)
        self._templates = templates_of(half, layout)
        self._search = RowSearch(layout, self._templates, self._settings.match)
        self._gate = MotionGate(self._settings.guard)
        self._guard = BoardGuard(reference, layout, self._settings.guard)
        self._registration = Registration(half, layout)
        self._shift: NDArray[np.float64] | None = None
        self._watch = {name: _Watch(t.left, t.top, t.piece, t.mean) for name, t in self._templates.items()}
        self._settled: dict[str, Found | None] = {
            name: Found(float(t.left), float(t.left + t.wide), 1.0) for name, t in self._templates.items()
        }
        self._sights = {name: Sight(Where.ROW) for name in self._templates}
        self._pending: tuple[Explained, NDArray[np.uint8], Light] | None = None
        self._free = self._free_places(half)
        self._watch.update(self._free)
        self.closely = self.shifts = 0
        """How many close looks there were."""
        self.gate_open = 0
        self.hidden = 0

    def look(self, at: float, picture: NDArray[np.uint8]) -> Look:
        """One look at a frame."""
        raw = self._fitted(picture)
        open_ = self._gate.look(raw)
        self.gate_open += open_
        if float(np.mean(cv2.mean(raw)[:3])) < self._settings.guard.dark:
            return Look(at, free=False, seen=0.0, dark=True)
        picture, half, light, explained = self._read(raw)
        low = self._low(half, light)
        if open_ and len(self._slots(low)) > _SHIFT_AT * len(self._templates) and self._register(raw):
            picture, half, light, explained = self._read(raw)
            low = self._low(half, light)
        seen = 1 - len(self._slots(low)) / len(self._templates)
        covered = explained < 0.5 and open_
        hidden = self._guard.covered(picture, light, at) >= self._settings.guard.tiles
        self.hidden += hidden
        if not open_ or hidden or len(self._slots(low)) > self._settings.match.many:
            return Look(at, free=False, seen=seen, covered=covered)
        if not low:
            self._pending = None
            return Look(at, free=True, seen=seen, books=self._sights)
        found = self._explain(half, light, low)
        self._pending = (found, half, light)
        return Look(at, free=True, seen=seen, books=found.sights, unknown=found.changed)

    def settle(self) -> None:
        """What the last look found is how the shelf is now."""
        if self._pending is None:
            return
        found, half, light = self._pending
        self._pending = None
        self._settled, self._sights = found.places, found.sights
        for name, watch in self._watch.items():
            high, wide = watch.piece.shape[:2]
            one = found.places.get(name)
            left = self._templates[name].left if name in self._templates else watch.left
            left = max(0, min(left if one is None else round(one.left), half.shape[1] - wide))
            piece = half[watch.top : watch.top + high, left : left + wide].astype(np.float32)
            gain = light.gain_at(HALF * (left + wide / 2), HALF * (watch.top + high / 2))
            watch.left, watch.piece = left, piece / gain

    # ------------------------------------------------------------------------------------------------------- parts

    def _read(self, raw: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], Light, float]:
        """The picture as from where the camera stood, its half, its light, and how much of it the light explains."""
        picture = self._aligned(raw)
        light, explained = light_between(self._cells, cells(picture), self.layout.width, self.layout.height)
        return picture, _half(picture), light, explained

    def _slots(self, names: list[str]) -> list[str]:
        """Of some watched places those that are slots, not free parts of a board."""
        return [name for name in names if name in self._templates]

    def _free_places(self, half: NDArray[np.uint8]) -> dict[str, _Watch]:
        """The parts of the boards where nothing stands, in pieces: a book may be put there."""
        found: dict[str, _Watch] = {}
        for board in self.layout.boards:
            slots = self.layout.row(board.row)
            if not slots:
                continue
            mean = self._templates[slots[0].id].mean
            top = round(float(np.median([slot.box.y for slot in slots])) / HALF)
            foot = round(float(np.median([slot.box.bottom for slot in slots])) / HALF)
            at = board.x1
            for left, right in [*((s.box.x, s.box.right) for s in slots), (board.x2, board.x2)]:
                pieces = max(0, left - at - 8) // _FREE_PX
                for number in range(pieces):
                    x = (at + 4 + number * _FREE_PX) // HALF
                    piece = half[top:foot, x : x + _FREE_PX // HALF].astype(np.float32)
                    near = min(slots, key=lambda slot: abs(slot.box.middle - x * HALF))
                    found[f"free {near.id} {x}"] = _Watch(x, top, piece, mean)
                at = max(at, right)
        return found

    def _fitted(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        high, wide = picture.shape[:2]
        if (wide, high) == (self.layout.width, self.layout.height):
            return picture
        if abs(wide / high - self.layout.width / self.layout.height) > 0.02:
            raise BadInput(
                "another-shape",
                f"the shelf was enrolled with {self.layout.width} x {self.layout.height}, the camera gives {wide} x {high}",
            )
        size = (self.layout.width, self.layout.height)
        resized: NDArray[np.uint8] = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.uint8)
        return resized

    def _low(self, half: NDArray[np.uint8], light: Light) -> list[str]:
        """The places that do not look as they did."""
        low = []
        for name, watch in self._watch.items():
            high, wide = watch.piece.shape[:2]
            gain = light.gain_at(HALF * (watch.left + wide / 2), HALF * (watch.top + high / 2))
            x, y = max(0, watch.left - _SLACK), max(0, watch.top - _SLACK)
            window = half[y : watch.top + high + _SLACK, x : watch.left + wide + _SLACK].astype(np.float32)
            best = float(score_map(window, expected(watch.piece, gain), watch.mean * gain).max())
            if best < self._settings.match.same:
                low.append(name)
        return low

    def _explain(self, half: NDArray[np.uint8], light: Light, low: list[str]) -> Explained:
        self.closely += 1
        settings = self._settings.match
        out = frozenset(name for name, one in self._settled.items() if one is None)
        places, sights, changed = dict(self._settled), dict(self._sights), set[str]()
        rows = {self._row_of(name) for name in low}
        for row in rows:
            found = self._search.places(row, half, light, out | frozenset(low))
            for name, one in found.items():
                if one is None and self._partly(name, half, light):
                    continue
                places[name] = one
                sights[name] = Sight(Where.OUT if one is None else Where.ROW)
        for name, one in places.items():
            if one is None:
                near = self._elsewhere(name, places, half, light)
                sights[name] = near or Sight(Where.OUT)
        if sights == self._sights:
            for name in low:
                free = name in self._free
                if (free or (places[name] is None and self._settled[name] is None)) and self._differs(name, half, light):
                    changed.add(name.split()[1] if free else name)
        return Explained(sights, places, frozenset(changed))

    def _row_of(self, name: str) -> int:
        return self.layout.slot(name.split()[1] if name in self._free else name).row

    def _partly(self, name: str, half: NDArray[np.uint8], light: Light) -> bool:
        """Whether a third of a spine shows at the place where it stood."""
        one, template = self._settled[name], self._templates[name]
        if one is None or one.lean:
            return False
        high, wide = template.piece.shape[:2]
        left = round(one.left)
        gain = light.gain_at(HALF * (left + wide / 2), HALF * (template.top + high / 2))
        mean, third = template.mean * gain, high // 3
        for part in range(3):
            top = template.top + part * third
            x, y = max(0, left - _SLACK), max(0, top - _SLACK)
            window = half[y : top + third + _SLACK, x : left + wide + _SLACK].astype(np.float32)
            piece = expected(template.piece[part * third : (part + 1) * third], gain)
            if float(score_map(window, piece, mean).max()) >= self._settings.match.part:
                return True
        return False

    def _elsewhere(
        self, name: str, places: dict[str, Found | None], half: NDArray[np.uint8], light: Light
    ) -> Sight | None:
        for board in self.layout.boards:
            taken = sorted(
                (one.left, one.right)
                for other, one in places.items()
                if one is not None and self._templates[other].slot.row == board.row
            )
            free, at = [], board.x1 / HALF
            for left, right in [*taken, (board.x2 / HALF, board.x2 / HALF)]:
                if left - at >= 0.7 * self._templates[name].wide:
                    free.append((at, left))
                at = max(at, right)
            found = self._search.anywhere(name, board.row, half, light, free) if free else None
            if found is not None:
                middle = HALF * (found.left + found.right) / 2
                row = self.layout.row(board.row)
                near = min(row, key=lambda slot: abs(slot.box.middle - middle))
                return Sight(Where.ELSEWHERE, near.id)
        return None

    def _differs(self, name: str, half: NDArray[np.uint8], light: Light) -> bool:
        """Whether a gap has another look than when it was settled."""
        watch = self._watch[name]
        high, wide = watch.piece.shape[:2]
        gain = light.gain_at(HALF * (watch.left + wide / 2), HALF * (watch.top + high / 2))
        now = half[watch.top : watch.top + high, watch.left : watch.left + wide].astype(np.float32)
        apart = np.abs(now - expected(watch.piece, gain)).mean(axis=2) > self._settings.match.level
        return float(apart.mean()) >= self._settings.match.changed

    def _register(self, raw: NDArray[np.uint8]) -> bool:
        """Whether the camera has been moved since it was last known how it stands, and it is known how."""
        found = self._registration.find(_half(raw))
        if found is None:
            return False
        before = _STILL if self._shift is None else self._shift
        corners = np.array([[0, 0, 1], [self.layout.width / HALF, self.layout.height / HALF, 1]]).T
        if np.abs(found @ corners - before @ corners).max() < _LEAST_SHIFT:
            return False
        self._shift = found
        self.shifts += 1
        return True

    def _aligned(self, raw: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The picture as it would be if the camera stood where it stood."""
        if self._shift is None:
            return raw
        matrix = self._shift.copy()
        matrix[:, 2] *= HALF
        straight: NDArray[np.uint8] = cv2.warpAffine(
            raw, matrix, (raw.shape[1], raw.shape[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ).astype(np.uint8)
        return straight


def _half(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    high, wide = picture.shape[:2]
    small: NDArray[np.uint8] = cv2.resize(picture, (wide // HALF, high // HALF), interpolation=cv2.INTER_AREA).astype(
        np.uint8
    )
    return small
