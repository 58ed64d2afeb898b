"""Air, weather, population, water and disaster panels: figures that every district has."""

from __future__ import annotations

from display_bridge.city_data.noise import pick
from display_bridge.city_data.provider import Observation
from display_bridge.views import blocks
from display_bridge.views.context import Block, Builder, Content, Context, Figure, figure_of


def _where(ctx: Context) -> str:
    return ctx.district or "서울 25개 자치구"


def mapped(metric: str, what: str) -> Builder:
    """District map, the last day's course and the highest districts of one metric."""

    def build(ctx: Context) -> Content:
        here = ctx.here(metric)
        return Content(
            [
                blocks.choropleth(ctx, metric, f"자치구별 {here.label_ko}"),
                blocks.day_chart(ctx, metric, f"{ctx.district or '서울'} 24시간 추이"),
                blocks.kpi_of(ctx, ctx.district or "서울", [metric]),
                blocks.district_bars(ctx, metric, "높은 자치구"),
            ],
            f"{what} · {here.unit} · {_where(ctx)}",
            figure_of(here),
            metric,
        )

    return build


def air_quality(ctx: Context) -> Content:
    """The comprehensive index by district and all pollutants."""
    here = ctx.here("cai")
    return Content(
        [
            blocks.choropleth(ctx, "cai", "자치구별 통합대기환경지수"),
            blocks.kpi_of(ctx, ctx.district or "서울 평균", ["cai", "pm10", "pm25", "o3", "no2", "co", "so2"]),
            blocks.day_chart(ctx, "cai", "24시간 추이"),
        ],
        f"통합대기환경지수 · {_where(ctx)}",
        figure_of(here),
        "cai",
    )


def district_weather(ctx: Context) -> Content:
    """Temperature by district with the other figures of the weather."""
    here = ctx.here("temperature")
    return Content(
        [
            blocks.choropleth(ctx, "temperature", "자치구별 기온"),
            blocks.kpi_of(ctx, ctx.district or "서울", ["temperature", "humidity", "wind", "rain"]),
            blocks.day_chart(ctx, "temperature", "기온 24시간 추이"),
        ],
        f"기온 · ℃ · {_where(ctx)}",
        figure_of(here),
        "temperature",
    )


def precipitation(metric: str, what: str) -> Builder:
    """District map and bars of rain or snow."""

    def build(ctx: Context) -> Content:
        here = ctx.here(metric)
        return Content(
            [
                blocks.choropleth(ctx, metric, f"자치구별 {here.label_ko}"),
                blocks.district_bars(ctx, metric, "많은 자치구", 25),
                blocks.kpi_of(ctx, ctx.district or "서울", [metric, "temperature", "humidity"]),
                blocks.day_chart(ctx, metric, "24시간 추이"),
            ],
            f"{what} · {here.unit} · {_where(ctx)}",
            figure_of(here),
            metric,
        )

    return build


