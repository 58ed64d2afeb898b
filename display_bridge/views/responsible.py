"""Whose an incident is: the department that answers for this kind of event, by its words. The order of the rows says
what goes first where a text names two."""

from __future__ import annotations

from content_registry.schema import Department
from display_bridge.city_data.provider import Event

_BY_HAZARD: tuple[tuple[tuple[str, ...], str], ...] = (
    (("화재", "산불", "연기", "폭발", "구조", "붕괴", "가스 누출"), "fire"),
    (("호우", "하천", "침수", "홍수", "수위", "폭우", "빗물"), "water-cycle"),
    (("단수", "수도관", "수도 계량기", "수돗물"), "arisu"),
    (("미세먼지", "초미세먼지", "황사", "오존"), "climate"),
    (("감염", "식중독", "코로나", "독감", "전염"), "health"),
    (("지하철", "열차", "버스", "운행 중단", "운행중단"), "transport"),
)
"""Words of a title -> a department of the registry. The rest stays with the department that owns the panel: 안전총괄실
coordinates what is nobody else's."""


def responsible(kind: str, event: Event) -> str | None:
    """The id of the department that answers for an event; None: the panel's own. Every 119 dispatch is the fire
    service's."""
    if kind == "dispatch":
        return "fire"
    return next((department for words, department in _BY_HAZARD if any(word in event.title_ko for word in words)), None)


def named(department: Department) -> dict[str, str]:
    """A department as screens name it."""
    return {"id": department.id, "name_ko": department.name_ko, "name_en": department.name_en}
