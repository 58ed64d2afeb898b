"""What audio is inside hearing: 80 ms frames of 16 kHz mono int16 with their time, and the source that yields them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Samples = NDArray[np.int16]
else:
    Samples = Any

SAMPLE_RATE = 16_000
FRAME_SAMPLES = 1_280
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Frame:
    """80 ms of sound: `samples` is int16[1280], mono, 16 kHz; `start` is seconds on the stream's own clock."""

    start: float
    samples: Samples

    @property
    def end(self) -> float:
        """When the last sample was heard, seconds on the stream's clock."""
        return self.start + FRAME_SECONDS


def level_db(frames: Iterable[Frame]) -> float:
    """Mean level of the louder half of the frames, dB of full scale (a full sine is -3); -96 for silence or nothing."""
    powers = sorted((float((frame.samples.astype("f8") ** 2).mean()) for frame in frames), reverse=True)
    louder = powers[: (len(powers) + 1) // 2]
    power = sum(louder) / len(louder) / 32768**2 if louder else 0.0
    return round(max(-96.0, 10 * math.log10(power)), 1) if power > 0 else -96.0


@dataclass(frozen=True, slots=True)
class SourceProblem:
    """Something wrong with the audio that did not stop the reading. `code` is stable and kebab-case."""

    code: str
    message: str


class AudioSource(Protocol):
    """Yields frames in time order until the audio ends; blocks while live audio has not arrived yet.

    `problems` and `dropped` (frames lost because nobody took them in time) are complete when `frames` has ended.
    """

    @property
    def problems(self) -> tuple[SourceProblem, ...]: ...

    @property
    def dropped(self) -> int: ...

    def frames(self) -> Iterator[Frame]:
        """Raises SeoulaError (BadInput, Unavailable) when there is no audio to read at all."""
        ...

    def close(self) -> None:
        """End the audio; a `frames` loop in another thread ends soon after. May be called more than once."""
        ...


class LiveSource(AudioSource, Protocol):
    """What the room is heard by: a microphone, or a recording in its place (not `live`: it may come to its end).

    `state`: `ok`, `missing` or `starting`; `detail`: why, for a person.
    """

    live: bool
    state: str
    detail: str
