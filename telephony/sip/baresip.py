"""Desk phones by baresip's SIP stack, in the process that carries the media. One stack per process.

The stack is driven by its events alone: what happens between its answer to `dial` and our hearing of it is kept and
replayed. Keys travel as RFC 4733 events or by SIP INFO, whichever the line says; both are understood.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from baresip import (
    Account,
    AudioNotActive,
    AudioRestarted,
    BaresipError,
    Config,
    Event,
    RegistrationError,
    RuntimeDead,
    StackEvent,
    StaleHandleError,
)
from baresip.call import Call
from baresip.runtime import Runtime
from baresip.ua import UserAgent

from assistant.contracts import BadInput, Unavailable
from telephony.sip import outcomes
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import PhoneEvent
from telephony.sip.line import PhoneLine
from telephony.sip.numbers import dtmf_digits
from telephony.sip.pump import pump

log = structlog.get_logger(__name__)

Join = Callable[[str, str, PhoneBridge], Awaitable[None]]
"""Joins a bridge to a room as a part: (room, part, bridge)."""

_CODECS = {"pcma": "pcma", "pcmu": "pcmu", "g722": "g722/16000/1"}
MOST_EARLY = 64
REFRESH_TRIES, REFRESH_PAUSE_S = 20, 0.1
"""A call whose terms are just being settled takes no second change: it is asked again."""
TRANSFER_S = 60.0
END_S = 2.0


@dataclass(slots=True, eq=False)
class _Leg:
    name: str
    call: Call
    state: outcomes.State
    bridge: PhoneBridge
    room: str = ""
    ours: outcomes.Ours = ""
    rang: bool = False
    pumping: asyncio.Task[None] | None = None
    timer: asyncio.TimerHandle | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)


class _Sound:
    """The stack's audio of a call, without its surprises: sound that is not there, or was just changed, is None."""

    def __init__(self, call: Call) -> None:
        self._audio = call.audio

    def ready(self) -> tuple[int, int, int] | None:
        try:
            info = self._audio.info()
        except AudioNotActive:
            return None
        if not (info.tx_ready and info.rx_ready) or info.tx_channels != 1 or info.rx_channels != 1:
            return None
        return info.tx_sample_rate, info.rx_sample_rate, info.tx_buffered

    def read(self) -> bytes:
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            return bytes(self._audio.read(32_768))
        return b""

    def write(self, pcm: bytes) -> None:
        with contextlib.suppress(AudioNotActive, AudioRestarted):
            self._audio.write(pcm)


