# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""The fast path: sentences whose every word is explained by the registry's names and a closed grammar.

A sentence becomes a frame, its names replaced by one sign each (panel, district, department); the frame must match a
pattern as a whole. "미세먼지 심하다고 하던데" therefore never passes, whatever it contains. About a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.contracts import Direction, Intent, IntentName, Media
from assistant.understanding.commands import match_command
from assistant.understanding.forms import ADVERB, ASKED_KO, DISPLAY_KO, ENDING, TELL_KO, asks_value
from assistant.understanding.linear import Pattern, compiled
from assistant.understanding.numbers import number_in
from content_registry.jamo import compact
from content_registry.matcher import Matcher, Mention
from content_registry.schema import Registry

PANEL, DISTRICT, DEPARTMENT = "\ue000", "\ue001", "\ue002"
"""Signs of private use that stand for a name in a frame; hygiene lets none in."""

_FILLER = (
    "(?:서울아|저기요|저기|있잖아|있지|그럼|그러면|그리고|음|어|그|저|자|아|야|이제|이번엔|이번에는|이번에|다음은|다음으로|일단|우선|혹시|미안한데|죄송한데|"
    "빨리|얼른|나|우리|현재|지금|오늘|실시간|요즘|서울시|서울의|서울|시장님|다시|잠깐|잠시|한번|please|hey|okay|ok|now|and)"
)
_PRE = f"{_FILLER}*"
_NAME_JOSA = "(?:쪽에|쪽|지역의|지역|일대|근처의|근처|주변의|주변|에서는|에서|에는|에|의|은|는|만|도|이|가)?"
_NOUN = "(?:현황|상황|화면|지도|정보|데이터|수치|농도|지수|자료|페이지|패널|메뉴|차트|그래프|목록|통계|상태|값|창|표|쪽|거|것|그거|기능|내용|실시간|전체|사업|분석결과|결과)"
_JOSA = "(?:으로|로|을|를|은|는|이|가|도|만|좀|요|의|에|이랑)?"
_WHAT = f"{PANEL}(?:의)?{_NOUN}{{0,2}}{_JOSA}"
_WHERE = f"(?:{DISTRICT}{_NAME_JOSA})"
_MIDDLE = f"(?:{ADVERB}|{_FILLER})*"
_SUBJECT = (
    f"(?:{_PRE}{_WHERE}?{_MIDDLE}{_WHAT}|{_PRE}{PANEL}(?:의)?{_NOUN}{{0,2}}{_JOSA}{_MIDDLE}{_WHERE}{_NOUN}?{_JOSA})"
)
_TAIL = "(?:서울아|요|좀|지금|빨리|please|now)*"
_AND = "(?:이랑|랑|하고|과|와|그리고|및|또는|또|이나|나|아니면|혹은|도|의)"
_SIDE = f"(?:{DISTRICT}{_NAME_JOSA})"
_SEVERAL = compiled(
    f"{_PRE}(?:{_SIDE}(?:{_AND}{{0,2}}{_SIDE})*)?{_MIDDLE}{PANEL}(?:의)?{_NOUN}{{0,2}}(?:{_AND}{{1,2}}{_FILLER}?{_SIDE}?{PANEL}{_NOUN}{{0,2}})*"
    f"{_JOSA}(?:같이|함께|나란히|동시에|둘다|모두|다|비교해서|{ADVERB}|{_FILLER})*(?:{DISPLAY_KO}|{ASKED_KO}|{TELL_KO}){{1,2}}{_TAIL}"
)
_SHOW = compiled(
    f"{_SUBJECT}{_MIDDLE}(?:{DISPLAY_KO}|{DISPLAY_KO}{_MIDDLE}{DISPLAY_KO})?{_TAIL}|{_PRE}(?:보여줘|띄워줘|틀어줘|열어줘){_SUBJECT}"
)
_ASK = compiled(f"{_SUBJECT}{_MIDDLE}(?:지금|현재|오늘)*(?:{ASKED_KO}|{TELL_KO}|{ASKED_KO}{TELL_KO}){_TAIL}")

