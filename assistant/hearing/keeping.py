"""Stretches of sound as files, only of the kinds that somebody has opted into: without one, nothing is remembered."""

from __future__ import annotations

import math
import os
import re
import threading
import time
import wave
from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.contracts.errors import BadInput
from assistant.hearing.audio import SAMPLE_RATE, Frame
from assistant.hearing.ring import Ring

KINDS = ("run", "false_wake")
MEMORY_S = 60.0
"""How far back a stretch may lie: an utterance of 15 s, its answer, and the tap on the wall."""
ON_ITS_WAY_S = 1.0
"""What was said before `forget` may be so late: it waits in a device's or a network's buffer."""
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


class SoundKeeper:
    """Remembers the last minute of every stream and writes stretches of it. folders: kind -> where its files go.

    A file is 16 kHz mono s16 WAV, readable by its owner only. Any thread may call.
    """

    def __init__(self, folders: Mapping[str, Path] | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._folders = dict(folders or {})
        self._clock = clock
        self._rings: dict[str, Ring] = {}
        self._over: dict[str, float] = {}
        self._forgotten = -math.inf
        self._lock = threading.Lock()

    def open(self, stream: str) -> None:
        """A stream begins: its time starts at zero, what an older one of this name said is forgotten."""
        if self._folders:
            with self._lock:
                self._rings[stream] = Ring(MEMORY_S)
                self._over.pop(stream, None)

    def hear(self, stream: str, frame: Frame) -> None:
        """A frame of the stream."""
        with self._lock:
            ring = self._rings.get(stream)
            if ring is not None and self._clock() - self._forgotten >= ON_ITS_WAY_S:
                ring.push(frame)

    def forget(self) -> None:
        """What was said until now, on any stream, is remembered no more: no stretch reaches back before this moment."""
        with self._lock:
            self._forgotten = self._clock()
            for ring in self._rings.values():
                ring.clear()

    def close(self, stream: str) -> None:
        """The stream is over; its sound is remembered for another minute."""
        with self._lock:
            if stream in self._rings:
                self._over[stream] = self._clock()

    def sweep(self) -> None:
        """Forgets the streams that are over for a minute."""
        with self._lock:
            for stream in [s for s, t in self._over.items() if self._clock() - t > MEMORY_S]:
                del self._over[stream], self._rings[stream]

    def keep(self, kind: str, name: str, stream: str, start: float, end: float) -> Path:
        """Write what the stream brought from `start` to `end` (its seconds) as `name`.wav, and return the file.

        Raises BadInput: `sound-not-kept` (nobody opted in), `bad-name`, `no-such-sound` (not remembered any more).
        """
        folder = self._folders.get(kind)
        if folder is None:
            raise BadInput("sound-not-kept", f"sound of the kind {kind[:20]!r} is not kept")
        if not _NAME.fullmatch(name):
            raise BadInput("bad-name", "a sound's name has 1 to 64 letters, digits and hyphens")
        with self._lock:
            ring = self._rings.get(stream)
            frames = [frame for frame in ring.since(start) if frame.start < end] if ring else []
        if not frames:
            raise BadInput("no-such-sound", f"the stream's sound from {start:.1f} s to {end:.1f} s is not remembered")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = folder / f"{name}.wav"
        part = folder / f".{name}.part"
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream_out, wave.open(stream_out, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(SAMPLE_RATE)
            for frame in frames:
                out.writeframes(frame.samples.astype("<i2").tobytes())
        part.replace(file)
        return file
