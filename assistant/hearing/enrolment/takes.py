"""Recordings taken one after the other from the microphone: each ends with a second of quiet after something loud."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from assistant.contracts.errors import BadInput, Unavailable
from assistant.hearing.audio import FRAME_SECONDS, Frame, LiveSource
from assistant.hearing.enrolment.recordings import Recording, cut
from assistant.hearing.enrolment.signals import Signal

QUIET_S, LONGEST_S, WAIT_S = 0.8, 4.0, 15.0
_ABOVE_DB = 15.0
"""A voice stands so much above the quietest of the last seconds."""


def record(
    device: str | None, file: Path | None, takes: int, prompt: Callable[[int], None]
) -> Iterator[Recording | tuple[str, BadInput]]:
    """`takes` recordings, and between them why one cannot be used, which is then asked for again: as many may fail as
    are wanted. Raises Unavailable `no-microphone`."""
    source = _source(device, file)
    try:
        sounds = split(source.frames())
        good = 0
        for number in range(1, 2 * takes + 1):
            if good == takes:
                return
            prompt(good + 1)
            sound = next(sounds, None)
            if sound is None:
                raise Unavailable("no-microphone", f"no voice was heard ({source.detail or source.state})")
            try:
                one = Recording(f"take {number}", cut(sound))
                good += 1
                yield one
            except BadInput as error:
                yield f"take {number}", error
    finally:
        source.close()


def split(frames: Iterator[Frame]) -> Iterator[Signal]:
    """The loud stretches of a stream, each with half a second before it. Ends when nothing is heard for WAIT_S."""
    recent: list[Signal] = []
    levels: list[float] = []
    take: list[Signal] | None = None
    quiet = waited = 0.0
    for frame in frames:
        sound = frame.samples.astype(np.float32) / 32768
        level = 10 * float(np.log10(np.mean(np.square(sound)) + 1e-10))
        levels = [*levels[-60:], level]
        loud = level > max(min(levels) + _ABOVE_DB, -60.0)
        if take is None:
            recent = [*recent[-6:], sound]
            waited += FRAME_SECONDS
            if waited > WAIT_S:
                return
            if loud:
                take, quiet, waited = recent, 0.0, 0.0
            continue
        take.append(sound)
        quiet = 0.0 if loud else quiet + FRAME_SECONDS
        if quiet >= QUIET_S or len(take) * FRAME_SECONDS > LONGEST_S:
            yield np.concatenate(take)
            take, recent = None, []
    if take is not None:
        yield np.concatenate(take)


def _source(device: str | None, file: Path | None) -> LiveSource:
    if file is not None:
        from assistant.hearing.pacing import RealTimeSource
        from assistant.hearing.sources import FileSource

        return RealTimeSource(FileSource(file))
    from assistant.hearing.microphone import MicrophoneSource

    return MicrophoneSource(device)
