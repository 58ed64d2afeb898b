"""What a person may want, and what understanding made of one sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from assistant.contracts.periods import Period
from assistant.contracts.wire import message


class IntentName(StrEnum):
    """The closed set of intents; stable names that scripts and the NLU model share."""

    SHOW_PANEL = "show_panel"
    ASK_VALUE = "ask_value"
    CALL = "call"
    CONFERENCE = "conference"
    NAVIGATE = "navigate"
    STOP = "stop"
    REPEAT = "repeat"
    HELP = "help"
    PRIVATE_MODE = "private_mode"
    ROTATION = "rotation"
    HANDS = "hands"
    ZOOM = "zoom"
    OPEN_DOCUMENT = "open_document"
    OPEN_REPORT = "open_report"
    WORK_ORDER = "work_order"
    CONFIRM = "confirm"
    DENY = "deny"
    CHOOSE = "choose"


class Media(StrEnum):
    """How a call is placed."""

    VIDEO = "video"
    VOICE = "voice"


class Direction(StrEnum):
    """The direction slot: navigate takes the first eight and menu, zoom in/out/reset, rotation, hands and private
    mode on/off. A call with a direction steers the one that there is: off, hold, release, on (answer); a conference
    with off leaves it."""

    BACK = "back"
    HOME = "home"
    NEXT = "next"
    PREVIOUS = "previous"
    UP = "up"
    DOWN = "down"
    HOLD = "hold"
    RELEASE = "release"
    IN = "in"
    OUT = "out"
    RESET = "reset"
    ON = "on"
    OFF = "off"
    MENU = "menu"


class Language(StrEnum):
    """The language an answer is wanted in."""

    KOREAN = "ko"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Intent:
    """One intent with its slots; a slot that does not apply is None, or empty.

    panel, department: registry ids. district: official Korean name ("강남구"). compare: the districts to be set beside
    `district`, in the order they were said. choice: 1-based; of a page to turn to, with NAVIGATE. language: None for
    the room's own. item: one thing of a panel: a document's id, a place's or a line's name. incident: the one that a
    tap acknowledges ("" for the one that stands there); such a tap answers no question.
    """

    name: IntentName
    panel: str | None = None
    district: str | None = None
    department: str | None = None
    media: Media | None = None
    direction: Direction | None = None
    choice: int | None = None
    compare: tuple[str, ...] = ()
    period: Period | None = None
    language: Language | None = None
    item: str | None = None
    incident: str | None = None


class UnderstandingOutcome(StrEnum):
    """accepted: one intent is sure enough; ambiguous: ask, with alternatives; not_understood: stay silent or say so."""

    ACCEPTED = "accepted"
    AMBIGUOUS = "ambiguous"
    NOT_UNDERSTOOD = "not_understood"


class UnderstandingPath(StrEnum):
    """Which way the answer came: the registry's fast path, the NLU model, or none (refused before either)."""

    FAST = "fast"
    MODEL = "model"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Alternative:
    """A candidate with its confidence in 0..1 and the words shown to the person."""

    intent: Intent
    confidence: float
    label_ko: str = ""
    label_en: str = ""


@message("understanding")
@dataclass(frozen=True, slots=True)
class Understanding:
    """The result for one sentence. `notes` holds stable codes such as `model-unavailable` or `outside-seoul`."""

    text: str
    outcome: UnderstandingOutcome
    intent: Intent | None = None
    confidence: float = 0.0
    alternatives: tuple[Alternative, ...] = ()
    path: UnderstandingPath = UnderstandingPath.NONE
    ms: float = 0.0
    notes: tuple[str, ...] = field(default=())


class Source(StrEnum):
    """The ten ways in, and the API."""

    MICROPHONE = "microphone"
    PUSH_TO_TALK = "push_to_talk"
    TEXT = "text"
    TOUCH = "touch"
    TABLET = "tablet"
    WATCH = "watch"
    HANDS = "hands"
    FACE = "face"
    SHELF = "shelf"
    API = "api"
    TIMER = "timer"


@message("intent_proposed")
@dataclass(frozen=True, slots=True)
class IntentProposed:
    """A source's proposal: what is wanted, where it shall happen, and by what evidence.

    display: id of the screen it concerns. person: recognised person or None. text: what was said or typed.
    """

    run: str
    source: Source
    display: str
    intent: Intent
    confidence: float = 1.0
    text: str = ""
    person: str | None = None
