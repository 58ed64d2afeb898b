"""A display's private mode with its overlay: what the paired screens are told while a face is checked.

Never the camera's picture: only which movement is asked for, and the outline of the face as points. They go to the
paired screens of that display alone, as the hub sends overlays of this kind and passing messages to no others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assistant.contracts import CloseOverlay, OpenOverlay
from assistant.private_mode import Demand, Phase, PrivateMode
from assistant.screens import PRIVATE_MODE
from display_bridge.hub import DisplayHub
from display_bridge.trust import Trust

PROGRESS_STEP = 0.05
MOST_POINTS = 1000
ASKS = ("left", "right", "up", "blink")


@dataclass(slots=True)
class Seat:
    """args: of the overlay. here: when the watch last said that the person is here, seconds.
    incident: what was on the display when the check began. busy: a PIN is being compared."""

    display: str
    mode: PrivateMode
    camera: str = ""
    incident: str = ""
    args: dict[str, str] = field(default_factory=dict)
    progress: float = 0.0
    here: float = 0.0
    busy: bool = False


class PrivateOverlay:
    """Draws it, where it is open still: who has closed it has cancelled the check."""

    def __init__(self, hub: DisplayHub) -> None:
        self._hub = hub

    def tell(self, seat: Seat, **args: str) -> None:
        """Show these arguments; empty ones are left out."""
        seat.args = {key: value for key, value in args.items() if value}
        self.show(seat)

    def show(self, seat: Seat) -> None:
        """Draw it anew."""
        if self._hub.overlay(seat.display) == PRIVATE_MODE:
            self._hub.apply(OpenOverlay(seat.display, PRIVATE_MODE, dict(seat.args)))

    def revealed(self, seat: Seat) -> None:
        """An onlooker whom somebody was told of has gone."""
        if seat.args.get("reason") == "onlooker" and self._hub.overlay(seat.display) == PRIVATE_MODE:
            self._hub.apply(CloseOverlay(seat.display))

    def challenge(self, seat: Seat, event: Mapping[str, Any]) -> None:
        """Which movement is asked for, and how far it is made. A message that makes no sense is passed over."""
        step, of, ask, progress = (event.get(name) for name in ("step", "of", "ask", "progress"))
        if ask not in ASKS or not (_number(step) and _number(of) and _number(progress)):
            return
        made = min(1.0, max(0.0, float(event["progress"])))
        same = seat.args.get("phase") == "asking" and (seat.args["step"], seat.args["ask"]) == (str(step), ask)
        if same and abs(made - seat.progress) < PROGRESS_STEP and made < 1:
            return
        seat.progress = made
        self.tell(seat, phase="asking", step=str(step), of=str(of), ask=str(ask), progress=f"{made:.2f}")

    def demand(self, seat: Seat, demand: Demand, epoch: float) -> None:
        """Ask for the second factor. epoch: seconds from the machine's clock to the calendar's."""
        flags = {"pin": demand.pin, "watch": demand.watch, "wrong": demand.wrong}
        told = {name: "1" for name, on in flags.items() if on}
        told |= {"left": str(demand.left)} if demand.wrong and demand.left else {}
        self.tell(seat, phase="proving", check=seat.mode.check, until=f"{demand.until + epoch:.1f}", **told)

    def sketch(self, seat: Seat, points: object) -> None:
        """The outline of the face as points in widths of the frame; passing, kept nowhere."""
        wanted = seat.mode.phase in (Phase.CHECKING, Phase.PROVING) and self._hub.trust(seat.display) >= Trust.INTERNAL
        if wanted and isinstance(points, list) and len(points) <= MOST_POINTS:
            self._hub.send(seat.display, {"t": "sketch", "face": points})


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
