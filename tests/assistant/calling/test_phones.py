"""A meeting of two people and a desk phone: the real worker, real clients of its room, a real phone; and its death."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
from pathlib import Path

import pytest

from assistant.call_media import calling_options, check_line
from assistant.calling.children import CallingOptions, calling_children
from assistant.settings import Settings
from telephony.engines.janus import config
from telephony.engines.janus.config import JanusOptions
from telephony.engines.remote import RemoteEngine
from telephony.sip.gateway import PhoneEvent
from telephony.sip.line import PhoneLine
from telephony.sip.remote import RemoteGateway
from tests.assistant.calling.test_worker import Running, running, started  # noqa: F401
from tests.telephony.engines.clients import Client, Watch, eventually, loudness_at
from tests.telephony.engines.conftest import _clients_end, _loopback  # noqa: F401
from tests.telephony.engines.janus_server import own_address
from tests.telephony.exchange import Exchange
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
        hidden = await strangers(line.port)
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
        await phone.silent(call, 440)
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
    assert not [word for word in hidden if word in log]


async def strangers(port: int) -> list[str]:
    """Requests that nobody knows what to do with, to our line; words of them that must reach no log."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.setblocking(False)
        own = stranger.getsockname()[1]
        for method in ("MESSAGE", "PUBLISH", "SWORDFISH", "OPTIONS"):
            lines = (
                f"{method} sip:office@127.0.0.1:{port} SIP/2.0",
                f"Via: SIP/2.0/UDP 127.0.0.1:{own};branch=z9hG4bK{method}",
                "From: <sip:01012345678@10.1.2.3>;tag=1",
                "To: <sip:office@x>",
                f"Call-ID: {method}",
                f"CSeq: 1 {method}",
                "Content-Length: 0",
            )
            stranger.sendto("\r\n".join((*lines, "", "")).encode(), ("127.0.0.1", port))
        loop, answer = asyncio.get_running_loop(), b""
        while b"OPTIONS" not in answer:  # the last of them is answered: the others have been looked at
            answer = await asyncio.wait_for(loop.sock_recv(stranger, 4096), 120)
    return ["unhandled", "01012345678", "10.1.2.3", str(own), "SWORDFISH"]


