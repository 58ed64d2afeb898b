"""The blocks of a PanelView as plain JSON values, one function per kind. Times: epoch seconds or ISO 8601 at +09:00."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from assistant.contracts import Unavailable
from display_bridge.city_data.metrics import METRICS
from display_bridge.city_data.provider import Document, Event, Line, Observation, Phase, Place, Series, Table
from display_bridge.incidents import tone
from display_bridge.views.context import Block, Context
from display_bridge.views.english import english


def number(value: float | None) -> float | int | None:
    """A figure for JSON: whole numbers without a point."""
    if value is None:
        return None
    return int(value) if float(value).is_integer() else value


def without_none(block: Mapping[str, Any]) -> Block:
    """A block without its empty optional fields."""
    return {k: v for k, v in block.items() if v is not None}


def kpi_item(
    label_ko: str,
    label_en: str,
    value: float | None,
    unit: str,
    *,
    grade: str | None = None,
    delta: float | None = None,
    delta_label_ko: str | None = None,
    target: float | None = None,
    text: str | None = None,
) -> Block:
    """One figure of a kpi block."""
    item = without_none(
        {
            "label_ko": label_ko,
            "label_en": label_en,
            "text": text,
            "unit": unit,
            "grade": grade,
            "delta": number(delta),
            "delta_label_ko": delta_label_ko,
            "target": number(target),
        }
    )
    return {**item, "value": number(value)}


def kpi(title_ko: str, items: Iterable[Block]) -> Block:
    """Figures side by side."""
    return {"kind": "kpi", "title_ko": title_ko, "items": list(items)}


def kpi_of(ctx: Context, title_ko: str, metrics: Sequence[str]) -> Block:
    """Figures of metrics here and now, each with its change since an hour ago; one whose source is silent says so."""
    items = []
    for metric in metrics:
        try:
            now = ctx.here(metric)
            before = ctx.provider.series(metric, ctx.now, area=ctx.district, hours=1).values[0]
        except Unavailable:
            known = METRICS[metric]
            items.append(kpi_item(known.ko, known.en, None, "", text="자료 없음"))
            continue
        delta = None if now.value is None or before is None else round(now.value - before, 4)
        items.append(
            kpi_item(
                now.label_ko,
                now.label_en,
                now.value,
                now.unit,
                grade=now.grade,
                delta=delta,
                delta_label_ko="1시간 전보다",
            )
        )
    return kpi(title_ko, items)


def legend(observation: Observation) -> list[Block]:
    """The grades of a metric; empty where it has none."""
    return [
        {"grade": b.grade, "label_ko": b.label_ko, "from": number(b.low), "to": number(b.high), "range": b.written}
        for b in observation.bands
    ]


def choropleth(ctx: Context, metric: str, title_ko: str) -> Block:
    """The districts coloured by a metric."""
    found = ctx.provider.districts(metric, ctx.now)
    # A district without a figure has null, which is not the same as 0: it is left uncoloured.
    areas = {str(o.area): {**without_none({"grade": o.grade}), "value": number(o.value)} for o in found}
    block = {
        "kind": "choropleth",
        "title_ko": title_ko,
        "metric_ko": found[0].label_ko,
        "unit": found[0].unit,
        "areas": areas,
        "legend": legend(found[0]),
        "selected": ctx.district,
    }
    return without_none(block)


def line_chart(
    title_ko: str, series: Sequence[Series], *, unit: str | None = None, compare: str | None = None
) -> Block:
    """Figures over time; all series share the first one's times."""
    block = {
        "kind": "line-chart",
        "title_ko": title_ko,
        "unit": series[0].unit if unit is None else unit,
        "x": list(series[0].x),
        "series": [{"name_ko": s.name_ko, "values": [number(v) for v in s.values]} for s in series],
        "compare": compare,
        "compare_en": english(compare) if compare else None,
    }
    return without_none(block)


def day_chart(ctx: Context, metric: str, title_ko: str) -> Block:
    """The last 24 hours here, beside the same hours of yesterday."""
    today = ctx.provider.series(metric, ctx.now, area=ctx.district, hours=24, step_minutes=30)
    before = ctx.provider.series(metric, ctx.now - timedelta(days=1), area=ctx.district, hours=24, step_minutes=30)
    where = ctx.district or "서울 평균"
    named = Series(where, today.unit, today.x, today.values)
    earlier = Series("어제 같은 시각", today.unit, today.x, before.values)
    return line_chart(title_ko, [named, earlier], compare="어제 같은 시각")


