"""What a hand in the air does, on its way to the walls of a display: passing messages, of which only the newest counts.

They go to the walls among a display's most trusted screens that may command it, never to citizens' or mere watching
ones, and are no part of the state. One of those walls leads: its targets are what the cursor snaps to, it alone is told
that something was chosen, and commands by hand are taken from it alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from assistant.contracts import NotPermitted
from display_bridge.channel import Client, encode
from display_bridge.display import Display
from display_bridge.screening import Target
from display_bridge.trust import Identity, Trust

WALL = "wall"
ACTIVE = ("raising", "engaged")
CHOSEN_S = 5.0
"""So long after something was chosen a command may still come of it."""
OFTEN_S = 0.04
"""Targets that come sooner after the last ones are not worth passing on."""


class Known(Protocol):
    """The displays by name."""

    def get(self, name: str) -> Display | None: ...


@dataclass(slots=True)
class _Hand:
    phase: str = "off"
    chosen_at: float = float("-inf")
    aimed_at: float = float("-inf")


class HandScreens:
    """on_targets: takes a display and what can be chosen there; on_command: carries out what a hand has chosen, as
    `DisplayHub.on_command` does for touch. Both set by the owner."""

    def __init__(self, displays: Known, clock: Callable[[], float] = time.monotonic) -> None:
        self._displays, self._clock = displays, clock
        self._hands: dict[str, _Hand] = {}
        self.on_targets: Callable[[str, tuple[Target, ...]], None] | None = None
        self.on_command: Callable[[str, str, Mapping[str, Any], Identity], Any] | None = None

    def phase(self, display: str) -> str:
        """`off`, `raising` or `engaged`."""
        return self._hands[display].phase if display in self._hands else "off"

    def show(self, display: str, phase: str, **fields: Any) -> bool:
        """Tell the walls how it stands; a newer word takes the place of one that still waits. False without a wall."""
        self._hands.setdefault(display, _Hand()).phase = phase
        found = self._displays.get(display)
        walls = walls_of(found) if found else []
        leading = max(walls, key=_rank, default=None)
        for wall in walls:
            wall.pass_on("hands", encode({"t": "hands", "phase": phase, "lead": wall is leading, **fields}))
        return bool(walls)

    def choose(self, display: str, x: float, y: float, by: str, target: str | None) -> bool:
        """Tell the leading wall that what is there is chosen. False without one, or while no hand is engaged."""
        found, hand = self._displays.get(display), self._hands.get(display)
        leading = leading_of(found) if found else None
        if leading is None or hand is None or hand.phase != "engaged":
            return False
        hand.chosen_at = self._clock()
        place = {"x": x, "y": y, "by": by, "at": round(time.time(), 3)}
        leading.pass_on("select", encode({"t": "select", **place, **({"target": target} if target else {})}))
        return True

    def check(self, display: Display, client: Client) -> None:
        """Whether a command of this screen may have come by hand. Raises NotPermitted `no-hand`."""
        hand = self._hands.get(display.id)
        chosen = hand is not None and hand.phase == "engaged" and self._clock() - hand.chosen_at <= CHOSEN_S
        if not chosen or leading_of(display) is not client:
            raise NotPermitted("no-hand", "no hand has chosen anything on this screen")

    def aim(self, display: Display, client: Client, targets: tuple[Target, ...]) -> bool:
        """What can be chosen on a screen. Passed on from the leading wall, while a hand is raised or engaged."""
        hand, now = self._hands.get(display.id), self._clock()
        if hand is None or hand.phase not in ACTIVE or now - hand.aimed_at < OFTEN_S:
            return False
        if self.on_targets is None or leading_of(display) is not client:
            return False
        hand.aimed_at = now
        self.on_targets(display.id, targets)
        return True


def walls_of(display: Display) -> list[Client]:
    """The walls that the hand is shown on."""
    channel = display.main()
    return [
        client
        for client in (channel.clients if channel else ())
        if client.identity.role == WALL and client.identity.commands and client.identity.trust >= Trust.ROOM
    ]


def leading_of(display: Display) -> Client | None:
    """The wall that decides: one that paints, a paired one before another, the one that came first."""
    return max(walls_of(display), key=_rank, default=None)


def _rank(client: Client) -> tuple[bool, bool, int]:
    return client.acked[1] == "rendered", bool(client.identity.device), -client.number
