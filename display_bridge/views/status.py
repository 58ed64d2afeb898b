"""Pledges, international relations and the city's own record."""

from __future__ import annotations

from datetime import datetime

from assistant.contracts import Unavailable
from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import Series
from display_bridge.views import blocks, indicators, projects
from display_bridge.views.context import Block, Builder, Content, Context, Figure, some
from display_bridge.views.money import yearly

indicator = indicators.indicator
project = projects.project


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


_LANDS = {"튀르키예": "아시아", "러시아": "유럽", "아제르바이잔": "아시아", "이집트": "아프리카"}
"""Countries whose continent their position does not tell."""


def _continent(country: str, lon: float, lat: float) -> str:
    if country in _LANDS:
        return _LANDS[country]
    if lon < -30:
        return "아메리카"
    if lat < -10 and lon > 110:
        return "오세아니아"
    if lon < 50:
        return "유럽" if lat > 35 else "아프리카"
    return "아시아"


def _world(ctx: Context, name: str, title: str) -> tuple[list[Block], int]:
    """The cities on the map, counted by continent, and in a table."""
    data = ctx.provider.table(name, ctx.now)
    points = [
        {"name_ko": r["city"], "country_ko": r["country"], "x": r["lon"], "y": r["lat"],
         "status": "warn" if r["what"] == "우호도시" else "ok", "detail_ko": f"{r['year']}년 · {r['what']}"}
        for r in data.rows
    ]  # fmt: skip
    counts: dict[str, float] = {}
    for r in data.rows:
        where = _continent(str(r["country"]), float(r["lon"] or 0), float(r["lat"] or 0))
        counts[where] = counts.get(where, 0) + 1
    bars = [(land, count, None) for land, count in sorted(counts.items(), key=lambda pair: -pair[1])]
    listed = blocks.table(f"{title} 목록", data)
    listed["select"] = {"column": "city", "as": "item"}
    world: Block = {"kind": "world-map", "title_ko": title, "points": points}
    return [world, blocks.bar_chart("대륙별 도시", "개 도시", bars), listed], len(points)


def sister_cities(ctx: Context) -> Content:
    """Sister and friendship cities of Seoul."""
    content, count = _world(ctx, "sister", "우호·자매도시")
    return Content(
        content, "자매도시와 우호도시", Figure("우호·자매도시", "Sister cities", float(count), "개 도시"), "sister"
    )


def policy_export(ctx: Context) -> Content:
    """Cities that took over a policy of Seoul."""
    content, count = _world(ctx, "export", "정책 수출")
    return Content(
        content,
        "서울 정책을 도입한 도시",
        Figure("정책을 수출한 도시", "Cities using Seoul's policies", float(count), "개 도시"),
        "export",
    )


def conferences(ctx: Context) -> Content:
    """Conferences held and planned."""
    found = ctx.provider.events("conferences", ctx.now)
    coming = sum(1 for e in found if e.status_ko == "예정")
    months = {f"{e.at.month}월" if e.at.year == ctx.now.year else f"{e.at.year}년 {e.at.month}월" for e in found}
    items = [
        blocks.kpi_item("예정", "Coming", float(coming), "건"),
        blocks.kpi_item("개최", "Held", float(len(found) - coming), "건"),
        blocks.kpi_item("열리는 달", "Months", float(len(months)), "개월"),
    ]
    return Content([blocks.timeline("국제회의", found), blocks.kpi("국제회의", items)], "개최와 예정",
                   Figure("예정된 국제회의", "Coming conferences", float(coming), "건"), "conferences")  # fmt: skip


def organizations(ctx: Context) -> Content:
    """International organisations Seoul belongs to."""
    data = ctx.provider.table("organizations", ctx.now)
    fields: dict[str, float] = {}
    for row in data.rows:
        fields[str(row["field"])] = fields.get(str(row["field"]), 0) + 1
    decades: dict[str, float] = {}
    for row in data.rows:
        decade = f"{int(row['year'] or 0) // 10 * 10}년대"
        decades[decade] = decades.get(decade, 0) + 1
    return Content(
        [
            blocks.table("국제기구 가입", data),
            blocks.donut("분야", "개", list(fields.items())),
            blocks.bar_chart("가입 시기", "개", [(d, n, None) for d, n in sorted(decades.items())]),
        ],
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
        try:
            found = ctx.provider.indicator(key, panel.unit or "", ctx.now)
        except Unavailable:
            item = blocks.kpi_item(panel.name_ko, panel.name_en, None, "", text="자료 없음")
        else:
            item = blocks.kpi_item(panel.name_ko, panel.name_en, found.value, panel.unit or "", target=found.target)
        items.append({**item, "panel": key})
    population = ctx.figure("population")
    people = population.value if population else None
    items.insert(0, blocks.kpi_item("생활인구", "Living population", people, "명",
                                    text=None if population else "자료 없음"))  # fmt: skip
    items.insert(1, blocks.kpi_item("면적", "Area", 605.2, "㎢"))
    return Content([blocks.kpi("서울시 주요 지표", items)], "한눈에 보는 서울",
                   population, "population")  # fmt: skip


def rankings(ctx: Context) -> Content:
    """Ranks of Seoul among the world's cities."""
    data = ctx.provider.table("rankings", ctx.now)
    names = [k for k, _ in data.columns if k.isdigit()]
    series = [yearly(str(row["name"]), "위", [float(row[y] or 0) for y in names], ctx) for row in data.rows]
    shifted = [Series(s.name_ko, s.unit, tuple(int(datetime(int(y), 1, 1, tzinfo=KST).timestamp()) for y in names),
                      s.values) for s in series]  # fmt: skip
    newest = some(data.rows)[0]
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
