"""What a bench measures, and the budgets it is held against.

A bench module `tests/bench/bench_*.py` has a function `measure() -> dict[str, Measurement]`; each key is either the
name of a budget below or a name of its own, which is then printed without a budget. `python -m tests.bench` runs them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """Median and 95th percentile of `n` samples in `unit`. note: how it was measured, in one line."""

    p50: float
    p95: float
    unit: str
    n: int
    note: str = ""

    @classmethod
    def of(cls, samples: Iterable[float], unit: str, note: str = "") -> Measurement:
        """From raw samples, percentiles by the nearest rank. Raises ValueError without finite samples."""
        ordered = sorted(samples)
        if not ordered or not all(map(math.isfinite, ordered)):
            raise ValueError("a measurement needs one or more finite samples")
        return cls(_nearest_rank(ordered, 50), _nearest_rank(ordered, 95), unit, len(ordered), note)


@dataclass(frozen=True, slots=True)
class Budget:
    """An upper limit on the median and the 95th percentile, None where none is set."""

    name: str
    what: str
    p50: float | None
    p95: float | None
    unit: str

    def met_by(self, measured: Measurement) -> bool:
        """Whether both limits hold. Raises ValueError when the units differ."""
        if measured.unit != self.unit:
            raise ValueError(f"{self.name} is in {self.unit}, measured in {measured.unit}")
        return (self.p50 is None or measured.p50 <= self.p50) and (self.p95 is None or measured.p95 <= self.p95)


BUDGETS: dict[str, Budget] = {
    budget.name: budget
    for budget in (
        Budget("wake-to-standby", "end of wake word -> visible standby", 150, 300, "ms"),
        Budget("speech-to-screen-early", "end of speech -> screen changed, stable unique name", 350, 700, "ms"),
        Budget("speech-to-screen", "end of speech -> screen changed, ordinary endpoint", 800, 1500, "ms"),
        Budget("intent-fast-path", "transcript -> intent, fast path", 5, 10, "ms"),
        Budget("intent-rasa", "transcript -> intent, Rasa over HTTP", 10, 25, "ms"),
        Budget("command-to-pixels", "tap or API command -> pixels on the wall", 80, 200, "ms"),
        Budget("hand-to-cursor", "hand motion -> cursor", 100, 180, "ms"),
        Budget("call-ringing", "call invited -> it rings", 50, 150, "ms"),
        Budget("call-first-frame", "call accepted -> first frame", 250, 600, "ms"),
        Budget("display-reconnect", "server restart -> right picture on the display", 1000, 3000, "ms"),
        Budget("fan-out", "1,000 screens on one process, 2 kB a second", 60, 250, "ms"),
        Budget("idle-cpu", "whole system idle, share of one core", 15, None, "%"),
        Budget("idle-memory", "whole system idle, memory with Rasa", None, 2.5, "GB"),
    )
}


def _nearest_rank(ordered: list[float], percent: float) -> float:
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]
