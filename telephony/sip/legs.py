"""The legs of a gateway: their names, how long they ring, what they tell, and their sound while they are answered."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import structlog

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony.sip import outcomes
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import PhoneEvent
from telephony.sip.line import PhoneLine

log = structlog.get_logger(__name__)

ENTER_S, ENTER_PAUSE_S = 5.0, 0.05
Join = Callable[[str, str, PhoneBridge], Awaitable[None]]
"""Joins a bridge to a room as a part: (room, part, bridge). Raises SeoulaError."""


@dataclass(slots=True, eq=False, kw_only=True)
class Leg:
    """One call. ours: what we did to end it. rang: that its ringing was told. carrying: what carries its sound."""

    name: str
    state: outcomes.State
    bridge: PhoneBridge
    room: str = ""
    ours: outcomes.Ours = ""
    rang: bool = False
    carrying: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)


L = TypeVar("L", bound=Leg)


class Legs(Generic[L]):
    """end: hangs up in the gateway's way. Every leg that was added is told to have ended exactly once."""

    def __init__(self, line: PhoneLine, join: Join, end: Callable[[L], Awaitable[None]]) -> None:
        self._line, self._join, self._end = line, join, end
        self._legs: dict[str, L] = {}
        self._events: asyncio.Queue[PhoneEvent | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._legs)

    def __contains__(self, leg: L) -> bool:
        return self._legs.get(leg.name) is leg

    def all(self) -> list[L]:
        """Every leg."""
        return list(self._legs.values())

    def check_new(self, name: str) -> None:
        """Raises BadInput `leg-exists`, Unavailable `lines-busy`."""
        if name in self._legs or not name:
            raise BadInput("leg-exists", "a leg of this name is there already")
        if len(self._legs) >= self._line.lines:
            raise Unavailable("lines-busy", f"all {self._line.lines} lines are in use")

    def may_ring(self) -> bool:
        """Whether one more caller may ring: callers alone never take every line."""
        ringing = sum(leg.state == "incoming" for leg in self._legs.values())
        return ringing < max(1, self._line.lines // 2) and len(self._legs) < self._line.lines

    def add(self, leg: L) -> None:
        """A leg begins, and rings so long as the line says."""
        self._legs[leg.name] = leg
        loop = asyncio.get_running_loop()
        leg.timer = loop.call_later(self._line.ring_s, lambda: self.spawn(self._give_up(leg)))

    def get(self, name: str) -> L:
        """Raises BadInput `unknown-leg`."""
        known = self._legs.get(name)
        if known is None:
            raise unknown_leg()
        return known

    def answered(self, name: str) -> L:
        """One whose both sides may speak. Raises BadInput `unknown-leg`, `not-answered`."""
        known = self.get(name)
        if known.state != "answered":
            raise BadInput("not-answered", "this leg is not answered yet")
        return known

    def rings(self, leg: L, code: int) -> None:
        """The phone we called rings, told once."""
        if leg.state == "dialling" and not leg.rang:
            leg.rang = True
            self.tell(PhoneEvent("ringing", leg.name, code))

    def answer(self, leg: L, sound: Coroutine[Any, Any, None]) -> None:
        """Both sides may speak. sound: carries it, until it is cancelled."""
        leg.state = "answered"
        if leg.timer:
            leg.timer.cancel()
        leg.carrying = asyncio.ensure_future(sound)
        self.tell(PhoneEvent("answered", leg.name, 200))
        self.spawn(self._enter(leg))

    def over(self, leg: L, event: PhoneEvent) -> None:
        """A leg has ended; a second end is nothing."""
        if leg in self:
            self.drop(leg)
            self.tell(event)

    def drop(self, leg: L) -> None:
        """Forget a leg without a word."""
        self._legs.pop(leg.name, None)
        if leg.timer:
            leg.timer.cancel()
        if leg.carrying:
            leg.carrying.cancel()
        leg.bridge.close()
        leg.gone.set()

    def tell(self, event: PhoneEvent) -> None:
        """Something happened."""
        self._events.put_nowait(event)

    async def events(self) -> AsyncIterator[PhoneEvent]:
        """What happens, until close()."""
        while (event := await self._events.get()) is not None:
            yield event

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something meanwhile."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def hang_up_all(self, within_s: float) -> None:
        """End every leg without a word, waiting a while for the far ends."""
        legs = self.all()
        for leg in legs:
            leg.ours = leg.ours or "hangup"
            with contextlib.suppress(SeoulaError):
                await self._end(leg)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await asyncio.gather(*(leg.gone.wait() for leg in legs))
        for leg in legs:
            self.drop(leg)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def close(self) -> None:
        """Nothing more happens."""
        self._events.put_nowait(None)

    async def _enter(self, leg: L) -> None:
        """A phone may answer before the core has opened the room for it: that is waited for, but not for long."""
        end = asyncio.get_running_loop().time() + ENTER_S
        while leg in self:
            try:
                await self._join(leg.room, leg.bridge.part, leg.bridge)
                return
            except SeoulaError as error:
                if asyncio.get_running_loop().time() < end:
                    await asyncio.sleep(ENTER_PAUSE_S)
                    continue
                log.warning("a phone could not enter its room", leg=leg.name, code=error.code)
            leg.ours = "hangup"
            with contextlib.suppress(SeoulaError):
                await self._end(leg)
            return

    async def _give_up(self, leg: L) -> None:
        leg.ours = leg.ours or "no-answer"
        with contextlib.suppress(SeoulaError):
            await self._end(leg)


def unknown_leg() -> BadInput:
    """A leg that is not there."""
    return BadInput("unknown-leg", "there is no such leg, or it is over")
