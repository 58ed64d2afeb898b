"""Session descriptions of browsers, read and trimmed before an engine sees them. Pure text in, pure text out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from assistant.contracts import BadInput
from telephony.engines.engine import Description

LONGEST = 64_000
MOST_SECTIONS = 8
AUDIO, VIDEO = "opus", "VP8"
"""The one codec of each kind in every room: nothing is ever transcoded."""

_RTPMAP = re.compile(r"a=rtpmap:(\d{1,3}) ([\w.-]+)/(\d+)")
_APT = re.compile(r"a=fmtp:(\d{1,3}) (?:.*;\s*)?apt=(\d{1,3})\b")
_BY_TYPE = re.compile(r"a=(?:rtpmap|fmtp|rtcp-fb):(\d{1,3}) ")
_ESTIMATE = re.compile(
    r"a=extmap:\d+(?:/\w+)? \S*(?:abs-send-time|transport-wide-cc)|a=rtcp-fb:\S+ (?:goog-remb|transport-cc)"
)
_WORD = re.compile(r"[!-~]{1,128}")


@dataclass(frozen=True, slots=True)
class Section:
    """One media section: `kind` audio, video or application; `direction`; the names of its stream and track."""

    kind: str
    mid: str
    direction: str
    stream: str
    track: str


def lines_of(description: Description, kind: str) -> list[str]:
    """The lines of a description of the kind `offer` or `answer`. Raises BadInput `bad-description`."""
    if description.type != kind:
        raise _bad(f"an {kind} was expected, not an {description.type}")
    if len(description.sdp) > LONGEST:
        raise _bad(f"a description has at most {LONGEST} characters")
    lines = description.sdp.replace("\r\n", "\n").rstrip("\n").split("\n")
    if lines[0] != "v=0":
        raise _bad("a description begins with v=0")
    if not any(line.startswith("m=") for line in lines):
        raise _bad("a description without media")
    if sum(line.startswith("m=") for line in lines) > MOST_SECTIONS:
        raise _bad(f"a description has at most {MOST_SECTIONS} media sections")
    return lines


def sections(lines: list[str]) -> tuple[Section, ...]:
    """The media sections in their order."""
    session, *media = _split(lines)
    return tuple(_section(session, part) for part in media)


def ice_user(lines: list[str]) -> str:
    """The first ICE user name: a connection made anew has another."""
    return next((line.partition(":")[2] for line in lines if line.startswith("a=ice-ufrag:")), "")


def only_room_codecs(lines: list[str]) -> list[str]:
    """The same with Opus and VP8 (and what retransmits it) alone. Raises BadInput `no-common-codec`."""
    session, *media = _split(lines)
    return [*session, *(line for part in media for line in _trimmed(part))]


def without_estimate(lines: list[str]) -> list[str]:
    """The same without what lets the receiver estimate the bandwidth (REMB, transport-cc)."""
    return [line for line in lines if not _ESTIMATE.match(line)]


def with_start_rate(lines: list[str], kilobits: int) -> list[str]:
    """An answer that lets a Chromium begin with this rate instead of feeling its way up."""
    made = []
    for line in lines:
        made.append(line)
        if (found := _RTPMAP.match(line)) and found[2].lower() == VIDEO.lower():
            made.append(f"a=fmtp:{found[1]} x-google-start-bitrate={kilobits}")
    return made


def without_hidden_hosts(lines: list[str]) -> list[str]:
    """The same without mDNS candidates: they cost seconds to look up, and the peer shows its address by itself."""
    return [line for line in lines if not (line.startswith("a=candidate:") and hidden(line))]


def hidden(candidate: str) -> bool:
    """Whether a candidate names its host by mDNS."""
    words = candidate.split()
    return len(words) > 4 and words[4].endswith(".local")


def text_of(lines: list[str]) -> str:
    """Lines as a description's text."""
    return "\r\n".join(lines) + "\r\n"


def _split(lines: list[str]) -> list[list[str]]:
    """The session's lines, then each section's."""
    parts: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("m="):
            parts.append([])
        parts[-1].append(line)
    return parts


def _section(session: list[str], part: list[str]) -> Section:
    mid, stream, track, direction = "", "", "", ""
    for line in part:
        if line.startswith("a=mid:"):
            mid = line[6:]
        elif line.startswith("a=msid:"):
            stream, _, track = line[7:].partition(" ")
        elif line in _DIRECTIONS:
            direction = line[2:]
    direction = direction or next((line[2:] for line in session if line in _DIRECTIONS), "sendrecv")
    return Section(_kind(part), mid, direction, _word(stream), _word(track))


_DIRECTIONS = frozenset({"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"})


def _word(text: str) -> str:
    return text if _WORD.fullmatch(text) else ""


def _kind(part: list[str]) -> str:
    kind = part[0][2:].partition(" ")[0]
    if kind not in ("audio", "video", "application"):
        raise _bad("media other than sound, pictures and data")
    return kind


def _trimmed(part: list[str]) -> list[str]:
    kind = _kind(part)
    if kind == "application":
        return part
    codecs = {m[1]: m[2].lower() for line in part if (m := _RTPMAP.match(line))}
    kept = {number for number, name in codecs.items() if name == (AUDIO if kind == "audio" else VIDEO).lower()}
    kept |= {m[1] for line in part if (m := _APT.match(line)) and m[2] in kept and codecs.get(m[1]) == "rtx"}
    words = part[0].split(" ")
    offered = [word for word in words[3:] if word in kept]
    if not offered:
        raise BadInput("no-common-codec", f"rooms speak {AUDIO} and {VIDEO}; this offer has neither for its {kind}")
    rest = [line for line in part[1:] if not (m := _BY_TYPE.match(line)) or m[1] in kept]
    return [" ".join([*words[:3], *offered]), *rest]


def _bad(message: str) -> BadInput:
    return BadInput("bad-description", message)
