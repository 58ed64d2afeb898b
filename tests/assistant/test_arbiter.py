"""One call, several microphones: the loudest answers, alone, and nobody waits for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.arbiter import SAME_CALL_S, WINDOW_S, Arbiter, Denied, Granted, Verdict

HALL = {"wall": "hall", "tablet": "hall", "kiosk": "hall", "office": "office"}


@pytest.mark.parametrize(("name", "groups"), [("office", HALL), ("mic", {}), ("mic", {"mic": "main"})])
def test_a_microphone_that_is_alone_is_granted_at_once(name: str, groups: dict[str, str]) -> None:
    arbiter = Arbiter(groups)
    assert arbiter.called(name, -30.0, 5.0) == [Granted(name)]
    assert arbiter.deadline is None


def test_the_loudest_of_a_group_wins_when_the_window_closes() -> None:
    arbiter = Arbiter(HALL)
    assert arbiter.called("tablet", -41.0, 10.00) == []
    assert arbiter.called("wall", -33.0, 10.08) == []
    assert arbiter.contested("wall")
    assert arbiter.deadline == pytest.approx(10.0 + WINDOW_S)
    assert arbiter.tick(10.1) == []
    assert arbiter.tick(10.15) == [Granted("wall"), Denied("tablet")]
    assert not arbiter.contested("wall")
    assert arbiter.deadline is None


def test_it_waits_for_nobody_once_all_have_called() -> None:
    arbiter = Arbiter({"wall": "hall", "tablet": "hall"})
    arbiter.called("tablet", -41.0, 10.0)
    assert arbiter.called("wall", -50.0, 10.02) == [Granted("tablet"), Denied("wall")]


def test_who_hears_the_same_call_late_stays_silent() -> None:
    arbiter = Arbiter(HALL)
    arbiter.called("tablet", -41.0, 10.0)
    arbiter.tick(10.2)
    assert arbiter.called("wall", -20.0, 10.3) == [Denied("wall")]
    assert arbiter.called("wall", -20.0, 10.2 + SAME_CALL_S) == [], "a new call"


def test_the_winner_may_be_called_again_soon() -> None:
    arbiter = Arbiter(HALL)
    arbiter.called("wall", -30.0, 10.0)
    arbiter.tick(10.2)
    assert arbiter.called("wall", -30.0, 10.5) == [Granted("wall")]


def test_groups_do_not_disturb_one_another() -> None:
    arbiter = Arbiter({"a1": "a", "a2": "a", "b1": "b", "b2": "b"})
    arbiter.called("a1", -30.0, 10.0)
    assert arbiter.called("b1", -50.0, 10.1) == []
    assert arbiter.tick(10.3) == [Granted("a1"), Granted("b1")]


CALLS = st.lists(
    st.tuples(st.sampled_from(sorted(HALL)), st.floats(-96, 0), st.floats(0, 0.6)), min_size=1, max_size=30
)


@given(CALLS)
def test_every_call_gets_its_verdict_in_time_and_never_two_answer_at_once(
    calls: list[tuple[str, float, float]],
) -> None:
    arbiter, now = Arbiter(HALL), 0.0
    open_since: dict[str, float] = {}
    granted: list[tuple[str, float]] = []

    def take(verdicts: list[Verdict], now: float) -> None:
        for verdict in verdicts:
            assert verdict.microphone in open_since, "a verdict for a wake that was not open"
            del open_since[verdict.microphone]
            if isinstance(verdict, Granted):
                granted.append((verdict.microphone, now))

    for microphone, level, pause in calls:
        until = now + pause
        while arbiter.deadline is not None and arbiter.deadline <= until:
            now = arbiter.deadline
            take(arbiter.tick(now), now)
        now = until
        open_since.setdefault(microphone, now)
        take(arbiter.called(microphone, level, now), now)
        assert all(now - since <= WINDOW_S + 1e-9 for since in open_since.values())
    take(arbiter.tick(now + WINDOW_S), now + WINDOW_S)
    assert not open_since
    assert arbiter.deadline is None
    hall = [(m, t) for m, t in granted if HALL[m] == "hall"]
    for (first, t), (second, u) in zip(hall, hall[1:], strict=False):
        assert first == second or u - t >= SAME_CALL_S - 1e-9
