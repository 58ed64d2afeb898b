"""What the bookshelf says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DoorOpened:
    """The bookcase was closed, and its books can be seen now."""

    t: float

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "door_opened"}


@dataclass(frozen=True, slots=True)
class DoorClosed:
    """The books cannot be seen any more, behind a door."""

    t: float

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "door_closed"}


@dataclass(frozen=True, slots=True)
class BookTaken:
    """A book is out. slot: the place it stood at."""

    t: float
    book: str
    slot: str

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "book_taken", "book": self.book, "slot": self.slot}


@dataclass(frozen=True, slots=True)
class BookReturned:
    """A book that was out stands on the shelf again. slot: its own place; elsewhere: whether it now stands at another
    one (then `slot` is the nearest place to it)."""

    t: float
    book: str
    slot: str
    elsewhere: bool = False

    def message(self) -> dict[str, Any]:
        where = {"elsewhere": True} if self.elsewhere else {}
        return {"t": round(self.t, 3), "type": "book_returned", "book": self.book, "slot": self.slot, **where}


@dataclass(frozen=True, slots=True)
class UnknownChange:
    """Something stands at a place that is none of the shelf's books."""

    t: float
    slot: str

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "unknown_change", "slot": self.slot}


@dataclass(frozen=True, slots=True)
class ShelfSeen:
    """The shelf is seen for the first time since somebody began to look: what is out of it already. out: books."""

    t: float
    out: tuple[str, ...]

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "shelf_seen", "out": list(self.out)}


@dataclass(frozen=True, slots=True)
class ViewLost:
    """The camera does not see its shelf any more, and nothing is said of the books until it does. reason: `moved`,
    `hidden` or `dark` (see perception/shelf/facing.py)."""

    t: float
    reason: str

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "view_lost", "reason": self.reason}


@dataclass(frozen=True, slots=True)
class ViewBack:
    """It sees it again."""

    t: float

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "view_back"}


ShelfEvent = DoorOpened | DoorClosed | BookTaken | BookReturned | UnknownChange | ShelfSeen | ViewLost | ViewBack
