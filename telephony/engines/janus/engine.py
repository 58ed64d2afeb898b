"""The Janus engine: rooms in Debian's Janus, asked for over the loopback. Clients never speak with Janus itself."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from assistant.contracts import BadInput, SeoulaError, Unavailable
from telephony.engines import offers
from telephony.engines.embedded.connection import LONGEST_CANDIDATE, Limits
from telephony.engines.embedded.listening import Listener
from telephony.engines.embedded.phone import PhoneBridge, PhoneLeg
from telephony.engines.engine import JANUS_LOST, Description, EngineEvent, Kind
from telephony.engines.eventing import EventQueue
from telephony.engines.janus.client import Message
from telephony.engines.janus.member import Ear, Mouth
from telephony.engines.janus.room import Phone, Publisher, Room, Subscription
from telephony.engines.janus.videoroom import VideoRoom

PEER_LEFT = ("Close PC", "DTLS alert")


class JanusEngine:
    """A MediaEngine. url: where Janus listens, `ws://127.0.0.1:PORT`. secret: its api_secret."""

    name = "janus"

    def __init__(self, url: str, secret: str, *, limits: Limits | None = None) -> None:
        self._plugin = VideoRoom(url, secret, self._told, self._lost)
        self._limits = limits or Limits(connections=400)
        self._rooms: dict[str, Room] = {}
        self._handles: dict[int, tuple[Room, Publisher | Subscription]] = {}
        self._events = EventQueue()
        self._feeds = 0
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------------------------------ rooms

    async def open_room(self, room: str, *, most: int) -> None:
        """See MediaEngine."""
        if most < 1:
            raise BadInput("bad-room", "a room takes at least one part")
        if room in self._rooms:
            return
        number = await self._plugin.create(most)
        self._rooms[room] = Room(room, number, most)

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if (known := self._rooms.pop(room, None)) is None:
            return
        self._events.put(EngineEvent("closed", room, ""))
        await self._empty(known)
        await self._plugin.destroy(known.number)

    async def leave(self, room: str, part: str) -> None:
        """See MediaEngine."""
        if (known := self._rooms.get(room)) is not None:
            await self._part_gone(known, part)
            known.silenced.pop(part, None)

    async def _part_gone(self, known: Room, part: str) -> None:
        """Its connections are no more; what was said of it holds, should it publish anew."""
        for subscription in [its for its in known.subscriptions.values() if its.part == part]:
            await self._unsubscribe(known, subscription)
        if (publisher := known.publishers.get(part)) is not None:
            await self._unpublish(known, publisher)
        for listener in known.listeners.pop(part, ()):
            listener.end()

    async def silence(self, room: str, part: str, kinds: Collection[Kind]) -> None:
        """See MediaEngine. Janus holds it back itself."""
        if (known := self._rooms.get(room)) is None:
            return
        known.silenced[part] = frozenset(kinds)
        if not kinds:
            del known.silenced[part]
        if (publisher := known.publishers.get(part)) is not None:
            await self._enforce(known, publisher)

    async def _enforce(self, room: Room, publisher: Publisher) -> None:
        """Tell Janus what of a publisher it leaves out, where that has changed."""
        async with publisher.enforcing:
            for section in publisher.sections if publisher.negotiated else ():
                mute = section.kind in room.silenced.get(publisher.part, ())
                if mute != (section.mid in publisher.silent):
                    await self._plugin.moderate(room.number, publisher.id, section.mid, mute=mute)
                    (publisher.silent.add if mute else publisher.silent.discard)(section.mid)

    async def close(self) -> None:
        """See MediaEngine."""
        for room in list(self._rooms):
            await self.close_room(room)
        while self._tasks:
            await asyncio.gather(*self._tasks)
        await self._plugin.close()
        self._events.end()

    def events(self) -> AsyncIterator[EngineEvent]:
        """See MediaEngine."""
        return self._events.each()

    # ------------------------------------------------------------------------------------------ publishing

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        """See MediaEngine. An offer with the ICE user of the connection that stands adds to it or takes from it."""
        known = self._room(room)
        lines = offers.without_hidden_hosts(offers.only_room_codecs(offers.lines_of(offer, "offer")))
        sections = tuple(its for its in offers.sections(lines) if its.kind != "application" and "send" in its.direction)
        if not sections:
            raise BadInput("nothing-published", "this offer sends neither sound nor pictures")
        trimmed = Description("offer", offers.text_of(lines))
        publisher, user = known.publishers.get(part), offers.ice_user(lines)
        if publisher is not None and publisher.ice_user == user:
            answer = await self._plugin.negotiate(publisher.handle, "configure", trimmed)
            changed, publisher.sections = publisher.sections != sections, sections
            await self._enforce(known, publisher)
            if publisher.up and changed:
                self._withdraw(known, publisher)
                self._announce(known, publisher)
            return answer
        if publisher is not None:
            await self._unpublish(known, publisher)
        self._check_room_for(known, part)
        sound = next((its.mid for its in sections if its.kind == "audio"), "")
        handle = await self._plugin.attach()
        publisher = Publisher(part, handle, ice_user=user, sections=sections, sound=sound)
        known.publishers[part], self._handles[handle] = publisher, (known, publisher)
        publisher.patience = self._in(self._limits.connect_s, partial(self._down, handle, "ICE failed"))
        try:
            publisher.id = await self._plugin.join(handle, known.number, part)
            answer = await self._plugin.negotiate(handle, "publish", trimmed)
            publisher.negotiated = True
            await self._enforce(known, publisher)
            return answer
        except SeoulaError:
            await self._unpublish(known, publisher)
            raise

    async def join_phone(self, room: str, part: str, bridge: PhoneBridge) -> None:
        """Make a phone a part of the room; it leaves when the bridge has nothing more to say, or by `leave`."""
        known = self._room(room)
        leg = PhoneLeg(bridge, lambda level: None, lambda: self._later(self.leave(room, part)))
        phone = Phone(leg, Mouth(leg.source))
        try:
            await phone.mouth.publish(self, room, part)
        except SeoulaError:
            await leg.close()
            raise
        known.phones[part] = phone
        for other in known.publishers.values():
            if other.up and other.part != part:
                self._later(self._lend_ear(known, other, phone, partial(self._phone_hears, phone, other.part)))

    def _announce(self, room: Room, publisher: Publisher) -> None:
        self._feeds += 1
        publisher.feed = f"{publisher.part}~{self._feeds}"
        self._events.put(EngineEvent("published", room.name, publisher.part, publisher.feed))

    def _withdraw(self, room: Room, publisher: Publisher) -> None:
        if publisher.feed:
            feed, publisher.feed = publisher.feed, ""
            self._events.put(EngineEvent("unpublished", room.name, publisher.part, feed))

    async def _unpublish(self, room: Room, publisher: Publisher) -> None:
        if room.publishers.get(publisher.part) is publisher:
            del room.publishers[publisher.part]
        _cancel(publisher.patience)
        feed = publisher.feed
        self._withdraw(room, publisher)
        for whom in list(publisher.ears):
            await self._take_ear(publisher, whom)
        for subscription in [its for its in room.subscriptions.values() if feed and its.feed == feed]:
            await self._unsubscribe(room, subscription)
        if (phone := room.phones.pop(publisher.part, None)) is not None:
            await phone.leg.close()
            await phone.mouth.close()
        await self._detach(publisher.handle)

    # ------------------------------------------------------------------------------------------ subscribing

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        """See MediaEngine."""
        known = self._room(room)
        publisher = known.publisher_of(feed)
        if publisher is None or publisher.part == part:
            raise BadInput("no-such-feed", "there is no such feed for this part")
        self._check_room_for(known, part)
        handle, offer = await self._plugin.receive(known.number, {"feed": publisher.id}, lambda: publisher.up)
        subscription = Subscription(secrets.token_hex(8), part, feed, handle)
        known.subscriptions[subscription.id] = subscription
        self._handles[handle] = (known, subscription)
        subscription.patience = self._in(self._limits.connect_s, partial(self._down, handle, "ICE failed"))
        return subscription.id, offer

    async def answer(self, subscription: str, answer: Description) -> None:
        """See MediaEngine."""
        for room in self._rooms.values():
            if (known := room.subscriptions.get(subscription)) is not None:
                break
        else:
            raise BadInput("no-such-subscription", "there is no such subscription")
        if known.answered:
            raise BadInput("no-offer-waits", "this subscription has been answered")
        lines = offers.without_hidden_hosts(offers.lines_of(answer, "answer"))
        known.answered = True
        try:
            await self._plugin.start(known.handle, Description("answer", offers.text_of(lines)))
        except BadInput:
            await self._unsubscribe(room, known)
            raise

    async def _unsubscribe(self, room: Room, subscription: Subscription) -> None:
        room.subscriptions.pop(subscription.id, None)
        _cancel(subscription.patience)
        await self._detach(subscription.handle)

    # ------------------------------------------------------------------------------------------ candidates, taps

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        """See MediaEngine."""
        known = self._room(room)
        one: Publisher | Subscription | None = known.subscriptions.get(pc.removeprefix("sub:"))
        if pc in ("pub", "tap"):
            one = known.publishers.get(part)
        if one is None or one.part != part:
            raise BadInput("no-such-connection", "this part has no such connection")
        text = "" if candidate is None else candidate.get("candidate")
        if not isinstance(text, str) or len(text) > LONGEST_CANDIDATE:
            raise BadInput("bad-candidate", f"a candidate is a text of at most {LONGEST_CANDIDATE} characters")
        one.candidates += 1
        if one.candidates > self._limits.candidates:
            raise BadInput("too-many-candidates", f"a connection takes {self._limits.candidates} candidates")
        if offers.hidden(text):
            return
        plain = {name: (candidate or {}).get(name) for name in ("candidate", "sdpMid", "sdpMLineIndex")}
        await self._plugin.trickle(one.handle, plain if text else None)

    async def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        """See MediaEngine. One of ours joins the room as a subscriber of that part's sound."""
        known = self._room(room)
        listener = Listener()
        known.listeners.setdefault(part, []).append(listener)
        if (publisher := known.publishers.get(part)) and publisher.up:
            self._later(self._lend_ear(known, publisher, listener, lambda ear: ear.hear(listener)))
        try:
            async for piece in listener.pieces():
                yield piece
        finally:
            with suppress(KeyError, ValueError):
                known.listeners[part].remove(listener)
            if (publisher := known.publishers.get(part)) is not None:
                self._later(self._take_ear(publisher, listener))

    def _phone_hears(self, phone: Phone, part: str, ear: Ear) -> None:
        phone.leg.hear(part, ear.source)

    async def _lend_ear(self, room: Room, publisher: Publisher, whom: object, use: Callable[[Ear], None]) -> None:
        if not publisher.sound or whom in publisher.ears:
            return
        ear, handle = Ear(), 0
        publisher.ears[whom] = (0, ear)
        try:
            stream = {"feed": publisher.id, "mid": publisher.sound}
            handle, offer = await self._plugin.receive(room.number, stream, lambda: publisher.up)
            publisher.ears[whom] = (handle, ear)
            use(ear)
            await self._plugin.start(handle, await ear.answer(offer))
        except (SeoulaError, KeyError):
            publisher.ears.setdefault(whom, (handle, ear))
            await self._take_ear(publisher, whom)

    async def _take_ear(self, publisher: Publisher, whom: object) -> None:
        handle, ear = publisher.ears.pop(whom, (0, None))
        if isinstance(whom, Phone):
            whom.leg.forget(publisher.part)
        if ear is not None:
            await ear.close()
        if handle:
            await self._detach(handle)

    # ------------------------------------------------------------------------------------------ what Janus tells

    def _told(self, handle: int, message: Message) -> None:
        room, one = self._handles.get(handle, (None, None))
        if room is None or one is None:
            return
        kind = message.get("janus")
        if kind == "webrtcup":
            self._up(room, one)
        elif kind == "hangup":
            self._down(handle, str(message.get("reason", "")))
        elif kind == "event" and isinstance(one, Publisher):
            data = message.get("plugindata", {}).get("data", {})
            if data.get("videoroom") == "talking" and data.get("id") == one.id and one.feed:
                level = -float(data.get("audio-level-dBov-avg", 127))
                self._events.put(EngineEvent("speaking", room.name, one.part, one.feed, round(level, 1)))

    def _up(self, room: Room, one: Publisher | Subscription) -> None:
        _cancel(one.patience)
        if isinstance(one, Subscription) or one.up:
            return
        one.up = True
        self._announce(room, one)
        for listener in room.listeners.get(one.part, ()):
            self._later(self._lend_ear(room, one, listener, partial(Ear.hear, sink=listener)))
        for part, phone in room.phones.items():
            if part != one.part:
                self._later(self._lend_ear(room, one, phone, partial(self._phone_hears, phone, one.part)))

    def _down(self, handle: int, reason: str) -> None:
        room, one = self._handles.get(handle, (None, None))
        if room is None or one is None:
            return
        if reason not in PEER_LEFT:
            feed = one.feed if isinstance(one, Subscription) else ""
            self._events.put(EngineEvent("failed", room.name, one.part, feed, reason="connection-lost"))
        if isinstance(one, Subscription):
            self._later(self._unsubscribe(room, one))
        elif room.publishers.get(one.part) is one:
            self._later(self._part_gone(room, one.part))

    def _lost(self) -> None:
        """Janus is gone, with every room; the next room that is opened looks for it again."""
        self._handles.clear()
        rooms, self._rooms = self._rooms, {}
        for room in rooms.values():
            self._events.put(EngineEvent("closed", room.name, "", reason=JANUS_LOST))
            self._later(self._empty(room))

    async def _empty(self, room: Room) -> None:
        for subscription in list(room.subscriptions.values()):
            await self._unsubscribe(room, subscription)
        for publisher in list(room.publishers.values()):
            await self._unpublish(room, publisher)
        for listeners in room.listeners.values():
            for listener in listeners:
                listener.end()

    # ------------------------------------------------------------------------------------------ helpers

    async def _detach(self, handle: int) -> None:
        self._handles.pop(handle, None)
        await self._plugin.detach(handle)

    def _room(self, name: str) -> Room:
        if (room := self._rooms.get(name)) is None:
            raise BadInput("no-such-room", "this room is not open")
        return room

    def _check_room_for(self, room: Room, part: str) -> None:
        if part not in room.parts() and len(room.parts()) >= room.most:
            raise Unavailable("room-full", f"this room takes {room.most} parts")
        if sum(its.part == part for its in room.subscriptions.values()) >= self._limits.per_part:
            raise Unavailable("too-many-connections", f"a part has at most {self._limits.per_part} connections")
        if len(self._handles) >= self._limits.connections:
            raise Unavailable("engine-full", f"the engine carries at most {self._limits.connections} connections")

    def _in(self, seconds: float, then: Callable[[], None]) -> asyncio.TimerHandle:
        return asyncio.get_running_loop().call_later(seconds, then)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
