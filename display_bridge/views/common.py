"""The home mosaic, the common functions, and the panel that has no data yet."""

from __future__ import annotations

from assistant.contracts import Unavailable
from content_registry.schema import Panel
from display_bridge.views import blocks
from display_bridge.views.context import Block, Builder, Content, Context, Figure

TILES = (
    ("fine-dust-pm10", "pm10"), ("ultrafine-dust-pm25", "pm25"), ("living-population", "population"),
    ("road-traffic", "road_speed"), ("bike-rental", "bikes"), ("district-weather", "temperature"),
    ("ozone", "o3"), ("water-quality-live", "tap_turbidity"), ("homepage-usage", "web_visits"),
)  # fmt: skip
ROTATION = ("home", "fine-dust-pm10", "road-traffic", "bike-rental", "living-population", "disaster-alerts", "trails",
            "intl-sister-cities", "district-weather")  # fmt: skip
"""Panels the main page goes through by itself; all public."""

FUNCTIONS: dict[str, tuple[str, str, str, tuple[str, ...]]] = {
    "fn-video-conference": ("conference", "안내", "화면 아래 화상회의 단추를 누르면 회의실 목록이 열립니다.",
                            ("화면 아래 화상회의 단추를 누릅니다", "회의실을 고릅니다", "회의가 시작됩니다")),
    "fn-video-call": ("video-call", "안내", "사업 화면에서 담당 부서와 영상으로 통화합니다.",
                      ("사업 화면을 엽니다", "부서 이름 오른쪽 영상전화 단추를 누릅니다", "받으면 통화합니다")),
    "fn-voice-call": ("voice-call", "안내", "재난 화면에서 담당 부서와 음성으로 통화합니다.",
                      ("재난 상황을 고릅니다", "부서 이름 오른쪽 음성전화 단추를 누릅니다", "받으면 통화합니다")),
    "fn-voice-assistant": ("voice-assistant", "안내", "“서울아” 하고 부르면 화면을 바꿔 드립니다.",
                           ("“서울아” 하고 부릅니다", "3초 안에 화면 이름을 말합니다", "화면이 바뀝니다")),
    "fn-motion-mouse": ("motion-mouse", "안내", "손짓으로 화면을 고릅니다.",
                        ("화면 앞에 섭니다", "오른손을 3초 동안 듭니다", "두 손으로 움직여 고릅니다")),
    "fn-private-mode": ("private-mode", "잠김", "얼굴을 확인한 뒤에만 비공개 화면이 열립니다.",
                        ("화면 아래 비공개 모드를 누릅니다", "카메라를 봅니다", "확인되면 열립니다")),
    "fn-work-order": ("work-order", "잠김", "확인된 사람만 업무를 지시할 수 있습니다.",
                      ("비공개 모드를 엽니다", "부서를 고릅니다", "지시를 말합니다")),
}  # fmt: skip
"""Common functions: name of the overlay, its state, what it is for, the steps."""


def home(ctx: Context) -> Content:
    """The main page: one tile for each main figure, alerts beside them, and the fine-dust map."""
    tiles: list[Block] = []
    for panel_id, metric in TILES:
        panel = ctx.registry.panels.get(panel_id)
        if panel is None:
            continue
        tiles.append(_tile(ctx, panel, metric))

    def alerts() -> Block:
        found = ctx.provider.events("alerts", ctx.now)[:5]
        return blocks.alert_feed("재난·안전 알림", found, panel="disaster-alerts")

    def news() -> Block:
        return blocks.document_list("시정뉴스", ctx.provider.documents("news", ctx.now)[:5], panel="seoul-news")

    # The main page stands although one of its sources is silent: the part that is missing says so.
    return Content(
        [
            {"kind": "home-mosaic", "title_ko": "서울 한눈에", "tiles": tiles},
            blocks.or_missing("자치구별 초미세먼지", lambda: blocks.choropleth(ctx, "pm25", "자치구별 초미세먼지")),
            blocks.or_missing("재난·안전 알림", alerts),
            blocks.or_missing("시정뉴스", news),
        ],
        "지금 서울",
        ctx.figure("pm25"),
        "home",
    )


def _tile(ctx: Context, panel: Panel, metric: str) -> Block:
    """The main figure of a panel; without a figure while its source is silent."""
    tile: Block = {"panel": panel.id, "title_ko": panel.name_ko, "title_en": panel.name_en, "kind": "kpi",
                   "value": None, "unit": ""}  # fmt: skip
    try:
        now = ctx.provider.city(metric, ctx.now)
        spark = [blocks.number(v) for v in ctx.provider.series(metric, ctx.now, hours=12, step_minutes=60).values]
    except Unavailable:
        return tile
    grade = {} if now.grade is None else {"grade": now.grade}
    return {**tile, "value": blocks.number(now.value), "unit": now.unit, **grade, "spark": spark}


def function(ctx: Context) -> Content:
    """A common function: its state, what it is for, and the steps."""
    app, state, body, steps = FUNCTIONS[ctx.panel.id]
    block: Block = {
        "kind": "overlay-app",
        "title_ko": ctx.panel.name_ko,
        "app": app,
        "state_ko": state,
        "body_ko": body,
        "steps_ko": list(steps),
    }
    return Content([block], "공통 기능", dataset="functions")


def rotation(ctx: Context) -> Content:
    """Which panels the main page goes through. Whether it runs is in the display's state."""
    names = [
        {"panel": p, "label_ko": ctx.registry.panels[p].name_ko, "label_en": ctx.registry.panels[p].name_en}
        for p in ROTATION
        if p in ctx.registry.panels
    ]
    block: Block = {
        "kind": "control",
        "title_ko": "자동 순환",
        "app": "rotation",
        "running": ctx.args.get("running") == "1",
        "items": names,
    }
    return Content([block], "메인페이지 자동 순환", dataset="functions")


def not_connected(ctx: Context) -> Content:
    """A panel of the registry that no data source feeds: says so instead of showing an empty screen."""
    said = "이 화면에는 아직 연결된 자료가 없습니다."
    block = blocks.story("자료 없음", [(ctx.panel.name_ko, said)])
    figure = Figure(ctx.panel.name_ko, ctx.panel.name_en, None, "", text_ko=said)
    return Content([block], "연결된 자료 없음", figure)


BUILDERS: dict[str, Builder] = {
    "home": home,
    "fn-rotation": rotation,
    **dict.fromkeys(FUNCTIONS, function),
}
