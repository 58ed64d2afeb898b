"""The conversation at one screen as a pure state machine: `machine` decides, `effects` says what is to be done."""

from assistant.session.effects import (
    BeginRun,
    CancelListening,
    Chime,
    CloseQuestion,
    Effect,
    EndRun,
    Hush,
    Listen,
    Phase,
    ShowPhase,
    Understand,
)
from assistant.session.machine import ACTING_S, ANSWER_S, FOLLOW_UP_S, GRACE_S, SPEAKING_S, STANDBY_S, Session

__all__ = [
    "ACTING_S",
    "ANSWER_S",
    "BeginRun",
    "CancelListening",
    "Chime",
    "CloseQuestion",
    "Effect",
    "EndRun",
    "FOLLOW_UP_S",
    "GRACE_S",
    "Hush",
    "Listen",
    "Phase",
    "SPEAKING_S",
    "STANDBY_S",
    "Session",
    "ShowPhase",
    "Understand",
]
