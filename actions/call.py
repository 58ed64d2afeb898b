"""Call the department that was named, or the one that owns what is on the screen."""

from __future__ import annotations

from actions.world import Finish, Plan, World
from assistant.contracts import Intent, Media, OpenOverlay, Outcome, OutcomeCode, PlaceCall


def call(intent: Intent, world: World) -> Plan:
    """Department named > owner of the panel named > owner of the panel on screen; none of them: ask."""
    about = intent.panel or world.shown_panel
    panel = world.registry.panels.get(about or "")
    department = world.registry.departments.get(intent.department or (panel.department if panel else "") or "")
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
