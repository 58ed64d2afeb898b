"""Disaster and safety panels, and those of cameras that are not connected."""

from __future__ import annotations

from display_bridge import cameras
from display_bridge.views import blocks
from display_bridge.views.context import Block, Builder, Content, Context, Figure, figure_of, some
from display_bridge.views.incident import asked_incident


def _where(ctx: Context) -> str:
    return ctx.district or "서울 25개 자치구"


def disaster_alerts(ctx: Context) -> Content:
    """Disaster messages and where they are; or the one that pre-empts the screen."""
    if one := asked_incident(ctx, "alerts"):
        return one
    found = ctx.provider.events("alerts", ctx.now)
    open_now = [e for e in found if e.status_ko != "해제"]
    return Content(
        [
            blocks.alert_feed("재난·안전 알림", found),
            blocks.event_map("알림 지역", found),
        ],
        "최근 48시간 재난·안전 알림",
        Figure("진행 중인 재난 알림", "Open alerts", float(len(open_now)), "건"),
        "alerts",
    )


def emergencies(ctx: Context) -> Content:
    """Dispatches on the map and in time; or the one that pre-empts the screen."""
    if one := asked_incident(ctx, "dispatch"):
        return one
    found = ctx.provider.events("dispatch", ctx.now)
    running = [e for e in found if e.status_ko != "상황 종료"]
    return Content(
        [
            blocks.event_map("출동 위치", found),
            blocks.timeline("출동 기록", found),
            blocks.kpi("지금", [blocks.kpi_item("출동 중", "Running", float(len(running)), "건")]),
        ],
        "화재·구조·구급 출동",
        Figure("진행 중인 출동", "Running dispatches", float(len(running)), "건"),
        "dispatch",
    )


def _cameras(ctx: Context, kind: str, title_ko: str, reason_ko: str) -> tuple[Block, int, tuple[str, ...]]:
    """The block of the panel's cameras, its pages, and the dataset that it shows where there are any."""
    item = ctx.args.get("item", "")
    block = cameras.block(kind, title_ko, ctx.panel, ctx.provider, item, ctx.page, reason_ko)
    return block, int(block["pages"]), (cameras.DATASET,) if block["cameras"] else ()


def fire_drone(ctx: Context) -> Content:
    """The drones' cameras; where none is set up the panel says so."""
    reason = "소방재난본부 드론 영상 주소를 설정에 넣으면 이 자리에 나타납니다."
    block, pages, also = _cameras(ctx, "live-video", "소방드론 영상", reason)

    def dispatches() -> Block:
        return blocks.timeline("최근 출동", ctx.provider.events("dispatch", ctx.now))

    return Content([block, blocks.or_missing("최근 출동", dispatches)], "현장 드론 영상", None, "dispatch", pages, also)


def cctv(ctx: Context) -> Content:
    """The cameras of the settings; where none is set up the panel says so."""
    reason = "설정의 cameras에 CCTV 연계 서버의 영상 주소를 넣으면 이 자리에 나타납니다."
    block, pages, also = _cameras(ctx, "video-wall", "CCTV 영상", reason)
    return Content([block], "재난·교통 CCTV", None, "cctv", pages, also)


def earthquake(ctx: Context) -> Content:
    """Seismometers, ground acceleration over the day, recent earthquakes."""
    stations = ctx.provider.places("seismometer", ctx.now)
    strongest = max(some(stations), key=lambda p: p.value or 0)
    return Content(
        [
            blocks.point_map("자치구 지진계", stations),
            blocks.day_chart(ctx, "seismic", "지반가속도 24시간"),
            blocks.timeline("최근 국내 지진", ctx.provider.events("earthquakes", ctx.now)),
        ],
        "지반가속도 · gal",
        Figure("최대 지반가속도", "Peak ground acceleration", strongest.value, "gal", place=strongest.name_ko),
        "seismic",
    )


def flood(ctx: Context) -> Content:
    """Flood risk by district, river gauges and pumping stations."""
    rivers, legend = "하천 수위와 빗물펌프장", (("ok", "평상"), ("warn", "주의"), ("alert", "경계"))
    return Content(
        [
            blocks.choropleth(ctx, "flood_risk", "자치구별 침수 위험지수"),
            blocks.or_missing(rivers, lambda: blocks.point_map(rivers, ctx.provider.places("river", ctx.now), legend)),
            blocks.kpi_of(ctx, ctx.district or "서울", ["flood_risk", "rain"]),
        ],
        f"침수 위험지수 · {_where(ctx)}",
        figure_of(ctx.here("flood_risk")),
        "flood_risk",
    )  # fmt: skip


def air_video(ctx: Context) -> Content:
    """The view from the heights; the figures stand beside it."""
    reason = "남산·북악산 같은 전망 카메라의 영상 주소를 설정에 넣으면 이 자리에 나타납니다."
    block, pages, also = _cameras(ctx, "live-video", "대기질 영상", reason)
    day = "초미세먼지 24시간"
    return Content(
        [
            block,
            blocks.kpi_of(ctx, "지금 대기질", ["pm10", "pm25"]),
            blocks.or_missing(day, lambda: blocks.day_chart(ctx, "pm25", day)),
        ],
        "시정(視程) 확인용 전망 영상",
        ctx.figure("pm25"),
        "pm25",
        pages,
        also,
    )


def satellite(ctx: Context) -> Content:
    """No satellite service is connected; the panel says so."""
    start = ctx.now.replace(minute=0, second=0, microsecond=0)
    frames: list[Block] = [{"label_ko": f"{start.hour:02d}시 기준", "at": start.isoformat()}]
    reason = "기상위성 영상 서비스 키가 설정되지 않았습니다."
    block = {
        "kind": "image-sequence",
        "title_ko": "위성 영상",
        "frames": frames,
        "available": False,
        "reason_ko": reason,
    }
    return Content(
        [block, blocks.kpi_of(ctx, "지금 날씨", ["temperature", "humidity", "wind"])],
        "천리안 위성 영상",
        None,
        "temperature",
    )


BUILDERS: dict[str, Builder] = {
    "disaster-alerts": disaster_alerts,
    "emergency-incidents": emergencies,
    "fire-drone": fire_drone,
    "cctv": cctv,
    "earthquake": earthquake,
    "flood-risk": flood,
    "air-video": air_video,
    "satellite-image": satellite,
}
