"""One phone's sound between its call and its room: `say` and `heard` for the room, `listen` and `speak` for the call.

The media engine joins it to a room as the part whose feed is the phone. Everything happens on one event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from telephony.sip.mixer import Mixer, Waiting
from telephony.sip.pcm import PIECE, ROOM_RATE, Down, Up, pcm, samples

MOST_WAITING = 25
"""Pieces that wait for a room which does not listen: half a second."""


class PhoneBridge:
    """Room side: 48 kHz. Phone side: `rate` as the call negotiated it, changed by `tune` when that changes."""

    def __init__(self, part: str, *, rate: int = 8_000) -> None:
        self.part = part
        self.mixer = Mixer(part)
        self.paused = False
        self._voice = Waiting()
        self._pieces: deque[bytes] = deque(maxlen=MOST_WAITING)
        self._more = asyncio.Event()
        self._open = True
        self.rate = 0
        self.tune(rate)

    def tune(self, rate: int) -> None:
        """The phone's rate: 8000, 16000 or 48000. Raises ValueError."""
        if rate != self.rate:
            self._down, self._up = Down(rate), Up(rate)
            self.rate = rate

    # ------------------------------------------------------------------------------------------ for the room

    def say(self, part: str, pcm48: bytes) -> None:
        """What a part of the room says: any length of 48 kHz mono s16, best 20 ms at a time."""
        if self._open and not self.paused:
            self.mixer.say(part, samples(pcm48))

    def forget(self, part: str) -> None:
        """A part has left the room."""
        self.mixer.forget(part)

    async def heard(self) -> AsyncIterator[bytes]:
        """What the phone says: pieces of 20 ms, 48 kHz mono s16, one every 20 ms whether it speaks or not, until the
        call is over. One reader; who reads too slowly misses the oldest."""
        while True:
            while self._pieces:
                yield self._pieces.popleft()
            if not self._open:
                return
            self._more.clear()
            await self._more.wait()

    # ------------------------------------------------------------------------------------------ for the call

    def listen(self, heard: bytes, pieces: int = 1) -> None:
        """What came from the phone at its rate since the last time, and how many pieces of 20 ms have passed."""
        if heard and not self.paused:
            self._voice.push(self._up(samples(heard)))
        for _ in range(pieces):
            self._pieces.append(pcm(self._voice.pull(PIECE)))
        if pieces:
            self._more.set()

    def speak(self, count: int) -> bytes:
        """The next `count` samples for the phone, at its rate."""
        mixed = self.mixer.mix(count * (ROOM_RATE // self.rate))
        return pcm(self._down(mixed))

    def pause(self, on: bool) -> None:
        """On hold nothing passes, and nothing is kept for later."""
        self.paused = on
        self.mixer.clear()
        self._voice.clear()

    def close(self) -> None:
        """The call is over: `heard` ends."""
        self._open = False
        self._more.set()
