"""The asyncio edge of rooms: a client's messages in, effects carried out, media handed to the engine and back.

What the call hub asks of rooms (`telephony.seams.RoomDesk`). Whoever is told of a feed is subscribed to it, and nobody
else: that is how the engine gives media to those who are in, and to them alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

import structlog

from assistant.contracts import BadInput, NotPermitted, SeoulaError
from telephony.call_captions import PREFIX, CallCaptions
from telephony.clients import Client
from telephony.engines.engine import Description, EngineEvent, MediaEngine
from telephony.room_effects import Effect, Engine, Note, Person, Send
from telephony.rooms import Rooms
from telephony.ways_in import WaysIn

log = structlog.get_logger(__name__)

Message = Mapping[str, Any]
_VOICES = 8
"""Of one call between browsers, at the most."""
_ECHO_S = 5.0
"""An engine tells within this time that it has closed what it was asked to close."""


class Taps(Protocol):
    """As `captions.Captions`."""

    def tap(self, room: str, part: str) -> None: ...

    def untap(self, room: str, part: str) -> None: ...


class RoomDesk:
    """send: to a client, by its id. noted: takes what belongs to the meeting record. clients_of: the connections that
    speak in a call between browsers, for its captions. names_of: Korean and English, as others read who somebody is."""

    def __init__(
        self,
        rooms: Rooms,
        media: MediaEngine,
        send: Callable[[str, Message], None],
        noted: Callable[[Note], None],
        taps: Taps,
        clock: Callable[[], float],
        clients_of: Callable[[str], Sequence[str]] = lambda _: (),
        names_of: Callable[[Client], tuple[str, str]] = lambda client: (client.name or client.party, client.name),
    ) -> None:
        self.rooms, self.engine = rooms, media.name
        self.calls = CallCaptions(clients_of, send)
        self._media, self._send, self._noted, self._taps, self._clock = media, send, noted, taps, clock
        self._ways = WaysIn(rooms, media, send, self._then)
        self._names_of = names_of
        self._clients: dict[str, Client] = {}
        self._last: dict[str, asyncio.Task[None]] = {}
        self._feeds: dict[str, dict[str, str]] = {}
        """Of each part: the feeds it receives, with their subscriptions."""
        self._closed: dict[str, float] = {}
        self._listening: asyncio.Task[None] | None = None

    # -- life ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to follow the engine."""
        self._listening = asyncio.create_task(self._listen())

    async def stop(self) -> None:
        """End what is under way."""
        tasks = [task for task in (self._listening, *self._last.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settled(self) -> None:
        """Once the engine has done all that it was asked for so far."""
        while pending := [task for task in self._last.values() if not task.done()]:
            await asyncio.gather(*pending)

    # -- the hub's side --------------------------------------------------------------------------------------

    def message(self, client: Client, message: Message, *, call: str = "") -> None:
        """A message of a client. Raises SeoulaError."""
        self._know(client)
        kind = message.get("t")
        if call:
            self._tap(client.id, call, message)
            return
        if kind == "captions.set" and "call" in message:
            self._untap(self.calls.set(client.id, message))
            return
        if kind in ("rtc.desc", "rtc.ice"):
            self._rtc(client.id, message)
            return
        if kind == "room.media":
            self._ways.ask(client.id, message)
            client.pcs.add(f"{message.get('room')}/media")  # who is in a meeting is not free
            return
        effects = self.rooms.handle(client.id, message, self._clock())
        self.do(effects, asker=client.id, re=message.get("id"))

    def gone(self, client: Client) -> None:
        """It does not come back."""
        self._clients.pop(client.id, None)
        self.do(self.rooms.forget(client.id, self._clock()))
        self._last.pop(client.id, None)

    def leave(self, party: str) -> bool:
        """A party's screens leave their meetings; the room of a call is left by hanging up."""
        found = False
        for state in self.rooms.meetings():
            for part in [p for p, m in state.members.items() if m.person.owner == party and state.plan.kind != "call"]:
                found = True
                self.do(self.rooms.handle(part, {"t": "room.leave", "room": state.plan.id}, self._clock()))
        return found

    def call_room(self, action: str, room: str, party: str) -> None:
        """open, allow, remove, close."""
        now = self._clock()
        match action:
            case "open":
                self.rooms.open_call(room, ("통화", "Call"), now)
            case "allow":
                self.rooms.invite(room, party)
            case "remove":
                self.do(self.rooms.dismiss(room, party, now))
            case _:
                self.do(self.rooms.close(room, now))

    def tick(self, now: float) -> None:
        """Let time pass; notice who is lost and who is back."""
        for client in self._clients.values():
            member = self.rooms.member(client.id)
            if member is None:
                continue
            if client.lost_until is not None and member.away_at is None:
                self.do(self.rooms.lost(client.id, now))
            elif client.lost_until is None and member.away_at is not None:
                self.do(self.rooms.back(client.id, now))
        self.do(self.rooms.tick(now))
        self._untap(self.calls.tick())

    def heard(self, room: str, part: str, text: str, **line: Any) -> None:
        """Words of the captions' worker."""
        if room.startswith(PREFIX):
            client = self._clients.get(part)
            self.calls.heard(room, part, text, name=client.name if client else "", **line)
            return
        self.do(self.rooms.heard(room, part, text, now=self._clock(), **line))

    def _know(self, client: Client) -> None:
        if client.id in self._clients:
            return
        self._clients[client.id] = client
        rooms = frozenset({client.room}) if client.role == "guest" else None
        name_ko, name_en = self._names_of(client)
        self.rooms.know(Person(client.id, client.role, name_ko, name_en, rooms, client.party))

    # -- effects ---------------------------------------------------------------------------------------------

    def do(self, effects: tuple[Effect, ...], *, asker: str = "", re: object = None) -> None:
        """Carry them out, in order. The first message to the asker is the answer to what it said."""
        for effect in effects:
            match effect:
                case Send(part, message):
                    answers = part == asker and isinstance(re, str)
                    if message["t"] == "room.joined" and self._ways.lead(message["room"]):
                        message = {**message, "media": self.engine}
                    self._send(part, {**message, "re": re} if answers else message)
                    if answers:
                        re = None
                    self._subscribe_as_told(part, message)
                case Engine():
                    self._order(effect)
                case Note():
                    self._noted(effect)

    def _order(self, order: Engine) -> None:
        match order.do:
            case "open":
                self._then(order.room, self._media.open_room(order.room, most=order.most))
            case "close":
                self._closed[order.room] = self._clock()
                self._then(order.room, self._media.close_room(order.room))
            case "leave":
                self._feeds.pop(order.part, None)
                self._then(order.part, self._media.leave(order.room, order.part), order.room)
            case "silence":
                self._then(order.part, self._media.silence(order.room, order.part, order.kinds), order.room)
            case "tap":
                self._taps.tap(order.room, order.part)
            case "untap":
                self._taps.untap(order.room, order.part)

    def _subscribe_as_told(self, part: str, message: Message) -> None:
        if self._ways.lead(str(message.get("room", ""))):
            return  # the page hears of feeds from the server that carries them
        match message["t"]:
            case "room.joined":
                self._feeds[part] = {}
                added = message["feeds"]
            case "room.feeds":
                added = message["added"]
                for feed in message["removed"]:
                    self._feeds.get(part, {}).pop(feed, None)
            case "room.ended" | "room.waiting":
                self._feeds.pop(part, None)
                return
            case _:
                return
        for one in added:
            if part in self._clients and one["feed"] not in self._feeds.setdefault(part, {}):
                self._feeds[part][one["feed"]] = ""
                self._then(part, self._subscribe(message["room"], part, one), message["room"])

    async def _subscribe(self, room: str, part: str, one: Message) -> None:
        if one["feed"] not in self._feeds.get(part, {}) or not self.rooms.may_subscribe(room, part):
            return
        subscription, offer = await self._media.subscribe(room, part, one["feed"])
        if one["feed"] not in self._feeds.get(part, {}):
            return  # he left meanwhile; the engine has been told so
        self._feeds[part][one["feed"]] = subscription
        told = {"t": "rtc.desc", "room": room, "pc": f"sub:{subscription}", "feed": one["feed"], "part": one["part"]}
        self._send(part, {**told, "desc": {"type": offer.type, "sdp": offer.sdp}})

    # -- media -----------------------------------------------------------------------------------------------

    def _rtc(self, part: str, message: Message) -> None:
        room, pc = str(message.get("room")), str(message.get("pc"))
        if not self.rooms.may_subscribe(room, part):
            raise NotPermitted("not-in-room", "you are not in this room")
        if pc == "tap" and self._ways.lead(room):
            self._ways.voice(room, part, message)
            return
        subscription = pc.removeprefix("sub:") if pc.startswith("sub:") else ""
        if subscription and subscription not in self._feeds.get(part, {}).values():
            raise BadInput("no-such-connection", "there is no such subscription")
        if message["t"] == "rtc.ice":
            self._then(part, self._media.candidate(room, part, pc, message.get("cand")), room)
        elif pc == "pub":
            if message["desc"]["type"] != "offer":
                raise BadInput("bad-message", "the client offers what it publishes")
            if not self.rooms.may_publish(room, part):
                raise NotPermitted("view-only", "a viewer sends no sound and no picture")
            self._then(part, self._publish(room, part, message), room, message.get("id"))
        elif subscription and message["desc"]["type"] == "answer":
            answer = Description("answer", message["desc"]["sdp"])
            self._then(part, self._media.answer(subscription, answer), room, message.get("id"))
        else:
            raise BadInput("bad-message", "in a room a client offers pub and answers sub")

    async def _publish(self, room: str, part: str, message: Message) -> None:
        if not self.rooms.may_publish(room, part):
            return  # removed, or made a viewer, while others were served
        answer = await self._media.publish(room, part, Description("offer", message["desc"]["sdp"]))
        told = {"t": "rtc.desc", "room": room, "pc": "pub", "desc": {"type": answer.type, "sdp": answer.sdp}}
        self._send(part, {**told, "re": message["id"]} if isinstance(message.get("id"), str) else told)

    def _tap(self, part: str, call: str, message: Message) -> None:
        """A page sends its voice of a call of two, to be written."""
        room = self.calls.offered(call, part)
        if message["t"] == "rtc.ice":
            self._then(part, self._media.candidate(room, part, "pub", message.get("cand")))
        elif message["desc"]["type"] == "offer":
            self._then(part, self._take_voice(room, part, call, message), re=message.get("id"))
        else:
            raise BadInput("bad-message", "the client offers a tap")

    async def _take_voice(self, room: str, part: str, call: str, message: Message) -> None:
        await self._media.open_room(room, most=_VOICES)
        answer = await self._media.publish(room, part, Description("offer", message["desc"]["sdp"]))
        told = {"t": "rtc.desc", "call": call, "pc": "tap", "desc": {"type": answer.type, "sdp": answer.sdp}}
        self._send(part, {**told, "re": message["id"]} if isinstance(message.get("id"), str) else told)

    def _untap(self, voices: Sequence[tuple[str, str]]) -> None:
        for call, part in voices:
            self._taps.untap(PREFIX + call, part)
            self._then(part, self._media.leave(PREFIX + call, part))

    def _then(self, key: str, work: Coroutine[Any, Any, None], room: str = "", re: object = None) -> None:
        """Do it after what the same part, and its room, are doing."""
        before = [task for name in {key, room} if (task := self._last.get(name)) is not None and not task.done()]
        task = self._last[key] = asyncio.create_task(self._after(before, key, work, re))
        task.add_done_callback(lambda done: self._last.pop(key) if self._last.get(key) is done else None)

    async def _after(
        self, before: list[asyncio.Task[None]], key: str, work: Coroutine[Any, Any, None], re: object
    ) -> None:
        try:
            for task in before:
                await asyncio.wait([task])
            await work
        except SeoulaError as error:
            if key in self._clients:
                told = {"t": "error", "code": error.code, "message": error.message}
                self._send(key, {**told, "re": re} if isinstance(re, str) else told)
            else:
                log.warning("the media engine refused", code=error.code)
        except Exception as error:  # never its words: they may hold a description
            log.error("the media engine failed", error=type(error).__name__)
        finally:
            work.close()

    async def _listen(self) -> None:
        async for event in self._media.events():
            try:
                self._happened(event)
            except Exception as error:
                log.error("an engine's event could not be handled", kind=event.kind, error=type(error).__name__)

    def _happened(self, event: EngineEvent) -> None:
        now = self._clock()
        if event.kind == "closed" and now - self._closed.pop(event.room, float("-inf")) < _ECHO_S:
            return  # what we asked for ourselves; the room may be open again for the next meeting
        if event.room.startswith(PREFIX):
            self._voice(event, now)
            return
        if event.kind == "reopened":
            self._begin_anew(event.room, now)
            return
        if event.kind == "failed" and event.feed:
            self._again(event)
            return
        self.do(self.rooms.engine_event(event.kind, event.room, event.part, event.feed, event.level_db, now))
        if event.kind == "failed":  # with what it sent, the engine has let go of what it received
            self._begin_anew(event.room, now, event.part)

    def _again(self, event: EngineEvent) -> None:
        """One subscription has ended against its will: the feed is offered once more, if it is there yet."""
        state, mine = self.rooms.state(event.room), self._feeds.get(event.part, {})
        if event.feed in mine:
            del mine[event.feed]
            found = [one for one in (state.feeds(event.part) if state else ()) if one["feed"] == event.feed]
            told = {"t": "room.feeds", "room": event.room, "added": found, "removed": []}
            self._subscribe_as_told(event.part, told)

    def _begin_anew(self, room: str, now: float, only: str = "") -> None:
        """Another engine carries the room, or one part's media broke: who is concerned is told as if he had just come,
        and makes his media anew. Who has lost his line does so when he is back."""
        state = self.rooms.state(room)
        for part, member in list(state.members.items()) if state is not None else ():
            if part in self._clients and member.away_at is None and only in ("", part):
                self.do(self.rooms.handle(part, {"t": "room.join", "room": room}, now))

    def _voice(self, event: EngineEvent, now: float) -> None:
        """What the engine says of a voice of a call."""
        if event.kind == "published":
            if self.calls.published(event.room, event.part, now):
                self._taps.tap(event.room, event.part)
            else:
                self._then(event.part, self._media.leave(event.room, event.part))
        elif event.kind in ("unpublished", "failed"):
            self.calls.gone(event.room, event.part)
            self._taps.untap(event.room, event.part)
        elif event.kind == "reopened":
            self.calls.again(event.room)
