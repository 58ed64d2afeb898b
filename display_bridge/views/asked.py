"""A panel's view as it was asked for: districts side by side, a past period, each with the figures there are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from assistant.contracts import BadInput, Period, is_ahead, period_words
from content_registry.schema import Panel, Registry
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.views import blocks
from display_bridge.views.context import Block
from display_bridge.views.frame import build_view
from display_bridge.views.spoken import SpokenValue, value_of

MOST_BLOCKS = 6
MOST_COMPARED = 6
"""Districts that one panel sets side by side."""


def asked_view(
    panel: Panel, registry: Registry, provider: CityDataProvider, now: datetime, args: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The PanelView of a panel, with a second block where `args` ask for more than the panel shows by itself.

    args: those of `build_view`, `compare` (districts joined by "+") and `period`. Raises BadInput for one that is none.
    """
    args, now = args or {}, now.astimezone(KST)
    view = build_view(panel, registry, provider, now, args)
    period, places = _period(args), _places(args)
    if period is None and len(places) < 2:
        return view
    values = [value_of(panel, place, registry, provider, now, period) for place in places]
    block = _side_by_side(values, period, now)
    if block is None:
        ahead = period is not None and is_ahead(period, now)
        past = "예보 자료가 없는 화면입니다" if ahead else "지난 수치가 없는 화면입니다"
        reason = "비교할 수치가 없는 화면입니다" if len(places) > 1 else past
        return {**view, "subtitle_ko": " · ".join(filter(None, (view["subtitle_ko"], reason)))}
    return {**view, "blocks": [view["blocks"][0], block, *view["blocks"][1:]][:MOST_BLOCKS]}


def _period(args: Mapping[str, str]) -> Period | None:
    try:
        return Period(args["period"]) if args.get("period") else None
    except ValueError as error:
        raise BadInput("bad-period", f"{args['period']!r} is no period") from error


def _places(args: Mapping[str, str]) -> list[str | None]:
    """The districts asked for, in order; [None] is all of Seoul."""
    others = [name for name in args.get("compare", "").split("+") if name]
    if len(others) >= MOST_COMPARED:
        raise BadInput("too-many-districts", f"at most {MOST_COMPARED} districts are set side by side")
    places: list[str | None] = [args.get("district") or None, *others]
    return list(dict.fromkeys(places))


def _side_by_side(values: list[SpokenValue], period: Period | None, now: datetime) -> Block | None:
    """The figures of the places; None where the panel has no figure, or none by district."""
    if any(value.value is None for value in values):
        return None
    if len(values) > 1 and any(value.asked is not None for value in values):
        return None
    when = period_words(period)[0] if period else "지금"
    first = values[0]
    known = period is None or all(value.known for value in values)
    averaged = " 평균" if known and first.period is not None else ""
    missing = "예보 자료가" if period and is_ahead(period, now) else "수치가"
    of_when = f"{when}{averaged}" if known else f"{when} {missing} 없어 지금 수치입니다"
    items = [blocks.kpi_item(v.place, v.place_en, v.value, v.unit, grade=v.grade) for v in values]
    return blocks.kpi(f"{first.label_ko} · {of_when}", items)
