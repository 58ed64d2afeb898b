"""What a shelf consists of, in its enrolment picture: boards and the places of books; how they are corrected.

The file `shelf.json` of an enrolled shelf, and what `--slots FILE` brings back from a correction, are this and nothing
else. Boxes are pixels of the enrolment picture: [left, top, width, height].
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from assistant.contracts import BadInput

FORMAT = 1
MOST_SLOTS = 400
LEAST_PX = 6
"""Of a slot's width; thinner ones cannot be told from noise."""
TAGS = 50
"""0 to 49: ArUco's dictionary 4X4_50."""
_SAME = 0.8
"""Two boxes of a row that share so much of what they cover together are one book's."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the enrolment picture."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    def shared(self, other: Box) -> float:
        """0..1: the part of what both cover that each covers."""
        wide = min(self.right, other.right) - max(self.x, other.x)
        high = min(self.bottom, other.bottom) - max(self.y, other.y)
        both = max(0, wide) * max(0, high)
        return both / (self.width * self.height + other.width * other.height - both) if both else 0.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A place of a book. row: 0 is the topmost board. book: the catalogue's id, or the slot's own id for a book the
    catalogue does not know. tag: the ArUco tag on the spine, or behind the book (seen when it is out)."""

    id: str
    row: int
    box: Box
    book: str
    tag: int | None = None
    tag_behind: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """The front edge below a row of books, from (x1, y1) to (x2, y2): where the books' feet are."""

    row: int
    x1: int
    y1: int
    x2: int
    y2: int

    def y_at(self, x: float) -> float:
        """The height of the edge at x."""
        return self.y1 + (self.y2 - self.y1) * (x - self.x1) / max(1, self.x2 - self.x1)


@dataclass(frozen=True, slots=True)
class Layout:
    """A shelf in a picture of width x height. Slots are ordered by row, then from left to right."""

    width: int
    height: int
    boards: tuple[Board, ...]
    slots: tuple[Slot, ...]

    def slot(self, identifier: str) -> Slot:
        """The slot of an id. Raises BadInput no-such-slot."""
        for one in self.slots:
            if one.id == identifier:
                return one
        raise BadInput("no-such-slot", f"the shelf has no slot {identifier!r}")

    def row(self, row: int) -> tuple[Slot, ...]:
        """The slots of a row from left to right."""
        return tuple(slot for slot in self.slots if slot.row == row)

    # -------------------------------------------------------------------------------------------------- corrections

    def merged(self, first: str, second: str) -> Layout:
        """Two neighbours that are one book. The first's id and book stay."""
        one, other = self.slot(first), self.slot(second)
        between = [s for s in self.row(one.row) if min(one.box.x, other.box.x) < s.box.x < max(one.box.x, other.box.x)]
        if one == other or one.row != other.row or between:
            raise BadInput("not-neighbours", f"{first!r} and {second!r} do not stand beside one another")
        x, y = min(one.box.x, other.box.x), min(one.box.y, other.box.y)
        right, bottom = max(one.box.right, other.box.right), max(one.box.bottom, other.box.bottom)
        whole = replace(one, box=Box(x, y, right - x, bottom - y))
        return self._with([whole if s == one else s for s in self.slots if s != other])

    def split(self, identifier: str, x: int) -> Layout:
        """One slot that is two books, cut at x. The left part keeps the id and the book."""
        one = self.slot(identifier)
        if not one.box.x + LEAST_PX <= x <= one.box.right - LEAST_PX:
            raise BadInput("bad-slot", f"{identifier!r} cannot be cut at {x}")
        left = replace(one, box=replace(one.box, width=x - one.box.x))
        new = self.free_id(one.row)
        right = Slot(new, one.row, Box(x, one.box.y, one.box.right - x, one.box.height), new)
        return self._with([*(left if s == one else s for s in self.slots), right])

    def moved(self, identifier: str, box: Box) -> Layout:
        """A slot with another box."""
        one = self.slot(identifier)
        return self._with([replace(s, box=box) if s == one else s for s in self.slots])

    def added(self, row: int, box: Box) -> Layout:
        """A slot that was not suggested."""
        new = self.free_id(row)
        return self._with([*self.slots, Slot(new, row, box, new)])

    def removed(self, identifier: str) -> Layout:
        """Without a slot: what stands there is no book."""
        one = self.slot(identifier)
        return self._with([s for s in self.slots if s != one])

    def assigned(self, identifier: str, book: str) -> Layout:
        """A slot with the book that stands there; an empty name gives it back its own."""
        one = self.slot(identifier)
        return self._with([replace(s, book=book or s.id) if s == one else s for s in self.slots])

    def free_id(self, row: int) -> str:
        """An id that no slot of the row has."""
        taken, number = {s.id for s in self.slots}, 1
        while (name := slot_id(row, number)) in taken:
            number += 1
        return name

    def _with(self, slots: Iterable[Slot]) -> Layout:
        return checked(replace(self, slots=tuple(sorted(slots, key=lambda s: (s.row, s.box.x, s.id)))))

    # --------------------------------------------------------------------------------------------------------- JSON

    def as_json(self) -> dict[str, Any]:
        """As it is written."""
        return {
            "format": FORMAT,
            "size": [self.width, self.height],
            "boards": [{"row": b.row, "from": [b.x1, b.y1], "to": [b.x2, b.y2]} for b in self.boards],
            "slots": [
                {
                    "id": s.id,
                    "row": s.row,
                    "box": [s.box.x, s.box.y, s.box.width, s.box.height],
                    "book": s.book,
                    **({"tag": s.tag} if s.tag is not None else {}),
                    **({"tag_behind": True} if s.tag_behind else {}),
                }
                for s in self.slots
            ],
        }


