"""The bookshelf of one camera: frames in, events out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from assistant.contracts import BadInput
from perception.frames import Frame, Picture
from perception.shelf.events import ShelfEvent, ShelfSeen
from perception.shelf.facing import Facing, Lost
from perception.shelf.machine import Door, Look, ShelfMachine, Where
from perception.shelf.settings import ShelfSettings
from perception.shelf.shutting import DoorPictures

_IDLE_AFTER_S = 3.0


class Matcher(Protocol):
    """Looks at pictures of a shelf: by colour (`SlotMatcher`) or by tags (`TagMatcher`)."""

    def look(self, at: float, picture: Picture) -> Look: ...
    def settle(self) -> None: ...
    def retake(self) -> bool: ...


class ShelfAbility:
    """Looks at a frame every `step_s` of the frames' own time.

    books: the book of each slot. live: also say what is out of the shelf when it is first seen. door: pictures of the
    closed and the open door, where there are any. Nothing is kept of the frames but the reference, in memory.
    """

    name = "shelf"

    def __init__(
        self,
        matcher: Matcher,
        books: dict[str, str],
        settings: ShelfSettings | None = None,
        *,
        live: bool = False,
        door: DoorPictures | None = None,
    ) -> None:
        self._settings = settings or ShelfSettings()
        self.matcher = matcher
        self.machine = ShelfMachine(books, self._settings.machine)
        self.facing = Facing(self._settings.facing)
        self._refused = ""
        self._next: float | None = None
        self._restless = self._calm_since = 0.0
        self._door = door
        self._books, self._told = books, not live
        self.last: Look | None = None

    def see(self, frame: Frame) -> Sequence[ShelfEvent]:
        """The events of a frame. Raises BadInput `another-shape` for a frame of another shape than the enrolled one,
        `too-small` for one in which books cannot be told apart."""
        if self._next is not None and frame.at < self._next:
            return ()
        first, self._next = self._next is None, frame.at + 0.9 * self._settings.step_s
        try:
            look = self.matcher.look(frame.at, frame.picture)
        except BadInput as error:
            self._refused = error.code
            raise
        self._refused = ""
        if self._door is not None and not look.dark:
            shut = self._door.closed(frame.picture)
            look = replace(look, shut=shut, free=look.free and not shut)
        self.last = look
        seen = self.facing.step(
            look,
            door_known=self.machine.contact or look.shut is not None,
            door_closed=look.shut or self.machine.door is Door.CLOSED,
        )
        if look.strayed or self.facing.lost is Lost.MOVED:
            self.machine.lose_view()
            self._calm_since = frame.at
            if self.facing.lost is None:  # a view that is lost for long is no reason to look often
                self._restless = frame.at
            return seen
        events = [*seen, *self.machine.step(look)]
        if self.machine.believed:
            self.matcher.settle()
            if not self._told:  # a worker that was started anew says what changed while it was away
                self._told = True
                events = [*events, self._first_seen(frame.at)]
        if not look.free or first or not self.machine.settled:
            self._restless = frame.at
        if events or look.seen < 1 or first or frame.at < self._calm_since:
            self._calm_since = frame.at
        if look.free and frame.at - self._calm_since >= self._settings.retake_s and self.matcher.retake():
            self._calm_since = frame.at
        return events

    def tell(self, message: Mapping[str, Any]) -> Sequence[ShelfEvent]:
        """`{"door": "open"}` or `{"door": "closed"}`: what a contact at the door says. Raises BadInput."""
        door = message.get("door")
        if door not in ("open", "closed"):
            raise BadInput("bad-message", "the door is open or closed")
        return self.machine.door_contact(self.last.at if self.last else 0.0, is_open=door == "open")

    def _first_seen(self, at: float) -> ShelfSeen:
        out = (slot for slot, sight in self.machine.books.items() if sight.where is Where.OUT)
        return ShelfSeen(at, tuple(sorted(self._books[slot] for slot in out)))

    @property
    def trouble(self) -> str:
        """Why nothing can be said of the books, as a code; empty where all is well."""
        return self._refused or (f"view-{self.facing.lost.value}" if self.facing.lost is not None else "")

    def ended(self) -> Sequence[ShelfEvent]:
        """What is to be said at the end of a recording."""
        return self.facing.ended()

    def idle(self) -> bool:
        """Whether nothing has been going on for some seconds."""
        return self.last is not None and self.last.at - self._restless > _IDLE_AFTER_S

    def close(self) -> None:
        """Nothing is held that has to be given back."""
