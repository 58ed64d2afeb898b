"""Prices, the city's budget and shops."""

from __future__ import annotations

import re

from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Series
from display_bridge.views import blocks
from display_bridge.views.context import INVENTED, Block, Builder, Content, Context, Figure, figure_of, some

DEBT = (74_900, 69_800, 66_100, 61_500, 57_900, 54_200, 51_600)
"""Debt of the city at the year's end, 억원 (simulated course of a falling debt)."""


def years(ctx: Context, count: int) -> list[int]:
    """The last `count` years up to this one."""
    now = ctx.now.astimezone(KST).year
    return list(range(now - count + 1, now + 1))


def yearly(name: str, unit: str, values: list[float], ctx: Context) -> Series:
    """Yearly figures as a series: x is the first of January in Seoul, epoch seconds."""
    x = tuple(int(ctx.now.astimezone(KST).replace(year=y, month=1, day=1, hour=0, minute=0, second=0, microsecond=0)
                  .timestamp()) for y in years(ctx, len(values)))  # fmt: skip
    return Series(name, unit, x, tuple(values))


def _with_change(block: Block) -> Block:
    """The column of the change drawn as one."""
    columns = [{**c, "delta": True} if c["key"] == "change" else c for c in block["columns"]]
    return {**block, "columns": columns}


def necessities(ctx: Context) -> Content:
    """Prices of daily goods."""
    data = ctx.provider.table("goods", ctx.now)
    prices = ctx.provider.shares("goods", ctx.now)
    first = some(data.rows)[0]
    unit = re.sub("(?i)kg|㎏", "킬로그램", str(first["unit"] or ""))  # it is spoken, too
    english = "Rice, 20 kg" if (first["item"], unit) == ("쌀", "20킬로그램") else "First of the daily goods"
    price = None if first["price"] is None else float(first["price"])
    return Content(
        [
            _with_change(blocks.table("주요 생필품 가격", data)),
            blocks.bar_chart("품목별 평균 가격", "원", [(n, v, None) for n, v in prices]),
        ],
        "시내 시장·마트 평균 · 원",
        Figure(f"{first['item']} {unit}".strip(), english, price, "원"),
        "goods",
    )


def overview(ctx: Context) -> Content:
    """Where the money comes from and where it goes."""
    income = ctx.provider.shares("revenue", ctx.now)
    spending = ctx.provider.shares("expenditure", ctx.now)
    total = sum(v for _, v in income)
    nodes = [{"id": "total", "label_ko": "서울시 예산"}]
    links = []
    for i, (name, value) in enumerate(income):
        nodes.append({"id": f"in{i}", "label_ko": name})
        links.append({"from": f"in{i}", "to": "total", "value": blocks.number(value)})
    out = sum(v for _, v in spending)
    for i, (name, value) in enumerate(spending):
        nodes.append({"id": f"out{i}", "label_ko": name})
        links.append({"from": "total", "to": f"out{i}", "value": round(value * total / out) if out else 0})
    items = [
        blocks.kpi_item("예산 규모", "Budget", total, "억원"),
        blocks.kpi_item("자체 수입 비율", "Own revenue share", 66.2, "%"),
        blocks.kpi_item("채무", "Debt", float(DEBT[-1]), "억원"),
    ]
    return Content(
        [
            blocks.kpi("재정 규모", items),
            {"kind": "sankey", "title_ko": "세입에서 세출까지", "unit": "억원", "nodes": nodes, "links": links},
        ],
        "올해 예산 · 억원",
        Figure("올해 예산 규모", "Budget of this year", total, "억원"),
        "revenue",
        also=(INVENTED,),
    )


def revenue(ctx: Context) -> Content:
    """Revenue by kind and over the years."""
    income = ctx.provider.shares("revenue", ctx.now)
    total = sum(v for _, v in income)
    course = [round(total * (1.045 ** -(6 - i))) for i in range(7)]
    return Content(
        [
            blocks.bar_chart("세입 항목", "억원", [(n, v, None) for n, v in income]),
            blocks.line_chart("연도별 세입예산", [yearly("세입예산", "억원", [float(v) for v in course], ctx)]),
        ],
        "세입예산 · 억원",
        Figure("올해 세입예산", "Revenue of this year", total, "억원"),
        "revenue",
        also=(INVENTED,),
    )


def expenditure(ctx: Context) -> Content:
    """Spending by field."""
    spending = some(ctx.provider.shares("expenditure", ctx.now))
    total = sum(v for _, v in spending)
    columns = [{"key": "field", "label_ko": "분야"},
               {"key": "amount", "label_ko": "금액(억원)", "align": "right", "bar": True},
               {"key": "share", "label_ko": "비율(%)", "align": "right"}]  # fmt: skip
    rows = [
        {"field": n, "amount": blocks.number(v), "share": round(100 * v / total, 1) if total else None}
        for n, v in spending
    ]
    top = max(spending, key=lambda s: s[1])
    what = {str(name): str(example) for name, _, example in document("tables.yaml")["expenditure"]}
    return Content(
        [
            blocks.treemap("분야별 세출", "억원", [(n, v, what.get(n, "")) for n, v in spending]),
            {"kind": "table", "title_ko": "분야별 세출", "columns": columns, "rows": rows},
        ],
        "올해 세출 사업 · 억원",
        Figure(f"{top[0]} 분야 세출", "Largest field of spending", top[1], "억원"),
        "expenditure",
    )


def debt(ctx: Context) -> Content:
    """The city's debt over the years."""
    fall = DEBT[0] - DEBT[-1]
    items = [
        blocks.kpi_item(
            "채무", "Debt", float(DEBT[-1]), "억원", delta=float(DEBT[-1] - DEBT[-2]), delta_label_ko="지난해보다"
        ),
        blocks.kpi_item("누적 감축", "Reduced in total", float(fall), "억원"),
    ]
    return Content(
        [
            blocks.line_chart("연도별 채무", [yearly("채무", "억원", [float(v) for v in DEBT], ctx)]),
            blocks.kpi("채무 감축", items),
        ],
        "채무 · 억원",
        Figure("누적 채무 감축액", "Debt reduced", float(fall), "억원"),
        "debt",
    )


def shops(ctx: Context) -> Content:
    """Shop sales by district."""
    found = sorted(ctx.provider.districts("commerce", ctx.now), key=lambda o: -(o.value or 0))
    columns = [
        {"key": "area", "label_ko": "자치구"},
        {"key": "index", "label_ko": "매출 지수", "align": "right", "bar": True},
    ]
    rows = [{"area": str(o.area), "index": blocks.number(o.value)} for o in found]
    return Content(
        [
            blocks.choropleth(ctx, "commerce", "자치구별 점포당 매출 지수"),
            {
                "kind": "table",
                "title_ko": "상권 순위",
                "columns": columns,
                "rows": rows,
                "select": {"column": "area", "as": "district"},
            },
        ],
        "점포당 월 매출 · 서울 평균 100",
        figure_of(ctx.here("commerce")),
        "commerce",
    )


BUILDERS: dict[str, Builder] = {
    "daily-necessities": necessities,
    "finance-overview": overview,
    "revenue": revenue,
    "expenditure": expenditure,
    "debt-reduction": debt,
    "analysis-commercial-district": shops,
}