def temperature_wind(ctx: Context) -> Content:
    """Wind arrows and temperatures of the districts."""
    hour = int(ctx.now.timestamp() // 3600)
    main = 270 + round(pick(-60, 60, "wind-main", hour))
    speeds = ctx.provider.districts("wind", ctx.now)
    warmth = ctx.provider.districts("temperature", ctx.now)
    vectors = [
        {
            "area": str(s.area),
            "direction_deg": (main + round(pick(-25, 25, "wind", hour, str(s.area)))) % 360,
            "speed": s.value,
            "unit": "m/s",
            "temperature": t.value,
        }
        for s, t in zip(speeds, warmth, strict=True)
    ]
    here = ctx.here("temperature")
    return Content(
        [
            {"kind": "vector-map", "title_ko": "자치구별 기온과 바람", "vectors": vectors},
            blocks.day_chart(ctx, "temperature", "기온 24시간 추이"),
            blocks.kpi_of(ctx, ctx.district or "서울", ["temperature", "wind", "humidity"]),
        ],
        f"기온 ℃ · 풍속 m/s · {_where(ctx)}",
        figure_of(here),
        "temperature",
    )


def home_population(ctx: Context) -> Content:
    """The living population with the shares of foreigners and Koreans."""
    return Content(
        [
            blocks.choropleth(ctx, "population", "자치구별 생활인구"),
            blocks.kpi_of(ctx, ctx.district or "서울", ["population", "foreign_population", "domestic_population"]),
        ],
        f"생활인구 · 명 · {_where(ctx)}",
        figure_of(ctx.here("population")),
        "population",
    )


def commuting(ctx: Context) -> Content:
    """The strongest flows between districts."""
    data = ctx.provider.table("commuters", ctx.now)
    flows = [{"from": r["from"], "to": r["to"], "value": r["people"]} for r in data.rows]
    if ctx.district:
        own = [f for f in flows if ctx.district in (f["from"], f["to"])]
        flows = own or flows
    first = data.rows[0]
    people = float(first["people"] or 0)
    return Content(
        [
            {"kind": "flow-map", "title_ko": "자치구 사이 출퇴근·통학", "flows": flows, "unit": "명"},
            blocks.table("많은 이동", data),
        ],
        "평일 출퇴근·통학 이동 · 하루 · 명",
        Figure("출퇴근 이동이 가장 많은 구간", "Largest commuter flow", people, "명",
               place=f"{first['from']}에서 {first['to']}"),
        "commuters",
    )  # fmt: skip


def hotspots(ctx: Context) -> Content:
    """Main places by crowding, and their total over the day."""
    found = sorted(ctx.provider.places("hotspot", ctx.now), key=lambda p: -(p.value or 0))
    top = found[0]
    return Content(
        [
            blocks.point_map(
                "주요 장소 혼잡도", found, (("ok", "여유·보통"), ("warn", "약간 붐빔"), ("alert", "붐빔"))
            ),
            blocks.day_chart(ctx, "hot_congestion", "주요 장소 인구 24시간"),
            blocks.bar_chart("사람이 많은 곳", "명", [(p.name_ko, p.value, None) for p in found[:12]]),
        ],
        "주요 장소 실시간 인구 · 명",
        Figure("가장 붐비는 곳의 인구", "Busiest place", top.value, "명", place=top.name_ko),
        "hotspot",
    )


def disaster_alerts(ctx: Context) -> Content:
    """Disaster messages and where they are."""
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
    """Dispatches on the map and in time."""
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


def fire_drone(ctx: Context) -> Content:
    """No drone stream is connected; the panel says so."""
    return Content(
        [
            blocks.unavailable_cameras(
                "live-video",
                "소방드론 영상",
                [("소방드론 1호", "종로소방서"), ("소방드론 2호", "강남소방서")],
                "소방재난본부 드론 영상 주소가 설정되지 않았습니다.",
            ),
            blocks.timeline("최근 출동", ctx.provider.events("dispatch", ctx.now)),
        ],
        "현장 드론 영상",
        dataset="dispatch",
    )


def cctv(ctx: Context) -> Content:
    """No camera gateway is connected; the panel says so."""
    cameras = [
        ("광화문광장 1", "종로구"),
        ("서울역 교차로", "중구"),
        ("올림픽대로 여의", "영등포구"),
        ("강남역 사거리", "강남구"),
        ("잠실역 교차로", "송파구"),
        ("청량리역", "동대문구"),
        ("신촌오거리", "서대문구"),
        ("한강 잠수교", "서초구"),
        ("중랑천 월계", "노원구"),
    ]
    reason = "CCTV 연계 서버 주소가 설정되지 않았습니다."
    return Content(
        [blocks.unavailable_cameras("video-wall", "CCTV 영상", cameras, reason)], "재난·교통 CCTV", None, "cctv"
    )


def earthquake(ctx: Context) -> Content:
    """Seismometers, ground acceleration over the day, recent earthquakes."""
    stations = ctx.provider.places("seismometer", ctx.now)
    strongest = max(stations, key=lambda p: p.value or 0)
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
    return Content(
        [
            blocks.choropleth(ctx, "flood_risk", "자치구별 침수 위험지수"),
            blocks.point_map("하천 수위와 빗물펌프장", ctx.provider.places("river", ctx.now),
                             (("ok", "평상"), ("warn", "주의"), ("alert", "경계"))),
            blocks.kpi_of(ctx, ctx.district or "서울", ["flood_risk", "rain"]),
        ],
        f"침수 위험지수 · {_where(ctx)}",
        figure_of(ctx.here("flood_risk")),
        "flood_risk",
    )  # fmt: skip


def air_video(ctx: Context) -> Content:
    """No camera is connected; the figures are shown beside the reason."""
    cameras = [
        ("남산서울타워 전망", "용산구"),
        ("북악산 전망", "종로구"),
        ("관악산 전망", "관악구"),
        ("하늘공원 전망", "마포구"),
    ]
    return Content(
        [
            blocks.unavailable_cameras("live-video", "대기질 영상", cameras, "대기질 영상 주소가 설정되지 않았습니다."),
            blocks.kpi_of(ctx, "지금 대기질", ["pm10", "pm25"]),
        ],
        "시정(視程) 확인용 전망 영상",
        figure_of(ctx.here("pm25")),
        "pm25",
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


def _quality(ctx: Context) -> list[Observation]:
    return [ctx.here(m) for m in ("tap_turbidity", "tap_chlorine", "tap_ph", "tap_temperature")]


def water_live(ctx: Context) -> Content:
    """The figures of the water that leaves the plants."""
    return Content(
        [
            blocks.kpi_of(ctx, "실시간 수질", ["tap_turbidity", "tap_chlorine", "tap_ph", "tap_temperature"]),
            blocks.day_chart(ctx, "tap_turbidity", "탁도 24시간 추이"),
        ],
        "아리수 수질 · 먹는물 기준 탁도 0.5 NTU 이하",
        figure_of(_quality(ctx)[0]),
        "tap_turbidity",
    )


def tap_water(ctx: Context) -> Content:
    """Residual chlorine of the districts and the other figures."""
    return Content(
        [
            blocks.choropleth(ctx, "tap_chlorine", "자치구별 잔류염소"),
            blocks.kpi_of(ctx, ctx.district or "서울", ["tap_chlorine", "tap_turbidity", "tap_ph"]),
        ],
        f"가정 수돗물 수질 · {_where(ctx)}",
        figure_of(_quality(ctx)[1]),
        "tap_chlorine",
    )


BUILDERS: dict[str, Builder] = {
    "air-quality": air_quality,
    "fine-dust-pm10": mapped("pm10", "PM10"),
    "ultrafine-dust-pm25": mapped("pm25", "PM2.5"),
    "nitrogen-dioxide": mapped("no2", "NO₂"),
    "ozone": mapped("o3", "O₃"),
    "district-weather": district_weather,
    "rainfall": precipitation("rain", "시간당 강수량"),
    "snowfall": precipitation("snow", "쌓인 눈"),
    "temperature-wind": temperature_wind,
    "living-population": mapped("population", "지금 생활인구"),
    "foreign-population": mapped("foreign_population", "지금 외국인 생활인구"),
    "domestic-population": mapped("domestic_population", "지금 내국인 생활인구"),
    "home-living-population": home_population,
    "commuting-population": commuting,
    "hotspots": hotspots,
    "disaster-alerts": disaster_alerts,
    "emergency-incidents": emergencies,
    "fire-drone": fire_drone,
    "cctv": cctv,
    "earthquake": earthquake,
    "flood-risk": flood,
    "air-video": air_video,
    "satellite-image": satellite,
    "water-quality-live": water_live,
    "tap-water": tap_water,
}
