"""A recording played at the speed of time, as if it came from a microphone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from assistant.hearing.audio import AudioSource, Frame, SourceProblem


class RealTimeSource:
    """Gives each frame of the inner source when its time has come."""

    def __init__(
        self,
        inner: AudioSource,
        *,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self._inner = inner
        self._clock = clock
        self._closed = threading.Event()
        self._wait = wait or self._closed.wait
        self.live, self.state, self.detail = False, "ok", "a recording"

    @property
    def problems(self) -> tuple[SourceProblem, ...]:
        return self._inner.problems

    @property
    def dropped(self) -> int:
        return self._inner.dropped

    def frames(self) -> Iterator[Frame]:
        began = self._clock()
        for frame in self._inner.frames():
            ahead = frame.end - (self._clock() - began)
            if ahead > 0:
                self._wait(ahead)
            if self._closed.is_set():
                return
            yield frame

    def close(self) -> None:
        self._closed.set()
        self._inner.close()
