"""How the motion mouse behaves, as plain values. Lengths are in the person's shoulder widths unless said otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from assistant.contracts.errors import ConfigError


@dataclass(frozen=True, slots=True)
class RaiseSettings:
    """When a right hand counts as held up. The figures come from photos and simulated movements (bench_hands)."""

    hold_s: float = 3.0
    grace_s: float = 0.27
    """So long a hand may seem down without starting again. More than 0.3 adds up short raises."""
    unsure_s: float = 0.6
    """So long it may be unclear whether the hand is open."""
    slow_s: float = 1.0
    """So far apart frames may be where the processor allows no more; one of them in which the hand seems down is then
    forgiven, too."""
    least_frames: int = 6
    """In which the hand must have been seen up."""
    least_share: float = 0.7
    """Of the frames that tell: a hand that seems up now and then is another gesture."""
    least_width: float = 0.045
    """Of the shoulders, in frame widths: 4 m with a lens of 90 degrees, 5.5 m with one of 70."""
    palm_above: float = 0.12
    palm_aside_above: float = -0.15
    """The palm over its shoulder, for an open hand: before the body, and to its own side of the body."""
    fingers: int = 4
    fingers_far: int = 2
    """Enough of them for a hand that is well away from the ear."""
    ear_far: float = 0.5
    ear_apart: float = 0.33
    """A palm nearer to the ear holds a telephone, or listens."""
    unseen_above: float = 0.5
    unseen_aside: float = 0.1
    """A hand that cannot be made out, in the dark or far away, counts when its wrist is surely so far above the
    shoulder and outside of it, and away from the ear."""
    overhead_above: float = 0.4
    overhead_apart: float = 0.8
    """A hand of any shape counts when the wrist is so far above the nose, and the palm so far from it."""
    other_below: float = -0.05
    """The left palm is at least so far below its shoulder: both hands up are somebody who stretches, or surrenders. Far
    away an arm that hangs down is sometimes seen as high as the shoulder, and not higher."""
    wave: float = 0.22
    """Going to and fro by more than this is waving."""
    wave_rough: float = 0.35
    """The same where only the body's points tell it."""
    wave_s: float = 1.6


@dataclass(frozen=True, slots=True)
class CursorSettings:
    """How hands move the cursor. The box is a part of space in front of the shoulder that stands for the screen."""

    box_width: float = 1.9
    box_aside: float = 0.5
    """Its middle, from the middle of the body to the hand's own side."""
    box_top: float = 0.7
    """Its upper edge, above the shoulders."""
    screen_aspect: float = 16 / 9
    least_cutoff_hz: float = 1.0
    speed_share: float = 0.007
    """1-euro filter, for pixels of a screen 1920 wide."""
    down_below: float = 0.55
    """A palm so far below the shoulder is lowered."""
    switch_s: float = 0.3
    release_s: float = 1.5
    lost_s: float = 1.0
    snap: float = 0.02
    unsnap: float = 0.035
    """The cursor jumps to a target that is so near, and leaves it when it is so far; in screen heights."""


@dataclass(frozen=True, slots=True)
class SelectSettings:
    """How something is chosen. Pinch distances in sizes of the hand (wrist to middle knuckle)."""

    pinch: bool = True
    dwell: bool = True
    pinch_closed: float = 0.3
    pinch_open: float = 0.5
    pinch_s: float = 0.06
    """So long the fingers touch."""
    look_back_s: float = 0.15
    """What was meant is where the cursor was before the hand began to close."""
    least_hand: float = 0.011
    """In frame widths: of a smaller hand no pinch can be told."""
    dwell_s: float = 1.2
    dwell_radius: float = 0.03
    """Staying within this, in screen heights, is dwelling."""
    dwell_again: float = 0.1
    """So far a hand that has chosen, or has just got the cursor, goes before it can choose by staying, in screen
    heights: one held still strays by 0.085 (the 99th percentile of a drawn arm with a camera's grain)."""


@dataclass(frozen=True, slots=True)
class HandsSettings:
    """Everything."""

    raising: RaiseSettings = field(default_factory=RaiseSettings)
    cursor: CursorSettings = field(default_factory=CursorSettings)
    select: SelectSettings = field(default_factory=SelectSettings)


def hands_settings(given: Mapping[str, Any]) -> HandsSettings:
    """From `{"raising": {...}, "cursor": {...}, "select": {...}}`. Raises ConfigError `bad-setting`."""
    parts = {"raising": RaiseSettings, "cursor": CursorSettings, "select": SelectSettings}
    if unknown := sorted(given.keys() - parts.keys()):
        raise ConfigError("bad-setting", f"hands: unknown: {', '.join(unknown)}")
    return HandsSettings(**{name: _part(name, kind, given.get(name, {})) for name, kind in parts.items()})


def _part(name: str, kind: type[Any], given: object) -> Any:
    known = {its.name: type(its.default) for its in fields(kind)}
    if not isinstance(given, Mapping):
        raise ConfigError("bad-setting", f"hands.{name}: not a table")
    for key, value in given.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if key not in known or not (isinstance(value, bool) if known[key] is bool else number):
            raise ConfigError("bad-setting", f"hands.{name}.{key}: {value!r} cannot be")
    return kind(**given)
