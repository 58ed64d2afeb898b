"""Show a panel, or read a value aloud with the panel beside it."""

from __future__ import annotations

from actions.world import Finish, Plan, World, refusal
from assistant.contracts import (
    AnswerValue,
    CloseOverlay,
    Intent,
    Outcome,
    OutcomeCode,
    ShowPanel,
    Source,
    period_words,
    surely_ahead,
)
from content_registry.schema import Panel

IDLE_S = 120.0
"""A commanded panel gives way to the rotation after this long without a touch or a word, seconds."""
HELD_S = 4 * 3600.0
"""A book that was taken out of the bookcase stays open while it is out, this long at most."""

_BOOK = "book:"
"""How the item of a book of the bookcase begins. Its title is on the screen; the panel's name would say nothing."""
_TAKEN = ("꺼내신 책을 화면에 띄웠습니다.", "The book you took is on the screen.")
_OPENED = ("책을 화면에 띄웠습니다.", "The book is on the screen.")


def show_panel(intent: Intent, world: World) -> Plan:
    """The wall shows the panel, on the district asked for. Asked without a name: the one on screen, elsewhere."""
    panel_id = intent.panel or (world.shown_panel if intent.district or intent.item else None)
    panel = world.registry.panels.get(panel_id or "")
    if panel is None:
        return refusal(
            OutcomeCode.NOT_UNDERSTOOD, "no-panel", "어떤 화면을 볼지 알려 주세요.", "Please say which panel to show."
        )
    taken = world.source == Source.SHELF
    ko, en = (_TAKEN if taken else _OPENED) if (intent.item or "").startswith(_BOOK) else _shown(intent, panel)
    stays = HELD_S if taken else IDLE_S
    return Plan(
        (CloseOverlay(world.display), ShowPanel(world.display, panel.id, view_args(intent), ttl_s=stays)),
        Outcome(OutcomeCode.SHOWN, ko, en),
        Finish.RENDERED,
        say_ko=ko,
        say_en=en,
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
    return Plan(
        (
            CloseOverlay(world.display),
            ShowPanel(world.display, panel.id, view_args(intent), ttl_s=IDLE_S),
            AnswerValue(world.display, panel.id, intent.district, intent.compare, intent.period, intent.language),
        ),
        Outcome(OutcomeCode.ANSWERED, "", ""),
        Finish.EXECUTED,
    )


def view_args(intent: Intent) -> dict[str, str]:
    """What a screen needs beside the panel: `district`, `compare` (districts joined by "+"), `period`, `item`."""
    args = {
        "district": intent.district,
        "compare": "+".join(intent.compare),
        "period": intent.period,
        "item": intent.item,
    }
    return {name: str(value) for name, value in args.items() if value}


def _shown(intent: Intent, panel: Panel) -> tuple[str, str]:
    when_ko, when_en = period_words(intent.period) if intent.period else ("", "")
    where = "·".join(filter(None, (intent.district, *intent.compare)))
    if intent.period is not None and surely_ahead(intent.period):
        ko = " ".join(filter(None, (where, panel.name_ko)))
        none_ko, none_en = ("예보 자료가", "forecast") if panel.menu == "realtime" else ("자료는 따로", "data")
        return (
            f"{ko}의 {when_ko} {none_ko} 없습니다. 지금 화면을 띄웠습니다.",
            f"There is no {none_en} of {panel.name_en} for {when_en}. The screen shows it as of now.",
        )
    ko = " ".join(filter(None, (when_ko, where, panel.name_ko)))
    en = ", ".join(filter(None, (panel.name_en, when_en)))
    return f"{ko}, 화면에 띄웠습니다.", f"{en} is on the screen."
