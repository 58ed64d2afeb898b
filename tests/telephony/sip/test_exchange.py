"""Calls by way of an exchange that asks for a password."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest

from tests.telephony.exchange import Exchange
from tests.telephony.phone import DeskPhone, until
from tests.telephony.sip.conftest import Office, Open

SECRET = "swordfish-7Q"


@pytest.fixture
async def exchange() -> AsyncIterator[Exchange]:
    made = Exchange(passwords={"office": SECRET, "2001": "one"})
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def office(opened: Open, exchange: Exchange) -> Office:
    made = await opened(domain="office.test", registrar=exchange.address, secret=SECRET, names=("desk",))
    assert (await made.told("registered")).on
    return made


async def test_registered_calls_out_and_in(office: Office, exchange: Exchange, phone: DeskPhone) -> None:
    await phone.extension(
        "2001", tone=700, registrar=exchange.address, domain=exchange.address, secret="one", codecs=["pcmu"]
    )
    await office.gateway.dial("leg", "2001", "room", "sip:2001")
    await office.told("ringing")
    await office.told("answered")
    call = (await phone.told("established", user="2001"))["call"]
    office.says = {"wall": 1_100}
    await office.hears("sip:2001", 700)
    await phone.hears(call, 1_100)
    await office.gateway.hang_up("leg")
    await phone.told("closed", call=call)
    dialled = (await phone.ask("dial", user="2001", uri=f"sip:office@{exchange.address}", tone=900))["call"]
    incoming = await office.told("incoming")
    assert incoming.caller == "2001"
    await office.gateway.accept(incoming.leg, "room", "sip:2001")
    await phone.told("established", call=dialled)
    await office.hears("sip:2001", 900)


@pytest.mark.parametrize(
    ("number", "kind", "reason"),
    [
        ("7486", "busy", "busy"),
        ("7600", "busy", "busy"),
        ("7603", "rejected", "rejected"),
        ("7403", "failed", "forbidden"),
        ("7404", "failed", "unknown-number"),
        ("7408", "failed", "no-answer"),
        ("7480", "failed", "unavailable"),
        ("7488", "failed", "no-common-codec"),
        ("7503", "failed", "exchange-error"),
        ("5555", "failed", "unknown-number"),
    ],
)
async def test_what_an_exchange_answers(office: Office, number: str, kind: str, reason: str) -> None:
    await office.gateway.dial("leg", number, "room", "part")
    event = await office.told(kind, leg="leg")
    assert event.reason == reason
    assert event.code == (int(number[1:]) if number[0] == "7" else 404)
    await until(lambda: office.gateway.legs == 0, "no legs")


async def test_a_redirection_is_not_followed(office: Office, exchange: Exchange, phone: DeskPhone) -> None:
    await phone.extension("2002")
    exchange.redirect = phone.address("2002")
    await office.gateway.dial("leg", "7302", "room", "part")
    event = await office.told("failed", leg="leg")
    assert (event.code, event.reason) == (302, "redirected")
    await asyncio.sleep(0.3)
    assert phone.events == []


async def test_a_wrong_password(
    opened: Open, exchange: Exchange, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        office = await opened(domain=exchange.address, registrar=exchange.address, secret="wrong-" + SECRET)
        told = await office.told("registered")
        assert not told.on
        assert told.code in (401, 403)
        assert told.reason in ("forbidden", "not-authorised")
        await office.gateway.dial("leg", "7486", "room", "part")
        failed = await office.told("failed", leg="leg")
        assert failed.reason in ("forbidden", "not-authorised")
        await office.gateway.close()
    everything = caplog.text + "".join(capfd.readouterr()) + repr(office.events) + repr(office.line)
    assert SECRET not in everything
    assert all(SECRET.encode() not in message.data() for message in exchange.asked)


async def test_an_exchange_that_is_not_there(opened: Open, exchange: Exchange) -> None:
    await exchange.close()
    office = await opened(domain=exchange.address, registrar=exchange.address, secret=SECRET, ring_s=1)
    await office.gateway.dial("leg", "2001", "room", "part")
    failed = await office.told("failed", leg="leg")
    assert failed.reason in ("no-answer", "unreachable")
    assert office.gateway.legs == 0


async def test_a_name_of_the_exchange(office: Office, exchange: Exchange) -> None:
    await office.gateway.dial("leg", "desk", "room", "part")
    assert (await office.told("failed", leg="leg")).code == 404
    await until(lambda: any(message.user == "desk" for message in exchange.asked), "the exchange is asked for it")
