"""From a model's ranking and the names in the sentence to one outcome: accept, ask, or leave unanswered. Pure.

Asking is for sentences that really have two readings; a sentence that is not meant for the assistant is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.contracts import Alternative, Direction, Intent, IntentName, Media, UnderstandingOutcome
from assistant.understanding import frames
from assistant.understanding.call_words import steered
from assistant.understanding.fastpath import is_display_wish, media_of
from assistant.understanding.forms import (
    asks_value,
    calls_owner,
    names_a_page,
    names_the_home_page,
    switches_off,
    wants_a_report,
    wants_the_list,
)
from assistant.understanding.labels import intent_of
from assistant.understanding.model import CHATTER, PANEL_PREFIX, ModelResult
from assistant.understanding.numbers import number_in
from assistant.understanding.reading import Reading, frame_of
from assistant.understanding.refinements import at_its_place, refined
from assistant.understanding.refusals import (
    NEGATED,
    UNKNOWN_DEPARTMENT,
    is_for_others,
    is_fragment,
    is_remark,
    lacks_known_office,
    negation_forbids,
)
from content_registry.schema import Registry, Visibility

OUTSIDE_SEOUL = "outside-seoul"
NEAR_PRIVATE = "near-private"
"""Something private may have been meant, and was left out of what is asked: the words are not for the records."""
_MOST_OFFERED = 4


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Tuned on hand-written lines left out of training (docs/decisions/0013).

    addressed: the sentence must be meant for us so surely; addressed_wish: the same where it ends in a wish to see and
    names a panel; addressed_plain: where such a sentence means one as surely as `plain`; addressed_command: where its
    label is a command and at least as confident as `command`. accept: a reading this sure is taken (accept_sure: where
    the sentence is surely meant for us, `sure`); margin: and so far ahead of the next. agreed: what an exactly named
    panel adds to its label's confidence. ask: readings below this are not offered. fragment: a scrap of a sentence
    that names nothing ("그래서") needs so much confidence.
    """

    addressed: float = 0.6
    addressed_wish: float = 0.3
    accept: float = 0.4
    sure: float = 0.97
    accept_sure: float = 0.2
    margin: float = 0.15
    agreed: float = 0.15
    command: float = 0.6
    addressed_command: float = 0.05
    ask: float = 0.1
    fragment: float = 0.9
    plain: float = 0.85
    addressed_plain: float = 0.4


TUNED = Thresholds()


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome with its intent or the alternatives to ask about."""

    outcome: UnderstandingOutcome
    intent: Intent | None = None
    confidence: float = 0.0
    alternatives: tuple[Alternative, ...] = ()
    notes: tuple[str, ...] = ()


def decide(reading: Reading, result: ModelResult, registry: Registry, limits: Thresholds = TUNED) -> Decision:
    """What a sentence wants, by the model and the registry together."""
    decided = _confirmed(_decide(reading, result, registry, limits), reading, registry)
    decision = _refused(_by_district(decided, reading, registry), reading)
    unanswered = decision.outcome is UnderstandingOutcome.NOT_UNDERSTOOD
    if unanswered and not decision.notes and reading.elsewhere and reading.near_panels and reading.district is None:
        return replace(decision, notes=(OUTSIDE_SEOUL,))
    return decision


def _decide(reading: Reading, result: ModelResult, registry: Registry, limits: Thresholds) -> Decision:
    if not result.ranking:
        return nothing()
    label, confidence = result.ranking[0]
    asked_for = is_display_wish(reading)
    wish = bool(reading.near_panels) and asked_for
    plain = asked_for and confidence >= limits.plain
    commanded = label != CHATTER and not label.startswith(PANEL_PREFIX) and confidence >= limits.command
    needed = limits.addressed_plain if plain else limits.addressed
    needed = limits.addressed_command if commanded else limits.addressed_wish if wish else needed
    if result.addressed is not None and result.addressed < needed:
        return nothing(result.addressed)
    candidates = _candidates(reading, result, registry, limits)
    if not candidates or candidates[0].intent is None:
        return nothing()
    best = candidates[0]
    assert best.intent is not None
    if result.ranking[0][0] == CHATTER and not wish:
        return nothing(best.raw)
    if is_fragment(reading.text) and not reading.exact_panels and best.raw < limits.fragment:
        return nothing(best.raw)
    if reading.elsewhere and reading.district is None and not _is_worldwide(best.intent, registry):
        return replace(nothing(best.score), notes=(OUTSIDE_SEOUL,))
    rivals = [c for c in candidates[1:] if c.intent is not None]
    ahead = best.score - (rivals[0].score if rivals else 0.0)
    if _only_sounds_like(best.intent, reading, registry, best.raw):
        return _ask([best, *(c for c in rivals if c.score >= limits.ask)][:3], registry)
    surely = result.addressed is not None and result.addressed >= limits.sure
    enough = limits.accept_sure if surely else limits.accept
    if best.score >= enough and ahead >= limits.margin:
        return Decision(UnderstandingOutcome.ACCEPTED, best.intent, min(best.score, 1.0))
    offered = [c for c in (best, *rivals) if c.score >= limits.ask][:3]
    if len(offered) >= 2 and sum(c.score for c in offered) >= enough:
        return _ask(offered, registry)
    return nothing(best.score)


def nothing(confidence: float = 0.0, *notes: str) -> Decision:
    """Not understood."""
    return Decision(UnderstandingOutcome.NOT_UNDERSTOOD, confidence=min(confidence, 1.0), notes=notes)


def _refused(decision: Decision, reading: Reading) -> Decision:
    """The decision, unless the sentence's own words speak against every intent in it."""
    intents = [decision.intent] if decision.intent else [a.intent for a in decision.alternatives]
    if not intents:
        return decision
    if any(negation_forbids(intent, reading.text) for intent in intents):
        return nothing(decision.confidence, NEGATED, *decision.notes)
    if (steering := steered(intents, reading.text)) is not None:
        return Decision(UnderstandingOutcome.ACCEPTED, steering, decision.confidence, notes=decision.notes)
    if any(lacks_known_office(intent, reading.text) for intent in intents):
        return nothing(decision.confidence, UNKNOWN_DEPARTMENT, *decision.notes)
    names = [(m.start, m.end) for m in reading.mentions if m.kind == "panel" and m.exact]
    if is_remark(intents[0], reading.text) or is_for_others(intents[0], reading.text, names):
        return nothing(decision.confidence, *decision.notes)
    return decision


