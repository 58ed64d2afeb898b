"""The second factors of private mode: a PIN typed on a paired screen, a yes on the person's own watch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

import structlog

from assistant.attempts import AttemptFile, Attempts
from assistant.contracts import BadInput, NotPermitted, SeoulaError
from assistant.pins import Pins, check_form
from assistant.private_mode import Effect, Means, Now, Phase, SecondFactor
from assistant.private_seat import Seat
from display_bridge.trust import Identity, Trust

log = structlog.get_logger(__name__)


class Watches(Protocol):
    """Whose the paired devices are."""

    def person_of(self, device: str) -> str:
        """The person a device belongs to, "" for nobody's."""

    def watches(self, display: str, person: str) -> bool:
        """Whether a watch of this person is paired for a display."""


class Desk(Protocol):
    """Where a proof is asked for."""

    def seat(self, display: str) -> Seat | None:
        """A display's private mode."""

    def do(self, seat: Seat, effects: list[Effect]) -> None:
        """Carry out what its machine has decided."""

    def now(self) -> Now:
        """Both clocks."""


class Proofs:
    """Who can prove what, and the answers of screens and watches. The digits go to the comparison and nowhere else."""

    def __init__(self, pins: Pins, attempts: AttemptFile, watches: Watches) -> None:
        self._pins, self._attempts, self._watches = pins, attempts, watches

    def means(self, display: str, person: str, wall: float) -> Means:
        """What this person can prove himself with here. A PIN that failed too often is barred on every display."""
        barred = self._attempts.of(f"person:{person}").wait_s(wall) > 0
        try:
            return Means(self._pins.has(person) and not barred, self._watches.watches(display, person))
        except SeoulaError as error:
            log.error("second factors cannot be read", code=error.code)
            return Means()

    def commands(
        self, desk: Desk, otherwise: Callable[..., Awaitable[None] | None], *, by_hand: bool = False
    ) -> Callable[..., Awaitable[None] | None]:
        """What screens command, with the answers to a check taken out; the rest goes on to `otherwise`. by_hand: it
        comes of the motion mouse, with which no PIN is typed: who stands in the room could read it off the air."""

        def command(
            display: str, operation: str, args: Mapping[str, Any], identity: Identity
        ) -> Awaitable[None] | None:
            if operation == "private_pin":
                if by_hand:
                    raise NotPermitted("pin-by-hand", "a PIN is typed on the screen, not pointed at")
                return self.pin(desk, display, args, identity)
            if operation == "private_watch":
                self.watch(desk, display, args, identity)
                return None
            return otherwise(display, operation, args, identity)

        return command

    async def pin(self, desk: Desk, display: str, args: Mapping[str, Any], identity: Identity) -> None:
        """A PIN typed on a paired screen. Raises NotPermitted `wrong-pin` whatever was wrong with it; BadInput."""
        seat, pin = _proving(desk, display, identity), args.get("pin")
        if not isinstance(pin, str):
            raise BadInput("bad-pin", "a PIN is needed")
        check_form(pin)
        if seat.busy:
            raise NotPermitted("busy", "one PIN after the other")
        check, person = seat.mode.check, seat.mode.person
        key = f"person:{person}"
        if (wait := self._attempts.of(key).wait_s(desk.now().wall)) > 0:  # tries at another display count here too
            desk.do(seat, seat.mode.barred(check, wait))
            raise NotPermitted("wrong-pin", "this is not the PIN")
        # Goes on where the screen leaves meanwhile: a try is a try, and one PIN comes after the other.
        seat.busy = True
        refused = await asyncio.shield(asyncio.ensure_future(self._judge(desk, seat, pin)))
        if refused is not None:
            raise refused

    async def _judge(self, desk: Desk, seat: Seat, pin: str) -> SeoulaError | None:
        """Compare, count and carry out; what refuses."""
        check, person = seat.mode.check, seat.mode.person
        key = f"person:{person}"
        try:
            right = await asyncio.to_thread(self._pins.verify, person, pin)
        except SeoulaError as error:
            return error
        finally:
            seat.busy = False
        now = desk.now()
        if not right:  # also where the check is over by now: a try is a try
            self._attempts.keep(key, self._attempts.of(key).failed(now.wall))
        if seat.mode.phase is not Phase.PROVING or seat.mode.check != check:
            return NotPermitted("not-asked", "no second proof is asked for now")
        elsewhere = self._attempts.of(key).wait_s(now.wall)
        if right and elsewhere > 0:  # tries at another display were failing while this one was compared
            desk.do(seat, seat.mode.barred(check, elsewhere))
            return NotPermitted("wrong-pin", "this is not the PIN")
        left = self._attempts.of(key).left
        effects = seat.mode.proved(check, SecondFactor.PIN, now) if right else seat.mode.disproved(check, now, left)
        if right and effects:
            self._attempts.keep(key, Attempts())
        desk.do(seat, effects)
        return None if right and effects else NotPermitted("wrong-pin", "this is not the PIN")

    def watch(self, desk: Desk, display: str, args: Mapping[str, Any], identity: Identity) -> None:
        """A watch's yes or no. Raises NotPermitted for a watch that is not the person's, BadInput."""
        seat, yes = _proving(desk, display, identity), args.get("yes")
        if not isinstance(yes, bool) or args.get("check") != seat.mode.check:
            raise BadInput("not-asked", "this question is not open any more")
        if identity.role != "watch" or self._watches.person_of(identity.device) != seat.mode.person:
            raise NotPermitted("not-your-watch", "this watch belongs to somebody else")
        check, now = seat.mode.check, desk.now()
        effects = seat.mode.proved(check, SecondFactor.WATCH, now) if yes else seat.mode.declined(check, now)
        desk.do(seat, effects)


def _proving(desk: Desk, display: str, identity: Identity) -> Seat:
    seat = desk.seat(display)
    if not identity.device or identity.trust < Trust.INTERNAL:
        raise NotPermitted("not-paired", "only a paired screen may answer")
    if seat is None or seat.mode.phase is not Phase.PROVING:
        raise NotPermitted("not-asked", "no second proof is asked for now")
    return seat
