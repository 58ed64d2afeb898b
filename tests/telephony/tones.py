"""Tones and the measuring of them: how loud a frequency is in a piece of sound."""

from __future__ import annotations

import numpy as np


def tone(hz: float, seconds: float, *, rate: int = 8_000, level: float = 8_000, start: int = 0) -> bytes:
    """A sine as mono s16. start: the sample it begins at, so that pieces of it join."""
    at = np.arange(start, start + round(seconds * rate))
    return np.asarray(np.rint(level * np.sin(2 * np.pi * hz * at / rate)), dtype=np.int16).tobytes()


def strength(pcm: bytes, hz: float, *, rate: int = 8_000) -> float:
    """The amplitude of one frequency in mono s16 sound; 0 for no sound at all."""
    values = np.frombuffer(pcm, dtype=np.int16).astype(np.float64)
    if not len(values):
        return 0.0
    window = np.hanning(len(values))
    turned = np.exp(-2j * np.pi * hz * np.arange(len(values)) / rate)
    return float(2 * abs(np.sum(values * window * turned)) / np.sum(window))


def loudness(pcm: bytes) -> float:
    """Root mean square."""
    values = np.frombuffer(pcm, dtype=np.int16).astype(np.float64)
    return float(np.sqrt(np.mean(values**2))) if len(values) else 0.0
