"""Who has the floor, from loudness alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from telephony.engines.levels import AGAIN_S, SPEECH_DB, STARTS_S, Floor


def hear(floor: Floor, part: str, level: float, begin: float, seconds: float) -> list[tuple[float, float]]:
    told = []
    for step in range(round(seconds / 0.02)):
        now = begin + step * 0.02
        if (loudness := floor.heard(part, level, now)) is not None:
            told.append((now, loudness))
    return told


def test_speech_is_told_soon_and_then_once_a_second() -> None:
    told = hear(Floor(), "a", -20, 0.0, 3.1)
    assert 0.15 <= told[0][0] <= 0.5
    assert len(told) == 3
    assert all(later[0] - earlier[0] >= AGAIN_S for earlier, later in zip(told, told[1:], strict=False))
    assert -21 < told[-1][1] <= -20


def test_a_click_and_a_quiet_room_are_not_speech() -> None:
    floor = Floor()
    assert not hear(floor, "a", -60, 0.0, 2.0)
    assert not hear(floor, "a", -10, 2.0, STARTS_S / 2)
    assert not hear(floor, "a", -127, 2.1, 1.0)


def test_the_floor_is_kept_through_a_short_pause_and_taken_after_a_long_one_or_by_a_louder_voice() -> None:
    floor = Floor()
    hear(floor, "a", -25, 0.0, 1.0)
    assert not hear(floor, "b", -24, 1.0, 0.4)
    assert floor.speaker == "a"
    assert hear(floor, "b", -24, 1.4, 0.4)
    assert floor.speaker == "b"
    assert hear(floor, "c", -12, 1.8, 0.5)
    assert floor.speaker == "c"


def test_one_who_left_has_no_floor() -> None:
    floor = Floor()
    hear(floor, "a", -20, 0.0, 1.0)
    floor.left("a")
    assert floor.speaker == ""
    assert hear(floor, "b", -30, 1.0, 0.6)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(-127, 0), st.floats(0, 1)), max_size=60))
def test_only_speech_is_ever_told(packets: list[tuple[str, float, float]]) -> None:
    floor, now = Floor(), 0.0
    for part, level, later in packets:
        now += later
        loudness = floor.heard(part, level, now)
        if loudness is not None:
            assert loudness >= SPEECH_DB
            assert floor.speaker == part
