"""Desk phones by baresip's SIP stack, in the process that carries the media. One stack per process.

The stack is driven by its events alone: what happens between its answer to `dial` and our hearing of it is kept and
replayed. Keys travel as RFC 4733 events or by SIP INFO, whichever the line says; both are understood.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from baresip import BaresipError, Event, RegistrationError, StackEvent, StaleHandleError
from baresip.call import Call
from baresip.runtime import Runtime
from baresip.ua import UserAgent

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony.sip import outcomes
from telephony.sip.baresip_stack import DIALLED, Sound, doing, hang_up, plain, start, stop
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import PhoneEvent
from telephony.sip.legs import Join, Leg, Legs, unknown_leg
from telephony.sip.line import PhoneLine
from telephony.sip.numbers import dtmf_digits
from telephony.sip.pump import pump

MOST_EARLY = 64
REFRESH_TRIES, REFRESH_PAUSE_S = 20, 0.1
"""A call whose terms are just being settled takes no second change: it is asked again."""
TRANSFER_S = 60.0
END_S = 2.0


@dataclass(slots=True, eq=False, kw_only=True)
class _Leg(Leg):
    """next: the call that is to take over, when the phone asked to be connected elsewhere; left: it did not wait."""

    call: Call
    next: Call | None = None
    left: bool = False


class BaresipGateway:
    """A SipGateway (gateway.py). `dead` is called when the stack is gone for good: only a new process helps then."""

    def __init__(self, line: PhoneLine, join: Join, dead: Callable[[], None] = lambda: None) -> None:
        self._line, self._plan, self._dead = line, line.plan(), dead
        self._runtime: Runtime | None = None
        self._agent: UserAgent | None = None
        self._legs: Legs[_Leg] = Legs(line, join, self._end)
        self._by_handle: dict[int, _Leg] = {}
        self._early: OrderedDict[int, list[StackEvent]] = OrderedDict()
        self._registered: tuple[bool, int] | None = None

    async def open(self) -> None:
        """Start the stack and register, if the line says so. Raises Unavailable `phones-unavailable`."""
        self._runtime, self._agent = await start(self._line, self._on_stack, self._died)
        self._agent.on_incoming(self._on_incoming)
        if self._line.registrar:
            self._legs.spawn(self._register(self._agent))

    async def _register(self, agent: UserAgent) -> None:
        """Ask once; the stack asks again by itself, and its events tell how that went."""
        try:
            await agent.register(timeout=20)
        except RegistrationError as error:
            self._note_registration(False, error.status or 0)
        except BaresipError:
            self._note_registration(False, 0)

    def _note_registration(self, on: bool, code: int) -> None:
        if self._registered != (on, code):
            self._registered = (on, code)
            self._legs.tell(PhoneEvent("registered", code=code, reason="" if on else outcomes.reason(code), on=on))

    # ------------------------------------------------------------------------------------------ what is asked

    async def dial(self, leg: str, uri: str, room: str, part: str) -> None:
        """See SipGateway."""
        address = self._plan.address(uri)
        agent = self._ready()
        self._legs.check_new(leg)
        with doing():
            call = await agent.dial(address)
        new = _Leg(name=leg, state="dialling", bridge=PhoneBridge(part), room=room, call=call)
        self._legs.add(new)
        self._know(new, call)

    async def accept(self, leg: str, room: str, part: str) -> None:
        """See SipGateway."""
        self._ready()
        known = self._legs.get(leg)
        if known.state != "incoming":
            raise BadInput("not-incoming", "this leg does not wait to be answered")
        known.room, known.bridge = room, PhoneBridge(part)
        with doing():
            await known.call.answer()

    async def hang_up(self, leg: str) -> None:
        """See SipGateway."""
        self._ready()
        known = self._legs.get(leg)
        known.ours = known.ours or "hangup"
        await self._end(known)

    async def hold(self, leg: str, on: bool) -> None:
        """See SipGateway."""
        self._ready()
        await self._hold(self._legs.answered(leg), on)

    async def _hold(self, leg: _Leg, on: bool) -> None:
        leg.bridge.pause(on)
        for _ in range(REFRESH_TRIES):
            try:
                await (leg.call.hold() if on else leg.call.resume())
                return
            except StaleHandleError:
                raise unknown_leg() from None
            except BaresipError:
                await asyncio.sleep(REFRESH_PAUSE_S)
        leg.bridge.pause(leg.call.is_on_hold)
        raise Unavailable("phone-refused", "the phone does not take a change just now")

    async def transfer(self, leg: str, uri: str) -> None:
        """See SipGateway."""
        address = self._plan.address(uri)
        self._ready()
        known = self._legs.answered(leg)
        self._legs.spawn(self._follow(known.call.transfer(address, timeout=TRANSFER_S), known))

    async def hand_over(self, leg: str, to_leg: str) -> None:
        """See SipGateway."""
        self._ready()
        known, other = self._legs.answered(leg), self._legs.answered(to_leg)
        if known is other:
            raise BadInput("unknown-leg", "a phone cannot be connected with itself")
        await self._hold(known, True)
        await self._hold(other, True)
        self._legs.spawn(self._follow(known.call.attended_transfer(other.call, timeout=TRANSFER_S), known, other))

    async def _follow(self, outcome: Awaitable[None], *legs: _Leg) -> None:
        """See a transfer through. Meanwhile nothing is said to the phones, and one that hangs up has been transferred:
        many do so at once. If it fails, the others are with us again."""
        for leg in legs:
            leg.bridge.pause(True)
            leg.ours = "transferred"
        try:
            await outcome
        except BaresipError as error:
            code = getattr(error, "status", None) or 0
            left = [leg for leg in legs if leg in self._legs]
            if legs[0] in left:
                self._legs.tell(PhoneEvent("transfer_failed", legs[0].name, code, outcomes.reason(code)))
            for leg in left:
                leg.ours = ""
                with contextlib.suppress(SeoulaError):
                    await self._hold(leg, False)
            return
        for leg in legs[1:]:
            if leg in self._legs:
                with contextlib.suppress(SeoulaError):
                    await self._end(leg)

    async def dtmf(self, leg: str, digits: str) -> None:
        """See SipGateway."""
        keys = dtmf_digits(digits)
        self._ready()
        self._legs.spawn(self._press(self._legs.answered(leg), keys))

    async def _press(self, leg: _Leg, keys: str) -> None:
        with contextlib.suppress(BaresipError):  # the call is over: so are its keys
            await leg.call.send_dtmf(keys)

    def events(self) -> AsyncIterator[PhoneEvent]:
        """See SipGateway."""
        return self._legs.events()

    async def close(self) -> None:
        """See SipGateway."""
        await self._legs.hang_up_all(END_S)
        runtime, self._runtime, self._agent = self._runtime, None, None
        if runtime is not None:
            await stop(runtime)
        self._legs.close()

    @property
    def legs(self) -> int:
        """How many calls there are."""
        return len(self._legs)

    # ------------------------------------------------------------------------------------------ what happens

    def _on_stack(self, event: StackEvent) -> None:
        if event.event is Event.REGISTER_OK:
            self._note_registration(True, 200)
        elif event.event is Event.REGISTER_FAIL:
            self._note_registration(False, outcomes.status(event.text or ""))
        if not event.call:
            return
        leg = self._by_handle.get(event.call)
        if leg is not None:
            self._on_leg(leg, event)
        elif event.event is not Event.CALL_INCOMING:
            self._early.setdefault(event.call, []).append(event)
            while len(self._early) > MOST_EARLY:
                self._early.popitem(last=False)

    def _on_incoming(self, call: Call) -> None:
        self._early.pop(call.handle, None)
        if not self._legs.may_ring():
            self._legs.spawn(_refuse(call))
            return
        leg = _Leg(name=f"in-{secrets.token_hex(6)}", state="incoming", bridge=PhoneBridge(""), call=call)
        self._legs.add(leg)
        headers = {name.lower(): value for name, value in call.headers.items()}  # as the exchange writes their names
        dialled = (self._plan.caller(headers.get(name.lower(), "")) for name in DIALLED)
        called = next(filter(None, dialled), self._line.user)
        self._legs.tell(PhoneEvent("incoming", leg.name, caller=self._plan.caller(call.peer or ""), called=called))
        self._know(leg, call)

    def _know(self, leg: _Leg, call: Call) -> None:
        """From now on what is told of a call is told of a leg; what was told before there was a call comes first."""
        self._by_handle[call.handle] = leg
        for event in self._early.pop(call.handle, ()):
            call._on_stack_event(event)
            self._on_leg(leg, event)

    def _on_leg(self, leg: _Leg, event: StackEvent) -> None:
        if leg.next is not None and event.call == leg.next.handle:
            self._on_next(leg, leg.next, event)
            return
        match event.event:
            case Event.CALL_RINGING | Event.CALL_PROGRESS:
                self._legs.rings(leg, 180 if event.event is Event.CALL_RINGING else 183)
            case Event.CALL_ESTABLISHED if leg.state != "answered":
                self._legs.answer(leg, pump(Sound(leg.call), leg.bridge))
            case Event.CALL_HOLD | Event.CALL_RESUME:
                self._legs.tell(PhoneEvent("held", leg.name, on=event.event is Event.CALL_HOLD))
            case Event.CALL_DTMF_START if event.text:
                self._legs.tell(PhoneEvent("dtmf", leg.name, digits=event.text[:1]))
            case Event.CALL_TRANSFER:
                self._legs.spawn(self._move(leg))
            case Event.CALL_CLOSED:
                self._by_handle.pop(event.call, None)
                leg.left = leg.next is not None
                if not leg.left:
                    self._legs.over(leg, outcomes.closed(leg.name, leg.state, leg.ours, event.text or ""))

    async def _move(self, leg: _Leg) -> None:
        """The phone asks to connect us with somebody else. As it could make us call anybody, only what the plan lets
        us dial is dialled."""
        with contextlib.suppress(BaresipError):
            request = leg.call.transfer_request
            if request is None or leg.next is not None:
                return
            try:
                if not plain(request):
                    raise BadInput("bad-number", "this is no plain call")
                self._plan.address(request.target)
            except SeoulaError:
                await leg.call.reject_transfer(603)
                return
            leg.next = await leg.call.accept_transfer()
            self._know(leg, leg.next)

    def _on_next(self, leg: _Leg, call: Call, event: StackEvent) -> None:
        match event.event:
            case Event.CALL_ESTABLISHED:
                self._by_handle.pop(leg.call.handle, None)
                leg.call, leg.next = call, None
                if leg.carrying:
                    leg.carrying.cancel()
                leg.carrying = asyncio.ensure_future(pump(Sound(call), leg.bridge))
                self._legs.tell(PhoneEvent("moved", leg.name, caller=self._plan.caller(call.peer or "")))
            case Event.CALL_CLOSED:
                self._by_handle.pop(event.call, None)
                leg.next = None
                if leg.left:
                    self._legs.over(leg, PhoneEvent("ended", leg.name, reason="hangup"))

    def _died(self) -> None:
        for leg in self._legs.all():
            answered = leg.state == "answered"
            self._legs.over(leg, PhoneEvent("ended" if answered else "failed", leg.name, reason="lost"))
        self._by_handle.clear()
        self._runtime = self._agent = None
        self._dead()

    async def _end(self, leg: _Leg) -> None:
        if leg.next is not None:
            await hang_up(leg.next, refuse=False)
        await hang_up(leg.call, refuse=leg.state == "incoming")

    def _ready(self) -> UserAgent:
        if self._agent is None:
            raise Unavailable("phones-unavailable", "the SIP stack does not run")
        return self._agent


async def _refuse(call: Call) -> None:
    with contextlib.suppress(SeoulaError):
        await hang_up(call, refuse=True)
