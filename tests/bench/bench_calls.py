"""What carrying a call costs the server: CPU per participant of each engine, in one run.

The engine runs in its own process (the calling worker, and Janus beside it), as in the product; the participants are
in this one. They send one picture stream (VP8, 640x480, 30 a second, about 1 Mbit/s) and one of sound (Opus, 50 packets
a second), encoded once beforehand, and count the packets that arrive without decrypting them, so that they cost little.
"""

from __future__ import annotations

import asyncio
import fractions
import logging
import math
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from aiortc import RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, Packet, VideoFrame
from av.codec.context import CodecContext

from assistant.calling.children import CallingOptions, calling_children, watch_janus
from assistant.calling.link import CallingWorker
from assistant.supervise import Child
from assistant.workers import Workers
from telephony.engines.embedded.connection import gather_only
from telephony.engines.engine import Description
from telephony.engines.janus.config import JanusOptions
from telephony.engines.remote import RemoteEngine
from tests.assistant.calling.core import core
from tests.bench.measurement import Measurement
from tests.telephony.engines.clients import CONFIGURATION, Watch, eventually
from tests.telephony.engines.janus_server import own_address

WIDTH, HEIGHT, RATE, BITS = 640, 480, 30, 600_000
SETTLE_S, SAMPLE_S, SAMPLES = 2.0, 2.0, 5
LARGEST = 1300
"""Bytes of a picture that go into one packet."""
MEDIA_PORTS = (22000, 23000)


@dataclass(frozen=True, slots=True)
class Meeting:
    """publishers: who send. viewers: who only receive, everything. mesh: publishers receive one another."""

    name: str
    publishers: int
    viewers: int
    mesh: bool

    @property
    def people(self) -> int:
        """Who takes part."""
        return self.publishers + self.viewers

    @property
    def streams(self) -> int:
        """Feeds on their way to somebody."""
        mesh = self.publishers * (self.publishers - 1) if self.mesh else 0
        return mesh + self.publishers * self.viewers


MEETINGS = (Meeting("1x1", 1, 1, False), Meeting("mesh-3", 3, 0, True), Meeting("2x10", 2, 10, False))


class Played(MediaStreamTrack):
    """Encoded packets of two seconds, over and over."""

    def __init__(self, kind: str, packets: list[bytes], every_s: float, clock: int) -> None:
        super().__init__()
        self.kind = kind
        self._packets, self._every, self._base = packets, every_s, fractions.Fraction(1, clock)
        self._ticks = round(every_s * clock)
        self._begun, self._sent = 0.0, 0

    async def recv(self) -> Packet[Any]:
        """The next packet, when its time has come."""
        self._begun = self._begun or time.monotonic()
        wait = self._begun + self._sent * self._every - time.monotonic()
        if wait > 0:
            await asyncio.sleep(wait)
        packet = Packet(self._packets[self._sent % len(self._packets)])
        packet.pts, packet.time_base = self._sent * self._ticks, self._base
        self._sent += 1
        return packet


class Counter:
    """The packets that arrived at a subscriber."""

    def __init__(self) -> None:
        self.packets = 0

    async def take(self, data: bytes, arrival_time_ms: int) -> None:
        """One packet, encrypted as it is."""
        self.packets += 1


