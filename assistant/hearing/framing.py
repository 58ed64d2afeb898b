"""Cuts samples or bytes of any chunk size into numbered 80 ms frames."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from assistant.hearing.audio import FRAME_SAMPLES, SAMPLE_RATE, Frame


class Framer:
    """Keeps what does not fill a frame yet. Time is counted in samples, so it never drifts from the audio."""

    def __init__(self) -> None:
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._odd = b""
        self._taken = 0

    @property
    def seconds(self) -> float:
        """Length of everything put in so far, in seconds."""
        return (self._taken + len(self._rest)) / SAMPLE_RATE

    def push(self, samples: NDArray[np.int16]) -> Iterator[Frame]:
        """The frames completed by `samples` (int16, mono, 16 kHz)."""
        data = np.concatenate((self._rest, samples)) if len(self._rest) else samples
        whole = len(data) // FRAME_SAMPLES * FRAME_SAMPLES
        self._rest = data[whole:].copy()
        for at in range(0, whole, FRAME_SAMPLES):
            yield self._frame(data[at : at + FRAME_SAMPLES])

    def push_bytes(self, pcm: bytes) -> Iterator[Frame]:
        """The same for little-endian s16 bytes; half a sample waits for its other half."""
        data = self._odd + pcm
        whole = len(data) // 2 * 2
        self._odd = data[whole:]
        return self.push(np.frombuffer(data[:whole], dtype="<i2").astype(np.int16, copy=False))

    def flush(self) -> Iterator[Frame]:
        """The last frame, filled up with silence, so that the tail is heard too."""
        if len(self._rest):
            last = np.zeros(FRAME_SAMPLES, np.int16)
            last[: len(self._rest)] = self._rest
            self._rest = self._rest[:0]
            yield self._frame(last)

    def _frame(self, samples: NDArray[np.int16]) -> Frame:
        frame = Frame(self._taken / SAMPLE_RATE, samples)
        self._taken += FRAME_SAMPLES
        return frame
