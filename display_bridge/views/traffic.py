"""Roads, buses, subway, bicycles, parking, and the analyses of traffic data."""

from __future__ import annotations

from display_bridge.city_data.borders import district_at
from display_bridge.city_data.files import document
from display_bridge.city_data.provider import Line, Place
from display_bridge.views import blocks
from display_bridge.views.context import INVENTED, Block, Builder, Content, Context, Figure, figure_of, some
from display_bridge.views.gathering import MOST, gathered


def total(places: tuple[Place, ...]) -> float:
    """The sum of the places' figures."""
    return sum(p.value or 0 for p in places)


def _stories(ctx: Context) -> Block:
    chapters = [(str(t), str(b)) for t, b in document("stories.yaml")[ctx.panel.id]]
    return blocks.story("분석 이야기", chapters)


def roads(ctx: Context) -> Content:
    """Main roads coloured by speed."""
    lines = ctx.provider.lines("road", ctx.now)
    jammed = sum(1 for line in lines if line.status == "alert")
    items = [
        blocks.kpi_item("정체 구간", "Congested roads", float(jammed), "개"),
        blocks.kpi_item("서행 구간", "Slow roads", float(sum(1 for line in lines if line.status == "warn")), "개"),
    ]
    return Content(
        [
            blocks.line_map("주요 도로 소통", lines),
            blocks.kpi_of(ctx, ctx.district or "서울", ["road_speed"]),
            blocks.kpi("구간", items),
            blocks.line_bars("도로별 속도", "㎞/h", lines),
        ],
        "주요 도로 평균 속도 · ㎞/h",
        figure_of(ctx.here("road_speed")),
        "road_speed",
    )


def road_incidents(ctx: Context) -> Content:
    """Accidents, works and closures."""
    found = ctx.provider.events("road-incident", ctx.now)
    rows = [
        {"what": e.title_ko, "at": e.at.strftime("%H:%M"), "kind": e.level_ko, "area": e.area_ko, "state": e.status_ko}
        for e in found
    ]
    columns = [
        {"key": k, "label_ko": ko}
        for k, ko in (("what", "내용"), ("at", "시각"), ("kind", "구분"), ("area", "지역"), ("state", "상태"))
    ]
    running = [e for e in found if e.status_ko != "해제"]
    return Content(
        [
            blocks.event_map("돌발·통제 위치", found),
            {
                "kind": "table",
                "title_ko": "돌발상황",
                "columns": columns,
                "rows": rows,
                "select": {"column": "what", "as": "item"},
            },
        ],
        "사고·공사·행사 통제",
        Figure("통제 중인 돌발상황", "Road incidents", float(len(running)), "건"),
        "road-incident",
    )


def buses(ctx: Context) -> Content:
    """Arrivals at main stops."""
    data = ctx.provider.table("buses", ctx.now)
    return Content(
        [
            blocks.table("버스 도착", data, select="stop"),
            blocks.point_map("정류소", ctx.provider.places("busstop", ctx.now)),
        ],
        "주요 정류소 도착 예정",
        dataset="buses",
    )


def trains(ctx: Context) -> Content:
    """Arrivals at main stations."""
    return Content(
        [
            blocks.table("지하철 도착", ctx.provider.table("trains", ctx.now), select="station"),
            blocks.or_missing("노선도", lambda: blocks.line_map("노선도", ctx.provider.lines("subway", ctx.now))),
        ],
        "주요 역 도착 예정",
        dataset="trains",
    )


def subway(ctx: Context) -> Content:
    """Lines 1 to 9 with their stations and running trains."""
    lines = ctx.provider.lines("subway", ctx.now)
    running = sum(line.value or 0 for line in lines)
    return Content(
        [
            blocks.line_map("지하철 1–9호선", lines),
            blocks.line_bars("운행 중인 열차", "편성", lines),
        ],
        "노선과 운행 열차 · 약도",
        Figure("운행 중인 열차", "Running trains", running, "편성"),
        "subway",
    )


