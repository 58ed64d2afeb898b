"""The chat of a meeting: plain text, not too long, not too fast, and kept for those who come late. Pure."""

from __future__ import annotations

import unicodedata
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from assistant.contracts import BadInput, NotPermitted

LONGEST = 2000
MOST_KEPT = 200
BURST, REFILL_S = 6.0, 1.5
"""So many messages at once, then one every so many seconds."""
ChatKind = Literal["text", "decision"]


@dataclass(frozen=True, slots=True)
class Line:
    """One message, numbered from 1 within its meeting. at: the clock's seconds."""

    n: int
    part: str
    name: str
    text: str
    kind: ChatKind
    at: float

    def told(self, room: str, now: float) -> Mapping[str, Any]:
        """As room.chat, and as one of room.joined's list."""
        return {
            "t": "room.chat", "room": room, "n": self.n, "part": self.part, "name": self.name, "text": self.text,
            "kind": self.kind, "ago_ms": round((now - self.at) * 1000),
        }  # fmt: skip


@dataclass(slots=True)
class Chat:
    """The newest `MOST_KEPT` messages of one meeting."""

    lines: deque[Line] = field(default_factory=lambda: deque(maxlen=MOST_KEPT))
    _written: int = 0
    _allowed: dict[str, tuple[float, float]] = field(default_factory=dict)

    def write(self, part: str, name: str, text: object, kind: ChatKind, now: float) -> Line:
        """Raises BadInput `bad-text` (empty, too long, no text), NotPermitted `too-fast`."""
        plain = plain_text(text)
        left, at = self._allowed.get(part, (BURST, now))
        left = min(BURST, left + (now - at) / REFILL_S)
        if left < 1:
            raise NotPermitted("too-fast", "too many messages at once: wait a moment")
        self._allowed[part] = (left - 1, now)
        self._written += 1
        line = Line(self._written, part, name, plain, kind, now)
        self.lines.append(line)
        return line


def plain_text(text: object) -> str:
    """NFC, without control and invisible formatting characters; line breaks stay. Raises BadInput `bad-text`."""
    if not isinstance(text, str) or len(text) > 4 * LONGEST:
        raise BadInput("bad-text", f"a message is a text of at most {LONGEST} characters")
    kept = "".join(
        char for char in unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
        # Cf: direction marks and the like, which can make a text look like another; the joiner of emoji stays.
        if char in "\n\u200d" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    ).strip()  # fmt: skip
    if not kept.strip("\u200d \n") or len(kept) > LONGEST:
        raise BadInput("bad-text", f"a message is a text of at most {LONGEST} characters")
    return kept
