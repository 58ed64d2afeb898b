"""A recording in a camera's place: in its own time, and its last picture stays."""

from __future__ import annotations

import numpy as np

from perception.frames import LiveSource
from perception.playing import Played
from perception.sources import Arrays


class Time:
    """A clock that goes on while somebody waits."""

    def __init__(self) -> None:
        self.now = 100.0

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


def played(count: int) -> tuple[Played, Time]:
    time = Time()
    pictures = [np.full((4, 4, 3), n, np.uint8) for n in range(count)]
    return Played(Arrays(pictures, fps=10), clock=lambda: time.now, wait=time.wait), time


def test_frames_come_when_they_are_due_and_the_last_one_stays() -> None:
    source, time = played(3)
    assert isinstance(source, LiveSource)
    seen = []
    for _ in range(5):
        frame = source.read()
        assert frame is not None
        seen.append((round(frame.at, 2), int(frame.picture[0, 0, 0]), round(time.now, 2)))
    assert seen[:3] == [(100.0, 0, 100.0), (100.1, 1, 100.1), (100.2, 2, 100.2)]
    assert [value for _, value, _ in seen[3:]] == [2, 2]
    assert 100.2 < seen[3][0] < seen[4][0]


def test_a_slow_reader_gets_each_frame_at_its_own_time() -> None:
    source, time = played(3)
    source.read()
    time.now += 5
    late = source.read()
    assert late is not None
    assert round(late.at, 2) == 100.1
    source.skip()
    stays = source.read()
    assert stays is not None
    assert stays.picture[0, 0, 0] == 2
    assert stays.at >= 105


def test_nothing_comes_of_nothing_nor_after_the_end() -> None:
    assert played(0)[0].read() is None
    source = Played(Arrays([np.zeros((4, 4, 3), np.uint8)] * 9, fps=1))
    assert source.read() is not None
    source.close()
    source.close()
    assert source.read() is None
