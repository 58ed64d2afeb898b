"""Networks that a site may add, run by OpenCV: YuNet finds faces, SFace tells them apart, MiniFASNet tells pictures of
faces from faces. Their files are the site's; one that cannot be used is an error and never passed over."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from assistant.contracts.errors import ConfigError
from perception.face.face import Box, Face, Vector
from perception.frames import Picture

SAME_SFACE = 1.05
"""Two vectors of length 1 that are nearer are the same face's (OpenCV's documentation has 1.128)."""
_SAME_DLIB = 0.45
_SIDE = 320
_SCALE = re.compile(r"^(\d+(?:\.\d+)?)_")


def _opened(what: str, file: Path, make: Any) -> Any:
    try:
        return make()
    except (cv2.error, OSError, ValueError) as error:
        raise ConfigError("bad-model", f"{file.name}: this is no {what} that OpenCV can run") from error


class Yunet:
    """Finds faces. Raises ConfigError `bad-model`."""

    def __init__(self, file: Path) -> None:
        self._net: Any = _opened("YuNet", file, lambda: cv2.FaceDetectorYN.create(str(file), "", (_SIDE, _SIDE), 0.7))

    def faces(self, picture: Picture) -> list[Face]:
        """The largest first; turns are by the eyes."""
        height, width = picture.shape[:2]
        by = _SIDE / max(height, width)
        small = cv2.resize(picture, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
        square = np.zeros((_SIDE, _SIDE, 3), np.uint8)
        square[: small.shape[0], : small.shape[1]] = small
        _, rows = self._net.detect(square)
        faces = [_face(row / (by * width), width) for row in (() if rows is None else rows)]
        return sorted(faces, key=lambda face: -face.box.width)


def _face(row: Any, width: int) -> Face:
    x, y, wide, tall = (float(value) for value in row[:4])
    right, left, nose = row[4:6], row[6:8], row[8:10]
    apart = float(np.linalg.norm(left - right)) or 1e-6
    turn = float((nose - (left + right) / 2) @ (left - right)) / apart**2 / 2  # the ears are twice as far apart
    return Face(Box(x, y, wide, tall), wide * width, turn)


class Sface:
    """Tells faces apart. Its vectors are scaled so that 0.45 means the same as with dlib's. Raises ConfigError
    `bad-model`."""

    def __init__(self, file: Path) -> None:
        self._net: Any = _opened("SFace", file, lambda: cv2.FaceRecognizerSF.create(str(file), ""))
        self.name = f"sface-{hashlib.sha256(file.read_bytes()).hexdigest()[:12]}"

    def vector(self, picture: Picture, face: Face) -> Vector:
        """Aligned by the mesh's eyes, nose and mouth; by the box alone where there is no mesh."""
        wide, box = picture.shape[1], face.box
        if face.clear:
            p = np.array(face.points)
            spots = np.vstack([p[[33, 133]].mean(0), p[[362, 263]].mean(0), p[[1, 61, 291]]])
        else:
            parts = np.array([(0.3, 0.35), (0.7, 0.35), (0.5, 0.58), (0.35, 0.78), (0.65, 0.78)])
            spots = parts * (box.width, box.height) + (box.x, box.y)
        row = np.concatenate([[box.x, box.y, box.width, box.height], spots.ravel()]) * wide
        chip = self._net.alignCrop(picture, np.append(row, 1.0).astype(np.float32))
        vector = self._net.feature(chip).ravel()
        vector = vector / (np.linalg.norm(vector) or 1.0) * (_SAME_DLIB / SAME_SFACE)
        return tuple(float(value) for value in vector)


class Spoof:
    """Says how probable a real face is. The part that it looks at is so many faces wide as the file's name begins with
    (`2.7_80x80_MiniFASNetV2.onnx`). Raises ConfigError `bad-model`."""

    def __init__(self, file: Path) -> None:
        self._net: Any = _opened("MiniFASNet", file, lambda: cv2.dnn.readNetFromONNX(str(file)))
        named = _SCALE.match(file.name)
        self._scale = float(named[1]) if named else 2.7

    def real(self, picture: Picture, face: Face) -> float:
        """0 to 1."""
        high, wide = picture.shape[:2]
        box = face.box
        scale = min(self._scale, high / (box.height * wide), 1 / box.width)
        half_x, half_y = scale * box.width * wide / 2, scale * box.height * wide / 2
        x, y = (value * wide for value in box.middle)
        x, y = min(max(x, half_x), wide - half_x), min(max(y, half_y), high - half_y)
        part = picture[int(y - half_y) : int(y + half_y) + 1, int(x - half_x) : int(x + half_x) + 1]
        self._net.setInput(cv2.dnn.blobFromImage(part, 1.0, (80, 80), swapRB=False))
        scores = np.asarray(self._net.forward()).ravel().astype(float)
        odds = np.exp(scores - scores.max())
        return float(odds[1] / odds.sum())
