"""Bodies and hands in a picture, by MediaPipe. One detector follows one camera: it remembers the frame before.

Pose first, since a body is found where a hand is only a few pixels wide; then hands, on a crop round the wrist. Which
hand is which is taken from the body: MediaPipe's own label of a hand means the opposite in its other interface.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Protocol

import cv2
import numpy as np

from perception.frames import Frame, Picture
from perception.hands.body import Arm, Body, Hand, Point, Side, Sight
from perception.hands.models import hand_bundle, pose_bundle
from perception.hands.views import View, Views

MOST_PEOPLE = 3
_CROP = 256
_APART = 0.5
_FOLLOW_S = 0.5
_SOFT = 1.5
"""A camera's grain, in the dark above all, hides a hand from the network that looks for palms; softened by so many
pixels of the crop it is found. A hand that is small and clear is found as it is: what has failed is not tried again at
once, but the other."""
_CROP_WIDTHS = 1.2
"""Side of the crop round a hand, in shoulder widths: a spread hand is half of one long."""


class Eyes(Protocol):
    """Finds what the motion mouse needs in a frame. steady: somebody is being followed; look for nobody else."""

    steady: bool

    def bodies(self, frame: Frame) -> Sequence[Body]:
        """The people in the frame, in no order."""
        ...

    def hand(self, frame: Frame, sight: Sight, side: Side) -> Hand | None:
        """The hand at that wrist of that person; None when it is not to be seen."""
        ...

    def close(self) -> None: ...


class MediaPipeEyes:
    """The real ones. Raises Unavailable `model-missing` when opened."""

    def __init__(self, most_people: int = MOST_PEOPLE) -> None:
        from mediapipe.tasks.python import vision
        from mediapipe.tasks.python.core.base_options import BaseOptions

        self._vision: Any = vision
        self._base: Any = BaseOptions
        self._poses: Any = vision.PoseLandmarker.create_from_options(
            vision.PoseLandmarkerOptions(
                base_options=BaseOptions(model_asset_buffer=pose_bundle()),
                running_mode=vision.RunningMode.VIDEO,
                num_poses=most_people,
            )
        )
        self._hands: dict[tuple[int, Side], _Finder] = {}
        self._most_people = most_people
        self._views: Views | None = None
        self._tall = 0.0
        self._last_ms = -1
        self.steady = False

    def bodies(self, frame: Frame) -> list[Body]:
        height, width = frame.picture.shape[:2]
        if self._views is None or self._tall != height / width:
            self._tall = height / width
            self._views = Views(self._tall)
        left, top, part = _part(frame.picture, self._views.view)
        self._last_ms = max(self._last_ms + 1, round(frame.at * 1000))
        found = self._poses.detect_for_video(_image(part), self._last_ms)
        place = (left / width, top / width, part.shape[1] / width, part.shape[0] / width)
        bodies = [_body(frame.picture, points, place) for points in found.pose_landmarks]
        self._views.saw(frame.at, bodies, steady=self.steady)
        return bodies

    def hand(self, frame: Frame, sight: Sight, side: Side) -> Hand | None:
        body, finder = sight.body, self._finder((sight.person, side))
        crop, left, top, size = _crop(frame.picture, body, finder.middle(body.arm(side), body.width))
        found = finder.look(crop, frame.at)
        if not found.hand_landmarks:
            finder.found(frame.at, None)
            return None
        scale = size / frame.picture.shape[1]
        x, y = left / frame.picture.shape[1], top / frame.picture.shape[1]
        hand = Hand(tuple(Point(x + p.x * scale, y + p.y * scale) for p in found.hand_landmarks[0]))
        if hand.points[0].to(body.arm(side).wrist) > _APART * body.width:  # another's, or something else
            finder.found(frame.at, None)
            return None
        expected = _expected(body.arm(side))
        finder.found(frame.at, ((hand.palm.x - expected.x) / body.width, (hand.palm.y - expected.y) / body.width))
        return hand

    def close(self) -> None:
        for landmarker in (self._poses, *(finder.landmarker for finder in self._hands.values())):
            with contextlib.suppress(Exception):  # it may have failed; what it holds is let go either way
                landmarker.close()
        self._hands.clear()

    def _finder(self, whose: tuple[int, Side]) -> _Finder:
        """Each hand has its own, which remembers where in the crop it was. One that nobody needs is given on."""
        finder = self._hands.get(whose)
        if finder is None and len(self._hands) >= 2 * self._most_people:
            oldest = min(self._hands, key=lambda key: self._hands[key].last_ms)
            finder = self._hands.pop(oldest)
        if finder is None:
            options = self._vision.HandLandmarkerOptions(
                base_options=self._base(model_asset_buffer=hand_bundle()),
                running_mode=self._vision.RunningMode.VIDEO,
                num_hands=1,
                # the body has told where a hand is, and what is found elsewhere is not taken
                min_hand_detection_confidence=0.3,
            )
            finder = _Finder(self._vision.HandLandmarker.create_from_options(options))
        self._hands[whose] = finder
        return finder


class _Finder:
    """One hand's landmarks; MediaPipe wants times in whole milliseconds that only go forward."""

    def __init__(self, landmarker: Any) -> None:
        self.landmarker = landmarker
        self.last_ms = -1
        self._off = (0.0, 0.0)
        """How far the hand was from where the body's points have it, in shoulder widths."""
        self._found_at = -1.0
        self._soft = False

    def look(self, crop: Picture, at: float) -> Any:
        self.last_ms = max(self.last_ms + 1, round(at * 1000))
        if self._soft:
            crop = np.asarray(cv2.GaussianBlur(crop, (0, 0), _SOFT), np.uint8)
        return self.landmarker.detect_for_video(_image(crop), self.last_ms)

    def middle(self, arm: Arm, width: float) -> Point:
        """Where to look."""
        expected = _expected(arm)
        return Point(expected.x + self._off[0] * width, expected.y + self._off[1] * width)

    def found(self, at: float, off: tuple[float, float] | None) -> None:
        """What came of it. The crop follows the hand little by little: the network looks where the hand was in it."""
        if off is not None:
            self._found_at = at
            self._off = tuple(a + 0.3 * (b - a) for a, b in zip(self._off, off, strict=True))  # type: ignore[assignment]
            return
        self._soft = not self._soft
        if not 0 <= at - self._found_at < _FOLLOW_S:
            self._off = (0.0, 0.0)


