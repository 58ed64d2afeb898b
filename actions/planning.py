"""The one table: which action serves which intent. (intent, world) -> plan; pure."""

from __future__ import annotations

from actions import ask, call, hands, navigate, panels_of, privacy, show
from actions.world import Plan, World
from assistant.contracts import Intent, IntentName


def plan(intent: Intent, world: World) -> Plan:
    """The commands that carry out `intent`. Every intent name is served; a missing slot asks or says so."""
    match intent.name:
        case IntentName.SHOW_PANEL:
            return show.show_panel(intent, world)
        case IntentName.ASK_VALUE:
            return show.ask_value(intent, world)
        case IntentName.CALL:
            return call.call(intent, world)
        case IntentName.NAVIGATE:
            return navigate.navigate(intent, world)
        case IntentName.ZOOM:
            return navigate.zoom(intent, world)
        case IntentName.ROTATION:
            return navigate.rotation(intent, world)
        case IntentName.HANDS:
            return hands.hands(intent, world)
        case IntentName.STOP:
            return ask.stop(intent, world)
        case IntentName.REPEAT:
            return ask.repeat(intent, world)
        case IntentName.HELP:
            return ask.help_(intent, world)
        case IntentName.PRIVATE_MODE:
            return privacy.private_mode(intent, world)
        case IntentName.CHOOSE | IntentName.CONFIRM | IntentName.DENY:
            return ask.answer(intent, world)
        case IntentName.CONFERENCE if (leaving := call.leave_meeting(intent, world)) is not None:
            return leaving
        case IntentName.CONFERENCE | IntentName.OPEN_DOCUMENT | IntentName.OPEN_REPORT | IntentName.WORK_ORDER:
            return panels_of.open_panel_of(intent, world)
