"""What comes to an open port: packets that are no SIP, almost SIP, or SIP that wants too much."""

from __future__ import annotations

import asyncio
import random
import re
import socket
from collections.abc import AsyncIterator, Callable

import psutil
import pytest

from tests.telephony.phone import DeskPhone, until
from tests.telephony.sip.conftest import Office, Open

SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"


class Stranger:
    """A socket that says SIP of its own making."""

    def __init__(self, office: Office) -> None:
        self.office, self.number = office, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def request(
        self, method: str, *, user: str = "office", body: str = SDP, more: str = "", cseq: str = "", to: str = ""
    ) -> str:
        self.number += 1
        return (
            f"{method} sip:{user}@127.0.0.1:{self.office.line.port} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{self.number}x{random.getrandbits(40)};rport\r\n"
            f"From: <sip:stranger@127.0.0.1>;tag=t{self.number}\r\nTo: <{to or f'sip:{user}@127.0.0.1'}>\r\n"
            f"Call-ID: c{self.number}-{random.getrandbits(40)}\r\nCSeq: {cseq or f'1 {method}'}\r\n"
            f"Contact: <sip:stranger@127.0.0.1:{self.port}>\r\nMax-Forwards: 70\r\n{more}"
            f"Content-Type: application/sdp\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )

    def send(self, data: str | bytes) -> None:
        whole = data.encode() if isinstance(data, str) else data
        self.socket.sendto(whole[:65_000], ("127.0.0.1", self.office.line.port))

    def close(self) -> None:
        self.socket.close()

    def answers(self) -> list[int]:
        """The statuses that came back."""
        codes = []
        while True:
            try:
                data = self.socket.recv(65_536)
            except BlockingIOError:
                return codes
            found = re.match(rb"SIP/2.0 (\d{3})", data)
            if found:
                codes.append(int(found[1]))


@pytest.fixture
async def strangers() -> AsyncIterator[Callable[[Office], Stranger]]:
    """Makes strangers."""
    known: list[Stranger] = []

    def make(office: Office) -> Stranger:
        known.append(Stranger(office))
        return known[-1]

    yield make
    for one in known:
        one.close()


Make = Callable[[Office], Stranger]


async def works(office: Office, phone: DeskPhone, number: str) -> None:
    """A call still goes through, both ways."""
    await phone.extension(number, tone=700)
    await office.gateway.dial(number, number, "room", f"sip:{number}")
    await office.told("answered", leg=number)
    await office.hears(f"sip:{number}", 700)
    await office.gateway.hang_up(number)
    await office.told("ended", leg=number)


async def test_packets_that_are_no_sip_and_almost_sip(office: Office, phone: DeskPhone, strangers: Make) -> None:
    stranger = strangers(office)
    chance = random.Random(5)
    bad = [
        b"",
        b"\x00",
        b"\r\n\r\n",
        b"\x80" * 65_000,
        "한글" * 1_000,
        "INVITE",
        "INVITE sip: SIP/2.0\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n",
        "SIP/2.0 99999999999999999999 OK\r\nVia: x\r\n\r\n",
        stranger.request("INVITE", cseq="99999999999999999999 INVITE"),
        stranger.request("INVITE", cseq="1 BYE"),
        stranger.request("INVITE").replace("Via", "Vai"),
        stranger.request("INVITE").replace("Content-Length: ", "Content-Length: -"),
        stranger.request("INVITE").replace("Content-Length: ", "Content-Length: 9999999"),
        stranger.request("INVITE", user="%00%ff%n%s%x" * 50),
        stranger.request("INVITE", more="X-Long: " + "a" * 60_000 + "\r\n"),
        stranger.request("INVITE", more="X: y\r\n" * 8_000),
        stranger.request("INVITE", user="nobody"),
        stranger.request("BYE"),
        stranger.request("CANCEL"),
        stranger.request("ACK"),
        stranger.request("PRACK"),
        stranger.request("UPDATE"),
        stranger.request("REGISTER"),
        stranger.request("SUBSCRIBE", more="Event: presence\r\n"),
        stranger.request("NOTIFY", more="Event: refer\r\nSubscription-State: active\r\n"),
        stranger.request("MESSAGE"),
        stranger.request("INFO", body="Signal=1\r\n"),
        stranger.request("OPTIONS"),
        stranger.request("BREW"),
    ]
    good = stranger.request("OPTIONS").encode()
    for _ in range(300):
        spoilt = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
        bad.append(bytes(spoilt[: chance.randint(1, len(spoilt))]) if chance.random() < 0.3 else bytes(spoilt))
    for packet in bad:
        stranger.send(packet)
        await asyncio.sleep(0.001)
    await works(office, phone, "1101")
    assert office.dead == 0


async def test_invitations_with_impossible_sound(office: Office, phone: DeskPhone, strangers: Make) -> None:
    stranger = strangers(office)
    for body in (
        "",
        "nonsense",
        "v=0\r\n" * 500,
        SDP.replace("RTP/AVP 0", "RTP/AVP 200"),
        SDP.replace("40000", "99999999"),
        SDP.replace("127.0.0.1", "999.1.2.3"),
        SDP + "m=audio 1 RTP/AVP 0\r\n" * 400,
        SDP + "a=rtpmap:0 " + "x" * 3_000 + "\r\n",
        SDP.replace("audio", "video"),
    ):
        stranger.send(stranger.request("INVITE", body=body))
        await asyncio.sleep(0.03)
        for event in [known for known in office.events if known.kind == "incoming"]:
            office.events.remove(event)
            await office.gateway.hang_up(event.leg)
    await works(office, phone, "1102")


async def test_nobody_makes_us_pick_up(office: Office, phone: DeskPhone, strangers: Make) -> None:
    stranger = strangers(office)
    stranger.send(
        stranger.request(
            "INVITE",
            more="Call-Info: <http://x>;answer-after=0\r\nAlert-Info: <http://x>;info=alert-autoanswer;delay=0\r\n"
            "Answer-Mode: Auto\r\nPriv-Answer-Mode: Auto;require\r\n",
        )
    )
    incoming = await office.told("incoming")
    assert incoming.caller == "stranger"
    answers: list[int] = []

    def rings() -> bool:
        answers.extend(stranger.answers())
        return 180 in answers

    await until(rings, "the ringing")
    await asyncio.sleep(0.4)
    assert 200 not in answers + stranger.answers()
    assert office.heard == {}
    await office.gateway.hang_up(incoming.leg)
    await until(lambda: 486 in stranger.answers(), "the refusal")


async def test_which_of_our_numbers_was_dialled(office: Office, phone: DeskPhone, strangers: Make) -> None:
    stranger = strangers(office)
    for to, called in (
        ("sip:0221331234@office.test", "+82221331234"),
        ("sip:4312@x;user=phone", "4312"),
        ("", "office"),
    ):
        stranger.send(stranger.request("INVITE", to=to))
        incoming = await office.told("incoming")
        assert (incoming.caller, incoming.called) == ("stranger", called)
        await office.gateway.hang_up(incoming.leg)
    for name in ("to", "TO", "t"):
        request = stranger.request("INVITE", to="sip:4312@x").replace("\r\nTo:", f"\r\n{name}:")
        assert f"\r\n{name}:" in request
        stranger.send(request)
        incoming = await office.told("incoming")
        assert incoming.called == "4312", name
        await office.gateway.hang_up(incoming.leg)


async def test_nobody_makes_us_call(office: Office, phone: DeskPhone, strangers: Make) -> None:
    await phone.extension("1103")
    stranger = strangers(office)
    for target in (phone.address("1103"), "sip:119@127.0.0.1"):
        stranger.send(stranger.request("REFER", more=f"Refer-To: <{target}>\r\n", body=""))
    await asyncio.sleep(0.4)
    assert phone.events == []
    assert office.gateway.legs == 0
    assert 200 not in stranger.answers()


async def test_a_flood_of_callers_leaves_lines_for_ours(opened: Open, phone: DeskPhone, strangers: Make) -> None:
    office = await opened(lines=4)
    stranger = strangers(office)
    for _ in range(40):
        stranger.send(stranger.request("INVITE"))
        await asyncio.sleep(0.005)
    await until(lambda: sum(event.kind == "incoming" for event in office.events) >= 2, "callers")
    await asyncio.sleep(0.2)
    assert sum(event.kind == "incoming" for event in office.events) == 2
    await works(office, phone, "1104")
    answers: list[int] = []

    def refused() -> int:
        answers.extend(stranger.answers())
        return answers.count(486)

    await until(lambda: refused() >= 38, lambda: f"the refusals: {answers}")


async def test_noise_on_the_ports_of_sound(office: Office, phone: DeskPhone) -> None:
    await phone.extension("1105", tone=700)
    await office.gateway.dial("leg", "1105", "room", "sip:1105")
    await office.told("answered")
    await office.hears("sip:1105", 700)
    low, high = office.line.rtp_ports
    ports = [
        known.laddr.port
        for known in psutil.Process().net_connections("udp")
        if known.laddr and low <= known.laddr.port <= high
    ]
    assert ports
    chance = random.Random(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        for _ in range(400):
            for port in ports:
                head = bytes((0x80, chance.choice((0, 8, 101, 127)))) if chance.random() < 0.7 else b""
                noise.sendto(head + chance.randbytes(chance.randint(0, 1_400)), ("127.0.0.1", port))
    await office.gateway.hang_up("leg")
    await office.told("ended")
    await works(office, phone, "1106")