_EN_PRE = "(?:hey|seoul|seoula|please|now|ok|okay|can|could|would|will|you|i|'?d|like|to|want|wanna|let|me|us|'?s|just|so|and)*"
_EN_VERB = (
    "(?:show|display|open|bringup|pullup|puton|put|switchto|goto|see|view|lookat|takemeto|navigateto|gimme|give|play)"
)
_EN_ART = "(?:me|us|the|a|an|our|your|up|page|panel|screen|of|for|to|live|current|latest|today|todays|on)*"
_EN_TAIL = "(?:please|now|page|panel|screen|map|onthewall|onthescreen|onthebigscreen|onscreen|up|today|thanks|rightnow|data|status|info|information|for|in|of|at|the|district|again)*"
_EN_SHOW = compiled(
    f"{_EN_PRE}(?:{_EN_VERB}{_EN_ART}(?:{DISTRICT}(?:s)?)?{PANEL}{_EN_TAIL}(?:{DISTRICT}{_EN_TAIL})?|{PANEL}(?:please|now|page|map)*(?:(?:in|of|for|at)*{DISTRICT})?(?:please|now)*|{DISTRICT}(?:s)?{PANEL}(?:please)?)"
)
_EN_SEVERAL = compiled(
    f"{_EN_PRE}{_EN_VERB}?{_EN_ART}{PANEL}(?:(?:and|with|plus|or|also|&)+{_EN_ART}{PANEL})+(?:together|{_EN_TAIL})(?:{DISTRICT}{_EN_TAIL})?"
)
_EN_ASK = compiled(
    f"{_EN_PRE}(?:what'?s|what(?:is|are)|how(?:is|are|'?s)|how(?:much|many|high|bad)(?:is|are)?|tell)(?:{_EN_ART}|today'?s|current|level|value)*(?:{DISTRICT}(?:s)?)?{PANEL}(?:level|levels|like|now|today|rightnow|index|concentration|doing|looking|number|value|figure|rate)*(?:(?:in|at|of|for|near|around)*{DISTRICT})?(?:like|now|today|please|rightnow)*"
)

_CALL_MEDIUM_VIDEO = "(?:영상|화상|비디오|얼굴보면서|얼굴보고)"
_CALL_MEDIUM_VOICE = "(?:음성|목소리|보이스)"
_CALL_THING = f"(?:(?:{_CALL_MEDIUM_VIDEO}|{_CALL_MEDIUM_VOICE})(?:으로|로)?(?:전화|통화|콜)?|전화|통화|유선)"
_CALL_VERB = (
    f"(?:(?:연결|전화|통화|호출|콜)(?:을|를|좀)*(?:해|시켜|부탁해|부탁드려요|부탁드립니다|부탁합니다|부탁|하자|할래|할게|하고싶어|되나|돼|될까|가능해)?{ENDING}{{0,2}}|"
    f"(?:걸어|불러|바꿔|이어|대|넣어|때려){ENDING}{{0,2}}|걸자|걸까|걸고싶어|부탁해|부탁드립니다|부탁합니다)"
)
_WHO = f"{DEPARTMENT}(?:장|장님|담당자|담당|직원|당직자|당직|팀|부서|국장님|국장|실장님|실장|본부장님|본부장|과장님|과장)?(?:님)?(?:에게|한테|에다가|에다|이랑|하고|에|으로|로|와|과|랑|을|를|좀|쪽에|쪽으로|쪽|의|께)?"
_ABOUT = f"(?:{PANEL}(?:때문에|관련해서|관련해|관련|문제로|건으로|일로|담당부서|담당|에대해|의|으로|로)*)?"
_CALL = compiled(
    f"{_PRE}{_ABOUT}{_MIDDLE}(?:{_WHO}{_MIDDLE}(?:{_CALL_THING})?(?:을|를|로|으로|좀)*{_MIDDLE}{_CALL_VERB}|{_WHO}{_MIDDLE}{_CALL_THING}(?:을|를)?(?:좀)?|"
    f"{_CALL_THING}(?:을|를|로|으로|좀)*{_MIDDLE}{_WHO}{_MIDDLE}{_CALL_VERB}){_TAIL}"
)
_EN_CALL = compiled(
    f"{_EN_PRE}(?:(?:place|make|start|set ?up|give)?(?:a|me)?(?:video|voice|phone)?(?:call|phone|dial|ring|contact|connect|facetime|callto|connectto|putmethroughto)(?:me|us)*(?:to|with|the|a|up)*{DEPARTMENT}"
    f"(?:department|office|bureau|team|division|headquarters|on|by|with|over|via|through|a|the|video|voice|phone|call|please|now|audio)*)"
)
_VIDEO_WORD = re.compile(r"영상|화상|비디오|얼굴|video|face")
_VOICE_WORD = re.compile(r"음성|목소리|전화|통화|유선|voice|phone|audio|dial|ring")

