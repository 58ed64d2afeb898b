"""Simulated points and lines: positions come from the data files, figures from deterministic noise."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

from assistant.contracts import BadInput
from display_bridge.city_data.files import document, rows
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST, city_value
from display_bridge.city_data.noise import pick, smooth, unit
from display_bridge.city_data.provider import Line, Place, Status
from display_bridge.city_data.subway_network import drawn_lines

_DISTRICT_KINDS: dict[str, tuple[str, str]] = {
    "air-station": ("{} 도시대기측정소", "대기질 측정소"),
    "fire-station": ("{}소방서", "소방서"),
    "police-station": ("{}경찰서", "경찰서"),
    "seismometer": ("{}청 지진계", "지진가속도계측기"),
}
"""Kinds with one point in every district: name pattern (of the name without 구) and detail."""


def places(kind: str, slot: int, seed: int) -> tuple[Place, ...]:
    """Points of a kind. Raises BadInput for an unknown kind."""
    if kind in _DISTRICT_KINDS:
        return _per_district(kind, slot, seed)
    found = [(name, float(lon), float(lat), detail) for k, name, lon, lat, detail in rows("places.tsv", 5) if k == kind]
    if not found:
        raise BadInput("unknown-kind", f"there are no places of kind {kind!r}")
    make = _MAKERS.get(kind, _plain)
    return tuple(make(name, lon, lat, detail, slot, seed) for name, lon, lat, detail in found)


def lines(kind: str, slot: int, seed: int) -> tuple[Line, ...]:
    """Lines of a kind. Raises BadInput for an unknown kind."""
    if kind == "subway":
        return _subway(slot, seed)
    entries = document("lines.yaml").get(kind)
    if entries is None:
        raise BadInput("unknown-kind", f"there are no lines of kind {kind!r}")
    return tuple(_line(kind, entry, slot, seed) for entry in entries)


def _per_district(kind: str, slot: int, seed: int) -> tuple[Place, ...]:
    pattern, detail = _DISTRICT_KINDS[kind]
    result = []
    for d in DISTRICTS:
        lon = d.lon + pick(-0.012, 0.012, kind, d.ko, "lon")
        lat = d.lat + pick(-0.009, 0.009, kind, d.ko, "lat")
        name = d.ko if kind in ("air-station", "seismometer") or len(d.ko) == 2 else d.ko[:-1]
        value: float | None = None
        measure = ""
        if kind == "seismometer":
            value = round(max(0.05, 0.4 + 0.25 * smooth(slot, 900, kind, d.ko, seed)), 2)
            measure = "gal"
        result.append(Place(pattern.format(name), round(lon, 4), round(lat, 4), value, measure, "ok", detail))
    return tuple(result)


def _plain(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    return Place(name, lon, lat, detail_ko=detail, status="ok")


def _filled(word: str, measure: str, low_is_bad: bool) -> Callable[[str, float, float, str, int, int], Place]:
    """Points with a capacity: what is left of it, with a status at the scarce end."""

    def make(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
        capacity = int(float(detail))
        hour = datetime.fromtimestamp(slot, KST).hour
        busy = 0.55 + 0.3 * math.cos(2 * math.pi * (hour - 14) / 24)
        share = min(1.0, max(0.0, 1 - busy + 0.35 * smooth(slot, 3600, word, name, seed)))
        left = round(capacity * share)
        scarce: Status = "alert" if left == 0 else "warn" if share < 0.15 else "ok"
        status: Status = scarce if low_is_bad else "ok"
        return Place(name, lon, lat, float(left), measure, status, f"{word} {left}/{capacity}{measure}")

    return make


def _hotspot(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    hour = datetime.fromtimestamp(slot, KST).hour
    day = 0.45 + 0.55 * max(0.0, math.cos(2 * math.pi * (hour - 16) / 24))
    share = day * (1 + 0.25 * smooth(slot, 5400, "hot", name, seed))
    people = round(float(detail) * share / 500) * 500
    level = min(3, int(share * 3.4))
    status: Status = ("ok", "ok", "warn", "alert")[level]
    return Place(name, lon, lat, float(people), "명", status, ("여유", "보통", "약간 붐빔", "붐빔")[level])


def _river(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    wet = city_value("rain", slot, seed)
    if detail == "하천 수위":
        level = round(1.2 + 0.25 * wet + 0.3 * smooth(slot, 7200, name, seed), 2)
        state: Status = "alert" if level > 5 else "warn" if level > 3 else "ok"
        return Place(name, lon, lat, level, "m", state, detail)
    return Place(name, lon, lat, None, "", "warn" if wet > 5 else "ok", detail + (" · 가동" if wet > 5 else " · 대기"))


def _plant(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    capacity = float(detail)
    used = round(capacity * (0.78 + 0.08 * smooth(slot, 5400, name, seed)), 1)
    return Place(name, lon, lat, used, "만㎥/일", "ok", f"시설용량 {capacity:g}만㎥/일")


def _reservoir(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    level = round(72 + 16 * smooth(slot, 10800, name, seed))
    return Place(name, lon, lat, float(level), "%", "warn" if level < 60 else "ok", f"저수용량 {detail}만㎥")


def _weather(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    value = round(city_value("temperature", slot, seed) + pick(-1.2, 0.9, name, seed), 1)
    return Place(name, lon, lat, value, "℃", "ok", detail)


def _market(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    day = slot // 86400
    basket = round(pick(62_000, 81_000, name, day // 7, seed) / 100) * 100
    return Place(name, lon, lat, float(basket), "원", "ok", f"{detail} · 16개 품목 장바구니")


def _garage(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    best = round(float(detail) * pick(0.8, 1.3, name, seed))
    status: Status = "warn" if best > int(detail) else "ok"
    return Place(name, lon, lat, float(detail), "대", status, f"현재 {detail}대 → 제안 {best}대")


def _weight(name: str, lon: float, lat: float, detail: str, slot: int, seed: int) -> Place:
    return Place(name, lon, lat, round(float(detail) * pick(0.9, 1.0, name, slot // 86400, seed), 3))


_MAKERS: dict[str, Callable[[str, float, float, str, int, int], Place]] = {
    "bike": _filled("거치 자전거", "대", low_is_bad=True),
    "parking": _filled("주차 가능", "면", low_is_bad=True),
    "ev": _filled("사용 가능", "기", low_is_bad=True),
    "carshare": _filled("대여 가능", "대", low_is_bad=True),
    "hotspot": _hotspot,
    "river": _river,
    "plant": _plant,
    "reservoir": _reservoir,
    "weather": _weather,
    "market": _market,
    "mart": _market,
    "taxigarage": _garage,
    "blackspot": _weight,
    "siting": _weight,
}


def _line(kind: str, entry: dict[str, object], slot: int, seed: int) -> Line:
    name = str(entry["name"])
    path = tuple((float(p[0]), float(p[1])) for p in entry["path"])  # type: ignore[attr-defined]
    if "base" in entry:
        base = float(entry["base"])  # type: ignore[arg-type]
        factor = city_value("road_speed", slot, seed) / 23.5 if kind == "road" else 1.0
        speed = max(6.0, round(base * factor * (1 + 0.18 * smooth(slot, 2400, name, seed)), 1))
        share = speed / base
        status: Status = "alert" if share < 0.72 else "warn" if share < 0.9 else "ok"
        return Line(name, path, value=speed, unit="㎞/h", status=status)
    return Line(name, path, value=float(entry["km"]), unit="㎞", status="ok")  # type: ignore[arg-type]


def _subway(slot: int, seed: int) -> tuple[Line, ...]:
    result = []
    hour = datetime.fromtimestamp(slot, KST).hour
    running = 0.0 if 1 <= hour < 5 else 1.0 if hour in (7, 8, 18, 19) else 0.65
    for line in drawn_lines():
        number = int(line.number)
        late = running > 0 and unit("late", number, slot // 1800, seed) < 0.04
        trains = round(len(line.stops) * running * pick(0.8, 1.0, "trains", number, slot // 300, seed))
        status: Status = "off" if not running else "warn" if late else "ok"
        result.append(Line(line.name_ko, line.path, line.color, float(trains), "편성", status, line.stops))
    return tuple(result)
