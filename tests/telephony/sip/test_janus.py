"""Phones by way of a real Janus, its SIP plugin, an exchange and a real phone."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aioice.ice
import pytest

from assistant.contracts import BadInput, NotPermitted, Unavailable
from telephony.engines.embedded.connection import gather_only
from telephony.engines.janus.config import JanusOptions, JanusSetup, write_setup
from telephony.sip.janus import JanusGateway
from telephony.sip.line import PhoneLine
from tests.telephony.engines.janus_server import listening, own_address
from tests.telephony.exchange import Exchange
from tests.telephony.phone import DeskPhone, until
from tests.telephony.sip.conftest import Office

pytestmark = pytest.mark.real
SECRET = "swordfish-7Q"


@pytest.fixture(scope="module")
def janus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[JanusSetup, str]]:
    if shutil.which("janus") is None:
        pytest.skip("janus is not installed: scripts/setup.sh test brings it")
    address = own_address()
    if address is None:
        pytest.skip("this host has no address but its loopback, and Janus cannot gather there")
    folder: Path = tmp_path_factory.mktemp("janus")
    options = JanusOptions(
        addresses=(address,), media_ports=(21500, 21800), plugins=("videoroom", "sip"), sip_address="127.0.0.1"
    )
    setup = write_setup(folder, options)
    with (folder / "janus.log").open("wb") as log:
        process = subprocess.Popen(setup.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        listening(setup, process)
        yield setup, address
    finally:
        process.terminate()
        process.wait(120)


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    made = Exchange(passwords={"office": SECRET, "3001": "one", "3002": "two"})
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def opened(
    janus: tuple[JanusSetup, str], exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Any]:
    setup, address = janus
    monkeypatch.setattr(aioice.ice, "get_host_addresses", aioice.ice.get_host_addresses)
    gather_only((address,))
    offices: list[Office] = []

    async def open_one(**values: Any) -> Office:
        settings: dict[str, Any] = {
            "user": "office",
            "domain": "office.test",
            "registrar": exchange.address,
            "secret": SECRET,
            **values,
        }
        line = PhoneLine(**settings)
        office: Office

        async def join(room: str, part: str, bridge: Any) -> None:
            await office.join(room, part, bridge)

        office = Office(JanusGateway(setup.url, setup.secret, line, join), line)
        await office.gateway.open()
        office.start()
        offices.append(office)
        return office

    yield open_one
    for office in offices:
        await office.close()


@pytest.fixture
async def office(opened: Any) -> Office:
    made: Office = await opened()
    assert (await made.told("registered")).on
    return made


async def registered(phone: DeskPhone, exchange: Exchange, user: str, how: str = "answer", **values: Any) -> None:
    secret = exchange.passwords[user]
    await phone.extension(user, how, registrar=exchange.address, domain=exchange.address, secret=secret, **values)


async def test_a_call_out_is_heard_both_ways(office: Office, exchange: Exchange) -> None:
    phone = DeskPhone()
    try:
        await registered(phone, exchange, "3001", tone=700)
        office.says = {"wall": 1_100}
        await office.gateway.dial("leg", "3001", "room", "sip:3001")
        await office.told("ringing", leg="leg")
        await office.told("answered", leg="leg")
        call = (await phone.told("established", user="3001"))["call"]
        await office.hears("sip:3001", 700)
        await phone.hears(call, 1_100)
        await office.gateway.dtmf("leg", "19#")
        assert [(await phone.told("dtmf", call=call))["digit"] for _ in range(3)] == ["1", "9", "#"]
        await office.gateway.hold("leg", True)
        await phone.told("held", call=call, on=True)
        await office.quiet("sip:3001")
        await office.gateway.hold("leg", False)
        await phone.told("held", call=call, on=False)
        await office.hears("sip:3001", 700)
        await phone.ask("hang_up", call=call)
        assert (await office.told("ended", leg="leg")).reason == "hangup"
        await until(lambda: office.gateway.legs == 0, "no legs")
    finally:
        phone.close()


async def test_a_call_in_is_answered(office: Office, exchange: Exchange) -> None:
    phone = DeskPhone()
    try:
        await registered(phone, exchange, "3002", dtmf="info")
        for _ in range(3):
            uri = f"sip:office@{exchange.address}"
            dialled = (await phone.ask("dial", user="3002", uri=uri, tone=900))["call"]
            incoming = await office.told("incoming")
            assert (incoming.caller, incoming.called) == ("3002", "office")
            await office.gateway.accept(incoming.leg, "room", "sip:3002")
            await office.told("answered", leg=incoming.leg)
            await phone.told("established", call=dialled)
            await office.hears("sip:3002", 900)
            await phone.ask("press", call=dialled, digits="8")
            assert (await office.told("dtmf", leg=incoming.leg)).digits == "8"
            await office.gateway.hang_up(incoming.leg)
            assert (await office.told("ended", leg=incoming.leg)).reason == "hangup"
            await phone.told("closed", call=dialled)
        dialled = (await phone.ask("dial", user="3002", uri=f"sip:office@{exchange.address}"))["call"]
        incoming = await office.told("incoming")
        await office.gateway.hang_up(incoming.leg)
        assert (await office.told("failed", leg=incoming.leg)).reason == "refused"
        assert (await phone.told("closed", call=dialled))["text"].startswith("486")
    finally:
        phone.close()


async def test_a_phone_is_transferred_or_stays(office: Office, exchange: Exchange) -> None:
    phone = DeskPhone()
    try:
        exchange.passwords |= {"3003": "three", "3004": "four"}
        await registered(phone, exchange, "3001", tone=700)
        await registered(phone, exchange, "3003", tone=900)
        await registered(phone, exchange, "3004", "busy")
        await office.gateway.dial("leg", "3001", "room", "sip:3001")
        call = (await phone.told("established", user="3001"))["call"]
        await office.told("answered")
        await office.gateway.transfer("leg", "3004")
        assert (await office.told("transfer_failed", leg="leg")).code == 486
        await office.hears("sip:3001", 700)
        await office.gateway.transfer("leg", "3003")
        await phone.told("transferred", call=call)  # the one to who was busy
        new = (await phone.told("transferred", call=call))["to"]
        assert (await office.told("ended", leg="leg")).reason == "transferred"
        await phone.hears(new, 900)
    finally:
        phone.close()


async def test_a_phone_cannot_make_us_call_anybody(office: Office, exchange: Exchange) -> None:
    phone = DeskPhone()
    try:
        await registered(phone, exchange, "3001", tone=700)
        await office.gateway.dial("leg", "3001", "room", "sip:3001")
        call = (await phone.told("established", user="3001"))["call"]
        await office.told("answered")
        before = len(exchange.asked)
        await phone.ask("transfer", call=call, uri=f"sip:119@{exchange.address}")
        await office.hears("sip:3001", 700)
        assert not [message for message in exchange.asked[before:] if message.user == "119"]
        assert office.gateway.legs == 1
    finally:
        phone.close()


async def test_without_a_registrar_we_call_out(opened: Any, desk: DeskPhone) -> None:
    desk.forget()
    await desk.extension("3005", tone=700)
    office = await opened(domain=f"127.0.0.1:{desk.port}", registrar="", secret="")
    await office.gateway.dial("leg", "3005", "room", "sip:3005")
    await office.told("answered", leg="leg")
    await office.hears("sip:3005", 700)
    await office.gateway.hang_up("leg")
    assert (await office.told("ended", leg="leg")).reason == "hangup"
    await desk.told("closed", user="3005")


@pytest.mark.parametrize(
    ("number", "kind", "reason"),
    [
        ("7486", "busy", "busy"),
        ("7603", "rejected", "rejected"),
        ("7480", "failed", "unavailable"),
        ("5555", "failed", "unknown-number"),
    ],
)
async def test_what_an_exchange_answers(office: Office, number: str, kind: str, reason: str) -> None:
    await office.gateway.dial("leg", number, "room", "part")
    assert (await office.told(kind, leg="leg")).reason == reason
    await until(lambda: office.gateway.legs == 0, "no legs")


async def test_a_wrong_password(opened: Any) -> None:
    office = await opened(secret="wrong")
    told = await office.told("registered")
    assert not told.on
    with pytest.raises(Unavailable):
        await office.gateway.dial("leg", "7486", "room", "part")
    assert office.gateway.legs == 0


async def test_what_is_asked_wrongly(office: Office) -> None:
    for wrong, error in (
        (office.gateway.dial("x", "119", "r", "p"), NotPermitted),
        (office.gateway.dial("x", "sip:1@evil", "r", "p"), NotPermitted),
        (office.gateway.hang_up("x"), BadInput),
        (office.gateway.accept("x", "r", "p"), BadInput),
    ):
        with pytest.raises(error):
            await wrong
