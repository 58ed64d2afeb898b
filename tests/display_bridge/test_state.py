"""The display's reducer: one thing shows, layers fall back, undo restores, the rotation keeps its time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import (
    BadInput,
    CloseOverlay,
    Direction,
    Layer,
    MoveView,
    OpenOverlay,
    Say,
    SetRotation,
    ShowChoices,
    ShowPanel,
    TurnTo,
    ZoomView,
)
from content_registry.loader import load_registry
from display_bridge import state as states
from display_bridge.guide import build_guide
from display_bridge.state import DWELL_S, IDLE_S, ORDER, DisplayState

GUIDE = build_guide(load_registry())
PANELS = ("fine-dust-pm10", "ozone", "bike-rental", "approval-viewer", "cctv")
T0 = 1_700_000_000.0


def do(state: DisplayState, command: object, now: float = T0) -> DisplayState:
    return states.reduce(state, command, now, GUIDE)


def show(panel: str, layer: Layer = Layer.COMMAND, ttl: float | None = None) -> ShowPanel:
    return ShowPanel("main", panel, layer=layer, ttl_s=ttl)


def move(direction: Direction) -> MoveView:
    return MoveView("main", direction)


shows = st.builds(
    show,
    st.sampled_from(PANELS),
    st.sampled_from([Layer.COMMAND, Layer.ALERT, Layer.HOLD]),
    st.one_of(st.none(), st.floats(1, 400)),
)
moves = st.sampled_from(
    [move(d) for d in list(Direction)[:8]]
    + [ZoomView("main", d) for d in (Direction.IN, Direction.OUT, Direction.RESET)]
)
others = st.sampled_from(
    [SetRotation("main", True), SetRotation("main", False), OpenOverlay("main", "help"), CloseOverlay("main"),
     ShowChoices("main", "무엇?", "Which?", ("가", "나"), ("a", "b"))]
)  # fmt: skip
scripts = st.lists(st.tuples(shows | moves | others, st.floats(0, 150)), max_size=25)


def run(script: list[tuple[object, float]]) -> tuple[DisplayState, float]:
    state, now = states.initial(), T0
    for command, pause in script:
        now += pause
        state = do(state, command, now)
    return state, now


@given(scripts)
def test_the_highest_live_layer_shows_and_nothing_expired_lives(script: list[tuple[object, float]]) -> None:
    state, now = run(script)
    assert state.layer == next(layer for layer in ORDER if layer in state.layers)
    assert state.shown is state.layers[state.layer]
    assert Layer.HOME in state.layers
    assert all(e.until is None or e.until > now for e in state.layers.values())
    assert 1 <= state.shown.zoom <= 4
    assert state.shown.page >= 0
    assert state.rotation.at is None or state.layer is Layer.ROTATION


@given(scripts)
def test_time_alone_leads_back_below(script: list[tuple[object, float]]) -> None:
    state, now = run(script)
    for _ in range(8):
        deadline = states.next_deadline(state)
        if deadline is None:
            break
        assert deadline > now
        before, now = state, deadline
        state = states.tick(state, now, GUIDE)
        assert ORDER.index(state.layer) >= ORDER.index(before.layer)
        assert state != before, "a deadline is when something changes"
    later = states.tick(state, now + 10_000, GUIDE)
    assert Layer.COMMAND not in later.layers


@given(scripts)
def test_tick_before_the_deadline_changes_nothing(script: list[tuple[object, float]]) -> None:
    state, now = run(script)
    deadline = states.next_deadline(state)
    until = now + 50 if deadline is None else now + (deadline - now) * 0.9
    assert states.tick(state, until, GUIDE) == state


@given(scripts, st.sampled_from(PANELS))
def test_back_undoes_a_show(script: list[tuple[object, float]], panel: str) -> None:
    state, now = run(script)
    state = replace(
        state, question=None, overlay=None, layers={k: e for k, e in state.layers.items() if k != Layer.ALERT}
    )
    # The rotation may be at any point of its round; a covered one does not move.
    before = states.tick(state, now, GUIDE)
    after = do(do(before, show(panel), now), move(Direction.BACK), now)
    assert after.layer == before.layer
    for name in ("panel", "args", "zoom", "page"):
        assert getattr(after.shown, name) == getattr(before.shown, name)


def test_an_asked_panel_ends_after_two_idle_minutes() -> None:
    state = do(states.initial(), show("ozone"))
    assert states.tick(state, T0 + IDLE_S - 1, GUIDE).shown.panel == "ozone"
    assert states.tick(state, T0 + IDLE_S, GUIDE).shown.panel == "home"
    touched = do(state, ZoomView("main", Direction.IN), T0 + 100)
    assert states.tick(touched, T0 + 100 + IDLE_S - 1, GUIDE).shown.panel == "ozone"


def test_an_alert_is_exclusive_and_gives_way() -> None:
    state = do(states.initial(), show("ozone"))
    state = do(state, show("disaster-alerts", Layer.ALERT, 30.0))
    assert state.shown.panel == "disaster-alerts"
    state = do(state, show("bike-rental"), T0 + 1)
    assert state.shown.panel == "disaster-alerts"
    assert states.tick(state, T0 + 30, GUIDE).shown.panel == "bike-rental"


def test_hold_keeps_until_released_and_a_new_wish_ends_it() -> None:
    held = do(do(states.initial(), show("ozone")), move(Direction.HOLD), T0 + 1)
    assert states.tick(held, T0 + 100_000, GUIDE).shown.panel == "ozone"
    released = do(held, move(Direction.RELEASE), T0 + 200)
    assert released.shown.panel == "home"
    wished = do(held, show("bike-rental"), T0 + 300)
    assert wished.shown.panel == "bike-rental"
    back = do(wished, move(Direction.BACK), T0 + 301)
    assert (back.layer, back.shown.panel) == (Layer.HOLD, "ozone")


def test_rotation_turns_pauses_and_comes_back() -> None:
    state = do(states.initial(), SetRotation("main", True))
    first, second = GUIDE.rotation[0], GUIDE.rotation[1]
    assert (state.shown.panel, states.next_deadline(state)) == (first, T0 + DWELL_S)
    state = states.tick(state, T0 + DWELL_S, GUIDE)
    assert state.shown.panel == second
    asked = do(state, show("approval-list"), T0 + 30)
    assert asked.rotation.at is None
    assert states.tick(asked, T0 + 100, GUIDE).shown.panel == "approval-list"
    resumed = states.tick(asked, T0 + 30 + IDLE_S, GUIDE)
    assert (resumed.layer, resumed.shown.panel) == (Layer.ROTATION, second)
    assert resumed.rotation.at == T0 + 30 + IDLE_S + DWELL_S
    paused = do(resumed, SetRotation("main", False), T0 + 160)
    assert states.tick(paused, T0 + 9_999, GUIDE).shown.panel == second


def test_a_touch_lets_the_rotation_wait() -> None:
    state = do(states.initial(), SetRotation("main", True))
    touched = do(state, ZoomView("main", Direction.IN), T0 + 5)
    assert touched.rotation.at == T0 + 5 + IDLE_S


def test_home_begins_again() -> None:
    state = do(do(states.initial(), SetRotation("main", True)), show("ozone"))
    home = do(do(state, move(Direction.HOLD)), move(Direction.HOME))
    assert home.shown.panel == "home"
    assert do(home, move(Direction.BACK)).shown.panel == "ozone"


def test_next_and_previous_go_through_the_submenu() -> None:
    state = do(states.initial(), ShowPanel("main", "fine-dust-pm10", {"district": "강남구"}))
    following = do(state, move(Direction.NEXT))
    assert following.shown.panel == "ultrafine-dust-pm25"
    assert following.shown.args == {"district": "강남구"}
    assert do(following, move(Direction.PREVIOUS)).shown.panel == "fine-dust-pm10"
    panels = GUIDE.siblings("fine-dust-pm10")
    for _ in panels:
        state = do(state, move(Direction.NEXT))
    assert state.shown.panel == "fine-dust-pm10"


def test_next_never_leads_from_public_to_internal() -> None:
    registry = load_registry()
    for panel, beside in GUIDE.beside.items():
        assert {registry.panels[p].visibility for p in beside} == {registry.panels[panel].visibility}
        assert panel in beside


def test_pages_and_zoom_have_ends() -> None:
    state = do(states.initial(), show("approval-viewer"))
    for _ in range(9):
        state = do(do(state, ZoomView("main", Direction.IN)), move(Direction.DOWN))
    assert (state.shown.zoom, state.shown.page) == (4, 9)
    assert states.limit_page(state, 6).shown.page == 5
    for _ in range(20):
        state = do(do(state, ZoomView("main", Direction.OUT)), move(Direction.UP))
    assert (state.shown.zoom, state.shown.page) == (1, 0)


def test_a_question_closes_by_itself_and_back_closes_it_first() -> None:
    ask = ShowChoices("main", "어느 것?", "Which?", ("미세먼지", "초미세먼지"), ("PM10", "PM2.5"))
    state = do(do(states.initial(), show("ozone")), ask)
    assert state.question is not None
    assert states.tick(state, T0 + states.QUESTION_S, GUIDE).question is None
    back = do(state, move(Direction.BACK))
    assert (back.question, back.shown.panel) == (None, "ozone")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (ShowPanel("main", "no-such-panel"), "unknown-panel"),
        (ShowPanel("main", "ozone", ttl_s=0.0), "bad-ttl"),
        (ShowPanel("main", "ozone", ttl_s=float("nan")), "bad-ttl"),
        (ShowPanel("main", "ozone", layer=Layer.HOME, ttl_s=5.0), "bad-ttl"),
        (MoveView("main", Direction.IN), "bad-direction"),
        (ZoomView("main", Direction.BACK), "bad-direction"),
        (ShowChoices("main", "?", "?", (), ()), "bad-choices"),
        (ShowChoices("main", "?", "?", ("가",), ()), "bad-choices"),
        (Say("main", "안녕"), "not-a-display-command"),
    ],
)
def test_bad_commands_are_refused(command: object, code: str) -> None:
    with pytest.raises(BadInput) as error:
        do(states.initial(), command)
    assert error.value.code == code


def test_an_overlay_takes_the_place_of_a_question() -> None:
    asked = do(states.initial(), ShowChoices("main", "무엇?", "Which?", ("가", "나"), ("a", "b")))
    helped = do(asked, OpenOverlay("main", "help"), T0 + 1)
    assert helped.question is None
    assert helped.overlay is not None


def test_pages_are_turned_to_and_next_turns_one_in_an_open_document() -> None:
    state = do(states.initial(), show("approval-viewer"))
    assert do(state, TurnTo("main", 5)).shown.page == 4
    state = do(state, move(Direction.NEXT))
    assert (state.shown.panel, state.shown.page) == ("approval-viewer", 1)
    assert do(do(state, move(Direction.PREVIOUS)), move(Direction.PREVIOUS)).shown.page == 0
    opened = do(states.initial(), ShowPanel("main", "seoul-news", {"item": "news-02"}))
    assert do(opened, move(Direction.NEXT)).shown.page == 1
    listed = do(states.initial(), show("seoul-news"))
    assert do(listed, move(Direction.NEXT)).shown.panel != "seoul-news", "a list has no pages to turn"
    with pytest.raises(BadInput):
        do(state, TurnTo("main", 0))


def test_what_was_chosen_is_let_go_by_going_back() -> None:
    state = do(states.initial(), show("parks"))
    chosen = do(state, ShowPanel("main", "parks", {"item": "서울숲"}))
    assert chosen.shown.args == {"item": "서울숲"}
    assert do(chosen, move(Direction.BACK)).shown.args == {}
