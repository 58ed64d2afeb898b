# ruff: noqa: E501  (patterns are not wrapped: one alternative list, one line)
"""The fast path: sentences whose every word is explained by the registry's names and a closed grammar.

A sentence becomes a frame, its names replaced by one sign each (panel, district, department); the frame must match a
pattern as a whole. "미세먼지 심하다고 하던데" therefore never passes, whatever it contains. About a millisecond.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from assistant.contracts import Direction, Intent, IntentName, Media
from assistant.understanding import frames
from assistant.understanding.commands import match_command
from assistant.understanding.forms import ASKED_KO, DISPLAY_KO, TELL_KO, asks_value, shows, wants_a_report
from assistant.understanding.linear import compiled
from assistant.understanding.numbers import number_in
from assistant.understanding.reading import PANEL, Reading, frame_of
from assistant.understanding.refinements import asides_in, asks_which, at_its_place, compares, refined
from content_registry.jamo import compact, distance, to_jamo
from content_registry.matcher import Matcher, Mention
from content_registry.reports import NEAR
from content_registry.schema import Registry, Visibility

_FUNCTION_PANELS = "fn-"


@dataclass(frozen=True, slots=True)
class FastResult:
    """The intent of a sentence that is known as a whole."""

    intent: Intent
    confidence: float


def media_of(text: str) -> Media | None:
    """Video or voice, by the sentence's words; None when it names neither."""
    key = compact(text)
    if frames.VIDEO_WORD.search(key):
        return Media.VIDEO
    return Media.VOICE if frames.VOICE_WORD.search(key) else None


