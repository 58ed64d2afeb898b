"""How the face check behaves, as plain values, with the figures that they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from assistant.contracts.errors import ConfigError
from perception.face.events import Ask

MOST_STEPS = 6
"""Of a challenge that is known beforehand."""
MOST_AWAY_S = 3600.0
"""That may be asked for; `PresenceSettings.longest_away_s` is what is granted."""


@dataclass(frozen=True, slots=True)
class DecisionSettings:
    """When a face is a person's. near: the distance from which on it may be (dlib: 0.45, not the usual 0.6: fewer
    mistakes on faces unlike those that the model learnt from). needed of last: so many of the last looks, every_s
    apart. margin: so much nearer than to anybody else enrolled. patience: looks after which it is nobody."""

    near: float = 0.45
    needed: int = 3
    last: int = 5
    every_s: float = 0.25
    margin: float = 0.05
    patience: int = 10


@dataclass(frozen=True, slots=True)
class ChallengeSettings:
    """What is asked and when it counts. turn, tilt: of the nose, in face widths and heights, from where this person's
    is at rest; centre: nearer than this it is at rest. shut: of the person's own opening of the eyes."""

    turns: int = 2
    more_turns: int = 1
    """So many beyond, by chance: nor does a film know when it is over."""
    up: bool = True
    turn: float = 0.13
    tilt: float = 0.045
    centre: float = 0.075
    centre_tilt: float = 0.03
    settle_s: float = 0.8
    settle: tuple[float, float] = (0.03, 0.015)
    shift: tuple[float, float] = (0.04, 0.015)
    """A head that keeps still for so long, turn and tilt within `settle`, has come to rest, and rest moves towards it;
    by `shift` at most, or what is held flat before the camera could swing far from one side to the other."""
    shut: float = 0.75
    longest_blink_s: float = 1.0
    hold_s: float = 0.1
    reaction_s: float = 0.2
    """Nobody begins to turn, or shuts his eyes, in less since he was asked; whoever does was moving anyway."""
    latest_s: float = 2.5
    """Nor later than this: whoever begins to turn then was not asked."""
    begun: float = 0.7
    """From this share of a movement on it was begun too early, if it is soon; heads that have come to rest may be off
    by less (centre_tilt)."""
    stirred: float = 0.35
    """From this share on somebody is on his way, and is not late."""
    step_s: float = 3.5
    """So long one movement may take, and coming back from it."""
    known_step_s: float = 12.0
    """The same for a recording's own order, which is not judged by its time."""
    rest_s: float = 0.6
    """So long the face is looked at, at rest, before anything is asked."""
    pause_s: tuple[float, float] = (0.3, 0.6)
    still_s: tuple[float, float] = (2.8, 3.5)
    """Before a movement, by chance, the longer one before one of them: a film that is still for so long is late for all
    the others (pause_s + latest_s), and does not know which one it is."""
    early: int = 1
    """So often somebody may move before he is asked; each time he is asked for one movement more."""
    same: float = 0.45
    """Two looks at one face during a check are nearer than this."""
    same_turned: float = 0.6
    """And a look at a turned head to one at rest: rendered heads reached 0.56; it is dlib's usual limit."""
    lost_s: float = 0.7
    jump: float = 0.8
    """A face that is so far from where it was a moment ago, in its widths, is another one."""
    restarts: int = 2


@dataclass(frozen=True, slots=True)
class CheckSettings:
    """One check. least_px, least_share: the width of a face that is near enough, in pixels and of the frame.
    alone: whether nobody else may be near; another face counts from `other` of the first one's width on, for other_s.
    find_s: until a face must be there; longest_s: in all; known_longest_s: where a recording's own order is asked."""

    least_px: float = 64.0
    least_share: float = 0.06
    alone: bool = True
    other: float = 0.5
    other_s: float = 0.7
    find_s: float = 8.0
    longest_s: float = 30.0
    known_longest_s: float = 120.0


@dataclass(frozen=True, slots=True)
class LivenessSettings:
    """Votes. A sign from its threshold on is a vote; `needed` of the last `last` looks make the picture."""

    moire: float = 0.3
    """55 photographs of people showed 0.002 at most, a film of one 0.14; fine rasters 0.3 to 1."""
    border: float = 0.5
    spoof: float = 0.3
    """A spoof model's probability of a real face, below which it votes against."""
    flat: float = 5.0
    """What a head shows that no flat thing could, by its turn: about 12 (hundredths of the face by its widths)."""
    needed: int = 4
    last: int = 6
    frame_needed: int = 9
    frame_last: int = 10
    """So many of the last looks with a straight edge on all four sides. 73 photographs of people, 18 of them in rooms
    full of things, showed it never; three sides are seen in such rooms."""


