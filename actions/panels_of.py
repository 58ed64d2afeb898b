"""Intents whose work is to open one panel of the registry: meetings, documents, reports, work orders."""

from __future__ import annotations

from actions.show import show_panel
from actions.world import Plan, World
from assistant.contracts import Intent, IntentName

PANEL_OF: dict[IntentName, str] = {
    IntentName.CONFERENCE: "fn-video-conference",
    IntentName.OPEN_DOCUMENT: "approval-list",
    IntentName.OPEN_REPORT: "fn-cloud-folder",
    IntentName.WORK_ORDER: "fn-work-order",
}
"""The panel that stands for each such intent; the gate judges the intent by this panel's visibility."""


def open_panel_of(intent: Intent, world: World) -> Plan:
    """Open the intent's panel; a document or report named in the intent wins over the default."""
    panel = PANEL_OF[intent.name]
    if intent.name in (IntentName.OPEN_DOCUMENT, IntentName.OPEN_REPORT) and intent.panel:
        panel = intent.panel
    return show_panel(Intent(intent.name, panel=panel), world)
