# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""What a short sentence means after another: "그럼 마포구는?", "거기 초미세먼지는?", "아니 오존", "어제는?". Pure.

Only whole sentences of a closed grammar are follow-ups, and only while the last one is fresh: without a context, none
is understood.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.contracts import Intent, IntentName
from assistant.understanding.forms import ADVERB, ASKED_KO, DISPLAY_KO, TELL_KO, asks_value, shows
from assistant.understanding.linear import compiled
from assistant.understanding.reading import DISTRICT, PANEL, Reading, frame_of
from assistant.understanding.refinements import asks_which
from content_registry.jamo import compact

FRESH_S = 120.0
"""How long the last intent may be followed up, seconds: as long as a commanded panel stays on the screen."""

_AND_THEN = "(?:그럼|그러면|그렇다면|그리고|그런데|근데|아니|아냐|아니야|아니지|아|음|어|응|그|자|저기|혹시|서울아|이번엔|이번에는|다음은|다음엔|마찬가지로|똑같이|또|so|and|then|ok|okay|no|hey|seoula|please|whatabout|howabout)"
_INSTEAD = "(?:(?:그거|이거|그게|그건|거기|여기|그쪽|그구)(?:은|는|를|이|가)?(?:말고|아니고|아니라|대신|빼고))?"
_HERE = "(?:거기|거긴|여기|여긴|그쪽|이쪽|그동네|이동네|그지역|이지역|그구|이구|그곳|이곳|같은곳|there|here)(?:의|은|는|에|에는|에서|도)?"
_NOUN = "(?:현황|상황|화면|지도|정보|수치|농도|지수|값|상태|추이|쪽|거|것|꺼|in|for|at|of|there|district)*"
_JOSA = "(?:은|는|도|요|은요|는요|도요|으로|로|를|을|만|이|가|에서는|에는|엔|에선|쪽은|은어떻|s)?"
_INSIST = "(?:말이야|말이에요|말입니다|말한거야|말한건데|말한거였어|말하는거야|이라고|라고|이라고했어|라고했어|이라니까|라니까|이라고했는데|라고했는데|instead|imean)?"
_VERB = f"(?:{ADVERB}|지금|현재|오늘)*(?:{ASKED_KO}|{TELL_KO}|{DISPLAY_KO}|바꿔줘|바꿔|해줘|해|해줘요){{0,2}}(?:요|please|too|aswell|also)?"
_LEAD = f"{_AND_THEN}*{_INSTEAD}{_AND_THEN}*"
_TAIL = f"{_NOUN}{_JOSA}{_INSIST}{_VERB}"

_PLACE = compiled(f"{_LEAD}{DISTRICT}{_TAIL}")
_PANEL = compiled(f"(?:{_LEAD}{_HERE}|{_AND_THEN}+{_INSTEAD}{_AND_THEN}*)(?:{DISTRICT}(?:은|는|의)?)?{PANEL}{_TAIL}")
_BARE_PANEL = compiled(f"{_LEAD}(?:{DISTRICT}(?:은|는|의)?)?{PANEL}{_NOUN}(?:은|는|도|은요|는요|도요){_INSIST}")
_INSISTED = compiled(
    f"{_LEAD}(?:{DISTRICT}(?:은|는|의)?)?{PANEL}{_NOUN}(?:말이야|말이에요|말한거야|말한건데|이라고|라고|이라니까|라니까)"
)
_AGAIN = compiled(f"{_LEAD}(?:{_HERE})?(?:은|는|도)?{_INSIST}{_VERB}(?:다시|한번더|또)*{_VERB}")
_BESIDE = compiled(
    f"{_LEAD}(?:{_HERE}|이거|이걸|그거|그걸)?{DISTRICT}(?:(?:이랑|랑|하고|과|와|에|도|의|쪽|and|with)*{DISTRICT})*(?:이랑|랑|하고|과|와|이|도|에)?(?:둘|두곳)?(?:중에서|중에|중)?(?:도)?(?:같이|나란히|비교(?:를|해서|하면|해보면)?|차이|어디가|어느쪽이|누가|더|제일|{ADVERB})+(?:가|는|를)?(?:{_VERB}|[가-힣]{{1,5}})"
    f"|(?:and|now|so)*compare(?:it|that|this)?(?:with|to)?{DISTRICT}(?:and{DISTRICT})*"
)
_THIS = compiled(
    f"(?:서울아|음|어|그)*(?:이거|이것|여기|이화면|지금이거|화면에이거|지금화면|이수치|이값)(?:은|는|이|가)?(?:{ADVERB}|지금|오늘)*(?:{ASKED_KO}|{TELL_KO}){{1,2}}(?:요)?|(?:지금|현재|그래서)?(?:얼마야|얼마예요|몇이야|어때|어때요|어떻습니까|얼마지)"
)
_NOW = compiled(f"{_LEAD}(?:지금|현재|오늘|now|today)(?:은|는|거는|꺼는|거|꺼)?(?:요)?{_VERB}")
_SHOWN = frozenset({IntentName.SHOW_PANEL, IntentName.ASK_VALUE})


