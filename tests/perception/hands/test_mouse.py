"""The motion mouse as somebody in front of it lives it: who gets the cursor, when, and who does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perception.frames import Frame
from perception.hands.body import Side
from perception.hands.events import Cursor, Ending, Engaged, HandsEvent, Raising, Released, Select, SelectBy
from perception.hands.pointing import Target
from perception.hands.seeing import HandsSeeing
from tests.perception.hands.figures import (
    CHEST,
    DOWN,
    EAR,
    OVERHEAD,
    UP,
    DrawnEyes,
    Figure,
    Spot,
    moves,
    play,
    steps,
)

Scene = Callable[[float], Iterable[Figure]]
RAISED = Figure(right=UP)


def kinds(events: Iterable[HandsEvent]) -> list[str]:
    """Without repeats in a row."""
    told: list[str] = []
    for event in events:
        if not told or told[-1] != event.type:
            told.append(event.type)
    return told


def engaged_at(events: Iterable[HandsEvent]) -> float | None:
    return next((event.t for event in events if isinstance(event, Engaged)), None)


def cursors(events: Iterable[HandsEvent]) -> list[Cursor]:
    return [event for event in events if isinstance(event, Cursor)]


# ---------------------------------------------------------------------------------------------- getting the cursor


def test_raise_hold_move_and_let_go() -> None:
    """The whole use, in order, with progress that grows."""
    events = play(moves({0: Figure(), 1: RAISED, 6: Figure()}), 10)
    assert kinds(events) == ["raising", "engaged", "cursor", "released"]
    progress = [event.progress for event in events if isinstance(event, Raising)]
    assert progress == sorted(progress)
    assert progress[0] < 0.2
    assert progress[-1] == 1.0
    assert engaged_at(events) == pytest.approx(4.0)
    (released,) = (event for event in events if isinstance(event, Released))
    assert released.reason is Ending.LOWERED
    assert released.t == pytest.approx(6 + 1.5, abs=0.15)


@given(fps=st.sampled_from([10.0, 15.0, 30.0]), begun=st.floats(0, 2), spot=st.sampled_from([UP, OVERHEAD]))
@settings(max_examples=15, deadline=None)
def test_three_seconds_to_a_frame(fps: float, begun: float, spot: Spot) -> None:
    events = play(moves({-1: Figure(), begun: Figure(right=spot)}), 6, fps)
    at = engaged_at(events)
    assert at is not None
    assert 3.0 - 1e-3 <= at - begun <= 3.0 + 2 / fps, "from the first frame that shows it, to a frame"


@given(fps=st.sampled_from([10.0, 15.0, 30.0]), held=st.floats(0.2, 2.9))
@settings(max_examples=15, deadline=None)
def test_a_shorter_raise_takes_nothing_and_its_progress_goes_back(fps: float, held: float) -> None:
    events = play(moves({0: Figure(), 1: RAISED, 1 + held: Figure()}), 6, fps)
    assert engaged_at(events) is None
    if events:
        assert isinstance(events[-1], Raising)
        assert events[-1].progress == 0.0


@given(
    x=st.floats(0.25, 0.75),
    width=st.floats(0.062, 0.3),
    aside=st.floats(0.2, 0.7),
    above=st.floats(0.0, 1.2),
    left=st.sampled_from([DOWN, CHEST]),
)
@settings(max_examples=15, deadline=None)
def test_the_mirror_picture_of_who_engages_does_not(
    x: float, width: float, aside: float, above: float, left: Spot
) -> None:
    """It is the right hand of the body that counts: at any distance, place and height, exactly one of the two."""
    figure = Figure(x=x, width=width, right=(aside, above), left=left)
    assert engaged_at(play(lambda at: [figure], 3.4)) is not None
    assert engaged_at(play(lambda at: [figure.mirrored()], 5)) is None


@given(gaps=st.lists(st.tuples(st.floats(0.2, 2.8), st.floats(0.02, 0.2)), max_size=3), lost=st.booleans())
@settings(max_examples=15, deadline=None)
def test_short_drop_outs_are_survived(gaps: list[tuple[float, float]], lost: bool) -> None:
    """Whether the whole person or only the wrist is not found for up to 0.2 s."""

    def scene(at: float) -> list[Figure]:
        if any(start <= at < start + length for start, length in gaps):
            return [] if lost else [replace(RAISED, sure=0.1)]
        return [RAISED]

    at = engaged_at(play(scene, 4, 30))
    if len({round(start, 1) for start, _ in gaps}) == len(gaps) and not _touching(gaps):
        assert at is not None
        assert at <= 3.3


def _touching(gaps: list[tuple[float, float]]) -> bool:
    ordered = sorted(gaps)
    return any(b[0] - (a[0] + a[1]) < 0.1 for a, b in zip(ordered, ordered[1:], strict=False))


def test_a_longer_absence_begins_again() -> None:
    events = play(lambda at: [] if 2.0 <= at < 2.5 else [RAISED], 7)
    at = engaged_at(events)
    assert at is not None
    assert at == pytest.approx(2.5 + 3.0, abs=0.15)


def wave(hertz: float, wide: float) -> Scene:
    return lambda at: [Figure(right=(0.3 + wide * math.sin(2 * math.pi * hertz * at), 0.3))]


NEVER: dict[str, Scene] = {
    "phone at the ear": lambda at: [Figure(right=EAR, fingers=1)],
    "listening with the palm at the ear": lambda at: [Figure(right=EAR)],
    "phone at the ear, the hand not found": lambda at: [Figure(right=EAR, seen=False)],
    "both hands up": lambda at: [Figure(right=UP, left=UP)],
    "both hands overhead": lambda at: [Figure(right=OVERHEAD, left=OVERHEAD)],
    "the left hand": lambda at: [Figure(left=UP)],
    "a fist beside the face": lambda at: [Figure(right=UP, fingers=0)],
    "pointing beside the face": lambda at: [Figure(right=UP, fingers=1)],
    "two fingers at the ear": lambda at: [Figure(right=EAR, fingers=2)],
    "a hand on the head, not found": lambda at: [Figure(right=(-0.3, 0.9), seen=False)],
    "beside the face, not found": lambda at: [Figure(right=UP, seen=False)],
    "a hand of changing shape": lambda at: [Figure(right=UP, fingers=2 if round(at * 15) % 3 == 0 else 1)],
    "scratching the head": lambda at: [Figure(right=(-0.35, 0.85), fingers=0)],
    "the hand on the heart": lambda at: [Figure(right=(-0.6, -0.1))],
    "arms folded": lambda at: [Figure(right=CHEST, left=CHEST)],
    "too far away": lambda at: [Figure(right=UP, width=0.04)],
    "turned away": lambda at: [Figure(right=UP, away=True)],
    "nobody": lambda at: [],
}


HINTED = {"a hand of changing shape"}
"""Of which the icon tells a while."""


@pytest.mark.parametrize("what", NEVER)
def test_what_does_not_engage(what: str) -> None:
    events = play(NEVER[what], 8)
    assert kinds(events) == (["raising"] if what in HINTED else [])


@given(hertz=st.floats(0.7, 3.0), wide=st.floats(0.2, 0.6), fps=st.sampled_from([15.0, 30.0]))
@settings(max_examples=12, deadline=None)
def test_waving_does_not_engage(hertz: float, wide: float, fps: float) -> None:
    assert engaged_at(play(wave(hertz, wide), 12, fps)) is None


def test_two_stretched_fingers_and_a_hand_in_the_dark_engage_well_away_from_the_ear() -> None:
    for figure in (Figure(right=UP, fingers=2), Figure(right=(0.35, 0.7), seen=False)):
        assert engaged_at(play(lambda at, figure=figure: [figure], 4)) is not None  # type: ignore[misc]


@pytest.mark.parametrize("fps", [1.5, 2.5, 4.0])
def test_slow_frames_do_not_undo_a_raise_and_few_do_not_make_one(fps: float) -> None:
    """A machine that is busy: one frame in which the hand is not made out is forgiven however far apart they are."""
    blink = Figure(right=UP, seen=False)
    at = engaged_at(play(lambda at: [blink if 1.4 < at < 1.4 + 0.9 / fps else RAISED], 8, fps))
    assert at is not None
    assert 3.0 <= at <= max(4.0, 6 / fps + 1.0)
    assert engaged_at(play(lambda at: [RAISED if at % 3 < 1.5 else Figure()], 20, fps)) is None


def test_over_something_large_the_cursor_is_free_and_says_what_it_is_on() -> None:
    seeing = HandsSeeing(DrawnEyes(pointing(lambda s: (0.3 + 0.2 * min(s, 1.0), 0.2))))
    seeing.mouse.aim_at([Target("card", 0.0, 0.0, 1.0, 1.0)])
    told = cursors(steps(seeing, 6))
    assert {cursor.target for cursor in told} == {"card"}
    assert told[-1].x - told[0].x > 0.05


def test_the_time_that_staying_takes_is_told() -> None:
    spot = lambda s: (0.3, 0.3) if s < 0.5 else (0.8, 0.1)  # noqa: E731
    events = play(pointing(spot), 9)
    (chosen,) = selects(events)
    before = [c.dwell for c in cursors(events) if chosen.t - 1.0 < c.t < chosen.t]
    assert before == sorted(before)
    assert before[-1] > 0.9
    assert all(c.dwell == 0 for c in cursors(events) if c.t >= chosen.t), "done"


def test_waving_high_in_the_dark_does_not_engage() -> None:
    assert engaged_at(play(lambda at: [Figure(right=(0.5 + 0.3 * math.sin(at * 9), 0.8), seen=False)], 12)) is None


def test_a_hand_that_drifts_while_it_is_held_does_engage() -> None:
    assert engaged_at(play(lambda at: [Figure(right=(0.3 + 0.05 * math.sin(at * 9), 0.3 + 0.03 * at))], 4)) is not None


def test_noisy_raises_engage() -> None:
    """A standard deviation of 0.4 % of the frame in every point of the body, 15 times."""
    late = [engaged_at(play(lambda at: [RAISED], 5, noise=0.004, seed=seed)) for seed in range(15)]
    assert None not in late


# ---------------------------------------------------------------------------------------------- having it


def pointing(spot: Callable[[float], Spot], left: Callable[[float], Spot] = lambda at: DOWN, **how: object) -> Scene:
    """Raised for 3.2 s, then the right palm goes where it is told to, by the time since."""

    def scene(at: float) -> list[Figure]:
        since = at - 3.2
        figure = RAISED if since < 0 else Figure(right=spot(since), left=left(since))
        return [replace(figure, **how)]  # type: ignore[arg-type]

    return scene


def test_the_cursor_goes_where_the_person_sees_the_hand_go() -> None:
    """To the person's right is to the right on the screen, which the camera sees as to the left."""
    right = cursors(play(pointing(lambda s: (min(0.3 + s, 1.0), 0.2)), 6))
    assert right[-1].x > right[0].x + 0.2
    up = cursors(play(pointing(lambda s: (0.3, max(0.3 - s, -0.3))), 6))
    assert up[-1].y > up[0].y + 0.3, "down is down"
    assert all(0 <= c.x <= 1 and 0 <= c.y <= 1 for c in (*right, *up))


