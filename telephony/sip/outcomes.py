"""What became of a leg, read from how the SIP stack says that it closed. Pure; far ends' phrases go no further."""

from __future__ import annotations

from typing import Literal

from telephony.sip.gateway import PhoneEvent

State = Literal["dialling", "incoming", "answered"]
Ours = Literal["", "hangup", "no-answer", "transferred"]
"""What we did that closed it: nothing, hung up (cancelled, refused), gave up waiting, connected it elsewhere."""

_REASONS = {
    401: "not-authorised",
    403: "forbidden",
    404: "unknown-number",
    407: "not-authorised",
    408: "no-answer",
    410: "unknown-number",
    415: "no-common-codec",
    480: "unavailable",
    484: "unknown-number",
    487: "cancelled",
    488: "no-common-codec",
    604: "unknown-number",
    606: "no-common-codec",
}


def closed(leg: str, state: State, ours: Ours, text: str) -> PhoneEvent:
    """The one event that ends a leg. text: the stack's, `486 Busy Here` or an error of the operating system."""
    if state == "answered":
        return PhoneEvent("ended", leg, reason=_end(ours, text))
    if ours == "no-answer":
        return PhoneEvent("failed", leg, 408 if state == "dialling" else 480, "no-answer")
    if state == "incoming":
        return PhoneEvent("failed", leg, 486, "refused") if ours else PhoneEvent("failed", leg, 487, "cancelled")
    if ours:
        return PhoneEvent("failed", leg, 487, "cancelled")
    return refused(leg, status(text))


def refused(leg: str, code: int) -> PhoneEvent:
    """What a far end's final answer to our call means; 0 is no answer at all."""
    if code in (486, 600):
        return PhoneEvent("busy", leg, code, "busy")
    if code == 603:
        return PhoneEvent("rejected", leg, code, "rejected")
    return PhoneEvent("failed", leg, code, reason(code))


def reason(code: int) -> str:
    """The word for a SIP status."""
    if code in _REASONS:
        return _REASONS[code]
    if 300 <= code < 400:
        return "redirected"
    if 400 <= code < 700:
        return "exchange-error"
    return "unreachable"


def status(text: str) -> int:
    """The SIP status that a text begins with, else 0."""
    head = text.partition(" ")[0]
    return int(head) if len(head) == 3 and head.isascii() and head.isdigit() and "1" <= head[0] <= "6" else 0


def _end(ours: Ours, text: str) -> str:
    if ours == "transferred" or text == "Call transfered":
        return "transferred"
    if ours:
        return "hangup"
    lost = "rtp stream error" in text or "timed out" in text or "unreachable" in text.lower() or status(text) >= 400
    return "lost" if lost else "hangup"