def bar_chart(
    title_ko: str, unit: str, bars: Iterable[tuple[str, float | None, str | None]], *, select: str | None = None
) -> Block:
    """Labelled bars; what has no figure has no bar. select: what touching a label chooses, "district" or "item"."""
    items = [without_none({"label_ko": n, "value": number(v), "grade": g}) for n, v, g in bars if v is not None]
    return without_none({"kind": "bar-chart", "title_ko": title_ko, "unit": unit, "bars": items, "select": select})


def district_bars(ctx: Context, metric: str, title_ko: str, count: int = 12) -> Block:
    """The districts with the highest figures."""
    found = sorted(ctx.provider.districts(metric, ctx.now), key=lambda o: -(o.value or 0))[:count]
    bars = [(str(o.area), o.value, o.grade) for o in found]
    return bar_chart(title_ko, found[0].unit, bars, select="district")


def line_bars(title_ko: str, unit: str, lines: Iterable[Line]) -> Block:
    """The lines' figures; touching one shows it on the map."""
    return bar_chart(title_ko, unit, [(line.name_ko, line.value, None) for line in lines], select="item")


def place_bars(title_ko: str, unit: str, places: Iterable[Place], *, count: int = 12, scale: float = 1) -> Block:
    """The places with the highest figures (times `scale`); touching one shows it on the map."""
    top = sorted(places, key=lambda p: -(p.value or 0))[:count]
    values = [(p.name_ko, p.value if scale == 1 else float(round((p.value or 0) * scale)), None) for p in top]
    return bar_chart(title_ko, unit, values, select="item")


def point(place: Place) -> Block:
    """A place as a point of a map."""
    return without_none(
        {
            "name_ko": place.name_ko,
            "x": place.lon,
            "y": place.lat,
            "value": number(place.value),
            "unit": place.unit or None,
            "status": place.status,
            "detail_ko": place.detail_ko or None,
        }
    )


def point_map(title_ko: str, points: Iterable[Place], legend_ko: Sequence[tuple[str, str]] = ()) -> Block:
    """Places on the map of Seoul; legend_ko: (status, label)."""
    block: Block = {"kind": "point-map", "title_ko": title_ko, "points": [point(p) for p in points]}
    if legend_ko:
        block["legend"] = [{"status": s, "label_ko": ko} for s, ko in legend_ko]
    return block


def event_map(title_ko: str, events: Iterable[Event]) -> Block:
    """Events that have a place."""
    points = [
        Place(e.title_ko, e.lon, e.lat, None, "", tone(e),
              f"{e.level_ko} · {e.area_ko} · {e.status_ko}")
        for e in events
        if e.lon is not None and e.lat is not None
    ]  # fmt: skip
    return point_map(title_ko, points, (("alert", "긴급"), ("warn", "진행 중"), ("ok", "안내·해제")))


def line_map(title_ko: str, lines: Iterable[Line]) -> Block:
    """Routes and roads on the map of Seoul."""
    return {
        "kind": "line-map",
        "title_ko": title_ko,
        "lines": [
            without_none(
                {
                    "name_ko": line.name_ko,
                    "color": line.color,
                    "status": line.status,
                    "value": number(line.value),
                    "unit": line.unit or None,
                    "path": [[x, y] for x, y in line.path],
                    "stops": [
                        {"name_ko": s.name_ko, "x": s.lon, "y": s.lat, "interchange": s.interchange} for s in line.stops
                    ]
                    or None,
                }
            )
            for line in lines
        ],
    }


def heat_map(title_ko: str, places: Sequence[Place], unit: str, scale: float) -> Block:
    """Weighted places; the strongest are also named with value = weight * scale."""
    cells = [{"x": p.lon, "y": p.lat, "weight": min(1.0, p.value or 0), "name_ko": p.name_ko} for p in places]
    top = sorted(places, key=lambda p: -(p.value or 0))[:8]
    return {
        "kind": "heat-map",
        "title_ko": title_ko,
        "cells": cells,
        "top": [{"name_ko": p.name_ko, "value": round((p.value or 0) * scale), "unit": unit} for p in top],
    }


