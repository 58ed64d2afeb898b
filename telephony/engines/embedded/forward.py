"""Encoded frames from one publisher to many subscribers, past aiortc's decoders and encoders.

This is the one place that leans on private names of aiortc, which is pinned: `tests/telephony/engines` fails when they
move. Nothing is changed for the whole process; each receiver and sender is given its own way.
"""

from __future__ import annotations

import asyncio
import fractions
import queue
import time
from collections.abc import Callable
from typing import Any, Protocol

from aiortc import RTCRtpReceiver, RTCRtpSender
from aiortc.jitterbuffer import JitterFrame
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from aiortc.rtp import RtpPacket
from av import Packet

from telephony.engines.embedded.assembly import Assembly, Piece

KEYFRAME_EVERY_S = 0.3
"""A publisher is asked for a whole picture at most this often."""
CLOCKS = {"audio": 48000, "video": 90000}

PRIVATE_OF_RECEIVER = ("_RTCRtpReceiver__decoder_queue", "_RTCRtpReceiver__jitter_buffer", "_send_rtcp_pli")
PRIVATE_OF_SENDER = ("_send_keyframe", "_stream_id", "_RTCRtpSender__encoder")


class Sink(Protocol):
    """Who takes a source's packets."""

    def take(self, packet: Packet[Any]) -> None:
        """One encoded frame, in order. Never blocks."""


class Source:
    """One track of a publisher. `stream`, `track`: the names that the publisher gave."""

    def __init__(self, kind: str, stream: str = "", track: str = "") -> None:
        self.kind, self.stream, self.track = kind, stream, track
        self.sinks: set[Sink] = set()
        self.ask_keyframe: Callable[[], None] = lambda: None
        self._open, self._broken = True, False
        self._base = fractions.Fraction(1, CLOCKS[kind])

    def deliver(self, data: bytes, timestamp: int) -> None:
        """Hand an encoded frame to everybody. `timestamp` in ticks of the kind's clock."""
        if not data or not self.sinks or not self._open:
            return
        if self._broken and not is_keyframe(data):
            self.ask_keyframe()
            return
        self._broken = False
        packet = Packet(data)
        packet.pts, packet.time_base = timestamp, self._base
        for sink in tuple(self.sinks):
            sink.take(packet)

    def let(self, *, through: bool) -> None:
        """Whether its frames are handed on from now on. Pictures go on with a whole one."""
        if through and not self._open and self.kind == "video":
            self._broken = True
            self.ask_keyframe()
        self._open = through


class FeedTrack(MediaStreamTrack):
    """What one subscriber receives of a source. Begins with a whole picture; `too_slow` is called when it lags."""

    def __init__(self, source: Source, most_waiting: int, too_slow: Callable[[], None]) -> None:
        super().__init__()
        self.kind = source.kind
        if source.track:
            self._id = source.track
        self._source, self._most, self._too_slow = source, most_waiting, too_slow
        self._frames: asyncio.Queue[Packet[Any] | None] = asyncio.Queue()
        self._whole = source.kind == "audio"

    def take(self, packet: Packet[Any]) -> None:
        """A frame for the subscriber. Before the first whole picture nothing could be shown, so nothing is sent."""
        if not self._whole:
            if not is_keyframe(bytes(packet)):
                self._source.ask_keyframe()
                return
            self._whole = True
        if self._frames.qsize() >= self._most:
            self.stop()
            self._too_slow()
            return
        self._frames.put_nowait(packet)

    async def recv(self) -> Packet[Any]:  # a sender packs an encoded packet as it is
        """The next frame. Raises MediaStreamError at the end."""
        if self.readyState != "live":
            raise MediaStreamError
        if self not in self._source.sinks:  # only once the connection stands
            self._source.sinks.add(self)
            self._source.ask_keyframe()
        packet = await self._frames.get()
        if packet is None:
            raise MediaStreamError
        return packet

    def stop(self) -> None:
        """End it."""
        super().stop()
        self._source.sinks.discard(self)
        self._frames.put_nowait(None)


