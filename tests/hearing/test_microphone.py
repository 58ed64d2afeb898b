"""The microphone's own logic with a device made here. No sound card was at hand: PortAudio itself is not exercised."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from assistant.contracts.errors import Unavailable
from assistant.hearing import microphone
from assistant.hearing.audio import FRAME_SAMPLES, FRAME_SECONDS
from assistant.hearing.microphone import MicrophoneSource
from tests.hearing.fakes import clock_of

BLOCK = np.zeros(FRAME_SAMPLES, np.int16)


class Device:
    """Gives `blocks` at once and is then gone."""

    def __init__(self, blocks: int, on_block: Callable[[NDArray[np.int16]], None]) -> None:
        self.closed = False
        for _ in range(blocks):
            on_block(BLOCK)

    active = False

    def close(self) -> None:
        self.closed = True


def test_a_lost_device_is_opened_again_and_time_goes_on() -> None:
    opened: list[Device] = []
    pauses: list[float] = []

    def opener(on_block: Callable[[NDArray[np.int16]], None]) -> Device:
        if len(opened) == 1 and len(pauses) < 3:
            raise Unavailable("no-microphone", "unplugged")
        opened.append(Device(5, on_block))
        return opened[-1]

    source = MicrophoneSource(opener=opener, clock=clock_of(0.8), wait=pauses.append)
    frames = source.frames()
    first = [next(frames) for _ in range(5)]
    assert source.state == "ok"
    second = [next(frames) for _ in range(5)]
    assert opened[0].closed
    assert pauses == sorted(pauses)
    assert len(pauses) == 3
    starts = [f.start for f in first + second]
    assert starts == sorted(starts)
    assert second[0].start - first[-1].end > FRAME_SECONDS  # the gap is in the clock
    source.close()
    assert list(frames) == []
    assert opened[1].closed


def test_what_nobody_takes_in_time_is_dropped_oldest_first_and_counted() -> None:
    source = MicrophoneSource(
        opener=lambda on_block: Device(100, on_block), clock=clock_of(0.0), wait=lambda _: source.close()
    )
    frames = list(source.frames())
    assert source.dropped == 100 - len(frames)
    assert len(frames) == 64
    assert frames[-1].start == (100 - 1) * FRAME_SECONDS


def test_no_device_says_why_and_keeps_trying_slower() -> None:
    pauses: list[float] = []

    def opener(on_block: Callable[[NDArray[np.int16]], None]) -> Device:
        raise Unavailable("no-microphone", "nothing is plugged in")

    def wait(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 8:
            source.close()

    source = MicrophoneSource(opener=opener, wait=wait)
    assert list(source.frames()) == []
    assert (source.state, source.detail) == ("missing", "nothing is plugged in")
    assert pauses[0] < 1
    assert 10 < pauses[-1] <= 18


def test_another_rate_is_cut_into_the_same_blocks() -> None:
    blocks: list[NDArray[np.int16]] = []
    callback = microphone._block_callback(48_000, blocks.append)
    for _ in range(20):
        callback(bytes(2 * 3840), 3840, None, None)
    assert 18 <= len(blocks) <= 20
    assert all(block.shape == (FRAME_SAMPLES,) and block.dtype == np.int16 for block in blocks)
