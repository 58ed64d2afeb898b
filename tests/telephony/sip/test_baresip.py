"""Calls to and from a real phone: SIP and RTP on the loopback."""

from __future__ import annotations

import pytest

from assistant.contracts import BadInput
from telephony.sip.pcm import ROOM_RATE
from tests.telephony.phone import DeskPhone
from tests.telephony.sip.conftest import Office
from tests.telephony.tones import strength


async def connected(office: Office, phone: DeskPhone, number: str, leg: str = "leg") -> int:
    """Dial an extension that answers; the phone's number for the call."""
    await office.gateway.dial(leg, number, "room", f"sip:{number}")
    await office.told("answered", leg=leg)
    call: int = (await phone.told("established", user=number))["call"]
    return call


async def test_a_call_out_is_heard_both_ways_and_hung_up_by_us(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1001", tone=700)
    office.says = {"wall": 1_100, "console": 1_900}
    await office.gateway.dial("leg", "1001", "room", "sip:1001")
    assert (await office.told("ringing", leg="leg")).code == 180
    assert (await office.told("answered", leg="leg")).code == 200
    call = (await phone.told("established"))["call"]
    await office.sound("sip:1001", 0.5)
    room = await office.sound("sip:1001", 0.5)
    assert strength(room, 700, rate=ROOM_RATE) == pytest.approx(8_000, rel=0.15)
    assert strength(room, 1_100, rate=ROOM_RATE) < 80, "the room must not hear itself"
    await phone.heard(call)
    await office.sound("sip:1001", 0.6)
    heard = (await phone.heard(call))[-6_400:]
    assert strength(heard, 1_100) == pytest.approx(8_000, rel=0.15)
    assert strength(heard, 1_900) == pytest.approx(8_000, rel=0.15)
    assert strength(heard, 700) < 80, "the phone must not hear itself"
    await office.gateway.hang_up("leg")
    assert (await office.told("ended", leg="leg")).reason == "hangup"
    await phone.told("closed", call=call)
    with pytest.raises(BadInput, match="no such leg"):
        await office.gateway.hang_up("leg")
