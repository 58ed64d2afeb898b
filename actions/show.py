"""Show a panel, or read a value aloud with the panel beside it."""

from __future__ import annotations

from actions.world import Finish, Plan, World, refusal
from assistant.contracts import AnswerValue, CloseOverlay, Intent, Outcome, OutcomeCode, ShowPanel

IDLE_S = 120.0
"""A commanded panel gives way to the rotation after this long without a touch or a word, seconds."""


def show_panel(intent: Intent, world: World) -> Plan:
    """The wall shows the panel, on the district asked for. Asked without a name: the one on screen, elsewhere."""
    panel_id = intent.panel or (world.shown_panel if intent.district else None)
    panel = world.registry.panels.get(panel_id or "")
    if panel is None:
        return refusal(
            OutcomeCode.NOT_UNDERSTOOD, "no-panel", "어떤 화면을 볼지 알려 주세요.", "Please say which panel to show."
        )
    args = {"district": intent.district} if intent.district else {}
    where_ko = f"{intent.district} " if intent.district else ""
    return Plan(
        (CloseOverlay(world.display), ShowPanel(world.display, panel.id, args, ttl_s=IDLE_S)),
        Outcome(
            OutcomeCode.SHOWN, f"{where_ko}{panel.name_ko}, 화면에 띄웠습니다.", f"{panel.name_en} is on the screen."
        ),
        Finish.RENDERED,
        say_ko=f"{where_ko}{panel.name_ko}, 화면에 띄웠습니다.",
        say_en=f"{panel.name_en} is on the screen.",
    )


def ask_value(intent: Intent, world: World) -> Plan:
    """The panel appears and its figure is spoken; the sentence comes from the data, so the executor ends the run."""
    panel_id = intent.panel or world.shown_panel
    panel = world.registry.panels.get(panel_id or "")
    if panel is None:
        return refusal(
            OutcomeCode.NOT_UNDERSTOOD,
            "no-panel",
            "어떤 값이 궁금하신지 알려 주세요.",
            "Please say which figure you want.",
        )
    args = {"district": intent.district} if intent.district else {}
    return Plan(
        (
            CloseOverlay(world.display),
            ShowPanel(world.display, panel.id, args, ttl_s=IDLE_S),
            AnswerValue(world.display, panel.id, intent.district, intent.compare, intent.period, intent.language),
        ),
        Outcome(OutcomeCode.ANSWERED, "", ""),
        Finish.EXECUTED,
    )
