"""What a display shows: a pure reducer over layers, with undo, rotation and a virtual clock.

`reduce(state, command, now, guide)` and `tick(state, now, guide)` give the next state; nothing is read or written.
Layers, highest first: alert > hold > command > rotation > home. The highest live one shows; when it ends, the one
below returns by itself. Times are epoch seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.contracts import (
    BadInput,
    CloseOverlay,
    Direction,
    Layer,
    MoveView,
    OpenOverlay,
    SetRotation,
    ShowChoices,
    ShowPanel,
    TurnTo,
    ZoomView,
)
from display_bridge.guide import Guide

IDLE_S = 120.0
"""How long an asked-for panel stays after the last touch or word."""
DWELL_S = 20.0
"""How long the rotation stays on a panel."""
QUESTION_S = 60.0
"""The session closes its question itself, sooner; this is for a session that is gone."""
HISTORY = 32
INCIDENT = "incident"
"""The cause of an alert that only an acknowledgement or its own end takes away."""
MAX_ZOOM = 4
MAX_PAGE = 999
ORDER = (Layer.ALERT, Layer.HOLD, Layer.COMMAND, Layer.ROTATION, Layer.HOME)


@dataclass(frozen=True, slots=True)
class Entry:
    """The content of a layer. until None: until replaced. idle: each interaction puts `until` off by IDLE_S."""

    panel: str
    args: Mapping[str, str] = field(default_factory=dict)
    until: float | None = None
    idle: bool = False
    cause: str = ""
    zoom: int = 1
    page: int = 0


@dataclass(frozen=True, slots=True)
class Rotation:
    """running: the timer is wanted. index: place in the guide's list. at: the next change, None while covered."""

    running: bool = False
    index: int = 0
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Numbered choices on the screen: (Korean, English) labels, 1-based."""

    prompt_ko: str
    prompt_en: str
    choices: tuple[tuple[str, str], ...]
    until: float


Asked = tuple[Entry | None, Entry | None]
"""The two layers a person changes: (hold, command). Undo restores both."""


@dataclass(frozen=True, slots=True)
class DisplayState:
    """Everything a display shows. `layers` holds the live entries; home is always among them."""

    layers: Mapping[Layer, Entry]
    history: tuple[Asked, ...] = ()
    rotation: Rotation = Rotation()
    question: Question | None = None
    overlay: tuple[str, Mapping[str, str]] | None = None
    assistant: Mapping[str, Any] = field(default_factory=dict)
    speech: Mapping[str, Any] | None = None

    @property
    def layer(self) -> Layer:
        """The highest live layer: the one that shows."""
        return next(layer for layer in ORDER if layer in self.layers)

    @property
    def shown(self) -> Entry:
        """The content that shows; exactly one."""
        return self.layers[self.layer]


DisplayCommand = ShowPanel | MoveView | TurnTo | ZoomView | SetRotation | ShowChoices | OpenOverlay | CloseOverlay


def initial(home: str = "home") -> DisplayState:
    """A display that shows the main page."""
    return DisplayState({Layer.HOME: Entry(home)})


def reduce(state: DisplayState, command: object, now: float, guide: Guide) -> DisplayState:
    """The state after a command. Raises BadInput for an unknown panel and for commands that concern no screen."""
    state = tick(state, now, guide)
    match command:
        case ShowPanel():
            state = _show(state, command, now, guide)
        case MoveView(direction=direction):
            state = _move(_touched(state, now), direction, now, guide)
        case TurnTo(page=page):
            if page < 1:
                raise BadInput("bad-page", "pages are counted from 1")
            state = _turn_page(_touched(state, now), page - 1)
        case ZoomView(direction=direction):
            state = _zoom(_touched(state, now), direction)
        case SetRotation(running=running):
            state = _set_rotation(state, running, guide)
        case ShowChoices():
            labels = tuple(zip(command.labels_ko, command.labels_en, strict=False))
            if not labels or len(command.labels_ko) != len(command.labels_en):
                raise BadInput("bad-choices", "as many Korean as English labels are needed, one or more")
            question = Question(command.prompt_ko, command.prompt_en, labels, now + QUESTION_S)
            state = replace(_touched(state, now), question=question)
        case OpenOverlay():
            state = replace(_touched(state, now), overlay=(command.overlay, dict(command.args)), question=None)
        case CloseOverlay():
            state = replace(_touched(state, now), overlay=None, question=None)
        case _:
            raise BadInput("not-a-display-command", f"{type(command).__name__} does not concern a screen")
    return tick(state, now, guide)


def tick(state: DisplayState, now: float, guide: Guide) -> DisplayState:
    """The state at a time: expired layers and questions go, the rotation moves on when it is due."""
    live = {k: e for k, e in state.layers.items() if e.until is None or e.until > now}
    if len(live) != len(state.layers):
        state = replace(state, layers=live)
    if state.question is not None and state.question.until <= now:
        state = replace(state, question=None)
    return _rotate_if_due(state, now, guide)


def next_deadline(state: DisplayState) -> float | None:
    """When `tick` will next change something by itself, None if never."""
    times = [e.until for e in state.layers.values() if e.until is not None]
    if state.rotation.at is not None:
        times.append(state.rotation.at)
    if state.question is not None:
        times.append(state.question.until)
    return min(times, default=None)


def with_incident(state: DisplayState, panel: str | None, incident: str, now: float, guide: Guide) -> DisplayState:
    """The state with this incident before everything, or with none (panel None); the same state if nothing changes.
    A sheet that lies over the screen goes: a new incident is not to come up behind a menu."""
    before = state.layers.get(Layer.ALERT)
    if panel is None:
        ended = before is not None and before.cause == INCIDENT
        return tick(_without(state, Layer.ALERT), now, guide) if ended else state
    if before is not None and before.cause == INCIDENT and before.args.get("incident") == incident:
        return state
    alert = Entry(panel, {"incident": incident}, cause=INCIDENT)
    return tick(replace(_with(state, Layer.ALERT, alert), overlay=None), now, guide)


def without(state: DisplayState, panels: Collection[str]) -> DisplayState:
    """The state as if these panels had never been asked for: not shown, and no way back to them. For a screen that is
    locked: what one person looked at is not what the next one finds."""
    layers = {k: e for k, e in state.layers.items() if e.panel not in panels}
    layers.setdefault(Layer.HOME, Entry("home"))
    history = tuple(a for a in state.history if not any(e is not None and e.panel in panels for e in a))
    return replace(state, layers=layers, history=history)


def limit_page(state: DisplayState, pages: int) -> DisplayState:
    """The page of what shows kept inside a document of `pages` pages."""
    page = min(state.shown.page, max(0, pages - 1))
    return state if page == state.shown.page else _change_shown(state, replace(state.shown, page=page))


def _show(state: DisplayState, command: ShowPanel, now: float, guide: Guide) -> DisplayState:
    if not guide.knows(command.panel):
        raise BadInput("unknown-panel", f"there is no panel {command.panel!r}")
    if command.ttl_s is not None and not command.ttl_s > 0:
        raise BadInput("bad-ttl", "ttl_s must be above 0")
    idle = command.ttl_s is None and command.layer is Layer.COMMAND
    until = now + IDLE_S if idle else None if command.ttl_s is None else now + command.ttl_s
    entry = Entry(command.panel, dict(command.args), until, idle, command.cause)
    if command.layer is Layer.COMMAND:
        # An explicit wish ends a hold: otherwise the person asks, and nothing on the glass changes.
        remembered = _remember(state)
        return replace(_with(_without(remembered, Layer.HOLD), Layer.COMMAND, entry), question=None)
    if command.layer is Layer.HOLD:
        return _with(_remember(state), Layer.HOLD, entry)
    if command.layer is Layer.HOME and entry.until is not None:
        raise BadInput("bad-ttl", "the home layer never ends")
    return _with(state, command.layer, entry)


def _move(state: DisplayState, direction: Direction, now: float, guide: Guide) -> DisplayState:
    match direction:
        case Direction.BACK:
            return _back(state, now)
        case Direction.HOME:
            return _home(state, guide)
        case Direction.NEXT | Direction.PREVIOUS:
            return _sibling(state, 1 if direction is Direction.NEXT else -1, now, guide)
        case Direction.UP | Direction.DOWN:
            return _turn_page(state, state.shown.page + (1 if direction is Direction.DOWN else -1))
        case Direction.HOLD:
            if state.layer in (Layer.HOLD, Layer.ALERT):
                return state
            return _with(_remember(state), Layer.HOLD, replace(state.shown, until=None, idle=False))
        case Direction.RELEASE:
            return _without(state, Layer.HOLD)
    raise BadInput("bad-direction", f"a screen cannot move {direction.value}")


def _back(state: DisplayState, now: float) -> DisplayState:
    """Close what stands over the picture, else dismiss the alert, else restore what a person had before."""
    if state.question is not None or state.overlay is not None:
        return replace(state, question=None, overlay=None)
    alert = state.layers.get(Layer.ALERT)
    if alert is not None:
        # An incident is acknowledged for all screens; no way back from one of them closes it.
        return state if alert.cause == INCIDENT else _without(state, Layer.ALERT)
    if not state.history:
        return _without(_without(state, Layer.HOLD), Layer.COMMAND)
    hold, command = state.history[-1]
    state = replace(_without(_without(state, Layer.HOLD), Layer.COMMAND), history=state.history[:-1])
    if command is not None:
        state = _with(state, Layer.COMMAND, replace(command, until=now + IDLE_S, idle=True))
    return state if hold is None else _with(state, Layer.HOLD, hold)


def _home(state: DisplayState, guide: Guide) -> DisplayState:
    """The main page: nothing asked for, nothing open; the rotation starts again from its first panel."""
    if Layer.HOLD in state.layers or Layer.COMMAND in state.layers:
        state = _remember(state)
    layers: dict[Layer, Entry] = {Layer.HOME: state.layers[Layer.HOME]}
    alert = state.layers.get(Layer.ALERT)
    if alert is not None and alert.cause == INCIDENT:
        layers[Layer.ALERT] = alert
    rotation = Rotation(state.rotation.running)
    if rotation.running and guide.rotation:
        layers[Layer.ROTATION] = Entry(guide.rotation[0], cause="rotation")
    return replace(state, layers=layers, rotation=rotation, question=None, overlay=None)


def _turn_page(state: DisplayState, page: int) -> DisplayState:
    return _change_shown(state, replace(state.shown, page=min(MAX_PAGE, max(0, page))))


def _sibling(state: DisplayState, step: int, now: float, guide: Guide) -> DisplayState:
    if guide.read_by_page(state.shown.panel, state.shown.args):
        # In a book "next" is the next page.
        return _turn_page(state, state.shown.page + step)
    if state.layer is Layer.ROTATION and state.rotation.running:
        return _turn(state, step, guide, now + IDLE_S)
    panels = guide.siblings(state.shown.panel)
    if len(panels) < 2:
        return state
    place = panels.index(state.shown.panel) if state.shown.panel in panels else 0
    panel = panels[(place + step) % len(panels)]
    return _show(state, ShowPanel("", panel, state.shown.args, cause="sibling"), now, guide)


def _zoom(state: DisplayState, direction: Direction) -> DisplayState:
    zoom = state.shown.zoom
    steps = {Direction.IN: zoom + 1, Direction.OUT: zoom - 1, Direction.RESET: 1}
    if direction not in steps:
        raise BadInput("bad-direction", f"a screen cannot zoom {direction.value}")
    return _change_shown(state, replace(state.shown, zoom=min(MAX_ZOOM, max(1, steps[direction]))))


def _set_rotation(state: DisplayState, running: bool, guide: Guide) -> DisplayState:
    if running and not guide.rotation:
        raise BadInput("no-rotation", "there are no panels to rotate")
    if not running:
        return replace(state, rotation=replace(state.rotation, running=False, at=None))
    index = state.rotation.index % len(guide.rotation)
    state = _without(_without(state, Layer.HOLD), Layer.COMMAND)
    state = _with(state, Layer.ROTATION, Entry(guide.rotation[index], cause="rotation"))
    return replace(state, rotation=Rotation(True, index))


def _rotate_if_due(state: DisplayState, now: float, guide: Guide) -> DisplayState:
    rotation = state.rotation
    if not rotation.running:
        return state
    if Layer.ROTATION not in state.layers and guide.rotation:
        state = _with(state, Layer.ROTATION, Entry(guide.rotation[rotation.index % len(guide.rotation)]))
    if state.layer is not Layer.ROTATION or state.question is not None or state.overlay is not None:
        return state if rotation.at is None else replace(state, rotation=replace(rotation, at=None))
    if rotation.at is None:
        return replace(state, rotation=replace(rotation, at=now + DWELL_S))
    return _turn(state, 1, guide, now + DWELL_S) if rotation.at <= now else state


def _turn(state: DisplayState, step: int, guide: Guide, at: float) -> DisplayState:
    index = (state.rotation.index + step) % len(guide.rotation)
    state = _with(state, Layer.ROTATION, Entry(guide.rotation[index], cause="rotation"))
    return replace(state, rotation=Rotation(True, index, at))


def _touched(state: DisplayState, now: float) -> DisplayState:
    """Somebody is using the screen: what was asked for stays longer, the rotation waits."""
    command = state.layers.get(Layer.COMMAND)
    if command is not None and command.idle:
        state = _with(state, Layer.COMMAND, replace(command, until=now + IDLE_S))
    if state.rotation.at is not None:
        state = replace(state, rotation=replace(state.rotation, at=now + IDLE_S))
    return state


def _remember(state: DisplayState) -> DisplayState:
    asked = (state.layers.get(Layer.HOLD), state.layers.get(Layer.COMMAND))
    return replace(state, history=(*state.history, asked)[-HISTORY:])


def _change_shown(state: DisplayState, entry: Entry) -> DisplayState:
    return _with(state, state.layer, entry)


def _with(state: DisplayState, layer: Layer, entry: Entry) -> DisplayState:
    return replace(state, layers={**state.layers, layer: entry})


def _without(state: DisplayState, layer: Layer) -> DisplayState:
    return replace(state, layers={k: e for k, e in state.layers.items() if k is not layer})
