"""The telephones of the media worker: the core's requests in, answers and events out.

The line comes with the first request, so that its secret stands in no command line and in no environment.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from assistant.contracts import BadInput, Unavailable
from telephony.sip.gateway import SipGateway
from telephony.sip.legs import Join
from telephony.sip.line import PhoneLine
from telephony.sip.wire import flag, text, told

Tell = Callable[[dict[str, Any]], Awaitable[object]]


class Opened(SipGateway, Protocol):
    """A gateway that is opened before it is used."""

    async def open(self) -> None:
        """Raises Unavailable."""


Make = Callable[[PhoneLine, Join, Callable[[], None]], Opened]
"""Makes a gateway: (line, join, dead)."""


class Phones:
    """A service of the calling worker. join: the media engine's `join_phone`. make: which gateway."""

    def __init__(self, join: Join, tell: Tell, make: Make) -> None:
        self._join, self._tell, self._make = join, tell, make
        self._gateway: Opened | None = None
        self._line: PhoneLine | None = None
        self._telling: asyncio.Task[None] | None = None
        self._changing = asyncio.Lock()
        self._dead = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. Raises Unavailable `phones-unavailable` when the SIP stack has died, which only a new
        process mends."""
        await self._dead.wait()
        raise Unavailable("phones-unavailable", "the SIP stack has ended")

    async def reset(self) -> None:
        """Whoever asked for all this is gone: every call ends."""
        async with self._changing:
            await self._close()

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request. Raises SeoulaError, BadInput `bad-request` for one that is not known."""
        match request.get("do"):
            case "open":
                line = request.get("line")
                if not isinstance(line, dict):
                    raise BadInput("bad-request", "line holds the settings of the phone line")
                async with self._changing:
                    await self._open(PhoneLine.from_wire(line))
            case "close":
                await self.reset()
            case _:
                await self._do(self._opened(), request)
        return {}

    async def _do(self, gateway: SipGateway, request: dict[str, Any]) -> None:
        leg = text(request, "leg")
        match request.get("do"):
            case "dial":
                await gateway.dial(leg, text(request, "uri"), text(request, "room"), text(request, "part"))
            case "accept":
                await gateway.accept(leg, text(request, "room"), text(request, "part"))
            case "hang_up":
                await gateway.hang_up(leg)
            case "hold":
                await gateway.hold(leg, flag(request, "on"))
            case "transfer":
                await gateway.transfer(leg, text(request, "uri"))
            case "hand_over":
                await gateway.hand_over(leg, text(request, "to_leg"))
            case "dtmf":
                await gateway.dtmf(leg, text(request, "digits"))
            case _:
                raise BadInput("bad-request", "telephones know no such request")

    async def _open(self, line: PhoneLine) -> None:
        if self._gateway is not None and self._line == line:
            return
        await self._close()
        gateway = self._make(line, self._join, self._dead.set)
        await gateway.open()
        self._gateway, self._line = gateway, line
        self._telling = asyncio.ensure_future(self._forward(gateway))

    async def _close(self) -> None:
        gateway, self._gateway, self._line = self._gateway, None, None
        if gateway is not None:
            await gateway.close()
        if self._telling is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._telling
            self._telling = None

    async def _forward(self, gateway: SipGateway) -> None:
        async for event in gateway.events():
            await self._tell(told(event))

    def _opened(self) -> SipGateway:
        if self._gateway is None:
            raise Unavailable("phones-unavailable", "the phone line is not open")
        return self._gateway
