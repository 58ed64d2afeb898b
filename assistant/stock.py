"""The sentences that are said again and again, so that the voice can make them in advance: none is about anybody."""

from __future__ import annotations

from actions import World, plan
from actions.panels_of import PANEL_OF
from assistant.contracts import Intent, IntentName, Understanding, UnderstandingOutcome
from assistant.gate import ScreenStanding, Trust, exposure
from assistant.outcomes import SCREEN_LEFT, not_understood
from content_registry.schema import Registry, Visibility

_NOTES = ((), ("outside-seoul",), ("unknown-department",), ("volume",), ("model-unavailable",))


def common_sentences(registry: Registry) -> list[str]:
    """In Korean, the most common first: what every intent says by itself, refusals, public panels, menus."""
    world = World(registry, "stock")
    said = [plan(Intent(name), world).say_ko for name in IntentName if name not in PANEL_OF]
    said += [not_understood(Understanding("", UnderstandingOutcome.NOT_UNDERSTOOD, notes=n)).text_ko for n in _NOTES]
    said.append(SCREEN_LEFT.text_ko)
    public = ScreenStanding("wall", Trust.PUBLIC)
    for panel in registry.panels.values():
        refused = exposure(panel.id, registry, public)
        if refused is not None:
            said.append(refused.text_ko)
    for panel in registry.panels.values():
        if panel.visibility is Visibility.PUBLIC:
            said.append(plan(Intent(IntentName.SHOW_PANEL, panel=panel.id), world).say_ko)
    # What a kiosk reads out while somebody moves over its tiles.
    said += [menu.ko for menu in registry.menus.values()] + [part.ko for part in registry.submenus.values()]
    return [text for text in dict.fromkeys(said) if text]
