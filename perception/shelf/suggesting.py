"""Slots suggested from one picture of the full shelf: boards, then spines between long upright edges.

Two books without a visible edge between them come out as one, and a spine with a line from foot to top as two: a person
corrects that (`layout.Layout.merged`, `.split`, ...).
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.contracts import BadInput
from perception.shelf.dividing import EDGE, LEAST_WIDE, Edges, sides
from perception.shelf.layout import Board, Box, Layout, Slot, checked, slot_id

Floats = NDArray[np.float32]
_DARK = 30.0
_ALONG = 5
_BUSY = 0.1
"""Of the busiest line's upright edges, how many a line through books has at least."""
_LEAST_HIGH, _MOST_WIDE = 60, 150
_UPRIGHT = 0.93
"""Share of a spine's height that an upright edge must have to be its side."""
_LEVEL, _THROUGH = 0.75, 0.75
"""Share of a spine's width that a level edge must have to be its top."""
_SMOOTH = 0.02
"""Of a place without letters, at most this share shows level edges."""


class _Wall(NamedTuple):
    """level: the logarithm of its brightness."""

    level: float
    texture: float


def suggest(picture: NDArray[np.uint8]) -> Layout:
    """The boards and slots of a picture of a full shelf. Raises BadInput `no-shelf` where no row of books is found."""
    edges = _edges(picture)
    high, wide = picture.shape[:2]
    boards: list[Board] = []
    slots: list[Slot] = []
    for top, bottom in _bands(edges):
        foot = _foot(edges, top, bottom)
        boxes = _spines(edges, top, foot)
        if not boxes:
            continue
        row = len(boards)
        boards.append(Board(row, 0, round(foot[0]), wide, round(foot[1])))
        slots += [Slot(slot_id(row, number), row, box, slot_id(row, number)) for number, box in enumerate(boxes, 1)]
    if not slots:
        raise BadInput("no-shelf", "no row of books is found in the picture")
    return checked(Layout(wide, high, tuple(_ended(boards, slots, edges)), tuple(slots)))


def _edges(picture: NDArray[np.uint8]) -> Edges:
    logs = np.log(cv2.GaussianBlur(picture, (0, 0), 0.8).astype(np.float32) + _DARK)
    # An edge that goes on is told from letters and noise by looking along it.
    across = np.abs(cv2.Sobel(cv2.blur(logs, (1, _ALONG)), cv2.CV_32F, 1, 0, ksize=1)).max(axis=2)
    down = np.abs(cv2.Sobel(cv2.blur(logs, (7, 1)), cv2.CV_32F, 0, 1, ksize=1)).max(axis=2)
    colour = np.log(cv2.GaussianBlur(picture, (0, 0), 1.2).astype(np.float32) + _DARK).astype(np.float32)
    return Edges(across, down, logs.mean(axis=2), colour)


def _bands(edges: Edges) -> list[tuple[int, int]]:
    """The lines between which the picture is full of upright edges."""
    busy = (edges.upright > EDGE).mean(axis=1).astype(np.float32)
    smooth = cv2.blur(busy[:, None], (1, 5)).ravel()
    on = smooth > _BUSY * float(np.percentile(smooth, 95))
    found: list[tuple[int, int]] = []
    start: int | None = None
    for y, busy_here in enumerate([*on.tolist(), False]):
        if busy_here and start is None:
            start = y
        elif not busy_here and start is not None:
            if found and start - found[-1][1] < 8:
                start = found.pop()[0]
            found.append((start, y))
            start = None
    return [(top, bottom) for top, bottom in found if bottom - top >= _LEAST_HIGH]


def _foot(edges: Edges, top: int, bottom: int) -> tuple[float, float]:
    """The line along which the books stand, as its heights at the left and right end of the picture."""
    high, wide = edges.level.shape
    first, last = max(0, bottom - 16), min(high, bottom + 12)
    band = (edges.level[first:last] > EDGE).astype(np.float32)
    best, line = -1.0, (float(bottom), float(bottom))
    for rise in range(-16, 17, 2):
        # Shear the band so that a line with this rise becomes level.
        matrix = np.array([[1, 0, 0], [-rise / wide, 1, rise / 2]], np.float64)
        straight = cv2.warpAffine(band, matrix, (wide, last - first))
        sums = cv2.blur(straight.sum(axis=1, keepdims=True), (1, 3)).ravel()
        y = int(sums.argmax())
        if sums[y] > best:
            best, line = float(sums[y]), (first + y - rise / 2, first + y + rise / 2)
    return line


