"""Simulated events: alerts, dispatches, road incidents, earthquakes and the calendar of conferences."""

from __future__ import annotations

from datetime import datetime, timedelta

from assistant.contracts import BadInput
from display_bridge.city_data.files import document
from display_bridge.city_data.geography import DISTRICTS
from display_bridge.city_data.metrics import KST, city_value
from display_bridge.city_data.noise import pick, unit
from display_bridge.city_data.provider import Event, Step

_HALF_HOUR = 1800

_TEMPLATES: dict[str, tuple[tuple[str, str, int, str], ...]] = {
    "alerts": (
        ("안전", "건조주의보에 따른 화재 예방 안내", 35, "야외 불씨 취급에 주의해 주십시오."),
        ("안전", "도로 공사로 인한 우회 안내", 30, "해당 구간을 우회해 주십시오."),
        (
            "긴급",
            "상가 화재로 인한 연기 확산, 창문을 닫아 주십시오",
            72,
            "인근 주민은 창문을 닫고 외출을 삼가 주십시오.",
        ),
        ("안전", "한파 대비 수도 계량기 보온 안내", 28, "수도 계량기를 보온해 주십시오."),
        ("안전", "행사장 인파 밀집, 이동 시 주의", 45, "현장 안내에 따라 이동해 주십시오."),
        ("안전", "수도관 공사로 단수 예정", 33, "미리 물을 받아 두십시오."),
        ("긴급", "하천 산책로 통제, 출입 금지", 68, "하천 안으로 들어가지 마십시오."),
    ),
    "dispatch": (
        ("화재", "상가 건물 화재 신고", 75, "펌프차와 구급차 출동"),
        ("구급", "심정지 의심 환자 이송", 70, "구급차 2대 출동"),
        ("구조", "승강기 갇힘 구조", 45, "구조대 출동"),
        ("구급", "낙상 환자 이송", 40, "구급차 출동"),
        ("화재", "쓰레기 더미 화재", 50, "펌프차 출동"),
        ("구조", "교통사고 차량 구조", 60, "구조대·구급차 출동"),
        ("생활안전", "벌집 제거 요청", 20, "생활안전대 출동"),
    ),
    "road-incident": (
        ("사고", "승용차 추돌, 2차로 통제", 55, "약 40분 뒤 해제 예정"),
        ("공사", "도로 포장 공사, 하위 차로 통제", 35, "오늘 18시 해제 예정"),
        ("고장", "고장 차량, 갓길 정차", 30, "견인 중"),
        ("행사", "마라톤 행사, 전 차로 통제", 50, "행사 종료 뒤 해제"),
        ("집회", "집회로 인한 부분 통제", 45, "우회 안내 중"),
        ("공사", "상수도관 공사, 1차로 통제", 35, "내일 05시 해제 예정"),
    ),
}
_ODDS = {"alerts": 0.16, "dispatch": 0.8, "road-incident": 0.55}
_STATES = {
    "alerts": ("발송", "상황 관리", "해제"),
    "dispatch": ("출동 중", "현장 활동", "상황 종료"),
    "road-incident": ("통제 중", "통제 중", "해제"),
}
_COURSE: dict[str, tuple[tuple[int, str, str], ...]] = {
    "안전": (
        (0, "안전안내문자 발송", "Advisory sent"),
        (900, "현장 점검과 안내 방송", "On-site checks and announcements"),
    ),
    "긴급": (
        (0, "신고 접수", "Reported"),
        (90, "관할 기관 출동", "Crews dispatched"),
        (300, "긴급재난문자 발송", "Emergency message sent"),
        (480, "현장 도착, 통제선 설치", "Crews on site, area cordoned off"),
        (1500, "확산 차단", "Under control"),
    ),
    "dispatch": (
        (0, "119 신고 접수", "119 call received"),
        (60, "출동 지령", "Crews dispatched"),
        (420, "현장 도착", "Crews on site"),
        (1500, "현장 활동", "Working on site"),
    ),
    "road-incident": ((0, "돌발 상황 접수", "Reported"), (600, "현장 조치", "Crews on site")),
}
"""How an event goes on: seconds after its beginning, by its kind or, for alerts, by its level."""
_ENDS_S = 5400
_ROADS = ("올림픽대로", "강변북로", "내부순환로", "동부간선도로", "강남대로", "테헤란로", "종로", "통일로", "천호대로")


