"""From looks at the shelf to events: pure, with the frames' own clock.

A look says where each book was seen. What it says counts once the view is quiet and free, and enough looks that follow
one another agree. What the shelf held when it was first seen is no event.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from perception.shelf.events import BookReturned, BookTaken, DoorClosed, DoorOpened, ShelfEvent, UnknownChange
from perception.shelf.settings import MachineSettings


class Where(StrEnum):
    """Where a book was seen."""

    ROW = "row"  # at its own place, or moved along with its neighbours
    ELSEWHERE = "elsewhere"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Sight:
    """One book as seen; near: the slot it stands nearest to, where it is elsewhere."""

    where: Where
    near: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """One look. free: nothing moves and nobody stands in front, so that `books` can be believed. seen: share of the
    places that look as they did. covered: whether the picture as a whole is another one than the shelf, and still.
    dark: nothing can be said. books: by slot; empty where the look did not get that far. unknown: places where
    something stands that is none of the books. as_ever: places that look as they did: what is recognised is there, even
    while something moves elsewhere. shut: whether it looks like the picture of the closed door; None: not known.
    strayed: the books are in the picture, but far from their places."""

    at: float
    free: bool
    seen: float
    covered: bool = False
    dark: bool = False
    books: Mapping[str, Sight] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    as_ever: frozenset[str] = frozenset()
    shut: bool | None = None
    strayed: bool = False


class Door(StrEnum):
    """What is known of the door."""

    NOT_KNOWN = "not_known"
    OPEN = "open"
    CLOSED = "closed"


class ShelfMachine:
    """`step` takes looks in the order of their times. names: the book of each slot.

    `books` is where each book was last believed to be. With a contact at the door, `door_contact` says what it says,
    and pictures are not asked about the door any more.
    """

    def __init__(self, names: Mapping[str, str], settings: MachineSettings | None = None) -> None:
        self._names = dict(names)
        self._settings = settings or MachineSettings()
        self.books: dict[str, Sight] = {}
        self.door = Door.NOT_KNOWN
        self.contact = False
        """Whether a contact says how the door is."""
        self._candidate: Mapping[str, Sight] | None = None
        self._agreed = 0
        self._unknown: dict[str, int] = {}
        self._told: set[str] = set()
        self._covered = self._opened = 0
        self.believed = False
        """Whether the last look confirmed how the shelf is now, and nothing about it waits to be confirmed."""

    def lose_view(self) -> None:
        """The camera looks elsewhere: what waited is forgotten, and how the door is, unless a contact says it."""
        self._forget()
        self._covered = self._opened = 0
        self.believed = False
        if not self.contact:
            self.door = Door.NOT_KNOWN

    def door_contact(self, at: float, *, is_open: bool) -> list[ShelfEvent]:
        """What a contact at the door says."""
        self.contact = True
        return self._door(at, Door.OPEN if is_open else Door.CLOSED)

    def step(self, look: Look) -> list[ShelfEvent]:
        """The events of a look, in the order in which they are to be told."""
        events: list[ShelfEvent] = []
        self.believed = False
        if look.dark:
            self._covered = self._opened = 0
            self._forget()
            return events
        if not self.contact:
            events += self._watch_door(look)
        for slot in look.as_ever - self.books.keys():
            self.books[slot] = Sight(Where.ROW)
        if not look.free or not look.books or self.door is Door.CLOSED:
            self._forget()
            return events
        return events + self._watch_books(look)

    @property
    def settled(self) -> bool:
        """Whether nothing waits to be confirmed."""
        return (self._candidate is None or self._candidate == self.books) and not self._unknown

    # -------------------------------------------------------------------------------------------------------- door

    def _watch_door(self, look: Look) -> list[ShelfEvent]:
        settings = self._settings
        hidden, open_ = look.covered and look.seen <= settings.closed_share, look.seen >= settings.open_share
        if look.shut is not None:
            hidden, open_ = look.shut, not look.shut
        self._covered = self._covered + 1 if hidden else 0
        self._opened = self._opened + 1 if open_ else 0
        enough = settings.first_looks if self.door is Door.NOT_KNOWN else settings.door_looks
        if self._covered >= enough:
            return self._door(look.at, Door.CLOSED)
        if self._opened >= settings.open_looks:
            return self._door(look.at, Door.OPEN)
        return []

    def _door(self, at: float, now: Door) -> list[ShelfEvent]:
        before, self.door = self.door, now
        if before is now or before is Door.NOT_KNOWN:
            return []
        return [DoorOpened(at) if now is Door.OPEN else DoorClosed(at)]

    # ------------------------------------------------------------------------------------------------------- books

    def _forget(self) -> None:
        self._candidate, self._agreed = None, 0
        self._unknown.clear()

    def _watch_books(self, look: Look) -> list[ShelfEvent]:
        seen = {slot: sight for slot, sight in look.books.items() if slot in self._names}
        self._agreed = self._agreed + 1 if seen == self._candidate else 1
        self._candidate = seen
        events: list[ShelfEvent] = []
        confirmed = self._agreed >= self._settings.looks
        if confirmed:
            events += self._believe(look.at, seen)
        events += self._watch_unknown(look)
        self.believed = confirmed and not self._unknown
        return events

    def _believe(self, at: float, seen: Mapping[str, Sight]) -> list[ShelfEvent]:
        taken: list[ShelfEvent] = []
        back: list[ShelfEvent] = []
        for slot, sight in seen.items():
            before, book = self.books.get(slot), self._names[slot]
            self.books[slot] = sight
            if before is None:
                continue
            if sight.where is Where.OUT and before.where is not Where.OUT:
                taken.append(BookTaken(at, book, slot))
            elif sight.where is Where.ELSEWHERE and before != sight:
                if before.where is not Where.OUT:  # from one place to another without a look between
                    taken.append(BookTaken(at, book, slot))
                back.append(BookReturned(at, book, sight.near, elsewhere=True))
            elif before.where in (Where.OUT, Where.ELSEWHERE) and sight.where is Where.ROW:
                if before.where is Where.ELSEWHERE:
                    taken.append(BookTaken(at, book, before.near))
                back.append(BookReturned(at, book, slot))
        return taken + back

    def _watch_unknown(self, look: Look) -> list[ShelfEvent]:
        events: list[ShelfEvent] = []
        self._told &= look.unknown
        for slot in list(self._unknown):
            if slot not in look.unknown:
                del self._unknown[slot]
        for slot in sorted(look.unknown - self._told):
            self._unknown[slot] = self._unknown.get(slot, 0) + 1
            if self._unknown[slot] >= self._settings.unknown_looks:
                self._told.add(slot)
                del self._unknown[slot]
                events.append(UnknownChange(look.at, slot))
        return events
