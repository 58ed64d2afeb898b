# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""Times as people say them: "그저께 저녁", "3일 전", "지난주 월요일", "작년 3월", "오후 세 시". Pure.

A time is a stretch ("지난달"), a part of it ("15일") and hours ("오후 3시"), each of which may stand alone; one pattern
finds them, and what it found is turned into the code of a Period.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.contracts import Period
from assistant.contracts.periods import stretch_code
from assistant.understanding.forms import shows
from assistant.understanding.linear import Match, compiled

_DAYS_KO = {
    "하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "여드레": 8, "아흐레": 9, "열흘": 10, "보름": 15,
}  # fmt: skip
_NATIVE = {
    "한": 1, "두": 2, "세": 3, "석": 3, "네": 4, "넉": 4, "다섯": 5, "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10,
    "열한": 11, "열두": 12,
}  # fmt: skip
_EN_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10}
_SINO = "일이삼사오육칠팔구"
_WEEKDAY_OF = {"월": "mon", "화": "tue", "수": "wed", "목": "thu", "금": "fri", "토": "sat", "일": "sun"}
_UNITS = {
    "분": "minute", "시간": "hour", "일": "day", "날": "day", "주": "week", "주일": "week", "달": "month", "개월": "month", "년": "year", "해": "year",
}  # fmt: skip

_N = r"(?:\d{1,3}|[일이삼사오육칠팔구]?십[일이삼사오육칠팔구]?|[일이삼사오육칠팔구]|열한|열두|한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉|열)"
_AMOUNT = rf"(?:{_N} ?(?:분|시간|일|주일|주|달|개월|년|해)|{'|'.join(_DAYS_KO)}|반년|반나절)"
_AMOUNT_EN = r"(?:\d{1,3}|an?|one|two|three|four|five|six|seven|ten) (?:minute|hour|day|week|month|year)s?"
_STRETCHES: tuple[tuple[str, str], ...] = (
    (stretch_code("day", -3), r"그끄저께|그끄제|그그제"),
    ("day_before_yesterday", r"(?:the )?day before yesterday|엊?그저께|엊?그제|전전날"),
    ("yesterday", r"yesterday|어저께|어제|전일"),
    ("yesterday@21-24", r"last night|어젯밤|간밤|지난 ?밤"),
    ("yesterday@18-21", r"엊저녁"),
    ("day_after_tomorrow", r"(?:the )?day after tomorrow|(?:내일|낼) ?모레|모레"),
    ("tomorrow", r"tomorrow|내일|낼|명일|익일"),
    (stretch_code("day", 4), r"그글피"),
    (stretch_code("day", 3), r"글피"),
    ("today", r"오늘|금일|today"),
    (stretch_code("week", -2), r"the week before last|지지난 ?주|저저번 ?주"),
    ("last_week", r"last week|the past week|지난 ?한 ?주|지난 ?일주일|최근 ?일주일|지난 ?주|저번 ?주"),
    ("this_week", r"this week|이번 ?주|금주"),
    (stretch_code("week", 2), r"the week after next|다다음 ?주"),
    ("next_week", r"next week|다음 ?주|담 ?주|내주(?:에|에는|엔)"),
    (stretch_code("month", -2), r"지지난 ?달|저저번 ?달"),
    ("last_month", r"last month|the past month|지난 ?한 ?달|최근 ?한 ?달|지난 ?달|저번 ?달|전월"),
    ("this_month", r"this month|이번 ?달|이달|금월|당월"),
    (stretch_code("month", 2), r"다다음 ?달"),
    ("next_month", r"next month|다음 ?달|담 ?달|내달|익월"),
    (stretch_code("year", -2), r"the year before last|재작년|지지난 ?해|전전년도?"),
    ("last_year", r"last year|작년도?|지난 ?해|전년도?|저번 ?해|거년"),
    ("this_year", r"this year|올해|올 ?한 ?해|금년도?|이번 ?년도|올 해"),
    (stretch_code("year", 2), r"내후년|다다음 ?해"),
    ("next_year", r"next year|내년도?|다음 ?해|명년"),
)
_STRETCH_OF = tuple((code, re.compile(words, re.I)) for code, words in _STRETCHES)

