"""What can be tuned of the bookshelf sensor, with the figures it was measured with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from assistant.contracts import ConfigError


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """How pictures are compared. Scores run from about 0 (another thing) to 1 (the same).

    same: from which score on a place looks as it did; less is looked at closely. found: from which score on a book is
    found where it may have moved to. pattern: what the pattern alone of a book that has not moved says at least.
    elsewhere: as found, for places far from its own, where chance has more tries. part: from which score on a third of
    a spine shows that the book stands there and is partly covered. reach_px: how far neighbours may slide, beside the
    width of the books that are out. leans: degrees tried. unlike: a gap whose score against what it was is below this
    holds something unknown. many: more places than this changed at once means that somebody stands there.
    """

    same: float = 0.74
    found: float = 0.58
    pattern: float = 0.68
    elsewhere: float = 0.7
    part: float = 0.78
    reach_px: int = 70
    leans: tuple[float, ...] = (0.0, 3.0, -3.0, 6.0, -6.0, 9.0, -9.0, 12.0, -12.0)
    unlike: float = 0.35
    many: int = 8


@dataclass(frozen=True, slots=True)
class GuardSettings:
    """When what is seen does not count. Tiles along the boards: tile_px (width, height), off by more than `off`
    (logarithm of brightness) are covered, `tiles` of them mean that somebody stands there. Motion: at 160 x 90 pixels,
    `moving` of the mean on more than `share` of the picture; `steps` quiet comparisons open the gate. dark: mean
    brightness (of 255) below which nothing is judged. patience_s: a covered tile that has not changed for so long
    belongs to the furniture now."""

    tile_px: tuple[int, int] = (30, 14)
    off: float = 0.25
    tiles: int = 2
    moving: float = 0.15
    share: float = 0.01
    steps: int = 2
    dark: float = 10.0
    patience_s: float = 900.0


@dataclass(frozen=True, slots=True)
class MachineSettings:
    """When what was seen becomes an event.

    looks: so many agreeing looks. closed_share, open_share: of the places recognised, at most and at least, for a door
    that is closed or open. door_looks, open_looks: for the door; first_looks: for one that is closed from the
    beginning. unknown_looks: for something unknown.
    """

    looks: int = 3
    closed_share: float = 0.04
    open_share: float = 0.3
    door_looks: int = 4
    first_looks: int = 2
    open_looks: int = 2
    unknown_looks: int = 12


@dataclass(frozen=True, slots=True)
class FacingSettings:
    """When it is said that the camera does not see its shelf.

    seen_share: of the places recognised, for the shelf to be seen. moved_s: so long the books stand at other places of
    the picture. hidden_s: so long they are not seen at all; door_s: the same where it may be a closed door.
    """

    seen_share: float = 0.3
    moved_s: float = 4.0
    hidden_s: float = 120.0
    door_s: float = 600.0


@dataclass(frozen=True, slots=True)
class ShelfSettings:
    """step_s: seconds of the frames' own time between two looks. retake_s: after so long without a change the
    reference is taken anew, in memory only."""

    step_s: float = 0.25
    retake_s: float = 3600.0
    match: MatchSettings = field(default_factory=MatchSettings)
    guard: GuardSettings = field(default_factory=GuardSettings)
    machine: MachineSettings = field(default_factory=MachineSettings)
    facing: FacingSettings = field(default_factory=FacingSettings)


def shelf_settings(given: Mapping[str, Any]) -> tuple[str, Path, ShelfSettings]:
    """An enrolled shelf's name, the folder of shelves, and the figures, from `{"name", "folder", "step_s", "retake_s",
    "match": {...}, "guard": {...}, "machine": {...}, "facing": {...}}`. Raises ConfigError `bad-setting`."""
    figures = dict(given)
    name, folder = figures.pop("name", None), figures.pop("folder", None)
    if not isinstance(name, str) or not isinstance(folder, str):
        raise ConfigError("bad-setting", "shelf: the name of an enrolled shelf is needed")
    return name, Path(folder), _with(ShelfSettings(), "shelf", figures)


def _with(settings: Any, where: str, given: object) -> Any:
    """Settings with some of their numbers changed."""
    if not isinstance(given, Mapping):
        raise ConfigError("bad-setting", f"{where}: not a table")
    known = {its.name: getattr(settings, its.name) for its in fields(settings)}
    changed = {}
    for key, value in given.items():
        before = known.get(key)
        if before is not None and not isinstance(before, int | float | tuple):
            changed[key] = _with(before, f"{where}.{key}", value)
            continue
        number = isinstance(value, int | float) and not isinstance(value, bool) and value > 0
        if not isinstance(before, int | float) or not number:
            raise ConfigError("bad-setting", f"{where}.{key}: {value!r} cannot be")
        changed[key] = type(before)(value)
    return replace(settings, **changed)
