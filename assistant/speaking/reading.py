"""Written Korean -> the words that are said: numbers with their counters, units, signs, Latin letters. Pure.

Numbers before a native counter are native up to twenty (세 곳, 열두 대, 스무 명) and Sino-Korean from there on (이십일
명), as newsreaders say them; hours are native to twelve, ages to ninety-nine, everything measured is Sino-Korean.
"""

from __future__ import annotations

import re
import unicodedata

from content_registry.spoken import spoken_forms

_DIGITS = "영일이삼사오육칠팔구"
_POWERS = ((1000, "천"), (100, "백"), (10, "십"), (1, ""))
_MYRIADS = ("", "만", "억", "조", "경")
_NATIVE_ONES = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_COUNTERS = "개동 개교 개사 개소 개 곳 대 명 건 기 면 종 편성 편 권 그루 가구 가지 마리 시간 달 번째 척 채 잔"
_NATIVE = {**dict.fromkeys(_COUNTERS.split(), 20), "시": 12, "살": 99}
"""Counter -> the largest number said in native words before it."""
_SINO_AFTER_ALL = re.compile(
    r"개(?:월|년)|시(?:속|간)?당|대(?= ?(?:핵심|분야|과제|전략|권역|사업|궁|도시))|명절|기(?:가|압)|건물|곳간"
)
# fmt: off
_SIGNS = {
    "%": "퍼센트", "°C": "도", "μg/m3": "마이크로그램", "mg/L": "밀리그램 퍼 리터", "km/h": "킬로미터", "m/s": "미터",
    "km2": "제곱킬로미터", "m2": "제곱미터", "m3": "세제곱미터", "km": "킬로미터", "cm": "센티미터", "mm": "밀리미터",
    "kg": "킬로그램", "mg": "밀리그램", "ppm": "피피엠", "ppb": "피피비", "m": "미터", "g": "그램", "t": "톤",
    "L": "리터",
}
_LETTER_NAMES = (
    "에이 비 씨 디 이 에프 지 에이치 아이 제이 케이 엘 엠 엔 오 피 큐 알 에스 티 유 브이 더블유 엑스 와이 제트"
)
_LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _LETTER_NAMES.split(), strict=True))
_WORDS = {
    "seoul": "서울", "wi-fi": "와이파이", "wifi": "와이파이", "app": "앱", "web": "웹", "online": "온라인",
    "bus": "버스", "top": "탑", "tv": "티비",
}
# fmt: on
_NAMES = {"7017": "칠공일칠", "119": "일일구", "112": "일일이", "120": "일이공", "121": "백이십일"}
"""Numbers that are names; those with a counter behind them are numbers like any other."""
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_AMOUNT = re.compile(
    rf"(?P<sign>(?<![\w가-힣.])[-−]\s?)?(?P<number>(?:(?:{_NUMBER})\s?[조억만]\s?)*(?:{_NUMBER})?)"
    r"(?P<gap>\s?)(?P<sign_after>%|°C|μg/m3|mg/L|km/h|km2|km|cm|mm|kg|mg|m/s|m2|m3|ppm|ppb|[mgtL](?![A-Za-z]))?"
)
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?!\d)")
_RANGE = re.compile(rf"({_NUMBER})\s?[~∼〜–-]\s?(?={_NUMBER})")
_PHONE = re.compile(r"(?<!\d)(0\d{1,2}-\d{3,4}(?:-\d{4})?)(?!\d)")
_LATIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9&.+-]*[A-Za-z0-9+])?")
_COUNTER = re.compile(rf"\s?(?P<counter>{'|'.join(sorted(_NATIVE, key=len, reverse=True))})")
_MONTHS = {6: "유", 10: "시"}


def sino(value: int) -> str:
    """A whole number of zero or more in Sino-Korean words, a space between the groups of ten thousand."""
    if value == 0:
        return _DIGITS[0]
    groups: list[str] = []
    place = 0
    while value:
        value, low = divmod(value, 10_000)
        if place >= len(_MYRIADS):
            groups.append(sino(value * 10_000 + low))
            break
        if low:
            word = "" if low == 1 and place == 1 and not value else _below_myriad(low)
            groups.append(word + _MYRIADS[place])
        place += 1
    return " ".join(reversed(groups))


