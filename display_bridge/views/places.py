"""Panels of places: parks, trails, safety, markets, water works, themes."""

from __future__ import annotations

from display_bridge.city_data.files import document
from display_bridge.city_data.provider import Place
from display_bridge.views import blocks
from display_bridge.views.context import INVENTED, Block, Builder, Content, Context, Figure, figure_of, some
from display_bridge.views.documents import opened


def pointed(title: str, subtitle: str, kinds: tuple[str, ...]) -> Builder:
    """Places of one or several kinds on the map, counted by kind."""

    def build(ctx: Context) -> Content:
        found: list[Place] = [p for kind in kinds for p in ctx.provider.places(kind, ctx.now)]
        content: list[Block] = [blocks.point_map(title, found)]
        counts: dict[str, int] = {}
        for p in found:
            word = p.detail_ko.split(" · ")[-1] or title
            counts[word] = counts.get(word, 0) + 1
        if 1 < len(counts) <= 8:
            items = [blocks.kpi_item(word, word, float(n), "곳") for word, n in counts.items()]
            content.append(blocks.kpi("종류별", items))
        content.append(place_table("목록", found))
        return Content(content, subtitle, Figure(title, ctx.panel.name_en, float(len(found)), "곳"), kinds[0])

    return build


def place_table(title: str, found: list[Place]) -> Block:
    """The places by name; touching one shows it on the map."""
    valued = [p for p in found if p.value is not None]
    apart = bool(valued) and max(p.value or 0 for p in valued) > 1.5 * min(p.value or 0 for p in valued)
    columns: list[Block] = [{"key": "name", "label_ko": "이름"}, {"key": "detail", "label_ko": "구분"}]
    if valued:
        columns[1:1] = [{"key": "value", "label_ko": f"수치({valued[0].unit})", "align": "right", "bar": apart}]
    rows = [
        {"name": p.name_ko, "detail": _told(p), **({"value": blocks.number(p.value)} if valued else {})} for p in found
    ]
    return {"kind": "table", "title_ko": title, "columns": columns, "rows": rows,
            "select": {"column": "name", "as": "item"}}  # fmt: skip


def _told(place: Place) -> str:
    """What a place is, without what the figure beside it says already."""
    first, _, rest = place.detail_ko.partition(" · ")
    return (first if place.value is not None else " · ".join(filter(None, (first, rest)))) or "–"


def lined(kind: str, title: str, subtitle: str) -> Builder:
    """Walking lines on the map with their lengths."""

    def build(ctx: Context) -> Content:
        lines = ctx.provider.lines(kind, ctx.now)
        length = round(sum(line.value or 0 for line in lines), 1)
        return Content(
            [
                blocks.line_map(title, lines),
                blocks.line_bars("길이", "㎞", lines),
                blocks.kpi(
                    "모두",
                    [
                        blocks.kpi_item("길", "Routes", float(len(lines)), "곳"),
                        blocks.kpi_item("전체 길이", "Total length", length, "㎞"),
                    ],
                ),
            ],
            subtitle,
            Figure(f"{title} 전체 길이", ctx.panel.name_en, length, "㎞"),
            kind,
        )

    return build


def trails(ctx: Context) -> Content:
    """The eight courses of the trail around Seoul."""
    lines = ctx.provider.lines("trail", ctx.now)
    length = round(sum(line.value or 0 for line in lines), 1)
    told = [
        blocks.kpi_item("코스", "Courses", float(len(lines)), "개"),
        blocks.kpi_item("전체 길이", "Total length", length, "㎞"),
    ]
    return Content(
        [
            blocks.line_map("서울둘레길", lines),
            blocks.table("코스", ctx.provider.table("trails", ctx.now), select="name"),
            blocks.kpi("둘레길", told),
        ],
        "8개 코스 · ㎞",
        Figure("서울둘레길 전체 길이", "Seoul trail length", length, "㎞"),
        "trails",
    )


def trails_and_parks(ctx: Context) -> Content:
    """Trails and parks together."""
    return Content(
        [
            blocks.line_map("서울둘레길", ctx.provider.lines("trail", ctx.now)),
            blocks.point_map("공원", ctx.provider.places("park", ctx.now)),
        ],
        "걷기 좋은 길과 공원",
        dataset="trails",
    )


def trail_usage(ctx: Context) -> Content:
    """Visitors of the trail."""
    return Content(
        [
            blocks.day_chart(ctx, "trail_visitors", "둘레길 이용 24시간"),
            blocks.kpi_of(ctx, ctx.district or "서울", ["trail_visitors", "temperature"]),
        ],
        "시간당 이용자 · 명",
        figure_of(ctx.here("trail_visitors")),
        "trail_visitors",
    )


def purification(ctx: Context) -> Content:
    """Purification plants and their production."""
    found = ctx.provider.places("plant", ctx.now)
    made = round(sum(p.value or 0 for p in found), 1)
    return Content(
        [
            blocks.point_map("아리수정수센터", found),
            blocks.kpi_of(ctx, "생산", ["water_supply"]),
            blocks.bar_chart("센터별 생산량", "만㎥/일", [(p.name_ko, p.value, None) for p in found], select="item"),
        ],
        "정수센터 생산량 · 만㎥/일",
        Figure("하루 수돗물 생산량", "Water produced a day", made, "만㎥"),
        "plant",
    )


