"""Numbers in choices: "2번", "열두 번째", "스무 번째", "number twelve". Only 1 to 20 can be chosen."""

from __future__ import annotations

import re

MOST = 20

_NATIVE_ONES = ["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉"]
_COUNTED_ONES = ["하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"]
_SINO_ONES = "일이삼사오육칠팔구"
_EN = [
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_EN_ORDINAL = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
VALUES: dict[str, int] = {
    "첫": 1,
    "첫번": 1,
    "열": 10,
    "십": 10,
    "스무": 20,
    "스물": 20,
    "이십": 20,
    **{word: n for n, word in enumerate(_NATIVE_ONES, 1)},
    **{word: n for n, word in enumerate(_COUNTED_ONES, 1)},
    **{"열" + word: 10 + n for n, word in enumerate(_NATIVE_ONES, 1)},
    **{"열" + word: 10 + n for n, word in enumerate(_COUNTED_ONES, 1)},
    **{word: n for n, word in enumerate(_SINO_ONES, 1)},
    **{"십" + word: 10 + n for n, word in enumerate(_SINO_ONES, 1)},
    **{word: n for n, word in enumerate(_EN, 1)},
    **{word: n for n, word in enumerate(_EN_ORDINAL, 1)},
}
"""Every number word from 1 to 20, compact and in lower case."""

_ONES = "첫|한|하나|두|둘|세|셋|네|넷|다섯|여섯|일곱|여덟|아홉"
WORD_KO = f"(?:(?:열|스물|서른|마흔|쉰)(?:{_ONES})?|스무|{_ONES}|[일이삼사오육칠팔구십백천]{{1,7}})"
"""Any number word, whether it can be chosen or not: "서른두" must not be read as "두"."""
WORD_EN = "(?:" + "|".join(sorted((*_EN, *_EN_ORDINAL), key=len, reverse=True)) + ")"

_INSIDE = re.compile(rf"(?P<number>\d+|{WORD_KO})\s*(?:번째|번|째)")
_FIRST = re.compile(r"맨\s*(?:위|앞|처음)|제일\s*(?:위|앞)|가장\s*위")
_INSIDE_EN = re.compile(rf"\b(?P<number>\d+|{WORD_EN})(?:st|nd|rd|th)?(?P<more>[ -]{WORD_EN})?\b", re.I)


def value_of(word: str) -> int | None:
    """The number that digits or one number word (compact, lower case) stand for, if it is 1 to 20."""
    number = int(word) if word.isdecimal() and len(word) <= 4 else VALUES.get(word)
    return number if number is not None and 1 <= number <= MOST else None


def number_in(text: str) -> int | None:
    """The first number that a sentence names as a choice, wherever it stands ("위에서 두 번째 항목"); None if there is
    none or it is not 1 to 20."""
    found = _INSIDE.search(text)
    if found:
        return value_of(found["number"])
    if _FIRST.search(text):
        return 1
    english = _INSIDE_EN.search(text)
    if english is None or (english["more"] and english["more"][1:].lower() != "one"):
        return None  # "twenty five"; but "the second one"
    return value_of(english["number"].lower())
