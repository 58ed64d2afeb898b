"""Whether the camera sees its shelf at all: pure, with the frames' own clock.

A camera that was knocked away, or looks at something else, sees no book being taken; an operator has to learn that. A
door that is known to be closed hides the books, too, and nothing is wrong then.
"""

from __future__ import annotations

from enum import StrEnum

from perception.shelf.events import ViewBack, ViewLost
from perception.shelf.machine import Look
from perception.shelf.settings import FacingSettings


class Lost(StrEnum):
    """Why the shelf is not seen."""

    MOVED = "moved"  # the books are in the picture, far from their places
    HIDDEN = "hidden"  # they are not: another view, something in front of it, or a door that nobody knows of
    DARK = "dark"


class Facing:
    """`step` takes looks in the order of their times."""

    def __init__(self, settings: FacingSettings | None = None) -> None:
        self._settings = settings or FacingSettings()
        self._since: float | None = None
        self._strayed: float | None = None
        self._last: tuple[float, Lost] | None = None
        self._ever = False
        self.lost: Lost | None = None

    def step(self, look: Look, *, door_known: bool, door_closed: bool) -> list[ViewLost | ViewBack]:
        """What is to be said of a look. door_known: something surer than the picture of the shelf says how the door
        is; door_closed: whether it is believed to be closed."""
        settings = self._settings
        if not look.strayed and (look.free or look.seen >= settings.seen_share):
            self._ever, self._since, self._strayed = True, None, None
            before, self.lost = self.lost, None
            return [ViewBack(look.at)] if before is not None else []
        if look.dark or (door_known and door_closed):  # nothing can be said; who was moved away stays so
            self._since = self._strayed = None
            self._last = (look.at, Lost.DARK) if look.dark else None
            return []
        self._since = look.at if self._since is None else self._since
        self._strayed = (look.at if self._strayed is None else self._strayed) if look.strayed else None
        self._last = (look.at, Lost.MOVED if look.strayed else Lost.HIDDEN)
        if self._strayed is not None and look.at - self._strayed >= settings.moved_s:
            return self._say(look.at, Lost.MOVED)
        if look.at - self._since >= (settings.door_s if door_closed else settings.hidden_s):
            return self._say(look.at, Lost.HIDDEN)
        return []

    def ended(self) -> list[ViewLost | ViewBack]:
        """What is to be said at the end of a recording: that the shelf was never seen in it."""
        if self._ever or self.lost is not None or self._last is None:
            return []
        return self._say(*self._last)

    def _say(self, at: float, why: Lost) -> list[ViewLost | ViewBack]:
        if self.lost is not None:
            return []
        self.lost = why
        return [ViewLost(at, why.value)]