def ask_several(intents: tuple[Intent, ...], registry: Registry) -> Decision:
    """Asks which of several things that were said in one breath is wanted; nothing where fewer than two may be
    offered."""
    return _ask([_Candidate(intent, 0.5, 0.5) for intent in intents[:_MOST_OFFERED]], registry)


def _confirmed(decision: Decision, reading: Reading, registry: Registry) -> Decision:
    """Asks which panel is meant where what was heard is near the names of several ("강술량": 강수량, 강설량). A private
    one is not offered; where that leaves a single one, it must be the nearest, and it is that one."""
    intent = decision.intent
    if intent is None or intent.panel is None:
        return decision
    span = next((span for span in reading.panels if any(m.id == intent.panel for m in span)), ())
    if len({m.id for m in span}) < 2 or any(m.exact for m in span):
        return decision
    offered = [one for m in span if _may_be_offered(one := replace(intent, panel=m.id), registry)]
    if len(offered) != 1:
        return ask_several(tuple(offered), registry)
    alone = offered[0].panel == span[0].id
    return replace(decision, intent=offered[0]) if alone else nothing(decision.confidence)


def _by_district(decision: Decision, reading: Reading, registry: Registry) -> Decision:
    """Asks which district is meant where several are named and the intent can have one."""
    districts = reading.districts
    if decision.intent is None or decision.intent.district is None or len(districts) < 2 or decision.intent.compare:
        return decision
    return ask_several(tuple(replace(decision.intent, district=district) for district in districts), registry)


def decide_by_names(reading: Reading, registry: Registry) -> Decision:
    """Without a model: a wish to see whose only name has several near readings is asked about; all else is left."""
    if len(reading.panels) != 1 or reading.elsewhere or not is_display_wish(reading):
        return nothing()
    public = [
        m
        for m in reading.panels[0]
        if (panel := registry.panels.get(m.id)) is not None and (m.exact or panel.visibility is Visibility.PUBLIC)
    ]
    if not public:
        return nothing()
    intents = tuple(refined(Intent(IntentName.SHOW_PANEL, panel=m.id), reading) for m in public[:3])
    return _refused(ask_several(intents, registry), reading)


@dataclass(frozen=True, slots=True)
class _Candidate:
    intent: Intent | None
    score: float
    raw: float


