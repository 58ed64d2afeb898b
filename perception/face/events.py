"""What the face check says. Nothing in it tells how near a face was to anybody's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Ask(StrEnum):
    """A movement: of the head towards the person's own left or right, or up; or both eyes shut for a moment."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    BLINK = "blink"


class Reason(StrEnum):
    """Why a check ended without a person. Stable: screens say them in words."""

    NO_FACE = "no-face"
    TOO_FAR = "too-far"
    SEVERAL_FACES = "several-faces"
    NOT_RECOGNISED = "not-recognised"
    NOT_THE_SAME_FACE = "not-the-same-face"
    CHALLENGE_FAILED = "challenge-failed"
    LOOKS_LIKE_A_PICTURE = "looks-like-a-picture"
    TIMEOUT = "timeout"


@dataclass(frozen=True, slots=True)
class _Event:
    """id: of the check or watch that it belongs to, as it was told."""

    t: float
    id: str

    def _about(self, kind: str, **more: Any) -> dict[str, Any]:
        its = {"id": self.id} if self.id else {}
        return {"t": round(self.t, 3), "type": kind, **its, **more}


@dataclass(frozen=True, slots=True)
class ChallengeAsked(_Event):
    """Step `step` of `of` is asked for; progress 0 to 1."""

    step: int
    of: int
    ask: Ask
    progress: float

    def message(self) -> dict[str, Any]:
        more = {"step": self.step, "of": self.of, "ask": str(self.ask), "progress": round(self.progress, 2)}
        return self._about("challenge", **more)


@dataclass(frozen=True, slots=True)
class Verified(_Event):
    """It is this person, who is there in the flesh as far as the challenge can tell."""

    person: str

    def message(self) -> dict[str, Any]:
        return self._about("verified", person=self.person)


@dataclass(frozen=True, slots=True)
class Rejected(_Event):
    """The check has ended without a person."""

    reason: Reason

    def message(self) -> dict[str, Any]:
        return self._about("rejected", reason=str(self.reason))


@dataclass(frozen=True, slots=True)
class Left(_Event):
    """The person has been away for the set time."""

    def message(self) -> dict[str, Any]:
        return self._about("left")


@dataclass(frozen=True, slots=True)
class Onlooker(_Event):
    """A face that is not the person's looks at the screen. again: it still does; said every second and a half."""

    again: bool = False

    def message(self) -> dict[str, Any]:
        return self._about("onlooker")


@dataclass(frozen=True, slots=True)
class Here(_Event):
    """The watch goes on, and the person was seen within the time that he may be away. Said about each second."""

    def message(self) -> dict[str, Any]:
        return self._about("here")


@dataclass(frozen=True, slots=True)
class Debug:
    """Figures for whoever measures, in a replay that asks for them; no service makes one."""

    t: float
    figures: dict[str, Any]

    def message(self) -> dict[str, Any]:
        return {"t": round(self.t, 3), "type": "debug", **self.figures}


FaceEvent = ChallengeAsked | Verified | Rejected | Left | Onlooker | Here | Debug
