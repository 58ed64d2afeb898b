"""Policy indicators, city projects, pledges, international relations and the city's own record."""

from __future__ import annotations

from datetime import datetime

from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Document, Series
from display_bridge.views import blocks
from display_bridge.views.context import Block, Builder, Content, Context, Figure, figure_of
from display_bridge.views.money import yearly


def indicator(ctx: Context) -> Content:
    """An indicator: newest figure, target, change, and its course over the years."""
    unit = ctx.panel.unit or ""
    found = ctx.provider.indicator(ctx.panel.id, unit, ctx.now)
    delta = round(found.value - found.trend[-2], found.digits or None)
    reached = found.target / found.value if found.lower_is_better else found.value / found.target
    items = [
        blocks.kpi_item(
            ctx.panel.name_ko, ctx.panel.name_en, found.value, unit, delta=float(delta), delta_label_ko="전년보다",
            target=found.target, grade="good" if reached >= 0.97 else "moderate" if reached >= 0.85 else "bad",
        ),
        blocks.kpi_item("목표", "Target", found.target, unit),
        blocks.kpi_item("달성률", "Target reached", round(100 * min(1.5, reached), 1), "%"),
    ]  # fmt: skip
    x = tuple(int(datetime(y, 1, 1, tzinfo=KST).timestamp()) for y in found.years)
    trend = Series(ctx.panel.name_ko, unit, x, found.trend)
    goal = Series("목표", unit, x, tuple(found.target for _ in x))
    group = ctx.registry.groups.get(f"indicators/{ctx.panel.group}")
    field = ctx.registry.fields.get(ctx.panel.field) if ctx.panel.field else None
    parts = [f"{found.years[-1]}년", unit, group.ko if group else "", field.ko if field else ""]
    return Content(
        [blocks.kpi(ctx.panel.name_ko, items), blocks.line_chart("연도별 추이", [trend, goal], unit=unit)],
        " · ".join(p for p in parts if p),
        Figure(ctx.panel.name_ko, ctx.panel.name_en, found.value, unit,
               years=dict(zip(found.years, found.trend, strict=True))),
        "indicators",
    )  # fmt: skip


def project(ctx: Context) -> Content:
    """A project: plan, documents, place."""
    found = ctx.provider.project(ctx.panel.id, ctx.panel.name_ko, ctx.now)
    department = ctx.registry.departments.get(ctx.panel.department)
    name = department.name_ko if department else ""
    papers = [
        Document(d.id, d.title_ko, d.date, name, d.pages, d.kind) for d in found.documents
    ]  # the plan's documents belong to the panel's department
    return Content(
        [
            blocks.gantt("추진 일정", found.phases),
            blocks.document_list("관련 문서", papers),
            blocks.point_map("위치", [found.place]),
            blocks.kpi("추진 현황", [blocks.kpi_item("공정률", "Progress", float(found.progress), "%")]),
        ],
        f"{found.district} · {name}",
        Figure(f"{ctx.panel.name_ko} 공정률", f"{ctx.panel.name_en}: progress", float(found.progress), "%",
               place=found.district),
        "projects",
    )  # fmt: skip


def pledges(ctx: Context) -> Content:
    """Pledges by group with their progress."""
    groups = []
    done = total = 0
    for name, entries in document("pledges.yaml")[ctx.panel.id].items():
        items = [
            {"title_ko": title, "progress": progress, **({"district": district} if district else {})}
            for title, progress, district in entries
        ]
        finished = sum(1 for i in items if i["progress"] == 100)
        waiting = sum(1 for i in items if i["progress"] == 0)
        done, total = done + finished, total + len(items)
        groups.append({"name_ko": name, "done": finished, "doing": len(items) - finished - waiting,
                       "planned": waiting, "items": items})  # fmt: skip
    block: Block = {"kind": "pledge-map", "title_ko": ctx.panel.name_ko, "groups": groups}
    return Content(
        [block],
        "공약 이행 현황",
        Figure("완료한 공약", "Pledges kept", float(done), "건", text_ko=f"{total}건 가운데 {done}건"),
        "pledges",
    )