def test_all_of_the_screen_can_be_reached_and_nothing_beyond() -> None:
    corners = [(-1.0, 0.9), (1.5, 0.9), (1.5, -0.5), (-1.0, -0.5)]
    events = cursors(play(pointing(lambda s: corners[min(3, int(s / 1.5))]), 3.2 + 6))
    seen = {(round(c.x, 1), round(c.y, 1)) for c in events}
    assert {(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)} <= seen


@given(x=st.floats(0.3, 0.7), y=st.floats(0.15, 0.35), width=st.floats(0.07, 0.28))
@settings(max_examples=12, deadline=None)
def test_the_same_reach_points_to_the_same_place_from_everywhere(x: float, y: float, width: float) -> None:
    near = cursors(play(pointing(lambda s: (0.5, 0.1)), 6))[-1]
    there = cursors(play(pointing(lambda s: (0.5, 0.1), x=x, y=y, width=width), 6))[-1]
    assert (there.x, there.y) == pytest.approx((near.x, near.y), abs=0.01)


def test_a_step_aside_does_not_move_the_cursor_for_long() -> None:
    def scene(at: float) -> list[Figure]:
        return [replace(RAISED, x=0.5 + min(max(at - 4, 0), 1) * 0.1)]

    events = cursors(play(scene, 8))
    assert events[-1].x == pytest.approx(events[0].x, abs=0.02)