_MONTH = r"(?:1[0-2]|[1-9]|십 ?일|십 ?이|[일이삼사오칠팔구]|유|시|육|십) ?월"
_DAY = r"(?:[12]\d|3[01]|[1-9]|(?:[이삼]?십)[일이삼사오육칠팔구]?|[일이삼사오육칠팔구]) ?일"
_WEEKDAY = r"[월화수목금토일]요일"
_YEAR = r"(?:(?:19|20)\d\d|2\d) ?년도?"
_SEASON = r"(?:상반기|하반기|[1-4일이삼사](?: ?/ ?4)? ?분기|봄|여름|가을|겨울)"
_HALF = r"(?:오전|오후|새벽|아침|점심|낮|저녁|밤)"
_HOUR = r"(?:1\d|2[0-4]|\d|열한|열두|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)"
_CLOCK = rf"(?:{_HALF} ?{_HOUR} ?시(?: ?반| ?\d{{1,2}} ?분)?|정오|자정|(?:1\d|2[0-4]|[1-9]) ?시(?: ?반)?)"
_EN_CLOCK = r"at (?:1[0-2]|[1-9])(?::\d\d)? ?(?:a\.?m\.?|p\.?m\.?)|(?:1[0-2]|[1-9]) (?:a\.m\.|p\.m\.|am|pm)"
_S = "(?:의|에|에는|들어)? ?"

_ANY_STRETCH = "|".join(words for _, words in _STRETCHES)
_ONE = (
    rf"(?P<past>(?:지난|최근|요|근) ?{_AMOUNT} ?(?:간|동안|새)?|{_AMOUNT} ?(?:간|동안)|(?:the )?(?:past|last) (?:\d{{1,3}}|two|three|four|five|six|seven|ten) (?:hour|day|week|month|year)s)"
    rf"|(?P<ago>{_AMOUNT} ?전)|(?P<ahead>{_AMOUNT} ?(?:후|뒤))|(?P<ago_en>{_AMOUNT_EN} ago)|(?P<ahead_en>in {_AMOUNT_EN})"
    rf"|(?P<week_day>(?:(?:지지난|지난|저저번|저번|이번|금|다다음|다음|담|내) ?주{_S}|{_N} ?주 ?전{_S})(?:{_WEEKDAY}|주말))"
    rf"|(?P<near_day>(?:지난|저번|요전|다음|담|오는|돌아오는|이번) ?(?:{_WEEKDAY}|주말)|(?:last|this|next) (?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:last|this|next) weekend)"
    rf"|(?P<near_season>(?:지난|저번|이번|다음|오는|돌아오는) ?(?:봄|여름|가을|겨울)|(?:last|this|next) (?:spring|summer|autumn|winter))"
    rf"|(?P<weekday>{_WEEKDAY}|on (?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    rf"|(?P<month_day>(?:지지난|지난|저번|이번|다음|전) ?달{_S}{_DAY})"
    rf"|(?P<year_part>(?:재작년도?|작년도?|지난 ?해|전년도?|올해|금년도?|올|내년도?|{_YEAR}){_S}(?:{_MONTH}{_S}{_DAY}|{_MONTH}|{_SEASON}))"
    rf"|(?P<date>{_MONTH}{_S}{_DAY})|(?P<month>{_MONTH})|(?P<season>상반기|하반기|[1-4](?: ?/ ?4)? ?분기)|(?P<year>(?:19|20)\d\d ?년도?)"
    rf"|(?P<stretch>{_ANY_STRETCH})"
)
_TIME = compiled(
    rf"(?i)(?:(?:{_ONE})(?:(?:에|의|하루|날)? ?(?P<at>{_CLOCK})| (?P<at_en>{_EN_CLOCK})|(?:의)? ?(?P<half>{_HALF})| (?P<half_en>morning|afternoon|evening|night))?"
    rf"|(?P<clock>{_CLOCK})|(?P<clock_en>{_EN_CLOCK})|(?P<bare_half>{_HALF})(?:에|에는|엔|부터)|(?P<this_half>this (?:morning|afternoon|evening)|tonight)|(?P<day>(?:[12]\d|3[01]|[1-9])일))(?:['’]s)?"
)
_KINDS = (
    "past", "ago", "ahead", "ago_en", "ahead_en", "week_day", "near_day", "near_season", "weekday", "month_day", "year_part", "date", "month", "season",
    "year", "stretch",
)  # fmt: skip
_HALVES = {
    "새벽": (0, 6), "아침": (6, 9), "오전": (6, 12), "점심": (11, 16), "낮": (11, 16), "오후": (12, 18), "저녁": (18, 21), "밤": (21, 24),
    "morning": (6, 12), "afternoon": (12, 18), "evening": (18, 21), "night": (21, 24), "tonight": (18, 24),
}  # fmt: skip
_AFTERNOON = frozenset({"오후", "저녁", "밤", "낮", "점심"})


