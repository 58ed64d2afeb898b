"""How names with Latin letters, digits and signs are said in Korean: "CCTV" is heard and written as "씨씨티비".

Every abbreviation and number has forms by rule; `_SPECIAL` holds those that are said otherwise. English words have
none: a name that holds one is not asked for in Korean.
"""

from __future__ import annotations

import itertools
import re

# fmt: off
_LETTERS = {
    "A": "에이", "B": "비", "C": "씨", "D": "디", "E": "이", "F": "에프", "G": "지", "H": "에이치", "I": "아이",
    "J": "제이", "K": "케이", "L": "엘", "M": "엠", "N": "엔", "O": "오", "P": "피", "Q": "큐", "R": "알",
    "S": "에스", "T": "티", "U": "유", "V": "브이", "W": "더블유", "X": "엑스", "Y": "와이", "Z": "제트",
}
# fmt: on
_SPECIAL: dict[str, tuple[str, ...]] = {
    "CCTV": ("씨씨티비", "시시티비", "씨씨티브이", "시시티브이"),
    "TV": ("티비", "티브이"),
    "R&D": ("알앤디", "알엔디"),
    "C40": ("씨포티", "씨사십"),
    "NO2": ("엔오투", "엔오이"),
    "SO2": ("에스오투", "에스오이"),
    "CO2": ("씨오투", "시오투"),
    "O3": ("오쓰리", "오삼"),
    "PM10": ("피엠 텐", "피엠 십"),
    "PM 10": ("피엠 텐", "피엠 십"),
    "PM2.5": ("피엠 이점오", "피엠 이쩜오", "피엠 이 점 오"),
    "PM 2.5": ("피엠 이점오", "피엠 이쩜오", "피엠 이 점 오"),
    "IoT": ("아이오티",),
    "QR": ("큐알",),
    "SOC": ("에스오씨",),
    "ppm": ("피피엠",),
    "ppb": ("피피비",),
    "km": ("킬로미터", "킬로"),
    "kg": ("킬로그램", "킬로"),
    "㎍/㎥": ("마이크로그램",),
    "µg/m³": ("마이크로그램",),
    "m": ("미터",),
    "mm": ("밀리미터", "밀리"),
    "℃": ("도",),
    "°C": ("도",),
    "%": ("퍼센트", "프로"),
    "+": ("플러스",),
    "&": ("앤",),
}
_DIGITS = "영일이삼사오육칠팔구"
_POWERS = ("", "십", "백", "천")
_NATIVE = ("", "한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉")
_NATIVE_TENS = ("", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔")
_COUNTED = re.compile("(?:개(?![소월년])|명|곳|번|살|시(?!간)|시간|권|척)")
"""Counters that take 한, 두, 세; read the other way too ("오개")."""
_LONGEST_ABBREVIATION = 5
_MOST_FORMS = 24

_PART = re.compile(
    # A run of letters or digits is one word: "120" is not in "1200", "PM" not in "PMX", "AI" not in "AIR quality".
    "(?P<special>(?<![A-Za-z])(?:"
    + "|".join(re.escape(form) for form in sorted(_SPECIAL, key=len, reverse=True) if form[0].isalnum())
    + r")(?![A-Za-z0-9])|"
    + "|".join(re.escape(form) for form in sorted(_SPECIAL, key=len, reverse=True) if not form[0].isalnum())
    + f")|(?P<letters>(?<![A-Za-z])[A-Z]{{1,{_LONGEST_ABBREVIATION}}}(?![A-Za-z]))"
    + r"|(?P<number>(?<![0-9])[0-9]{1,8}(?:\.[0-9]{1,3})?(?![0-9]))"
)


def say_number(digits: str) -> str:
    """A whole number below 10^8 as it is read: "120" is "백이십", "10000" is "만". Longer ones digit by digit."""
    if len(digits) > 8 or (len(digits) > 1 and digits[0] == "0"):
        return "".join(_DIGITS[int(d)] for d in digits)
    value = int(digits)
    if value == 0:
        return _DIGITS[0]
    high, low = divmod(value, 10_000)
    return (("만" if high == 1 else _below_10000(high) + "만") if high else "") + _below_10000(low)


def say_letter(letter: str) -> str | None:
    """The name of a Latin letter: "씨" for c; None for any other sign."""
    return _LETTERS.get(letter.upper())


def spoken_forms(name: str) -> tuple[str, ...]:
    """The ways a name is said, most usual first, in Hangul alone: empty for a name of Hangul, and for English words.

    "119 출동" gives ("일일구 출동", "백십구 출동"), "C40" gives ("씨포티", "씨사십").
    """
    choices: list[tuple[str, ...]] = []
    at = 0
    for found in _PART.finditer(name):
        choices += [(name[at : found.start()],), _forms(found, name[found.end() :])]
        at = found.end()
    if not choices:
        return ()
    choices.append((name[at:],))
    ways = ("".join(way) for way in itertools.product(*choices))
    return tuple(dict.fromkeys(w for w in itertools.islice(ways, _MOST_FORMS) if is_sayable(w)))


def is_sayable(name: str) -> bool:
    """Whether a Korean recogniser can be asked for it: no Latin letter and no digit is left."""
    return not re.search(r"[A-Za-z0-9]", name)


def _forms(found: re.Match[str], after: str) -> tuple[str, ...]:
    text = found.group()
    if found["special"]:
        return _SPECIAL[text]
    if found["letters"]:
        usual = "".join(_LETTERS[letter] for letter in text)
        return tuple(dict.fromkeys((usual, usual.replace("씨", "시"))))
    whole, _, fraction = text.partition(".")
    if fraction:
        digits = "".join(_DIGITS[int(d)] for d in fraction)
        return tuple(f"{say_number(whole)}{point}{digits}" for point in ("점 ", "점", "쩜"))
    read = say_number(whole)
    if len(whole) in (3, 4) and not whole.endswith("00"):  # telephone and route numbers: digit by digit, 공 for 0
        return tuple(dict.fromkeys((_one_by_one(whole), read)))
    if _COUNTED.match(after) and 0 < int(whole) < 100:
        return (_native(int(whole)), read)
    return (read,)


def _one_by_one(digits: str) -> str:
    return "".join("공" if d == "0" else _DIGITS[int(d)] for d in digits)


def _native(value: int) -> str:
    tens, ones = divmod(value, 10)
    return "스무" if value == 20 else _NATIVE_TENS[tens] + _NATIVE[ones]


def _below_10000(value: int) -> str:
    said = ""
    for power in (3, 2, 1, 0):
        digit = value // 10**power % 10
        if digit:
            said += (_DIGITS[digit] if digit > 1 or power == 0 else "") + _POWERS[power]
    return said