def _candidates(reading: Reading, result: ModelResult, registry: Registry, limits: Thresholds) -> list[_Candidate]:
    """The ranking with slots, a panel's confidence raised where the sentence names it. Chatter has no intent."""
    named = {m.id: m.exact for span in reading.panels for m in span}
    # Two different names in one sentence ("공원 주차장") agree with neither more than with the other.
    bonus = limits.agreed / max(1, len(reading.exact_panels))
    ranking = dict(result.ranking)
    for panel, exact in named.items():
        if exact:
            ranking.setdefault(f"panel.{panel}", 0.0)
    found = []
    for label, confidence in ranking.items():
        if label == CHATTER:
            found.append(_Candidate(None, confidence, confidence))
            continue
        intent = intent_of(label)
        filled = fill(intent, reading, registry) if intent is not None else None
        if filled is None:
            continue
        score = confidence
        if intent is not None and (intent.panel or "").startswith("home-") and not names_the_home_page(reading.text):
            score *= _HOME_TILE
        if intent is not None and intent.panel in named:
            score += bonus if named[intent.panel] else bonus / 2
        found.append(_Candidate(filled, score, confidence))
    found.sort(key=lambda candidate: -candidate.score)
    merged: list[_Candidate] = []
    for candidate in found:
        if not any(candidate.intent == other.intent for other in merged):
            merged.append(candidate)
    return merged


def fill(intent: Intent, reading: Reading, registry: Registry) -> Intent | None:
    """The intent with the slots that the sentence gives; None when one that it cannot do without is missing."""
    text = reading.text
    if intent.name is IntentName.SHOW_PANEL:
        if intent.panel not in registry.panels:
            return None
        about = None if (intent.panel or "").startswith("fn-") else intent.panel
        if calls_owner(text) or (reading.department and intent.panel in ("fn-video-call", "fn-voice-call")):
            return Intent(IntentName.CALL, panel=about, department=reading.department, media=media_of(text))
        if intent.panel == "fn-cloud-folder" and wants_a_report(text):
            return Intent(IntentName.OPEN_REPORT)
        if intent.panel in _DOES and not names_a_page(text):
            return fill(_DOES[intent.panel], reading, registry)
        name = IntentName.ASK_VALUE if asks_value(text) and not (intent.panel or "").startswith("fn-") else intent.name
        return at_its_place(refined(replace(intent, name=name), reading), reading)
    if intent.name is IntentName.CALL:
        about = next((p for p in reading.exact_panels if not p.startswith("fn-")), None)
        media = media_of(text) or intent.media
        return replace(intent, department=reading.department, panel=about, media=media)
    if intent.name is IntentName.WORK_ORDER:
        return replace(intent, department=reading.department)
    if intent.name is IntentName.OPEN_DOCUMENT:
        if wants_the_list(text):
            return fill(Intent(IntentName.SHOW_PANEL, panel="approval-list"), reading, registry)
        return replace(intent, choice=number_in(text))
    if intent.name is IntentName.CHOOSE:
        choice = number_in(text)
        return replace(intent, choice=choice) if choice is not None else None
    if intent.name in (IntentName.PRIVATE_MODE, IntentName.ROTATION) and switches_off(text):
        return replace(intent, direction=Direction.OFF)
    if intent.name is IntentName.REPEAT:
        return refined(intent, reading)
    if intent.name is IntentName.NAVIGATE and "마지막" in text:
        return None  # the last of something is no step from here
    return intent


def label_texts(intent: Intent, registry: Registry) -> tuple[str, str]:
    """The words, Korean and English, by which a person chooses an alternative."""
    panel = registry.panels.get(intent.panel or "")
    department = registry.departments.get(intent.department or "")
    if intent.name in (IntentName.SHOW_PANEL, IntentName.ASK_VALUE) and panel is not None:
        where = f"{'·'.join((intent.district, *intent.compare))} " if intent.district else ""
        return f"{where}{panel.name_ko}", panel.name_en
    ko, en = _NAMES.get(intent.name, (intent.name.value, intent.name.value))
    if department is not None:
        ko, en = f"{department.name_ko_current} {ko}", f"{en}: {department.name_en}"
    if intent.direction is not None:
        ko_direction = _DIRECTIONS.get(intent.direction.value, intent.direction.value)
        ko, en = f"{ko}: {ko_direction}", f"{en}: {intent.direction.value}"
    return ko, en


def _may_be_offered(intent: Intent, registry: Registry) -> bool:
    """Whether an alternative names something a person can choose in front of everyone."""
    if intent.name in (IntentName.CONFIRM, IntentName.DENY, IntentName.CHOOSE, IntentName.PRIVATE_MODE):
        return False
    return not _is_private(intent.panel, registry) and intent.panel != "fn-private-mode"


def _is_private(panel_id: str | None, registry: Registry) -> bool:
    panel = registry.panels.get(panel_id or "")
    return panel is not None and panel.visibility is Visibility.PRIVATE


