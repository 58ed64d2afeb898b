"""The asyncio edge of calls: sockets, the clock, and the effects of the pure exchange carried out in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import structlog

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony import announcing, passing, steering
from telephony.clients import Client
from telephony.effects import CallRoom, Drop, Effect, Note, Phone, Send
from telephony.exchange import Exchange
from telephony.limits import PCS_A_CLIENT, Bucket
from telephony.parties import Address
from telephony.protocol import BadMessage, Hello, RoomMessage, RtcDesc, RtcIce, State, read
from telephony.seams import Journal, PhoneDesk, RoomDesk

log = structlog.get_logger(__name__)

TICK_S = 0.1
HELLO_S = 10.0
CLOSE_S = 1.0
REVOKED_EVERY_S = 0.5
MOST_QUEUED = 512
"""Messages that wait for a client that reads too slowly, before it is cut off."""
MOST_REFUSED = 400
MOST_CLIENTS, MOST_OF_A_PARTY = 500, 12
POLICY_VIOLATION, TRY_AGAIN = 1008, 1013


class Connection(Protocol):
    """A WebSocket."""

    async def send_text(self, text: str) -> None:
        """Send one frame."""

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Close it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who opens a connection. still: whether the token holds yet. room: the one of a guest, else "". begin: called
    with the secrets of a new session and of the one that it wanted to resume; raises NotPermitted where its token is
    used up."""

    party: str
    role: str
    name: str
    department: str
    still: Callable[[], bool]
    room: str = ""
    begin: Callable[[str, str | None], object] = lambda session, resume: None


@dataclass(slots=True)
class _Line:
    """A connected client's socket, and what waits to be sent."""

    connection: Connection
    caller: Caller
    queue: asyncio.Queue[str | None]
    bucket: Bucket
    closing: tuple[int, str] = (1000, "")
    writer: asyncio.Task[None] | None = None


