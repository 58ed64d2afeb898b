"""Frames in, the motion mouse's events out: pose, who is who, hands where they are worth a look, what it means."""

from __future__ import annotations

from dataclasses import replace

from perception.frames import Frame
from perception.hands.body import Hand, Side, Sight
from perception.hands.crowd import Crowd
from perception.hands.detector import Eyes
from perception.hands.events import HandsEvent
from perception.hands.mouse import MotionMouse
from perception.hands.settings import HandsSettings


class HandsSeeing:
    """One camera's. eyes: what finds bodies and hands; closed with it."""

    def __init__(self, eyes: Eyes, settings: HandsSettings | None = None) -> None:
        self.mouse = MotionMouse(settings)
        self.sights: list[Sight] = []
        """The people of the last frame, for those who want to look at what is seen."""
        self._eyes = eyes
        self._crowd = Crowd()

    def see(self, frame: Frame) -> list[HandsEvent]:
        """The next frame; frames come in order."""
        self._eyes.steady = self.mouse.busy
        sights = self._crowd.follow(frame.at, self._eyes.bodies(frame))
        wanted = self.mouse.wanted(sights)
        self.sights = [replace(sight, hands=self._hands(frame, sight, wanted)) for sight in sights]
        return self.mouse.step(frame.at, self.sights)

    def close(self) -> None:
        self._eyes.close()

    def _hands(self, frame: Frame, sight: Sight, wanted: list[tuple[int, Side]]) -> dict[Side, Hand]:
        sides = [side for person, side in wanted if person == sight.person]
        looked = {side: self._eyes.hand(frame, sight, side) for side in sides}
        return {side: hand for side, hand in looked.items() if hand is not None}
