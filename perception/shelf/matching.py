"""The colour slot matcher: a picture of the shelf in, a look at it out.

First each place is compared with what it looked like when the shelf was last settled. Only what has changed is looked
at closely, in its whole row: neighbours slide and lean when a book goes. A place of which a third is still as it was is
covered, not empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.contracts import BadInput
from perception.shelf.appearance import HALF, LOW, Canvas, Piece, canvas_of, half_of, likeness
from perception.shelf.fitting import fitted
from perception.shelf.guard import BoardGuard, MotionGate
from perception.shelf.layout import Layout
from perception.shelf.light import Light, cells, light_between
from perception.shelf.machine import Look, Sight, Where
from perception.shelf.placing import Found
from perception.shelf.registering import Registration
from perception.shelf.rows import RowSearch
from perception.shelf.settings import ShelfSettings
from perception.shelf.shining import HALF_SEEN, WHOLE, burnt_out, hidden_by_light, partly_covered, shows, would_be_white
from perception.shelf.straying import Straying
from perception.shelf.templates import templates_of
from perception.shelf.twins import Twins

_SLACK = 2
"""Pixels (of half size) by which a place may have shifted unnoticed."""
_SHIFT_AT, _LEAST_SHIFT = 0.25, 0.6
"""Share of places that look different before the camera is suspected to have been moved; pixels of half size."""
_STILL = np.array([[1.0, 0, 0], [0, 1.0, 0]])
_REGISTER_EVERY_S = 1.5
_FREE_PX = 40
_ONE_THING_PX, _TOUCHED, _STEADY = 200, 2, 0.8
"""Something unknown: how much of the boards' free parts one thing covers at most, how many books beside it may look
another way, and how alike it stays from look to look."""
_SHOWN = 0.5
"""Share of the picture that the light must explain for it to be the shelf's."""


@dataclass(slots=True)
class _Watch:
    """What a place looked like when the shelf was last settled, in the reference's light; in half size. near: its slot,
    or, of a free part of a board, the nearest one."""

    left: int
    top: int
    piece: Piece
    near: str


@dataclass(frozen=True, slots=True)
class _View:
    """A frame made ready: as from where the camera stood, in half size."""

    half: NDArray[np.uint8]
    canvas: Canvas
    light: Light
    explained: float
    picture: NDArray[np.uint8]
    burnt: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Explained:
    """What the close look found. places: where each slot's book stands in its row, None: not there. unknown: slots
    where something else stands."""

    sights: dict[str, Sight]
    places: dict[str, Found | None]
    unknown: frozenset[str] = frozenset()


