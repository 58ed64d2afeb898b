"""Sentence patterns around a name, and the particle that fits its last syllable.

`{n}` is the name; `{을}`, `{이}`, `{은}`, `{으로}`, `{과}` the particle in the form that the name asks for.
"""

from __future__ import annotations

from content_registry.jamo import ends_in_rieul, has_final

SHOW_KO = (
    "{n}",
    "{n} 보여줘",
    "{n}{을} 보여줘",
    "{n} 좀 보여줘",
    "{n} 띄워줘",
    "{n}{을} 화면에 띄워줘",
    "{n} 화면 보여줘",
    "{n} 틀어줘",
    "{n} 열어줘",
    "{n}{을} 열어봐",
    "{n} 보고 싶어",
    "{n}{을} 보고 싶은데",
    "{n} 볼래",
    "{n} 좀 보자",
    "{n} 보여주세요",
    "{n} 좀 띄워주세요",
    "{n} 현황 보여줘",
    "{n} 화면으로 가줘",
    "{n}{으로} 가자",
    "{n}{으로} 넘어가줘",
    "{n}{으로} 바꿔줘",
    "지금 {n} 보여줘",
    "이번엔 {n}{을} 보자",
    "{n} 확인해줘",
    "{n} 찾아줘",
    "{n} 크게 띄워줘",
    "{n} 부탁해",
    "{n}{은} 어디서 봐",
    "{n} 화면 좀 켜줘",
    "다음은 {n} 보여줄래",
    "{n} 자료 보여줘",
    "벽에 {n} 띄워봐",
)
SHOW_EN = (
    "{n}",
    "show me {n}",
    "show {n}",
    "show me the {n} please",
    "open {n}",
    "go to {n}",
    "display {n}",
    "put {n} on the wall",
    "can you show the {n}",
    "I want to see {n}",
)
SHOW_DISTRICT_KO = (
    "{d} {n} 보여줘",
    "{d}의 {n} 보여줘",
    "{d} {n} 띄워줘",
    "{d}에 있는 {n} 보여줘",
    "{n} {d}만 보여줘",
)
SHOW_DISTRICT_EN = ("show {n} in {d}", "{n} in {d}")
VALUE_KO = (
    "{n} 얼마야",
    "{n} 어때",
    "{n} 몇이야",
    "{n} 알려줘",
    "{n}{이} 얼마야",
    "{n}{은} 지금 어때",
    "지금 {n} 얼마나 돼",
    "{n} 수치 알려줘",
    "오늘 {n}{은} 어떤가",
    "{n} 값이 얼마지",
    "{n} 말해줘",
    "현재 {n} 몇인지 알려줘",
)
VALUE_EN = ("what is the {n}", "how is the {n}", "tell me the {n}", "what is the {n} now")
VALUE_DISTRICT_KO = ("{d} {n} 어때", "{d} {n} 얼마야", "{d}의 {n} 알려줘", "지금 {d} {n}{은} 몇이야")
VALUE_DISTRICT_EN = ("what is the {n} in {d}", "how is the {n} in {d}")
FILLERS = ("어", "음", "저기", "그", "저", "자")

_PAIRS = {"을": ("을", "를"), "이": ("이", "가"), "은": ("은", "는"), "과": ("과", "와")}


def josa(name: str, wanted: str) -> str:
    """The particle after `name`: `wanted` is "을", "이", "은", "과" or "으로".

    After Latin letters, whose reading is not known here, the form for a vowel is given.
    """
    closed = has_final(name) is True
    if wanted == "으로":
        return "으로" if closed and not ends_in_rieul(name) else "로"
    return _PAIRS[wanted][0 if closed else 1]
