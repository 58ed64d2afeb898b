"""The last seconds of sound, kept so that a word spoken before we decided to listen is not lost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from assistant.hearing.audio import FRAME_SECONDS, Frame, Samples


class Ring:
    """Holds the last `seconds` of frames."""

    def __init__(self, seconds: float = 3.0) -> None:
        self._frames: deque[Frame] = deque(maxlen=max(1, round(seconds / FRAME_SECONDS)))

    def push(self, frame: Frame) -> None:
        """Takes the newest frame and forgets the oldest when full."""
        self._frames.append(frame)

    def since(self, t: float) -> Iterator[Frame]:
        """The kept frames that end after `t`, oldest first: the first one may begin a little before `t`."""
        return (frame for frame in tuple(self._frames) if frame.end > t + 1e-6)

    def between(self, start: float, end: float) -> Samples:
        """The sound of the kept frames that end after `start`, up to `end`."""
        import numpy as np  # what needs no sound imports this module too

        parts = [frame.samples for frame in self.since(start) if frame.end <= end + 1e-6]
        return np.concatenate(parts) if parts else np.zeros(0, np.int16)

    def clear(self) -> None:
        """Forgets everything."""
        self._frames.clear()