class SlotMatcher:
    """Keeps the reference and what it last settled on; `look` takes pictures in the order of their times."""

    def __init__(self, reference: NDArray[np.uint8], layout: Layout, settings: ShelfSettings | None = None) -> None:
        self.layout = layout
        self._settings = settings or ShelfSettings()
        if reference.shape != (layout.height, layout.width, 3):
            raise BadInput("bad-reference", "the enrolled picture has not the size that its slots say")
        half = half_of(reference)
        canvas = canvas_of(half)
        self._cells = cells(reference)
        self._templates = templates_of(canvas, layout)
        self.twins = Twins(self._templates, canvas)
        self._search = RowSearch(layout, self._templates, self.twins, self._settings.match)
        self._gate = MotionGate(self._settings.guard)
        self._guard = BoardGuard(reference, layout, self._settings.guard)
        self._registration, self._straying = Registration(half, layout), Straying(half, layout)
        self._strayed = False
        self._walls = {board.row: self._wall(canvas, board.row) for board in layout.boards}
        self._shift: NDArray[np.float64] | None = None
        self._register_next = float("-inf")
        self._watch = {name: _Watch(t.left, t.top, t.piece, name) for name, t in self._templates.items()}
        self._watch.update(self._free_places(canvas))
        self._places: dict[str, Found | None] = {
            name: Found(float(t.left), float(t.left + t.wide), 1.0) for name, t in self._templates.items()
        }
        self._sights = {name: Sight(Where.ROW) for name in self._templates}
        self._pending: tuple[Explained, _View] | None = None
        self._calm: _View | None = None
        self._strange: dict[str, Piece] = {}
        self.counts = dict.fromkeys(("looks", "open", "hidden", "close", "moved", "retaken"), 0)
        """Looks, those with the gate open, those that somebody hid, close ones; how often the camera was moved, and the
        reference taken anew."""

    def look(self, at: float, picture: NDArray[np.uint8]) -> Look:
        """One look at a frame. Raises BadInput as `fitted`."""
        look = self._looked(at, picture)
        return replace(look, strayed=self._strayed and not look.free)

    def _looked(self, at: float, picture: NDArray[np.uint8]) -> Look:
        raw = fitted(picture, self.layout)
        open_ = self._gate.look(raw)
        self.counts["looks"] += 1
        self.counts["open"] += open_
        self._pending = self._calm = None
        if float(np.mean(cv2.mean(raw)[:3])) < self._settings.guard.dark:
            return Look(at, free=False, seen=0.0, dark=True)
        view = self._view(raw)
        low = self._low(view)
        suspected = open_ and at >= self._register_next and len(self._slots(low)) > _SHIFT_AT * len(self._templates)
        if suspected and self._register(at, raw):
            view = self._view(raw)
            low = self._low(view)
        seen = 1 - len(self._slots(low)) / len(self._templates)
        self._strayed = self._strayed and seen <= 1 - _SHIFT_AT
        as_they_were = not low
        if open_:
            low = [name for name in low if not self._as_ever(view, name)]
        slots = self._slots(low)
        covered = self._guard.covered(view.picture, view.light, at)
        hidden = covered >= self._settings.guard.tiles
        self.counts["hidden"] += hidden
        as_ever = frozenset(name for name, sight in self._sights.items() if sight.where is Where.ROW) - set(low)
        if not open_ or hidden or len(slots) > self._settings.match.many:
            return Look(at, free=False, seen=seen, covered=open_ and view.explained < _SHOWN, as_ever=as_ever)
        if not low:
            self._calm = view if as_they_were else None
            self._strange.clear()
            return Look(at, free=True, seen=seen, books=self._sights)
        found = self._explain(view, frozenset(low))
        if self._cut_across(view, found):
            return Look(at, free=False, seen=seen, as_ever=as_ever)
        if covered or found.sights != self._sights:
            self._strange.clear()
        else:
            found = replace(found, unknown=self._unknown(view, low, found.places))
        self._pending = (found, view)
        return Look(at, free=True, seen=seen, books=found.sights, unknown=found.unknown)

    @property
    def guard_tiles(self) -> int:
        """How many tiles of the boards tell whether somebody stands in front."""
        return self._guard.tiles

    def examine(self, picture: NDArray[np.uint8]) -> tuple[set[str], int]:
        """Of one picture alone, without guards: the slots whose books are not in their row, and how many places look
        another way than they did. What is settled stays as it is."""
        view = self._view(fitted(picture, self.layout))
        low = frozenset(self._low(view))
        if not low:
            return set(), 0
        found = self._explain(view, low)
        return {name for name, sight in found.sights.items() if sight.where is not Where.ROW}, len(self._slots(low))

    def settle(self) -> None:
        """What the last look found is how the shelf is now."""
        if self._pending is None:
            return
        found, view = self._pending
        self._places, self._sights = found.places, found.sights
        for name, watch in self._watch.items():
            one, wide = found.places.get(name), watch.piece.wide
            left = self._templates[name].left if name in self._templates else watch.left
            left = max(0, min(left if one is None else round(one.left), view.half.shape[1] - wide))
            piece = view.canvas.cut(left, watch.top, wide, watch.piece.high)
            watch.left, watch.piece = left, piece.lit(1 / self._gain(view.light, left, watch.top, piece))

    def retake(self) -> bool:
        """Take the reference anew from the last look; False where that look does not show the shelf as it was settled.

        What light and sun have done to colours in the meantime is forgotten; a book that is out keeps its look, in the
        new light.
        """
        view = self._calm
        if view is None:
            return False
        for name, template in self._templates.items():
            one, piece = self._places[name], template.lit(view.light)
            if one is not None and not one.lean and abs(one.left - template.left) <= _SLACK:
                piece = view.canvas.cut(template.left, template.top, piece.wide, piece.high)
            self._templates[name] = replace(template, piece=piece)
        for watch in self._watch.values():
            watch.piece = view.canvas.cut(watch.left, watch.top, watch.piece.wide, watch.piece.high)
        self._cells = cells(view.half)
        self._guard.retake(view.picture)
        self._calm = None
        self.counts["retaken"] += 1
        return True

    # ------------------------------------------------------------------------------------------------- getting ready

    def _free_places(self, canvas: Canvas) -> dict[str, _Watch]:
        """The parts of the boards where nothing stands, in pieces: a book may be put there."""
        found: dict[str, _Watch] = {}
        for board in self.layout.boards:
            slots = self.layout.row(board.row)
            if not slots:
                continue
            top = round(float(np.median([slot.box.y for slot in slots])) / HALF)
            foot = round(float(np.median([slot.box.bottom for slot in slots])) / HALF)
            at = board.x1
            for left, right in [*((s.box.x, s.box.right) for s in slots), (board.x2, board.x2)]:
                for number in range(max(0, left - at - 8) // _FREE_PX):
                    x = (at + 4 + number * _FREE_PX) // HALF
                    near = min(slots, key=lambda slot: abs(slot.box.middle - x * HALF))
                    piece = canvas.cut(x, top, _FREE_PX // HALF, foot - top)
                    found[f"free {board.row} {x}"] = _Watch(x, top, piece, near.id)
                at = max(at, right)
        return found

    def _wall(self, canvas: Canvas, row: int) -> NDArray[np.float32] | None:
        """The colour (logarithms) behind the books of a row, where it shows above the lower ones; None where it does
        not."""
        boxes = [slot.box for slot in self.layout.row(row)]
        highest = min((box.y for box in boxes), default=0)
        first = (highest + 4) // (HALF * LOW) + 1
        ends = [max(first, (box.y - 4) // (HALF * LOW)) for box in boxes]  # at the picture's very top it is below 0
        above = [
            canvas.colour[first:end, box.x // HALF : box.right // HALF] for end, box in zip(ends, boxes, strict=True)
        ]
        seen = [part.reshape(-1, 3) for part in above if part.size]
        return np.asarray(np.median(np.concatenate(seen), axis=0), np.float32) if seen else None

    def _view(self, raw: NDArray[np.uint8]) -> _View:
        picture = raw
        if self._shift is not None:
            matrix = self._shift.copy()
            matrix[:, 2] *= HALF
            size, way = (raw.shape[1], raw.shape[0]), cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            picture = cv2.warpAffine(raw, matrix, size, flags=way, borderMode=cv2.BORDER_REPLICATE).astype(np.uint8)
        half = half_of(picture)
        light, explained = light_between(self._cells, cells(half), self.layout.width, self.layout.height)
        return _View(half, canvas_of(half), light, explained, picture, burnt_out(half))

    def _register(self, at: float, raw: NDArray[np.uint8]) -> bool:
        """Whether the camera has been moved since it was last known how it stands, and it is known how."""
        self._register_next = at + _REGISTER_EVERY_S
        found = self._registration.find(half_of(raw))
        self._strayed = found is None and self._straying.far_off(half_of(raw))
        if found is None:
            return False
        before = _STILL if self._shift is None else self._shift
        corners = np.array([[0, 0, 1], [self.layout.width / HALF, self.layout.height / HALF, 1]]).T
        if np.abs(found @ corners - before @ corners).max() < _LEAST_SHIFT:
            return False
        self._shift = found
        self.counts["moved"] += 1
        return True

    # ----------------------------------------------------------------------------------------------------- comparing

    def _slots(self, names: Iterable[str]) -> list[str]:
        """Of some watched places those that are slots, not free parts of a board."""
        return [name for name in names if name in self._templates]

    def _gain(self, light: Light, left: int, top: int, piece: Piece) -> NDArray[np.float32]:
        return light.gain_at(HALF * (left + piece.wide / 2), HALF * (top + piece.high / 2))

    def _low(self, view: _View) -> list[str]:
        """The places that do not look as they did."""
        return [name for name, watch in self._watch.items() if self._now(view, watch) < self._settings.match.same]

    def _as_ever(self, view: _View, name: str, share: float = WHOLE) -> bool:
        """Whether a place that looks another way is only in another light: its pattern is seen, or nothing is."""
        watch = self._watch[name]
        if name in self._templates and shows(view.canvas, view.burnt, watch.piece, watch.left, watch.top, share):
            return True
        # What is put into a gap may be white.
        return self._places.get(name) is not None and self._burnt(view, watch)

    def _burnt(self, view: _View, watch: _Watch) -> bool:
        gain = self._gain(view.light, watch.left, watch.top, watch.piece)
        wall = self._walls[self.layout.slot(watch.near).row]
        if wall is not None and would_be_white(wall, gain):
            return False
        return hidden_by_light(view.burnt, watch.piece.lit(gain), watch.left, watch.top)

    def _now(self, view: _View, watch: _Watch) -> float:
        lit = watch.piece.lit(self._gain(view.light, watch.left, watch.top, watch.piece))
        return likeness(view.canvas, lit, watch.left, watch.top, _SLACK)

    def _explain(self, view: _View, low: frozenset[str]) -> Explained:
        self.counts["close"] += 1
        out = frozenset(name for name, one in self._places.items() if one is None) | low
        places, sights = dict(self._places), dict(self._sights)
        strips = {}
        for row in {self.layout.slot(self._watch[name].near).row for name in low}:
            strips[row] = self._search.strips(row, view.half)
            found = self._search.places(row, strips[row], view.half, view.light, out, low, self._places)
            for name, one in found.items():
                if one is None and self._partly(name, view, found):
                    continue
                places[name] = one
                sights[name] = Sight(Where.OUT if one is None else Where.ROW)
        for name, one in places.items():
            if one is None:
                sights[name] = self._elsewhere(name, places, view) or Sight(Where.OUT)
        return Explained(sights, places)

    def _unknown(self, view: _View, low: list[str], places: dict[str, Found | None]) -> frozenset[str]:
        """The slots where something stands that is none of the books: one thing, on one board, as still as a thing.

        Whatever is wider, reaches over two boards or is not quite the same from look to look may be somebody.
        """
        empty = [name for name in low if name not in self._templates or (places[name] is None is self._places[name])]
        rows = {self.layout.slot(self._watch[name].near).row for name in empty}
        wide = sum(name not in self._templates for name in empty) * _FREE_PX
        standing = sum(name in self._templates for name in low) - sum(name in self._templates for name in empty)
        before, self._strange = self._strange, {}
        if len(rows) > 1 or wide > _ONE_THING_PX or standing > _TOUCHED:
            return frozenset()
        unknown = set()
        for name in empty:
            watch = self._watch[name]
            shining = name not in self._templates and self._burnt(view, watch)
            if shining or self._now(view, watch) >= self._settings.match.unlike:
                continue
            self._strange[name] = view.canvas.cut(watch.left, watch.top, watch.piece.wide, watch.piece.high)
            if name in before and likeness(view.canvas, before[name], watch.left, watch.top, 1) >= _STEADY:
                unknown.add(watch.near)
        return frozenset(unknown)

    def _cut_across(self, view: _View, found: Explained) -> bool:
        """Whether what hides the books that are missed also hides a part of a book beside them: then it is somebody."""
        for board in self.layout.boards:
            names = [slot.id for slot in self.layout.row(board.row)]
            gone = [found.places[name] is None and self._places[name] is not None for name in names]
            for index, name in enumerate(names):
                one, watch = found.places[name], self._watch[name]
                if one is None or not any(gone[max(0, index - 1) : index + 2]):
                    continue
                if one.lean or abs(one.left - watch.left) > _SLACK:  # of what fell over only the foot stays
                    continue
                if partly_covered(view.canvas, view.burnt, watch.piece, watch.left, watch.top):
                    return True
        return False

    def _partly(self, name: str, view: _View, found: dict[str, Found | None]) -> bool:
        """Whether a third of a spine shows at the place where it stood, and no other book stands there now."""
        one, template = self._places[name], self._templates[name]
        if one is None or one.lean:
            return False
        for other in found.values():
            if other is not None and min(other.right, one.right) - max(other.left, one.left) > 0.5 * template.wide:
                return False
        if self._as_ever(view, name, HALF_SEEN):
            return True
        piece = template.lit(view.light)
        for number in range(3):
            part, below = piece.part(number, 3)
            if likeness(view.canvas, part, round(one.left), template.top + below, _SLACK) >= self._settings.match.part:
                return True
        return False

    def _elsewhere(self, name: str, places: dict[str, Found | None], view: _View) -> Sight | None:
        """Where a book that is not in its place's row stands."""
        for board in self.layout.boards:
            row = self.layout.row(board.row)
            if not row:
                continue
            taken = sorted((one.left, one.right) for slot in row if (one := places[slot.id]) is not None)
            free, at = [], board.x1 / HALF
            for left, right in [*taken, (board.x2 / HALF, board.x2 / HALF)]:
                if left - at >= 0.7 * self._templates[name].wide:
                    free.append((at, left))
                at = max(at, right)
            if not free:
                continue
            strips = self._search.strips(board.row, view.half)
            found = self._search.anywhere(name, board.row, strips, view.half, view.light, free)
            if found is not None:
                middle = HALF * (found.left + found.right) / 2
                return Sight(Where.ELSEWHERE, min(row, key=lambda slot: abs(slot.box.middle - middle)).id)
        return None
