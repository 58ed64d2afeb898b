"""Our own voice, taken out of what the microphone hears: the sound that plays is known, so its echo can be removed.

The canceller is WebRTC's AEC3 as packaged by pywebrtc-audio. It finds the delay between the sound and its echo by
itself, from 0.05 to 0.4 s, so nobody needs to know when exactly a screen began to play (docs/decisions/0011).
"""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

from assistant.contracts.errors import Unavailable
from assistant.hearing.audio import FRAME_SAMPLES, SAMPLE_RATE, Samples


class EchoCanceller(Protocol):
    """Given in the same 80 ms what the microphone heard and what was played, both int16[1280]."""

    def clean(self, heard: Samples, played: Samples) -> Samples:
        """What was heard without the echo of what was played, int16[1280]."""
        ...


class WebRtcCanceller:
    """AEC3 with its high-pass filter; 1 % of a core while it works. Raises Unavailable when it is not installed."""

    def __init__(self) -> None:
        try:
            import numpy as np
            from pywebrtc_audio import AudioProcessor
        except ImportError as error:
            raise Unavailable("echo-library-missing", f"pywebrtc-audio cannot be imported: {error}") from error
        self._np = np
        self._processor: Any = AudioProcessor(SAMPLE_RATE, 1, echo_cancellation=True, high_pass_filter=True)

    def clean(self, heard: Samples, played: Samples) -> Samples:
        cleaned: Samples = self._np.asarray(self._processor.process(heard, played), self._np.int16).reshape(-1)
        return cleaned


class Playback:
    """What we are saying, on the microphone's clock: files in, frames out. Silent where no sound is known.

    A file is announced when it begins to play, and added when it has been read. One that is added later than it began
    has lost its beginning; one that is announced while another plays follows that one.
    """

    def __init__(self, text: str = "") -> None:
        import numpy as np

        self.text = text
        self.known = False
        self._np = np
        self._ahead: Samples = np.zeros(0, np.int16)
        self._at = 0
        self._begins: deque[int] = deque()

    def announce(self) -> None:
        """A file begins now, or after what is playing."""
        self._begins.append(self._at)

    def add(self, samples: Samples) -> None:
        """The sound of the oldest announced file, int16, mono, 16 kHz; empty when it could not be read."""
        begins = self._begins.popleft() if self._begins else self._at
        late = self._at - begins if not len(self._ahead) else 0
        self._ahead = self._np.concatenate((self._ahead, samples[max(0, late) :]))
        self.known = self.known or len(samples) > 0

    def frame(self) -> Samples:
        """What plays in the next 80 ms, int16[1280]."""
        part, self._ahead = self._ahead[:FRAME_SAMPLES], self._ahead[FRAME_SAMPLES:]
        self._at += FRAME_SAMPLES
        return self._np.concatenate((part, self._np.zeros(FRAME_SAMPLES - len(part), self._np.int16)))
