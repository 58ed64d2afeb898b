"""Air, weather, population and water panels: figures that every district has."""

from __future__ import annotations

from display_bridge.city_data.provider import Observation
from display_bridge.views import blocks
from display_bridge.views.context import Builder, Content, Context, Figure, figure_of, some


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
    columns = [ctx.provider.districts(metric, ctx.now) for metric in ("wind_direction", "wind", "temperature")]
    vectors = [
        {
            "area": str(speed.area),
            "direction_deg": None if whence.value is None else whence.value % 360,
            "speed": speed.value,
            "unit": "m/s",
            "temperature": warmth.value,
        }
        for whence, speed, warmth in zip(*columns, strict=True)
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
            blocks.day_chart(ctx, "population", "24시간 추이"),
            blocks.district_bars(ctx, "population", "많은 자치구", 10),
        ],
        f"생활인구 · 명 · {_where(ctx)}",
        figure_of(ctx.here("population")),
        "population",
    )


def commuting(ctx: Context) -> Content:
    """The strongest flows between districts."""
    data = ctx.provider.table("commuters", ctx.now)
    first = some(data.rows)[0]
    flows = [{"from": r["from"], "to": r["to"], "value": r["people"]} for r in data.rows]
    if ctx.district:
        own = [f for f in flows if ctx.district in (f["from"], f["to"])]
        flows = own or flows
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
    top = some(found)[0]
    return Content(
        [
            blocks.point_map(
                "주요 장소 혼잡도", found, (("ok", "여유·보통"), ("warn", "약간 붐빔"), ("alert", "붐빔"))
            ),
            blocks.day_chart(ctx, "hot_congestion", "주요 장소 인구 24시간"),
            blocks.place_bars("사람이 많은 곳", "명", found),
        ],
        "주요 장소 실시간 인구 · 명",
        Figure("가장 붐비는 곳의 인구", "Busiest place", top.value, "명", place=top.name_ko),
        "hotspot",
    )


def _quality(ctx: Context) -> list[Observation]:
    return [ctx.here(m) for m in ("tap_turbidity", "tap_chlorine", "tap_ph", "tap_temperature")]


def water_live(ctx: Context) -> Content:
    """The figures of the water that leaves the plants, and those of the river it comes from."""
    river = "한강과 지천 수질"
    return Content(
        [
            blocks.kpi_of(ctx, "실시간 수질", ["tap_turbidity", "tap_chlorine", "tap_ph", "tap_temperature"]),
            blocks.day_chart(ctx, "tap_turbidity", "탁도 24시간 추이"),
            blocks.or_missing(river, lambda: blocks.table(river, ctx.provider.table("river-quality", ctx.now))),
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
            blocks.day_chart(ctx, "tap_chlorine", "잔류염소 24시간"),
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
    "living-population": mapped("population", "머무는 사람 추정"),
    "foreign-population": mapped("foreign_population", "머무는 외국인 추정"),
    "domestic-population": mapped("domestic_population", "머무는 내국인 추정"),
    "home-living-population": home_population,
    "commuting-population": commuting,
    "hotspots": hotspots,
    "water-quality-live": water_live,
    "tap-water": tap_water,
}