def pictures() -> list[bytes]:
    """Two seconds of something that moves, a whole picture a second."""
    codec: Any = CodecContext.create("libvpx", "w")
    codec.width, codec.height, codec.pix_fmt, codec.bit_rate = WIDTH, HEIGHT, "yuv420p", BITS
    codec.framerate, codec.time_base, codec.gop_size = RATE, fractions.Fraction(1, RATE), RATE
    codec.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    coarse = np.random.default_rng(7).integers(0, 255, (HEIGHT // 32 * 3 // 2 + 1, WIDTH // 32), dtype=np.uint8)
    image = np.kron(coarse, np.ones((32, 32), np.uint8))[: HEIGHT * 3 // 2]
    made = []
    for shown in range(2 * RATE):
        frame = VideoFrame.from_ndarray(np.ascontiguousarray(np.roll(image, 2 * shown, axis=1)), format="yuv420p")
        frame.pts = shown
        made += [bytes(packet) for packet in codec.encode(frame)]
    return made


def sound() -> list[bytes]:
    """Two seconds of a tone."""
    codec: Any = CodecContext.create("libopus", "w")
    codec.bit_rate, codec.format, codec.layout, codec.sample_rate = 32000, "s16", "mono", 48000
    made = []
    for at in range(0, 96000, 960):
        frame = AudioFrame("s16", "mono", 960)
        frame.planes[0].update((np.sin(np.arange(at, at + 960) * 0.0576) * 8000).astype("<i2").tobytes())
        frame.sample_rate, frame.pts = 48000, at
        made += [bytes(packet) for packet in codec.encode(frame)]
    return made


@dataclass(slots=True)
class Carrier:
    """An engine that runs, and the processes that carry its media."""

    engine: RemoteEngine
    watch: Watch
    processes: list[psutil.Process]

    def cpu_s(self) -> float:
        """CPU seconds that they have used."""
        return sum(sum(process.cpu_times()[:2]) for process in self.processes)


@asynccontextmanager
async def carrier(name: str, address: str, folder: Path) -> AsyncIterator[Carrier]:
    """Start an engine as the product does."""
    workers, children = Workers(), dict[str, Child]()
    calling = CallingWorker(workers, lambda: children.get("calling"))
    options = CallingOptions(
        "janus" if name == "janus" else "embedded",
        (address,),
        janus=JanusOptions(addresses=(address,), media_ports=MEDIA_PORTS),
    )
    async with core(workers) as where:
        wanted = calling_children(options, folder / name, where, {"SEOULA_WORKER_TOKEN": workers.token})
        for spec in wanted.specs:
            children[spec.name] = Child(spec, lambda name, state, detail: None)
            children[spec.name].start()
        watching = []
        if wanted.janus_port:
            watching.append(asyncio.ensure_future(watch_janus(children["janus"], wanted.janus_port)))
        await eventually(lambda: {child.state for child in children.values()} == {"ok"}, 60)
        engine = RemoteEngine(calling.service("media"), name)
        watch = Watch(engine)
        made = Carrier(engine, watch, [psutil.Process(child.pid) for child in children.values() if child.pid])
        try:
            yield made
        finally:
            await engine.close()
            await watch.close()
            for task in watching:
                task.cancel()
            for child in children.values():
                await child.stop()


async def meet(its: Carrier, meeting: Meeting, seen: list[bytes], heard: list[bytes]) -> tuple[list[float], float]:
    """CPU (per cent of a core) of each sample, and the share of the sent packets that arrived."""
    room, counters, connections = meeting.name, list[Counter](), list[RTCPeerConnection]()
    await its.engine.open_room(room, most=meeting.people)
    feeds = {}
    for number in range(meeting.publishers):
        pc = RTCPeerConnection(CONFIGURATION)
        connections.append(pc)
        pc.addTrack(Played("audio", heard, 0.02, 48000))
        pc.addTrack(Played("video", seen, 1 / RATE, 90000))
        await pc.setLocalDescription(await pc.createOffer())
        mark, part = len(its.watch.events), f"publisher:{number}"
        answer = await its.engine.publish(room, part, Description("offer", pc.localDescription.sdp))
        await pc.setRemoteDescription(RTCSessionDescription(answer.sdp, answer.type))
        feeds[part] = (await its.watch.until("published", part, after=mark)).feed
    receiving = [f"viewer:{number}" for number in range(meeting.viewers)] + (list(feeds) if meeting.mesh else [])
    for part in receiving:
        for publisher, feed in feeds.items():
            if publisher != part:
                counters.append(Counter())
                connections.append(await _subscribe(its.engine, room, part, feed, counters[-1]))
    await eventually(lambda: all(counter.packets for counter in counters), 60)
    await asyncio.sleep(SETTLE_S)
    begun, before, samples = time.monotonic(), sum(counter.packets for counter in counters), []
    for _ in range(SAMPLES):
        used, at = its.cpu_s(), time.monotonic()
        await asyncio.sleep(SAMPLE_S)
        samples.append(100 * (its.cpu_s() - used) / (time.monotonic() - at))
    arrived = (sum(counter.packets for counter in counters) - before) / (time.monotonic() - begun)
    await its.engine.close_room(room)
    for pc in connections:
        await pc.close()
    sent = 50 + sum(math.ceil(len(packet) / LARGEST) for packet in seen) * RATE / len(seen)
    return samples, arrived / (sent * meeting.streams)


async def _subscribe(engine: RemoteEngine, room: str, part: str, feed: str, counter: Counter) -> RTCPeerConnection:
    name, offer = await engine.subscribe(room, part, feed)
    pc = RTCPeerConnection(CONFIGURATION)

    await pc.setRemoteDescription(RTCSessionDescription(offer.sdp, offer.type))
    for transceiver in pc.getTransceivers():
        transceiver.receiver.transport._handle_rtp_data = counter.take  # type: ignore[method-assign]
    await pc.setLocalDescription(await pc.createAnswer())
    await engine.answer(name, Description("answer", pc.localDescription.sdp))
    return pc


def measure() -> dict[str, Measurement]:
    """Each engine with each meeting. Janus is left out, in words, where it is not installed or cannot run."""
    return asyncio.run(_measure())


async def _measure() -> dict[str, Measurement]:
    logging.getLogger("aioice").setLevel(logging.ERROR)
    address = own_address()
    engines = ["embedded"] + (["janus"] if address else [])
    if not address:
        print("  without janus: this host has no address but its loopback", file=sys.stderr)
    gather_only((address or "127.0.0.1",))
    seen, heard, found = pictures(), sound(), {}
    with tempfile.TemporaryDirectory() as folder:
        for name in engines:
            async with carrier(name, address or "127.0.0.1", Path(folder)) as its:
                for meeting in MEETINGS:
                    samples, arrived = await meet(its, meeting, seen, heard)
                    resident = sum(process.memory_info().rss for process in its.processes) / 1e6
                    note = (
                        f"whole engine {statistics.median(samples):.1f} % of a core, {meeting.people} people, "
                        f"{meeting.streams} streams, {100 * arrived:.0f} % of the packets arrived, {resident:.0f} MB"
                    )
                    each = [sample / meeting.people for sample in samples]
                    found[f"calls-{name}-{meeting.name}"] = Measurement.of(each, "% of a core a participant", note)
    return found
