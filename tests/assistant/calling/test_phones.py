"""A meeting of two people and a desk phone: the real worker, real clients of its room, a real phone; and its death."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from telephony.engines.remote import RemoteEngine
from telephony.sip.gateway import PhoneEvent
from telephony.sip.line import PhoneLine
from telephony.sip.remote import RemoteGateway
from tests.assistant.calling.test_worker import Running, running  # noqa: F401
from tests.telephony.engines.clients import Client, Watch, eventually, loudness_at
from tests.telephony.engines.conftest import _clients_end, _loopback  # noqa: F401
from tests.telephony.phone import DeskPhone, free_port, until

pytestmark = pytest.mark.real
SECRET = "swordfish-7Q"


async def test_a_meeting_with_a_desk_phone(running: Running, tmp_path: Path) -> None:  # noqa: F811
    phone = DeskPhone()
    told: list[PhoneEvent] = []

    async def event(kind: str, leg: str) -> PhoneEvent:
        found = await until(lambda: [its for its in told if (its.kind, its.leg) == (kind, leg)], f"{kind} of {leg}")
        return found[0]

    engine = RemoteEngine(running.calling.service("media"), "embedded")
    line = PhoneLine("office", f"127.0.0.1:{phone.port}", SECRET, address="127.0.0.1", port=free_port())
    gateway = RemoteGateway(running.calling.service("phones"), line, again_s=0.1)
    gateway.start()

    async def listen() -> None:
        async for happened in gateway.events():
            told.append(happened)

    listening = asyncio.create_task(listen())
    try:
        await until(lambda: not gateway.trouble, "the phone line")
        await phone.extension("1401", tone=700)
        watch = Watch(engine)
        await engine.open_room("r", most=4)
        people = [Client(engine, "r", part, hertz, video=False) for part, hertz in (("a", 440.0), ("b", 1000.0))]
        for person in people:
            await person.publish()
            await watch.until("published", person.part)
        await gateway.dial("leg", "1401", "r", "sip:1401")
        await event("answered", "leg")
        call = (await phone.told("established", user="1401"))["call"]
        feed = (await watch.until("published", "sip:1401")).feed
        for person in people:
            received = await person.subscribe(feed)
            await eventually(lambda its=received: loudness_at(bytes(its.sound[-24000:]), 700.0) > 5000)
            assert loudness_at(bytes(received.sound[-24000:]), 440.0) < 800
        for hertz in (440, 1000):
            sound = await phone.hears(call, hertz, least=5_000)
        assert loudness_at(sound, 700.0, 8000) < 800
        await people[0].close()
        await engine.leave("r", "a")
        await phone.hears(call, 1000, least=5_000)
        await phone.heard(call)
        await asyncio.sleep(0.4)
        assert loudness_at((await phone.heard(call))[-4000:], 440.0, 8000) < 800
        await gateway.hang_up("leg")
        assert (await event("ended", "leg")).reason == "hangup"
        await watch.until("unpublished", "sip:1401")
        await phone.told("closed", call=call)

        await gateway.dial("second", "1401", "r", "sip:1401")
        await event("answered", "second")
        child = running.children["calling"]
        old = child.pid
        assert old is not None
        os.kill(old, signal.SIGKILL)
        assert (await event("ended", "second")).reason == "restarted"
        await eventually(lambda: child.state == "ok" and child.pid not in (None, old))
        await until(lambda: not gateway.trouble, "the phone line is back")
        await engine.open_room("r", most=4)
        await gateway.dial("third", "1401", "r", "sip:1401")
        await event("answered", "third")
        await watch.close()
    finally:
        await gateway.close()
        await listening
        await engine.close()
        phone.close()
    log = (tmp_path / "log" / "calling.log").read_text()
    assert SECRET not in log
    assert "1401" not in log