@dataclass(frozen=True, slots=True)
class Said:
    """A time in a sentence: its code (None for "오늘", which is now) and where it stands."""

    period: Period | None
    start: int
    end: int
    bare: bool = False


_COMPARED = re.compile(r" ?(?:보다|대비|에 ?비해|(?:하고|이랑|랑|와|과) ?비교|마다)")
"""What makes a time one that now is held against ("어제보다"), or every such day."""
_DESCRIBES = re.compile(r"(?:에|에는|엔) ?[가-힣]{1,}(?:는|던|다가|다|고) ")
"""What follows a part of the day that says what something is like ("밤에 다니는 버스"), and not when."""
_OPENS = re.compile(r"(?:요일|주말)[가-힣]* ?(?:문|영업|휴무|쉬는|여는|운영)")
"""A weekday that says when something is open, and not when it was measured."""


def _says_when(found: Match, text: str) -> bool:
    """Whether it says when, and not what something is like or what now is held against."""
    if _COMPARED.match(text, found.end()):
        return False
    if found["bare_half"]:
        after = text[found.start() :]
        return not shows(text) and not _DESCRIBES.search(after)
    return not (found["weekday"] and _OPENS.search(text))


def times_in(text: str) -> Iterator[Said]:
    """The times of a sentence, in its order."""
    for found in _TIME.finditer(text):
        code = _code(found)
        if code is None or not _says_when(found, text):
            continue
        if code.startswith("date/") and _WAS.search(text):
            code = code.replace("date/", "was/")
        period = None if code == "today" else _period(code) or _period(code.partition("@")[0])
        if period is None and code != "today":
            continue
        yield Said(period, found.start(), found.end(), found["day"] is not None)


_WAS = re.compile(r"(?:[았었였했왔갔됐땠]|겼|렸|졌)(?:어|지|나|니|습|는지|던|을까|다)|\b(?:was|were|did)\b")
"""A sentence about what was: a weekday or a date in it is no coming one."""


def _period(code: str) -> Period | None:
    try:
        return Period(code)
    except ValueError:
        return None


def _code(found: Match) -> str | None:
    kind = next((kind for kind in _KINDS if found[kind]), None)
    if kind is None:
        return _alone(found)
    code = _READERS[kind](str(found[kind]).lower())
    if code is None:
        return None
    hours = _hours(found)
    if hours is None or isinstance(hours, str):
        return code if hours is None or "@" in code else f"{code}@{hours}"
    day, _, night = code.partition("@")
    if night:  # "어젯밤 한 시" is today's
        hours = hours % 12 + (24 if hours % 12 < 6 else 12)
    return _at(day, hours)


def _at(day: str, hour: int) -> str:
    """An hour of a day; from 24 on it is the next day's, where that has a name."""
    if hour < 24:
        return f"{day}@{hour}"
    following = {"today": "tomorrow", "yesterday": "today", "day_before_yesterday": "yesterday"}.get(day)
    return f"{following}@{hour - 24}" if following else f"{day}@23"


