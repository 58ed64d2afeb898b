"""A view's words in English: titles, legends, kinds, states, places that are known. What is not known stays Korean, as
the names of documents and the messages of the city do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from content_registry.schema import Registry
from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import METRICS

WORDS = frozenset(
    f"{field}_ko"
    for field in ("title", "subtitle", "label", "delta_label", "metric", "name", "state", "body", "reason", "empty",
                  "source", "detail", "level", "status", "area", "country")
)  # fmt: skip
"""Fields that may hold words of the product. One whose text is not known, as the name of a place, gets no English."""
BARE = frozenset({"text", "kind", "status", "district"})
"""Fields that hold a Korean word as it is, where they do not name a kind of ours."""
_KOREAN = re.compile(r"[가-힣]")
_BY_DISTRICT, _HOURS, _HAPPENED = "자치구별 ", " 24시간 추이", re.compile(r"(\d+)시 기준")
_UNTIL = re.compile(r"(\d{4})년 (\d+)월까지")
_WITH_UNIT = re.compile(r"(.+)\((.+)\)")
_OF_DISTRICT = re.compile(r"(.+)(소방서|경찰서)")
_STATIONS = {"소방서": "fire station", "경찰서": "police station"}
_PATTERNS = tuple(
    (re.compile(pattern), made)
    for pattern, made in (
        (r"(\d{4})년", "{}"),
        (r"(\d{4})년대", "{}s"),
        (r"(\d+)분", "{} min"),
        (r"(\d+)분 뒤", "in {} min"),
        (r"(\d+)–(\d+)시", "{}:00–{}:00"),
        (r"(\d+/\d+)(?:면|대|기)", "{}"),
        (r"(\d)호선", "Line {}"),
        (r"(\d)코스 (.+)", "Course {}, {}"),
        (r"(N\d+) (.+)–(.+)", "{} {}–{}"),
        (r"규모 ([\d.]+)", "magnitude {}"),
        (r"규모 ([\d.]+) 지진 \(서울에서 약 (\d+)㎞\)", "Earthquake of magnitude {} (about {} ㎞ from Seoul)"),
        (r"서울 진도 (.+)", "intensity {} in Seoul"),
        (r"(구급차|펌프차) (\d+)대 출동", "{} sent: {}"),
        (r"(.+) 외 (\d+)", "{} and {} more"),
        (r"(.+) 방면", "for {}"),
        (r"(.+)역", "{} Station"),
        (r"(.+역) (\d+)번출구(?: [앞옆뒤])?", "{} exit {}"),
        (r"(.+) 인근", "near {}"),
        (r"(.+) [앞옆]", "by {}"),
        (r"(.+) 사거리", "{} crossing"),
        (r"(.+) 교차로", "{} junction"),
        (r"(.+) 공영주차장", "{} car park"),
        (r"(.+) 환승주차장", "{} park and ride"),
        (r"(.+) 환승센터", "{} transfer centre"),
        (r"(.+) 주차장", "{} car park"),
        (r"(.+) 대피장소", "{} shelter"),
        (r"(.+) 수위", "{} water level"),
        (r"(.+)청 지진계", "{} seismometer"),
        (r"(.+) 도시대기측정소", "{} air monitoring station"),
        (r"(.+) 자동기상관측", "{} automatic weather station"),
        (r"(.+구)청", "{} Office"),
        (r"(.+)아리수정수센터", "{} purification centre"),
        (r"(.+)배수지", "{} reservoir"),
    )
)
"""A text made of others, which are looked up in turn."""


def with_english(view: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The view with `*_en` beside each `*_ko` that holds words of the product. names: English by Korean, of what
    the registry names. A view that has English already keeps it; what came in is left as it was."""
    result: dict[str, Any] = _walk(view, names)
    return result


def english(text: str, names: Mapping[str, str] | None = None) -> str | None:
    """A Korean text of the product in English; None if a part of it is not known."""
    parts = [_part(part, names or {}) for part in text.split(" · ")]
    return None if None in parts else " · ".join(part for part in parts if part is not None)


def names_of(registry: Registry) -> dict[str, str]:
    """English by Korean of the registry's panels, menus, departments and districts."""
    return (
        {district.ko: district.en for district in registry.districts.values()}
        | {menu.ko: menu.en for menu in registry.menus.values()}
        | {part.ko: part.en for part in registry.submenus.values()}
        | {department.name_ko: department.name_en for department in registry.departments.values()}
        | {panel.name_ko: panel.name_en for panel in registry.panels.values()}
    )


def _walk(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_walk(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key: _walk(one, names) for key, one in value.items()}
    if value.get("kind") == "table":
        made["rows"] = value.get("rows", [])  # its cells are the city's records: the page looks their words up
        if words := _cells(made["rows"], names):
            made["words_en"] = words
    for key in BARE & value.keys():
        if isinstance(text := value[key], str) and _KOREAN.search(text) and (word := english(text, names)):
            made[f"{key}_en"] = word
    if isinstance(steps := value.get("steps_ko"), list):
        found_steps = [english(step, names) for step in steps]
        if None not in found_steps:
            made["steps_en"] = found_steps
    for key in WORDS & value.keys():
        beside, text = f"{key[:-3]}_en", value[key]
        there = value.get(beside)
        if text and (not there or _KOREAN.search(there)):
            found = english(text, names)
            if found is not None and (there or found != text):
                made[beside] = found
    return made


def _part(text: str, names: Mapping[str, str]) -> str | None:
    known = _known().get(text) or names.get(text)
    if known is not None or not _KOREAN.search(text):
        return known or text
    if text.startswith(_BY_DISTRICT):
        return _joined(text.removeprefix(_BY_DISTRICT), names, "{} by district")
    if text.endswith(_HOURS):
        return _joined(text.removesuffix(_HOURS), names, "{}, last 24 hours")
    if until := _UNTIL.fullmatch(text):
        return f"until {until[1]}-{until[2]:0>2}"
    if hour := _HAPPENED.fullmatch(text):
        return f"as of {hour[1]}:00"
    made = (_made(text, *pattern, names) for pattern in _PATTERNS)
    if (found := next((one for one in made if one is not None), None)) is not None:
        return found
    if unit := _WITH_UNIT.fullmatch(text):
        inside = _part(unit[2], names)
        return None if inside is None else _joined(unit[1], names, f"{{}} ({inside})")
    if (station := _OF_DISTRICT.fullmatch(text)) and (district := names.get(f"{station[1].removesuffix('구')}구")):
        short = district if station[1] == "중구" else district.removesuffix("-gu")
        return f"{short} {_STATIONS[station[2]]}"
    return None


def _made(text: str, pattern: re.Pattern[str], made: str, names: Mapping[str, str]) -> str | None:
    match = pattern.fullmatch(text)
    parts = [_part(part, names) for part in match.groups()] if match else [None]
    return None if None in parts else made.format(*parts)


def _cells(rows: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> dict[str, str]:
    """English by Korean of the texts in a table's rows that are known."""
    texts = {cell for row in rows for cell in row.values() if isinstance(cell, str) and _KOREAN.search(cell)}
    found = ((text, english(text, names)) for text in sorted(texts))
    return {text: word for text, word in found if word is not None}


def _joined(text: str, names: Mapping[str, str], pattern: str) -> str | None:
    found = _part(text, names)
    return None if found is None else pattern.format(found)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    words: dict[str, str] = document("english.yaml")
    return {m.ko: m.en for m in METRICS.values()} | words
