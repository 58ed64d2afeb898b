"""How a value sounds: a figure of the city data as one short sentence in Korean and English. Pure."""

from __future__ import annotations

from actions.korean import topic
from assistant.ports import Answer
from display_bridge.views import SpokenValue

_SPOKEN_UNITS = {
    "㎍/㎥": "마이크로그램",
    "µg/m³": "마이크로그램",
    "μg/m³": "마이크로그램",
    "ppm": "피피엠",
    "℃": "도",
    "°C": "도",
    "%": "퍼센트",
    "km/h": "킬로미터",
    "m/s": "미터",
    "mm": "밀리미터",
    "cm": "센티미터",
    "mg/L": "밀리그램",
    "NTU": "엔티유",
    "km": "킬로미터",
    "㎢": "제곱킬로미터",
    "㎡": "제곱미터",
}
_GRADES = {
    "good": ("좋음", "good"),
    "moderate": ("보통", "moderate"),
    "bad": ("나쁨", "bad"),
    "very_bad": ("매우 나쁨", "very bad"),
}
_SIMULATED_KO, _SIMULATED_EN = " 모의 데이터입니다.", " (simulated data)"


def spoken_number(value: float) -> str:
    """Digits without needless decimals; from ten thousand on in 만 and 억, as people say them."""
    if value < 0:
        return "영하 " + spoken_number(-value) if value > -60 else "마이너스 " + spoken_number(-value)
    if value < 10_000:
        text = f"{value:.3f}" if value < 1 else f"{value:.1f}"
        return text.rstrip("0").rstrip(".") or "0"
    whole = round(value)
    eok, rest = divmod(whole, 100_000_000)
    man, ones = divmod(rest, 10_000)
    # Beyond a million the ones are noise to an ear; the screen shows them.
    ones = ones if whole < 1_000_000 else 0
    parts = [f"{eok}억" if eok else "", f"{man}만" if man else "", str(ones) if ones else ""]
    return " ".join(p for p in parts if p)


def sentence(value: SpokenValue, *, warn: bool = True) -> Answer:
    """As in "강남구 미세먼지는 42마이크로그램, 보통입니다." A panel without one figure says what it shows.

    warn: add that the data is simulated, where it is.
    """
    place = value.place or "서울"
    tail_ko, tail_en = (_SIMULATED_KO, _SIMULATED_EN) if value.simulated and warn else ("", "")
    if value.value is None or value.text_ko:
        text = value.text_ko or f"{topic(value.label_ko)} 화면에서 보실 수 있습니다."
        return Answer(text + tail_ko, f"{value.label_en}: see the screen.{tail_en}")
    unit = _SPOKEN_UNITS.get(value.unit, value.unit)
    number = spoken_number(value.value)
    figure = (number if value.unit in ("℃", "°C") else number.replace("영하", "마이너스")) + unit
    grade_ko, grade_en = _GRADES.get(value.grade or "", ("", ""))
    ko = f"{place} {topic(value.label_ko)} {figure}" + (f", {grade_ko}입니다." if grade_ko else "입니다.")
    en = f"{value.label_en}, {place}: {value.value:g} {value.unit}" + (f", {grade_en}." if grade_en else ".")
    return Answer(ko + tail_ko, en + tail_en)
