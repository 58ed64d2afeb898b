"""The sound of a call that Janus makes: aiortc speaks G.711 with it, and the pump sees a stream like any other."""

from __future__ import annotations

import asyncio
import contextlib
import fractions
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from assistant.contracts import Unavailable
from telephony.sip.bridge import PhoneBridge
from telephony.sip.pump import pump

RATE = 8_000
FRAME = RATE // 50
MOST_HEARD = 2 * RATE
"""Bytes that wait to be read: a second."""


class _Voice(MediaStreamTrack):
    """What is written, 20 ms at a time, silence when nothing was."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self.waiting = bytearray()
        self._sent = 0
        self._began = 0.0

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        loop = asyncio.get_running_loop()
        self._began = self._began or loop.time()
        await asyncio.sleep(max(0.0, self._began + self._sent / RATE - loop.time()))
        pcm = bytes(self.waiting[: 2 * FRAME]).ljust(2 * FRAME, b"\0")
        del self.waiting[: 2 * FRAME]
        frame = AudioFrame("s16", "mono", FRAME)
        frame.planes[0].update(pcm)
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._sent, fractions.Fraction(1, RATE)
        self._sent += FRAME
        return frame


class JanusSound:
    """One peer connection with Janus. A pump.Stream of 8 kHz."""

    def __init__(self) -> None:
        self._pc = RTCPeerConnection(RTCConfiguration([]))
        self._voice = _Voice()
        self._heard = bytearray()
        self._listening: asyncio.Task[None] | None = None
        self._pc.on("track", self._arrived)

    async def offer(self) -> str:
        """Our offer of G.711. Raises Unavailable `phone-refused`."""
        with _unusable():
            transceiver = self._pc.addTransceiver(self._voice, "sendrecv")
            codecs = RTCRtpSender.getCapabilities("audio").codecs
            transceiver.setCodecPreferences([its for its in codecs if its.mimeType in ("audio/PCMA", "audio/PCMU")])
            await self._pc.setLocalDescription(await self._pc.createOffer())
        return str(self._pc.localDescription.sdp)

    async def answered(self, sdp: str) -> None:
        """What the far end answered. Raises Unavailable `phone-refused`."""
        with _unusable():
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def answer_to(self, sdp: str) -> str:
        """Our answer to the far end's offer. Raises Unavailable `phone-refused`."""
        with _unusable():
            await self._pc.setRemoteDescription(RTCSessionDescription(sdp, "offer"))
            self._pc.addTrack(self._voice)
            await self._pc.setLocalDescription(await self._pc.createAnswer())
        return str(self._pc.localDescription.sdp)

    async def run(self, bridge: PhoneBridge) -> None:
        """Carry sound until cancelled."""
        await pump(self, bridge)

    async def close(self) -> None:
        """End the connection."""
        self._voice.stop()
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        await self._pc.close()

    def ready(self) -> tuple[int, int, int] | None:
        """See pump.Stream."""
        if self._pc.connectionState != "connected":
            return None
        return RATE, RATE, len(self._voice.waiting)

    def read(self) -> bytes:
        """See pump.Stream."""
        taken = bytes(self._heard)
        self._heard.clear()
        return taken

    def write(self, pcm: bytes) -> None:
        """See pump.Stream."""
        self._voice.waiting += pcm

    def _arrived(self, track: Any) -> None:
        if track.kind == "audio" and self._listening is None:
            self._listening = asyncio.ensure_future(self._listen(track))

    async def _listen(self, track: MediaStreamTrack) -> None:
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                assert isinstance(frame, AudioFrame)
                if frame.sample_rate == RATE and frame.layout.name == "mono":
                    self._heard += bytes(frame.planes[0])[: 2 * frame.samples]
                    del self._heard[:-MOST_HEARD]


@contextlib.contextmanager
def _unusable() -> Any:
    try:
        yield
    except Exception as error:  # a parser's complaints are of every kind
        raise Unavailable("phone-refused", "the phone's sound cannot be agreed on") from error
