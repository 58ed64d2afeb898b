"""Recordings seen by the motion mouse, in their own time: what `seoula replay --as hands` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from perception.frames import FrameSource
from perception.hands.detector import Eyes, MediaPipeEyes
from perception.hands.events import Ending, HandsEvent
from perception.hands.seeing import HandsSeeing
from perception.hands.settings import HandsSettings


def replay(
    source: FrameSource, settings: HandsSettings | None = None, eyes: Callable[[], Eyes] = MediaPipeEyes
) -> Iterator[HandsEvent]:
    """Every event of a recording. Who still has the cursor at its end is released then. Closes the source.

    Raises BadInput when the source cannot be read on, Unavailable `model-missing`.
    """
    seeing = HandsSeeing(eyes(), settings)
    at = 0.0
    try:
        while (frame := source.read()) is not None:
            at = frame.at
            yield from seeing.see(frame)
        yield from seeing.mouse.end(at, Ending.RECORDING_ENDED)
    finally:
        seeing.close()
        source.close()
