"""Whether somebody holds the right hand up, and for how long already. Pure.

An open, upright hand counts, as people who are asked to raise a hand hold it: beside the face or the shoulder. So does
any hand high overhead. A hand at the ear does not, nor one that waves, nor two at once, nor one laid on the chest.
"""

from __future__ import annotations

from collections import deque

from perception.hands.body import Side, Sight
from perception.hands.settings import RaiseSettings

_SURE = 0.5
_VERY_SURE = 0.9


def is_raised(sight: Sight, settings: RaiseSettings) -> bool | None:
    """Of one frame; None: the hand may be up, its shape cannot be seen."""
    body = sight.body
    width, right, left = body.width, body.right, body.left
    if width < settings.least_width or not body.faces_us:
        return False
    if left.wrist.sure >= _SURE and left.shoulder.y - left.palm.y > -settings.other_below * width:
        return False
    if right.wrist.sure < _SURE or right.shoulder.sure < _SURE:
        return None
    hand = sight.hands.get(Side.RIGHT)
    palm = hand.palm if hand is not None else right.palm
    aside = right.shoulder.x - palm.x > -0.15 * width  # on its own side, not before the chest
    if right.shoulder.y - palm.y < (settings.palm_aside_above if aside else settings.palm_above) * width:
        return False
    above_nose = body.nose.y - right.wrist.y
    if above_nose > settings.overhead_above * width and palm.to(body.nose) > settings.overhead_apart * width:
        return True
    nearest_ear = min(palm.to(right.ear), palm.to(left.ear))
    far = nearest_ear > settings.ear_far * width
    if hand is None:
        high = right.shoulder.y - palm.y > settings.unseen_above * width
        outside = right.shoulder.x - palm.x > settings.unseen_aside * width
        return True if high and outside and far and right.wrist.sure >= _VERY_SURE else None
    open_ = hand.extended >= (settings.fingers_far if far else settings.fingers)
    return open_ and hand.upright and nearest_ear > settings.ear_apart * width


class Waving:
    """Whether a right hand goes to and fro. The hand's own points tell it well; those of the body, which go on when a
    quick hand is too blurred to be found, only roughly."""

    def __init__(self, settings: RaiseSettings) -> None:
        self._hand = _Turns(settings.wave, settings.wave_s)
        self._wrist = _Turns(settings.wave_rough, settings.wave_s)

    def step(self, at: float, sight: Sight) -> bool:
        """From one frame to the next. A frame in which the hand is not to be seen changes nothing."""
        body, hand = sight.body, sight.hands.get(Side.RIGHT)
        if body.width > 0 and hand is not None:
            self._hand.move(at, (hand.points[9].x - body.centre.x) / body.width)
        if body.width > 0 and body.right.wrist.sure >= _SURE:
            self._wrist.move(at, (body.right.wrist.x - body.centre.x) / body.width)
        return self._hand.count(at) >= 2 or self._wrist.count(at) >= 2


class _Turns:
    """When something that goes sideways has turned, by more than `least`; of the last `keep_s`."""

    def __init__(self, least: float, keep_s: float) -> None:
        self._least, self._keep = least, keep_s
        self._leftmost = self._rightmost = 0.0
        """Since the last turn; at first, since it was first seen."""
        self._way = 0
        self._began = False
        self._turns: deque[float] = deque()

    def count(self, at: float) -> int:
        while self._turns and at - self._turns[0] > self._keep:
            self._turns.popleft()
        return len(self._turns)

    def move(self, at: float, place: float) -> None:
        if not self._began:
            self._began, self._leftmost, self._rightmost = True, place, place
        self._leftmost, self._rightmost = min(self._leftmost, place), max(self._rightmost, place)
        for way, gone in ((1, place - self._leftmost), (-1, self._rightmost - place)):
            if self._way != way and gone > self._least:
                if self._way:
                    self._turns.append(at)
                self._way, self._leftmost, self._rightmost = way, place, place
                return


class Arming:
    """One person's way to the cursor: how much of the three seconds is done."""

    def __init__(self, settings: RaiseSettings) -> None:
        self._settings = settings
        self._waving = Waving(settings)
        self._since: float | None = None
        self._last = 0.0
        self._ups = self._downs = self._misses = 0
        self._blocked = False
        self.raised = False
        """In the last frame; what engages must be a frame in which the hand is up."""

    def block(self) -> None:
        """Nothing counts until the hand has been down."""
        self._blocked, self._since = True, None

    def step(self, at: float, sight: Sight) -> float:
        """The next frame with this person; 0..1."""
        raised = is_raised(sight, self._settings)
        waving = self._waving.step(at, sight)
        if self._blocked:
            self._blocked = raised is not False
            raised = False
        self.raised = raised is True and not waving
        if self.raised:
            if self._since is None or at - self._last > self._settings.slow_s:
                self._since, self._ups, self._downs = at, 0, 0
            self._last, self._misses = at, 0
            self._ups += 1
        elif waving:
            self._since = None
        else:
            self._downs += raised is False
            self._miss(at, self._settings.unsure_s if raised is None else self._settings.grace_s)
        return self._progress(at)

    def missed(self, at: float) -> float:
        """A frame without this person."""
        self.raised = False
        self._miss(at, self._settings.grace_s)
        return self._progress(at)

    def _miss(self, at: float, forgiven_s: float) -> None:
        """A frame in which the hand does not seem to be up. One alone is forgiven however far apart frames are."""
        self._misses += 1
        gap = at - self._last
        if gap > self._settings.slow_s or (gap > forgiven_s and self._misses > 1):
            self._since = None

    def _progress(self, at: float) -> float:
        if self._since is None:
            return 0.0
        its = self._settings
        if self._ups < its.least_frames or self._ups < its.least_share * (self._ups + self._downs):
            return min(0.9, (at - self._since) / self._settings.hold_s)
        # a frame's time is a whole number of frames only up to rounding
        return min(1.0, (at - self._since + 1e-6) / self._settings.hold_s)
