"""Which books of a row stand where: the close look at a row, in which neighbours may have slid or lean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from perception.shelf.appearance import (
    HALF,
    LOW,
    Canvas,
    Floats,
    Piece,
    beyond_even,
    canvas_of,
    colour_map,
    likeness,
    likenesses,
    lines_of,
    pattern_map,
)
from perception.shelf.layout import Layout
from perception.shelf.light import Light
from perception.shelf.placing import Found, place
from perception.shelf.settings import MatchSettings
from perception.shelf.shining import burnt_out, shows
from perception.shelf.templates import Template
from perception.shelf.twins import Twins

_RISE = 4
"""Pixels (of half size) that a book may stand higher or lower than before."""
_PEAKS, _LEAST = 5, 0.35
_OVERLAP, _MOVED, _STAYS = 0.3, 0.06, 3


@dataclass(frozen=True, slots=True)
class _Strip:
    """A row as it would look if what leans by an angle stood upright; top: of the half-size picture, a multiple of
    LOW."""

    angle: float
    top: int
    canvas: Canvas


class RowSearch:
    """Looks for the books of a row in pictures of half size."""

    def __init__(self, layout: Layout, templates: dict[str, Template], twins: Twins, settings: MatchSettings) -> None:
        self._layout, self._templates, self._twins, self._settings = layout, templates, twins, settings

    def strips(self, row: int, half: NDArray[np.uint8]) -> list[_Strip]:
        """A row for every angle that is tried; the first is the row as it is."""
        boxes = [slot.box for slot in self._layout.row(row)]
        top = max(0, min(box.y for box in boxes) // HALF - _RISE - LOW) // LOW * LOW
        bottom = min(half.shape[0], max(box.bottom for box in boxes) // HALF + _RISE + LOW)
        strip, foot = half[top:bottom], self.foot(row) - top
        found = []
        for angle in self._settings.leans:
            if not angle:
                found.append(_Strip(angle, top, canvas_of(strip)))
                continue
            slope, rise = np.tan(np.radians(angle)), 1 / np.cos(np.radians(angle))
            # A foot stays where it is; what is above it comes back over it.
            matrix = np.array([[1, -slope, slope * foot], [0, rise, foot * (1 - rise)]], np.float64)
            turned = cv2.warpAffine(strip, matrix, (strip.shape[1], strip.shape[0]), borderMode=cv2.BORDER_REPLICATE)
            found.append(_Strip(angle, top, canvas_of(turned.astype(np.uint8))))
        return found

    def places(
        self,
        row: int,
        strips: list[_Strip],
        half: NDArray[np.uint8],
        light: Light,
        out: frozenset[str],
        low: frozenset[str],
        now: Mapping[str, Found | None],
    ) -> dict[str, Found | None]:
        """Where each book of the row stands, None where it does not. out: the slots whose books may be out; low: those
        that do not look as they did, which alone are looked for leaning."""
        slots = self._layout.row(row)
        missing = sum(self._templates[s.id].wide for s in slots if s.id in out)
        found = [
            self._candidates(self._templates[s.id], strips if s.id in low else strips[:1], light, missing, half)
            for s in slots
        ]
        # What did not change need not have moved.
        found = [[self._settled(one, now[s.id]) for one in places] for s, places in zip(slots, found, strict=True)]
        placed = place(found, self._settings.found, _OVERLAP)
        return {slot.id: one for slot, one in zip(slots, placed, strict=True)}

    def anywhere(
        self,
        slot: str,
        row: int,
        strips: list[_Strip],
        half: NDArray[np.uint8],
        light: Light,
        free: list[tuple[float, float]],
    ) -> Found | None:
        """Where a book stands in the free parts of a row (from, to), at any distance from its own place."""
        template = self._templates[slot]
        best: Found | None = None
        for one in self._candidates(template, strips[:3], light, 10_000, half, foot=self.foot(row)):
            room = 0.25 * template.wide
            inside = any(start - room <= one.left and one.right <= end + room for start, end in free)
            if not inside or one.score < self._settings.found or (best is not None and one.score <= best.score):
                continue
            if one.score >= self._settings.elsewhere or self._certain(one, template, row, strips[0], half):
                best = one
        return best

    def _certain(self, found: Found, template: Template, row: int, strip: _Strip, half: NDArray[np.uint8]) -> bool:
        """Whether the pattern of a book that stands upright is seen at a place from head to foot."""
        lines = slice(strip.top, strip.top + strip.canvas.pattern.shape[0])
        top = round(self.foot(row)) - template.piece.high - strip.top
        return not found.lean and shows(strip.canvas, burnt_out(half[lines]), template.piece, round(found.left), top)

    def _settled(self, found: Found, before: Found | None) -> Found:
        """A place with its score lowered a little where the book has not been standing there. Where it has, light may
        have changed its colour, but not its pattern: without that one, a gap of its colour is seen."""
        if before is None or abs(found.left - before.left) > _STAYS:
            return replace(found, score=found.score - _MOVED)
        changed = found.score < self._settings.same and not found.lean and not before.lean
        gone = changed and found.pattern < self._settings.pattern
        return replace(found, score=-1.0) if gone else found

    def foot(self, row: int) -> float:
        """Where the books of a row stand, in half size."""
        return float(np.median([slot.box.bottom for slot in self._layout.row(row)])) / HALF

    def _candidates(
        self,
        template: Template,
        strips: list[_Strip],
        light: Light,
        missing: int,
        half: NDArray[np.uint8],
        foot: float | None = None,
    ) -> list[Found]:
        piece = template.lit(light)
        high, wide = piece.high, piece.wide
        reach = self._settings.reach_px // HALF + missing
        left, right = (
            max(0, template.left - reach),
            min(strips[0].canvas.pattern.shape[1], template.left + wide + reach),
        )
        if right - left < wide:
            return []
        top = template.top if foot is None else round(foot) - high
        best = np.full(right - left - wide + 1, -1.0, np.float32)
        which = np.zeros(best.shape, np.intp)
        for index, strip in enumerate(strips):
            scores = _along(strip, piece, left, right, top)
            better = scores > best
            best[better], which[better] = scores[better], index
        found = []
        gain = float(np.mean(light.gain_at(HALF * (template.left + wide / 2), HALF * (template.top + high / 2))))
        for x in _peaks(best):
            strip = strips[which[x]]
            place_ = Found(float(left + x), float(left + x + wide), 0.0, strip.angle)
            if strip.angle:
                found.append(self._leaning(place_, piece, top, half))
                continue
            colour, pattern = max(
                (likenesses(strip.canvas, piece, left + x, top - strip.top + rise, 1) for rise in (0, -LOW, LOW)),
                key=sum,
            )
            upright = replace(place_, score=(colour + pattern) / 2, pattern=beyond_even(piece, pattern))
            found.append(self._twins.told_apart(template.slot.id, upright, strip.canvas, top - strip.top, gain))
        return found

    def _leaning(self, found: Found, piece: Piece, top: int, half: NDArray[np.uint8]) -> Found:
        """The exact score of a book that leans about so much: it stands on the corner to which it leans."""
        high, wide = piece.high, piece.wide
        edge = 6
        best = found
        foot = top + high
        for angle in (found.lean, found.lean - 1.5, found.lean + 1.5):
            corner = found.left if angle > 0 else found.right
            turn = cv2.getRotationMatrix2D((float(corner), float(foot)), -angle, 1.0)
            turn = turn - np.array([[0, 0, found.left - edge], [0, 0, top - edge]])
            upright = cv2.warpAffine(half, turn, (wide + 2 * edge, high + 2 * edge), borderMode=cv2.BORDER_REPLICATE)
            canvas = canvas_of(upright.astype(np.uint8))
            for rise in (0, -LOW, LOW):
                score = likeness(canvas, piece, edge, edge + rise, 4)
                if score > best.score:
                    best = replace(found, score=score, lean=angle)
        return best


def _along(strip: _Strip, piece: Piece, left: int, right: int, top: int) -> Floats:
    """About the best score of a piece for each left edge."""
    first = max(0, top - strip.top - _RISE)
    pattern = strip.canvas.pattern[first : top - strip.top + piece.high + _RISE, left:right]
    line, lines = lines_of(top - strip.top, piece.high)
    lines = piece.colour.shape[0]
    colour = strip.canvas.colour[max(0, line - 1) : line + lines + 1, left:right]
    if pattern.shape[0] < piece.high or colour.shape[0] < lines:
        return np.full(right - left - piece.wide + 1, -1.0, np.float32)
    both: Floats = (pattern_map(pattern, piece.pattern).max(axis=0) + colour_map(colour, piece.colour).max(axis=0)) / 2
    return both


def _peaks(scores: Floats) -> list[int]:
    """The places of the highest scores that are not beside a higher one."""
    left = scores.copy()
    found: list[int] = []
    while len(found) < _PEAKS:
        x = int(left.argmax())
        if left[x] < _LEAST:
            break
        found.append(x)
        left[max(0, x - 4) : x + 5] = -1
    return found
