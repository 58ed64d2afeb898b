"""Recordings, to their end and to where they break off."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from assistant.contracts.errors import BadInput
from perception.hands.events import Ending, HandsEvent, Raising, Released
from perception.hands.replaying import replay
from perception.sources import PictureFolder
from tests.perception.hands.figures import UP, DrawnEyes, Figure


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[int], PictureFolder]:
    """10 pictures a second, and after so many of them one that is none."""

    def made(count: int) -> PictureFolder:
        for number in range(count):
            cv2.imwrite(str(tmp_path / f"{number}.png"), np.zeros((2, 2, 3), np.uint8))
        (tmp_path / f"{count}.png").write_bytes(b"no picture")
        return PictureFolder(tmp_path, 10)

    return made


@pytest.mark.parametrize(
    ("count", "last"),
    [(40, Released(3.9, Ending.RECORDING_ENDED)), (20, Raising(1.9, 0.0))],
    ids=["engaged", "raising"],
)
def test_what_was_begun_ends_where_the_recording_breaks_off(
    count: int, last: HandsEvent, folder: Callable[[int], PictureFolder]
) -> None:
    """The error comes after it, and the cursor is held by nobody."""
    told: list[HandsEvent] = []
    events = replay(folder(count), eyes=lambda: DrawnEyes(lambda _: [Figure(right=UP)]))
    with pytest.raises(BadInput, match="no picture"):
        told.extend(event for event in events)
    assert told[-1] == last