def _world_points(ctx: Context, name: str, title: str) -> tuple[Block, int]:
    data = ctx.provider.table(name, ctx.now)
    points = [
        {"name_ko": r["city"], "country_ko": r["country"], "x": r["lon"], "y": r["lat"],
         "status": "warn" if r["what"] == "우호도시" else "ok", "detail_ko": f"{r['year']}년 · {r['what']}"}
        for r in data.rows
    ]  # fmt: skip
    return {"kind": "world-map", "title_ko": title, "points": points}, len(points)


def sister_cities(ctx: Context) -> Content:
    """Sister and friendship cities of Seoul."""
    block, count = _world_points(ctx, "sister", "우호·자매도시")
    return Content(
        [block], "자매도시와 우호도시", Figure("우호·자매도시", "Sister cities", float(count), "개 도시"), "sister"
    )


def policy_export(ctx: Context) -> Content:
    """Cities that took over a policy of Seoul."""
    block, count = _world_points(ctx, "export", "정책 수출")
    return Content(
        [block, blocks.table("정책 수출 도시", ctx.provider.table("export", ctx.now))],
        "서울 정책을 도입한 도시",
        Figure("정책을 수출한 도시", "Cities using Seoul's policies", float(count), "개 도시"),
        "export",
    )


def conferences(ctx: Context) -> Content:
    """Conferences held and planned."""
    found = ctx.provider.events("conferences", ctx.now)
    coming = sum(1 for e in found if e.status_ko == "예정")
    return Content([blocks.timeline("국제회의", found)], "개최와 예정",
                   Figure("예정된 국제회의", "Coming conferences", float(coming), "건"), "conferences")  # fmt: skip


def organizations(ctx: Context) -> Content:
    """International organisations Seoul belongs to."""
    data = ctx.provider.table("organizations", ctx.now)
    return Content(
        [blocks.table("국제기구 가입", data)],
        "가입한 국제기구",
        Figure("가입한 국제기구", "Organisations", float(len(data.rows)), "개"),
        "organizations",
    )


RESUME = ("ind-employment-rate", "ind-foreign-tourists", "ind-public-daycare", "ind-pm25-annual",
          "ind-public-transport-share", "ind-public-rental", "ind-traffic-deaths", "ind-open-datasets")  # fmt: skip


def resume_indicators(ctx: Context) -> Content:
    """The main indicators on one page."""
    items = []
    for key in RESUME:
        panel = ctx.registry.panels.get(key)
        if panel is None:
            continue
        found = ctx.provider.indicator(key, panel.unit or "", ctx.now)
        items.append(blocks.kpi_item(panel.name_ko, panel.name_en, found.value, panel.unit or "", target=found.target))
    population = ctx.provider.city("population", ctx.now)
    items.insert(0, blocks.kpi_item("생활인구", "Living population", population.value, "명"))
    items.insert(1, blocks.kpi_item("면적", "Area", 605.2, "㎢"))
    return Content([blocks.kpi("서울시 주요 지표", items)], "한눈에 보는 서울",
                   figure_of(population), "population")  # fmt: skip


def rankings(ctx: Context) -> Content:
    """Ranks of Seoul among the world's cities."""
    data = ctx.provider.table("rankings", ctx.now)
    names = [k for k, _ in data.columns if k.isdigit()]
    series = [yearly(str(row["name"]), "위", [float(row[y] or 0) for y in names], ctx) for row in data.rows]
    shifted = [Series(s.name_ko, s.unit, tuple(int(datetime(int(y), 1, 1, tzinfo=KST).timestamp()) for y in names),
                      s.values) for s in series]  # fmt: skip
    newest = data.rows[0]
    return Content(
        [blocks.table("글로벌 순위", data), blocks.line_chart("순위 추이", shifted, unit="위")],
        "세계 도시 순위 · 위",
        Figure(str(newest["name"]), "City power rank", float(newest[names[-1]] or 0), "위"),
        "rankings",
    )


BUILDERS: dict[str, Builder] = {
    "pledge-map-innovation": pledges,
    "pledge-map-citizen": pledges,
    "pledge-map-policy": pledges,
    "home-international": sister_cities,
    "intl-sister-cities": sister_cities,
    "intl-policy-export": policy_export,
    "intl-conferences": conferences,
    "intl-organizations": organizations,
    "resume-indicators": resume_indicators,
    "resume-global-ranking": rankings,
}
