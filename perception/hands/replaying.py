"""Recordings seen by the motion mouse, in their own time: what `seoula replay --as hands` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from assistant.contracts.errors import BadInput
from perception.frames import Frame, FrameSource
from perception.hands.detector import Eyes, MediaPipeEyes
from perception.hands.events import Ending, HandsEvent
from perception.hands.seeing import HandsSeeing
from perception.hands.settings import HandsSettings


def replay(
    source: FrameSource, settings: HandsSettings | None = None, eyes: Callable[[], Eyes] = MediaPipeEyes
) -> Iterator[HandsEvent]:
    """Every event of a recording. Who still has the cursor at its end, or where it cannot be read on, is released then.
    Closes the source.

    Raises BadInput when the source cannot be read on, Unavailable `model-missing`.
    """
    seeing = HandsSeeing(eyes(), settings)
    at = 0.0
    try:
        while (frame := _next(source)) is not None:
            if isinstance(frame, BadInput):
                yield from seeing.mouse.end(at, Ending.RECORDING_ENDED)
                raise frame
            at = frame.at
            yield from seeing.see(frame)
        yield from seeing.mouse.end(at, Ending.RECORDING_ENDED)
    finally:
        seeing.close()
        source.close()


def _next(source: FrameSource) -> Frame | BadInput | None:
    """What is wrong with the recording is kept apart from what goes wrong while it is looked at."""
    try:
        return source.read()
    except BadInput as error:
        return error