def _alone(found: Match) -> str | None:
    """Hours or a day of the month without anything before them."""
    if found["day"]:
        return f"this_month/{int(found['day'][:-1])}"
    half = found["bare_half"] or (found["this_half"] or "").lower().removeprefix("this ")
    if half:
        first, last = _HALVES[half]
        return f"today@{first}-{last}"
    hour = _hour_of(found["clock"]) if found["clock"] else _hour_en(found["clock_en"])
    return None if hour is None else f"today@{hour % 24}"


def _hours(found: Match) -> str | int | None:
    """A part of the day ("9-12"), or a clock's hour, 24 for the midnight that ends the day."""
    if found["at"] or found["at_en"]:
        return _hour_of(found["at"]) if found["at"] else _hour_en(found["at_en"])
    half = found["half"] or (found["half_en"] or "").lower()
    if not half:
        return None
    first, last = _HALVES[half]
    return f"{first}-{last}"


def _hour_of(said: str) -> int | None:
    """The hour of a day that a Korean clock time means; without 오전 or 오후 it is by daylight."""
    key = said.replace(" ", "")
    if key in ("정오", "자정"):
        return 12 if key == "정오" else 0
    half = next((word for word in _HALVES if key.startswith(word)), "")
    word = key[len(half) :].partition("시")[0]
    hour = int(word) if word.isdecimal() else _NATIVE.get(word)
    if hour is None or hour > 24:
        return None
    if half in _AFTERNOON and hour < 12:
        late = half == "밤" and hour < 6  # "밤 두 시" is after midnight
        return hour if late or (half in ("낮", "점심") and hour >= 10) else hour + 12
    if half in ("밤", "저녁") and hour == 12:
        return 24
    if half in ("오전", "새벽") and hour == 12:
        return 0
    if not half and 1 <= hour <= 6:
        return hour + 12
    return hour


def _hour_en(said: str | None) -> int | None:
    if not said:
        return None
    number = re.search(r"\d+", said)
    hour = int(number[0]) % 12 if number else 0
    return hour + 12 if "p" in said.lower() else hour


def _number(word: str) -> int | None:
    word = word.replace(" ", "")
    if word.isdecimal():
        return int(word)
    if word in _NATIVE:
        return _NATIVE[word]
    if "십" in word:
        tens, _, ones = word.partition("십")
        return 10 * (_SINO.index(tens) + 1 if tens else 1) + (_SINO.index(ones) + 1 if ones else 0)
    if word in ("유", "육"):
        return 6
    return 10 if word == "시" else _SINO.index(word) + 1 if len(word) == 1 and word in _SINO else None


def _amount(said: str) -> tuple[str, int] | None:
    """The unit and number of "3일", "사흘", "두 달"."""
    for word, days in _DAYS_KO.items():
        if word in said:
            return "day", days
    if "반년" in said:
        return "month", 6
    if "반나절" in said:
        return "hour", 6
    found = re.search(rf"({_N}) ?(분|시간|주일|일|주|달|개월|년|해)", said)
    number = _number(found[1]) if found else None
    return None if found is None or number is None else (_UNITS[found[2]], number)


def _amount_en(said: str) -> tuple[str, int] | None:
    found = re.search(r"(\d+|an?|one|two|three|four|five|six|seven|ten) (minute|hour|day|week|month|year)", said)
    if found is None:
        return None
    return found[2], int(found[1]) if found[1].isdecimal() else _EN_NUMBERS[found[1]]


def _away(said: str, sign: int) -> str | None:
    amount = _amount_en(said) if said.isascii() else _amount(said)
    return stretch_code(amount[0], sign * amount[1]) if amount and amount[1] else None


def _past(said: str) -> str | None:
    amount = _amount_en(said.replace("past ", "").replace("last ", "")) if said.isascii() else _amount(said)
    if amount is None or amount[0] == "minute":
        return None
    unit, number = amount
    if number == 1 and unit != "hour":
        return {"day": "yesterday", "week": "last_week", "month": "last_month", "year": "last_year"}[unit]
    return f"past_{number}_{unit}s"