def _ask(candidates: list[_Candidate], registry: Registry) -> Decision:
    """The question between the candidates that may be offered; not understood where fewer than two are left."""
    alternatives = []
    notes = (NEAR_PRIVATE,) if any(c.intent and _is_private(_opened_by(c.intent), registry) for c in candidates) else ()
    candidates = [c for c in candidates if c.intent is not None and _may_be_offered(c.intent, registry)]
    if len(candidates) < 2:
        return nothing(max((c.score for c in candidates), default=0.0), *notes)
    for candidate in candidates:
        assert candidate.intent is not None
        ko, en = label_texts(candidate.intent, registry)
        alternatives.append(Alternative(candidate.intent, min(candidate.score, 1.0), ko, en))
    surest = max(a.confidence for a in alternatives)
    return Decision(UnderstandingOutcome.AMBIGUOUS, None, surest, tuple(alternatives), notes)


def _only_sounds_like(intent: Intent, reading: Reading, registry: Registry, confidence: float) -> bool:
    """Whether a panel that is not public stands on a misheard name alone: it is asked about, never opened."""
    panel = registry.panels.get(_opened_by(intent) or "")
    if panel is None or panel.visibility is Visibility.PUBLIC or intent.name is IntentName.CALL:
        return False
    near = any(m.id == panel.id and not m.exact for span in reading.panels for m in span)
    if not near or panel.id in reading.exact_panels:
        return False
    if intent.panel is None:  # by another name: misheard where the sentence has nothing besides
        return confidence < 0.8 or bool(frames.SHOW.fullmatch(frame_of(reading)))
    return confidence < 0.8 or panel.visibility is Visibility.PRIVATE


def _opened_by(intent: Intent) -> str | None:
    """The panel that an intent opens, by its own name or another."""
    return intent.panel or {IntentName.OPEN_REPORT: "fn-cloud-folder", IntentName.WORK_ORDER: "fn-work-order"}.get(
        intent.name
    )


def _is_worldwide(intent: Intent, registry: Registry) -> bool:
    """Whether the intent may be about places outside Seoul: sister cities, world rankings, foreign press, meetings."""
    panel = registry.panels.get(intent.panel or "")
    if panel is None:
        calls_out = intent.name is IntentName.CALL and intent.department is None
        return intent.name not in (IntentName.SHOW_PANEL, IntentName.ASK_VALUE) and not calls_out
    return panel.submenu == "international" or panel.menu == "resume" or panel.id in _ABROAD


_DOES = {
    "fn-video-conference": Intent(IntentName.CONFERENCE),
    "fn-video-call": Intent(IntentName.CALL, media=Media.VIDEO),
    "fn-voice-call": Intent(IntentName.CALL, media=Media.VOICE),
    "fn-private-mode": Intent(IntentName.PRIVATE_MODE, direction=Direction.ON),
}
"""What a function of the room does, where its page is not asked for."""
_HOME_TILE = 0.3
"""A tile of the home page shows what a panel of its own shows better: it is meant where the home page is named."""
_ABROAD = frozenset(
    {
        "commuting-population",
        "home-international",
        "ind-foreign-tourists",
        "ind-foreign-investment",
        "seoul-news",
        "media-share",
    }
)
_NAMES: dict[IntentName, tuple[str, str]] = {
    IntentName.CALL: ("전화 연결", "Call"),
    IntentName.CONFERENCE: ("화상회의", "Video conference"),
    IntentName.NAVIGATE: ("화면 이동", "Navigate"),
    IntentName.STOP: ("그만", "Stop"),
    IntentName.REPEAT: ("다시 말하기", "Repeat"),
    IntentName.HELP: ("도움말", "Help"),
    IntentName.PRIVATE_MODE: ("비공개 모드", "Private mode"),
    IntentName.ROTATION: ("자동 순환", "Rotation"),
    IntentName.HANDS: ("손 동작", "Hand control"),
    IntentName.ZOOM: ("확대·축소", "Zoom"),
    IntentName.OPEN_DOCUMENT: ("결재문서 열기", "Open the document"),
    IntentName.OPEN_REPORT: ("보고자료 열기", "Open the report"),
    IntentName.WORK_ORDER: ("업무지시", "Instruct a department"),
    IntentName.CONFIRM: ("네", "Yes"),
    IntentName.DENY: ("아니요", "No"),
    IntentName.CHOOSE: ("번호 선택", "Choose"),
}
_DIRECTIONS = {
    "back": "뒤로",
    "home": "처음으로",
    "next": "다음",
    "previous": "이전",
    "up": "위로",
    "down": "아래로",
    "hold": "고정",
    "release": "고정 해제",
    "in": "확대",
    "out": "축소",
    "reset": "원래 크기",
    "on": "켜기",
    "off": "끄기",
    "menu": "메뉴",
}
