"""What a part says, decoded: for captions at 16 kHz, for a phone at 48 kHz. Each listener has a decoder of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from av import AudioFrame, AudioResampler, FFmpegError, Packet
from av.codec.context import CodecContext

SAMPLES_A_SECOND = 48000
FILLED_S = 1.0
"""A hole in the sound up to this long is filled with silence, so that times stay true."""
PIECE_MS = 100
MOST_PIECES = 300


class OpusReader:
    """Opus packets in, s16le mono at `rate` out. `say` is called with each piece of sound."""

    def __init__(self, rate: int, say: Callable[[bytes], None]) -> None:
        self._codec = CodecContext.create("libopus", "r")
        self._codec.sample_rate = SAMPLES_A_SECOND
        self._codec.layout = "stereo"
        self._codec.format = "s16"
        self._resampler = AudioResampler("s16", "mono", rate)
        self._rate, self._say = rate, say
        self._next: int | None = None

    def take(self, packet: Packet[Any]) -> None:
        """One packet of a source; one that cannot be read is as good as lost."""
        try:
            frames = self._codec.decode(packet)
        except FFmpegError:
            return
        at = packet.pts or 0
        hole = at - self._next if self._next is not None else 0
        if 0 < hole <= FILLED_S * SAMPLES_A_SECOND:
            self._say(bytes(2 * (hole * self._rate // SAMPLES_A_SECOND)))
        for frame in frames:
            self._next = at + frame.samples
            self._give(frame)

    def close(self) -> None:
        """Let go of who listens: the decoder and its threads end with the last reference to them."""
        self._say = _nobody

    def _give(self, frame: AudioFrame) -> None:
        frame.pts = None  # the resampler must not make up for holes itself
        for made in self._resampler.resample(frame):
            self._say(bytes(made.planes[0])[: 2 * made.samples])


class Listener:
    """Sound at 16 kHz for a listener that may be slow: what is too old is let go."""

    def __init__(self, rate: int = 16000) -> None:
        self.reader = OpusReader(rate, self._say)
        self._piece = 2 * rate * PIECE_MS // 1000
        self._buffer = bytearray()
        self._pieces: asyncio.Queue[bytes | None] = asyncio.Queue()

    def take(self, packet: Packet[Any]) -> None:
        """One packet of a source."""
        self.reader.take(packet)

    def end(self) -> None:
        """The part has left."""
        self._pieces.put_nowait(None)

    async def pieces(self) -> AsyncIterator[bytes]:
        """Pieces of 100 ms, until the end."""
        try:
            while (piece := await self._pieces.get()) is not None:
                yield piece
        finally:
            self.reader.close()

    def _say(self, pcm: bytes) -> None:
        self._buffer += pcm
        while len(self._buffer) >= self._piece:
            if self._pieces.qsize() >= MOST_PIECES:
                self._pieces.get_nowait()
            self._pieces.put_nowait(bytes(self._buffer[: self._piece]))
            del self._buffer[: self._piece]


def _nobody(pcm: bytes) -> None:
    """Nobody listens any more."""
