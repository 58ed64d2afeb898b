"""Telephones for the call hub: its orders to a gateway in turn for each leg, and what the gateway tells back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

import structlog

from assistant.contracts import SeoulaError
from telephony.seams import Told

log = structlog.get_logger(__name__)

FINAL = frozenset({"busy", "rejected", "failed", "ended"})
_REFUSED = {"dial": "failed", "accept": "failed", "transfer": "transfer_failed"}
"""What is told of an order that was not taken. A hand-over that is not taken changes nothing: we go on between them."""
_ENDS = {
    ("failed", "no-answer"): "no_answer",
    ("ended", "transferred"): "transferred",
    ("ended", "lost"): "lost",
    ("ended", "restarted"): "lost",
}
"""Ends that the hub tells apart, by their reasons (gateway.py)."""


class PhoneEvent(Protocol):
    """As telephony.sip.gateway has it; only what is read here."""

    @property
    def kind(self) -> str: ...

    @property
    def leg(self) -> str: ...

    @property
    def caller(self) -> str: ...

    @property
    def called(self) -> str: ...

    @property
    def digits(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def on(self) -> bool: ...


class Gateway(Protocol):
    """A SipGateway; only what is used here."""

    async def dial(self, leg: str, uri: str, room: str, part: str) -> None: ...

    async def accept(self, leg: str, room: str, part: str) -> None: ...

    async def hang_up(self, leg: str) -> None: ...

    async def hold(self, leg: str, on: bool) -> None: ...

    async def transfer(self, leg: str, uri: str) -> None: ...

    async def hand_over(self, leg: str, to_leg: str) -> None: ...

    async def dtmf(self, leg: str, digits: str) -> None: ...

    def events(self) -> AsyncIterator[Any]: ...


class GatewayDesk:
    """department_of: of a number that was dialled, "" for none: such a call is refused at the phone."""

    def __init__(self, gateway: Gateway, department_of: Callable[[str], str]) -> None:
        self._gateway, self._department_of = gateway, department_of
        self._hub: Told | None = None
        self._last: dict[str, asyncio.Task[None]] = {}
        self._listening: asyncio.Task[None] | None = None

    def start(self, hub: Told) -> None:
        """Begin to follow the gateway."""
        self._hub = hub
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """Let the orders that were given be carried out, then end."""
        await asyncio.gather(*self._last.values(), return_exceptions=True)
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    def do(self, action: str, leg: str, uri: str, room: str, part: str) -> None:
        """As seams.PhoneDesk: one order after the other for each leg; what fails is told as `failed`."""
        task = asyncio.create_task(self._carry_out(self._last.get(leg), action, leg, uri, room, part))
        self._last[leg] = task
        task.add_done_callback(lambda done: self._last.pop(leg) if self._last.get(leg) is done else None)

    async def _carry_out(
        self, before: asyncio.Task[None] | None, action: str, leg: str, uri: str, room: str, part: str
    ) -> None:
        if before is not None:
            await asyncio.gather(before, return_exceptions=True)
        gateway = self._gateway
        try:
            match action:
                case "dial":
                    await gateway.dial(leg, uri, room, part)
                case "accept":
                    await gateway.accept(leg, room, part)
                case "hang_up":
                    await gateway.hang_up(leg)
                case "hold" | "release":
                    await gateway.hold(leg, action == "hold")
                case "dtmf":
                    await gateway.dtmf(leg, uri)
                case "transfer":
                    await gateway.transfer(leg, uri)
                case "hand_over":
                    await gateway.hand_over(leg, uri)
                case _:
                    raise ValueError(action)
        except SeoulaError as error:
            log.info("a telephone did not do it", action=action, leg=leg, code=error.code)
            told = _REFUSED.get(action)
            if told and self._hub is not None:
                self._hub.phone(told, leg)

    async def _listen(self) -> None:
        async for event in self._gateway.events():
            try:
                self._happened(event)
            except Exception:
                log.exception("what a telephone did could not be used", kind=event.kind)

    def _happened(self, event: PhoneEvent) -> None:
        if self._hub is None:
            return
        if event.kind == "incoming":
            department = self._department_of(event.called)
            if department:
                self._hub.phone_in(event.leg, event.caller, department)
            else:
                self.do("hang_up", event.leg, "", "", "")
        elif event.kind == "held":
            self._hub.phone("held" if event.on else "released", event.leg)
        elif event.kind in FINAL or event.kind in ("ringing", "answered", "transfer_failed"):
            self._hub.phone(_ENDS.get((event.kind, event.reason), event.kind), event.leg)
