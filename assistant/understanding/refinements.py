# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""How an answer is wanted, by the words beside the names: of which time, in which language, beside which districts.

"어제 강남구랑 송파구 미세먼지 비교해줘" is the panel 미세먼지 of 강남구, beside 송파구, of yesterday. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.contracts import Intent, IntentName, Language, Period
from assistant.understanding.forms import shows
from assistant.understanding.linear import Pattern, compiled
from assistant.understanding.reading import Reading
from assistant.understanding.times import times_in
from content_registry.jamo import compact
from content_registry.matcher import Mention
from content_registry.particles import can_follow, can_precede

_LANGUAGES: tuple[tuple[Language, str], ...] = (
    (
        Language.ENGLISH,
        r"영어로|영어 ?버전으로|영문으로|영문판으로|잉글리[시쉬]로|in english|(?:speak|use) english|english please",
    ),
    (Language.KOREAN, r"한국어로|한국말로|우리말로|조선말로|국문으로|in korean|(?:speak|use) korean|korean please"),
)
_SPEECH = compiled("(?i:" + "|".join(f"(?P<{n.name}>{words})" for n, words in _LANGUAGES) + ")")
_AFTER_TIME = compiled(
    r"(?:의|에|에는|에도|엔|은|는|도|자|치|분|꺼|거|쯤|부터|까지|동안|하루|종일|내내|아침|오전|낮|점심|오후|저녁|밤|새벽|말|초|중|중에|사이|사이에|기준|기준으로|들어|들어서)*"
)
_AFTER_DAY = compiled(r"(?:의|에|에는|엔|은|는|자|분|기준|기준으로)?")
_AFTER_SPEECH = compiled(r"(?:는|도|만|좀|요|다시|한번)*")

_JOINED = compiled(
    r"(?i:이랑|랑|하고|과|와|그리고|및|대|vs|versus|and|with|or|아니면|쪽|지역|의|은|는|에서|에|도|둘|두곳|비교|to| )*"
)
_COMPARES = re.compile(
    r"비교|견주|견줘|차이|나란히|중에|중어디|중누|어디가더|어느쪽|어느구|누가더|뭐가더|대비해서|맞대|compar|versus|vs|difference|sidebyside|worse|better|higher|lower|cleaner|busier|next to"
)
_WHICH = re.compile(
    r"어디가|어디(?:제일|더)|어느(?:쪽|곳|구|동네|데|편)|누가|뭐가|중에(?:서)?어디|중어디|which|who'?s|where is it|worse|better|(?:^|[^가-힣])차이(?:가)?(?:얼마|몇)"
)
_TO_COMPARE = re.compile(r"(?:은지|는지|한지|쁜지|인지)비교(?:를)?(?:좀)?(?:해|하)[가-힣]{0,6}$")
_SHOWN = frozenset({IntentName.SHOW_PANEL, IntentName.ASK_VALUE})


@dataclass(frozen=True, slots=True)
class Asides:
    """What a sentence says of time and language, and where it says it (offsets into it, in order)."""

    period: Period | None = None
    language: Language | None = None
    spans: tuple[tuple[int, int], ...] = ()


def asides_in(text: str, mentions: Sequence[Mention] = ()) -> Asides:
    """Time and language of a sentence, the first of each; words inside a name ("이번 주 행사") are the name's."""
    period: Period | None = None
    language: Language | None = None
    spans: list[tuple[int, int]] = []
    for said in times_in(text):
        end = _whole_word(text, said.start, said.end, mentions, _AFTER_DAY if said.bare else _AFTER_TIME)
        if end is not None and said.period is not None:
            period = period or said.period
            spans.append((said.start, end))
    for found in _SPEECH.finditer(text):
        end = _whole_word(text, found.start(), found.end(), mentions, _AFTER_SPEECH)
        if end is not None:
            language = language or Language[found.lastgroup or ""]
            spans.append((found.start(), end))
    return Asides(period, language, tuple(sorted(spans)))


def compares(text: str, places: Sequence[Mention]) -> bool:
    """Whether the districts of a sentence (their mentions, in order) are to be set side by side: it says so, or names
    them in one breath ("강남구랑 송파구")."""
    if len({place.id for place in places}) < 2:
        return False
    gaps = [text[a.end : b.start] for a, b in zip(places, places[1:], strict=False)]
    return bool(_COMPARES.search(compact(text))) or all(_JOINED.fullmatch(compact(gap)) for gap in gaps)


def refined(intent: Intent, reading: Reading) -> Intent:
    """The intent with the place, the comparison, the time and the language that the sentence gives."""
    if intent.name not in _SHOWN:
        return replace(intent, language=reading.language) if intent.name is IntentName.REPEAT else intent
    others = reading.districts[1:] if reading.compares else ()
    name = IntentName.ASK_VALUE if others and asks_which(reading.text) else intent.name
    district = reading.districts[0] if reading.compares else reading.district
    return replace(
        intent, name=name, district=district, compare=others, period=reading.period, language=reading.language
    )


_STANDING = frozenset(
    {"theme-gyeongchun-forest", "theme-donuimun-village", "theme-upcycling-plaza", "ind-seoullo-visitors",
     "ind-citizens-hall", "air-video"}
)  # fmt: skip
"""Panels besides the projects that are about one place."""


def at_its_place(intent: Intent, reading: Reading) -> Intent:
    """A project stands where it stands: a place said beside it ("상암동 방송국 단지") is part of its description, unless
    the district itself is named."""
    stands = (intent.panel or "").startswith("prj-") or intent.panel in _STANDING
    if not stands or intent.district is None or intent.compare:
        return intent
    said = any(m.kind == "district" and reading.text[m.start : m.end].endswith("구") for m in reading.mentions)
    return intent if said else replace(intent, district=None)


def asks_which(text: str) -> bool:
    """Whether a sentence asks which of several is more ("어디가 더 나빠"), and not to be shown it."""
    key = compact(text)
    return bool(_WHICH.search(key)) and not shows(text) and not _TO_COMPARE.search(key)


def _whole_word(text: str, start: int, end: int, mentions: Sequence[Mention], after: Pattern) -> int | None:
    """Where the word ends if it stands by itself, its particles included; None where it is part of another."""
    if any(m.start < end and start < m.end for m in mentions):
        return None
    first, last = _word(text, start, end)
    begin = max([first, *(m.end for m in mentions if m.end <= start)])
    limit = min([last, *(m.start for m in mentions if m.start >= end)])
    lead, rest = compact(text[begin:start]), compact(text[end:limit])
    beside_name = begin != first
    if not (can_precede(lead) or (beside_name and after.fullmatch(lead))):
        return None
    if after.fullmatch(rest):
        return limit
    if text[start:end].isascii():
        return None
    # A word that goes on in a verb: "어제어땠어", "영어로알려줘".
    return end if can_follow("이름", rest) else None


def _word(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end
