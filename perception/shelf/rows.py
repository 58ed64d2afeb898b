"""Which books of a row stand where, and what stands where no book does: the close look at a row."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.layout import Layout, Slot
from perception.shelf.light import Light
from perception.shelf.likeness import expected, score_map
from perception.shelf.placing import Found, place
from perception.shelf.settings import MatchSettings

HALF = 2
"""Rows are looked at in half size."""
_RISE = 4
"""Pixels (of half size) that a book may stand higher or lower than before."""
_PEAKS = 5
_OVERLAP = 0.3


@dataclass(frozen=True, slots=True)
class Template:
    """A book's spine as enrolled, in half size; mean: the mean colour of its row."""

    slot: Slot
    piece: NDArray[np.float32]
    left: int
    top: int
    mean: NDArray[np.float32]

    @property
    def wide(self) -> int:
        return int(self.piece.shape[1])


def templates_of(picture: NDArray[np.uint8], layout: Layout) -> dict[str, Template]:
    """Every slot's spine, from a picture of half size."""
    found: dict[str, Template] = {}
    for board in layout.boards:
        cut: list[tuple[Slot, NDArray[np.float32], int, int]] = []
        for slot in layout.row(board.row):
            left, top = round(slot.box.x / HALF), round(slot.box.y / HALF)
            wide, high = max(3, round(slot.box.width / HALF)), max(9, round(slot.box.height / HALF))
            piece = picture[top : top + high, left : left + wide].astype(np.float32)
            cut.append((slot, piece, left, top))
        if not cut:
            continue
        mean = np.concatenate([piece.reshape(-1, 3) for _, piece, _, _ in cut]).mean(axis=0)
        found.update({slot.id: Template(slot, piece, left, top, mean) for slot, piece, left, top in cut})
    return found


class RowSearch:
    """Looks for the books of a row in a picture of half size."""

    def __init__(self, layout: Layout, templates: dict[str, Template], settings: MatchSettings) -> None:
        self._layout, self._templates, self._settings = layout, templates, settings

    def places(
        self, row: int, picture: NDArray[np.uint8], light: Light, out: frozenset[str]
    ) -> dict[str, Found | None]:
        """Where each book of the row stands, None where it does not. out: the slots whose books were out before."""
        slots = self._layout.row(row)
        missing = sum(self._templates[s.id].wide for s in slots if s.id in out)
        strips = self._strips(row, picture)
        found = [self._candidates(self._templates[s.id], strips, light, missing) for s in slots]
        placed = place(found, self._settings.found, _OVERLAP)
        return {slot.id: one for slot, one in zip(slots, placed, strict=True)}

    def anywhere(
        self, slot: str, row: int, picture: NDArray[np.uint8], light: Light, free: list[tuple[float, float]]
    ) -> Found | None:
        """Where a book stands in the free parts of a row (from, to), at any distance from its own place."""
        template = self._templates[slot]
        best: Found | None = None
        for one in self._candidates(template, self._strips(row, picture), light, 10_000, foot=self._foot(row)):
            inside = any(
                start - 0.25 * template.wide <= one.left and one.right <= end + 0.25 * template.wide
                for start, end in free
            )
            if inside and one.score >= self._settings.elsewhere and (best is None or one.score > best.score):
                best = one
        return best

    def _foot(self, row: int) -> float:
        boxes = [slot.box.bottom for slot in self._layout.row(row)]
        return float(np.median(boxes)) / HALF

    def _strips(self, row: int, picture: NDArray[np.uint8]) -> list[tuple[float, int, NDArray[np.float32]]]:
        """The row as it would look if what leans by an angle stood upright: (angle, top, picture)."""
        boxes = [slot.box for slot in self._layout.row(row)]
        top = max(0, min(box.y for box in boxes) // HALF - _RISE - 2)
        bottom = min(picture.shape[0], max(box.bottom for box in boxes) // HALF + _RISE + 2)
        strip, foot = picture[top:bottom].astype(np.float32), self._foot(row) - top
        found = []
        for angle in self._settings.leans:
            if not angle:
                found.append((angle, top, strip))
                continue
            slope, rise = np.tan(np.radians(angle)), 1 / np.cos(np.radians(angle))
            # A foot stays where it is; what is above it comes back over it.
            matrix = np.array([[1, -slope, slope * foot], [0, rise, foot * (1 - rise)]], np.float64)
            turned = cv2.warpAffine(strip, matrix, (strip.shape[1], strip.shape[0]), borderMode=cv2.BORDER_REPLICATE)
            found.append((angle, top, turned))
        return found

    def _candidates(
        self,
        template: Template,
        strips: list[tuple[float, int, NDArray[np.float32]]],
        light: Light,
        missing: int,
        foot: float | None = None,
    ) -> list[Found]:
        high, wide = template.piece.shape[:2]
        gain = light.gain_at(HALF * (template.left + wide / 2), HALF * (template.top + high / 2))
        piece, mean = expected(template.piece, gain), template.mean * gain
        reach = self._settings.reach_px // HALF + missing
        width = strips[0][2].shape[1]
        left, right = max(0, template.left - reach), min(width, template.left + wide + reach)
        y = template.top if foot is None else round(foot) - high
        best = np.full(right - left - wide + 1, -1.0, np.float32)
        lean = np.zeros(best.shape, np.float32)
        for angle, top, strip in strips:
            first = max(0, y - top - _RISE)
            window = strip[first : y - top + high + _RISE, left:right]
            if window.shape[0] < high:
                continue
            scores = score_map(window, piece, mean).max(axis=0)
            better = scores > best
            best[better], lean[better] = scores[better], angle
        return [
            Found(float(left + x), float(left + x + wide), float(best[x]), float(lean[x])) for x in _peaks(best)
        ]


def _peaks(scores: NDArray[np.float32]) -> list[int]:
    """The places of the highest scores that are not beside a higher one."""
    left = scores.copy()
    found: list[int] = []
    while len(found) < _PEAKS:
        x = int(left.argmax())
        if left[x] < 0.3:
            break
        found.append(x)
        left[max(0, x - 4) : x + 5] = -1
    return found
