"""Private mode: anybody may lock, and may ask for the face check; only the face check itself unlocks."""

from __future__ import annotations

from actions.world import Finish, Plan, World
from assistant.contracts import (
    CloseOverlay,
    Direction,
    Intent,
    LockScreen,
    OpenOverlay,
    Outcome,
    OutcomeCode,
    Source,
    UnlockScreen,
)


def private_mode(intent: Intent, world: World) -> Plan:
    """on: begin the face check; of the face check, which the gate has let through: unlock. off: lock, and leave the
    private panel."""
    if intent.direction is Direction.OFF:
        away = (CloseOverlay(world.display), LockScreen(world.display))  # also while an onlooker hides what is open
        if not world.unlocked:
            text = "비공개 모드가 꺼져 있습니다."
            return Plan(away, Outcome(OutcomeCode.ANSWERED, text, "Private mode is off."))
        return Plan(
            away,
            Outcome(OutcomeCode.SHOWN, "비공개 모드를 껐습니다.", "Private mode is off."),
            Finish.RENDERED,
        )
    if world.source == Source.FACE and intent.direction is Direction.ON:
        return Plan(
            (CloseOverlay(world.display), UnlockScreen(world.display)),
            Outcome(OutcomeCode.SHOWN, "비공개 모드를 열었습니다.", "Private mode is open."),
            Finish.RENDERED,
        )
    if world.unlocked:
        text = "비공개 모드가 이미 열려 있습니다."
        return Plan((), Outcome(OutcomeCode.ANSWERED, text, "Private mode is open already."), say_ko=text)
    text, text_en = "비공개 모드는 얼굴 확인이 필요합니다.", "Private mode needs a face check."
    if world.source in (Source.MICROPHONE, Source.PUSH_TO_TALK, Source.TEXT):
        text += " 음성만으로는 열리지 않습니다."
        text_en = "Private mode needs a face check; voice alone never opens it."
    return Plan(
        (OpenOverlay(world.display, "private-mode"),),
        Outcome(OutcomeCode.ASKED, text, text_en, "face-needed"),
        say_ko=text,
        say_en=text_en,
    )