@dataclass(frozen=True, slots=True)
class PresenceSettings:
    """After the check. away_s: so long the person may be gone (at most `longest_away_s`). again_s: his identity is
    looked at so often. onlooker_s: so long somebody else looks on. facing: a nose nearer to the middle than this looks
    at the screen. doubt: so many looks that are not the person's make him another; far: and are farther than this."""

    away_s: float = 10.0
    longest_away_s: float = 30.0
    again_s: float = 2.0
    onlooker_s: float = 1.5
    facing: float = 0.22
    doubt: int = 3
    far: float = 0.55
    least_other_px: float = 36.0


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """Everything. profiles: the folder of enrolled faces; key: what they are sealed with, 64 hexadecimal digits, or
    empty for the one in key_file. embedder_file: a SFace network, spoof_file: a MiniFASNet network, detector_file: a
    YuNet network; ONNX files that the site supplies. accept_recordings: whether a virtual camera or a recording may be
    checked, for demonstrations and tests; accept_network: whether a camera on the network may. asks: what a recording
    that is checked was made with, in place of chance; only where recordings are accepted."""

    decision: DecisionSettings = field(default_factory=DecisionSettings)
    challenge: ChallengeSettings = field(default_factory=ChallengeSettings)
    check: CheckSettings = field(default_factory=CheckSettings)
    liveness: LivenessSettings = field(default_factory=LivenessSettings)
    presence: PresenceSettings = field(default_factory=PresenceSettings)
    profiles: Path | None = None
    key: str = ""
    key_file: Path | None = None
    embedder_file: Path | None = None
    spoof_file: Path | None = None
    detector_file: Path | None = None
    accept_recordings: bool = False
    accept_network: bool = False
    asks: tuple[Ask, ...] = ()


_PARTS: dict[str, type[Any]] = {
    "decision": DecisionSettings,
    "challenge": ChallengeSettings,
    "check": CheckSettings,
    "liveness": LivenessSettings,
    "presence": PresenceSettings,
}
_FILES = ("profiles", "key_file", "embedder_file", "spoof_file", "detector_file")
_MODELS = ("embedder_file", "spoof_file", "detector_file")


def face_settings(given: Mapping[str, Any]) -> FaceSettings:
    """From plain values. A model's file that is named must be there. Raises ConfigError `bad-setting`,
    `model-missing`."""
    known = {its.name for its in fields(FaceSettings)}
    if unknown := sorted(given.keys() - known):
        raise ConfigError("bad-setting", f"face: unknown: {', '.join(unknown)}")
    values: dict[str, Any] = {name: _part(name, kind, given[name]) for name, kind in _PARTS.items() if name in given}
    for name in _FILES:
        if given.get(name) is not None:
            values[name] = _file(name, given[name])
    for name in ("accept_recordings", "accept_network"):
        if name in given:
            if not isinstance(given[name], bool):
                raise ConfigError("bad-setting", f"face.{name} is true or false")
            values[name] = given[name]
    if given.get("key"):
        if not isinstance(given["key"], str):
            raise ConfigError("bad-setting", "face.key is a text")
        values["key"] = given["key"]
    if given.get("asks"):
        values["asks"] = _asks(given["asks"], accepted=values.get("accept_recordings", False))
    return FaceSettings(**values)


def _asks(given: object, *, accepted: bool) -> tuple[Ask, ...]:
    """A challenge that is known beforehand protects from nothing: only for demonstrations."""
    if not accepted:
        raise ConfigError("bad-setting", "face.asks needs accept_recordings: a known challenge stops no recording")
    if not isinstance(given, list | tuple) or not 1 <= len(given) <= MOST_STEPS or not set(given) <= set(Ask):
        raise ConfigError("bad-setting", f"face.asks is a list of 1 to {MOST_STEPS} of {', '.join(Ask)}")
    return tuple(Ask(one) for one in given)


def _file(name: str, given: object) -> Path:
    if not isinstance(given, str | Path) or not str(given).strip():
        raise ConfigError("bad-setting", f"face.{name} is a path")
    path = Path(given)
    if name in _MODELS and not path.is_file():
        raise ConfigError("model-missing", f"face.{name}: there is no file {path}")
    return path


def _part(name: str, kind: type[Any], given: object) -> Any:
    known = {its.name: its.default for its in fields(kind)}
    if not isinstance(given, Mapping):
        raise ConfigError("bad-setting", f"face.{name}: not a table")
    values = {}
    for key, value in given.items():
        if key not in known or not _fits(known[key], value):
            raise ConfigError("bad-setting", f"face.{name}.{key}: {value!r} cannot be")
        values[key] = tuple(value) if isinstance(known[key], tuple) else value
    return kind(**values)


def _fits(default: object, value: object) -> bool:
    if isinstance(default, bool):
        return isinstance(value, bool)
    if isinstance(default, tuple):
        return isinstance(value, list | tuple) and len(value) == 2 and all(_fits(0.0, one) for one in value)
    if isinstance(default, int):
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
