"""Simulated records: tables, shares, policy indicators and project plans."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Literal

from assistant.contracts import BadInput
from display_bridge.city_data.files import document, rows
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.noise import pick, smooth, unit
from display_bridge.city_data.provider import Indicator, Phase, Place, Project, Table
from display_bridge.city_data.sim_papers import paper


def table(name: str, slot: int, seed: int) -> Table:
    """A table by name. Raises BadInput for an unknown name."""
    try:
        return _TABLES[name](slot, seed)
    except KeyError as error:
        raise BadInput("unknown-table", f"there is no table {name!r}") from error


def shares(name: str, slot: int, seed: int) -> tuple[tuple[str, float], ...]:
    """Named parts: of money they stay, of people's behaviour they move a little each hour."""
    entries = document("tables.yaml").get(name)
    if name not in ("revenue", "expenditure", "complaint_types", "media", "proposals", "keywords", "goods"):
        raise BadInput("unknown-share", f"there are no shares {name!r}")
    if name == "keywords":
        found = [(str(w), round(max(0.12, 1 - i * 0.03 + 0.08 * smooth(slot, 7200, w, seed)), 2))
                 for i, w in enumerate(entries)]  # fmt: skip
        return tuple(sorted(((w, min(1.0, v)) for w, v in found), key=lambda pair: -pair[1]))
    if name == "goods":
        return tuple((str(e[0]), float(_price(e, slot, seed))) for e in entries)
    moving = name in ("complaint_types", "media")
    return tuple(
        (str(e[0]), round(e[1] * (1 + 0.08 * smooth(slot, 7200, e[0], seed)), 1) if moving else float(e[1]))
        for e in entries
    )


def _price(entry: list[Any], slot: int, seed: int) -> int:
    day = slot // 86400
    return 10 * round(float(entry[2]) * (1 + 0.06 * smooth(day, 9, "price", str(entry[0]), seed)) / 10)


def _goods(slot: int, seed: int) -> Table:
    week = 7 * 86400
    found: list[dict[str, str | float | int | None]] = []
    for e in document("tables.yaml")["goods"]:
        price, before = _price(e, slot, seed), _price(e, slot - week, seed)
        found.append({"item": e[0], "unit": e[1], "price": price, "change": price - before})
    columns = (("item", "품목"), ("unit", "단위"), ("price", "평균 가격(원)"), ("change", "전주 대비(원)"))
    return Table(columns, tuple(found), frozenset({"price", "change"}))


