"""How soon a desk phone rings, answers and is heard, how late its sound is, and what it costs: real SIP and RTP.

The phone is a process of its own, which answers at once; the gateway runs in this one, as in the calling worker.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from telephony.sip.baresip import BaresipGateway
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import PhoneEvent
from telephony.sip.line import PhoneLine
from telephony.sip.pcm import PIECE, ROOM_RATE, samples
from tests.bench.measurement import Measurement
from tests.telephony.phone import DeskPhone, free_port, until
from tests.telephony.tones import tone

CALLS, CLICKS, CPU_S = 30, 20, 5.0
AUDIBLE = 2_000


@dataclass
class _Bench:
    """at: when each event of a leg came, and when its phone was first audible, `time.perf_counter`."""

    phone: DeskPhone
    at: dict[tuple[str, str], float] = field(default_factory=dict)
    bridges: dict[str, PhoneBridge] = field(default_factory=dict)
    talking: bool = False
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def open(self) -> None:
        line = PhoneLine("office", f"127.0.0.1:{self.phone.port}", address="127.0.0.1", port=free_port(), lines=16)
        self.gateway = BaresipGateway(line, self.join)
        await self.gateway.open()
        self.tasks.add(asyncio.create_task(self.watch()))

    async def join(self, room: str, part: str, bridge: PhoneBridge) -> None:
        self.bridges[part] = bridge
        self.tasks.add(asyncio.create_task(self.listen(part, bridge)))

    async def listen(self, part: str, bridge: PhoneBridge) -> None:
        words = [tone(600, 0.02, rate=ROOM_RATE, start=n * PIECE) for n in range(50)]
        said = 0
        async for piece in bridge.heard():
            if abs(samples(piece)).max() > AUDIBLE:
                self.at.setdefault((part, "audible"), time.perf_counter())
            if self.talking:
                said += 1
                bridge.say("wall", words[said % 50])

    async def watch(self) -> None:
        event: PhoneEvent
        async for event in self.gateway.events():
            self.at.setdefault((event.leg, event.kind), time.perf_counter())

    async def came(self, leg: str, kind: str) -> float:
        found: float = await until(lambda: self.at.get((leg, kind)), f"{kind} of {leg}")
        return found

    async def dial(self, leg: str, number: str) -> float:
        started = time.perf_counter()
        await self.gateway.dial(leg, number, "room", leg)
        return started

    async def close(self) -> None:
        await self.gateway.close()
        await asyncio.gather(*self.tasks)


async def _calls(bench: _Bench) -> dict[str, Measurement]:
    await bench.phone.extension("1001", tone=700)
    ringing, answered, audible = [], [], []
    for n in range(CALLS):
        leg = f"call{n}"
        started = await bench.dial(leg, "1001")
        ringing.append(1000 * (await bench.came(leg, "ringing") - started))
        answered.append(1000 * (await bench.came(leg, "answered") - started))
        audible.append(1000 * (await bench.came(leg, "audible") - started))
        await bench.gateway.hang_up(leg)
        await bench.came(leg, "ended")
    return {
        "phone-dial-to-ringing": Measurement.of(ringing, "ms", "a phone on this machine that answers at once"),
        "phone-dial-to-answered": Measurement.of(answered, "ms"),
        "phone-dial-to-first-sound": Measurement.of(audible, "ms", "until the room hears the phone's tone"),
    }


async def _delay(bench: _Bench) -> dict[str, Measurement]:
    await bench.phone.extension("1002", echo=True)
    await bench.dial("echo", "1002")
    await bench.came("echo", "answered")
    bridge = await until(lambda: bench.bridges.get("echo"), "the bridge")
    await asyncio.sleep(1)
    words = [tone(700, 0.02, rate=ROOM_RATE, level=16_000, start=n * PIECE) for n in range(10)]
    delays = []
    for _ in range(CLICKS):
        bench.at.pop(("echo", "audible"), None)
        started = time.perf_counter()
        for n, piece in enumerate(words):
            await asyncio.sleep(max(0.0, started + 0.02 * (n + 1) - time.perf_counter()))
            bridge.say("wall", piece)
        delays.append(1000 * (await bench.came("echo", "audible") - started - 0.02))
        await asyncio.sleep(0.8)
    await bench.gateway.hang_up("echo")
    await bench.came("echo", "ended")
    note = "room -> phone -> room: twice the way, both jitter buffers and the phone's own"
    return {"phone-round-trip": Measurement.of(delays, "ms", note)}


async def _cost(bench: _Bench, legs: int) -> dict[str, Measurement]:
    bench.talking = True
    for n in range(legs):
        await bench.phone.extension(f"11{n:02}", tone=700)
        await bench.dial(f"cost{legs}-{n}", f"11{n:02}")
    for n in range(legs):
        await bench.came(f"cost{legs}-{n}", "audible")
    shares = []
    for _ in range(3):
        cpu, wall = time.process_time(), time.perf_counter()
        await asyncio.sleep(CPU_S / 3)
        shares.append(100 * (time.process_time() - cpu) / (time.perf_counter() - wall) / legs)
    for n in range(legs):
        await bench.gateway.hang_up(f"cost{legs}-{n}")
        await bench.came(f"cost{legs}-{n}", "ended")
    bench.talking = False
    return {f"phone-cpu-{legs}": Measurement.of(shares, "% of a core a phone", f"{legs} at once, without encoding")}


async def _measure() -> dict[str, Measurement]:
    phone = DeskPhone()
    bench = _Bench(phone)
    await bench.open()
    try:
        return {**await _calls(bench), **await _delay(bench), **await _cost(bench, 1), **await _cost(bench, 8)}
    finally:
        await bench.close()
        phone.close()


def measure() -> dict[str, Measurement]:
    """See the module."""
    return asyncio.run(_measure())
