"""All displays of a process: made when first named, forgotten when nobody uses them, never more than fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from assistant.contracts import BadInput, Unavailable
from display_bridge.channel import Client
from display_bridge.display import Display
from display_bridge.pairing import DISPLAY_ID
from display_bridge.state import DisplayState

MAX_DISPLAYS = 4096
MAX_UNPAIRED_DISPLAYS = 256
"""Of displays that no paired device has opened: a stranger who invents names must not use up all of them."""
LONGEST_SLEEP_S = 5.0
REVOKED_WITHIN_S = 1.0
"""How soon a screen whose token was revoked is cut off: the devices' file is looked at this often."""
FORGET_S = 3600.0
"""A display that nobody has looked at or commanded for so long is forgotten."""


class Displays:
    """The displays by id. keep: those that are never forgotten. on_forgotten: told of each that is."""

    def __init__(self, keep: Collection[str] = ()) -> None:
        self._keep = frozenset(keep)
        self._all: dict[str, Display] = {}
        self.on_forgotten: Callable[[Display], None] | None = None

    def __iter__(self) -> Iterator[Display]:
        return iter(list(self._all.values()))

    def get(self, name: str) -> Display | None:
        """The display, or None when there is none of this id."""
        return self._all.get(name)

    def clients(self) -> Iterator[tuple[Display, Client]]:
        """Every connected screen with its display."""
        return ((display, client) for display in self for client in display.clients())

    def quiet_s(self, now: float) -> float:
        """Seconds from now in which nothing ends by itself anywhere; never longer than what must be looked at again."""
        ends = [end for d in self if d.main() and (end := d.next_deadline(now)) is not None]
        paired = any(client.identity.device for _, client in self.clients())
        longest = REVOKED_WITHIN_S if paired else LONGEST_SLEEP_S
        return min(longest, max(0.02, min(ends, default=now + longest) - now))

    def open(self, name: str, state: Callable[[], DisplayState], now: float, *, paired: bool) -> Display:
        """The display of this id, made with `state()` when there is none.

        At the limit the unpaired display that was left the longest ago makes room. Raises BadInput for a bad id,
        Unavailable when no room can be made.
        """
        found = self._all.get(name)
        if found is not None:
            return found
        if not DISPLAY_ID.fullmatch(name):
            raise BadInput("bad-display-id", "a display id is 1 to 40 letters, digits, - and _")
        self.forget(now)
        unpaired = not paired and name not in self._keep
        if (unpaired and not self._room_for_a_stranger()) or len(self._all) >= MAX_DISPLAYS:
            raise Unavailable("too-many-displays", "no further display can be opened")
        self._all[name] = Display(name, state(), used=now, unpaired=unpaired)
        return self._all[name]

    def forget(self, now: float) -> None:
        """Drop displays that nobody uses any more."""
        for display in self:
            if display.id not in self._keep and not display.clients() and now - display.used >= FORGET_S:
                self._drop(display)

    def _room_for_a_stranger(self) -> bool:
        strangers = [display for display in self if display.unpaired]
        if len(strangers) < MAX_UNPAIRED_DISPLAYS:
            return True
        left = [display for display in strangers if not display.clients()]
        if left:
            self._drop(min(left, key=lambda display: display.used))
        return bool(left)

    def _drop(self, display: Display) -> None:
        del self._all[display.id]
        if self.on_forgotten:
            self.on_forgotten(display)
