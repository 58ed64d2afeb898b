"""A camera's present picture: a thread takes every frame off, keeps the newest, and opens a camera that is gone anew.

Frames that nobody is due to look at are taken off without being decoded, which is most of a camera's cost.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

import structlog

from assistant.contracts.errors import SeoulaError
from perception.frames import Frame, LiveSource

log = structlog.get_logger(__name__)

FIRST_PAUSE_S = 0.5
MOST_PAUSE_S = 10.0


class NewestFrame:
    """open_: opens the camera; it is called again, after a growing pause, whenever the camera is gone. due: whether a
    frame of this time will be looked at. on_change: called in the thread when `state` changes."""

    def __init__(
        self,
        open_: Callable[[], LiveSource],
        due: Callable[[float], bool] = lambda at: True,
        on_change: Callable[[], None] = lambda: None,
        *,
        clock: Callable[[], float] = time.monotonic,
        first_pause_s: float = FIRST_PAUSE_S,
    ) -> None:
        self._open, self._due, self._changed, self._clock = open_, due, on_change, clock
        self._first_pause = first_pause_s
        self._lock = threading.Condition()
        self._newest: Frame | None = None
        self._taken = -1.0
        self._closed = threading.Event()
        self.state = "starting"
        """`starting`, `ok` or `missing`."""
        self.detail = ""
        self.dropped = 0
        """Decoded frames that a newer one replaced before anybody looked."""
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def next(self, timeout_s: float) -> Frame | None:
        """The newest frame that was not given yet, waiting for one; None when none came in time, or after `close`."""
        with self._lock:
            self._lock.wait_for(lambda: self._newest is not None or self._closed.is_set(), timeout_s)
            frame, self._newest = self._newest, None
            return frame

    def close(self) -> None:
        """Let go of the camera. Returns at once; the device is free a moment later."""
        self._closed.set()
        with self._lock:
            self._newest = None
            self._lock.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait until the device is free; False when it still hangs."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        pause = self._first_pause
        while not self._closed.is_set():
            try:
                source = self._open()
            except SeoulaError as error:
                self._tell("missing", error.message)
            else:
                try:
                    if self._watch(source):
                        pause = self._first_pause
                except SeoulaError as error:
                    self._tell("missing", error.message)
                finally:
                    source.close()
            self._closed.wait(pause * (0.5 + random.random() / 2))
            pause = min(MOST_PAUSE_S, pause * 2)

    def _watch(self, source: LiveSource) -> bool:
        """Until closed. Raises Unavailable when the camera is gone; what was seen of it is old then."""
        try:
            while not self._closed.is_set():
                if not self._due(self._clock()):
                    source.skip()
                    continue
                frame = source.read()
                if frame is None:
                    return True
                self._tell("ok", "")
                self._keep(frame)
        finally:
            with self._lock:
                self._newest = None
        return True

    def _keep(self, frame: Frame) -> None:
        if frame.at <= self._taken:  # another camera at the same path may have another clock
            return
        with self._lock:
            self.dropped += self._newest is not None
            self._newest, self._taken = frame, frame.at
            self._lock.notify_all()

    def _tell(self, state: str, detail: str) -> None:
        if (state, detail) == (self.state, self.detail):
            return
        self.state, self.detail = state, detail
        if state == "missing":
            log.warning("no camera", detail=detail)
        self._changed()