def _stretch(said: str) -> str | None:
    return next((code for code, words in _STRETCH_OF if words.fullmatch(said)), None)


def _week_day(said: str) -> str | None:
    part = _weekday_part(said)
    if "전" in said:
        amount = _amount(said)
        return f"{stretch_code('week', -amount[1])}/{part}" if amount else None
    for words, steps in (("지지난 저저번", -2), ("지난 저번", -1), ("다다음", 2), ("다음 담 내", 1), ("이번 금", 0)):
        if said.startswith(tuple(words.split())):
            return f"{stretch_code('week', steps)}/{part}"
    return None


def _weekday_part(said: str) -> str:
    if "주말" in said or "weekend" in said:
        return "weekend"
    korean = re.search(r"([월화수목금토일])요일", said)
    return _WEEKDAY_OF[korean[1]] if korean else next(d for d in _WEEKDAY_OF.values() if f" {d}" in said)


def _near_day(said: str) -> str:
    part = _weekday_part(said)
    if said.startswith(("이번", "this")):
        return f"this_week/{part}"
    return f"{'next' if said.startswith(('다음', '담', '오는', '돌아오는', 'next')) else 'last'}/{part}"


def _month_day(said: str) -> str | None:
    step = (
        -2
        if said.startswith("지지난")
        else -1
        if said.startswith(("지난", "저번", "전"))
        else 1
        if said.startswith("다음")
        else 0
    )
    return f"{stretch_code('month', step)}/{_day_number(said)}"


def _day_number(said: str) -> int | None:
    found = re.search(r"(\d+|[일이삼사오육칠팔구십]+) ?일$", said)
    return _number(found[1]) if found else None


def _part(said: str) -> str:
    """The month, the day or the season at the end of a time in a year."""
    if "반기" in said:
        return "h1" if "상반기" in said else "h2"
    if quarter := re.search(r"([1-4일이삼사])(?: ?/ ?4)? ?분기", said):
        return f"q{_number(quarter[1])}"
    if season := _season(said):
        return season
    found = re.search(r"(1[0-2]|[1-9]|십 ?[일이]|[일이삼사오칠팔구유시육십]) ?월", said)
    month = _number(found[1]) if found else None
    day = _day_number(said)
    return f"{month}-{day}" if day is not None else f"{month}"


def _season(said: str) -> str | None:
    return next((season for words, season in _SEASONS if said.endswith(words)), None)


_SEASONS = ((("봄", "spring"), "spring"), (("여름", "summer"), "summer"), (("가을", "autumn"), "autumn"), (("겨울", "winter"), "winter"))  # fmt: skip


def _near_season(said: str) -> str:
    when = (
        "date" if said.startswith(("이번", "this")) else "last" if said.startswith(("지난", "저번", "last")) else "next"
    )
    return f"{when}/{_season(said)}"


def _year_part(said: str) -> str | None:
    if found := re.match(r"((?:19|20)\d\d|2\d) ?년", said):
        year = found[1] if len(found[1]) == 4 else f"20{found[1]}"
    else:
        steps = (("재작년", -2), ("작년", -1), ("지난", -1), ("전년", -1), ("올", 0), ("금년", 0), ("내년", 1))
        year = next(stretch_code("year", step) for word, step in steps if said.startswith(word))
        said = said.removeprefix("금년").removeprefix("작년")
    return f"{year}/{_part(said)}"


_READERS = {
    "past": _past,
    "ago": lambda said: _away(said, -1),
    "ahead": lambda said: _away(said, 1),
    "ago_en": lambda said: _away(said, -1),
    "ahead_en": lambda said: _away(said, 1),
    "week_day": _week_day,
    "near_day": _near_day,
    "near_season": _near_season,
    "weekday": lambda said: f"date/{_weekday_part(said)}",
    "month_day": _month_day,
    "year_part": _year_part,
    "date": lambda said: f"date/{_part(said)}",
    "month": lambda said: f"date/{_part(said)}",
    "season": lambda said: f"this_year/{_part(said)}",
    "year": lambda said: said[:4],
    "stretch": _stretch,
}
