"""Sound files, and the signal helpers that the product has too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from assistant.hearing.enrolment.signals import RATE, Signal, loud_part, resample, rms, trim

__all__ = ["RATE", "Signal", "loud_part", "read", "resample", "rms", "trim", "write"]


def read(path: Path) -> Signal:
    data, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return resample(data.mean(axis=1), rate)


def write(path: Path, x: Signal) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.clip(x, -1, 1), RATE, subtype="PCM_16")