_LEVEL = f"{_PRE}{_WHERE}?{_MIDDLE}(?:한강|하천|강|강물|중랑천|탄천|안양천|양재천)?(?:의)?수위{_NOUN}?{_JOSA}{_MIDDLE}"
_WEATHER = f"{_PRE}{_WHERE}?{_MIDDLE}(?:밖에|여기|거기)?{_MIDDLE}"
_FALLS = "(?:얼마나|얼마|어느정도|많이)"
_FALLS_NOW = "(?:와|와요|오나|오나요|오니|옵니까|내려|내려요|내리나|내리나요|오고있어|오고있나|오고있나요|오는중이야)"
_FELL = "(?:왔어|왔나|왔지|왔니|왔어요|왔나요|왔습니까|내렸어|내렸나|내렸지|내렸어요|내렸나요|내렸습니까|쌓였어|쌓였나|쌓였나요|와|와요|오나|내려)"


def _falling(what: str) -> Pattern:
    return compiled(f"{_WEATHER}{what}(?:이|가|는|은)?{_MIDDLE}(?:{_FALLS_NOW}|{_FALLS}{_MIDDLE}{_FELL})")


_SPOKEN = (
    (compiled(f"{_LEVEL}(?:{ASKED_KO}|{TELL_KO}|{ASKED_KO}{TELL_KO}){_TAIL}"), "flood-risk", IntentName.ASK_VALUE),
    (compiled(f"{_LEVEL}{DISPLAY_KO}{_TAIL}"), "flood-risk", IntentName.SHOW_PANEL),
    (_falling("비"), "rainfall", IntentName.ASK_VALUE),
    (_falling("눈"), "snowfall", IntentName.ASK_VALUE),
)
"""What people ask about without a panel's name, as closed patterns, with the panel that answers."""

_FUNCTION_PANELS = "fn-"


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence's names. `panels`: one entry per span, the nearer reading first; `district`, `department`: the
    first ones; `elsewhere`: places outside Seoul."""

    text: str
    panels: tuple[tuple[Mention, ...], ...]
    district: str | None
    department: str | None
    elsewhere: tuple[str, ...]
    mentions: tuple[Mention, ...]

    districts: tuple[str, ...] = ()
    """Korean names of all districts named."""

    @property
    def exact_panels(self) -> tuple[str, ...]:
        """Ids of panels named letter by letter."""
        return tuple(dict.fromkeys(m.id for span in self.panels for m in span if m.exact))

    @property
    def near_panels(self) -> tuple[str, ...]:
        """Ids of all panels named exactly or nearly."""
        return tuple(dict.fromkeys(m.id for span in self.panels for m in span))


@dataclass(frozen=True, slots=True)
class FastResult:
    """The intent of a sentence that is known as a whole."""

    intent: Intent
    confidence: float


def media_of(text: str) -> Media | None:
    """Video or voice, by the sentence's words; None when it names neither."""
    key = compact(text)
    if _VIDEO_WORD.search(key):
        return Media.VIDEO
    return Media.VOICE if _VOICE_WORD.search(key) else None


