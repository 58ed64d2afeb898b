"""Steady noise (fans, air conditioning) taken out of what the microphone hears, by WebRTC's noise suppressor."""

from __future__ import annotations

from typing import Any, Protocol

from assistant.contracts.errors import Unavailable
from assistant.hearing.audio import SAMPLE_RATE, Frame

LEVEL = 1
"""Of 0 to 3: the moderate one was measured (docs/decisions/0011)."""


class NoiseSuppressor(Protocol):
    """Given every frame of a stream, in order."""

    def clean(self, frame: Frame) -> Frame:
        """The frame with less noise in it."""
        ...


class WebRtcNoiseSuppressor:
    """As packaged by pywebrtc-audio; 1 % of a core. Raises Unavailable when it is not installed."""

    def __init__(self) -> None:
        try:
            import numpy as np
            from pywebrtc_audio import AudioProcessor
        except ImportError as error:
            raise Unavailable("noise-library-missing", f"pywebrtc-audio cannot be imported: {error}") from error
        self._np = np
        self._processor: Any = AudioProcessor(
            SAMPLE_RATE, 1, noise_suppression=True, high_pass_filter=True, ns_level=LEVEL
        )

    def clean(self, frame: Frame) -> Frame:
        cleaned = self._np.asarray(self._processor.process(frame.samples), self._np.int16).reshape(-1)
        return Frame(frame.start, cleaned)