def is_keyframe(vp8: bytes) -> bool:
    """Whether a VP8 frame is a whole picture (RFC 6386, section 9.1: the lowest bit is 0)."""
    return bool(vp8) and not vp8[0] & 1


class _Outlet(queue.Queue[Any]):
    """Stands where aiortc queues frames for its decoding thread; the thread is left with nothing but its end."""

    def __init__(self, deliver: Callable[[bytes, int], None]) -> None:
        super().__init__()
        self._deliver = deliver

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if item is None:
            super().put(None, block, timeout)
        else:
            self._deliver(item[1].data, item[1].timestamp)


class _Straight:
    """Stands where aiortc keeps sound back to put it in order: the listener's own buffer does that better.

    A packet that comes late is let go, as it would be heard out of turn.
    """

    def __init__(self, on_level: Callable[[float], None]) -> None:
        self._last: int | None = None
        self._on_level = on_level

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        if self._last is not None and not 0 < (packet.sequence_number - self._last) & 0xFFFF < 0x8000:
            return False, None
        self._last = packet.sequence_number
        level = packet.extensions.audio_level
        if level is not None:
            self._on_level(-float(level[1]))
        return False, JitterFrame(packet._data, packet.timestamp)  # type: ignore[attr-defined]


class _Pictures:
    """Stands where aiortc keeps packets of pictures back: see assembly.py. What is complete leaves by itself."""

    def __init__(self, source: Source) -> None:
        self._assembly = Assembly(source.deliver, lambda: source.ask_keyframe())

    def add(self, packet: RtpPacket) -> tuple[bool, JitterFrame | None]:
        payload, data = packet.payload, packet._data  # type: ignore[attr-defined]
        begins = bool(payload) and payload[0] & 0x17 == 0x10  # RFC 7741, section 4.2: the start of partition 0
        piece = Piece(packet.sequence_number, packet.timestamp, data, begins, bool(packet.marker))
        self._assembly.add(piece, time.monotonic())
        return False, None


def take_over(receiver: RTCRtpReceiver, source: Source, on_level: Callable[[float], None]) -> None:
    """Let a receiver that has not begun hand its encoded frames to a source. on_level: loudness of sound, dB."""
    setattr(receiver, PRIVATE_OF_RECEIVER[0], _Outlet(source.deliver))
    if source.kind == "audio":
        setattr(receiver, PRIVATE_OF_RECEIVER[1], _Straight(on_level))
    else:
        setattr(receiver, PRIVATE_OF_RECEIVER[1], _Pictures(source))
        source.ask_keyframe = KeyframeRequest(receiver)


class _OpusPacker:
    """Stands where aiortc makes an Opus encoder, with a resampler and its threads, for each subscriber."""

    def pack(self, packet: Packet[Any]) -> tuple[list[bytes], int]:
        return [bytes(packet)], packet.pts or 0


class KeyframeRequest:
    """Asks a publisher for a whole picture, not too often; what is asked too early is asked later, once."""

    def __init__(self, receiver: RTCRtpReceiver) -> None:
        self._receiver = receiver
        self._last = float("-inf")
        self._later: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self) -> None:
        loop = asyncio.get_running_loop()
        wait = self._last + KEYFRAME_EVERY_S - loop.time()
        if wait <= 0:
            self._send()
        elif self._later is None:
            self._later = loop.call_later(wait, self._send)

    def _send(self) -> None:
        self._later, self._last = None, asyncio.get_running_loop().time()
        # Every source of the track, as the list also holds the one of retransmissions, in any order.
        for source in self._receiver.getSynchronizationSources():
            task = asyncio.ensure_future(self._receiver._send_rtcp_pli(source.source))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


def send_feed(sender: RTCRtpSender, source: Source) -> None:
    """Name the stream as its publisher did, and pass a subscriber's plea for a whole picture on to it."""
    if source.stream:
        sender._stream_id = source.stream
    if source.kind == "audio":
        setattr(sender, PRIVATE_OF_SENDER[2], _OpusPacker())
    sender._send_keyframe = lambda: source.ask_keyframe()  # type: ignore[method-assign]
