"""Frames in, the face check's events out: one check or one watch at a time, and nothing is looked at without."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from perception.face.challenge import Plan
from perception.face.check import Check
from perception.face.detector import Eyes
from perception.face.events import Debug, FaceEvent
from perception.face.face import Face, Vector
from perception.face.presence import Presence
from perception.face.settings import FaceSettings
from perception.face.texture import relief
from perception.frames import Frame

People = Mapping[str, Sequence[Vector]]


class FaceSeeing:
    """One camera's. eyes: closed with it. debug: whether figures are told too, which is for measuring only."""

    def __init__(self, eyes: Eyes, settings: FaceSettings | None = None, *, debug: bool = False) -> None:
        self._eyes, self._settings, self._debug = eyes, settings or FaceSettings(), debug
        self.check: Check | None = None
        self.presence: Presence | None = None
        self.face: Face | None = None
        """The one that is looked at, in the last frame."""
        self.cost_s = 0.0
        self.at = 0.0

    @property
    def busy(self) -> bool:
        return self.check is not None or self.presence is not None

    def begin(self, id_: str, people: People, plan: Callable[[], Plan]) -> None:
        """Check whoever is there, from the next frame on. What went on before ends."""
        self.stop()
        self.check = Check(id_, people, plan, self._settings, relief)

    def watch(self, id_: str, vectors: Sequence[Vector], away_s: float | None, *, onlookers: bool) -> None:
        """Watch over a person from the last frame on."""
        self.stop()
        its = self._settings
        self.presence = Presence(id_, vectors, self.at, its.presence, its.decision, away_s=away_s, onlookers=onlookers)

    def stop(self) -> None:
        """Nothing is looked at any more, and nothing is remembered."""
        self.check = self.presence = self.face = None

    def see(self, frame: Frame) -> list[FaceEvent]:
        """The next frame; frames come in order."""
        self.at = frame.at
        if not self.busy:
            return []
        began = time.thread_time()
        faces = self._eyes.faces(frame)
        events = self._check(frame, faces) if self.check is not None else self._watch(frame, faces)
        self.cost_s = time.thread_time() - began
        return events

    def broken_off(self) -> list[FaceEvent]:
        """A recording has ended."""
        return self.check.broken_off(self.at) if self.check is not None else []

    def close(self) -> None:
        self.stop()
        self._eyes.close()

    def _check(self, frame: Frame, faces: list[Face]) -> list[FaceEvent]:
        check = self.check
        assert check is not None
        rough = check.see(frame.at, faces)
        face = self.face = self._eyes.closely(frame, rough) if rough is not None else None
        vector = signs = None
        if face is not None and check.wants(frame.at, face):
            vector, signs = self._eyes.vector(frame, face), self._eyes.signs(frame, face)
        events = check.look(frame.at, face, vector, signs)
        if self._debug and face is not None:
            events.append(
                Debug(
                    frame.at,
                    {
                        "faces": len(faces), "pixels": round(face.pixels), "turn": round(face.turn, 3),
                        "tilt": round(face.tilt, 3), "eyes": round(face.eyes, 3),
                        **check.figures(vector),
                        **({"moire": round(signs.moire, 2), "border": signs.border} if signs else {}),
                        **({"spoof": round(signs.spoof, 3)} if signs and signs.spoof is not None else {}),
                    },
                )
            )  # fmt: skip
        if check.over:
            self.check = None
        return events

    def _watch(self, frame: Frame, faces: list[Face]) -> list[FaceEvent]:
        presence = self.presence
        assert presence is not None
        events, whom = presence.see(frame.at, faces)
        self.face = max(faces, key=lambda face: face.box.width, default=None)
        if whom is not None:
            close = self.face = self._eyes.closely(frame, whom)
            events += presence.recognised(frame.at, whom, self._eyes.vector(frame, close))
        events += presence.still(frame.at)
        if presence.over:
            self.presence = None
        return events
