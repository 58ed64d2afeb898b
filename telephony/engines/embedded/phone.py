"""A phone as a part of a room: what it says is encoded once for everybody; what the others say is decoded for it."""

from __future__ import annotations

import asyncio
import contextlib
import fractions
import math
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Protocol

import numpy as np
from av import AudioFrame
from av.audio.codeccontext import AudioCodecContext
from av.codec.context import CodecContext

from telephony.engines.embedded.forward import Source
from telephony.engines.embedded.listening import SAMPLES_A_SECOND, OpusReader

FRAME = SAMPLES_A_SECOND // 50
BIT_RATE = 32000


class PhoneBridge(Protocol):
    """A phone's sound, 48 kHz mono s16le both ways."""

    def heard(self) -> AsyncIterator[bytes]:
        """What the phone says, in pieces of any length, until it hangs up."""

    def say(self, part: str, pcm48: bytes) -> None:
        """What a part of the room says; the bridge mixes."""

    def forget(self, part: str) -> None:
        """A part has left the room."""


class PhoneLeg:
    """Joins a bridge to a room. `source`: what the phone says."""

    def __init__(self, bridge: PhoneBridge, on_level: Callable[[float], None], ended: Callable[[], None]) -> None:
        self.source = Source("audio")
        self._bridge, self._on_level, self._ended = bridge, on_level, ended
        self._readers: dict[str, tuple[Source, OpusReader]] = {}
        self._encoder = _encoder()
        self._task = asyncio.ensure_future(self._run())

    def hear(self, part: str, source: Source) -> None:
        """Let the phone hear what a part says; what it said before is replaced."""
        self.forget(part)
        reader = OpusReader(SAMPLES_A_SECOND, partial(self._bridge.say, part))
        source.sinks.add(reader)
        self._readers[part] = (source, reader)

    def forget(self, part: str) -> None:
        """A part is gone."""
        if (known := self._readers.pop(part, None)) is not None:
            known[0].sinks.discard(known[1])
            self._bridge.forget(part)

    async def close(self) -> None:
        """The phone leaves the room."""
        for part in list(self._readers):
            self.forget(part)
        if self._task is not asyncio.current_task():
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        waiting, ticks = bytearray(), 0
        async for pcm in self._bridge.heard():
            waiting += pcm
            while len(waiting) >= 2 * FRAME:
                self._encode(bytes(waiting[: 2 * FRAME]), ticks)
                del waiting[: 2 * FRAME]
                ticks += FRAME
        self._ended()

    def _encode(self, pcm: bytes, ticks: int) -> None:
        self._on_level(loudness_db(pcm))
        frame = AudioFrame("s16", "mono", FRAME)
        frame.planes[0].update(pcm)
        frame.sample_rate, frame.pts, frame.time_base = SAMPLES_A_SECOND, ticks, fractions.Fraction(1, SAMPLES_A_SECOND)
        for packet in self._encoder.encode(frame):
            self.source.deliver(bytes(packet), ticks)


def loudness_db(pcm: bytes) -> float:
    """Loudness of s16le sound in dB below the loudest there can be, -127 for silence."""
    power = float(np.sqrt(np.mean(np.frombuffer(pcm, "<i2").astype(float) ** 2)))
    return max(-127.0, 20 * math.log10(power / 32768)) if power else -127.0


def _encoder() -> AudioCodecContext:
    codec = CodecContext.create("libopus", "w")
    assert isinstance(codec, AudioCodecContext)
    codec.bit_rate = BIT_RATE
    codec.format, codec.layout, codec.sample_rate = "s16", "mono", SAMPLES_A_SECOND
    codec.options = {"application": "voip", "frame_duration": "20"}
    codec.time_base = fractions.Fraction(1, SAMPLES_A_SECOND)
    return codec
