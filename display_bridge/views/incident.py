"""One incident as it pre-empts a screen: where it is, how it went on, what the cameras there show."""

from __future__ import annotations

from display_bridge.incidents import find
from display_bridge.views import blocks
from display_bridge.views.context import Content, Context, Figure


def asked_incident(ctx: Context, kind: str) -> Content | None:
    """The view of the incident in the arguments; None without one, or when it is not among the events of the kind."""
    wanted = ctx.args.get("incident")
    event = find(kind, ctx.provider.events(kind, ctx.now), wanted) if wanted else None
    if event is None:
        return None
    drawn = [blocks.alert_feed("지금 상황", [event]), blocks.timeline("진행 경과", [event])]
    if event.lon is not None:
        drawn.insert(0, blocks.event_map("발생 위치", [event]))
    drawn.append(
        blocks.unavailable_cameras(
            "live-video", "현장 영상", [("현장 영상", event.area_ko)], "현장 카메라 영상 주소가 설정되지 않았습니다."
        )
    )
    figure = Figure(event.title_ko, event.title_ko, None, "", place=event.area_ko, text_ko=event.title_ko)
    return Content(drawn, f"{event.level_ko} · {event.area_ko} · {event.title_ko}", figure, kind)
