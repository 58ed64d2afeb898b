"""Small signal helpers. Everything is mono float32 in -1..1 at 16 kHz unless said otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from assistant.hearing.audio import SAMPLE_RATE

RATE = SAMPLE_RATE
Signal = NDArray[np.float32]


def resample(x: Signal, rate: float, to: float = RATE) -> Signal:
    return x.astype(np.float32) if rate == to else soxr.resample(x, rate, to).astype(np.float32)


def rms(x: NDArray[Any]) -> float:
    return float(np.sqrt(np.mean(np.square(x, dtype=np.float64)) + 1e-12))


def loud_part(x: Signal, floor_db: float = -32.0) -> tuple[int, int]:
    """First and last sample of the speech: where 10 ms frames are within `floor_db` of the loudest frame."""
    n = len(x) // 160
    if n == 0:
        return 0, len(x)
    level = 10 * np.log10(np.mean(np.square(x[: n * 160].reshape(n, 160)), axis=1) + 1e-10)
    hot = np.flatnonzero(level > level.max() + floor_db)
    return int(hot[0]) * 160, (int(hot[-1]) + 1) * 160


def trim(x: Signal, floor_db: float = -32.0) -> Signal:
    start, end = loud_part(x, floor_db)
    return x[start:end]
