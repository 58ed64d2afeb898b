"""A picture brought to the size of the enrolled one, where it has its shape."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from assistant.contracts import BadInput
from perception.shelf.layout import Layout

LEAST_WIDTH = 640
"""Pixels: in a smaller picture books are too few pixels wide to be told apart."""
USUAL_SHAPE = 16 / 9
_SAME_SHAPE = 0.02


def same_shape(one: float, other: float) -> bool:
    """Whether two shapes (width / height) are the same but for rounding."""
    return abs(one - other) <= _SAME_SHAPE


def fitted(picture: NDArray[np.uint8], layout: Layout) -> NDArray[np.uint8]:
    """The picture in the layout's size. Raises BadInput `another-shape`, `too-small`."""
    high, wide = picture.shape[:2]
    size = (layout.width, layout.height)
    if (wide, high) == size:
        return picture
    if not same_shape(wide / high, size[0] / size[1]):
        message = f"the shelf was enrolled with {size[0]} x {size[1]} pixels, the camera gives {wide} x {high}"
        raise BadInput("another-shape", message)
    if wide < LEAST_WIDTH:
        raise BadInput("too-small", f"pictures of at least {LEAST_WIDTH} pixels' width are needed, not {wide} x {high}")
    way = cv2.INTER_AREA if wide > size[0] else cv2.INTER_LINEAR
    return cv2.resize(picture, size, interpolation=way).astype(np.uint8)
