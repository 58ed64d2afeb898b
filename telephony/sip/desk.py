"""Telephones as the call hub uses them: orders that do not wait, whose failures are events like any other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from weakref import WeakValueDictionary

import structlog

from assistant.contracts import BadInput, SeoulaError
from telephony.sip.gateway import PhoneEvent, SipGateway

log = structlog.get_logger(__name__)


class GatewayDesk:
    """Orders for one leg are carried out in their order, those for different legs side by side.

    told: takes every event of the gateway, and `failed` for a leg that could not be dialled or answered.
    """

    def __init__(self, gateway: SipGateway, told: Callable[[PhoneEvent], None]) -> None:
        self._gateway, self._told = gateway, told
        self._order: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, action: str, leg: str, uri: str = "", room: str = "", part: str = "") -> None:
        """dial, accept, hang_up, hold, release, transfer; hand_over (uri: the other leg), dtmf (uri: the keys)."""
        lock = self._order.setdefault(leg, asyncio.Lock())
        task = asyncio.ensure_future(self._carry_out(lock, action, leg, uri, room, part))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def run(self) -> None:
        """Hand on what the gateway tells, until it is closed."""
        async for event in self._gateway.events():
            self._told(event)

    async def close(self) -> None:
        """Let go of what is under way."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry_out(self, lock: asyncio.Lock, action: str, leg: str, uri: str, room: str, part: str) -> None:
        async with lock:
            try:
                await self._ask(action, leg, uri, room, part)
            except SeoulaError as error:
                if action in ("dial", "accept"):
                    self._told(PhoneEvent("failed", leg, reason=error.code))
                elif error.code != "unknown-leg":  # what is over already needs no more
                    log.warning("a phone did not do as it was told", action=action, leg=leg, code=error.code)

    async def _ask(self, action: str, leg: str, uri: str, room: str, part: str) -> None:
        gateway = self._gateway
        match action:
            case "dial":
                await gateway.dial(leg, uri, room, part)
            case "accept":
                await gateway.accept(leg, room, part)
            case "hang_up":
                await gateway.hang_up(leg)
            case "hold" | "release":
                await gateway.hold(leg, action == "hold")
            case "transfer":
                await gateway.transfer(leg, uri)
            case "hand_over":
                await gateway.hand_over(leg, uri)
            case "dtmf":
                await gateway.dtmf(leg, uri)
            case _:
                raise BadInput("bad-action", "phones know no such action")
