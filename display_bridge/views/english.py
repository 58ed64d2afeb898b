"""The product's own words of a view in English: titles, subtitles, legends, headings. Names in the city's data stay."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from content_registry.schema import Registry
from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import METRICS

WORDS = frozenset(
    f"{field}_ko"
    for field in ("title", "subtitle", "label", "delta_label", "metric", "name", "state", "body", "reason", "empty",
                  "source")
)  # fmt: skip
"""Fields that may hold words of the product. One whose text is not known, as the name of a place, gets no English."""
_KOREAN = re.compile(r"[가-힣]")
_BY_DISTRICT, _HOURS, _HAPPENED = "자치구별 ", " 24시간 추이", re.compile(r"(\d+)시 기준")
_YEAR, _UNTIL = re.compile(r"(\d{4})년"), re.compile(r"(\d{4})년 (\d+)월까지")
_WITH_UNIT = re.compile(r"(.+)\((.+)\)")
_MORE = re.compile(r"(.+) 외 (\d+)")


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
    if year := _YEAR.fullmatch(text):
        return year[1]
    if until := _UNTIL.fullmatch(text):
        return f"until {until[1]}-{until[2]:0>2}"
    if hour := _HAPPENED.fullmatch(text):
        return f"as of {hour[1]}:00"
    if more := _MORE.fullmatch(text):
        return _joined(more[1], names, f"{{}} and {more[2]} more")
    if unit := _WITH_UNIT.fullmatch(text):
        inside = _part(unit[2], names)
        return None if inside is None else _joined(unit[1], names, f"{{}} ({inside})")
    return None


def _joined(text: str, names: Mapping[str, str], pattern: str) -> str | None:
    found = _part(text, names)
    return None if found is None else pattern.format(found)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    words: dict[str, str] = document("english.yaml")
    return {m.ko: m.en for m in METRICS.values()} | words
