"""What the call hub asks of a telephone gateway, and what a gateway tells it. No SIP here: see baresip.py, janus.py.

A leg is one call to or from one phone. Whoever dials names it; a gateway names those that come in. While a leg is
answered its sound is joined to the room given with it, as the part given with it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

PhoneKind = Literal[
    "incoming",  # somebody calls us: caller, called; accept() or hang_up()
    "ringing",  # the phone we called rings (180)
    "answered",  # both sides may speak
    "busy",  # the phone we called is in a call (486, 600)
    "rejected",  # its owner pressed the call away (603, 403)
    "failed",  # the call never came about: code 404 unknown, 408/480 nobody there, 487 cancelled by us, 0 no network
    "ended",  # a call that was answered is over; reason: hangup | transferred | lost | restarted
    "transfer_failed",  # the phone did not take up a transfer, or nobody answered there; the leg goes on. code
    "dtmf",  # digits: the far end pressed keys
    "moved",  # the far end has connected us with somebody else: caller; the leg goes on
    "held",  # on: the far end put us on hold, or took us back
    "registered",  # leg is empty. on: whether the registrar knows us; code and reason when it does not
]
KINDS: frozenset[str] = frozenset(get_args(PhoneKind))
FINAL: frozenset[str] = frozenset({"busy", "rejected", "failed", "ended"})
"""After one of these a leg is gone; exactly one of them comes for each leg that dial() took or `incoming` announced."""


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """One thing that happened on a leg. code: the SIP status behind it, 0 where there is none. reason: a stable
    kebab-case word for programs, never a phrase of the far end."""

    kind: PhoneKind
    leg: str = ""
    code: int = 0
    reason: str = ""
    caller: str = ""
    """incoming: who calls: a number as numbers.py normalises it, or the bare user part."""
    called: str = ""
    """incoming: which of our numbers was dialled, as far as the request says; in the form of `caller`."""
    digits: str = ""
    on: bool = False


class SipGateway(Protocol):
    """Calls to and from phones. Every method returns once the request is on its way; what comes of it is an event.

    Errors of all of them: BadInput `unknown-leg` (no such leg, or over already), `bad-number`, `bad-digits`,
    `leg-exists`, `not-answered`, `not-incoming`; NotPermitted `number-not-allowed`; Unavailable `phones-unavailable`,
    `lines-busy`, `phone-refused` (the stack or the far end would not do it now).
    """

    async def dial(self, leg: str, uri: str, room: str, part: str) -> None:
        """Call a number, an extension, or a `sip:` address that the dialling plan permits."""

    async def accept(self, leg: str, room: str, part: str) -> None:
        """Answer a leg that was announced as `incoming`, and join its sound to the room."""

    async def hang_up(self, leg: str) -> None:
        """End a leg in any state: hang up, cancel while it rings, refuse one that comes in (486)."""

    async def hold(self, leg: str, on: bool) -> None:
        """Put the phone on hold, or take it back. No sound passes either way meanwhile."""

    async def transfer(self, leg: str, uri: str) -> None:
        """Ask the phone to call `uri` instead of us (blind). The leg ends as `transferred`, or goes on."""

    async def hand_over(self, leg: str, to_leg: str) -> None:
        """Connect the phones of two answered legs with each other (attended). Both legs end as `transferred`."""

    async def dtmf(self, leg: str, digits: str) -> None:
        """Press keys: `0-9 A-D * #`, at most 32."""

    def events(self) -> AsyncIterator[PhoneEvent]:
        """What happens, in order, until close(). One reader."""

    async def close(self) -> None:
        """End every leg and give the lines back. No `ended` follows."""
