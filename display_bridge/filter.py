"""Privacy: what a screen of a trust may receive. Applied to the state, before any view is built or serialised.

A public screen follows a display's public state: the layers that hold public panels, nothing of the assistant's
words, runs, questions or calls. What it may not see is not in its channel at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assistant.contracts import Layer
from content_registry.schema import Registry
from display_bridge.state import INCIDENT, DisplayState, Entry
from display_bridge.trust import Trust, may_see

PUBLIC_OVERLAYS = frozenset({"help", "departments", "menu"})
_QUIET: Mapping[str, Any] = {"phase": "idle", "text": "", "notices": []}
_OWN_FIELDS = frozenset({"phase", "since", "until", "outcome", "woken", "mic", "notices"})


def visible_state(state: DisplayState, trust: Trust, registry: Registry, *, own: bool = False) -> DisplayState:
    """The state as a screen of this trust has it: layers of panels it may see, home beneath them.

    own: no more trusted screen follows this display. For ROOM that means the person who speaks stands in front of
    this screen, and sees what was heard; once a paired screen joins, its conversation is not for this one. For PUBLIC
    the display itself is a citizens' screen, so the question and the answer on it are those of the person
    in front of it. Its transcript and run id stay on the server all the same.
    """
    layers = {k: e for k, e in state.layers.items() if may_see(registry.panels.get(e.panel), trust)}
    if trust is Trust.PUBLIC and layers.get(Layer.ALERT, Entry("")).cause == INCIDENT:
        del layers[Layer.ALERT]  # there it is a banner, which each may put aside
    layers.setdefault(Layer.HOME, Entry("home"))
    state = replace(state, layers=layers, history=())
    if trust >= Trust.INTERNAL or (trust is Trust.ROOM and own):
        return state
    overlay = state.overlay if state.overlay and (own or state.overlay[0] in PUBLIC_OVERLAYS) else None
    assistant: dict[str, Any] = dict(_QUIET)
    if own:
        assistant = {k: v for k, v in state.assistant.items() if k in _OWN_FIELDS} | {"text": ""}
    return replace(
        state,
        layers={k: replace(e, cause="") for k, e in layers.items()},
        question=state.question if own else None,
        overlay=overlay if own or overlay is None else (overlay[0], {}),
        assistant=assistant,
        speech=state.speech if own else None,
    )
