"""The forwarder stands on private names of aiortc: these tests fail when a new version moves one of them."""

from __future__ import annotations

import inspect
from importlib.metadata import version

import av
import pytest
from aiortc import RTCPeerConnection, RTCRtpReceiver, rtcrtpreceiver, rtcrtpsender
from aiortc.codecs import CODECS, get_encoder
from aiortc.codecs.vpx import Vp8Encoder
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

from telephony.engines.embedded.forward import PRIVATE_OF_RECEIVER, PRIVATE_OF_SENDER, Source, _Outlet, take_over


def test_the_version_is_the_one_that_was_read() -> None:
    assert version("aiortc") == "1.16.0"


@pytest.mark.parametrize("kind", ["audio", "video"])
async def test_receivers_and_senders_have_these_names(kind: str) -> None:
    pc = RTCPeerConnection()
    transceiver = pc.addTransceiver(kind)
    for name in PRIVATE_OF_RECEIVER:
        assert hasattr(transceiver.receiver, name), name
    for name in PRIVATE_OF_SENDER:
        assert hasattr(transceiver.sender, name), name
    await pc.close()


def test_frames_go_through_the_queue_and_packets_through_the_buffer() -> None:
    receive = inspect.getsource(rtcrtpreceiver.RTCRtpReceiver._handle_rtp_packet)
    assert "self.__decoder_queue.put((codec, encoded_frame))" in receive
    assert "self.__jitter_buffer.add(packet)" in receive
    assert "packet._data = depayload(" in receive
    assert "self.__decoder_queue.put(None)" in inspect.getsource(RTCRtpReceiver)
    assert list(inspect.signature(JitterBuffer.add).parameters) == ["self", "packet"]
    assert hasattr(RtpPacket().extensions, "audio_level")


def test_a_sender_packs_what_is_encoded_already_and_asks_for_whole_pictures_by_name() -> None:
    assert "self.__encoder.pack(data)" in inspect.getsource(rtcrtpsender.RTCRtpSender._next_encoded_frame)
    assert "self._send_keyframe()" in inspect.getsource(rtcrtpsender.RTCRtpSender._handle_rtcp_packet)
    encoder = get_encoder(next(codec for codec in CODECS["video"] if codec.name == "VP8"))
    assert isinstance(encoder, Vp8Encoder)
    packet = av.Packet(b"\0" * 3000)
    packet.pts, packet.time_base = 3000, Source("video")._base
    payloads, timestamp = encoder.pack(packet)
    assert len(payloads) > 1
    assert timestamp == 3000


async def test_a_receiver_taken_over_hands_out_frames_without_its_thread() -> None:
    pc = RTCPeerConnection()
    receiver = pc.addTransceiver("audio").receiver
    got: list[bytes] = []
    source = Source("audio")

    class Sink:
        def take(self, packet: av.Packet) -> None:
            got.append(bytes(packet))

    source.sinks.add(Sink())
    levels: list[float] = []
    take_over(receiver, source, levels.append)
    receiver._RTCRtpReceiver__codecs[96] = CODECS["audio"][0]
    receiver._RTCRtpReceiver__decoder_thread = True
    for number, payload in ((7, b"one"), (8, b"two"), (7, b"late"), (9, b"three")):
        packet = RtpPacket(payload_type=96, sequence_number=number, timestamp=960 * number, payload=payload)
        packet.extensions.audio_level = (True, 30)
        await receiver._handle_rtp_packet(packet, 0)
    assert got == [b"one", b"two", b"three"]
    assert levels == [-30.0] * 3
    assert isinstance(receiver._RTCRtpReceiver__decoder_queue, _Outlet)
    receiver._RTCRtpReceiver__decoder_thread = None
    await pc.close()
