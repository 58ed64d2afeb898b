"""The motion mouse as an ability of a camera."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assistant.contracts.errors import BadInput
from perception.frames import Frame
from perception.hands.body import Body, Hand, Point, Side
from perception.hands.detector import Eyes, MediaPipeEyes
from perception.hands.events import HandsEvent
from perception.hands.pointing import Target
from perception.hands.seeing import HandsSeeing
from perception.hands.settings import HandsSettings

_MOST_TARGETS = 500


class HandsAbility:
    """Is told `{"targets": [{"name", "left", "top", "right", "bottom"}, ...]}`: what can be chosen on the screen, in
    0..1; and `{"on": false}` or true, its switch. Raises Unavailable `model-missing` when made."""

    name = "hands"

    def __init__(self, settings: HandsSettings | None = None, eyes: Callable[[], Eyes] = MediaPipeEyes) -> None:
        self._seeing = HandsSeeing(eyes(), settings)
        self._at = 0.0

    def see(self, frame: Frame) -> list[HandsEvent]:
        self._at = frame.at
        return self._seeing.see(frame)

    def idle(self) -> bool:
        """Nobody is there. Somebody who stands there may raise a hand at any time, and waits for the icon then."""
        return not self._seeing.sights and not self._seeing.mouse.busy

    def tell(self, message: Mapping[str, Any]) -> list[HandsEvent]:
        """Raises BadInput `bad-targets`, `bad-switch`."""
        if "targets" in message:
            self._seeing.mouse.aim_at(_targets(message["targets"]))
        if "on" not in message:
            return []
        if not isinstance(message["on"], bool):
            raise BadInput("bad-switch", "on is true or false")
        return self._seeing.mouse.switch(self._at, on=message["on"])

    def sketch(self) -> dict[str, Any]:
        """Lines to draw, each a list of [x, y] in frame widths; by person."""
        return {
            "people": [
                {"person": sight.person, "body": _lines(sight.body), "hands": [_spots(h) for h in sight.hands.values()]}
                for sight in self._seeing.sights
            ]
        }

    def close(self) -> None:
        self._seeing.close()


def _targets(given: object) -> list[Target]:
    if not isinstance(given, list) or len(given) > _MOST_TARGETS:
        raise BadInput("bad-targets", f"targets are a list of at most {_MOST_TARGETS}")
    return [_target(one) for one in given]


def _target(given: object) -> Target:
    edges = ("left", "top", "right", "bottom")
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        raise BadInput("bad-targets", "a target has a name, left, top, right and bottom")
    values = [given.get(edge) for edge in edges]
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and -1 <= v <= 2 for v in values):
        raise BadInput("bad-targets", "a target's edges are parts of the screen, 0 to 1")
    left, top, right, bottom = (float(str(value)) for value in values)
    if left >= right or top >= bottom:
        raise BadInput("bad-targets", "a target's left is before its right, its top above its bottom")
    return Target(given["name"], left, top, right, bottom)


def _lines(body: Body) -> list[list[list[float]]]:
    arms = [[arm.shoulder, arm.elbow, arm.wrist, arm.knuckles] for arm in (body.arm(side) for side in Side)]
    sides = [[arm.shoulder, arm.hip] for arm in (body.right, body.left)]
    across = [[body.right.shoulder, body.left.shoulder], [body.right.hip, body.left.hip]]
    return [[_spot(point) for point in line] for line in [*arms, *sides, *across, [body.nose]]]


def _spots(hand: Hand) -> list[list[float]]:
    return [_spot(point) for point in hand.points]


def _spot(point: Point) -> list[float]:
    return [round(point.x, 4), round(point.y, 4)]
