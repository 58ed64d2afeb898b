"""MediaPipe's models in the form that its task interface reads, made in memory from the files of its own package.

The package brings the networks as bare files, which the older interface reads; the newer one, which follows several
people at once, wants them in an archive, with a note on how a picture becomes numbers.
"""

from __future__ import annotations

import gc
import io
import warnings
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

from assistant.contracts.errors import Unavailable

_PLUS_MINUS_ONE = (127.5, 127.5)
_ZERO_TO_ONE = (0.0, 255.0)


def _modules() -> Path:
    import mediapipe

    return Path(mediapipe.__file__).parent / "modules"


@cache
def pose_bundle() -> bytes:
    """Finds people, and 33 points of each. Raises Unavailable `model-missing`."""
    return _bundle(
        {
            "pose_detector.tflite": ("pose_detection/pose_detection.tflite", _PLUS_MINUS_ONE),
            "pose_landmarks_detector.tflite": ("pose_landmark/pose_landmark_full.tflite", _ZERO_TO_ONE),
        }
    )


@cache
def hand_bundle() -> bytes:
    """Finds hands, and 21 points of each. Raises Unavailable `model-missing`."""
    return _bundle(
        {
            "hand_detector.tflite": ("palm_detection/palm_detection_full.tflite", None),
            "hand_landmarks_detector.tflite": ("hand_landmark/hand_landmark_full.tflite", None),
        }
    )


def _bundle(members: dict[str, tuple[str, tuple[float, float] | None]]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as bundle:
        for name, (file, scale) in members.items():
            try:
                model = (_modules() / file).read_bytes()
            except OSError as error:
                raise Unavailable("model-missing", f"mediapipe's {file}: {error.strerror}. Run make setup") from error
            bundle.writestr(zipfile.ZipInfo(name), _described(model, *scale) if scale else model)
    return archive.getvalue()


def _described(model: bytes, mean: float, deviation: float) -> bytes:
    from mediapipe.tasks.python.metadata.metadata_writers import metadata_writer

    with warnings.catch_warnings():
        # MediaPipe writes the model into files under /tmp for a moment, and leaves closing them to the collector
        warnings.simplefilter("ignore", ResourceWarning)
        writer: Any = metadata_writer.MetadataWriter.create(bytearray(model))
        writer.add_general_info("model", "model")
        writer.add_image_input([mean], [deviation])
        described = bytes(writer.populate()[0])
        del writer
        gc.collect()
    return described
