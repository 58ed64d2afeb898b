"""What an action may look at, and what it answers: a view of the world in, a plan out. No I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from assistant.contracts import Command, Intent, Language, Outcome, OutcomeCode
from content_registry.schema import Registry


class Finish(StrEnum):
    """When a plan's outcome is true: at once, when the screen has painted, or when the executor says so."""

    AT_ONCE = "at_once"
    RENDERED = "rendered"
    EXECUTED = "executed"


@dataclass(frozen=True, slots=True)
class World:
    """The screen and the conversation as an action sees them.

    shown_panel: what is on the display now. question: the intents behind the numbered choices that stand open.
    last_said: the last sentence spoken there, in the language `said_in`. unlocked: private mode is on.
    incident: the id of the one that stood on the display when this was said, "" for none. paired: the display has a
    paired screen. source: by what way this came. shown_department: who answers for the incident on the display, where
    that is another than the panel's. calling: a call of this display is announced or rings, and can be taken back.
    ringing: somebody calls this display.
    """

    registry: Registry
    display: str
    shown_panel: str | None = None
    question: tuple[Intent, ...] = ()
    last_said: str = ""
    unlocked: bool = False
    said_in: Language = Language.KOREAN
    incident: str = ""
    paired: bool = False
    source: str = ""
    shown_department: str | None = None
    calling: bool = False
    ringing: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One numbered answer to a question: the intent it stands for and its words."""

    intent: Intent
    label_ko: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Commands in order, the outcome that holds once they are done, and what to say (empty: nothing)."""

    commands: tuple[Command, ...]
    outcome: Outcome
    finish: Finish = Finish.AT_ONCE
    say_ko: str = ""
    say_en: str = ""
    choices: tuple[Choice, ...] = field(default=())


def refusal(code: OutcomeCode, reason: str, text_ko: str, text_en: str) -> Plan:
    """A plan that does nothing and says why."""
    return Plan((), Outcome(code, text_ko, text_en, reason), say_ko=text_ko, say_en=text_en)