def _expected(arm: Arm) -> Point:
    return arm.wrist.between(arm.knuckles, 1.0)


def _part(picture: Picture, view: View) -> tuple[int, int, Picture]:
    """What a view shows, with its left and top in pixels. Always a square: on others MediaPipe misplaces the points of
    people who lean."""
    height, width = picture.shape[:2]
    if view.side is None:
        beyond = max(height, width)
        return 0, 0, np.pad(picture, ((0, beyond - height), (0, beyond - width), (0, 0)))
    side = min(round(view.side * width), height, width)
    left = min(max(round(view.x * width - side / 2), 0), width - side)
    top = min(max(round(view.y * width - side / 2), 0), height - side)
    return left, top, np.ascontiguousarray(picture[top : top + side, left : left + side])


def _image(picture: Picture) -> Any:
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def _crop(picture: Picture, body: Body, middle: Point) -> tuple[Picture, int, int, int]:
    """A square of _CROP pixels round a place; with its left, top and side in pixels of the picture."""
    height, width = picture.shape[:2]
    size = max(32, round(_CROP_WIDTHS * body.width * width))
    left, top = round(middle.x * width - size / 2), round(middle.y * width - size / 2)
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + size, width), min(top + size, height)
    square: Picture = np.zeros((size, size, 3), np.uint8)
    if x1 > x0 and y1 > y0:
        square[y0 - top : y1 - top, x0 - left : x1 - left] = picture[y0:y1, x0:x1]
    how = cv2.INTER_AREA if size > _CROP else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(square, (_CROP, _CROP), interpolation=how), np.uint8), left, top, size


_ARMS = {Side.RIGHT: (12, 14, 16, 18, 20, 8, 24), Side.LEFT: (11, 13, 15, 17, 19, 7, 23)}


def _body(picture: Picture, points: Sequence[Any], place: tuple[float, float, float, float]) -> Body:
    """place: left, top, width and height of the part in which it was found, in frame widths."""
    left_, top, wide, tall = place

    def at(number: int) -> Point:
        its = points[number]
        return Point(left_ + its.x * wide, top + its.y * tall, its.visibility if its.visibility is not None else 1.0)

    def arm(side: Side) -> Arm:
        shoulder, elbow, wrist, little, index, ear, hip = (at(number) for number in _ARMS[side])
        return Arm(shoulder, elbow, wrist, little.between(index), ear, hip)

    right, left = arm(Side.RIGHT), arm(Side.LEFT)
    return Body(right, left, at(0), _look(picture, right, left))


def _look(picture: Picture, right: Arm, left: Arm) -> tuple[float, float, float] | None:
    """Mean colour of the chest, between the shoulders and half-way to the hips."""
    height, width = picture.shape[:2]
    xs = sorted((right.shoulder.x, left.shoulder.x))
    top = (right.shoulder.y + left.shoulder.y) / 2
    x0, x1 = (min(max(round(x * width), 0), width) for x in xs)
    y0, y1 = (min(max(round(y * width), 0), height) for y in (top, top + 0.7 * (xs[1] - xs[0])))
    if x1 - x0 < 4 or y1 - y0 < 4:
        return None
    small = cv2.resize(picture[y0:y1, x0:x1], (8, 8), interpolation=cv2.INTER_AREA)
    mean = cv2.cvtColor(small, cv2.COLOR_BGR2LAB).reshape(-1, 3).mean(axis=0)
    return float(mean[0]), float(mean[1]), float(mean[2])
