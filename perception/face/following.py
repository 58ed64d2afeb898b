"""The one face that a check is about: found, followed, and known to be gone when another takes its place. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from perception.face.face import Face
from perception.face.settings import ChallengeSettings, CheckSettings


class Following:
    """`face` is the one that is followed, if it is seen now; `track` counts up whenever it may be another one.

    far: the largest face there is, is too small; crowded: somebody else has been near for long enough.
    """

    def __init__(self, check: CheckSettings, challenge: ChallengeSettings) -> None:
        self._check, self._challenge = check, challenge
        self.face: Face | None = None
        self.track = 0
        self.far = self.crowded = False
        self._last: Face | None = None
        self._seen_at = self._at = 0.0
        self._crowd_s = 0.0

    def see(self, at: float, faces: Sequence[Face]) -> Face | None:
        """The faces of the next frame, in any order."""
        passed, self._at = max(0.0, at - self._at), at
        near = [face for face in faces if self._near(face)]
        self.far = bool(faces) and not near
        self.face = self._same(at, near)
        if self.face is None and self._last is None and near:
            self.face = max(near, key=lambda face: face.box.width)
            self.track += 1
        if self.face is not None:
            self._last, self._seen_at = self.face, at
        self._count_others(faces, passed)
        return self.face

    def gone_s(self, at: float) -> float:
        """So long the face has not been seen."""
        return at - self._seen_at if self._last is not None else float("inf")

    def drop(self) -> None:
        """Follow nobody; the next face is another one."""
        self._last = self.face = None

    def _near(self, face: Face) -> bool:
        return face.pixels >= self._check.least_px and face.box.width >= self._check.least_share

    def _same(self, at: float, near: Sequence[Face]) -> Face | None:
        if self._last is None:
            return None
        if self.gone_s(at) > self._challenge.lost_s:
            self.drop()
            return None
        last = self._last
        like = [
            face
            for face in near
            if face.box.away(last.box) < self._challenge.jump and 0.55 < face.box.width / last.box.width < 1.8
        ]
        if not like and near:  # somebody is there, at another place: at once another one
            self.drop()
            return None
        return min(like, key=lambda face: face.box.away(last.box), default=None)

    def _count_others(self, faces: Sequence[Face], passed: float) -> None:
        mine = self.face
        others = mine is not None and any(
            one is not mine and one.box.width >= self._check.other * mine.box.width for one in faces
        )
        self._crowd_s = self._crowd_s + passed if others else max(0.0, self._crowd_s - passed)
        self.crowded = self._crowd_s >= self._check.other_s