class FastPath:
    """Reads sentences against one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._matcher = Matcher(registry)

    def read(self, text: str) -> Reading:
        """The names in a clean sentence."""
        mentions = self._matcher.find(text)
        spans: dict[tuple[int, int], list[Mention]] = {}
        for mention in mentions:
            if mention.kind == "panel":
                spans.setdefault((mention.start, mention.end), []).append(mention)
        districts = [m for m in sorted(mentions, key=lambda m: m.start) if m.kind == "district"]
        district = next((m.id for m in mentions if m.kind == "district"), None)
        return Reading(
            text,
            tuple(tuple(span) for span in spans.values()),
            self._registry.districts[district].ko if district else None,
            next((m.id for m in mentions if m.kind == "department"), None),
            self._matcher.elsewhere(text),
            mentions,
            tuple(dict.fromkeys(self._registry.districts[m.id].ko for m in districts)),
        )

    def several(self, reading: Reading) -> tuple[Intent, ...]:
        """The wishes of a sentence that joins several exactly named panels or districts ("미세먼지랑 오존 보여줘"),
        in the order said; empty where it does not."""
        spans = sorted((span[0] for span in reading.panels if span[0].exact), key=lambda m: m.start)
        panels = tuple(dict.fromkeys(m.id for m in spans))
        if len(spans) != len(reading.panels) or reading.elsewhere or len(panels) * max(1, len(reading.districts)) < 2:
            return ()
        for panel in panels if len(panels) > 1 else ():
            entry = self._registry.panels[panel]
            names = [compact(name) for name in (entry.name_ko, *entry.aliases_ko)]
            if all(any(compact(m.name) in name for name in names) for m in spans):
                return ()  # every word is one panel's own: "최저가 시장이랑 마트"
        frame = _frame(reading, lambda m: m.kind == "panel")
        if not (panels and (_SEVERAL.fullmatch(frame) or _EN_SEVERAL.fullmatch(frame))):
            return ()
        name = IntentName.ASK_VALUE if asks_value(reading.text) else IntentName.SHOW_PANEL
        return tuple(Intent(name, panel=panel, district=d) for panel in panels for d in reading.districts or (None,))

    def match(self, reading: Reading) -> FastResult | None:
        """What the sentence wants, if its whole frame is known; None leaves it to the model."""
        command = match_command(_command_forms(reading.text))
        if command is not None:
            if command.name is IntentName.OPEN_DOCUMENT:
                command = replace(command, choice=number_in(reading.text))
            return FastResult(command, 1.0)
        call = self._call(reading)
        if call is not None:
            return call
        return self._panel(reading) or self._spoken(reading)

    def _call(self, reading: Reading) -> FastResult | None:
        if reading.department is None:
            return None
        departments = {m.id for m in reading.mentions if m.kind == "department"}
        # The call functions' own names are call words here, not panels.
        frame = _frame(reading, lambda m: m.kind == "panel" and not m.id.startswith(_FUNCTION_PANELS))
        if len(departments) != 1 or not (_CALL.fullmatch(frame) or _EN_CALL.fullmatch(frame)):
            return None
        fuzzy = any(not m.exact for m in reading.mentions if m.kind == "department")
        about = next((p for p in reading.exact_panels if not p.startswith(_FUNCTION_PANELS)), None)
        intent = Intent(IntentName.CALL, panel=about, department=reading.department, media=media_of(reading.text))
        return FastResult(intent, 0.9 if fuzzy else 1.0)

    def _spoken(self, reading: Reading) -> FastResult | None:
        """Sentences that name a panel by what is measured or falls: "수위 알려줘", "비 얼마나 왔어"."""
        if reading.elsewhere or len(reading.districts) > 1:
            return None
        frame = _frame(reading, lambda _: False)
        for pattern, panel, name in _SPOKEN:
            if panel in self._registry.panels and {panel} >= set(reading.exact_panels) and pattern.fullmatch(frame):
                return FastResult(Intent(name, panel=panel, district=reading.district), 0.9)
        return None

    def _panel(self, reading: Reading) -> FastResult | None:
        if len(reading.panels) != 1 or reading.elsewhere:
            return None
        span = reading.panels[0]
        frame = _frame(reading, lambda m: m.kind == "panel")
        if _ASK.fullmatch(frame) or _EN_ASK.fullmatch(frame):
            name = IntentName.ASK_VALUE
        elif _SHOW.fullmatch(frame) or _EN_SHOW.fullmatch(frame):
            name = IntentName.SHOW_PANEL
        else:
            return None
        if name is IntentName.SHOW_PANEL and span[0].exact and asks_value(span[0].name):
            name = IntentName.ASK_VALUE  # names that are questions themselves: "날씨 어때"
        best = span[0]
        if not best.exact and (best.distance > 1 or (len(span) > 1 and span[1].distance < best.distance + 2)):
            return None  # a name too far off, or two that sound alike: more than this path can tell
        if best.id in _SPOKEN_FUNCTIONS and not _PAGE_WORD.search(frame):
            # "화상회의" alone is the function; with any other verb it may be its page.
            return FastResult(_SPOKEN_FUNCTIONS[best.id], 1.0) if frame == PANEL and best.exact else None
        if best.id.startswith(_FUNCTION_PANELS) and not best.exact:
            return None
        return FastResult(Intent(name, panel=best.id, district=reading.district), 1.0 if best.exact else 0.9)


_SPOKEN_FUNCTIONS = {
    "fn-video-conference": Intent(IntentName.CONFERENCE),
    "fn-private-mode": Intent(IntentName.PRIVATE_MODE, direction=Direction.ON),
    "fn-voice-assistant": Intent(IntentName.HELP),
    "fn-work-order": Intent(IntentName.WORK_ORDER),
    "fn-rotation": Intent(IntentName.ROTATION, direction=Direction.ON),
    "fn-cloud-folder": Intent(IntentName.OPEN_REPORT),
    "home": Intent(IntentName.NAVIGATE, direction=Direction.HOME),
}
"""What the bare name of a function of the room does when said alone."""

_PAGE_WORD = re.compile("화면|페이지|메뉴|창|패널|목록|보여|보자|보고|볼|page|screen|menu|show")

_LEAD = compiled(f"^(?:{_FILLER})+")


def _command_forms(text: str) -> tuple[str, ...]:
    """The sentence as compact text: whole, and without fillers in front or politeness behind."""
    key = compact(text)
    forms = [key]
    bare = _LEAD.sub("", key)
    if bare and bare != key:
        forms.append(bare)
    if key.startswith("서울아") and len(key) > 3:
        forms.append(key[3:])
    if key.startswith("please"):
        forms.append(key[6:])
    return tuple(dict.fromkeys(forms))


def _frame(reading: Reading, is_panel: Callable[[Mention], bool]) -> str:
    """The compact sentence with one sign for each name."""
    signs: list[tuple[int, int, str]] = []
    for mention in reading.mentions:
        if mention.kind == "panel" and not is_panel(mention):
            continue
        sign = {"panel": PANEL, "district": DISTRICT, "department": DEPARTMENT}[mention.kind]
        if all(mention.end <= start or mention.start >= end for start, end, _ in signs):
            signs.append((mention.start, mention.end, sign))
    parts, at = [], 0
    for start, end, sign in sorted(signs):
        parts += [compact(reading.text[at:start]), sign]
        at = end
    return "".join((*parts, compact(reading.text[at:])))


_WISH_END = compiled(f"(?:{DISPLAY_KO}|{ASKED_KO}|{TELL_KO}){_TAIL}$")
_WISH_EN = re.compile(
    r"^(?:please|can you|could you|hey|now)?\s*(?:show|open|display|put|bring|pull|go to|take me|what|how|tell)\b", re.I
)


def is_display_wish(reading: Reading) -> bool:
    """Whether the sentence ends (English: begins) like a wish to see or a question for a figure."""
    return bool(_WISH_END.search(compact(reading.text))) or bool(_WISH_EN.search(reading.text))
