"""What the core and the captions' worker say to each other. Sound goes as the workers' binary frames (16 kHz s16le)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assistant.contracts.errors import BadInput

WORKER = "captions"


@dataclass(frozen=True, slots=True)
class Caption:
    """Words of one stream. n counts its utterances; t0, t1: seconds of its sound; a text that is final stays.

    by: vosk or whisper. behind_s: how long the sound waited in the worker before its words were there.
    """

    stream: str
    n: int
    text: str
    final: bool
    t0: float
    t1: float
    by: str = "vosk"
    behind_s: float = 0.0

    def message(self) -> dict[str, Any]:
        """As the worker sends it."""
        return {
            "type": "caption", "stream": self.stream, "n": self.n, "text": self.text, "final": self.final,
            "t0": round(self.t0, 2), "t1": round(self.t1, 2), "by": self.by, "behind_s": round(self.behind_s, 3),
        }  # fmt: skip


def opened(stream: str) -> dict[str, Any]:
    """Core to worker: sound of this stream will come."""
    return {"type": "open_voice", "stream": stream}


def closed(stream: str) -> dict[str, Any]:
    """Core to worker: no more of it. What was said last is still told; after it `voice_closed` comes."""
    return {"type": "close_voice", "stream": stream}


def names(known: list[str]) -> dict[str, Any]:
    """Core to worker: names that are likely to be said, to be written as they are spelt."""
    return {"type": "names", "names": known}


def read_caption(message: Mapping[str, Any]) -> Caption:
    """Raises BadInput `bad-caption`."""
    words = [message.get(key) for key in ("stream", "text", "by")]
    numbers = [message.get(key) for key in ("n", "t0", "t1", "behind_s")]
    if not all(isinstance(w, str) for w in words) or not all(isinstance(n, int | float) for n in numbers):
        raise BadInput("bad-caption", "a caption has a stream, a text and times")
    final = message.get("final")
    if not isinstance(final, bool):
        raise BadInput("bad-caption", "a caption is final or not")
    stream, text, by = (str(w) for w in words)
    n, t0, t1, behind = (float(str(number)) for number in numbers)
    return Caption(stream, int(n), text, final, t0, t1, by, behind)