class Hub:
    """Serves every client. `journal`, `rooms`, `phones`: see seams.py; phones None: there is no gateway."""

    def __init__(
        self,
        exchange: Exchange,
        journal: Journal,
        rooms: RoomDesk,
        phones: PhoneDesk | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.exchange, self._journal, self._clock = exchange, journal, clock
        self.rooms, self.phones = rooms, phones
        self._lines: dict[str, _Line] = {}
        self.on_ended: Callable[[str], None] = lambda reason: None
        """Told why a call ended, for the metrics."""
        self._ticker: asyncio.Task[None] | None = None
        self._checked = 0.0
        self._put_out: list[tuple[str, str, str]] = []
        """Who is in a room no more: client, room, reason."""

    @property
    def rooms(self) -> RoomDesk:
        """The rooms; set before the first client comes."""
        return self._rooms

    @rooms.setter
    def rooms(self, desk: RoomDesk) -> None:
        self._rooms, board = desk, self.exchange.board
        board.rules = replace(board.rules, rooms=bool(desk.engine))
        self.exchange.engine = desk.engine or "p2p"

    @property
    def phones(self) -> PhoneDesk | None:
        """The telephones, None for none; set before the first client comes."""
        return self._phones

    @phones.setter
    def phones(self, desk: PhoneDesk | None) -> None:
        self._phones, board = desk, self.exchange.board
        board.rules = replace(board.rules, phones=desk is not None)

    # -- life ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the clock, and follow the telephones."""
        if self._phones is not None:
            self._phones.start(self)
        self._ticker = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """End all calls, tell their clients, and close."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        self.do(self.exchange.close(self._clock()))
        if self._phones is not None:
            await self._phones.stop()
        for line in self._lines.values():
            self._close(line, 1001, "shutting-down")

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self.step(self._clock())
            except Exception:
                log.exception("a tick of the call hub failed; the clock goes on")

    def step(self, now: float) -> None:
        """Bring everything to a time. The ticker calls it; so do tests."""
        if now - self._checked >= REVOKED_EVERY_S:
            self._checked = now
            for key, line in list(self._lines.items()):
                if not line.caller.still():
                    self._revoke(key, line, now)
        put_out, self._put_out = self._put_out, []
        for who, room, reason in put_out:
            self.do(self.exchange.put_out(who, room, reason, now))
        before = dict(self.exchange.board.clients.by_id)
        self.do(self.exchange.tick(now))
        for key, client in before.items():
            if key not in self.exchange.board.clients.by_id:
                self.rooms.gone(client)
        self.rooms.tick(now)

    def _revoke(self, key: str, line: _Line, now: float) -> None:
        client = self.exchange.board.clients.by_id.get(key)
        if client is not None:
            self.do(self.exchange.leave(client, now))
            self.rooms.gone(client)
        self._close(line, POLICY_VIOLATION, "revoked")

    # -- one client ------------------------------------------------------------------------------------------

    async def serve(self, connection: Connection, caller: Caller, frames: AsyncIterator[str]) -> None:
        """Serve one client until it goes."""
        try:
            async with asyncio.timeout(HELLO_S):
                hello = await self._hello(connection, frames)
        except TimeoutError:
            await connection.close(POLICY_VIOLATION, "hello-timeout")
            return
        if hello is None:
            return
        if len(self._lines) >= MOST_CLIENTS:
            await connection.close(TRY_AGAIN, "too-many-clients")
            return
        line = _Line(connection, caller, asyncio.Queue(), Bucket(at=self._clock()))
        try:
            client = self._enter(line, hello)
        except SeoulaError as error:
            await connection.send_text(json.dumps({"t": "error", "code": error.code, "message": error.message}))
            await connection.close(POLICY_VIOLATION, error.code)
            return
        line.writer = asyncio.create_task(self._write(line))
        try:
            async for text in frames:
                if not self._heard(client, line, text):
                    break
        finally:
            self._lose(client.id, line)
            line.queue.put_nowait(None)
            await asyncio.wait({line.writer}, timeout=CLOSE_S)
            line.writer.cancel()
            await asyncio.gather(line.writer, return_exceptions=True)

    async def _hello(self, connection: Connection, frames: AsyncIterator[str]) -> Hello | None:
        """The first message; anything else is told so and closes the connection. None: closed."""
        async for text in frames:
            try:
                message = read(text)
                if not isinstance(message, Hello):
                    raise BadMessage("hello-first", "the first message is hello")
            except BadMessage as error:
                told = {"t": "error", "code": error.code, "message": error.message}
                await connection.send_text(json.dumps(told, ensure_ascii=False))
                await connection.close(POLICY_VIOLATION, error.code)
                return None
            return message
        return None

    def _enter(self, line: _Line, hello: Hello) -> Client:
        now, caller = self._clock(), line.caller
        client = self.exchange.resumable(hello.resume, caller.party) if hello.resume else None
        if client is not None:
            old = self._lines.get(client.id)
            if old is not None:
                self._close(old, 1000, "resumed-elsewhere")
            self._lines[client.id] = line
            self.do(self.exchange.resume(client, now, hello.id, fresh=hello.fresh))
            return client
        sid = secrets.token_urlsafe(18)
        if len(self.exchange.board.clients.of(caller.party)) >= MOST_OF_A_PARTY:
            raise Unavailable("too-many-clients", f"a party has at most {MOST_OF_A_PARTY} connections")
        caller.begin(sid, hello.resume)
        client = Client(
            f"c{secrets.token_hex(6)}",
            sid,
            caller.party,
            caller.role,
            hello.name if caller.role == "guest" and hello.name.isprintable() and hello.name else caller.name,
            caller.department,
            hello.caps.audio,
            hello.caps.video,
            caller.room,
        )
        self._lines[client.id] = line
        self.do(self.exchange.connect(client, now, hello.id))
        return client

    def _heard(self, client: Client, line: _Line, text: str) -> bool:
        """One frame. False: this client is cut off."""
        now = self._clock()
        if self._lines.get(client.id) is not line:
            return False
        if not line.bucket.take(now):
            if line.bucket.refused >= MOST_REFUSED:
                self._close(line, POLICY_VIOLATION, "too-many-messages")
                return False
            if line.bucket.refused == 1:
                self.send(client.id, {"t": "error", "code": "too-fast", "message": "too many messages; wait a moment"})
            return True
        try:
            message = read(text)
            if isinstance(message, RoomMessage):
                if message.t in ("room.join", "room.leave"):
                    client.pcs.clear()
                self.rooms.message(client, message.body)
            elif isinstance(message, RtcDesc | RtcIce) and (message.room is not None or message.pc == "tap"):
                self._room_media(client, message)
            elif isinstance(message, State) and message.room is not None:
                self.rooms.message(client, message.model_dump(exclude_none=True))
            else:
                self.do(self.exchange.receive(client, message, now))
        except SeoulaError as error:
            re = error.re if isinstance(error, BadMessage) else getattr(message, "id", None)
            self.exchange.refuse(client, re, error)
            self.do(self.exchange.board.out.take())
        return True

    def _room_media(self, client: Client, message: RtcDesc | RtcIce) -> None:
        """For the engine: of a room, or a `tap` of a call."""
        call = message.call and passing.own(self.exchange.board, client, message.call, under_way=True).id
        self._count_pc(client, f"{message.room or message.call}/{message.pc}")
        told = message.model_dump(exclude_none=True)
        if isinstance(message, RtcIce):
            told["cand"] = message.cand  # null says that there are no more
        self.rooms.message(client, told, call=call or "")

    def _count_pc(self, client: Client, name: str) -> None:
        if name in client.pcs:
            return
        if len(client.pcs) >= PCS_A_CLIENT:
            going_on = self.exchange.board.calls
            gone = {pc for pc in client.pcs if pc.endswith("/tap") and pc.partition("/")[0] not in going_on}
            client.pcs -= gone
        if len(client.pcs) >= PCS_A_CLIENT:
            raise BadInput("too-many-connections", f"at most {PCS_A_CLIENT} peer connections")
        client.pcs.add(name)

    async def _write(self, line: _Line) -> None:
        try:
            while (text := await line.queue.get()) is not None:
                await line.connection.send_text(text)
        except Exception:
            return  # a socket that breaks is noticed by its reader
        finally:
            with contextlib.suppress(Exception):
                async with asyncio.timeout(CLOSE_S):
                    await line.connection.close(*line.closing)

    def _close(self, line: _Line, code: int, reason: str) -> None:
        """Close a connection once it has what was sent before; one that takes nothing is closed all the same."""
        line.closing = (code, reason)
        line.queue.put_nowait(None)
        if line.writer is not None:
            asyncio.get_running_loop().call_later(CLOSE_S, line.writer.cancel)

    def _lose(self, key: str, line: _Line) -> None:
        """A client's socket is gone, unless it has another one by now."""
        if self._lines.get(key) is line:
            del self._lines[key]
            if (client := self.exchange.board.clients.by_id.get(key)) is not None:
                self.do(self.exchange.lost(client, self._clock()))

    def send(self, client: str, message: Mapping[str, Any]) -> None:
        """One message to one client; none where it is not connected."""
        if message["t"] == "room.ended" and (left := self.exchange.board.clients.by_id.get(client)) is not None:
            left.pcs.clear()
            self._put_out.append((client, str(message["room"]), str(message["reason"])))
        line = self._lines.get(client)
        if line is None:
            return
        if line.queue.qsize() >= MOST_QUEUED:
            log.warning("a call client reads too slowly and is cut off", client=client)
            line.closing = (TRY_AGAIN, "too-slow")
            self._lose(client, line)
            if line.writer is not None:
                line.writer.cancel()
            return
        line.queue.put_nowait(json.dumps(message, ensure_ascii=False, separators=(",", ":")))

    # -- wishes of a display ---------------------------------------------------------------------------------

    def announce(self, party: str, to: Address, media: str, about: Mapping[str, str], window_s: float) -> str:
        """Call from a display, after a window in which this can be taken back. "" : it is announced, or rings; else
        the reason why it ended at once. Raises SeoulaError: no-call-client, in-a-call, rate-limited, bad-address."""
        call, effects = announcing.announce(self.exchange, party, to, media, about, window_s, self._clock())
        self.do(effects)
        over = self.exchange.board.over.get(call)
        return over.value if over else ""

    def calling(self, party: str) -> bool:
        """Whether a call of this party is announced or rings."""
        return any(c.caller == party and not c.under_way for c in self.exchange.board.calls.values())

    def take_back(self, party: str) -> bool:
        """Cancel what a party has announced, or what rings for it. False: nothing does."""
        found, effects = announcing.take_back(self.exchange, party, self._clock())
        self.do(effects)
        return found

    def steer(self, party: str, deed: str) -> str:
        """off, hold, release or on (steering.py); what was done, "" for nothing. Raises SeoulaError."""
        done, effects = steering.steer(self.exchange, party, deed, self._clock())
        self.do(effects)
        return done

    # -- effects ---------------------------------------------------------------------------------------------

    def do(self, effects: tuple[Effect, ...]) -> None:
        """Carry them out, in order."""
        for effect in effects:
            match effect:
                case Send(client=client, message=message):
                    self.send(client, message)
                case Note(record=record):
                    if record.reason:
                        self.on_ended(record.reason)
                    now, wall = self._clock(), time.time()
                    ended = None if record.ended is None else wall - (now - record.ended)
                    self._journal.write(record, wall - (now - record.started), ended)
                case CallRoom(action=action, room=room, party=party):
                    self.rooms.call_room(action, room, party)
                case Phone(action=action, leg=leg, uri=uri, room=room, part=part):
                    if self._phones is None:
                        raise Unavailable("no-phones", "no telephone gateway is set up")
                    self._phones.do(action, leg, uri, room, part)
                case Drop(client=client, code=code):
                    if (line := self._lines.get(client)) is not None:
                        self._close(line, POLICY_VIOLATION, code)

    def phone(self, kind: str, leg: str) -> None:
        """Something happened at a telephone: ringing, answered, busy, rejected, failed, ended."""
        self.do(self.exchange.phone(kind, leg, self._clock()))

    def phone_in(self, leg: str, caller: str, department: str) -> None:
        """A telephone calls a department."""
        self.do(self.exchange.phone_in(leg, caller, department, self._clock()))

    def connected(self) -> int:
        """How many clients are connected."""
        return len(self._lines)
