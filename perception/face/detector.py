"""Where faces are and how they are turned, by MediaPipe: its full-range detector, and its mesh with the lids.

Nothing is loaded before it is opened.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from typing import Any, Protocol

import cv2
import numpy as np

from assistant.contracts.errors import Unavailable
from perception.face.encoder import DlibEncoder
from perception.face.face import Box, Face, Signs, Vector
from perception.face.networks import Sface, Spoof, Yunet
from perception.face.settings import FaceSettings
from perception.face.texture import border, moire
from perception.frames import Frame, Picture

MESH_SIDE = 256
_ROOM = 1.9
_MOST_WITH_ROOM = 1920
"""A picture with a longer side is reduced before room is put round it, which takes four times its memory, or, of a long
and narrow one, thousands of times; the detector sees 192 pixels of it anyway."""
_RIGHT_EYE, _LEFT_EYE = (33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380)
_NOSE, _RIGHT_CHEEK, _LEFT_CHEEK, _TOP, _CHIN = 1, 234, 454, 10, 152
_OUTLINE = 468
"""Points beyond are the irises."""


class Eyes(Protocol):
    """Looks at the faces of a frame."""

    embedder: str
    """Which network makes the vectors: those of another one cannot be compared."""

    def faces(self, frame: Frame) -> list[Face]:
        """All, roughly."""
        ...

    def closely(self, frame: Frame, face: Face) -> Face:
        """One with its mesh; as it is where none is found."""
        ...

    def vector(self, frame: Frame, face: Face) -> Vector:
        """What tells it from others."""
        ...

    def signs(self, frame: Frame, face: Face) -> Signs:
        """Whether it looks like a picture."""
        ...

    def close(self) -> None: ...


class RealEyes:
    """The real ones. Raises Unavailable `model-missing`, ConfigError `bad-model` when opened."""

    def __init__(self, settings: FaceSettings | None = None) -> None:
        its = settings or FaceSettings()
        self._mediapipe()
        self._yunet = Yunet(its.detector_file) if its.detector_file else None
        self._encoder: Sface | DlibEncoder = Sface(its.embedder_file) if its.embedder_file else DlibEncoder()
        self._spoof = Spoof(its.spoof_file) if its.spoof_file else None
        self.embedder = self._encoder.name

    def _mediapipe(self) -> None:
        try:
            from mediapipe.python.solutions import face_detection, face_mesh

            self._detection: Any = face_detection.FaceDetection(model_selection=1, min_detection_confidence=0.5)
            self._mesh: Any = face_mesh.FaceMesh(static_image_mode=True, max_num_faces=1, refine_landmarks=True)
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            raise Unavailable("model-missing", f"mediapipe's faces: {type(error).__name__}. Run make setup") from error

    def faces(self, frame: Frame) -> list[Face]:
        """All, the largest first. Their turn is by the ears."""
        height, width = frame.picture.shape[:2]
        if self._yunet is not None:
            return self._yunet.faces(frame.picture)
        rgb = cv2.cvtColor(frame.picture, cv2.COLOR_BGR2RGB)
        found = self._detection.process(rgb).detections or ()
        room = 0
        if not found:  # a face that fills the picture is found with room round it
            by = min(1.0, _MOST_WITH_ROOM / max(height, width))
            small = rgb
            if by < 1:
                width, height = max(1, round(by * width)), max(1, round(by * height))
                small = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
            room = max(height, width) // 2
            wider = cv2.copyMakeBorder(small, room, room, room, room, cv2.BORDER_CONSTANT)
            found = self._detection.process(wider).detections or ()
        faces = [_rough(one.location_data, width, height, room, frame.picture.shape[1]) for one in found]
        return sorted(faces, key=lambda face: -face.box.width)

    def closely(self, frame: Frame, face: Face) -> Face:
        crop, left, top, side = _square(frame.picture, face.box)
        found = self._mesh.process(cv2.cvtColor(crop, cv2.COLOR_BGR2RGB)).multi_face_landmarks
        if not found:
            return face
        wide = frame.picture.shape[1]
        points = np.array([(left + p.x * side, top + p.y * side) for p in found[0].landmark]) / wide
        return _measured(points, wide)

    def vector(self, frame: Frame, face: Face) -> Vector:
        return self._encoder.vector(frame.picture, face)

    def signs(self, frame: Frame, face: Face) -> Signs:
        spoof = self._spoof.real(frame.picture, face) if self._spoof else None
        return Signs(moire(frame.picture, face.box), border(frame.picture, face.box), spoof)

    def close(self) -> None:
        for one in (self._detection, self._mesh):
            with contextlib.suppress(Exception):  # it may have failed; what it holds is let go either way
                one.close()


def _rough(found: Any, width: int, height: int, room: int, pixels: int) -> Face:
    """width, height: of what was looked at; room: pixels that were added to it on all sides; pixels: the picture's
    own width."""
    wide, tall = (width + 2 * room) / width, (height + 2 * room) / width
    off = room / width
    box, spots = found.relative_bounding_box, found.relative_keypoints
    nose, right, left = ((spots[n].x * wide, spots[n].y * tall) for n in (2, 4, 5))
    ears = math.dist(right, left) or 1e-6
    along = ((left[0] - right[0]) / ears, (left[1] - right[1]) / ears)
    turn = ((nose[0] - (right[0] + left[0]) / 2) * along[0] + (nose[1] - (right[1] + left[1]) / 2) * along[1]) / ears
    place = Box(box.xmin * wide - off, box.ymin * tall - off, box.width * wide, box.height * tall)
    return Face(place, place.width * pixels, turn)


def _measured(points: Any, wide: int) -> Face:
    """points: of the mesh, in frame widths."""
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    right, left, top, chin, nose = (points[n] for n in (_RIGHT_CHEEK, _LEFT_CHEEK, _TOP, _CHIN, _NOSE))
    across = float(np.linalg.norm(left - right)) or 1e-6
    along = (left - right) / across
    down = np.array([-along[1], along[0]])
    long = float((chin - top) @ down) or 1e-6
    turn = float((nose - (left + right) / 2) @ along) / across
    tilt = -float((nose - (top + chin) / 2) @ down) / long
    eyes = (_opening(points, _RIGHT_EYE) + _opening(points, _LEFT_EYE)) / 2
    spots = tuple((float(x), float(y)) for x, y in points[:_OUTLINE])
    box = Box(float(x0), float(y0), float(x1 - x0), float(y1 - y0))
    return Face(box, box.width * wide, turn, tilt, eyes, spots)


def _opening(points: Any, eye: Sequence[int]) -> float:
    """Height of an eye by its width."""
    p = points[list(eye)]
    tall = np.linalg.norm(p[1] - p[5]) + np.linalg.norm(p[2] - p[4])
    return float(tall / (2 * np.linalg.norm(p[0] - p[3]) + 1e-9))


def _square(picture: Picture, box: Box) -> tuple[Picture, float, float, float]:
    """The face with room round it, MESH_SIDE wide; with its left, top and side in pixels of the picture."""
    wide = picture.shape[1]
    side = max(box.width, box.height) * wide * _ROOM
    x, y = box.middle
    left, top = x * wide - side / 2, y * wide - side / 2
    by = MESH_SIDE / side
    matrix = np.array([[by, 0, -left * by], [0, by, -top * by]])
    how = cv2.INTER_AREA if by < 1 else cv2.INTER_LINEAR
    crop = cv2.warpAffine(picture, matrix, (MESH_SIDE, MESH_SIDE), flags=how, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(crop, np.uint8), left, top, side
