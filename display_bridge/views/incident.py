"""One incident as it pre-empts a screen: where it is, how it went on, what to do, what the cameras there show."""

from __future__ import annotations

from typing import Any

from display_bridge import cameras
from display_bridge.city_data.drills import DATASET, MARK_EN, MARK_KO
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.provider import Event, Step
from display_bridge.incidents import Acknowledgement, Incident, find, incident_id, is_drill, tone
from display_bridge.views import blocks
from display_bridge.views.advice import advice
from display_bridge.views.context import Block, Content, Context, Figure
from display_bridge.views.responsible import named, responsible

LEVELS_EN = {
    "위급": "Extreme", "긴급": "Emergency", "안전": "Advisory", "화재": "Fire", "구조": "Rescue", "구급": "Medical",
    "생활안전": "Public safety",
}  # fmt: skip
CAMERA_REASON = "이 구역에 보여 드릴 수 있는 카메라가 없습니다."


def asked_incident(ctx: Context, kind: str) -> Content | None:
    """The view of the incident in the arguments; None without one, or when it is not among the events of the kind."""
    wanted = ctx.args.get("incident")
    event = find(kind, ctx.provider.events(kind, ctx.now), wanted) if wanted else None
    if event is None:
        return None
    place = blocks.without_none({"x": event.lon, "y": event.lat})
    where = {"kind": "incident-map", "title_ko": "발생 위치", "title_en": "Where", "name_ko": plain(event.title_ko),
             "area_ko": event.area_ko, "tone": tone(event), "district": district_of(event), **place}  # fmt: skip
    todo = {"kind": "incident-advice", "title_ko": "시민 행동 요령", "title_en": "What to do",
            "notice_ko": event.detail_ko or None,
            "lines": [{"text_ko": ko, "text_en": en} for ko, en in advice(event.title_ko)]}  # fmt: skip
    near = cameras.nearby("인근 카메라", ctx.panel, ctx.provider, district_of(event))
    watched = near or blocks.unavailable_cameras(
        "live-video", "인근 카메라", [("가장 가까운 카메라", event.area_ko)], CAMERA_REASON
    )
    figure = Figure(event.title_ko, event.title_en or event.title_ko, None, "", place=event.area_ko,
                    text_ko=event.title_ko)  # fmt: skip
    drawn = [
        blocks.without_none(where),
        progress(event),
        blocks.without_none(todo),
        {**watched, "title_en": "Cameras nearby"},
    ]
    return Content(drawn, f"{event.area_ko} · {event.status_ko}", figure, DATASET if is_drill(event) else kind)


def progress(event: Event) -> Block:
    """How it went on, newest first. A source that tells only a state has its beginning and that."""
    steps = event.steps or (Step(event.at, f"{event.level_ko} 상황 접수", f"{level_en(event)}: reported"),)
    rows = [
        blocks.without_none({"at": s.at.isoformat(), "text_ko": s.text_ko, "text_en": s.text_en or None}) for s in steps
    ]
    if not event.steps:
        rows.append({"text_ko": event.status_ko})
    return {"kind": "incident-log", "title_ko": "진행 경과", "title_en": "Progress", "tone": tone(event),
            "since": event.at.isoformat(), "steps": rows[::-1]}  # fmt: skip


def with_incident(view: dict[str, Any], ctx: Context) -> dict[str, Any]:
    """The frame of a view that shows one incident: its own headline and colour; every other view as it is."""
    wanted = ctx.args.get("incident")
    kinds = {"disaster-alerts": "alerts", "emergency-incidents": "dispatch"}
    kind = kinds.get(ctx.panel.id)
    event = find(kind, ctx.provider.events(kind, ctx.now), wanted) if wanted and kind else None
    if event is None:
        return view
    drill = is_drill(event)
    rehearsed = {"mode": "simulated", "label_ko": "모의훈련", "label_en": "Exercise", "stale": False}
    data = {**view["data"], **rehearsed} if drill else view["data"]
    titles = {"title_ko": plain(event.title_ko), "title_en": plain(event.title_en or event.title_ko)}
    shown = head(incident_id(str(kind), event), str(kind), event)
    owner = ctx.registry.departments.get(responsible(str(kind), event) or "")
    panel = view["panel"] if owner is None else {**view["panel"], "department": named(owner)}
    return {**view, "data": data, **titles, "panel": panel, "incident": shown}


def head(incident: str, kind: str, event: Event) -> dict[str, Any]:
    """What every screen says of an incident."""
    return blocks.without_none(
        {"id": incident, "kind": kind, "level_ko": event.level_ko, "level_en": level_en(event), "tone": tone(event),
         "title_ko": plain(event.title_ko), "title_en": plain(event.title_en or event.title_ko),
         "area_ko": event.area_ko, "status_ko": event.status_ko,
         "status_en": event.steps[-1].text_en or None if event.steps else None,
         "at": event.at.isoformat(), "drill": is_drill(event)}
    )  # fmt: skip


def row(incident: Incident, told: Acknowledgement | None) -> dict[str, Any]:
    """An incident in the list of those that run, for paired screens: with who acknowledged it, and when."""
    found = {**head(incident.id, incident.kind, incident.event), "panel": incident.panel, "priority": incident.priority}
    if told is not None:
        found["acknowledged"] = {"at": told.at, "display": told.display, "source": told.source}
    return found


def banner(incident: Incident) -> dict[str, Any]:
    """A public incident for a citizens' screen: what it is and what to do."""
    event = incident.event
    lines = [{"text_ko": ko, "text_en": en} for ko, en in advice(event.title_ko)]
    found = {**head(incident.id, incident.kind, event), "notice_ko": event.detail_ko or None, "advice": lines}
    return blocks.without_none(found)


def level_en(event: Event) -> str:
    """The level in English."""
    return LEVELS_EN.get(event.level_ko, event.level_ko)


def plain(title: str) -> str:
    """A title without the mark of an exercise, where a label of its own says so."""
    return title.removeprefix(MARK_KO).removeprefix(MARK_EN).strip()


def district_of(event: Event) -> str | None:
    """The district an event names, official Korean name."""
    return next((d.ko for d in DISTRICTS if d.ko in event.area_ko), None)
