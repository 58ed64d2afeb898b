"""Sound as numbers: rates converted with exact lengths, several voices summed, loudness bounded. Pure; numpy inside.

PCM is mono signed 16 bit, native order. Rates are the room's 48 kHz and a phone's 8 or 16 kHz.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

ROOM_RATE = 48_000
PIECE_MS = 20
PIECE = ROOM_RATE * PIECE_MS // 1000
"""Samples of a piece of the room's sound: 20 ms."""
PHONE_RATES = (8_000, 16_000, 48_000)
CEILING = 29_000.0
"""No mix is louder: what G.711 carries without clipping."""

Samples = np.ndarray[Any, np.dtype[np.float32]]


def samples(pcm: bytes) -> Samples:
    """16-bit PCM as floats, still in the range of 16 bits. A half sample at the end is left off."""
    return np.asarray(np.frombuffer(pcm, dtype=np.int16, count=len(pcm) // 2), dtype=np.float32)


def pcm(values: Samples) -> bytes:
    """Floats as 16-bit PCM, clipped."""
    return np.clip(np.rint(values), -32768, 32767).astype(np.int16).tobytes()


def _low_pass(factor: int) -> Samples:
    """A linear-phase filter at the room's rate that keeps what the lower rate can carry: at 8 kHz flat to 3 kHz, and
    60 dB down from 4.3 kHz, which would fold back to 3.7 kHz."""
    length = 24 * factor + 1
    at = np.arange(length) - (length - 1) / 2
    cutoff = 0.46 / factor
    taps = 2 * cutoff * np.sinc(2 * cutoff * at) * np.kaiser(length, 6.0)
    return np.asarray(taps / taps.sum(), dtype=np.float32)


class Down:
    """48 kHz to a phone's rate, piece after piece: n samples become n / factor. Delay: 12 samples of the phone's."""

    def __init__(self, rate: int) -> None:
        self.factor = _factor(rate)
        self._taps = _low_pass(self.factor)
        self._past = np.zeros(len(self._taps) - 1, dtype=np.float32)

    def __call__(self, values: Samples) -> Samples:
        """The length must be a multiple of the factor."""
        if self.factor == 1 or not len(values):
            return values
        joined = np.concatenate((self._past, values))
        self._past = joined[len(joined) - len(self._past) :]
        windows = sliding_window_view(joined, len(self._taps))[self.factor - 1 :: self.factor]
        return np.asarray(windows @ self._taps, dtype=np.float32)


class Up:
    """A phone's rate to 48 kHz: n samples become n * factor. Delay: 12 samples of the phone's."""

    def __init__(self, rate: int) -> None:
        self.factor = _factor(rate)
        taps = _low_pass(self.factor) * self.factor
        columns = -(-len(taps) // self.factor)
        padded = np.zeros(columns * self.factor, dtype=np.float32)
        padded[: len(taps)] = taps
        # Row k holds the taps that meet the sample k steps ago, one column for each of the new samples between two.
        self._phases = padded.reshape(columns, self.factor)[::-1]
        self._past = np.zeros(columns - 1, dtype=np.float32)

    def __call__(self, values: Samples) -> Samples:
        if self.factor == 1 or not len(values):
            return values
        joined = np.concatenate((self._past, values))
        self._past = joined[len(joined) - len(self._past) :]
        windows = sliding_window_view(joined, len(self._past) + 1)
        return np.asarray(windows @ self._phases, dtype=np.float32).reshape(-1)


def _factor(rate: int) -> int:
    if rate not in PHONE_RATES:
        raise ValueError(f"a phone's rate is one of {PHONE_RATES}, not {rate}")
    return ROOM_RATE // rate


class Limiter:
    """Keeps the sum of many voices below the ceiling without cutting its peaks: the gain goes down within a
    millisecond, and comes back over half a second."""

    ATTACK = ROOM_RATE // 1000
    RELEASE_PER_S = 2.0

    def __init__(self, ceiling: float = CEILING) -> None:
        self._ceiling = ceiling
        self.gain = 1.0

    def __call__(self, values: Samples) -> Samples:
        if not len(values):
            return values
        peak = float(np.max(np.abs(values)))
        most = min(1.0, self._ceiling / peak) if peak > 0 else 1.0
        rise = self.RELEASE_PER_S * len(values) / ROOM_RATE
        new = min(most, self.gain + rise)
        ramp = np.full(len(values), new, dtype=np.float32)
        attack = min(self.ATTACK if new < self.gain else len(values), len(values))
        ramp[:attack] = np.linspace(self.gain, new, attack, dtype=np.float32)
        self.gain = new
        return np.clip(values * ramp, -self._ceiling, self._ceiling)