def reservoirs(ctx: Context) -> Content:
    """Service reservoirs and how full they are."""
    found = some(ctx.provider.places("reservoir", ctx.now))
    mean = round(sum(p.value or 0 for p in found) / len(found), 1)
    low = min(found, key=lambda p: p.value or 0)
    items = [
        blocks.kpi_item("평균 수위", "Mean level", mean, "%"),
        blocks.kpi_item("가장 낮은 곳", "Lowest", low.value, "%", text=low.name_ko),
        blocks.kpi_item("배수지", "Reservoirs", float(len(found)), "곳"),
    ]
    return Content(
        [
            blocks.point_map("배수지", found, (("ok", "정상"), ("warn", "낮음"))),
            blocks.kpi("수위", items),
            blocks.bar_chart("배수지별 수위", "%", [(p.name_ko, p.value, None) for p in found], select="item"),
        ],
        "배수지 수위 · %",
        Figure("배수지 평균 수위", "Mean reservoir level", mean, "%"),
        "reservoir",
    )


def cheapest(ctx: Context) -> Content:
    """Markets and shops by the price of the same basket."""
    found = sorted([*ctx.provider.places("market", ctx.now), *ctx.provider.places("mart", ctx.now)],
                   key=lambda p: p.value or 0)  # fmt: skip
    columns = [{"key": "name", "label_ko": "시장·마트"}, {"key": "kind", "label_ko": "구분"},
               {"key": "price", "label_ko": "장바구니(원)", "align": "right"}]  # fmt: skip
    rows = [
        {"name": p.name_ko, "kind": p.detail_ko.split(" · ")[0], "price": blocks.number(p.value)} for p in found[:14]
    ]
    best = some(found)[0]
    return Content(
        [
            blocks.point_map("시장·마트 장바구니 가격", found),
            {
                "kind": "table",
                "title_ko": "싼 곳부터",
                "columns": columns,
                "rows": rows,
                "select": {"column": "name", "as": "item"},
            },
        ],
        "16개 품목 장바구니 · 원",
        Figure("가장 싼 장바구니", "Cheapest basket", best.value, "원", place=best.name_ko),
        "market",
    )


def photo_story(ctx: Context) -> Content:
    """A place told in chapters; pictures are not part of the product."""
    told = document("stories.yaml")[ctx.panel.id]
    block = blocks.story(ctx.panel.name_ko, [(str(t), str(b)) for t, b, _ in told], "photo-story")
    for chapter, (_, _, scene) in zip(block["chapters"], told, strict=True):
        chapter["scene"] = str(scene)
    here = [p for p in ctx.provider.places("handsome", ctx.now) if p.name_ko == ctx.panel.name_ko]
    content: list[Block] = [block, *([blocks.point_map("위치", here)] if here else [])]
    return Content(content, "장소 이야기 · 그림은 직접 그린 삽화", dataset=ctx.panel.id)


def job_bus(ctx: Context) -> Content:
    """Where the job bus stands."""
    found = ctx.provider.places("jobbus", ctx.now)
    days = ("월", "화", "수", "목", "금")
    rows = [{"day": days[i % 5], "place": p.name_ko, "hours": p.detail_ko} for i, p in enumerate(found)]
    columns = [
        {"key": "day", "label_ko": "요일"},
        {"key": "place", "label_ko": "장소"},
        {"key": "hours", "label_ko": "시간"},
    ]
    return Content(
        [
            {
                "kind": "table",
                "title_ko": "이번 주 운행",
                "columns": columns,
                "rows": rows,
                "select": {"column": "place", "as": "item"},
            },
            blocks.point_map("운행 장소", found),
        ],
        "찾아가는 취업 상담 버스",
        dataset="jobbus",
        also=(INVENTED,),
    )


def culture(ctx: Context) -> Content:
    """Events and the houses where they happen."""
    houses = "문화 공간"
    papers = ctx.provider.documents("culture-events", ctx.now)
    if content := opened(ctx, papers, "culture-events"):
        return content
    return Content(
        [
            blocks.document_list("문화행사", papers),
            blocks.or_missing(houses, lambda: blocks.point_map(houses, ctx.provider.places("culture", ctx.now))),
        ],
        "이번 달 문화행사",
        Figure("예정된 문화행사", "Culture events", float(len(papers)), "건"),
        "culture-events",
    )


BUILDERS: dict[str, Builder] = {
    "home-trails-parks": pointed("둘레길·공원", "서울의 공원", ("park",)),
    "parks": pointed("공원", "서울의 주요 공원", ("park",)),
    "safety-facilities": pointed("안전시설", "소방서·경찰서·대피소", ("fire-station", "police-station", "shelter")),
    "monitoring-stations": pointed("관측소·측정소", "기상관측소와 대기질 측정소", ("weather", "air-station")),
    "markets-marts": pointed("시장·마트", "전통시장과 대형마트", ("market", "mart")),
    "theme-handsome-map": pointed("잘생겼다 서울", "새로 생긴 명소 20곳", ("handsome",)),
    "theme-job-cafe": pointed("일자리카페", "취업 상담과 공부 공간", ("jobcafe",)),
    "trails": trails,
    "theme-walk-trails-parks": trails_and_parks,
    "trail-usage": trail_usage,
    "theme-green-shade-roads": lined("shade", "녹음길", "여름에 걷기 좋은 그늘길 · ㎞"),
    "theme-autumn-leaf-roads": lined("autumn", "단풍길", "가을에 걷기 좋은 길 · ㎞"),
    "theme-pedestrian-streets": lined("pedestrian", "보행전용거리", "차 없는 거리 · ㎞"),
    "purification-plants": purification,
    "service-reservoirs": reservoirs,
    "cheapest-markets": cheapest,
    "theme-gyeongchun-forest": photo_story,
    "theme-upcycling-plaza": photo_story,
    "theme-donuimun-village": photo_story,
    "theme-job-bus": job_bus,
    "theme-culture-events": culture,
}
