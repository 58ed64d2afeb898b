"""A figure with its unit as people say it, in Korean and in English. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit is said. before: comes before the number ("시속"). scale: the written unit's own factor (억, 만).

    one, many: the English words. counts: it counts things, so that more of them is 많다 not 높다. more: its verb.
    """

    after: str
    one: str
    many: str
    before: str = ""
    scale: int = 1
    counts: bool = False
    more: str = ""


def _counter(after: str, one: str = "", many: str = "", scale: int = 1, before: str = "") -> Unit:
    return Unit(after, one, many, before, scale, counts=True)


def _same(after: str, word: str, before: str = "") -> Unit:
    return Unit(after, word, word, before)


# Keys are NFKC, so that ㎍/㎥, µg/m³ and μg/m3 are one unit.
_UNITS = {
    "%": _same("퍼센트", "percent"),
    "°C": Unit("도", "degree", "degrees"),
    "μg/m3": Unit("마이크로그램", "microgram per cubic metre", "micrograms per cubic metre"),
    "mg/L": Unit("밀리그램", "milligram per litre", "milligrams per litre", "리터당 "),
    "ppm": _same("피피엠", "parts per million"),
    "ppb": _same("피피비", "parts per billion"),
    "NTU": _same("엔티유", "NTU"),
    "TOE": Unit("석유환산톤", "ton of oil equivalent", "tons of oil equivalent"),
    "gal": _same("갈", "gal"),
    "km/h": Unit("킬로미터", "kilometre an hour", "kilometres an hour", "시속 ", more="빠릅니다"),
    "m/s": Unit("미터", "metre a second", "metres a second", "초속 ", more="강합니다"),
    "mm/h": Unit("밀리미터", "millimetre an hour", "millimetres an hour", "시간당 ", more="많습니다"),
    "명/h": _counter("명", "person an hour", "people an hour", before="시간당 "),
    "회/h": _counter("회", "time an hour", "times an hour", before="시간당 "),
    "km": Unit("킬로미터", "kilometre", "kilometres", more="깁니다"),
    "m": Unit("미터", "metre", "metres"),
    "cm": Unit("센티미터", "centimetre", "centimetres", more="많습니다"),
    "mm": Unit("밀리미터", "millimetre", "millimetres", more="많습니다"),
    "kg": Unit("킬로그램", "kilogram", "kilograms"),
    "km2": Unit("제곱킬로미터", "square kilometre", "square kilometres", more="넓습니다"),
    "m2": Unit("제곱미터", "square metre", "square metres", more="넓습니다"),
    "m3": _counter("세제곱미터", "cubic metre", "cubic metres"),
    "만m3": _counter("세제곱미터", "cubic metre", "cubic metres", scale=10_000),
    "만톤": _counter("톤", "ton", "tons", scale=10_000),
    "억원": _counter("원", "won", "won", scale=100_000_000),
    "원": _counter("원", "won", "won"),
    "백만달러": _counter("달러", "dollar", "dollars", scale=1_000_000),
    "명": _counter("명", "person", "people"),
    "가구": _counter("가구", "household", "households"),
    "개 도시": _counter("개 도시", "city", "cities"),
    "점": Unit("점", "point", "points"),
    "쪽": _counter("쪽", "page", "pages"),
    "": Unit("", "", ""),
    # Korean counters that English does without; the label says what is counted.
    **{c: _counter(c) for c in ("건", "곳", "개소", "대", "개", "개사", "개교", "개동", "호", "종", "편성", "면")},
    **{c: _counter(c) for c in ("기", "위", "회", "권", "편", "그루")},
}
_MYRIADS = ((1_000_000_000_000, "조"), (100_000_000, "억"), (10_000, "만"))
_SHORT = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))


def unit_of(unit: str) -> Unit:
    """How a written unit is said; an unknown one is said as it is written."""
    return _UNITS.get(unicodedata.normalize("NFKC", unit).replace("µ", "μ")) or _same(unit, unit)


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


def number_ko(value: float, unit: str) -> str:
    """The number alone, said in Korean: "24.5", "영하 7.5", "45조 6000억"."""
    said = unit_of(unit)
    number = spoken_number(abs(value) * said.scale)
    if value < 0 and number != "0":
        number = ("영하 " if said.after == "도" else "마이너스 ") + number
    return number


def figure_ko(value: float, unit: str) -> str:
    """A number with its unit, said in Korean: "시속 24.5킬로미터", "영하 7.5도", "45조 6000억 원"."""
    said, number = unit_of(unit), number_ko(value, unit)
    gap = " " if said.after and not number[-1].isdigit() else ""
    return f"{said.before}{number}{gap}{said.after}"


def figure_en(value: float, unit: str) -> str:
    """A number with its unit, said in English: "24.5 kilometres an hour", "45.6 trillion won"."""
    said = unit_of(unit)
    amount, size_word = value * said.scale, ""
    for size, name in _SHORT:
        if abs(amount) >= size:
            amount, size_word = amount / size, f" {name}"
            break
    number = f"{round(amount, 3 if abs(amount) < 1 else 2):,.3f}".rstrip("0").rstrip(".")
    if number.startswith("-"):
        number = "0" if number == "-0" else "minus " + number[1:]
    word = said.one if number == "1" and not size_word else said.many
    return f"{number}{size_word}{' ' if word else ''}{word}"
