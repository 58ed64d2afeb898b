"""How a value sounds: a figure of the city data as one short sentence in Korean and English. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from actions.korean import object_, topic
from assistant.ports import Answer
from display_bridge.views import SpokenValue


@dataclass(frozen=True, slots=True)
class _Unit:
    """How a unit is said. before: comes before the number ("시속"). scale: the written unit's own factor (억, 만)."""

    after: str
    english: str
    before: str = ""
    scale: int = 1


# Keys are NFKC, so that ㎍/㎥, µg/m³ and μg/m3 are one unit.
_UNITS = {
    "%": _Unit("퍼센트", "%"),
    "°C": _Unit("도", "°C"),
    "μg/m3": _Unit("마이크로그램", "µg/m³"),
    "mg/L": _Unit("밀리그램", "mg/L", "리터당 "),
    "ppm": _Unit("피피엠", "ppm"),
    "ppb": _Unit("피피비", "ppb"),
    "NTU": _Unit("엔티유", "NTU"),
    "TOE": _Unit("석유환산톤", "TOE"),
    "gal": _Unit("갈", "gal"),
    "km/h": _Unit("킬로미터", "km/h", "시속 "),
    "m/s": _Unit("미터", "m/s", "초속 "),
    "mm/h": _Unit("밀리미터", "mm/h", "시간당 "),
    "명/h": _Unit("명", "people an hour", "시간당 "),
    "회/h": _Unit("회", "times an hour", "시간당 "),
    "km": _Unit("킬로미터", "km"),
    "m": _Unit("미터", "m"),
    "cm": _Unit("센티미터", "cm"),
    "mm": _Unit("밀리미터", "mm"),
    "kg": _Unit("킬로그램", "kg"),
    "km2": _Unit("제곱킬로미터", "km²"),
    "m2": _Unit("제곱미터", "m²"),
    "m3": _Unit("세제곱미터", "m³"),
    "만m3": _Unit("세제곱미터", "m³", scale=10_000),
    "만톤": _Unit("톤", "t", scale=10_000),
    "억원": _Unit("원", "won", scale=100_000_000),
    "원": _Unit("원", "won"),
    "백만달러": _Unit("달러", "dollars", scale=1_000_000),
    "명": _Unit("명", "people"),
    "가구": _Unit("가구", "households"),
    "개 도시": _Unit("개 도시", "cities"),
    "점": _Unit("점", "points"),
    "쪽": _Unit("쪽", "pages"),
    "": _Unit("", ""),
    # Korean counters that English does without; the label says what is counted.
    **{c: _Unit(c, "") for c in ("건", "곳", "개소", "대", "개", "개사", "개교", "개동", "호", "종", "편성", "면")},
    **{c: _Unit(c, "") for c in ("기", "위", "회", "권", "편", "그루")},
}
_GRADES = {
    "good": ("좋음", "good"),
    "moderate": ("보통", "moderate"),
    "bad": ("나쁨", "bad"),
    "very_bad": ("매우 나쁨", "very bad"),
}
_SIMULATED_KO, _SIMULATED_EN = " 모의 데이터입니다.", " (simulated data)"
_MYRIADS = ((1_000_000_000_000, "조"), (100_000_000, "억"), (10_000, "만"))
_SHORT = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def spoken_number(value: float) -> str:
    """A number of zero or more as people say it: digits without needless decimals, 만, 억 and 조 from ten thousand on.

    The two largest groups are said, the rest is rounded away with 약: the screen has every digit.
    """
    near = round(value, 3 if value < 1 else 1)
    if near < 10_000:
        return f"{near:.3f}".rstrip("0").rstrip(".")
    whole = round(value)
    # The step of the second group: below it nothing is said. Under a million every digit is.
    step = 1 if whole < 1_000_000 else 10_000 if whole < 1_000_000_000_000 else 100_000_000
    kept = round(whole / step) * step
    parts, rest = [], kept
    for size, name in _MYRIADS:
        group, rest = divmod(rest, size)
        if group:
            parts.append(f"{group}{name}")
    if rest:
        parts.append(str(rest))
    return ("" if kept == whole else "약 ") + " ".join(parts)


def sentence(value: SpokenValue, *, warn: bool = True) -> Answer:
    """As in "강남구 미세먼지는 42마이크로그램, 보통입니다." A panel without one figure says what it shows.

    warn: add that the data is simulated, where it is.
    """
    tail_ko, tail_en = (_SIMULATED_KO, _SIMULATED_EN) if value.simulated and warn else ("", "")
    if value.value is None:
        return Answer(_look(value.text_ko or value.label_ko) + tail_ko, f"{value.label_en}: see the screen.{tail_en}")
    place = value.place or "서울"
    what = value.label_ko if place in value.label_ko else f"{place} {value.label_ko}"
    grade_ko, grade_en = _GRADES.get(value.grade or "", ("", ""))
    figure_ko, figure_en = value.text_ko or figure(value.value, value.unit), english_figure(value.value, value.unit)
    ko = f"{topic(what)} {figure_ko}" + (f", {grade_ko}입니다." if grade_ko else "입니다.")
    en = f"{value.label_en}, {'Seoul' if place == '서울' else place}: {figure_en}" + (
        f", {grade_en}." if grade_en else "."
    )
    return Answer(ko + tail_ko, en + tail_en)


def figure(value: float, unit: str) -> str:
    """A number with its unit, said in Korean: "시속 24.5킬로미터", "영하 7.5도", "45조 6000억 원"."""
    said = _unit(unit)
    number = spoken_number(abs(value) * said.scale)
    if value < 0 and number != "0":
        number = ("영하 " if said.after == "도" else "마이너스 ") + number
    gap = " " if said.after and not number[-1].isdigit() else ""
    return f"{said.before}{number}{gap}{said.after}"


def english_figure(value: float, unit: str) -> str:
    """A number with its unit, written in English: "24.5 km/h", "45.6 trillion won"."""
    said = _unit(unit)
    amount, word = value * said.scale, ""
    for size, name in _SHORT:
        if abs(amount) >= size:
            amount, word = amount / size, f" {name}"
            break
    number = f"{round(amount, 3 if abs(amount) < 1 else 2):,.3f}".rstrip("0").rstrip(".")
    gap = "" if said.english in ("%", "") else " "
    return f"{'0' if number == '-0' else number}{word}{gap}{said.english}"


def _unit(unit: str) -> _Unit:
    return _UNITS.get(unicodedata.normalize("NFKC", unit)) or _Unit(unit, unit)


def _look(what: str) -> str:
    """What a panel without a figure shows; whole sentences stay as they are."""
    return what if what.endswith(".") else f"{object_(what)} 화면에서 보실 수 있습니다."