def events(kind: str, slot: int, seed: int) -> tuple[Event, ...]:
    """Events of a kind up to the slot, newest first. Raises BadInput for an unknown kind."""
    if kind == "conferences":
        return _conferences(slot)
    if kind == "earthquakes":
        return _earthquakes(slot, seed)
    if kind not in _TEMPLATES:
        raise BadInput("unknown-kind", f"there are no events of kind {kind!r}")
    result = [e for back in range(96) if (e := _at(kind, slot // _HALF_HOUR - back, slot, seed)) is not None]
    if kind == "alerts" and city_value("rain", slot, seed) > 6:
        at = datetime.fromtimestamp(slot - slot % _HALF_HOUR, KST)
        result.append(Event(at, "호우주의보 발효, 하천 접근 금지", "긴급", "서울 전역", "발효 중", 88))
        result.sort(key=lambda event: event.at, reverse=True)
    return tuple(result[:12])


def _at(kind: str, index: int, slot: int, seed: int) -> Event | None:
    """The event of one half hour, if there was one."""
    if unit(kind, index, seed, "any") > _ODDS[kind]:
        return None
    level, title, severity, detail = _TEMPLATES[kind][int(unit(kind, index, seed, "what") * len(_TEMPLATES[kind]))]
    district = DISTRICTS[int(unit(kind, index, seed, "where") * len(DISTRICTS))]
    start = index * _HALF_HOUR + int(pick(0, 20, kind, index, seed)) * 60
    if start > slot:
        return None
    age = slot - start
    state = _STATES[kind][0 if age < 1500 else 1 if age < _ENDS_S else 2]
    area = district.ko
    if kind == "road-incident":
        title = f"{_ROADS[int(unit(kind, index, seed, 'road') * len(_ROADS))]} {title}"
    return Event(
        datetime.fromtimestamp(start, KST),
        title,
        level,
        area,
        state,
        severity if age < _ENDS_S else max(5, severity // 3),
        detail,
        round(district.lon + pick(-0.015, 0.015, kind, index, "x"), 4),
        round(district.lat + pick(-0.012, 0.012, kind, index, "y"), 4),
        steps=_course(kind, level, start, slot, state, (kind, index, seed)),
    )


def _course(kind: str, level: str, start: int, slot: int, state: str, key: tuple[str, int, int]) -> tuple[Step, ...]:
    """What has happened of an event until the slot, oldest first; each step up to a minute late, always the same."""
    course = _COURSE[level if kind == "alerts" else kind]
    late = [int(pick(0, 60, *key, "late", n)) if after else 0 for n, (after, _, _) in enumerate(course)]
    steps = [(start + after + more, ko, en) for (after, ko, en), more in zip(course, late, strict=True)]
    if slot - start >= _ENDS_S:
        steps.append((start + _ENDS_S, state, "Over"))
    return tuple(Step(datetime.fromtimestamp(at, KST), ko, en) for at, ko, en in steps if at <= slot)


def _earthquakes(slot: int, seed: int) -> tuple[Event, ...]:
    day = slot // 86400
    result = []
    for back in range(0, 60, 7):
        index = day - back - day % 7
        if index > day:
            continue
        size = round(pick(2.0, 3.1, "quake", index, seed), 1)
        at = datetime.fromtimestamp(index * 86400 + int(pick(0, 43200, "quake-t", index, seed)), KST)
        if at.timestamp() > slot:
            continue
        km = round(pick(60, 280, "quake-km", index, seed))
        result.append(
            Event(at, f"규모 {size} 지진 (서울에서 약 {km}㎞)", f"규모 {size}", "국내", "서울 진도 Ⅰ", int(size * 10))
        )
    return tuple(result)


def _conferences(slot: int) -> tuple[Event, ...]:
    now = datetime.fromtimestamp(slot, KST)
    month = now.replace(day=15, hour=10, minute=0, second=0)
    result = []
    for title, offset, detail in document("tables.yaml")["conferences"]:
        at = month + timedelta(days=round(30.44 * offset))
        state = "개최 완료" if at < now else "예정"
        result.append(Event(at, title, "국제회의", "서울", state, 0, detail))
    return tuple(sorted(result, key=lambda e: e.at))
