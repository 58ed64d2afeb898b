"""The pump between a call and its bridge, turn by turn."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from telephony.sip.bridge import PhoneBridge
from telephony.sip.pcm import PIECE, ROOM_RATE
from telephony.sip.pump import AHEAD_MS, turn
from tests.telephony.tones import loudness, strength, tone


@dataclass
class Call:
    """A call that sends what it is given, 20 ms each turn, and has `says` to be heard."""

    rates: tuple[int, int] | None = (8_000, 8_000)
    says: bytes = b""
    waiting: int = 0
    sent: bytearray = field(default_factory=bytearray)

    def ready(self) -> tuple[int, int, int] | None:
        return (*self.rates, self.waiting) if self.rates else None

    def read(self) -> bytes:
        taken, self.says = self.says, b""
        return taken

    def write(self, pcm: bytes) -> None:
        self.sent += pcm
        self.waiting += len(pcm)

    def passes(self, milliseconds: int) -> None:
        assert self.rates
        self.waiting = max(0, self.waiting - 2 * self.rates[0] * milliseconds // 1000)


async def drained(bridge: PhoneBridge) -> list[bytes]:
    bridge.close()
    return [piece async for piece in bridge.heard()]


async def test_sound_goes_both_ways_and_no_more_waits_than_it_must() -> None:
    call, bridge = Call(), PhoneBridge("phone")
    for n in range(20):
        bridge.say("wall", tone(1_000, 0.02, rate=ROOM_RATE, start=n * PIECE))
        call.says = tone(700, 0.02, start=n * 160)
        turn(call, bridge, 1)
        assert call.waiting == 2 * 8 * AHEAD_MS
        call.passes(20)
    pieces = await drained(bridge)
    assert len(pieces) == 20
    assert strength(b"".join(pieces[4:]), 700, rate=ROOM_RATE) == pytest.approx(8_000, rel=0.05)
    assert strength(bytes(call.sent[2_000:]), 1_000) > 6_000


async def test_a_late_machine_makes_up_for_it() -> None:
    call, bridge = Call(), PhoneBridge("phone")
    turn(call, bridge, 1)
    call.passes(100)
    call.says = tone(700, 0.1)
    turn(call, bridge, 5)
    assert call.waiting == 2 * 8 * AHEAD_MS
    assert len(await drained(bridge)) == 6


@pytest.mark.parametrize("rates", [None, (8_000, 16_000), (11_025, 11_025)])
async def test_a_call_without_usable_sound_is_silence(rates: tuple[int, int] | None) -> None:
    call, bridge = Call(rates, tone(700, 0.1)), PhoneBridge("phone")
    turn(call, bridge, 3)
    assert not call.sent
    pieces = await drained(bridge)
    assert len(pieces) == 3
    assert loudness(b"".join(pieces)) == 0


async def test_on_hold_nothing_is_sent_and_what_comes_is_let_go() -> None:
    call, bridge = Call(says=tone(700, 0.2)), PhoneBridge("phone")
    bridge.pause(True)
    bridge.say("wall", tone(1_000, 0.2, rate=ROOM_RATE))
    turn(call, bridge, 2)
    assert not call.sent
    assert not call.says
    assert loudness(b"".join(await drained(bridge))) == 0


async def test_a_phone_that_turns_wideband_in_the_call() -> None:
    call, bridge = Call(), PhoneBridge("phone")
    for n in range(30):
        if n == 10:
            call.rates = (16_000, 16_000)
            call.waiting = 0
        bridge.say("wall", tone(5_000, 0.02, rate=ROOM_RATE, start=n * PIECE))
        turn(call, bridge, 1)
        call.passes(20)
    assert strength(bytes(call.sent[-6_400:]), 5_000, rate=16_000) > 6_000
