# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""The number of a page that a whole sentence asks for: "5쪽", "다섯 번째 페이지 보여 줘", "go to page five".

A number word alone before "쪽" or "페이지" is often none: "이쪽" is this side, "한 페이지 넘겨" is the next one. So bare
words count only of the Chinese numbers, and of those not "이"; with "번째" every one does.
"""

from __future__ import annotations

import re

from assistant.understanding.forms import ADVERB, ENDING
from assistant.understanding.linear import compiled
from assistant.understanding.numbers import VALUES, WORD_EN, WORD_KO

MOST = 999
_TENS = {"열": 10, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50}
_ONES = "일이삼사오육칠팔구"
_SINO = re.compile(
    rf"(?:(?P<hundred>[{_ONES}]?)(?P<hundreds>백))?(?:(?P<ten>[{_ONES}]?)(?P<tens>십))?(?P<one>[{_ONES}]?)"
)
_NATIVE = re.compile(rf"(?P<tens>{'|'.join(_TENS)})(?P<one>[가-힣]*)")
_GO = f"(?:(?:{ADVERB})*(?:가|가자|넘겨|넘어가|이동해|펴|펼쳐|열어|보여|띄워|읽어|보자|볼래|볼게|부탁해|부탁합니다)(?:{ENDING}){{0,2}})"
_KO = compiled(
    rf"(?P<number>[0-9]{{1,4}}|{WORD_KO})(?P<nth>번째|번|째)?(?:쪽|페이지)"
    rf"(?:(?:으로|로){_GO}?|(?:을|를|은|는|만|좀)*(?:{ADVERB})*(?:(?:펴|펼쳐|열어|보여|띄워|읽어|보자|볼래|볼게)(?:{ENDING}){{0,2}})?)"
)
_EN = compiled(
    r"(?:please)?(?:(?:go|turn|jump|flip|skip)to|show(?:me)?|open)?(?:the)?"
    rf"(?:page(?:number)?(?P<number>[0-9]{{1,4}}|{WORD_EN})|(?P<nth>[0-9]{{1,3}}(?:st|nd|rd|th)|{WORD_EN})page)(?:please)?"
)


def page_in(key: str) -> int | None:
    """The page, 1 to 999, of a sentence (compact, lower case) that asks for nothing but it; None if it does not."""
    korean, english = _KO.fullmatch(key), _EN.fullmatch(key)
    page: int | None = None
    if korean:
        word: str = korean["number"]
        bare = not (word.isdecimal() or korean["nth"])
        page = None if bare and (word == "이" or _sino(word) is None) else _number(word)
    elif english:
        word = english["number"] or english["nth"]
        page = _number(word[:-2] if word[0].isdecimal() and not word.isdecimal() else word)
    return page if page is not None and 1 <= page <= MOST else None


def _number(word: str) -> int | None:
    return int(word) if word.isdecimal() else VALUES.get(word) or _sino(word) or _native(word)


def _sino(word: str) -> int | None:
    """백십이 -> 112."""
    found = _SINO.fullmatch(word)
    if not found:
        return None
    hundreds = (_digit(found["hundred"]) or 1) * 100 if found["hundreds"] else 0
    tens = (_digit(found["ten"]) or 1) * 10 if found["tens"] else 0
    return hundreds + tens + _digit(found["one"]) or None


def _digit(word: str | None) -> int:
    return _ONES.index(word) + 1 if word else 0


def _native(word: str) -> int | None:
    """서른두 -> 32."""
    found = _NATIVE.fullmatch(word)
    one = VALUES.get(found["one"], 0) if found else 0
    return _TENS[found["tens"]] + one if found and one < 10 else None
