"""How names with Latin letters and digits are said in Korean: "CCTV" is heard and written as "씨씨티비"."""

from __future__ import annotations

import itertools
import re

_FORMS: dict[str, tuple[str, ...]] = {
    "PM2.5": ("피엠 이점오", "피엠 이쩜오"),
    "PM 2.5": ("피엠 이점오", "피엠 이쩜오"),
    "PM10": ("피엠 텐", "피엠 십"),
    "PM 10": ("피엠 텐", "피엠 십"),
    "CCTV": ("씨씨티비", "시시티비"),
    "R&D": ("알앤디", "알엔디"),
    "DMC": ("디엠씨",),
    "SNS": ("에스엔에스",),
    "FDI": ("에프디아이",),
    "C40": ("씨포티", "씨사십"),
    "NO2": ("엔오투",),
    "O3": ("오쓰리", "오존"),
    "G밸리": ("지밸리",),
    "Y밸리": ("와이밸리",),
    "7017": ("칠공일칠", "칠천십칠"),
    "119": ("일일구",),
    "120": ("일이공", "백이십"),
    "121": ("백이십일",),
    "50+": ("오십플러스",),
    "50플러스": ("오십플러스",),
    "20개소": ("이십개소",),
    "20": ("이십",),
    "5개": ("다섯개", "오개"),
    "5분": ("오분",),
    "4대": ("사대",),
    "1인": ("일인",),
}
_WRITTEN = re.compile(
    # A longer run of letters or digits is another word: "120" is not in "1200".
    r"(?<![A-Za-z0-9])("
    + "|".join(re.escape(form) for form in sorted(_FORMS, key=len, reverse=True))
    + r")(?![A-Za-z0-9])"
)


def spoken_forms(name: str) -> tuple[str, ...]:
    """The ways a name is said, the written form left out: empty for a name of Hangul alone.

    "119 출동" gives ("일일구 출동",), "C40" gives ("씨포티", "씨사십").
    """
    parts = _WRITTEN.split(name)
    if len(parts) == 1:
        return ()
    choices = [(part,) if index % 2 == 0 else _FORMS[part] for index, part in enumerate(parts)]
    return tuple("".join(combination) for combination in itertools.product(*choices))


def is_sayable(name: str) -> bool:
    """Whether a Korean recogniser can be asked for it: no Latin letter and no digit is left."""
    return not re.search(r"[A-Za-z0-9]", name)
