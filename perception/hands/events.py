"""What the motion mouse tells. x and y are of the screen: 0..1 from its left and top edge, as the person sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from perception.hands.body import Side


class Ending(StrEnum):
    """Why somebody no longer moves the cursor."""

    LOWERED = "lowered"
    LEFT = "left"
    SWITCHED_OFF = "switched_off"
    RECORDING_ENDED = "recording_ended"


class SelectBy(StrEnum):
    PINCH = "pinch"
    DWELL = "dwell"


@dataclass(frozen=True, slots=True)
class _Event:
    t: float
    """Seconds on the camera's clock."""
    type: ClassVar[str]

    def message(self) -> dict[str, Any]:
        """As JSON: `t` to the millisecond, `type`, and the event's own fields."""
        return {"t": round(self.t, 3), "type": self.type, **self._fields()}

    def _fields(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True, slots=True)
class Raising(_Event):
    """Somebody holds the right hand up. progress: 0..1 of the time that it takes; 0 when the hand went down early."""

    progress: float
    type = "raising"

    def _fields(self) -> dict[str, Any]:
        return {"progress": round(self.progress, 3)}


@dataclass(frozen=True, slots=True)
class Engaged(_Event):
    """From now on this person's hands move the cursor, and nobody else's."""

    type = "engaged"


@dataclass(frozen=True, slots=True)
class Cursor(_Event):
    """Where the cursor is. target: what it has snapped to, if the screen has told of targets. dwell: 0..1 of the time
    after which staying here chooses."""

    x: float
    y: float
    hand: Side
    target: str | None = None
    dwell: float = 0.0
    type = "cursor"

    def _fields(self) -> dict[str, Any]:
        dwell = {"dwell": round(self.dwell, 2)} if self.dwell > 0 else {}
        return {"x": round(self.x, 4), "y": round(self.y, 4), "hand": self.hand.value, **_target(self.target), **dwell}


@dataclass(frozen=True, slots=True)
class Select(_Event):
    """What is under the cursor is chosen."""

    x: float
    y: float
    by: SelectBy
    target: str | None = None
    type = "select"

    def _fields(self) -> dict[str, Any]:
        return {"x": round(self.x, 4), "y": round(self.y, 4), "by": self.by.value, **_target(self.target)}


@dataclass(frozen=True, slots=True)
class Released(_Event):
    """The cursor is free again."""

    reason: Ending
    type = "released"

    def _fields(self) -> dict[str, Any]:
        return {"reason": self.reason.value}


HandsEvent = Raising | Engaged | Cursor | Select | Released


def _target(target: str | None) -> dict[str, str]:
    return {} if target is None else {"target": target}
