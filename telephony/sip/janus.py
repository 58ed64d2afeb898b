"""Desk phones by the SIP plugin of a Janus that runs anyway, behind the same protocol as baresip's.

Each call has a handle of its own, which goes with it. Without a registrar we call out only. Keys travel by SIP INFO,
as that is all the plugin offers. When Janus is lost every call ends, and the line is opened again when it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony.engines.janus.client import JanusClient, Message
from telephony.sip import outcomes
from telephony.sip.bridge import PhoneBridge
from telephony.sip.gateway import PhoneEvent
from telephony.sip.janus_sound import JanusSound
from telephony.sip.legs import Join, Leg, Legs
from telephony.sip.line import PhoneLine
from telephony.sip.numbers import dtmf_digits

PLUGIN = "janus.plugin.sip"
AGAIN_S = 2.0
END_S = 2.0
KEY_MS, KEY_PAUSE_S = 160, 0.2
HOLD_S, HOLD_TRIES = 0.5, 12
"""While a change of the call is still being settled Janus leaves the next one unanswered: it is asked again."""
_SIGNAL = re.compile(r"Signal\s*=\s*([0-9A-D*#])", re.IGNORECASE)


@dataclass(slots=True, eq=False, kw_only=True)
class _Leg(Leg):
    handle: int
    sound: JanusSound
    offer: str = ""


class JanusGateway:
    """A SipGateway (gateway.py). url, secret: of Janus. `dead` is never called: a lost Janus comes back by itself."""

    def __init__(
        self, url: str, secret: str, line: PhoneLine, join: Join, dead: Callable[[], None] = lambda: None
    ) -> None:
        self._url, self._secret, self._line, self._plan = url, secret, line, line.plan()
        self._legs: Legs[_Leg] = Legs(line, join, self._end)
        self._client: JanusClient | None = None
        self._by_handle: dict[int, _Leg] = {}
        self._master = 0
        self._master_id = 0
        self._waiting: set[int] = set()
        self._registered: tuple[bool, int] | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._away: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connect with Janus and register, if the line says so. Raises Unavailable `phones-unavailable`."""
        await self._connect()
        self._keeping = asyncio.ensure_future(self._keep())

    async def _connect(self) -> None:
        client = JanusClient(self._url, self._secret, self._on_event, self._lost.set)
        try:
            await client.open()
            self._client = client
            self._master = await client.attach(PLUGIN)
            if self._line.registrar:
                await client.message(self._master, self._registration(), told="registering")
        except SeoulaError as error:
            self._client = None
            await client.close()
            raise Unavailable("phones-unavailable", "Janus gives no telephone line") from error

    def _registration(self) -> Message:
        line, proxy = self._line, f"sip:{self._line.registrar}"
        return {
            "request": "register",
            "username": f"sip:{line.user}@{line.domain}",
            "authuser": line.auth_user or line.user,
            "secret": line.secret,
            "proxy": proxy,
            "outbound_proxy": proxy,  # without it calls would not go by way of the exchange
            "register_ttl": line.register_every_s,
        }

    async def _keep(self) -> None:
        while True:
            await self._lost.wait()
            self._client, self._master_id, self._registered = None, 0, None
            self._waiting.clear()
            for leg in self._legs.all():
                answered = leg.state == "answered"
                self._over(leg, PhoneEvent("ended" if answered else "failed", leg.name, reason="lost"))
            self._by_handle.clear()
            self._lost.clear()
            while self._client is None:
                await asyncio.sleep(AGAIN_S)
                with contextlib.suppress(Unavailable):
                    await self._connect()

    # ------------------------------------------------------------------------------------------ what is asked

    async def dial(self, leg: str, uri: str, room: str, part: str) -> None:
        """See SipGateway."""
        address = self._plan.address(uri)
        client = self._ready()
        self._legs.check_new(leg)
        handle = await self._handle(client)
        new = _Leg(name=leg, state="dialling", bridge=PhoneBridge(part), room=room, handle=handle, sound=JanusSound())
        self._legs.add(new)
        self._by_handle[handle] = new
        try:
            offer = {"type": "offer", "sdp": await new.sound.offer()}
            await client.message(handle, {"request": "call", "uri": address}, offer, told="calling")
        except SeoulaError as error:
            self._drop(new)
            raise Unavailable("phone-refused", "Janus would not call") from error

    async def accept(self, leg: str, room: str, part: str) -> None:
        """See SipGateway."""
        client, known = self._ready(), self._legs.get(leg)
        if known.state != "incoming":
            raise BadInput("not-incoming", "this leg does not wait to be answered")
        known.room, known.bridge = room, PhoneBridge(part)
        answer = {"type": "answer", "sdp": await known.sound.answer_to(known.offer)}
        reply = await self._ask(client, known, {"request": "accept"}, answer)
        if reply.get("event") == "accepted" and known in self._legs and known.state == "incoming":
            self._legs.answer(known, self._carry(known, ""))

    async def hang_up(self, leg: str) -> None:
        """See SipGateway."""
        self._ready()
        known = self._legs.get(leg)
        known.ours = known.ours or "hangup"
        await self._end(known)

    async def hold(self, leg: str, on: bool) -> None:
        """See SipGateway."""
        client, known = self._ready(), self._legs.answered(leg)
        known.bridge.pause(on)
        for _ in range(HOLD_TRIES):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(HOLD_S):
                    await self._ask(client, known, {"request": "hold" if on else "unhold"})
                    return
        known.bridge.pause(not on)
        raise Unavailable("phone-refused", "the phone does not take a change just now")

    async def transfer(self, leg: str, uri: str) -> None:
        """See SipGateway."""
        address = self._plan.address(uri)
        client, known = self._ready(), self._legs.answered(leg)
        await self._ask(client, known, {"request": "transfer", "uri": address})
        known.bridge.pause(True)
        known.ours = "transferred"

    async def hand_over(self, leg: str, to_leg: str) -> None:
        """Not with this plugin: it would need the other call's identity. Raises Unavailable `phone-refused`."""
        self._legs.answered(leg)
        self._legs.answered(to_leg)
        raise Unavailable("phone-refused", "the Janus gateway cannot connect two phones with each other")

    async def dtmf(self, leg: str, digits: str) -> None:
        """See SipGateway."""
        keys = dtmf_digits(digits)
        client, known = self._ready(), self._legs.answered(leg)
        self._legs.spawn(self._press(client, known, keys))

    async def _press(self, client: JanusClient, leg: _Leg, keys: str) -> None:
        with contextlib.suppress(SeoulaError):
            for key in keys:
                await client.message(leg.handle, {"request": "dtmf_info", "digit": key, "duration": KEY_MS})
                await asyncio.sleep(KEY_PAUSE_S)

    def events(self) -> AsyncIterator[PhoneEvent]:
        """See SipGateway."""
        return self._legs.events()

    async def close(self) -> None:
        """See SipGateway."""
        if self._keeping is not None:
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        sounds = [leg.sound for leg in self._legs.all()]
        await self._legs.hang_up_all(END_S)
        await asyncio.gather(*(sound.close() for sound in sounds), *self._away, return_exceptions=True)
        client, self._client = self._client, None
        if client is not None:
            await client.close()
        self._legs.close()

    @property
    def legs(self) -> int:
        """How many calls there are."""
        return len(self._legs)

    # ------------------------------------------------------------------------------------------ handles

    async def _handle(self, client: JanusClient) -> int:
        """A handle for one call: a helper of our account, or a guest's."""
        handle = await client.attach(PLUGIN)
        line = self._line
        body: Message = {"request": "register", "username": f"sip:{line.user}@{line.domain}"}
        if line.registrar:
            if not self._master_id:
                raise Unavailable("phones-unavailable", "the exchange does not know us yet")
            await client.message(handle, {**body, "type": "helper", "master_id": self._master_id})
        else:
            await client.message(handle, {**body, "type": "guest"})
        return handle

    async def _wait_for_callers(self) -> None:
        """Keep as many free handles as callers may ring at once; the account's own is one of them."""
        client = self._client
        with contextlib.suppress(SeoulaError):
            while client is not None and len(self._waiting) < max(1, self._line.lines // 2):
                self._waiting.add(await self._handle(client))

    async def _ask(self, client: JanusClient, leg: _Leg, body: Message, jsep: Message | None = None) -> Message:
        try:
            data, _ = await client.message(leg.handle, body, jsep)
        except BadInput as error:
            raise Unavailable("phone-refused", "Janus would not do this") from error
        result = data.get("result")
        return result if isinstance(result, dict) else {}

    async def _end(self, leg: _Leg) -> None:
        if self._client is not None:
            body = {"request": "decline", "code": 486} if leg.state == "incoming" else {"request": "hangup"}
            await self._ask(self._client, leg, body)

    def _over(self, leg: _Leg, event: PhoneEvent) -> None:
        self._drop(leg)
        self._legs.tell(event)

    def _drop(self, leg: _Leg) -> None:
        self._legs.drop(leg)
        self._by_handle.pop(leg.handle, None)
        task = asyncio.ensure_future(self._put_away(leg))  # never cancelled: a connection half closed stays for ever
        self._away.add(task)
        task.add_done_callback(self._away.discard)

    async def _put_away(self, leg: _Leg) -> None:
        await leg.sound.close()
        if self._client is not None and leg.handle != self._master:
            with contextlib.suppress(SeoulaError):
                await self._client.request({"janus": "detach", "handle_id": leg.handle})
        if self._line.registrar:
            await self._wait_for_callers()

    def _ready(self) -> JanusClient:
        if self._client is None:
            raise Unavailable("phones-unavailable", "Janus does not run")
        return self._client

    # ------------------------------------------------------------------------------------------ what happens

    def _on_event(self, handle: int, message: Message) -> None:
        data: Message = message.get("plugindata", {}).get("data", {})
        result = data.get("result")
        if not isinstance(result, dict):
            return
        kind, jsep = result.get("event"), message.get("jsep") or {}
        code = result.get("code", 0) if isinstance(result.get("code"), int) else 0
        if handle == self._master and kind in ("registered", "registration_failed", "unregistered"):
            self._on_registration(kind == "registered", code, result)
        elif kind == "incomingcall":
            called = self._plan.caller(str(result.get("callee", ""))) or self._line.user
            self._on_incoming(handle, str(result.get("username", "")), called, str(jsep.get("sdp", "")))
        elif (leg := self._by_handle.get(handle)) is not None:
            self._on_leg(leg, str(kind), code, result, str(jsep.get("sdp", "")))

    def _on_registration(self, on: bool, code: int, result: Message) -> None:
        self._master_id = int(result.get("master_id", 0)) if on else 0
        code = 200 if on else code if 300 <= code < 700 else 0  # above 900 are the plugin's own
        if self._registered != (on, code):
            self._registered = (on, code)
            self._legs.tell(PhoneEvent("registered", code=code, reason="" if on else outcomes.reason(code), on=on))
        if on:
            self._waiting.add(self._master)
            self._legs.spawn(self._wait_for_callers())

    def _on_incoming(self, handle: int, caller: str, called: str, offer: str) -> None:
        self._waiting.discard(handle)
        leg = _Leg(
            name=f"in-{secrets.token_hex(6)}",
            state="incoming",
            bridge=PhoneBridge(""),
            handle=handle,
            sound=JanusSound(),
            offer=offer,
        )
        self._by_handle[handle] = leg
        self._legs.add(leg)
        if len(self._legs) > self._line.lines:
            leg.ours = "hangup"
            self._legs.spawn(self._quietly_end(leg))
        self._legs.tell(PhoneEvent("incoming", leg.name, caller=self._plan.caller(caller), called=called))

    async def _quietly_end(self, leg: _Leg) -> None:
        with contextlib.suppress(SeoulaError):
            await self._end(leg)

    def _on_leg(self, leg: _Leg, kind: str, code: int, result: Message, sdp: str) -> None:
        match kind:
            case "ringing" | "progress":
                self._legs.rings(leg, 180 if kind == "ringing" else 183)
            case "accepted" if leg.state != "answered":
                self._legs.answer(leg, self._carry(leg, sdp))
            case "info":
                found = _SIGNAL.search(str(result.get("content", "")))
                if found:
                    self._legs.tell(PhoneEvent("dtmf", leg.name, digits=found[1].upper()))
            case "notify":
                self._on_transfer(leg, outcomes.status(str(result.get("content", "")).removeprefix("SIP/2.0 ")))
            case "transfer":
                self._legs.spawn(self._refuse_transfer(leg, result.get("refer_id")))
            case "hangup":
                if leg.handle == self._master:
                    self._waiting.add(self._master)
                self._over(leg, outcomes.closed(leg.name, leg.state, leg.ours, self._text(leg, code)))

    def _on_transfer(self, leg: _Leg, code: int) -> None:
        """How the phone fares that we asked to call somebody else."""
        if leg.ours != "transferred":
            return
        if 200 <= code < 300:
            self._legs.spawn(self._quietly_end(leg))
        elif code >= 300:
            leg.ours = ""
            leg.bridge.pause(False)
            self._legs.tell(PhoneEvent("transfer_failed", leg.name, code, outcomes.reason(code)))

    def _text(self, leg: _Leg, code: int) -> str:
        """Janus says 200 for every orderly end."""
        return "" if leg.state == "answered" or code == 200 else str(code)

    async def _carry(self, leg: _Leg, sdp: str) -> None:
        try:
            if sdp:
                await leg.sound.answered(sdp)
        except SeoulaError:
            await self._quietly_end(leg)
            return
        await leg.sound.run(leg.bridge)

    async def _refuse_transfer(self, leg: _Leg, refer: Any) -> None:
        if self._client is not None:
            with contextlib.suppress(SeoulaError):
                await self._client.message(leg.handle, {"request": "decline", "code": 603, "refer_id": refer})
