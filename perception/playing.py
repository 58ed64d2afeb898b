"""A recording in a camera's place: its frames come when they are due, and its last picture stays."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from perception.frames import Frame, FrameSource

_STAYING_S = 1 / 15


class Played:
    """A LiveSource. Times are those of `clock`, as a camera's would be. `wait`: seconds to let pass; True: closed."""

    def __init__(
        self,
        recording: FrameSource,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], bool] | None = None,
    ) -> None:
        self._recording, self._clock = recording, clock
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self._began: float | None = None
        self._last: Frame | None = None

    def read(self) -> Frame | None:
        """The next frame when its time has come; None once closed, or of a recording that holds none."""
        frame = self._recording.read()
        if frame is None:
            return self._stay()
        if self._began is None:
            self._began = self._clock() - frame.at
        at = self._began + frame.at
        if at > self._clock() and self._wait(at - self._clock()):
            return None
        self._last = Frame(at, frame.picture)
        return self._last

    def skip(self) -> None:
        """Let the next frame pass."""
        self.read()

    def close(self) -> None:
        self._closed.set()
        self._recording.close()

    def _stay(self) -> Frame | None:
        if self._last is None or self._wait(_STAYING_S):
            return None
        self._last = Frame(max(self._clock(), self._last.at + 0.001), self._last.picture)
        return self._last
