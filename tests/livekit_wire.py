"""LiveKit's signalling messages, as much of them as a room needs: protocol buffers, written and read by hand.

Field numbers are those of `@livekit/protocol` (livekit_rtc.proto, livekit_models.proto).
"""

from __future__ import annotations

import struct
from typing import Any

Message = dict[str, Any]
_FLOAT, _VARINT, _BYTES = 5, 0, 2
MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "SignalRequest": {
        "offer": (1, "SessionDescription"), "answer": (2, "SessionDescription"), "trickle": (3, "Trickle"),
        "add_track": (4, "AddTrack"), "mute": (5, "Mute"), "leave": (8, "Leave"), "ping": (14, "int"),
        "ping_req": (16, "Ping"),
    },
    "SignalResponse": {
        "join": (1, "Join"), "answer": (2, "SessionDescription"), "offer": (3, "SessionDescription"),
        "trickle": (4, "Trickle"), "update": (5, "ParticipantUpdate"), "track_published": (6, "TrackPublished"),
        "leave": (8, "Leave"), "mute": (9, "Mute"), "speakers_changed": (10, "SpeakersChanged"),
        "connection_quality": (12, "QualityUpdate"), "refresh_token": (16, "text"),
        "track_unpublished": (17, "TrackUnpublished"), "pong_resp": (20, "Pong"),
    },
    "Join": {
        "room": (1, "Room"), "participant": (2, "Participant"), "other_participants": (3, "Participant*"),
        "server_version": (4, "text"), "subscriber_primary": (6, "int"), "ping_timeout": (10, "int"),
        "ping_interval": (11, "int"), "server_info": (12, "ServerInfo"),
    },
    "Room": {"sid": (1, "text"), "name": (2, "text")},
    "ServerInfo": {"version": (2, "text"), "protocol": (3, "int")},
    "Participant": {
        "sid": (1, "text"), "identity": (2, "text"), "state": (3, "int"), "tracks": (4, "Track*"), "name": (9, "text"),
        "permission": (11, "Permission"),
    },
    "Permission": {
        "can_subscribe": (1, "int"), "can_publish": (2, "int"), "can_publish_data": (3, "int"),
        "can_publish_sources": (9, "int*"),
    },
    "Track": {
        "sid": (1, "text"), "type": (2, "int"), "name": (3, "text"), "muted": (4, "int"), "width": (5, "int"),
        "height": (6, "int"), "source": (9, "int"), "mime_type": (11, "text"),
    },
    "SessionDescription": {"type": (1, "text"), "sdp": (2, "text"), "id": (3, "int")},
    "Trickle": {"candidate_init": (1, "text"), "target": (2, "int"), "final": (3, "int")},
    "AddTrack": {
        "cid": (1, "text"), "name": (2, "text"), "type": (3, "int"), "width": (4, "int"), "height": (5, "int"),
        "muted": (6, "int"), "source": (8, "int"),
    },
    "Mute": {"sid": (1, "text"), "muted": (2, "int")},
    "ParticipantUpdate": {"participants": (1, "Participant*")},
    "TrackPublished": {"cid": (1, "text"), "track": (2, "Track")},
    "TrackUnpublished": {"track_sid": (1, "text")},
    "SpeakersChanged": {"speakers": (1, "Speaker*")},
    "Speaker": {"sid": (1, "text"), "level": (2, "float"), "active": (3, "int")},
    "QualityUpdate": {"updates": (1, "Quality*")},
    "Quality": {"participant_sid": (1, "text"), "quality": (2, "int"), "score": (3, "float")},
    "Leave": {"can_reconnect": (1, "int"), "reason": (2, "int"), "action": (3, "int")},
    "Ping": {"timestamp": (1, "int"), "rtt": (2, "int")},
    "Pong": {"last_ping_timestamp": (1, "int"), "timestamp": (2, "int")},
}  # fmt: skip


def packed(kind: str, message: Message) -> bytes:
    """A message in bytes. KeyError for a field that it does not have."""
    out = bytearray()
    for name, value in message.items():
        number, its = MESSAGES[kind][name]
        for one in value if its.endswith("*") else [value]:
            out += _field(number, its.rstrip("*"), one)
    return bytes(out)


def read(kind: str, data: bytes) -> Message:
    """A message from bytes; fields that are not listed above are passed over."""
    names = {number: (name, its) for name, (number, its) in MESSAGES[kind].items()}
    found: Message = {name: [] for name, its in names.values() if its.endswith("*")}
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        value: Any
        if tag & 7 == _VARINT:
            value, at = _varint(data, at)
        elif tag & 7 == _BYTES:
            size, at = _varint(data, at)
            value, at = data[at : at + size], at + size
        elif tag & 7 == _FLOAT:
            (value,), at = struct.unpack_from("<f", data, at), at + 4
        else:
            value, at = None, at + 8
        name, its = names.get(tag >> 3, ("", ""))
        if not name:
            continue
        plain = its.rstrip("*")
        if plain == "text":
            value = value.decode()
        elif plain not in ("int", "float"):
            value = read(plain, value)
        if its.endswith("*"):
            found[name].append(value)
        else:
            found[name] = value
    return found


def _field(number: int, its: str, value: Any) -> bytes:
    if its == "int":
        return _number(number << 3 | _VARINT) + _number(int(value))
    if its == "float":
        return _number(number << 3 | _FLOAT) + struct.pack("<f", value)
    body = value.encode() if its == "text" else packed(its, value)
    return _number(number << 3 | _BYTES) + _number(len(body)) + body


def _number(value: int) -> bytes:
    out = bytearray()
    value &= (1 << 64) - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return value, at