def test_the_left_hand_takes_over_when_the_right_one_is_lowered() -> None:
    scene = pointing(lambda s: UP if s < 1 else DOWN, lambda s: (0.4, 0.1) if s > 0.5 else DOWN)
    events = play(scene, 8)
    hands = [event.hand for event in cursors(events)]
    assert hands[0] is Side.RIGHT
    assert hands[-1] is Side.LEFT
    assert kinds(events)[-1] == "cursor", "still held"


@pytest.mark.parametrize("fps", [5.0, 10.0, 30.0])
def test_a_lowered_hand_that_is_guessed_to_be_up_now_and_then_lets_go(fps: float) -> None:
    """As where the frame's lower edge cuts a person: every fourth frame has the wrist somewhere else, and seen."""

    def scene(at: float) -> list[Figure]:
        number = round(at * fps)
        guessed = Figure(right=((0.3, 0.4), (-0.2, 0.6), (0.5, -0.4))[number // 4 % 3], seen=False)
        return [RAISED if at < 5 else guessed if number % 4 == 0 else Figure()]

    events = play(scene, 12, fps)
    (released,) = (event for event in events if isinstance(event, Released))
    assert released.reason is Ending.LOWERED
    assert released.t == pytest.approx(5 + 1.5 * 4 / 3, abs=4 / fps)
    assert [c for c in cursors(events) if c.t > 5 + 2 / fps] == [], "the cursor stays where the hand left it"


@pytest.mark.parametrize(("seen", "every"), [(True, 3), (False, 5)])
def test_a_hand_that_is_missed_now_and_then_keeps_the_cursor(seen: bool, every: int) -> None:
    """In the dark, too, where the hand itself is not found."""
    held = replace(RAISED, right=(0.35, 0.7), seen=seen)
    missed = replace(held, sure=0.1)
    events = play(lambda at: [missed if at > 5 and round(at * 10) % every == 0 else held], 60, 10)
    assert kinds(events) == ["raising", "engaged", "cursor"]


def test_a_lowered_hand_that_is_guessed_to_be_up_half_of_the_time_lets_go() -> None:
    """Two frames up, two down, and nobody finds a hand there."""
    guessed = Figure(right=(0.3, 0.4), seen=False)
    events = play(lambda at: [RAISED if at < 5 else guessed if round(at * 10) % 4 < 2 else Figure()], 12, 10)
    (released,) = (event for event in events if isinstance(event, Released))
    assert released.t == pytest.approx(5 + 1.5 / (0.2 - 0.1 / 3) * 0.4, abs=0.4)


def test_a_hand_that_is_not_found_for_a_moment_does_not_make_the_cursor_jump() -> None:
    def scene(at: float) -> list[Figure]:
        return [replace(RAISED, seen=not 4 < at < 4.5)]

    events = cursors(play(scene, 6, 30))
    assert all(abs(a.x - b.x) < 0.01 and abs(a.y - b.y) < 0.01 for a, b in zip(events, events[1:], strict=False))


def test_two_people_cross_and_the_cursor_stays_with_its_own() -> None:
    """The holder stands; somebody walks by in front with a raised hand, hiding the holder for half a second."""

    def scene(at: float) -> list[Figure]:
        holder = Figure(x=0.5, right=(0.5, 0.2), look=(120, 120, 150))
        walker = Figure(x=0.1 + (at - 3.5) * 0.25, width=0.17, right=(1.2, 0.6), look=(60, 140, 120))
        people = [holder] if at < 3.5 or abs(walker.x - 0.5) > 0.07 else []
        return [*people, walker] if at >= 3.5 and walker.x < 1 else people

    events = play(scene, 9, 15)
    assert kinds(events) == ["raising", "engaged", "cursor"]
    places = {(round(c.x, 2), round(c.y, 2)) for c in cursors(events)[20:]}
    assert len(places) <= 4, "never where the other's hand points"


@given(speed=st.floats(0.1, 0.6), fps=st.sampled_from([10.0, 15.0, 30.0]), seed=st.integers(0, 3))
@settings(max_examples=12, deadline=None)
def test_two_who_walk_past_each_other_are_not_taken_for_one_another(speed: float, fps: float, seed: int) -> None:
    def scene(at: float) -> list[Figure]:
        first = Figure(x=0.2 + speed * at, width=0.12, look=(100, 128, 128))
        second = Figure(x=0.8 - speed * at, width=0.14, look=(180, 120, 140))
        return [figure for figure in (first, second) if 0.05 < figure.x < 0.95]

    seeing = HandsSeeing(DrawnEyes(scene, 0.002, seed))
    looks: dict[int, set[float]] = {}
    for number in range(round(1.2 / speed * fps)):
        list(steps(seeing, 1 / fps, fps, number / fps))
        for sight in seeing.sights:
            assert sight.body.look is not None
            looks.setdefault(sight.person, set()).add(sight.body.look[0])
    assert all(len(seen) == 1 for seen in looks.values())


def test_nobody_else_can_take_it_and_then_somebody_can() -> None:
    def scene(at: float) -> list[Figure]:
        first = Figure(x=0.3, right=UP if at < 8 else DOWN)
        return [first, Figure(x=0.7, right=UP if at > 2 else DOWN)]

    events = play(scene, 14)
    engaged = [event.t for event in events if isinstance(event, Engaged)]
    assert engaged[0] == pytest.approx(3.0)
    assert len(engaged) == 2
    assert engaged[1] == pytest.approx(8 + 1.5 + 3, abs=0.3), "the other's three seconds begin when it is free"


def test_who_goes_away_lets_go() -> None:
    events = play(lambda at: [RAISED] if at < 5 else [], 8)
    assert isinstance(events[-1], Released)
    assert events[-1].reason is Ending.LEFT
    assert events[-1].t == pytest.approx(6.0, abs=0.2)


def test_who_turns_away_lets_go() -> None:
    events = play(moves({0: RAISED, 5: replace(RAISED, away=True)}), 8)
    assert isinstance(events[-1], Released)


def test_switched_off_means_off_at_once_and_on_begins_anew() -> None:
    seeing = HandsSeeing(DrawnEyes(lambda at: [RAISED]))
    assert engaged_at(steps(seeing, 4)) is not None
    (released,) = seeing.mouse.switch(4.0, on=False)
    assert isinstance(released, Released)
    assert released.reason is Ending.SWITCHED_OFF
    eyes_before = seeing.mouse.wanted(seeing.sights)
    assert list(steps(seeing, 5, start=4.0)) == []
    assert eyes_before == [], "nor does anybody look at hands"
    seeing.mouse.switch(9.0, on=True)
    at = engaged_at(steps(seeing, 4, start=9.0))
    assert at == pytest.approx(12.0, abs=0.1)


# ---------------------------------------------------------------------------------------------- choosing


def selects(events: Iterable[HandsEvent]) -> list[Select]:
    return [event for event in events if isinstance(event, Select)]


def pinching(ratio: Callable[[float], float], seconds: float = 4, fps: float = 15.0) -> list[Select]:
    """Moving slowly all the time, so that nothing is chosen by staying."""

    def scene(at: float) -> list[Figure]:
        since = at - 3.2
        if since < 0:
            return [RAISED]
        return [Figure(right=(0.3 + 0.2 * since, 0.3 - 0.12 * since), pinch=ratio(since))]

    return selects(play(scene, 3.2 + seconds, fps))


def test_a_pinch_chooses_once_where_the_cursor_was() -> None:
    chosen = pinching(lambda s: 0.1 if 1 <= s < 3 else 1.0)
    assert len(chosen) == 1
    assert chosen[0].by is SelectBy.PINCH
    assert 1.0 < chosen[0].t - 3.2 < 1.3


def test_fingers_that_tremble_about_the_threshold_choose_once() -> None:
    chosen = pinching(lambda s: 0.3 + 0.15 * math.sin(40 * s) if s > 1 else 1.0)
    assert len(chosen) == 1
    again = pinching(lambda s: 0.1 if s % 1 > 0.6 else 1.0)
    assert len(again) == 4


def test_a_fist_is_no_pinch() -> None:
    def scene(at: float) -> list[Figure]:
        since = max(at - 3.2, 0)
        fingers = 0 if at > 4 else 4
        return [Figure(right=(0.3 + 0.2 * since, 0.3), pinch=0.1 if at > 4 else 1.0, fingers=fingers)]

    assert selects(play(scene, 7)) == []


def test_either_hand_pinches() -> None:
    def scene(at: float) -> list[Figure]:
        since = max(at - 3.2, 0)
        return [Figure(right=(0.3 + 0.2 * since, 0.3), left=UP if since > 1 else DOWN, pinch=0.1 if since > 2 else 1)]

    chosen = selects(play(scene, 7))
    assert len(chosen) == 1


def test_staying_chooses_once_and_only_after_the_cursor_has_gone_somewhere() -> None:
    assert selects(play(lambda at: [RAISED], 8)) == [], "who only raises a hand chooses nothing"
    spot = lambda s: (0.3, 0.3) if s < 0.5 else (0.8, 0.1)  # noqa: E731
    chosen = selects(play(pointing(spot), 9))
    assert len(chosen) == 1
    assert chosen[0].by is SelectBy.DWELL
    assert 3.2 + 0.5 + 1.2 <= chosen[0].t < 3.2 + 0.5 + 1.2 + 1.0


def test_who_stays_after_choosing_does_not_choose_the_same_again() -> None:
    """A hand that is held still strays further than the cursor may while it stays."""
    stray = (0.0, 0.04, -0.03, 0.0, 0.035)
    events = play(
        pointing(lambda s: (0.3, 0.3) if s < 0.5 else (0.8, 0.1 + (stray[int(s / 2) % 5] if s > 3 else 0))), 24
    )
    assert len(selects(events)) == 1
    ys = [c.y for c in cursors(events) if c.t > 10]
    assert max(ys) - min(ys) > 0.03, "it did stray"


def test_the_cursor_snaps_to_what_can_be_chosen() -> None:
    seeing = HandsSeeing(DrawnEyes(pointing(lambda s: (0.3, 0.3) if s < 1 else (0.5, 0.1))))
    free = cursors(play(pointing(lambda s: (0.5, 0.1)), 6))[-1]
    seeing.mouse.aim_at([Target("dust", free.x - 0.06, free.y - 0.06, free.x + 0.04, free.y - 0.01)])
    events = list(steps(seeing, 8))
    last = cursors(events)[-1]
    assert last.target == "dust"
    assert (last.x, last.y) == pytest.approx((free.x - 0.01, free.y - 0.035))
    assert [(event.target, event.by) for event in selects(events)] == [("dust", SelectBy.DWELL)]


def test_events_as_json() -> None:
    for event in play(pointing(lambda s: (0.3, 0.3) if s < 0.5 else (0.8, 0.1)), 9):
        message = event.message()
        assert message["type"] == event.type
        assert isinstance(message["t"], float)
        assert not {"picture", "landmarks"} & message.keys()
        if isinstance(event, Cursor):
            assert 0 <= message["x"] <= 1
            assert 0 <= message["y"] <= 1


def test_a_closer_look_is_only_taken_where_it_matters() -> None:
    eyes = DrawnEyes(lambda at: [Figure(x=0.3), Figure(x=0.7)])
    assert list(steps(HandsSeeing(eyes), 3)) == []
    assert eyes.looked_at == 0
    many = DrawnEyes(lambda at: [Figure(x=0.25, right=UP), Figure(x=0.75, right=UP, width=0.16)])
    seeing = HandsSeeing(many)
    seeing.see(Frame(0.0, np.zeros((1, 1, 3), np.uint8)))
    assert many.looked_at == 2, "whoever raises one: the nearest may only hold a telephone"
