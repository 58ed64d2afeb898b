"""How a run ends: exactly one outcome, each with its words in Korean and English."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.contracts.wire import message


class OutcomeCode(StrEnum):
    """The closed set of endings; none is silent on the screen."""

    SHOWN = "shown"
    ANSWERED = "answered"
    CALLING = "calling"
    ASKED = "asked"
    NOT_HEARD = "not_heard"
    NOT_UNDERSTOOD = "not_understood"
    AMBIGUOUS = "ambiguous"
    NOT_PERMITTED = "not_permitted"
    FAILED = "failed"
    CANCELLED = "cancelled"


@message("outcome")
@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a run. `reason` is a stable kebab-case code, e.g. `display-offline`; the texts are for people."""

    code: OutcomeCode
    text_ko: str
    text_en: str
    reason: str = ""
