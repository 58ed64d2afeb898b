"""Complaints, the city's website, proposals and opinion."""

from __future__ import annotations

from display_bridge.city_data.metrics import KST
from display_bridge.city_data.noise import pick, smooth
from display_bridge.city_data.provider import Series
from display_bridge.views import blocks
from display_bridge.views.context import INVENTED, Block, Builder, Content, Context, Figure, figure_of, some
from display_bridge.views.documents import opened


def _received_today(ctx: Context) -> float:
    """Complaints since midnight: the hourly figures added up."""
    local = ctx.now.astimezone(KST)
    hours = local.hour + local.minute / 60
    series = ctx.provider.series("complaints", ctx.now, hours=hours, step_minutes=60)
    return float(round(sum(v or 0 for v in series.values) * (hours / max(1, len(series.values)))))


def complaints_today(ctx: Context) -> Content:
    """Complaints received and handled today."""
    received = _received_today(ctx)
    handled = float(round(received * 0.72))
    items = [
        blocks.kpi_item("오늘 접수", "Received today", received, "건"),
        blocks.kpi_item("처리 완료", "Handled", handled, "건"),
        blocks.kpi_item("처리율", "Handled share", 72.0, "%"),
    ]
    kinds = ctx.provider.shares("complaint_types", ctx.now)
    return Content(
        [
            blocks.kpi("응답소 오늘", items),
            blocks.donut("분야별 민원", "%", kinds),
            blocks.day_chart(ctx, "complaints", "시간당 접수"),
        ],
        "응답소 민원 접수 · 건",
        Figure("오늘 접수된 민원", "Complaints today", received, "건"),
        "complaints",
        also=(INVENTED,),
    )


def complaints_departments(ctx: Context) -> Content:
    """Complaints by department."""
    rows: list[tuple[str, int, int]] = []
    for d in ctx.registry.departments.values():
        total = round(pick(20, 260, "complaint", d.id, ctx.now.astimezone(KST).toordinal()))
        done = round(total * pick(0.62, 0.97, "done", d.id, ctx.now.astimezone(KST).toordinal()))
        rows.append((d.name_ko, total, done))
    rows.sort(key=lambda r: -r[1])
    columns = [{"key": "department", "label_ko": "부서"}, {"key": "received", "label_ko": "접수", "align": "right"},
               {"key": "done", "label_ko": "처리", "align": "right"},
               {"key": "rate", "label_ko": "처리율(%)", "align": "right", "bar": True}]  # fmt: skip
    top = [(n, float(received), None) for n, received, _ in rows[:12]]
    cells = [{"department": n, "received": r, "done": d, "rate": round(100 * d / r, 1)} for n, r, d in rows]
    return Content(
        [
            {"kind": "table", "title_ko": "부서별 민원 처리", "columns": columns, "rows": cells},
            blocks.bar_chart("접수가 많은 부서", "건", top),
        ],
        "오늘 부서별 접수와 처리 · 건",
        dataset=INVENTED,
    )


def homepage(ctx: Context) -> Content:
    """Visits of the city's website."""
    return Content(
        [
            blocks.kpi_of(ctx, "서울시 홈페이지", ["web_visits", "web_online"]),
            blocks.day_chart(ctx, "web_visits", "방문 24시간"),
        ],
        "시간당 방문 · 회",
        figure_of(ctx.provider.city("web_visits", ctx.now)),
        "web_visits",
    )


def website(ctx: Context) -> Content:
    """Who is on which page now."""
    return Content(
        [
            blocks.table("지금 많이 보는 화면", ctx.provider.table("website", ctx.now)),
            blocks.day_chart(ctx, "web_online", "접속자 24시간"),
        ],
        "현재 접속자 · 명",
        figure_of(ctx.provider.city("web_online", ctx.now)),
        "web_online",
    )


def proposals(ctx: Context) -> Content:
    """Citizens' proposals."""
    fields = ctx.provider.shares("proposals", ctx.now)
    total = sum(v for _, v in fields)
    return Content(
        [
            blocks.table("공감이 많은 제안", ctx.provider.table("proposals", ctx.now)),
            blocks.treemap("분야별 제안", "건", [(n, v, "") for n, v in fields]),
        ],
        "시민 자유제안 · 건",
        Figure("올해 시민 제안", "Proposals this year", total, "건"),
        "proposals",
    )


def sentiment(ctx: Context) -> Content:
    """How people talk about the city."""
    now = ctx.provider.city("sentiment", ctx.now)
    gauge: Block = {
        "kind": "gauge",
        "title_ko": "긍정 비율",
        "value": blocks.number(now.value),
        "min": 0,
        "max": 100,
        "unit": "%",
        "label_ko": "긍정",
        "bands": [{"from": 0, "to": 40, "label_ko": "부정 우세", "grade": "bad"},
                  {"from": 40, "to": 60, "label_ko": "비슷", "grade": "good"},
                  {"from": 60, "to": 100, "label_ko": "긍정 우세", "grade": "moderate"}],
    }  # fmt: skip
    return Content(
        [blocks.day_chart(ctx, "mentions", "시간당 언급량"), gauge],
        "누리소통망 언급 · 건",
        figure_of(now),
        "sentiment",
    )


def keywords(ctx: Context) -> Content:
    """Words in complaints."""
    words = some(ctx.provider.shares("keywords", ctx.now))
    cloud: Block = {
        "kind": "word-cloud",
        "title_ko": "민원 주요 키워드",
        "words": [{"text": w, "weight": v} for w, v in words],
    }
    first = [(w, round(100 * v, 0), None) for w, v in words[:12]]
    return Content(
        [cloud, blocks.bar_chart("많이 나온 말", "지수", first)],
        "최근 2시간 민원 키워드 · 가장 많은 말 100",
        Figure("가장 많은 민원 키워드", "Top complaint word", None, "", text_ko=words[0][0]),
        "keywords",
    )


def media(ctx: Context) -> Content:
    """Where news of the city appears."""
    parts = some(ctx.provider.shares("media", ctx.now))
    x = tuple(int(ctx.now.timestamp() // 86400 - 13 + i) * 86400 for i in range(14))
    series = [
        Series(name, "%", x, tuple(round(value * (1 + 0.12 * smooth(t, 2 * 86400, "media", name)), 1) for t in x))
        for name, value in parts
    ]
    return Content(
        [blocks.donut("매체별 점유율", "%", parts), blocks.line_chart("최근 2주", series)],
        "시정 언급 매체 · %",
        Figure(f"{parts[0][0]} 점유율", "Largest medium", parts[0][1], "%"),
        "media",
        also=(INVENTED,),
    )


def topics(ctx: Context) -> Content:
    """Topics the mayor follows."""
    papers = ctx.provider.documents("topics", ctx.now)
    if content := opened(ctx, papers, "topics"):
        return content
    return Content([blocks.document_list("관심 정보", papers)], "관심 분야 자료", dataset="topics")


BUILDERS: dict[str, Builder] = {
    "eungdapso-today": complaints_today,
    "eungdapso-departments": complaints_departments,
    "homepage-usage": homepage,
    "website-realtime": website,
    "democracy-seoul": proposals,
    "social-sentiment": sentiment,
    "complaint-keywords": keywords,
    "media-share": media,
    "interest-topics": topics,
}