class FastPath:
    """Reads sentences against one registry."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._matcher = Matcher(registry)

    def read(self, text: str, *, ordinary: bool = False) -> Reading:
        """The names in a clean sentence, and what it says beside them. `ordinary`: everyday words that are districts'
        short names count as districts."""
        mentions = self._matcher.find(text, ordinary=ordinary)
        spans: dict[tuple[int, int], list[Mention]] = {}
        for mention in mentions:
            if mention.kind == "panel":
                spans.setdefault((mention.start, mention.end), []).append(mention)
        for span in spans.values():
            span += self._alike(text, span)
        # "해방촌" asks for the project there: a place that is itself the panel says no more about where.
        named = {(m.start, m.end) for m in mentions if m.kind == "panel"}
        mentions = tuple(m for m in mentions if m.kind != "district" or (m.start, m.end) not in named)
        districts = [m for m in sorted(mentions, key=lambda m: m.start) if m.kind == "district"]
        district = next((m.id for m in mentions if m.kind == "district"), None)
        asides = asides_in(text, [m for m in mentions if m.exact])
        return Reading(
            text,
            tuple(tuple(span) for span in spans.values()),
            self._registry.districts[district].ko if district else None,
            next((m.id for m in mentions if m.kind == "department"), None),
            self._matcher.elsewhere(text),
            mentions,
            tuple(dict.fromkeys(self._registry.districts[m.id].ko for m in districts)),
            asides.period,
            asides.language,
            asides.spans,
            compares(text, districts),
        )

    def _alike(self, text: str, span: list[Mention]) -> list[Mention]:
        """Other panels whose names are within two jamo of words that are exactly none."""
        first = span[0]
        heard = text[first.start : first.end]
        if first.exact or heard.isascii():
            return []
        known = {mention.id for mention in span}
        near = ((distance(heard, other.name), other) for other in self._matcher.nearest(heard, 4))
        return [
            Mention("panel", other.id, other.name, first.start, first.end, jamo, False)
            for jamo, other in near
            if jamo <= NEAR and other.id not in known
        ]

    def several(self, reading: Reading) -> tuple[Intent, ...]:
        """The wishes of a sentence that joins several exactly named panels or districts ("미세먼지랑 오존 보여줘"),
        in the order said; empty where it does not."""
        spans = sorted((span[0] for span in reading.panels if span[0].exact), key=lambda m: m.start)
        panels = tuple(dict.fromkeys(m.id for m in spans))
        if reading.compares and len(panels) == 1:
            return ()
        if len(spans) != len(reading.panels) or reading.elsewhere or len(panels) * max(1, len(reading.districts)) < 2:
            return ()
        for panel in panels if len(panels) > 1 else ():
            entry = self._registry.panels[panel]
            names = [compact(name) for name in (entry.name_ko, *entry.aliases_ko)]
            if all(any(compact(m.name) in name for name in names) for m in spans):
                return ()  # every word is one panel's own: "최저가 시장이랑 마트"
        frame = frame_of(reading, lambda m: m.kind == "panel")
        if not (panels and (frames.SEVERAL.fullmatch(frame) or frames.EN_SEVERAL.fullmatch(frame))):
            return ()
        name = IntentName.ASK_VALUE if asks_value(reading.text) else IntentName.SHOW_PANEL
        return tuple(Intent(name, panel=panel, district=d) for panel in panels for d in reading.districts or (None,))

    def match(self, reading: Reading) -> FastResult | None:
        """What the sentence wants, if its whole frame is known; None leaves it to the model."""
        command = match_command(_command_forms(reading.text))
        if command is None and reading.language is not None:
            command = match_command(_command_forms(reading.plain))
            command = refined(command, reading) if command and command.name is IntentName.REPEAT else None
        if command is not None:
            if command.name is IntentName.OPEN_DOCUMENT:
                command = replace(command, choice=number_in(reading.text))
            if command.name is IntentName.CALL and command.media is None and command.direction is None:
                command = replace(command, media=media_of(reading.text))
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
        frame = frame_of(reading, lambda m: m.kind == "panel" and not m.id.startswith(_FUNCTION_PANELS))
        if len(departments) != 1 or not (frames.CALL.fullmatch(frame) or frames.EN_CALL.fullmatch(frame)):
            return None
        fuzzy = any(not m.exact for m in reading.mentions if m.kind == "department")
        about = next((p for p in reading.exact_panels if not p.startswith(_FUNCTION_PANELS)), None)
        intent = Intent(IntentName.CALL, panel=about, department=reading.department, media=media_of(reading.text))
        return FastResult(intent, 0.9 if fuzzy else 1.0)

    def _spoken(self, reading: Reading) -> FastResult | None:
        """Sentences that name a panel by what is measured or falls: "수위 알려줘", "비 얼마나 왔어"."""
        if reading.elsewhere or len(reading.districts) > 1:
            return None
        frame = frame_of(reading, lambda _: False)
        for pattern, panel, name in frames.SPOKEN:
            if panel in self._registry.panels and {panel} >= set(reading.exact_panels) and pattern.fullmatch(frame):
                return FastResult(refined(Intent(name, panel=panel), reading), 0.9)
        return None

    def _panel(self, reading: Reading) -> FastResult | None:
        if len(reading.panels) != 1 or reading.elsewhere:
            return None
        span = reading.panels[0]
        frame = frame_of(reading, lambda m: m.kind == "panel")
        if reading.compares:
            if not (frames.COMPARE.fullmatch(frame) or frames.EN_COMPARE.fullmatch(frame)):
                return None
            told = asks_value(reading.text) or asks_which(reading.text)
            name = IntentName.ASK_VALUE if told and not shows(reading.text) else IntentName.SHOW_PANEL
        elif frames.ASK.fullmatch(frame) or frames.EN_ASK.fullmatch(frame) or self._asks_state(reading, frame):
            name = IntentName.ASK_VALUE
        elif frames.SHOW.fullmatch(frame) or frames.EN_SHOW.fullmatch(frame):
            name = IntentName.SHOW_PANEL
        else:
            return None
        if name is IntentName.SHOW_PANEL and span[0].exact and asks_value(span[0].name):
            name = IntentName.ASK_VALUE  # names that are questions themselves: "날씨 어때"
        best = span[0]
        if not best.exact and (best.distance > _far(reading.text[best.start : best.end], best.name) or len(span) > 1):
            return None  # a name too far off, or two that sound alike: more than this path can tell
        if best.id == "fn-cloud-folder" and wants_a_report(reading.text):
            return FastResult(Intent(IntentName.OPEN_REPORT), 1.0)
        if best.id in _SPOKEN_FUNCTIONS and not _PAGE_WORD.search(frame):
            # "화상회의" alone is the function; with any other verb it may be its page.
            return FastResult(_SPOKEN_FUNCTIONS[best.id], 1.0) if frame == PANEL and best.exact else None
        private = self._registry.panels[best.id].visibility is Visibility.PRIVATE
        if (private or best.id.startswith(_FUNCTION_PANELS)) and not best.exact:
            return None
        intent = at_its_place(refined(Intent(name, panel=best.id), reading), reading)
        return FastResult(intent, 1.0 if best.exact else 0.9)

    @staticmethod
    def _asks_state(reading: Reading, frame: str) -> bool:
        """Whether it asks how things are by an adjective: "강남구 미세먼지 심해", "오존 높은가요". Without a question's
        ending, a question mark, a place or a time it may be a remark, which the model judges."""
        if frames.STATE_ASKED.fullmatch(frame):
            return True
        marked = "?" in reading.text or reading.district is not None
        return marked and bool(frames.STATE.fullmatch(frame))


def _far(heard: str, name: str) -> int:
    """Jamo that a name may be off where all other words of the sentence are known: two where it is long and has as
    many syllables as what was heard, for a missing one makes another word ("대여", "대여소")."""
    return 2 if len(to_jamo(name)) >= 12 and len(compact(heard)) == len(compact(name)) else 1


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

_SOFTENING = frozenset(
    ["좀", "쫌", "한번", "빨리", "얼른", "지금", "이제", "인제", "그냥", "어서", "당장", "바로", "제발"]
)
"""Words that soften or hurry a command and mean nothing else, wherever they stand."""

_LEAD = compiled(f"^(?:{frames.FILLER})+")


def _command_forms(text: str) -> tuple[str, ...]:
    """The sentence as compact text: whole, and without fillers in front or politeness behind."""
    key = compact(text)
    forms = [key]
    bare = _LEAD.sub("", key)
    if bare and bare != key:
        forms.append(bare)
    if key.startswith("서울아") and len(key) > 3:
        forms.append(key[3:])
    plain = compact("".join(word for word in text.split() if word not in _SOFTENING))
    if plain:
        forms += [plain, _LEAD.sub("", plain)]
    if key.startswith("please"):
        forms.append(key[6:])
    return tuple(dict.fromkeys(filter(None, forms)))


_WISH_END = compiled(f"(?:{DISPLAY_KO}|{ASKED_KO}|{TELL_KO}){frames.TAIL}$")
_WISH_EN = re.compile(
    r"^(?:please|can you|could you|hey|now)?\s*(?:show|open|display|put|bring|pull|go to|take me|what|how|tell)\b", re.I
)


def is_display_wish(reading: Reading) -> bool:
    """Whether the sentence ends (English: begins) like a wish to see or a question for a figure."""
    return bool(_WISH_END.search(compact(reading.text))) or bool(_WISH_EN.search(reading.text))
