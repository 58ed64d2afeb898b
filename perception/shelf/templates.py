"""A book's spine as it was enrolled."""

from __future__ import annotations

from dataclasses import dataclass

from perception.shelf.appearance import HALF, Canvas, Piece
from perception.shelf.layout import Layout, Slot
from perception.shelf.light import Light


@dataclass(frozen=True, slots=True)
class Template:
    """A book's spine as enrolled, and its place in half size."""

    slot: Slot
    piece: Piece
    left: int
    top: int

    @property
    def wide(self) -> int:
        return self.piece.wide

    def lit(self, light: Light) -> Piece:
        """How it looks at its own place in some light."""
        return self.piece.lit(
            light.gain_at(HALF * (self.left + self.wide / 2), HALF * (self.top + self.piece.high / 2))
        )


def templates_of(canvas: Canvas, layout: Layout) -> dict[str, Template]:
    """Every slot's spine, by the slot's id."""
    found: dict[str, Template] = {}
    for slot in layout.slots:
        left, top = round(slot.box.x / HALF), round(slot.box.y / HALF)
        wide, high = max(3, round(slot.box.width / HALF)), max(9, round(slot.box.height / HALF))
        found[slot.id] = Template(slot, canvas.cut(left, top, wide, high), left, top)
    return found
