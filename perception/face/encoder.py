"""Numbers that tell faces apart, by dlib's network, aligned by five points.

They are what the package face_recognition computes, with the models that its companion carries. Its own module is not
imported: it loads the 68-point model too, and prints a line and ends the whole program where a model is missing.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from assistant.contracts.errors import Unavailable
from perception.face.face import Face, Vector
from perception.frames import Picture

NAME = "dlib-resnet-1"
_FIVE, _NET = "shape_predictor_5_face_landmarks.dat", "dlib_face_recognition_resnet_model_v1.dat"
_WIDEST = 200.0
"""A face of more pixels is reduced: the network sees 150."""


class DlibEncoder:
    """Raises Unavailable `model-missing`."""

    name = NAME

    def __init__(self) -> None:
        self._points, self._net, self._rectangle = _models()

    def vector(self, picture: Picture, face: Face) -> Vector:
        """Of a face that was found; better with its mesh."""
        wide, box = picture.shape[1], face.box
        rgb, left, top, by = _part(picture, face)
        # dlib's points were trained on frames from the brows to the chin
        half = (0.48 if face.clear else 0.5) * box.height * wide * by
        x = (box.x + box.width / 2) * wide * by - left
        y = (box.y + 0.54 * box.height) * wide * by - top
        place = self._rectangle(round(x - half), round(y - half), round(x + half), round(y + half))
        return tuple(float(v) for v in self._net.compute_face_descriptor(rgb, self._points(rgb, place), 1))


@cache
def _models() -> tuple[Any, Any, Any]:
    try:
        import dlib

        spec = find_spec("face_recognition_models")
        folders = list(spec.submodule_search_locations or ()) if spec else []
        if not folders:
            raise Unavailable("model-missing", "face_recognition_models is not installed. Run make setup")
        folder = Path(folders[0]) / "models"
        return (
            dlib.shape_predictor(str(folder / _FIVE)),
            dlib.face_recognition_model_v1(str(folder / _NET)),
            dlib.rectangle,
        )
    except (ImportError, RuntimeError, OSError) as error:
        raise Unavailable("model-missing", f"dlib's face models: {type(error).__name__}. Run make setup") from error


def _part(picture: Picture, face: Face) -> tuple[Picture, float, float, float]:
    """What is round the face as RGB, with its left and top in its own pixels, and its scale."""
    wide = picture.shape[1]
    by = min(1.0, _WIDEST / max(face.pixels, 1.0))
    x, y = (value * wide for value in face.box.middle)
    reach = max(face.box.width, face.box.height) * wide
    x0, y0 = max(0, int(x - reach)), max(0, int(y - reach))
    part = picture[y0 : int(y + reach) + 1, x0 : int(x + reach) + 1]
    if by < 1:
        part = np.asarray(cv2.resize(part, None, fx=by, fy=by, interpolation=cv2.INTER_AREA), np.uint8)
    rgb = np.ascontiguousarray(cv2.cvtColor(part, cv2.COLOR_BGR2RGB))
    return np.asarray(rgb, np.uint8), x0 * by, y0 * by, by
