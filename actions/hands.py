"""The motion mouse's switch: whether a raised hand is watched for."""

from __future__ import annotations

from actions.world import Plan, World
from assistant.contracts import Direction, Intent, Outcome, OutcomeCode, SwitchHands


def hands(intent: Intent, world: World) -> Plan:
    """On or off; a bare "hands" switches on."""
    on = intent.direction is not Direction.OFF
    ko, en = (
        (
            "손 동작을 켰습니다. 오른손을 3초 동안 들어 주세요.",
            "Hand control is on. Hold your right hand up for 3 seconds.",
        )
        if on
        else ("손 동작을 껐습니다. 카메라를 닫았습니다.", "Hand control is off. The camera is closed.")
    )
    return Plan((SwitchHands(world.display, on),), Outcome(OutcomeCode.ANSWERED, ko, en), say_ko=ko, say_en=en)