def native(value: int) -> str:
    """A number of 1 to 99 in native words as it stands before a counter: 한, 열두, 스무, 스물한."""
    if not 1 <= value <= 99:
        raise ValueError("native numbers are 1 to 99")
    tens, ones = divmod(value, 10)
    return "스무" if value == 20 else _NATIVE_TENS[tens] + _NATIVE_ONES[ones]


def digits(text: str) -> str:
    """Digit by digit, as after a decimal point."""
    return "".join(_DIGITS[int(d)] for d in text)


def read(text: str) -> str:
    """The sentence in Hangul with its punctuation: nothing else is left in it."""
    text = unicodedata.normalize("NFKC", text).replace("µ", "μ").replace("℃", "°C")
    text = _PHONE.sub(lambda found: " ".join(digits(p).replace("영", "공") for p in found[1].split("-")), text)
    text = _CLOCK.sub(
        lambda found: f"{int(found[1])}시 {int(found[2])}분" if int(found[2]) else f"{int(found[1])}시", text
    )
    text = _RANGE.sub(lambda found: _groups(found[1]) + "에서 ", text)
    text = _LATIN.sub(_latin, _with_units(text))
    text = _numbers(text)
    text = re.sub(r"[^가-힣.,!?…\s]+", " ", text.replace("&", " 앤 ").replace("+", " 플러스 "))
    text = re.sub(r"\s+([.,!?…])", r"\1", text)
    return " ".join(text.split())


def _with_units(text: str) -> str:
    """Signs of measures behind a number, in words, so that they are not read as letters."""

    def say(found: re.Match[str]) -> str:
        sign = found["sign_after"]
        if not found["number"] or not sign:
            return found.group()
        before = {"km/h": "시속 ", "m/s": "초속 "}.get(sign, "")
        return f"{before}{found['sign'] or ''}{found['number']}{_SIGNS[sign]}"

    return _AMOUNT.sub(say, text)


def _latin(found: re.Match[str]) -> str:
    word = found.group()
    known = spoken_forms(word)
    if known:
        return known[0]
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    pieces = re.findall(r"[A-Za-z]|\d+|&|\+", word)
    return "".join(_LETTERS[p.upper()] if p.isalpha() else {"&": "앤", "+": "플러스"}.get(p) or f" {p}" for p in pieces)


def _numbers(text: str) -> str:
    out: list[str] = []
    at = 0
    for found in _AMOUNT.finditer(text):
        number = found["number"].strip()
        if not number or found.start() < at:
            continue
        end = found.start("number") + len(found["number"].rstrip())
        said, used = _say(number, text[end:])
        if out or found.start():
            out.append(text[at : found.start()])
        out.append(("마이너스 " if found["sign"] else "") + said)
        at = end + used
    return "".join([*out, text[at:]])


def _say(number: str, rest: str) -> tuple[str, int]:
    """What is said for a number before `rest`, and how much of the rest is said with it."""
    if number in _NAMES and not _COUNTER.match(rest):
        return _NAMES[number], 0
    plain = re.fullmatch(r"[\d,]+", number)
    if plain:
        value = int(number.replace(",", ""))
        counter = _COUNTER.match(rest)
        if counter and not _SINO_AFTER_ALL.match(rest.lstrip()) and 1 <= value <= _NATIVE[counter["counter"]]:
            first = counter["counter"] == "번째" and value == 1
            return ("첫" if first else native(value)) + " " + counter["counter"], counter.end()
        if rest.startswith("월") and value in _MONTHS:
            return _MONTHS[value], 0
    gap = " " if rest[:1] and "가" <= rest[0] <= "힣" and rest[0] not in "월" else ""
    return _groups(number) + gap, 0


def _groups(number: str) -> str:
    """ "3만 1618", "45조 6000억", "1,234.5": every part is Sino-Korean."""
    said = []
    for amount, size in re.findall(rf"({_NUMBER})\s?([조억만])?", number):
        whole, _, decimals = amount.replace(",", "").partition(".")
        if len(whole) > 1 and whole[0] == "0":
            said.append(digits(whole).replace("영", "공"))
            continue
        word = sino(int(whole)) + (f"쩜{digits(decimals)}" if decimals else "")
        said.append(("" if word == "일" and size == "만" and not said else word) + size)
    return " ".join(said)


def _below_myriad(value: int) -> str:
    said = ""
    for power, name in _POWERS:
        digit, value = divmod(value, power)
        if digit:
            said += ("" if digit == 1 and power > 1 else _DIGITS[digit]) + name
    return said