def bikes(ctx: Context) -> Content:
    """Bicycle stations and what they hold."""
    stations = ctx.provider.places("bike", ctx.now)
    if ctx.district and len(stations) > MOST:
        stations = tuple(p for p in stations if district_at(p.lon, p.lat) == ctx.district) or stations
    empty = sum(1 for p in stations if p.status == "alert")
    return Content(
        [
            blocks.point_map(
                "따릉이 대여소", gathered(stations), (("ok", "여유"), ("warn", "적음"), ("alert", "없음"))
            ),
            blocks.kpi_of(ctx, ctx.district or "서울", ["bikes"]),
            blocks.bar_chart(
                "자전거가 많은 대여소",
                "대",
                [(p.name_ko, p.value, None) for p in sorted(stations, key=lambda p: -(p.value or 0))[:12]],
                select="item",
            ),
            blocks.kpi(
                "표시한 대여소",
                [
                    blocks.kpi_item("거치 자전거", "Bikes here", total(stations), "대"),
                    blocks.kpi_item("빈 대여소", "Empty stations", float(empty), "곳"),
                ],
            ),
            blocks.day_chart(ctx, "bikes", "빌릴 수 있는 자전거 24시간"),
        ],
        "지금 빌릴 수 있는 따릉이 · 대",
        figure_of(ctx.here("bikes")),
        "bikes",
    )


def filled(kind: str, title: str, subtitle: str, unit: str, with_table: bool = True) -> Builder:
    """Places with a capacity: a map, the total, and a table where the panel has one."""

    def build(ctx: Context) -> Content:
        found = ctx.provider.places(kind, ctx.now)
        legend = (("ok", "여유"), ("warn", "적음"), ("alert", "없음"))
        content: list[Block] = [blocks.point_map(title, found, legend)]
        if with_table:
            columns: list[Block] = [
                {"key": "name", "label_ko": "이름"},
                {"key": "left", "label_ko": f"가능({unit})", "align": "right", "bar": True},
                {"key": "detail", "label_ko": "남은 수/전체", "align": "right"},
            ]
            rows = [
                {
                    "name": p.name_ko,
                    "left": blocks.number(p.value),
                    "detail": "정보 없음" if p.value is None else p.detail_ko.split(" ")[-1],
                }
                for p in sorted(found, key=lambda p: -(p.value or 0))
            ]
            content.append(
                {
                    "kind": "table",
                    "title_ko": title,
                    "columns": columns,
                    "rows": rows,
                    "select": {"column": "name", "as": "item"},
                }
            )
        none = sum(1 for p in found if p.value == 0)  # of others nothing is known
        content.append(
            blocks.kpi(
                "합계",
                [
                    blocks.kpi_item(subtitle, title, total(found), unit),
                    blocks.kpi_item("남은 것이 없는 곳", "Nothing left", float(none), "곳"),
                ],
            )
        )
        return Content(content, f"{subtitle} · {unit}", Figure(subtitle, ctx.panel.name_en, total(found), unit), kind)

    return build


def blackspots(ctx: Context) -> Content:
    """Where accidents happen most."""
    found = ctx.provider.places("blackspot", ctx.now)
    worst = max(some(found), key=lambda p: p.value or 0)
    accidents = sum(round((p.value or 0) * 24) for p in found)
    counted = [
        blocks.kpi_item("다발지역", "Blackspots", float(len(found)), "곳"),
        blocks.kpi_item("한 해 사고", "Accidents a year", float(accidents), "건"),
    ]
    return Content(
        [
            blocks.heat_map("교통사고 다발지역", found, "건/년", 24),
            blocks.bar_chart(
                "사고가 많은 곳",
                "건/년",
                [
                    (p.name_ko, float(round((p.value or 0) * 24)), None)
                    for p in sorted(found, key=lambda p: -(p.value or 0))[:12]
                ],
            ),
            blocks.kpi("모두", counted),
        ],
        "최근 3년 교통사고 · 건",
        Figure(
            "사고가 가장 많은 곳", "Worst blackspot", float(round((worst.value or 0) * 24)), "건", place=worst.name_ko
        ),
        "blackspot",
    )


