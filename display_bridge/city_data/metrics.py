"""The measured quantities of the simulation: magnitude, daily and yearly course, spread over the city, grades.

The figures are in data/metrics.yaml: magnitudes as in Seoul's published data, grade limits as in Korea's air-quality
classes (PM10 30/80/150 and PM2.5 15/35/75 ug/m3, ozone 0.030/0.090/0.150 ppm, nitrogen dioxide 0.030/0.060/0.200 ppm).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from assistant.contracts import BadInput
from display_bridge.city_data.files import document
from display_bridge.city_data.geography import DISTRICTS, northness, westness
from display_bridge.city_data.noise import smooth, texture, unit
from display_bridge.city_data.provider import Grade, GradeBand

KST = timezone(timedelta(hours=9), "KST")
SLOT_S = 300

_GRADES: tuple[tuple[Grade, str], ...] = (
    ("good", "좋음"),
    ("moderate", "보통"),
    ("bad", "나쁨"),
    ("very_bad", "매우나쁨"),
)


def bands(first: float, second: float, third: float, digits: int = 0) -> tuple[GradeBand, ...]:
    """Four classes split at three limits; each limit is the first value of the next class. digits: decimals of a
    published figure."""
    edges: tuple[float | None, ...] = (0.0, first, second, third, None)
    return tuple(
        GradeBand(g, ko, edges[i] or 0.0, edges[i + 1], _written(edges[i] or 0.0, edges[i + 1], digits))
        for i, (g, ko) in enumerate(_GRADES)
    )


def _written(low: float, high: float | None, digits: int) -> str:
    """A class from its first to its last published figure."""
    step = 10.0**-digits
    first = math.ceil(round(low / step, 6)) * step
    start = f"{first:.{digits}f}" if first else "0"
    if high is None:
        return f"{start}+"
    return f"{start}–{(math.ceil(round(high / step, 6)) - 1) * step:.{digits}f}"


@dataclass(frozen=True, slots=True)
class Metric:
    """How one quantity behaves.

    months: mean of each month (a single value: no season). swing: size of the daily wave, share of the mean, or
    absolute if `additive`; peaks: hours of the wave's tops. noise: likewise. spread: random difference between
    districts; west, north: trend over the city (share at the edge). count: city = sum of districts, else the mean.
    weight: "area" equal, "residents", "day" (residents by night, workplaces by day). bursts: mostly zero, as rain.
    parts: the metrics it is the sum of.
    """

    ko: str
    en: str
    unit: str
    months: tuple[float, ...]
    swing: float = 0.0
    peaks: tuple[int, ...] = (15,)
    noise: float = 0.1
    spread: float = 0.08
    west: float = 0.0
    north: float = 0.0
    count: bool = False
    weight: str = "area"
    additive: bool = False
    bursts: bool = False
    digits: int = 0
    low: float = 0.0
    high: float = math.inf
    bands: tuple[GradeBand, ...] = ()
    parts: tuple[str, ...] = ()


def _read(entry: dict[str, Any]) -> Metric:
    values = dict(entry)
    limits = values.pop("limits", None)
    for name in ("months", "peaks", "parts"):
        if name in values:
            values[name] = tuple(values[name])
    return Metric(**values, bands=bands(limits[0], limits[1], limits[2], int(entry.get("digits", 0))) if limits else ())


METRICS: dict[str, Metric] = {name: _read(entry) for name, entry in document("metrics.yaml").items()}


def metric(name: str) -> Metric:
    """The metric of a name. Raises BadInput for an unknown one."""
    try:
        return METRICS[name]
    except KeyError as error:
        raise BadInput("unknown-metric", f"there is no metric {name!r}") from error


def slot_of(now: datetime) -> int:
    """The start of the five-minute slot that holds `now`, epoch seconds."""
    return int(now.timestamp() // SLOT_S) * SLOT_S


@lru_cache(maxsize=32768)
def city_value(name: str, slot: int, seed: int) -> float:
    """The figure of all Seoul at a slot, unrounded."""
    m = metric(name)
    if m.parts:
        return sum(city_value(part, slot, seed) for part in m.parts)
    local = datetime.fromtimestamp(slot, KST)
    mean = _month_mean(m.months, local)
    if m.bursts:
        wet = max(0.0, texture(slot, name, seed) - 0.12) * 1.6
        return mean * wet
    hour = local.hour + local.minute / 60
    # One peak: a plain daily wave. Several: narrower bumps, so that the night stays low between them.
    sharp = 1 if len(m.peaks) == 1 else 3
    wave = max(2 * ((1 + math.cos(2 * math.pi * (hour - p) / 24)) / 2) ** sharp - 1 for p in m.peaks)
    wobble = texture(slot, name, seed)
    value = mean + m.swing * wave + m.noise * wobble if m.additive else mean * (1 + m.swing * wave + m.noise * wobble)
    return min(m.high, max(m.low, value))


@lru_cache(maxsize=4096)
def district_values(name: str, slot: int, seed: int) -> tuple[float, ...]:
    """The figures of the 25 districts at a slot, in the order of DISTRICTS; mean (or sum) equals the city's figure."""
    m = metric(name)
    if m.parts:
        columns = zip(*(district_values(part, slot, seed) for part in m.parts), strict=True)
        return tuple(sum(column) for column in columns)
    total = city_value(name, slot, seed)
    raw = []
    for d in DISTRICTS:
        own = (2 * unit(name, d.ko, seed) - 1) * m.spread + 0.3 * m.spread * smooth(slot, 5400, name, d.ko, seed)
        raw.append(own + m.west * westness(d) + m.north * northness(d))
    if m.additive:
        shift = sum(raw) / len(raw)
        return tuple(total + r - shift for r in raw)
    weights = [max(0.05, 1 + r) * _weight(m, i, slot) for i, r in enumerate(raw)]
    scale = sum(weights) if m.count else sum(weights) / len(weights)
    return tuple(total * w / scale for w in weights)


def rounded(m: Metric, value: float) -> float:
    """A figure as it is published."""
    result = round(value, m.digits)
    return result if m.digits else float(int(result))


def grade_of(m: Metric, value: float) -> Grade | None:
    """The class of a published figure, None where the metric has no classes."""
    for band in m.bands:
        if band.high is None or value < band.high:
            return band.grade
    return None


def _weight(m: Metric, index: int, slot: int) -> float:
    d = DISTRICTS[index]
    if m.weight == "residents":
        return d.residents
    if m.weight == "day":
        hour = datetime.fromtimestamp(slot, KST).hour
        day = max(0.0, math.cos(2 * math.pi * (hour - 14) / 24) + 0.3) / 1.3
        return d.residents * (1 + day * (d.day_pull - 1) * 0.75)
    return 1.0


def _month_mean(months: tuple[float, ...], local: datetime) -> float:
    if len(months) == 1:
        return months[0]
    middle = local.month - 1 + (local.day - 15) / 30
    left = math.floor(middle)
    share = middle - left
    return months[left % 12] * (1 - share) + months[(left + 1) % 12] * share