class BaresipGateway:
    """A SipGateway (gateway.py). `dead` is called when the stack is gone for good: only a new process helps then."""

    def __init__(self, line: PhoneLine, join: Join, dead: Callable[[], None] = lambda: None) -> None:
        self._line, self._plan, self._join, self._dead = line, line.plan(), join, dead
        self._runtime: Runtime | None = None
        self._agent: UserAgent | None = None
        self._legs: dict[str, _Leg] = {}
        self._by_handle: dict[int, _Leg] = {}
        self._early: OrderedDict[int, list[StackEvent]] = OrderedDict()
        self._events: asyncio.Queue[PhoneEvent | None] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._registered: tuple[bool, int] | None = None

    async def open(self) -> None:
        """Start the stack and register, if the line says so. Raises Unavailable `phones-unavailable`."""
        line = self._line
        logging.getLogger("baresip").setLevel(logging.ERROR)  # its notes name callers
        where = line.address or "0.0.0.0"
        runtime = Runtime(native_log_level="error")
        try:
            await runtime.start(
                Config(
                    net_interface=line.address or None,
                    max_concurrent_calls=line.lines,
                    rtp_timeout=line.lost_s,
                    native_log_level="error",
                    extra_config_text=f"sip_listen {where}:{line.port}\n"
                    f"rtp_ports {line.rtp_ports[0]}-{line.rtp_ports[1]}\n"
                    f"call_local_timeout {int(line.ring_s) + 30}\n"
                    "audio_jitter_buffer_type adaptive\naudio_jitter_buffer_ms 20-200\n",
                )
            )
            self._runtime = runtime
            runtime.on_dead = self._died  # type: ignore[assignment]  # the library leaves it untyped
            runtime.subscribe(self._on_stack)
            self._agent = await UserAgent.create(runtime, self._account(), transfer_policy="manual")
        except (BaresipError, ValueError, OSError) as error:
            await self.close()
            raise Unavailable("phones-unavailable", f"the SIP stack does not start on {where}:{line.port}") from error
        self._agent.on_incoming(self._on_incoming)
        if line.registrar:
            self._spawn(self._register(self._agent))

    def _account(self) -> Account:
        line = self._line
        return Account(
            line.user,
            line.domain,
            line.secret,
            registrar=line.registrar or None,
            reg_interval=line.register_every_s if line.registrar else 0,
            transport=line.transport,
            audio_codecs=tuple(_CODECS[name] for name in line.codecs),
            dtmf_mode=line.dtmf,
            auth_user=line.auth_user or None,
        )

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
            self._tell(PhoneEvent("registered", code=code, reason="" if on else outcomes.reason(code), on=on))

    # ------------------------------------------------------------------------------------------ what is asked

    async def dial(self, leg: str, uri: str, room: str, part: str) -> None:
        address = self._plan.address(uri)
        agent = self._ready()
        if leg in self._legs or not leg:
            raise BadInput("leg-exists", "a leg of this name is there already")
        if len(self._legs) >= self._line.lines:
            raise Unavailable("lines-busy", f"all {self._line.lines} lines are in use")
        with self._doing():
            call = await agent.dial(address)
        new = self._add(_Leg(leg, call, "dialling", PhoneBridge(part), room))
        for event in self._early.pop(call.handle, ()):
            call._on_stack_event(event)  # what the stack told before there was a call to tell it to
            self._on_leg(new, event)

    async def accept(self, leg: str, room: str, part: str) -> None:
        known = self._leg(leg)
        if known.state != "incoming":
            raise BadInput("not-incoming", "this leg does not wait to be answered")
        known.room, known.bridge = room, PhoneBridge(part)
        with self._doing():
            await known.call.answer()

    async def hang_up(self, leg: str) -> None:
        known = self._leg(leg)
        known.ours = known.ours or "hangup"
        await self._end(known)

    async def hold(self, leg: str, on: bool) -> None:
        await self._hold(self._answered(leg), on)

    async def _hold(self, leg: _Leg, on: bool) -> None:
        leg.bridge.pause(on)
        for _ in range(REFRESH_TRIES):
            try:
                await (leg.call.hold() if on else leg.call.resume())
                return
            except StaleHandleError:
                raise _unknown() from None
            except BaresipError:
                await asyncio.sleep(REFRESH_PAUSE_S)
        leg.bridge.pause(leg.call.is_on_hold)
        raise Unavailable("phone-refused", "the phone does not take a change just now")

    async def transfer(self, leg: str, uri: str) -> None:
        address = self._plan.address(uri)
        known = self._answered(leg)
        self._spawn(self._follow(known.call.transfer(address, timeout=TRANSFER_S), known))

    async def hand_over(self, leg: str, to_leg: str) -> None:
        known, other = self._answered(leg), self._answered(to_leg)
        if known is other:
            raise BadInput("unknown-leg", "a phone cannot be connected with itself")
        await self._hold(known, True)
        await self._hold(other, True)
        self._spawn(self._follow(known.call.attended_transfer(other.call, timeout=TRANSFER_S), known, other))

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
            left = [leg for leg in legs if leg.name in self._legs]
            if legs[0] in left:
                self._tell(PhoneEvent("transfer_failed", legs[0].name, code, outcomes.reason(code)))
            for leg in left:
                leg.ours = ""
                with contextlib.suppress(Unavailable, BadInput):
                    await self._hold(leg, False)
            return
        for leg in legs[1:]:
            if leg.name in self._legs:
                with contextlib.suppress(Unavailable, BadInput):
                    await self._end(leg)

    async def dtmf(self, leg: str, digits: str) -> None:
        keys = dtmf_digits(digits)
        known = self._answered(leg)
        self._spawn(self._press(known, keys))

    async def _press(self, leg: _Leg, keys: str) -> None:
        with contextlib.suppress(BaresipError):  # the call is over: so are its keys
            await leg.call.send_dtmf(keys)

    async def events(self) -> AsyncIterator[PhoneEvent]:
        while (event := await self._events.get()) is not None:
            yield event

    async def close(self) -> None:
        legs = list(self._legs.values())
        for leg in legs:
            leg.ours = leg.ours or "hangup"
            with contextlib.suppress(Unavailable, BadInput):
                await self._end(leg)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await asyncio.gather(*(leg.gone.wait() for leg in legs))
        for leg in legs:
            self._drop(leg)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        runtime, self._runtime, self._agent = self._runtime, None, None
        if runtime is not None:
            with contextlib.suppress(BaresipError):
                await runtime.close()
        self._events.put_nowait(None)

    @property
    def legs(self) -> int:
        """How many calls there are."""
        return len(self._legs)

    # ------------------------------------------------------------------------------------------ what happens

    def _on_stack(self, event: StackEvent) -> None:
        agent = self._agent
        if event.event is Event.REGISTER_OK:
            self._note_registration(True, 200)
        elif event.event is Event.REGISTER_FAIL:
            self._note_registration(False, outcomes.status(event.text or ""))
        if not event.call or agent is None:
            return
        leg = self._by_handle.get(event.call)
        if leg is not None:
            self._on_leg(leg, event)
        elif event.event is not Event.CALL_INCOMING:
            self._early.setdefault(event.call, []).append(event)
            while len(self._early) > MOST_EARLY:
                self._early.popitem(last=False)

    def _on_incoming(self, call: Call) -> None:
        name = f"in-{secrets.token_hex(6)}"
        self._early.pop(call.handle, None)
        ringing = sum(leg.state == "incoming" for leg in self._legs.values())
        if ringing >= max(1, self._line.lines // 2):  # callers alone never take every line
            self._spawn(_refuse(call))
            return
        self._add(_Leg(name, call, "incoming", PhoneBridge("")))
        self._tell(PhoneEvent("incoming", name, caller=self._plan.caller(call.peer or ""), called=self._line.user))

    def _on_leg(self, leg: _Leg, event: StackEvent) -> None:
        match event.event:
            case Event.CALL_RINGING | Event.CALL_PROGRESS if leg.state == "dialling" and not leg.rang:
                leg.rang = True
                self._tell(PhoneEvent("ringing", leg.name, 180 if event.event is Event.CALL_RINGING else 183))
            case Event.CALL_ESTABLISHED if leg.state != "answered":
                self._answer(leg)
            case Event.CALL_HOLD | Event.CALL_RESUME:
                self._tell(PhoneEvent("held", leg.name, on=event.event is Event.CALL_HOLD))
            case Event.CALL_DTMF_START if event.text:
                self._tell(PhoneEvent("dtmf", leg.name, digits=event.text[:1]))
            case Event.CALL_TRANSFER:
                self._spawn(self._refuse_transfer(leg))
            case Event.CALL_CLOSED:
                self._drop(leg)
                self._tell(outcomes.closed(leg.name, leg.state, leg.ours, event.text or ""))

    def _answer(self, leg: _Leg) -> None:
        leg.state = "answered"
        if leg.timer:
            leg.timer.cancel()
        leg.pumping = asyncio.ensure_future(pump(_Sound(leg.call), leg.bridge))
        self._tell(PhoneEvent("answered", leg.name, 200))
        self._spawn(self._enter(leg))

    async def _enter(self, leg: _Leg) -> None:
        try:
            await self._join(leg.room, leg.bridge.part, leg.bridge)
        except (BadInput, Unavailable) as error:
            log.warning("a phone could not enter its room", leg=leg.name, code=error.code)
            with contextlib.suppress(BadInput, Unavailable):
                await self.hang_up(leg.name)

    async def _refuse_transfer(self, leg: _Leg) -> None:
        """A phone that asks us to call somebody else could make us call anybody."""
        with contextlib.suppress(BaresipError):
            await leg.call.reject_transfer(603)

    async def _give_up(self, leg: _Leg) -> None:
        leg.ours = leg.ours or "no-answer"
        with contextlib.suppress(BadInput, Unavailable):
            await self._end(leg)

    def _died(self) -> None:
        for leg in list(self._legs.values()):
            self._drop(leg)
            self._tell(PhoneEvent("ended" if leg.state == "answered" else "failed", leg.name, reason="lost"))
        self._runtime = self._agent = None
        self._dead()

    # ------------------------------------------------------------------------------------------ legs

    def _add(self, leg: _Leg) -> _Leg:
        self._legs[leg.name] = self._by_handle[leg.call.handle] = leg
        loop = asyncio.get_running_loop()
        leg.timer = loop.call_later(self._line.ring_s, lambda: self._spawn(self._give_up(leg)))
        return leg

    def _drop(self, leg: _Leg) -> None:
        self._legs.pop(leg.name, None)
        self._by_handle.pop(leg.call.handle, None)
        if leg.timer:
            leg.timer.cancel()
        if leg.pumping:
            leg.pumping.cancel()
        leg.bridge.close()
        leg.gone.set()

    async def _end(self, leg: _Leg) -> None:
        try:
            await (leg.call.reject() if leg.state == "incoming" else leg.call.hangup())
        except StaleHandleError:
            return  # it is over already; its end is on its way
        except BaresipError as error:
            raise Unavailable("phone-refused", "the SIP stack did not end the call") from error

    def _leg(self, name: str) -> _Leg:
        self._ready()
        known = self._legs.get(name)
        if known is None:
            raise _unknown()
        return known

    def _answered(self, name: str) -> _Leg:
        known = self._leg(name)
        if known.state != "answered":
            raise BadInput("not-answered", "this leg is not answered yet")
        return known

    def _ready(self) -> UserAgent:
        if self._agent is None:
            raise Unavailable("phones-unavailable", "the SIP stack does not run")
        return self._agent

    @contextlib.contextmanager
    def _doing(self) -> Any:
        try:
            yield
        except StaleHandleError:
            raise _unknown() from None
        except RuntimeDead as error:
            raise Unavailable("phones-unavailable", "the SIP stack does not run") from error
        except (BaresipError, ValueError) as error:
            raise Unavailable("phone-refused", "the SIP stack would not do this") from error

    def _tell(self, event: PhoneEvent) -> None:
        self._events.put_nowait(event)

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _refuse(call: Call) -> None:
    with contextlib.suppress(BaresipError):
        await call.reject()


def _unknown() -> BadInput:
    return BadInput("unknown-leg", "there is no such leg, or it is over")