def pedestrians(ctx: Context) -> Content:
    """Accidents of pedestrians by place and time of day."""
    found = ctx.provider.places("blackspot", ctx.now)
    hours = (
        ("0–6시", 11.0),
        ("6–9시", 14.0),
        ("9–12시", 16.0),
        ("12–15시", 15.0),
        ("15–18시", 18.0),
        ("18–21시", 19.0),
        ("21–24시", 7.0),
    )
    return Content(
        [
            blocks.heat_map("보행자 사고 다발지역", found, "건/년", 9),
            blocks.bar_chart("시간대별 보행자 사고 비율", "%", [(n, v, None) for n, v in hours]),
        ],
        "보행자 교통사고 · 최근 3년",
        dataset="blackspot",
        also=(INVENTED,),
    )


def owl_bus(ctx: Context) -> Content:
    """Night bus routes."""
    lines = ctx.provider.lines("owlbus", ctx.now)
    told = [
        blocks.kpi_item("노선", "Routes", float(len(lines)), "개"),
        blocks.kpi_item("운행 시각", "Hours", None, "", text="23:30–06:00"),
    ]
    return Content(
        [
            blocks.line_map("올빼미버스 노선", lines),
            blocks.line_bars("노선별 속도", "㎞/h", lines),
            blocks.kpi("올빼미버스", told),
        ],
        "23시 30분–6시 운행 심야버스 · ㎞/h",
        Figure("올빼미버스 노선", "Night bus routes", float(len(lines)), "개"),
        "owlbus",
    )


def analysis_owl_bus(ctx: Context) -> Content:
    """How the night bus routes were found."""
    lines: tuple[Line, ...] = ctx.provider.lines("owlbus", ctx.now)
    return Content(
        [_stories(ctx), blocks.line_map("노선 분석 결과", lines)], "심야 유동 인구로 정한 노선", dataset="owlbus"
    )


def analysis_bikes(ctx: Context) -> Content:
    """Where new bicycle stations would serve most."""
    found = ctx.provider.places("siting", ctx.now)
    return Content([blocks.heat_map("신규 대여소 입지 점수", found, "점", 100), _stories(ctx)], "입지 점수 0–100",
                   dataset="siting")  # fmt: skip


def analysis_taxi(ctx: Context) -> Content:
    """How garages of taxis for the disabled would be divided."""
    found = ctx.provider.places("taxigarage", ctx.now)
    return Content(
        [_stories(ctx), blocks.point_map("차고지 배치", found)], "차고지별 차량 수 · 대", dataset="taxigarage"
    )


def analysis_119(ctx: Context) -> Content:
    """How quickly help arrives in each district."""
    return Content(
        [_stories(ctx), blocks.choropleth(ctx, "response_gap", "자치구별 7분 내 도착률")],
        "119 출동 7분 내 도착률 · %",
        figure_of(ctx.here("response_gap")),
        "response_gap",
    )


BUILDERS: dict[str, Builder] = {
    "road-traffic": roads,
    "road-incidents": road_incidents,
    "bus-arrival": buses,
    "subway-arrival": trains,
    "subway-lines": subway,
    "bike-rental": bikes,
    "theme-walking-ttareungi": bikes,
    "parking": filled("parking", "공영주차장", "주차 가능", "면"),
    "car-sharing": filled("carshare", "나눔카", "대여 가능한 나눔카", "대"),
    "ev-charging": filled("ev", "전기차 충전소", "사용 가능한 충전기", "기"),
    "accident-blackspots": blackspots,
    "pedestrian-accidents": pedestrians,
    "owl-bus-live": owl_bus,
    "analysis-owl-bus": analysis_owl_bus,
    "analysis-bike-siting": analysis_bikes,
    "analysis-disabled-taxi": analysis_taxi,
    "analysis-119-resources": analysis_119,
}
