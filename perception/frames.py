"""One picture of a camera with its time, and where such pictures come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""Height x width x 3, BGR, as the camera saw it: never mirrored."""


@dataclass(frozen=True, slots=True)
class Frame:
    """at: seconds on a clock of the source's own that only goes forward; strictly later than the frame before."""

    at: float
    picture: Picture


class FrameSource(Protocol):
    """Frames in the order they were taken. Recordings give every frame; cameras give the present one."""

    def read(self) -> Frame | None:
        """The next frame; None when a recording has ended. Raises Unavailable `camera-gone` when a camera has."""
        ...

    def close(self) -> None:
        """Let go of the device or file. May be called twice."""
        ...


@runtime_checkable
class LiveSource(FrameSource, Protocol):
    """A camera. Its frames must be taken off as fast as they come, or the next one is old."""

    def skip(self) -> None:
        """Take the next frame off without decoding it. Raises Unavailable `camera-gone`."""
        ...