def _spines(edges: Edges, top: int, foot: tuple[float, float]) -> list[Box]:
    """The books of a row, from left to right."""
    wide = edges.upright.shape[1]
    middle_foot = (foot[0] + foot[1]) / 2
    high = middle_foot - top
    # Books differ in height: their lower parts tell where they end.
    first, last = round(middle_foot - 0.72 * high), round(middle_foot - 0.05 * high)
    ceiling = _ceiling(edges, 0, wide, top, middle_foot)
    found = sides(edges, first, last, ceiling, middle_foot)
    boxes: list[Box] = []
    if len(found) < 2:
        return boxes
    ceiling = _ceiling(edges, found[0], found[-1], top, middle_foot)
    wall: _Wall | None = None
    for left, right in zip(found, found[1:], strict=False):
        if right - left > _MOST_WIDE:
            whole = Box(left, ceiling, right - left, round(middle_foot) - ceiling)
            wall = _Wall(float(np.median(_inner(edges.log, whole))), _texture(edges, whole))
        if not LEAST_WIDE <= right - left <= _MOST_WIDE:
            continue
        bottom = foot[0] + (foot[1] - foot[0]) * (left + right) / 2 / wide
        upper = _top(edges, left, right, ceiling, bottom)
        boxes.append(Box(left, upper, right - left, round(bottom) - upper))
    return _books_only(edges, boxes, wall)


def _ceiling(edges: Edges, left: int, right: int, top: int, foot: float) -> int:
    """Below the lowest level line that goes through the whole row: the board above, or the tops of equal books."""
    first, last = max(0, top - 20), round(foot - 0.55 * (foot - top))
    lines = cv2.dilate(edges.level[first:last, left:right], np.ones((7, 1))) > EDGE
    hits = np.flatnonzero(lines.mean(axis=1) > _THROUGH)
    return first + int(hits[-1]) if hits.size else first


def _top(edges: Edges, left: int, right: int, ceiling: int, bottom: float) -> int:
    """The first level edge below the ceiling that goes across the spine; the ceiling where there is none."""
    inner = edges.level[ceiling : round(bottom - 0.5 * (bottom - ceiling)), left + 2 : right - 2]
    share = (cv2.dilate(inner, np.ones((3, 1))) > EDGE).mean(axis=1)
    hits = np.flatnonzero(share > _LEVEL)
    return ceiling + int(hits[0]) + 1 if hits.size else ceiling


def _books_only(edges: Edges, boxes: list[Box], wall: _Wall | None) -> list[Box]:
    """Without the smooth places between books and beside them that are as dark as the wall, or very dark. wall: where a
    free part of the board shows it; in the dark a camera's grain gives it a texture of its own."""
    if len(boxes) < 3:
        return boxes
    levels = [float(np.median(_inner(edges.log, box))) for box in boxes]
    usual, kept = float(np.median(levels)), []
    for box, level in zip(boxes, levels, strict=True):
        texture = _texture(edges, box)
        if wall is not None and abs(level - wall.level) < 0.12 and texture < max(_SMOOTH, 4 * wall.texture):
            continue
        if level < usual - 0.7 and texture < _SMOOTH:
            continue
        kept.append(box)
    return kept


def _texture(edges: Edges, box: Box) -> float:
    """The share of a place that shows level edges."""
    return float((_inner(edges.level, box) > EDGE).mean())


def _inner(values: Floats, box: Box) -> Floats:
    return values[box.y + box.height // 4 : box.bottom - 6, box.x + 2 : box.right - 2]


def _ended(boards: list[Board], slots: list[Slot], edges: Edges) -> list[Board]:
    """The boards from side to side of the bookcase, as far as books and free places go."""
    found = []
    for board in boards:
        boxes = [slot.box for slot in slots if slot.row == board.row]
        left, right = min(box.x for box in boxes), max(box.right for box in boxes)
        lower, upper = max(box.bottom for box in boxes) - 8, max(0, min(box.y for box in boxes) + 30)
        strong = (edges.upright[upper:lower] > EDGE).mean(axis=0)
        beyond = np.flatnonzero(strong[right + 6 :] > _UPRIGHT)
        before = np.flatnonzero(strong[: max(0, left - 6)] > _UPRIGHT)
        end = right + 6 + int(beyond[0]) - 2 if beyond.size else right
        begin = int(before[-1]) + 2 if before.size else left
        found.append(Board(board.row, begin, round(board.y_at(begin)), max(end, begin + 1), round(board.y_at(end))))
    return found
