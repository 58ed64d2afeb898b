"""Figures that are made of others, honest about what is missing. Pure."""

from __future__ import annotations

from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import METRICS, grade_of, rounded
from display_bridge.city_data.provider import Observation


def whole(metric: str, districts: tuple[Observation, ...]) -> Observation:
    """All of Seoul from its districts. A sum with a district missing would be too small, so it is no figure."""
    known = METRICS.get(metric)
    values = [o.value for o in districts if o.value is not None]
    pattern = next(iter(districts), None)
    value: float | None = None
    if known is not None and known.count:
        value = sum(values) if len({o.area for o in districts if o.value is not None}) == len(DISTRICTS) else None
    elif known is not None and values:
        value = sum(values) / len(values)
    if known is not None and value is not None:
        value = rounded(known, value)
    made = without_figure(metric, None, pattern)
    grade = grade_of(known, value) if known is not None and value is not None else None
    return Observation(made.metric, made.label_ko, made.label_en, value, made.unit, None, grade, made.bands)


def without_figure(metric: str, area: str | None, pattern: Observation | None) -> Observation:
    """An observation that says what was not measured."""
    known = METRICS.get(metric)
    if pattern is not None:
        return Observation(metric, pattern.label_ko, pattern.label_en, None, pattern.unit, area, None, pattern.bands)
    if known is not None:
        return Observation(metric, known.ko, known.en, None, known.unit, area, None, known.bands)
    return Observation(metric, metric, metric, None, "", area)
