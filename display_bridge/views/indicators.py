"""Policy indicators: where the figure stands, how far to the target, and its course."""

from __future__ import annotations

from datetime import datetime

from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Indicator, Series
from display_bridge.views import blocks
from display_bridge.views.context import Block, Content, Context, Figure, some

REACHED, NEAR = 1.0, 0.9
"""Shares of the target from which an indicator counts as reached, and as near."""


def indicator(ctx: Context) -> Content:
    """An indicator: newest figure and change, the way to the target, its course over the years, and who answers."""
    unit = ctx.panel.unit or ""
    found = ctx.provider.indicator(ctx.panel.id, unit, ctx.now)
    some(found.years)
    reached = _reached(found)
    x = tuple(int(datetime(y, 1, 1, tzinfo=KST).timestamp()) for y in found.years)
    trend = Series(ctx.panel.name_ko, unit, x, found.trend)
    goal = Series("목표", unit, x, tuple(found.target for _ in x))
    group = ctx.registry.groups.get(f"indicators/{ctx.panel.group}")
    field = ctx.registry.fields.get(ctx.panel.field) if ctx.panel.field else None
    parts = [f"{found.years[-1]}년", unit, group.ko if group else "", field.ko if field else ""]
    return Content(
        [
            _figures(ctx, found, unit),
            blocks.line_chart("연도별 추이와 목표", [trend, goal], unit=unit),
            _gauge(reached),
            _years(found, unit),
        ],
        " · ".join(p for p in parts if p),
        Figure(
            ctx.panel.name_ko,
            ctx.panel.name_en,
            found.value,
            unit,
            years=dict(zip(found.years, found.trend, strict=True)),
        ),
        "indicators",
    )


def _reached(found: Indicator) -> float:
    """How much of the target is reached; above 1 it is surpassed."""
    share = _share(found.value, found)
    return 1.0 if share is None else share


def _share(value: float, found: Indicator) -> float | None:
    """How much of the target a figure is; None where one of them is zero and nothing can be said."""
    part, whole = (found.target, value) if found.lower_is_better else (value, found.target)
    return part / whole if whole else None


def _figures(ctx: Context, found: Indicator, unit: str) -> Block:
    before = found.trend[-2] if len(found.trend) > 1 else None
    delta = None if before is None else float(round(found.value - before, found.digits or None))
    gap = round(abs(found.target - found.value), found.digits or None)
    department = ctx.registry.departments.get(ctx.panel.department)
    done = _reached(found) >= REACHED
    year = found.years[-1]
    items = [
        blocks.kpi_item(f"{year}년", str(year), found.value, unit, delta=delta, delta_label_ko="전년보다"),
        blocks.kpi_item("목표", "Target", found.target, unit,
                        delta_label_ko="낮을수록 좋음" if found.lower_is_better else "높을수록 좋음"),
        blocks.kpi_item("목표까지", "To go", 0.0 if done else float(gap), unit, text="목표 달성" if done else None),
        blocks.kpi_item("담당", "Department", None, "", text=department.name_ko if department else "서울시"),
    ]  # fmt: skip
    return blocks.kpi(ctx.panel.name_ko, items)


def _gauge(reached: float) -> Block:
    share = round(100 * reached, 1)
    return {
        "kind": "gauge",
        "title_ko": "목표 달성률",
        "value": blocks.number(share),
        "min": 0,
        "max": 120 if share <= 120 else 150 if share <= 150 else 50 * -(-int(share + 1) // 50),
        "target": 100,
        "unit": "%",
        "label_ko": "달성률",
        "bands": [
            {"from": 0, "to": 100 * NEAR, "label_ko": "더 노력", "grade": "bad"},
            {"from": 100 * NEAR, "to": 100, "label_ko": "목표에 가까움", "grade": "moderate"},
            {"from": 100, "to": 120 if share <= 120 else 150 if share <= 150 else 50 * -(-int(share + 1) // 50),
             "label_ko": "목표 달성", "grade": "good"},
        ],
    }  # fmt: skip


def _years(found: Indicator, unit: str) -> Block:
    rows = []
    before: float | None = None
    for year, value in zip(found.years, found.trend, strict=True):
        change = None if before is None else round(value - before, found.digits or None)
        share = _share(value, found)
        rows.append(
            {"year": f"{year}년", "value": blocks.number(value), "change": blocks.number(change),
             "share": None if share is None else round(100 * share, 1)}
        )  # fmt: skip
        before = value
    label = f"수치({unit})" if unit else "수치"
    columns = [
        {"key": "year", "label_ko": "연도"},
        {"key": "value", "label_ko": label, "align": "right"},
        {"key": "change", "label_ko": "전년 대비", "align": "right", "delta": True},
        {"key": "share", "label_ko": "달성률(%)", "align": "right"},
    ]
    return {"kind": "table", "title_ko": "연도별 수치", "columns": columns, "rows": rows[::-1]}
