"""Call the department that was named, or the one that owns what is on the screen."""

from __future__ import annotations

from actions.world import Finish, Plan, World
from assistant.contracts import (
    Direction,
    Intent,
    IntentName,
    Media,
    OpenOverlay,
    Outcome,
    OutcomeCode,
    PlaceCall,
    SteerCall,
    StopSaying,
)


def call(intent: Intent, world: World) -> Plan:
    """Department named > owner of the panel named > who answers for the incident on screen > owner of the panel on
    screen; none of them: ask."""
    if intent.direction is not None:
        return steer(intent.direction, world)
    about = intent.panel or world.shown_panel
    panel = world.registry.panels.get(about or "")
    shown = None if intent.panel else world.shown_department
    owner = intent.department or shown or (panel.department if panel else "")
    department = world.registry.departments.get(owner or "")
    if department is None:
        text = "어느 부서로 연결할까요?"
        return Plan(
            (OpenOverlay(world.display, "departments"),),
            Outcome(OutcomeCode.ASKED, text, "Which department shall I call?", "no-department"),
            say_ko=text,
            say_en="Which department shall I call?",
        )
    media = intent.media or Media.VOICE
    kind_ko = "영상전화" if media is Media.VIDEO else "음성전화"
    return Plan(
        (PlaceCall(world.display, department.id, media, panel.id if panel else None, world.source),),
        Outcome(
            OutcomeCode.CALLING,
            f"{department.name_ko}에 {kind_ko}를 겁니다.",
            f"Calling {department.name_en} ({media.value}).",
        ),
        Finish.EXECUTED,
    )


def steer(direction: Direction, world: World, *, meeting: bool = False) -> Plan:
    """What becomes of the call that there is. The outcome is the call port's: it alone knows whether there is one."""
    done = Outcome(OutcomeCode.ANSWERED, "알겠습니다.", "Understood.", "call-steered")
    return Plan((StopSaying(world.display), SteerCall(world.display, direction, meeting)), done, Finish.EXECUTED)


def leave_meeting(intent: Intent, world: World) -> Plan | None:
    """For a sentence that leaves a meeting; None: it wants another thing."""
    if intent.name is IntentName.CONFERENCE and intent.direction is Direction.OFF:
        return steer(Direction.OFF, world, meeting=True)
    return None