async def test_janus_carries_the_phones_of_rooms_that_it_does_not_carry(tmp_path: Path) -> None:
    """phone.gateway = "janus" beside the embedded engine: both ways, heard on both sides, keys, hold, and its death."""
    address = own_address()
    if shutil.which("janus") is None or address is None:
        pytest.skip("janus is not installed, or this host has no address but its loopback")
    exchange, phone = Exchange(passwords={"office": SECRET, "1401": "one"}), DeskPhone()
    await exchange.open()
    janus = JanusOptions(media_ports=(21900, 22000))
    options = CallingOptions("embedded", (address,), janus=janus, janus_phones=True, sip_address="127.0.0.1")
    told: list[PhoneEvent] = []

    async def event(kind: str, leg: str = "", **values: object) -> PhoneEvent:
        def find() -> list[PhoneEvent]:
            same = [its for its in told if its.kind == kind and its.leg == (leg or its.leg)]
            return [its for its in same if all(getattr(its, name) == value for name, value in values.items())]

        found: PhoneEvent = (await until(find, f"{kind} of {leg}: {told}"))[0]
        told.remove(found)
        return found

    async with started(options, tmp_path) as its:
        engine = RemoteEngine(its.calling.service("media"), "embedded")
        line = PhoneLine("office", "office.test", SECRET, registrar=exchange.address, gateway="janus")
        gateway = RemoteGateway(its.calling.service("phones"), line, again_s=0.1)
        gateway.start()

        async def listen() -> None:
            async for happened in gateway.events():
                told.append(happened)

        listening = asyncio.create_task(listen())
        try:
            assert (await event("registered")).on
            login = {"registrar": exchange.address, "domain": exchange.address, "secret": "one"}
            await phone.extension("1401", tone=700, dtmf="info", **login)
            watch = Watch(engine)
            await engine.open_room("r", most=4)
            person = Client(engine, "r", "a", 440.0, video=False)
            await person.publish()
            await watch.until("published", "a")

            await gateway.dial("leg", "1401", "r", "sip:1401")
            await event("answered", "leg")
            call = (await phone.told("established", user="1401"))["call"]
            received = await person.subscribe((await watch.until("published", "sip:1401")).feed)
            await eventually(lambda: loudness_at(bytes(received.sound[-24000:]), 700.0) > 5000)
            await phone.hears(call, 440, least=5_000)
            await gateway.dtmf("leg", "5#")
            assert [(await phone.told("dtmf", call=call))["digit"] for _ in range(2)] == ["5", "#"]
            await gateway.hold("leg", True)
            await phone.told("held", call=call, on=True)
            await gateway.hold("leg", False)
            await phone.told("held", call=call, on=False)
            await phone.hears(call, 440, least=5_000)
            await gateway.hang_up("leg")
            assert (await event("ended", "leg")).reason == "hangup"
            await phone.told("closed", call=call)

            uri = f"sip:office@{exchange.address}"
            call = (await phone.ask("dial", user="1401", uri=uri, tone=900))["call"]
            incoming = await event("incoming")
            assert (incoming.caller, incoming.called) == ("1401", "office")
            await gateway.accept(incoming.leg, "r", "sip:1401~in")
            await event("answered", incoming.leg)
            received = await person.subscribe((await watch.until("published", "sip:1401~in")).feed)
            await eventually(lambda: loudness_at(bytes(received.sound[-24000:]), 900.0) > 5000)
            await phone.hears(call, 440, least=5_000)
            await phone.ask("press", call=call, digits="8")
            assert (await event("dtmf", incoming.leg)).digits == "8"
            await phone.ask("hang_up", call=call)
            assert (await event("ended", incoming.leg)).reason == "hangup"

            await gateway.dial("last", "1401", "r", "sip:1401")
            await event("answered", "last")
            pid = its.children["janus"].pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            assert (await event("ended", "last")).reason == "lost"
            await watch.close()
        finally:
            await gateway.close()
            await listening
            await engine.close()
            phone.close()
            await exchange.close()
    logs = "".join(path.read_text() for path in (tmp_path / "log").iterdir())
    assert SECRET not in logs
    assert "1401" not in logs


@pytest.mark.parametrize("engine", ["embedded", "janus"])
def test_the_settings_start_janus_with_what_is_needed(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config.shutil, "which", lambda name: f"/usr/bin/{name}")
    phone = {"user": "seoula", "domain": "pbx.office", "gateway": "janus", "address": "10.1.2.3"}
    calls = {"engine": engine, "addresses": ["10.1.2.4"]}
    settings = Settings.model_validate({"state_dir": tmp_path, "phone": phone, "calls": calls})
    options = calling_options(settings, check_line(settings))
    children = calling_children(options, tmp_path, "ws://127.0.0.1:1/ws/v1/workers", {})
    janus, worker = children.specs
    assert (janus.name, worker.name, children.janus_port > 0) == ("janus", "calling", True)
    argv = " ".join(worker.argv)
    assert f"--engine {engine} --janus ws://127.0.0.1:{children.janus_port}" in argv
    main = (tmp_path / "janus" / "janus.jcfg").read_text()
    off = main.split("disable = ")[1].splitlines()[0]
    assert ("libjanus_sip.so" in off, "libjanus_videoroom.so" in off) == (False, engine == "embedded")
    assert 'ice_enforce_list = "10.1.2.4"' in main
    assert 'local_ip = "10.1.2.3"' in (tmp_path / "janus" / "janus.plugin.sip.jcfg").read_text()
    plain = Settings.model_validate({"state_dir": tmp_path, "calls": {"engine": "embedded"}})
    assert len(calling_children(calling_options(plain, check_line(plain)), tmp_path, "ws://x", {}).specs) == 1
