"""Somebody of ours in a Janus room: hears one part, or speaks for a phone. Made of aiortc, in the media worker."""

from __future__ import annotations

from aiortc import RTCPeerConnection

from assistant.contracts import SeoulaError
from telephony.engines import offers
from telephony.engines.embedded.connection import Connection, Ending, Limits
from telephony.engines.embedded.forward import FeedTrack, Sink, Source, send_feed, take_over
from telephony.engines.engine import Description, MediaEngine


def _nothing(how: Ending) -> None:
    """The engine tells by itself what becomes of its connections."""


class Ear:
    """Receives the sound of one feed and hands its packets to sinks."""

    def __init__(self) -> None:
        self.source = Source("audio")
        self._connection = Connection(Limits(), (), _nothing)

    async def answer(self, offer: Description) -> Description:
        """The answer to the engine's offer of a feed."""
        pc: RTCPeerConnection = self._connection.pc

        def arrived(track: object) -> None:
            receiver = next(its.receiver for its in pc.getTransceivers() if its.receiver.track is track)
            if receiver.track.kind == "audio":
                take_over(receiver, self.source, lambda level: None)

        pc.on("track", arrived)
        return await self._connection.answer_to(offers.text_of(offers.lines_of(offer, "offer")))

    def hear(self, sink: Sink) -> None:
        """Let a sink take the packets."""
        self.source.sinks.add(sink)

    async def close(self) -> None:
        """Hear no more."""
        self.source.sinks.clear()
        await self._connection.close()


class Mouth:
    """Publishes a source as a part of the room."""

    def __init__(self, source: Source) -> None:
        self._connection = Connection(Limits(), (), _nothing)
        track = FeedTrack(source, Limits().waiting, lambda: None)
        transceiver = self._connection.pc.addTransceiver(track, "sendonly")
        send_feed(transceiver.sender, source)

    async def publish(self, engine: MediaEngine, room: str, part: str) -> None:
        """Publish. Raises SeoulaError."""
        try:
            answer = await engine.publish(room, part, await self._connection.offer())
            await self._connection.answered(offers.text_of(offers.lines_of(answer, "answer")))
        except SeoulaError:
            await self.close()
            raise

    async def close(self) -> None:
        """Say no more."""
        await self._connection.close()