def table(title_ko: str, data: Table, *, select: str | None = None) -> Block:
    """Rows under columns. select: the column whose value a touched row chooses as an item."""
    columns = [{"key": k, "label_ko": ko, **({"align": "right"} if k in data.right else {})} for k, ko in data.columns]
    keys = [k for k, _ in data.columns]
    block = {
        "kind": "table",
        "title_ko": title_ko,
        "columns": columns,
        "rows": [{k: row.get(k) for k in keys} for row in data.rows],
        "select": {"column": select, "as": "item"} if select else None,
    }
    return without_none(block)


def donut(title_ko: str, unit: str, slices: Iterable[tuple[str, float]]) -> Block:
    """Parts of a whole."""
    return {
        "kind": "donut",
        "title_ko": title_ko,
        "unit": unit,
        "slices": [{"label_ko": n, "value": number(v)} for n, v in slices],
    }


def treemap(title_ko: str, unit: str, items: Iterable[tuple[str, float, str]]) -> Block:
    """Parts of a whole as areas."""
    return {
        "kind": "treemap",
        "title_ko": title_ko,
        "unit": unit,
        "items": [without_none({"label_ko": n, "value": number(v), "detail_ko": d or None}) for n, v, d in items],
    }


def timeline(title_ko: str, events: Iterable[Event]) -> Block:
    """Events in their order."""
    return {
        "kind": "timeline",
        "title_ko": title_ko,
        "events": [
            without_none(
                {
                    "at": e.at.isoformat(),
                    "title_ko": e.title_ko,
                    "detail_ko": " · ".join(x for x in (e.level_ko, e.area_ko, e.detail_ko) if x),
                    "status": e.status_ko,
                }
            )
            for e in events
        ],
    }


def gantt(title_ko: str, phases: Sequence[Phase]) -> Block:
    """The phases of a plan."""
    rows = [
        {"label_ko": p.name_ko, "from": p.start.isoformat(), "to": p.end.isoformat(), "progress": p.progress,
         "status": p.status}
        for p in phases
    ]  # fmt: skip
    return {
        "kind": "gantt",
        "title_ko": title_ko,
        "from": phases[0].start.isoformat(),
        "to": phases[-1].end.isoformat(),
        "rows": rows,
    }


def document_list(
    title_ko: str, documents: Iterable[Document], *, panel: str | None = None, current: str | None = None
) -> Block:
    """Cards of documents. panel: where a chosen one opens, if not here. current: the one that is open."""
    block = {
        "kind": "document-list",
        "title_ko": title_ko,
        "panel": panel,
        "current": current,
        "documents": [
            {"id": d.id, "title_ko": d.title_ko, "date": d.date.isoformat(), "department_ko": d.department_ko,
             "pages": d.pages, "kind": d.kind}
            for d in documents
        ],
    }  # fmt: skip
    return without_none(block)


def alert_feed(title_ko: str, events: Iterable[Event], *, panel: str | None = None) -> Block:
    """Alerts, newest first. panel: where a touched one opens, if not here."""
    block = {
        "kind": "alert-feed",
        "title_ko": title_ko,
        "panel": panel,
        "alerts": [
            {"level_ko": e.level_ko, "title_ko": e.title_ko, "area_ko": e.area_ko, "at": e.at.isoformat(),
             "status_ko": e.status_ko, "severity": e.severity, "tone": tone(e)}
            for e in events
        ],
    }  # fmt: skip
    return without_none(block)


def story(title_ko: str, chapters: Iterable[tuple[str, str]], kind: str = "story") -> Block:
    """Told chapters; kind: story or photo-story."""
    return {"kind": kind, "title_ko": title_ko, "chapters": [{"title_ko": t, "body_ko": b} for t, b in chapters]}


def or_missing(title_ko: str, build: Callable[[], Block]) -> Block:
    """A block; while its source has given no data, one that says so in its place."""
    try:
        return build()
    except Unavailable as error:
        return story(title_ko, [(title_ko, f"{error.message}.")])


def unavailable_cameras(kind: str, title_ko: str, cameras: Iterable[tuple[str, str]], reason_ko: str) -> Block:
    """Cameras without a picture, each saying why; kind: live-video or video-wall."""
    return {
        "kind": kind,
        "title_ko": title_ko,
        "cameras": [
            {"name_ko": n, "place_ko": p, "status_ko": "연결 안 됨", "available": False, "reason_ko": reason_ko}
            for n, p in cameras
        ],
    }
