"""Real clients of a media engine, made of aiortc: each sends a tone and moving pictures, and knows what it received."""

from __future__ import annotations

import asyncio
import fractions
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, MediaStreamTrack, VideoStreamTrack
from aiortc.rtcconfiguration import RTCBundlePolicy
from av import AudioFrame, AudioResampler, VideoFrame

from telephony.engines.engine import Description, EngineEvent, MediaEngine

LONG_S = 120.0
CONFIGURATION = RTCConfiguration([], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE)
RATE = 48000


class Tone(AudioStreamTrack):
    """A tone of `hertz`, 20 ms at a time."""

    def __init__(self, hertz: float, amplitude: int = 8000) -> None:
        super().__init__()
        self._step, self._amplitude, self._at = 2 * math.pi * hertz / RATE, amplitude, 0
        self._paced = AudioStreamTrack()

    async def recv(self) -> AudioFrame:
        await self._paced.recv()
        samples = np.sin(self._step * np.arange(self._at, self._at + 960)) * self._amplitude
        frame = AudioFrame("s16", "mono", 960)
        frame.planes[0].update(samples.astype("<i2").tobytes())
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._at, fractions.Fraction(1, RATE)
        self._at += 960
        return frame


class Pictures(VideoStreamTrack):
    """A small picture that changes, 15 times a second."""

    def __init__(self, width: int = 160, height: int = 120) -> None:
        super().__init__()
        self._image = np.random.default_rng(1).integers(0, 255, (height * 3 // 2, width), dtype=np.uint8)
        self._shown = 0

    async def recv(self) -> VideoFrame:
        pts, base = await self.next_timestamp()
        await self.next_timestamp()
        self._shown += 1
        frame = VideoFrame.from_ndarray(np.roll(self._image, self._shown, axis=1), format="yuv420p")
        frame.pts, frame.time_base = pts, base
        return frame


def loudness_at(pcm: bytes, hertz: float, rate: int = RATE) -> float:
    """How much of a tone is in the sound: the amplitude of that frequency."""
    samples = np.frombuffer(pcm, "<i2").astype(float)
    turns = np.exp(-2j * math.pi * hertz / rate * np.arange(len(samples)))
    return float(2 * abs(np.mean(samples * turns))) if len(samples) else 0.0


@dataclass
class Received:
    """What came of one feed: pictures that could be decoded, and the sound of the last second."""

    pc: RTCPeerConnection
    subscription: str
    pictures: int = 0
    sound: bytearray = field(default_factory=bytearray)
    names: list[str] = field(default_factory=list)

    async def take(self, track: MediaStreamTrack) -> None:
        self.names.append(track.id)
        resampler = AudioResampler("s16", "mono", RATE)
        try:
            while True:
                frame = await track.recv()
                if isinstance(frame, VideoFrame):
                    self.pictures += 1
                else:
                    for piece in resampler.resample(frame):
                        self.sound += bytes(piece.planes[0])[: 2 * piece.samples]
                    del self.sound[: -2 * RATE]
        except MediaStreamError:
            return

    def hears_only(self, own: float, others: Iterable[float]) -> bool:
        """Whether the last half second is this tone and none of the others."""
        pcm = bytes(self.sound[-48000:])
        return loudness_at(pcm, own) > 5000 and all(loudness_at(pcm, other) < 500 for other in others)


class Client:
    """One part of a room. `alive`: those that a test has not closed, or could not."""

    alive: ClassVar[set[Client]] = set()

    def __init__(self, engine: MediaEngine, room: str, part: str, hertz: float = 0.0, video: bool = True) -> None:
        self.engine, self.room, self.part, self.hertz, self.video = engine, room, part, hertz, video
        self.pc: RTCPeerConnection | None = None
        self.received: dict[str, Received] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self.alive.add(self)

    async def publish(self) -> None:
        self.pc = RTCPeerConnection(CONFIGURATION)
        self.pc.addTrack(Tone(self.hertz))
        if self.video:
            self.pc.addTrack(Pictures())
        await self.offer()

    async def offer(self) -> None:
        assert self.pc is not None
        await self.pc.setLocalDescription(await self.pc.createOffer())
        answer = await self.engine.publish(self.room, self.part, Description("offer", self.pc.localDescription.sdp))
        await self.pc.setRemoteDescription(RTCSessionDescription(answer.sdp, answer.type))

    async def publish_nowhere(self) -> None:
        """An offer whose answer never arrives."""
        self.pc = RTCPeerConnection(CONFIGURATION)
        self.pc.addTrack(Tone(self.hertz))
        await self.pc.setLocalDescription(await self.pc.createOffer())
        await self.engine.publish(self.room, self.part, Description("offer", self.pc.localDescription.sdp))

    async def subscribe(self, feed: str) -> Received:
        name, offer = await self.engine.subscribe(self.room, self.part, feed)
        pc = RTCPeerConnection(CONFIGURATION)
        received = self.received[feed] = Received(pc, name)
        pc.on("track", lambda track: self._tasks.append(asyncio.ensure_future(received.take(track))))
        await pc.setRemoteDescription(RTCSessionDescription(offer.sdp, offer.type))
        await pc.setLocalDescription(await pc.createAnswer())
        await self.engine.answer(name, Description("answer", pc.localDescription.sdp))
        return received

    async def close(self) -> None:
        self.alive.discard(self)
        for received in self.received.values():
            await received.pc.close()
        if self.pc is not None:
            await self.pc.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class Watch:
    """Everything that an engine tells."""

    def __init__(self, engine: Any) -> None:
        self.events: list[EngineEvent] = []
        self._task = asyncio.ensure_future(self._run(engine))

    async def _run(self, engine: Any) -> None:
        async for event in engine.events():
            self.events.append(event)

    async def until(self, kind: str, part: str = "", *, after: int = 0) -> EngineEvent:
        def found() -> EngineEvent | None:
            wanted = (its for its in self.events[after:] if its.kind == kind and (not part or its.part == part))
            return next(wanted, None)

        await eventually(found)
        event = found()
        assert event is not None
        return event

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)


async def eventually(holds: Callable[[], Any], within_s: float = LONG_S) -> None:
    """Wait for something real to happen; fails when it does not."""
    end = asyncio.get_running_loop().time() + within_s
    while not holds():
        assert asyncio.get_running_loop().time() < end, "it did not happen"
        await asyncio.sleep(0.01)


async def silencing_holds(engine: MediaEngine, watch: Watch) -> None:
    """What is silenced reaches nobody, whatever its page does; given back, it is there again."""
    await engine.open_room("r", most=3)
    loud, other = Client(engine, "r", "a", 440.0), Client(engine, "r", "b", 880.0)
    await asyncio.gather(loud.publish(), other.publish())
    received = await other.subscribe((await watch.until("published", "a")).feed)
    heard = await loud.subscribe(feed := (await watch.until("published", "b")).feed)
    await eventually(lambda: received.pictures >= 3 and loudness_at(bytes(received.sound[-9600:]), 440.0) > 5000)

    async def quiet() -> bool:
        """Whether nothing new comes while something of the other does."""
        pictures, theirs = received.pictures, heard.pictures
        del heard.sound[:], received.sound[:]
        await eventually(lambda: heard.pictures >= theirs + 5 and len(heard.sound) >= 24_000)
        pcm = bytes(received.sound[-9600:])
        return received.pictures == pictures and (not pcm or loudness_at(pcm, 440.0) < 200)

    await engine.silence("r", "a", ["audio", "video"])
    end = asyncio.get_running_loop().time() + LONG_S
    while not await quiet():  # what was under way arrives, on a busy machine late
        assert asyncio.get_running_loop().time() < end, "it is never quiet"
    assert await quiet()
    # It publishes anew, as a page would that does not obey: still nothing.
    before = len(watch.events)
    assert loud.pc is not None
    await loud.pc.close()
    await watch.until("unpublished", "a", after=before)
    await loud.publish()
    again = await other.subscribe((await watch.until("published", "a", after=before)).feed)
    heard = await loud.subscribe(feed)
    await eventually(lambda: len(heard.sound) >= 24_000)
    assert again.pictures == 0
    assert not again.sound or loudness_at(bytes(again.sound), 440.0) < 200
    await engine.silence("r", "a", [])
    await eventually(lambda: again.pictures >= 3 and loudness_at(bytes(again.sound[-9600:]), 440.0) > 5000)
    for person in (loud, other):
        await person.close()
