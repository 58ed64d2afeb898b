"""The circuit breaker."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.understanding.breaker import Breaker


def failed(times: int, now: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(times):
        breaker = breaker.failed(now)
    return breaker


def test_it_stays_closed_below_its_limit() -> None:
    assert failed(2).allows(0.0)


def test_it_opens_at_its_limit_and_lets_one_trial_through_after_the_pause() -> None:
    breaker = failed(3, now=10.0)
    assert not breaker.allows(10.9)
    assert breaker.allows(11.0)
    trial = breaker.asked(11.0)
    assert not trial.allows(11.5)


def test_a_success_closes_it() -> None:
    breaker = failed(3).asked(5.0).succeeded()
    assert breaker.allows(5.0)
    assert breaker == Breaker()


def test_failed_trials_double_the_pause_up_to_the_longest() -> None:
    breaker, now, pauses = failed(3), 0.0, []
    for _ in range(8):
        pauses.append(breaker.open_until - now)
        now = breaker.open_until
        breaker = breaker.asked(now).failed(now)
    assert pauses == [1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0, 15.0]


@given(st.lists(st.tuples(st.booleans(), st.floats(0, 100)), max_size=60))
def test_it_always_opens_again_in_time(steps: list[tuple[bool, float]]) -> None:
    breaker, now = Breaker(), 0.0
    for good, passed in steps:
        now += passed
        if breaker.allows(now):
            breaker = breaker.asked(now)
            breaker = breaker.succeeded() if good else breaker.failed(now)
            assert not good or breaker.allows(now)
    assert breaker.allows(now + breaker.max_pause_s)
