"""Pictures put together from their packets: handed on with their last packet, in order, and never a broken one.

aiortc's own buffer waits for the next picture before it lets one go, and after a loss that nobody mends it stands still
for 512 packets and then goes on with pictures that need the lost one. Subscribers get packets numbered anew, so they
could not see that: what follows a lost picture is held back until the next whole one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

MOST_HELD = 1000
GIVE_UP_S = 0.25
"""A packet that has not been sent again by then is lost."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One packet. begins: a picture begins with it. last: it ends one. An empty piece fills a number, nothing else."""

    number: int
    timestamp: int
    data: bytes
    begins: bool
    last: bool

    @property
    def whole(self) -> bool:
        """Whether it begins a picture that needs no other (RFC 6386, section 9.1: the lowest bit is 0)."""
        return self.begins and bool(self.data) and not self.data[0] & 1


@dataclass(slots=True)
class Assembly:
    """deliver: takes each picture and its time stamp. ask_whole: a picture was lost, a whole one is needed. Pure but
    for these: `now` is in seconds of any clock."""

    deliver: Callable[[bytes, int], None]
    ask_whole: Callable[[], None]
    _held: dict[int, Piece] = field(default_factory=dict)
    _next: int | None = None
    _newest: int = 0
    _stuck_since: float | None = None

    def add(self, piece: Piece, now: float) -> None:
        """A packet as it arrives, in any order, more than once, or not at all."""
        number = self._unwrapped(piece.number)
        if self._next is not None and number < self._next:
            return
        self._held[number] = piece
        self._newest = max(self._newest, number)
        if self._next is None and not self._find_whole():
            self._forget_old()
            self.ask_whole()
            return
        moved = self._let_go()
        if not self._hole():
            self._stuck_since = None
        elif moved or self._stuck_since is None:
            self._stuck_since = now
        elif now - self._stuck_since > GIVE_UP_S or len(self._held) > MOST_HELD:
            self._stuck_since = None
            self._skip()

    def _unwrapped(self, number: int) -> int:
        """The number without the overflow of 16 bits, as near as can be to the newest."""
        if not self._held and self._next is None:
            self._newest = self._newest or number
        near = self._newest & ~0xFFFF | number
        return min((near - 0x10000, near, near + 0x10000), key=lambda one: abs(one - self._newest))

    def _let_go(self) -> bool:
        """Hand on every picture that is complete; whether there was any."""
        moved = False
        while (end := self._complete()) is not None:
            assert self._next is not None
            pieces = [self._held.pop(number) for number in range(self._next, end)]
            self._next, moved = end, True
            data = b"".join(piece.data for piece in pieces)
            if data:
                self.deliver(data, next(piece.timestamp for piece in pieces if piece.data))
        return moved

    def _complete(self) -> int | None:
        """The number after the picture, or the filling, that comes next; None while something of it is missing."""
        number = self._next
        assert number is not None
        while (piece := self._held.get(number)) is not None:
            if not piece.data and number == self._next or piece.last:
                return number + 1
            number += 1
        return None

    def _hole(self) -> bool:
        """Whether something is missing before what has arrived."""
        number = self._next
        assert number is not None
        while number in self._held:
            number += 1
        return number < self._newest

    def _skip(self) -> None:
        """What comes next will not come any more."""
        self._next = None
        if not self._find_whole():
            self._forget_old()
            self.ask_whole()
        else:
            self._let_go()

    def _find_whole(self) -> bool:
        """Go on with the latest whole picture that is here."""
        found = max((number for number, piece in self._held.items() if piece.whole), default=None)
        if found is None:
            return False
        self._next = found
        self._held = {number: piece for number, piece in self._held.items() if number >= found}
        return True

    def _forget_old(self) -> None:
        """Without a whole picture only the newest packets can still be of use: one may come before them, late."""
        self._held = {number: piece for number, piece in self._held.items() if number > self._newest - 64}
