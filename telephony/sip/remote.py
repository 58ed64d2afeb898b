"""The core's side of the telephones in the calling worker.

When the worker dies its calls end, in words, and the line is opened again as soon as it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import structlog

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony.engines.wire import Link
from telephony.sip.gateway import FINAL, PhoneEvent
from telephony.sip.line import PhoneLine
from telephony.sip.wire import event_of

log = structlog.get_logger(__name__)

AGAIN_S = 1.0
MOST_AGAIN_S = 30.0


class RemoteGateway:
    """A SipGateway by way of a Link. start() once the loop runs. `registered`: what was last told of the line."""

    def __init__(self, link: Link, line: PhoneLine, *, again_s: float = AGAIN_S) -> None:
        self._link, self._line, self._again_s = link, line, again_s
        self._events: asyncio.Queue[PhoneEvent | None] = asyncio.Queue()
        self._legs: dict[str, bool] = {}
        self._open = asyncio.Event()
        self._closed = asyncio.Event()
        self._closed.set()
        self._tasks: list[asyncio.Task[None]] = []
        self.registered: PhoneEvent | None = None
        self.trouble = "the phone line is not open yet"
        """Why there is no line, "" when there is one: for the doctor."""

    def health(self) -> dict[str, str]:
        """How the line stands: `state` ok, starting or down, and `detail` why."""
        if self.trouble:
            return {"state": "down", "detail": self.trouble}
        if not self._line.registrar:
            return {"state": "ok", "detail": "open, without a registrar"}
        if self.registered is None:
            return {"state": "starting", "detail": "the exchange has not answered our registration yet"}
        if self.registered.on:
            return {"state": "ok", "detail": "registered"}
        why = f"{self.registered.reason} ({self.registered.code})" if self.registered.code else "no answer"
        return {"state": "down", "detail": f"the exchange does not register us: {why}"}

    def start(self) -> None:
        """Open the line, and keep it open."""
        if not self._tasks:
            self._tasks = [asyncio.ensure_future(self._listen()), asyncio.ensure_future(self._keep())]

    async def dial(self, leg: str, uri: str, room: str, part: str) -> None:
        """See SipGateway."""
        self._ready()
        if leg in self._legs:
            raise BadInput("leg-exists", "a leg of this name is there already")
        self._legs[leg] = False
        try:
            await self._link.ask({"do": "dial", "leg": leg, "uri": uri, "room": room, "part": part})
        except SeoulaError:
            self._legs.pop(leg, None)
            raise

    async def accept(self, leg: str, room: str, part: str) -> None:
        """See SipGateway."""
        await self._ask(leg, {"do": "accept", "room": room, "part": part})

    async def hang_up(self, leg: str) -> None:
        """See SipGateway."""
        await self._ask(leg, {"do": "hang_up"})

    async def hold(self, leg: str, on: bool) -> None:
        """See SipGateway."""
        await self._ask(leg, {"do": "hold", "on": on})

    async def transfer(self, leg: str, uri: str) -> None:
        """See SipGateway."""
        await self._ask(leg, {"do": "transfer", "uri": uri})

    async def hand_over(self, leg: str, to_leg: str) -> None:
        """See SipGateway."""
        await self._ask(leg, {"do": "hand_over", "to_leg": to_leg})

    async def dtmf(self, leg: str, digits: str) -> None:
        """See SipGateway."""
        await self._ask(leg, {"do": "dtmf", "digits": digits})

    async def events(self) -> AsyncIterator[PhoneEvent]:
        """See SipGateway."""
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        """See SipGateway."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        with contextlib.suppress(SeoulaError):
            await self._link.ask({"do": "close"})
        self._legs.clear()
        self._events.put_nowait(None)

    async def _ask(self, leg: str, request: dict[str, Any]) -> None:
        self._ready()
        if leg not in self._legs:
            raise BadInput("unknown-leg", "there is no such leg, or it is over")
        await self._link.ask({**request, "leg": leg})

    def _ready(self) -> None:
        if not self._open.is_set():
            raise Unavailable("phones-unavailable", self.trouble)

    async def _keep(self) -> None:
        """Whenever the line is not open, ask for it: soon at first, then seldom."""
        while True:
            await self._closed.wait()
            pause = self._again_s
            while not self._open.is_set():
                try:
                    await self._link.ask({"do": "open", "line": self._line.wire()})
                except SeoulaError as error:
                    if self.trouble != error.message:
                        log.warning("the phone line does not open", code=error.code)
                    self.trouble = error.message
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, MOST_AGAIN_S)
                else:
                    self.trouble = ""
                    self._closed.clear()
                    self._open.set()

    async def _listen(self) -> None:
        async for message in self._link.events():
            if message.get("event") == "lost":
                self._lost()
                continue
            if message.get("event") != "phone":
                continue
            with contextlib.suppress(BadInput):
                self._happened(event_of(message))

    def _happened(self, event: PhoneEvent) -> None:
        if event.kind == "registered":
            self.registered = event
        elif event.kind == "incoming":
            self._legs[event.leg] = False
        elif event.leg not in self._legs:
            return  # of a leg that was told to be over already
        elif event.kind == "answered":
            self._legs[event.leg] = True
        elif event.kind in FINAL:
            del self._legs[event.leg]
        self._events.put_nowait(event)

    def _lost(self) -> None:
        legs, self._legs = self._legs, {}
        for leg, answered in legs.items():
            self._events.put_nowait(PhoneEvent("ended" if answered else "failed", leg, reason="restarted"))
        self.registered, self.trouble = None, "the calling worker was lost"
        self._open.clear()
        self._closed.set()