def slot_id(row: int, number: int) -> str:
    """The id of a place: row and number, both from 1."""
    return f"{row + 1}-{number:02d}"


def read_layout(text: str) -> Layout:
    """A layout from JSON. Raises BadInput bad-layout, or as `checked`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput("bad-layout", "the slots are no JSON") from error
    try:
        return checked(_layout(data))
    except KeyError as error:
        raise BadInput("bad-layout", f"the slots cannot be read: {error} is missing") from error
    except (TypeError, ValueError) as error:  # something of another kind than a list of so many numbers
        raise BadInput("bad-layout", "the slots cannot be read: size, from and to are two numbers, box four") from error


def _layout(data: Any) -> Layout:
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise BadInput("bad-layout", f"the slots cannot be read: format {FORMAT} is needed")
    width, height = (_number(n) for n in data["size"])
    boards = []
    for one in data["boards"]:
        (x1, y1), (x2, y2) = one["from"], one["to"]
        boards.append(Board(_number(one["row"]), _number(x1), _number(y1), _number(x2), _number(y2)))
    slots = []
    for one in data["slots"]:
        unknown = set(one) - {"id", "row", "box", "book", "tag", "tag_behind"}
        if unknown:
            raise BadInput("bad-layout", f"a slot has no field {', '.join(sorted(map(str, unknown)))}")
        x, y, wide, high = (_number(n) for n in one["box"])
        name, tag, behind = _word(one["id"]), one.get("tag"), one.get("tag_behind", False)
        if not isinstance(behind, bool):
            raise BadInput("bad-layout", "tag_behind is true or false")
        book = _word(one.get("book") or name)
        slots.append(
            Slot(name, _number(one["row"]), Box(x, y, wide, high), book, None if tag is None else _number(tag), behind)
        )
    slots.sort(key=lambda s: (s.row, s.box.x, s.id))
    return Layout(width, height, tuple(boards), tuple(slots))


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 100_000:
        raise BadInput("bad-layout", f"{str(value)[:40]!r} is no number of pixels")
    return round(value)


def _word(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 100 or not value.isprintable():
        raise BadInput("bad-layout", "an id is a text of 1 to 100 printable characters")
    return value


def checked(layout: Layout) -> Layout:
    """The layout itself. Raises BadInput bad-layout for boxes outside the picture, too thin or in one place, ids, books
    or tags that are given twice, tags that are not, a row without a board, no slot, or more than MOST_SLOTS."""
    if not 1 <= len(layout.slots) <= MOST_SLOTS:
        raise BadInput("bad-layout", f"a shelf has 1 to {MOST_SLOTS} slots, this one {len(layout.slots)}")
    if not 64 <= layout.width <= 8192 or not 64 <= layout.height <= 8192:
        raise BadInput("bad-layout", f"a picture of {layout.width} x {layout.height} is too small or too large")
    rows = [board.row for board in layout.boards]
    for what, values in (
        ("id", [s.id for s in layout.slots]),
        ("book", [s.book for s in layout.slots]),
        ("tag", [s.tag for s in layout.slots if s.tag is not None]),
        ("board", rows),
    ):
        twice = sorted({str(v) for v in values if values.count(v) > 1})  # type: ignore[arg-type]
        if twice:
            raise BadInput("bad-layout", f"the {what} {', '.join(twice)} is given twice")
    for slot in layout.slots:
        box = slot.box
        if slot.row not in rows:
            raise BadInput("bad-layout", f"slot {slot.id!r}: row {slot.row} has no board")
        if box.x < 0 or box.y < 0 or box.right > layout.width or box.bottom > layout.height:
            raise BadInput("bad-layout", f"slot {slot.id!r} lies outside the picture")
        if box.width < LEAST_PX or box.height < 3 * LEAST_PX:
            raise BadInput("bad-layout", f"slot {slot.id!r} is too small")
        if slot.tag is not None and not 0 <= slot.tag < TAGS:
            raise BadInput("bad-layout", f"slot {slot.id!r}: tags are 0 to {TAGS - 1}, not {slot.tag}")
    for one, other in combinations(layout.slots, 2):
        if one.row == other.row and one.box.shared(other.box) > _SAME:
            raise BadInput("bad-layout", f"slots {one.id!r} and {other.id!r} are in one place")
    return layout