_ELSEWHERE = compiled(f"{_LEAD}(?:시|광역시|특별시)?{_TAIL}")


@dataclass(frozen=True, slots=True)
class Before:
    """What went before. `last`: the last intent that showed a panel or told a figure, `since_s` seconds ago;
    `shown`: the panel on the screen now."""

    last: Intent | None = None
    since_s: float = float("inf")
    shown: str | None = None


def follow_up(reading: Reading, before: Before) -> Intent | None:
    """The whole intent that a short sentence stands for after what went before; None where it is no follow-up."""
    last = _last(before)
    if last is None or reading.elsewhere or reading.department is not None or len(reading.panels) > 1:
        return None
    frame = frame_of(reading)
    if reading.panels:
        return _other_panel(reading, frame, last) if before.last is not None else None
    if reading.districts:
        return _other_place(reading, frame, last)
    if last.period is not None and _NOW.fullmatch(frame):
        return replace(last, name=_name(reading, last), period=None)
    if (reading.period or reading.language) and _AGAIN.fullmatch(frame):
        return _with_asides(replace(last, name=_name(reading, last)), reading)
    return replace(last, name=IntentName.ASK_VALUE) if _THIS.fullmatch(frame) else None


def goes_elsewhere(reading: Reading, before: Before) -> bool:
    """Whether a short sentence asks for the same of a place outside Seoul ("부산은 어때")."""
    if not reading.elsewhere or reading.mentions or _last(before) is None:
        return False
    rest = compact(reading.text)
    for place in reading.elsewhere:
        rest = rest.replace(compact(place), "", 1)
    return bool(_ELSEWHERE.fullmatch(rest))


def _last(before: Before) -> Intent | None:
    """The intent to go on from: the last one while it is fresh, else a look at what the screen shows."""
    if before.last is not None and before.last.name in _SHOWN and before.since_s <= FRESH_S:
        return replace(before.last, panel=before.last.panel or before.shown)
    if before.shown is None or before.shown == "home" or before.shown.startswith("fn-"):
        return None
    return Intent(IntentName.SHOW_PANEL, panel=before.shown)


def _other_panel(reading: Reading, frame: str, last: Intent) -> Intent | None:
    span = reading.panels[0]
    if not span[0].exact or span[0].id.startswith("fn-"):
        return None
    if not any(pattern.fullmatch(frame) for pattern in (_PANEL, _BARE_PANEL, _INSISTED)):
        return None
    place = reading.districts[:1] or ((last.district,) if last.district else ())
    wanted = replace(
        last, name=_name(reading, last), panel=span[0].id, district=place[0] if place else None,
        compare=() if reading.districts else last.compare,
    )  # fmt: skip
    return _with_asides(wanted, reading)


def _other_place(reading: Reading, frame: str, last: Intent) -> Intent | None:
    if _BESIDE.fullmatch(frame):
        places = reading.districts
        if len(places) == 1 and last.district and last.district != places[0]:
            places = (last.district, *places)
        name = IntentName.ASK_VALUE if asks_which(reading.text) else IntentName.SHOW_PANEL
        return _with_asides(replace(last, name=name, district=places[0], compare=places[1:]), reading)
    if len(reading.districts) > 1 or not _PLACE.fullmatch(frame):
        return None
    return _with_asides(replace(last, name=_name(reading, last), district=reading.districts[0], compare=()), reading)


def _name(reading: Reading, last: Intent) -> IntentName:
    """Told or shown as the sentence says, else as before."""
    if shows(reading.text):
        return IntentName.SHOW_PANEL
    return IntentName.ASK_VALUE if asks_value(reading.text) else last.name


def _with_asides(intent: Intent, reading: Reading) -> Intent:
    return replace(intent, period=reading.period or intent.period, language=reading.language or intent.language)
