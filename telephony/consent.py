"""Consent to a recording or a transcript: asked, on only while everybody has agreed, off at the first no. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["recording", "transcript"]
KINDS: tuple[Kind, ...] = ("recording", "transcript")
Answer = Literal["asked", "agreed", "declined"]


@dataclass(slots=True)
class Consent:
    """Whether one kind of record may be made of a meeting now.

    state: off, asking, on. by: who asked. why: why it is off, for the banner (declined, no-answer, withdrew, left,
    ended); nobody is told who declined. since: when it went on.
    """

    kind: Kind
    state: Literal["off", "asking", "on"] = "off"
    by: str = ""
    why: str = ""
    since: float = 0.0
    asked_at: float = 0.0
    agreed: set[str] = field(default_factory=set)
    _concerned: set[str] = field(default_factory=set)

    @property
    def open(self) -> int:
        """How many have not answered yet."""
        return len(self._concerned - self.agreed) if self.state == "asking" else 0

    def ask(self, by: str, concerned: Iterable[str], now: float) -> None:
        """Begin to ask everybody whom it concerns; who asks agrees. Asking again while it runs changes nothing."""
        if self.state != "off":
            return
        self.state, self.by, self.why, self.asked_at = "asking", by, "", now
        self.agreed, self._concerned = {by}, {*concerned}
        self._settle(now)

    def answer(self, part: str, *, agree: bool, now: float) -> bool:
        """An answer, or a later withdrawal. True when it ended a record that was being made."""
        if self.state == "off":
            return False
        if agree:
            self.agreed.add(part)
            self._settle(now)
            return False
        was_on = self.state == "on"
        if part in self._concerned:
            self.end("withdrew" if was_on else "declined")
            return was_on
        self.agreed.discard(part)
        return False

    def entered(self, part: str) -> None:
        """Somebody whom it concerns came in. While it is on only one who has agreed may: see `keeps_out`."""
        self._concerned.add(part)
        if self.keeps_out(part):
            self.end("ended")

    def keeps_out(self, part: str) -> bool:
        """Whether it runs and this party has not agreed."""
        return self.state == "on" and part not in self.agreed

    def left(self, part: str, now: float) -> None:
        """Somebody is gone. What he agreed to holds no longer should he return."""
        self._concerned.discard(part)
        self.agreed.discard(part)
        if self.state == "off":
            return
        if not self._concerned or (part == self.by and (self.kind == "recording" or self.state == "asking")):
            # A recording is made by the browser of the one who began it.
            self.end("left")
        else:
            self._settle(now)

    def late(self, now: float, patience_s: float) -> bool:
        """End the asking when somebody has not answered for so long. True when it did."""
        if self.state == "asking" and now - self.asked_at >= patience_s:
            self.end("no-answer")
            return True
        return False

    def end(self, why: str) -> None:
        """Off, and everything that was agreed is forgotten: the next time everybody is asked again."""
        self.state, self.why = "off", why
        self.agreed.clear()
        self._concerned.clear()

    def answer_of(self, part: str) -> Answer | None:
        """What this party is to do or has said."""
        if self.state == "off":
            return None
        return "agreed" if part in self.agreed else "asked"

    def _settle(self, now: float) -> None:
        if self.state == "asking" and self._concerned <= self.agreed:
            self.state, self.since = "on", now
