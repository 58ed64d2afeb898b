"""The embedded engine: rooms of some six people in one process, forwarded by aiortc without decoding anything."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from aiortc import RTCIceServer, RTCRtpReceiver, RTCRtpSender
from aiortc.mediastreams import MediaStreamTrack

from assistant.contracts import BadInput, Unavailable
from telephony.engines import offers
from telephony.engines.embedded.connection import Connection, Ending, Limits
from telephony.engines.embedded.forward import FeedTrack, Source, send_feed, take_over
from telephony.engines.embedded.listening import Listener
from telephony.engines.embedded.phone import PhoneBridge, PhoneLeg
from telephony.engines.embedded.room import Publisher, Room, Subscription
from telephony.engines.engine import Description, EngineEvent, Kind
from telephony.engines.eventing import EventQueue

START_KILOBITS = 1000
_VIDEO = [
    codec
    for codec in RTCRtpSender.getCapabilities("video").codecs
    if codec.mimeType.lower() in ("video/vp8", "video/rtx")
]
_AUDIO = [codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.mimeType.lower() == "audio/opus"]


class EmbeddedEngine:
    """A MediaEngine. strip_estimate: publishers send at their full rate instead of what our receiver estimates, which
    is right on an office network and wrong on a narrow one. ice_servers: for our own side, where it has no address
    that clients can reach. ICE is never restarted: a client that lost its network publishes anew."""

    name = "embedded"

    def __init__(
        self, *, strip_estimate: bool = True, ice_servers: tuple[RTCIceServer, ...] = (), limits: Limits | None = None
    ) -> None:
        self._strip = strip_estimate
        self._ice_servers = ice_servers
        self._limits = limits or Limits()
        self._rooms: dict[str, Room] = {}
        self._events = EventQueue()
        self._feeds = 0
        self._tasks: set[asyncio.Task[None]] = set()

    # ------------------------------------------------------------------------------------------ rooms

    async def open_room(self, room: str, *, most: int) -> None:
        """See MediaEngine."""
        if most < 1:
            raise BadInput("bad-room", "a room takes at least one part")
        self._rooms.setdefault(room, Room(room, most))

    async def close_room(self, room: str) -> None:
        """See MediaEngine."""
        if (known := self._rooms.pop(room, None)) is None:
            return
        self._events.put(EngineEvent("closed", room, ""))
        for subscription in list(known.subscriptions.values()):
            await self._unsubscribe(known, subscription)
        for publisher in list(known.publishers.values()):
            await self._unpublish(known, publisher)
        for listeners in known.listeners.values():
            for listener in listeners:
                listener.end()

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
        """See MediaEngine."""
        if (known := self._rooms.get(room)) is not None:
            known.silence(part, frozenset(kinds))

    async def close(self) -> None:
        """See MediaEngine."""
        for room in list(self._rooms):
            await self.close_room(room)
        while self._tasks:
            await asyncio.gather(*self._tasks)
        self._events.end()

    def events(self) -> AsyncIterator[EngineEvent]:
        """See MediaEngine."""
        return self._events.each()

    # ------------------------------------------------------------------------------------------ publishing

    async def publish(self, room: str, part: str, offer: Description) -> Description:
        """See MediaEngine. An offer with the ICE user of the connection that stands adds to it or takes from it."""
        known = self._room(room)
        lines = offers.without_hidden_hosts(offers.only_room_codecs(offers.lines_of(offer, "offer")))
        if not any(its.kind != "application" and "send" in its.direction for its in offers.sections(lines)):
            raise BadInput("nothing-published", "this offer sends neither sound nor pictures")
        text = offers.text_of(offers.without_estimate(lines) if self._strip else lines)
        publisher, user = known.publishers.get(part), offers.ice_user(lines)
        if publisher and publisher.connection and publisher.connection.open and publisher.ice_user == user:
            return await self._renegotiate(known, publisher, text, lines)
        if publisher is not None:
            await self._unpublish(known, publisher)
            known = self._room(room)  # it may have been closed meanwhile
        self._check_room_for(known, part)
        publisher = known.publishers[part] = Publisher(part, ice_user=user)
        connection = publisher.connection = self._connection(partial(self._published, known, publisher))
        connection.pc.on("track", partial(self._arrived, known, publisher, offers.sections(lines)))
        async with connection.negotiation:
            try:
                return self._hastened(await connection.answer_to(text))
            except BadInput:
                await self._unpublish(known, publisher)
                raise

    async def join_phone(self, room: str, part: str, bridge: PhoneBridge) -> None:
        """Make a phone a part of the room; it leaves when the bridge has nothing more to say, or by `leave`."""
        known = self._room(room)
        self._check_room_for(known, part)
        if (old := known.publishers.get(part)) is not None:
            await self._unpublish(known, old)
            known = self._room(room)
        publisher = known.publishers[part] = Publisher(part)
        level = partial(self._level, known, part)
        publisher.phone = PhoneLeg(bridge, level, lambda: self._later(self._unpublish(known, publisher)))
        publisher.sources.append(publisher.phone.source)
        publisher.phone.source.let(through=known.may(part, "audio"))
        for other in known.publishers.values():
            if other is not publisher and other.sound is not None:
                publisher.phone.hear(other.part, other.sound)
        self._listen(known, publisher)
        self._announce(known, publisher)

    async def _renegotiate(self, room: Room, publisher: Publisher, text: str, lines: list[str]) -> Description:
        connection = publisher.connection
        assert connection is not None
        before = list(publisher.sources)
        connection.pc.remove_all_listeners("track")
        connection.pc.on("track", partial(self._arrived, room, publisher, offers.sections(lines)))
        async with connection.negotiation:
            answer = self._hastened(await connection.answer_to(text))
        if publisher.sources != before and connection.stands:
            self._withdraw(room, publisher)
            self._announce(room, publisher)
        return answer

    def _hastened(self, answer: Description) -> Description:
        """Where there is no estimate to go by, nothing is gained by a slow start."""
        if not self._strip:
            return answer
        lines = offers.with_start_rate(offers.lines_of(answer, "answer"), START_KILOBITS)
        return Description("answer", offers.text_of(lines))

    def _arrived(
        self, room: Room, publisher: Publisher, sections: tuple[offers.Section, ...], track: MediaStreamTrack
    ) -> None:
        connection = publisher.connection
        assert connection is not None
        transceiver = next(its for its in connection.pc.getTransceivers() if its.receiver.track is track)
        section = next(its for its in sections if its.mid == transceiver.mid)
        source = Source(track.kind, section.stream, section.track)
        source.let(through=room.may(publisher.part, track.kind))
        publisher.sources.append(source)
        publisher.sources.sort(key=lambda its: its.kind)  # sound first
        receiver: RTCRtpReceiver = transceiver.receiver
        take_over(receiver, source, partial(self._level, room, publisher.part))
        if source is publisher.sound:
            self._listen(room, publisher)

    def _listen(self, room: Room, publisher: Publisher) -> None:
        """Its sound goes to those who tap it, and to every phone of the room."""
        if (sound := publisher.sound) is None:
            return
        sound.sinks.update(room.listeners.get(publisher.part, ()))
        for other in room.publishers.values():
            if other.phone is not None and other is not publisher:
                other.phone.hear(publisher.part, sound)

    def _published(self, room: Room, publisher: Publisher, how: Ending) -> None:
        if how == "connected":
            self._announce(room, publisher)
            return
        if how == "failed":
            self._events.put(EngineEvent("failed", room.name, publisher.part, reason="connection-lost"))
        self._later(self._gone(room, publisher))

    async def _gone(self, room: Room, publisher: Publisher) -> None:
        if room.publishers.get(publisher.part) is publisher:
            await self._part_gone(room, publisher.part)

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
        feed = publisher.feed
        self._withdraw(room, publisher)
        room.floor.left(publisher.part)
        for other in room.publishers.values():
            if other.phone is not None:
                other.phone.forget(publisher.part)
        for subscription in [its for its in room.subscriptions.values() if feed and its.feed == feed]:
            await self._unsubscribe(room, subscription)
        for source in publisher.sources:
            source.sinks.clear()
        if publisher.connection is not None:
            await publisher.connection.close()
        if publisher.phone is not None:
            await publisher.phone.close()

    def _level(self, room: Room, part: str, level_db: float) -> None:
        if not room.may(part, "audio"):
            return
        smoothed = room.floor.heard(part, level_db, asyncio.get_running_loop().time())
        publisher = room.publishers.get(part)
        if smoothed is not None and publisher is not None:
            event = EngineEvent("speaking", room.name, part, publisher.feed, round(smoothed, 1))
            self._events.put(event)

    # ------------------------------------------------------------------------------------------ subscribing

    async def subscribe(self, room: str, part: str, feed: str) -> tuple[str, Description]:
        """See MediaEngine. Its streams and tracks have the names that the publisher gave them."""
        known = self._room(room)
        publisher = known.publisher_of(feed)
        if publisher is None or publisher.part == part:
            raise BadInput("no-such-feed", "there is no such feed for this part")
        self._check_room_for(known, part)
        name = secrets.token_hex(8)
        connection = self._connection(lambda how: self._subscribed(known, name, how))
        subscription = Subscription(name, part, feed, connection)
        for source in publisher.sources:
            track = FeedTrack(source, self._limits.waiting, lambda: self._drop(known, name, "too-slow"))
            subscription.tracks.append(track)
            transceiver = connection.pc.addTransceiver(track, "sendonly")
            transceiver.setCodecPreferences(_AUDIO if source.kind == "audio" else _VIDEO)
            send_feed(transceiver.sender, source)
        known.subscriptions[name] = subscription
        async with connection.negotiation:
            return name, await connection.offer()

    async def answer(self, subscription: str, answer: Description) -> None:
        """See MediaEngine."""
        room, known = self._subscription(subscription)
        lines = offers.without_hidden_hosts(offers.lines_of(answer, "answer"))
        async with known.connection.negotiation:
            try:
                await known.connection.answered(offers.text_of(lines))
            except BadInput as error:
                if error.code == "bad-description":
                    await self._unsubscribe(room, known)
                raise

    def _subscribed(self, room: Room, name: str, how: Ending) -> None:
        if how == "failed":
            self._drop(room, name, "connection-lost")
        elif how == "closed" and (subscription := room.subscriptions.get(name)) is not None:
            self._later(self._unsubscribe(room, subscription))

    def _drop(self, room: Room, name: str, reason: str) -> None:
        """A subscription ends against its will; its part stays."""
        if (subscription := room.subscriptions.pop(name, None)) is None:
            return
        self._events.put(EngineEvent("failed", room.name, subscription.part, subscription.feed, reason=reason))
        self._later(self._unsubscribe(room, subscription))

    async def _unsubscribe(self, room: Room, subscription: Subscription) -> None:
        room.subscriptions.pop(subscription.id, None)
        for track in subscription.tracks:
            track.stop()
        await subscription.connection.close()

    # ------------------------------------------------------------------------------------------ the rest

    async def candidate(self, room: str, part: str, pc: str, candidate: Mapping[str, Any] | None) -> None:
        """See MediaEngine."""
        known = self._room(room)
        connection: Connection | None = None
        if pc in ("pub", "tap"):
            connection = publisher.connection if (publisher := known.publishers.get(part)) else None
        elif (subscription := known.subscriptions.get(pc.removeprefix("sub:"))) and subscription.part == part:
            connection = subscription.connection
        if connection is None:
            raise BadInput("no-such-connection", "this part has no such connection")
        await connection.candidate(candidate)

    async def tap(self, room: str, part: str) -> AsyncIterator[bytes]:
        """See MediaEngine. A part that has not published yet is waited for."""
        known = self._room(room)
        listener = Listener()
        known.listeners.setdefault(part, []).append(listener)
        if (publisher := known.publishers.get(part)) and publisher.sound is not None:
            publisher.sound.sinks.add(listener)
        try:
            async for piece in listener.pieces():
                yield piece
        finally:
            with suppress(KeyError, ValueError):
                known.listeners[part].remove(listener)
            if (publisher := known.publishers.get(part)) and publisher.sound is not None:
                publisher.sound.sinks.discard(listener)

    def figures(self) -> dict[str, int]:
        """How much there is: for the health report and the tests."""
        rooms = self._rooms.values()
        return {"rooms": len(rooms), "connections": sum(room.connections() for room in rooms)}

    def _room(self, name: str) -> Room:
        if (room := self._rooms.get(name)) is None:
            raise BadInput("no-such-room", "this room is not open")
        return room

    def _subscription(self, name: str) -> tuple[Room, Subscription]:
        for room in self._rooms.values():
            if (known := room.subscriptions.get(name)) is not None:
                return room, known
        raise BadInput("no-such-subscription", "there is no such subscription")

    def _check_room_for(self, room: Room, part: str) -> None:
        parts = room.parts()
        if part not in parts and len(parts) >= room.most:
            raise Unavailable("room-full", f"this room takes {room.most} parts")
        if room.connections(part) >= self._limits.per_part:
            raise Unavailable("too-many-connections", f"a part has at most {self._limits.per_part} connections")
        if sum(its.connections() for its in self._rooms.values()) >= self._limits.connections:
            raise Unavailable("engine-full", f"the engine carries at most {self._limits.connections} connections")

    def _connection(self, on_state: Callable[[Ending], None]) -> Connection:
        return Connection(self._limits, self._ice_servers, on_state)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
