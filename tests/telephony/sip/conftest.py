"""A desk phone and a gateway for each module of tests, on the loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import pytest

from assistant.contracts import BadInput, Unavailable
from telephony.sip.baresip import BaresipGateway
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import PhoneEvent
from telephony.sip.line import PhoneLine
from telephony.sip.pcm import PIECE, ROOM_RATE
from tests.telephony.phone import WAIT_S, DeskPhone, free_port, until
from tests.telephony.tones import loudness, strength, tone


@pytest.fixture(scope="session")
def desk() -> Iterator[DeskPhone]:
    """One phone process for all."""
    phone = DeskPhone()
    yield phone
    phone.close()


@pytest.fixture
def phone(desk: DeskPhone) -> DeskPhone:
    """The desk phone, with nothing told yet."""
    desk.forget()
    return desk


class Office:
    """A gateway with a room that listens and speaks: what the media worker does around it."""

    def __init__(self, gateway: BaresipGateway, line: PhoneLine) -> None:
        self.gateway, self.line = gateway, line
        self.events: list[PhoneEvent] = []
        self.heard: dict[str, bytearray] = {}
        self.says: dict[str, float] = {}
        self.dead = 0
        self.closed = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def address(self) -> str:
        return f"sip:{self.line.user}@127.0.0.1:{self.line.port}"

    def start(self) -> None:
        self._tasks.append(asyncio.create_task(self._watch()))

    async def join(self, room: str, part: str, bridge: PhoneBridge) -> None:
        if self.closed:
            raise BadInput("no-such-room", "this room is not open")
        self.heard[part] = bytearray()
        self._tasks.append(asyncio.create_task(self._listen(part, bridge)))

    async def _listen(self, part: str, bridge: PhoneBridge) -> None:
        at = 0
        async for piece in bridge.heard():
            self.heard[part] += piece
            for who, hz in self.says.items():
                bridge.say(who, tone(hz, 0.02, rate=ROOM_RATE, start=at))
            at += PIECE

    async def _watch(self) -> None:
        async for event in self.gateway.events():
            self.events.append(event)

    async def told(self, kind: str, **values: Any) -> PhoneEvent:
        """The next event of this kind with these values, taken out of `events`."""

        def find() -> PhoneEvent | None:
            for at, known in enumerate(self.events):
                if known.kind == kind and all(getattr(known, name) == value for name, value in values.items()):
                    return self.events.pop(at)
            return None

        found: PhoneEvent = await until(find, lambda: f"{kind} {values} among {self.events}")
        return found

    async def sound(self, part: str, seconds: float) -> bytes:
        """The next so many seconds that the room hears of a part."""
        self.heard[part].clear()
        length = round(seconds * ROOM_RATE) * 2
        await until(lambda: len(self.heard[part]) >= length, f"{seconds} s of sound from {part}")
        return bytes(self.heard[part][:length])

    async def hears(self, part: str, hz: float, *, least: float = 6_000, seconds: float = 0.25) -> bytes:
        """The sound of the first stretch in which the room hears this tone of a part."""
        length = round(seconds * ROOM_RATE) * 2

        def stretch() -> bytes:
            heard = bytes(self.heard.get(part, b"")[-length:])
            return heard if len(heard) == length and strength(heard, hz, rate=ROOM_RATE) >= least else b""

        found: bytes = await until(stretch, f"{hz} Hz from {part}")
        return found

    async def quiet(self, part: str, *, seconds: float = 0.3, most: float = 0) -> None:
        """Until the room hears nothing of a part for so long: what was under way is late on a busy machine."""
        async with asyncio.timeout(WAIT_S):
            while loudness(await self.sound(part, seconds)) > most:
                pass

    async def close(self) -> None:
        await self.gateway.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


Open = Callable[..., Awaitable[Office]]


@pytest.fixture
async def opened(phone: DeskPhone) -> AsyncIterator[Open]:
    """Opens an office whose exchange is the desk phone itself: `await opened(ring_s=2)`."""
    offices: list[Office] = []

    async def open_one(**values: Any) -> Office:
        settings: dict[str, Any] = {
            "user": "office",
            "domain": f"127.0.0.1:{phone.port}",
            "address": "127.0.0.1",
            "port": free_port(),
            "allow": ("xxxx",),
            **values,
        }
        line = PhoneLine(**settings)
        office: Office

        async def join(room: str, part: str, bridge: PhoneBridge) -> None:
            await office.join(room, part, bridge)

        def dead() -> None:
            office.dead += 1

        office = Office(BaresipGateway(line, join, dead), line)
        try:
            await office.gateway.open()
        except Unavailable:
            if "port" in values:
                raise
            line = PhoneLine(**{**settings, "port": free_port()})  # somebody else took the port first
            office = Office(BaresipGateway(line, join, dead), line)
            await office.gateway.open()
        office.start()
        offices.append(office)
        return office

    yield open_one
    for office in offices:
        await office.close()


@pytest.fixture
async def office(opened: Open) -> Office:
    """An office with the usual settings."""
    return await opened()
