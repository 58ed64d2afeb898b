"""Carries the sound of one answered call between the SIP stack and its bridge, every 20 ms."""

from __future__ import annotations

import asyncio
from typing import Protocol

from telephony.sip.bridge import PhoneBridge
from telephony.sip.pcm import PHONE_RATES, PIECE_MS

AHEAD_MS = 60
"""How much waits for the phone to be sent: what a busy machine may be late."""
MOST_LATE = 10


class Stream(Protocol):
    """A call's sound as the SIP stack offers it: PCM of 16 bit, mono."""

    def ready(self) -> tuple[int, int, int] | None:
        """(rate to the phone, rate from the phone, bytes that wait to be sent), or None while there is no sound."""

    def read(self) -> bytes:
        """What came since the last time."""

    def write(self, pcm: bytes) -> None:
        """Send this next."""


async def pump(stream: Stream, bridge: PhoneBridge) -> None:
    """Until cancelled. A late machine makes up for what it missed; a call without sound is silence in the room."""
    loop = asyncio.get_running_loop()
    step, next_at = PIECE_MS / 1000, loop.time()
    while True:
        next_at += step
        await asyncio.sleep(max(0.0, next_at - loop.time()))
        late = min(MOST_LATE, int((loop.time() - next_at) / step))
        if loop.time() - next_at > MOST_LATE * step:
            next_at = loop.time()
        else:
            next_at += late * step
        turn(stream, bridge, 1 + late)


def turn(stream: Stream, bridge: PhoneBridge, pieces: int) -> None:
    """What is done every 20 ms. pieces: how many times 20 ms have passed."""
    ready = stream.ready()
    if ready is None or ready[0] not in PHONE_RATES or ready[1] != ready[0]:
        bridge.listen(b"", pieces)
        return
    rate, _, waiting = ready
    bridge.tune(rate)
    bridge.listen(stream.read(), pieces)
    missing = rate * AHEAD_MS // 1000 - waiting // 2
    piece = rate * PIECE_MS // 1000
    for _ in range(max(0, -(-missing // piece))):
        sound = bridge.speak(piece)
        if not bridge.paused:
            stream.write(sound)
