"""Descriptions are read and trimmed; whatever is no description is refused with a sentence."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import BadInput
from telephony.engines import offers
from telephony.engines.engine import Description

BROWSER = "\r\n".join(
    (
        "v=0",
        "o=- 1 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1 2",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 0",
        "a=ice-ufrag:abcd",
        "a=candidate:1 1 udp 2113937151 6c8ebd5f-1d3c.local 50000 typ host",
        "a=candidate:2 1 udp 2113937151 10.0.0.7 50001 typ host",
        "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "a=mid:0",
        "a=msid:cam mic",
        "a=sendonly",
        "a=rtpmap:111 opus/48000/2",
        "a=rtcp-fb:111 transport-cc",
        "a=fmtp:111 minptime=10;useinbandfec=1",
        "a=rtpmap:63 red/48000/2",
        "a=fmtp:63 111/111",
        "a=rtpmap:0 PCMU/8000",
        "m=video 9 UDP/TLS/RTP/SAVPF 96 97 102 103 98",
        "a=mid:1",
        "a=msid:cam lens",
        "a=recvonly",
        "a=rtpmap:96 VP8/90000",
        "a=rtcp-fb:96 goog-remb",
        "a=rtcp-fb:96 nack pli",
        "a=rtpmap:97 rtx/90000",
        "a=fmtp:97 apt=96",
        "a=rtpmap:102 H264/90000",
        "a=fmtp:102 profile-level-id=42001f",
        "a=rtpmap:103 rtx/90000",
        "a=fmtp:103 apt=102",
        "a=rtpmap:98 VP9/90000",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:2",
        "",
    )
)


def lines(sdp: str = BROWSER) -> list[str]:
    return offers.lines_of(Description("offer", sdp), "offer")


def test_only_opus_and_vp8_and_its_retransmission_stay() -> None:
    trimmed = offers.only_room_codecs(lines())
    assert "m=audio 9 UDP/TLS/RTP/SAVPF 111" in trimmed
    assert "m=video 9 UDP/TLS/RTP/SAVPF 96 97" in trimmed
    assert "m=application 9 UDP/DTLS/SCTP webrtc-datachannel" in trimmed
    for gone in ("PCMU", "red/", "H264", "VP9", "apt=102", "a=fmtp:63"):
        assert not [line for line in trimmed if gone in line], gone
    for kept in ("a=fmtp:111 minptime=10;useinbandfec=1", "a=rtcp-fb:96 nack pli", "a=fmtp:97 apt=96"):
        assert kept in trimmed


def test_sections_have_their_names_and_directions() -> None:
    assert offers.sections(lines()) == (
        offers.Section("audio", "0", "sendonly", "cam", "mic"),
        offers.Section("video", "1", "recvonly", "cam", "lens"),
        offers.Section("application", "2", "sendrecv", "", ""),
    )
    assert offers.ice_user(lines()) == "abcd"


def test_the_estimate_and_hidden_hosts_are_taken_out_and_nothing_else() -> None:
    before = lines()
    after = offers.without_hidden_hosts(offers.without_estimate(before))
    gone = [line for line in before if line not in after]
    assert sorted(gone) == sorted(
        [
            "a=candidate:1 1 udp 2113937151 6c8ebd5f-1d3c.local 50000 typ host",
            "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
            "a=rtcp-fb:111 transport-cc",
            "a=rtcp-fb:96 goog-remb",
        ]
    )


def test_an_answer_can_name_the_rate_to_begin_with() -> None:
    answer = offers.with_start_rate(lines(), 1000)
    at = answer.index("a=rtpmap:96 VP8/90000")
    assert answer[at + 1] == "a=fmtp:96 x-google-start-bitrate=1000"
    assert len(answer) == len(lines()) + 1


@pytest.mark.parametrize(
    ("sdp", "code"),
    [
        ("", "bad-description"),
        ("v=0\r\n", "bad-description"),
        ("v=1\r\nm=audio 9 x 0\r\n", "bad-description"),
        ("v=0\r\n" + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n" * 9, "bad-description"),
        ("v=0\r\nm=image 9 UDP/TLS/RTP/SAVPF 111\r\n", "bad-description"),
        ("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\n", "no-common-codec"),
    ],
)
def test_what_is_no_offer_for_a_room_is_refused(sdp: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        offers.only_room_codecs(lines(sdp))
    assert refused.value.code == code


def test_a_description_keeps_its_words_out_of_what_is_printed() -> None:
    assert "abcd" not in repr(Description("offer", BROWSER))


@settings(max_examples=40)
@given(st.text(max_size=400) | st.lists(st.sampled_from(BROWSER.split("\r\n")), max_size=40).map("\r\n".join))
def test_any_text_is_trimmed_or_refused(text: str) -> None:
    try:
        once = offers.only_room_codecs(lines("v=0\r\n" + text))
    except BadInput:
        return
    assert offers.only_room_codecs(once) == once
    again = offers.lines_of(Description("offer", offers.text_of(once)), "offer")
    assert offers.sections(again) == offers.sections(once)
