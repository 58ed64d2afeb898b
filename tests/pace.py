"""How long computing takes on the machine of the limits: machines, and hours of one machine, differ by five times."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

PACE_S = 0.004
"""CPU seconds of `pace` where the limits were set."""


def pace() -> float:
    """CPU seconds that a fixed piece of the interpreter's work takes here and now."""
    begun, counts = time.process_time(), dict[str, int]()
    for number in range(20_000):
        key = "미세먼지 강남구"[number % 5 :]
        counts[key] = counts.get(key, 0) + number % 7
    for _ in range(60):
        re.sub("[가-힣]+(?:을|를)?$", "", "지금 미세먼지를 " * 12)
    return time.process_time() - begun


def seconds(work: Callable[[], object], limit_s: float) -> float:
    """CPU seconds of some work on the machine of the limits; the least of five, because a busy machine only ever adds
    to it."""
    least = 1e9
    for _ in range(5):
        begun = time.process_time()
        work()
        took = time.process_time() - begun
        if took >= limit_s:
            took *= min(1.0, PACE_S / pace())
        least = min(least, took)
        if least < limit_s:
            break
    return least