def _buses(slot: int, seed: int) -> Table:
    found: list[dict[str, str | float | int | None]] = []
    crowded = ("여유", "보통", "혼잡")
    for stop, route, every in document("tables.yaml")["buses"]:
        wait = int(unit("bus", stop, route, slot, seed) * every)
        state = crowded[int(unit("crowd", stop, route, slot // 900, seed) * 3)]
        arrival = "곧 도착" if wait == 0 else f"{wait}분"
        found.append({"stop": stop, "route": route, "next": arrival, "after": f"{wait + every}분", "crowd": state})
    columns = (("stop", "정류소"), ("route", "노선"), ("next", "첫 번째"), ("after", "두 번째"), ("crowd", "혼잡도"))
    return Table(columns, tuple(found), frozenset({"next", "after"}))


def _trains(slot: int, seed: int) -> Table:
    found: list[dict[str, str | float | int | None]] = []
    hour = datetime.fromtimestamp(slot, KST).hour
    for station, line, *ways in document("tables.yaml")["trains"]:
        for way in ways:
            wait = int(unit("train", station, line, way, slot, seed) * 7)
            closed = 1 <= hour < 5
            state = "운행 종료" if closed else "곧 도착" if wait == 0 else f"{wait}분 뒤"
            found.append({"station": station, "line": line, "way": way, "state": state})
    return Table((("station", "역"), ("line", "노선"), ("way", "방면"), ("state", "도착")), tuple(found),
                 frozenset({"state"}))  # fmt: skip


def _rankings(slot: int, seed: int) -> Table:
    year = datetime.fromtimestamp(slot, KST).year
    columns = (("name", "순위 이름"), ("field", "분야"), *((str(year - 5 + i), f"{year - 5 + i}년") for i in range(5)))
    found: list[dict[str, str | float | int | None]] = []
    for name, kind, *ranks in document("tables.yaml")["rankings"]:
        years = {str(year - 5 + i): rank for i, rank in enumerate(ranks)}
        found.append({"name": name, "field": kind, **years})
    return Table(columns, tuple(found), frozenset(str(year - 5 + i) for i in range(5)))


def _organizations(slot: int, seed: int) -> Table:
    found: tuple[dict[str, str | float | int | None], ...] = tuple(
        {"name": n, "field": f, "year": y, "role": r} for n, f, y, r in document("tables.yaml")["organizations"]
    )
    return Table((("name", "국제기구"), ("field", "분야"), ("year", "가입 연도"), ("role", "지위")), found,
                 frozenset({"year"}))  # fmt: skip


def _world(kind: str) -> Table:
    last = "분야" if kind == "export" else "구분"
    found: tuple[dict[str, str | float | int | None], ...] = tuple(
        {"city": c, "country": n, "lon": x, "lat": y, "year": when, "what": what}
        for c, n, x, y, when, what in document("world.yaml")[kind]
    )
    return Table((("city", "도시"), ("country", "나라"), ("year", "연도"), ("what", last)), found, frozenset({"year"}))


def _proposals(slot: int, seed: int) -> Table:
    found: list[dict[str, str | float | int | None]] = []
    for i, (title, kind) in enumerate(document("tables.yaml")["proposal_titles"]):
        votes = round(pick(60, 900, "vote", title, seed)) + (slot // 3600) % 97 % (i + 5)
        found.append(
            {"title": title, "field": kind, "votes": votes, "state": "의견 수렴 중" if i % 3 else "부서 검토 중"}
        )
    found.sort(key=lambda row: -float(row["votes"] or 0))
    return Table((("title", "제안"), ("field", "분야"), ("votes", "공감"), ("state", "상태")), tuple(found),
                 frozenset({"votes"}))  # fmt: skip


def _website(slot: int, seed: int) -> Table:
    found: list[dict[str, str | float | int | None]] = []
    for page, share in document("tables.yaml")["website_pages"]:
        now = round(share * 42 * (1 + 0.3 * smooth(slot, 1200, page, seed)))
        found.append({"page": page, "visitors": now, "share": share})
    found.sort(key=lambda row: -float(row["visitors"] or 0))
    return Table((("page", "화면"), ("visitors", "접속자(명)"), ("share", "점유(%)")), tuple(found),
                 frozenset({"visitors", "share"}))  # fmt: skip


def _commuters(slot: int, seed: int) -> Table:
    found: tuple[dict[str, str | float | int | None], ...] = tuple(
        {"from": a, "to": b, "people": n * 1000}
        for a, b, n in sorted(document("tables.yaml")["commuters"], key=lambda row: -row[2])
    )
    return Table((("from", "출발"), ("to", "도착"), ("people", "하루(명)")), found, frozenset({"people"}))


def _river_quality(slot: int, seed: int) -> Table:
    found: list[dict[str, str | float | int | None]] = []
    hour = slot - slot % 3600
    month = datetime.fromtimestamp(slot, KST).month
    for site, colder in document("tables.yaml")["river_sites"]:
        warmth = (4, 4, 8, 14, 19, 23, 25, 27, 23, 17, 11, 6)[month - 1] - colder
        found.append(
            {
                "site": site,
                "at": datetime.fromtimestamp(hour, KST).strftime("%m-%d %H:%M"),
                "temperature": round(warmth + 0.8 * smooth(hour, 7200, site, "warmth", seed), 1),
                "ph": round(7.5 + 0.3 * smooth(hour, 7200, site, "ph", seed), 1),
                "oxygen": round(14.2 - 0.24 * warmth + 0.6 * smooth(hour, 7200, site, "oxygen", seed), 1),
            }
        )
    columns = (("site", "지점"), ("at", "측정"), ("temperature", "수온(℃)"), ("ph", "pH"), ("oxygen", "용존산소(mg/L)"))
    return Table(columns, tuple(found), frozenset({"temperature", "ph", "oxygen"}))


def _trails(slot: int, seed: int) -> Table:
    found: tuple[dict[str, str | float | int | None], ...] = tuple(
        {"name": e["name"], "km": e["km"], "hours": e["hours"]} for e in document("lines.yaml")["trail"]
    )
    return Table((("name", "코스"), ("km", "길이(㎞)"), ("hours", "시간")), found, frozenset({"km", "hours"}))


_TABLES = {
    "goods": _goods,
    "buses": _buses,
    "trains": _trains,
    "rankings": _rankings,
    "organizations": _organizations,
    "sister": lambda slot, seed: _world("sister"),
    "export": lambda slot, seed: _world("export"),
    "proposals": _proposals,
    "website": _website,
    "commuters": _commuters,
    "trails": _trails,
    "river-quality": _river_quality,
}


def indicator(panel: str, year: int, seed: int) -> Indicator:
    """The indicator of a panel with seven years up to last year. Raises BadInput for an unknown panel."""
    for name, value, target, growth, lower, digits in rows("indicators.tsv", 6):
        if name == panel:
            newest, rate, places = float(value), float(growth), int(digits)
            years = tuple(range(year - 7, year))
            trend = [newest / (1 + rate) ** (6 - i) * (1 + 0.02 * (2 * unit(panel, i, seed) - 1)) for i in range(6)]
            trend.append(newest)
            shown = tuple(round(v, places) if places else float(round(v)) for v in trend)
            return Indicator(newest, float(target), years, shown, lower == "1", places)
    raise BadInput("unknown-indicator", f"there is no indicator {panel!r}")


_PHASES = ("기본구상", "타당성 조사", "기본·실시설계", "공사", "개관·운영")
_PARTS = (0.15, 0.12, 0.2, 0.4, 0.13)


def project(panel: str, name_ko: str, today: date, seed: int) -> Project:
    """The plan of a project panel. Raises BadInput for an unknown panel."""
    for key, district, lon, lat, first, last in rows("projects.tsv", 6):
        if key == panel:
            phases = _plan(date.fromisoformat(first + "-01"), date.fromisoformat(last + "-28"), today)
            doing = next((p for p in phases if p.status == "doing"), phases[-1])
            place = Place(name_ko, float(lon), float(lat), None, "", "ok", f"{district} · {doing.name_ko}")
            papers = tuple(
                paper("project", f"{panel}-{i + 1}", f"{name_ko} {title}", "", what,
                          today - timedelta(days=30 + 140 * i), seed)
                for i, (title, _, what) in enumerate(document("documents.yaml")["project"])
            )  # fmt: skip
            return Project(place, district, phases, papers)
    raise BadInput("unknown-project", f"there is no project {panel!r}")


def _plan(start: date, end: date, today: date) -> tuple[Phase, ...]:
    total = (end - start).days
    result, cursor = [], start
    for name, part in zip(_PHASES, _PARTS, strict=True):
        until = cursor + timedelta(days=round(total * part))
        length = max(1, (until - cursor).days)
        progress = min(100, max(0, round(100 * (today - cursor).days / length)))
        status: Literal["done", "doing", "planned"] = (
            "done" if progress == 100 else "doing" if progress > 0 else "planned"
        )
        result.append(Phase(name, cursor, until, progress, status))
        cursor = until
    return tuple(result)
