"""Private mode at work: the face check of each display, its second factor, and the lock that closes by itself.

The camera's events and people's answers go into a `PrivateMode` of the display; what it decides is done here. Private
content opens only through the one path (a proposal of the source `face` that the gate lets through), and then for a few
seconds at a time: it is renewed whenever the camera says that the person is here, by nothing else.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

import structlog

from assistant.attempts import AttemptFile
from assistant.contracts import CloseOverlay, Direction, Intent, IntentName, NotPermitted, Outcome, SeoulaError, Source
from assistant.gate import Faced, Gate
from assistant.private_mode import (
    BeginCheck,
    Demand,
    Effect,
    EndCamera,
    Hide,
    Lock,
    Now,
    Phase,
    Policy,
    PrivateMode,
    Propose,
    Refused,
    Unlock,
    WatchOver,
)
from assistant.private_proofs import Proofs
from assistant.private_seat import PrivateOverlay, Seat
from assistant.private_words import refusal_of
from assistant.screens import PRIVATE_MODE
from assistant.seeing import Seeing
from assistant.surely import surely
from display_bridge.hub import DisplayHub
from display_bridge.state import INCIDENT
from display_bridge.trust import Trust

log = structlog.get_logger(__name__)

FACE = "face"
LEASE_S = 4.0
"""How long a display stays open when nobody renews it."""
LOOK_S = 1.0
TICK_S = 0.25
HERE_S = 4.0
"""Whoever is watched over is said to be here each second; a watch that has not said so for so long counts as lost."""


Proposing = Callable[[str, Intent, Source, Callable[[Outcome, str], None], str | None], None]
"""Puts a proposal to the room of a display: (display, intent, source, done, person)."""


class PrivateDesk:
    """All displays' private mode. profiles: who is enrolled; hush: silences a display's voice; clock, wall: seconds."""

    def __init__(
        self,
        hub: DisplayHub,
        seeing: Seeing,
        gate: Gate,
        proofs: Proofs,
        attempts: AttemptFile,
        policy: Policy,
        *,
        propose: Proposing,
        profiles: Callable[[], Collection[str]],
        hush: Callable[[str], None],
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._hub, self._seeing, self._gate, self._proofs = hub, seeing, gate, proofs
        self._attempts, self._policy = attempts, policy
        self.overlay = PrivateOverlay(hub)
        self._proposing, self._profiles, self._hush = propose, profiles, hush
        self._clock, self._wall = clock, wall
        self._seats: dict[str, Seat] = {}
        self._looked = float("-inf")
        seeing.listen(FACE, self._seen, self._lost)
        seeing.follow(self._alive)

    # -- what screens and the house say ------------------------------------------------------------------------

    def ask(self, display: str) -> None:
        """Somebody wants private mode: begin the check, or say on the screen why not."""
        seat = self._seat(display)
        if seat.mode.hidden:
            self.overlay.tell(seat, phase="refused", reason="onlooker")
            return
        if seat.mode.phase is not Phase.LOCKED:
            self.overlay.show(seat)
            return
        reason = self._obstacle(display)
        if reason:
            self.overlay.tell(seat, phase="refused", reason=reason)
            return
        self.do(seat, seat.mode.ask(secrets.token_hex(8), self.now()))

    def opened(self, display: str) -> None:
        """The gate has let the unlocking through. Raises NotPermitted `not-verified` where none is under way."""
        seat = self._seat(display)
        effects = seat.mode.opened(seat.mode.check, self.now())
        if not effects or self._hub.trust(display) < Trust.INTERNAL:
            self.lock(display, "screen-left")
            raise NotPermitted("not-verified", "no check is under way at this display")
        self.do(seat, effects)
        if seat.mode.phase is not Phase.OPEN:
            raise NotPermitted("not-verified", "it could not be opened")

    def lock(self, display: str, reason: str) -> None:
        """End private mode, or the check for it, at once. reason: a stable code (asked, door, automation, ...)."""
        seat = self._seats.get(display)
        if seat is not None:
            self.do(seat, seat.mode.lock(reason))

    def off(self, display: str) -> None:
        """Somebody wants it off. A check under way counts as one whose overlay was closed."""
        seat = self._seats.get(display)
        if seat is not None:
            mode = seat.mode
            self.do(seat, mode.lock("asked") if mode.phase is Phase.OPEN else mode.put_aside(self.now()))

    def seat(self, display: str) -> Seat | None:
        """A display's private mode, where somebody has asked for it before."""
        return self._seats.get(display)

    def is_open(self, display: str) -> bool:
        """Whether private content is open."""
        seat = self._seats.get(display)
        return seat is not None and seat.mode.phase is Phase.OPEN

    # -- what cameras say --------------------------------------------------------------------------------------

    def _seen(self, camera: str, event: dict[str, Any]) -> None:
        display = self._seeing.display_of(camera)
        seat = self._seats.get(display)
        if seat is None or seat.mode.phase is Phase.LOCKED or camera != seat.camera:
            return
        if self._put_aside(seat):
            self.do(seat, seat.mode.put_aside(self.now(), counts=self._incident(display) in ("", seat.incident)))
            return
        mode, check, now = seat.mode, str(event.get("id", "")), self.now()
        match event["type"]:
            case "sketch":
                self.overlay.sketch(seat, event.get("face"))
            case "challenge" if check == mode.check and mode.phase is Phase.CHECKING:
                mode.asked = True
                self.overlay.challenge(seat, event)
            case "verified" if isinstance(event.get("person"), str):
                means = self._proofs.means(display, event["person"], now.wall)
                self.do(seat, mode.verified(check, event["person"], means, now))
            case "rejected":
                self.do(seat, mode.rejected(check, str(event.get("reason", "timeout"))[:40], now))
            case "error" if check in ("", mode.check):
                reason = str(event.get("code", ""))[:40]
                effects = mode.rejected(mode.check, reason, now, counts=False) or mode.lock("camera-lost")
                self.do(seat, effects)
            case "here" if check == mode.check:
                seat.here = now.t
                self.do(seat, mode.here(check, now))
                if mode.phase is Phase.OPEN and not mode.hidden:
                    self._hub.unlock(display, now.wall + LEASE_S)
            case "left":
                self.do(seat, mode.left(check, now))
            case "onlooker":
                self.do(seat, mode.onlooker(check, now))
            case _:
                log.info("an event of no check that goes on", display=display)

    def _lost(self, camera: str) -> None:
        """The camera, or its worker, is gone."""
        for seat in list(self._seats.values()):
            if seat.camera == camera:
                self.do(seat, seat.mode.lock("camera-lost"))

    def _alive(self, camera: str) -> None:
        its = self._seeing.health()[camera]
        state = its.get("abilities", {}).get(FACE)
        for seat in list(self._seats.values()):
            if seat.camera != camera or seat.mode.phase is Phase.LOCKED:
                continue
            starts = seat.mode.phase is Phase.CHECKING and state in (None, "off", "starting")
            if its.get("camera") == "missing" or not (state == "ok" or starts):
                self.do(seat, seat.mode.lock("camera-lost"))

    # -- time ----------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Let time pass, as long as the service lives."""
        while True:
            try:
                self.tick()
            except Exception:
                log.exception("private mode's clock failed: everything is locked")
                self.close()
            await asyncio.sleep(TICK_S)

    def tick(self) -> None:
        """Deadlines, screens that went, watches that say nothing any more."""
        now = self.now()
        if now.t - self._looked >= LOOK_S:
            self._looked = now.t
            self._look()
        for display, seat in list(self._seats.items()):
            mode = seat.mode
            if mode.phase is Phase.LOCKED:
                self._end_camera(seat)  # where it could not be ended
                continue
            effects = mode.tick(now)
            if not effects and self._hub.trust(display) < Trust.INTERNAL:
                effects = mode.lock("screen-left")
            if not effects and mode.phase is not Phase.CHECKING and now.t - seat.here > HERE_S:
                effects = mode.lock("camera-lost")
            if not effects and self._put_aside(seat):
                effects = mode.put_aside(now, counts=self._incident(display) in ("", seat.incident))
            self.do(seat, effects)

    def close(self) -> None:
        """The service ends: nothing stays open, no camera on."""
        for seat in list(self._seats.values()):
            self.do(seat, seat.mode.lock("stopped"))

    def _look(self) -> None:
        """Where a face can be checked at all, for the buttons of the screens."""
        enrolled = bool(self._profiles())
        able = [name for name, camera in self._seeing.cameras.items() if FACE in camera.abilities()]
        faces = {self._seeing.display_of(name) for name in able if self._seeing.available(name)} if enrolled else set()
        hidden = {display for display, seat in self._seats.items() if seat.mode.hidden}
        self._hub.beside = {display: _beside(display in faces, display in hidden) for display in faces | hidden}

    # -- what is to be done --------------------------------------------------------------------------------------

    def do(self, seat: Seat, effects: list[Effect]) -> None:
        """Carry out what a display's machine has decided. One that fails keeps no other from being carried out, and
        whatever it was about ends: no camera stays on, no screen stays open because something else broke."""
        keep = partial(self._attempts.keep, seat.display, seat.mode.attempts)
        if not surely(keep, *(partial(self._carry_out, seat, effect) for effect in effects)) and effects:
            self.do(seat, seat.mode.lock("failed"))  # nothing where it is locked already

    def _carry_out(self, seat: Seat, effect: Effect) -> None:
        display = seat.display
        match effect:
            case BeginCheck(check):
                seat.camera = self._seeing.camera_of(display, FACE) or ""
                seat.incident = self._incident(display)
                self._seeing.use(seat.camera, FACE, on=True)
                people = None if self._policy.people is None else list(self._policy.people)
                self._seeing.tell(seat.camera, FACE, {"check": {"people": people, "id": check}})
                self._seeing.sketch(seat.camera, on=True, by=FACE)
                self.overlay.tell(seat, phase="starting")
            case WatchOver(check, person):
                seat.here = self._clock()
                watch = {"person": person, "away_s": self._policy.away_s, "onlookers": True, "id": check}
                self._seeing.tell(seat.camera, FACE, {"watch": watch})
            case EndCamera():
                self._end_camera(seat)
            case Demand():
                self.overlay.demand(seat, effect, self._wall() - self._clock())
            case Propose(_, person):
                self.overlay.tell(seat, phase="opening")
                self._propose(display, seat, Faced(person))
            case Unlock():
                self._seeing.sketch(seat.camera, on=False, by=FACE)
                self.overlay.revealed(seat)
                self._look()
                self._hub.unlock(display, self._wall() + LEASE_S)
                log.info("private mode is open", display=display)
            case Hide():
                self._look()
                self._hide(display)
                self._seeing.sketch(seat.camera, on=False, by=FACE)
                self._hub.send(display, {"t": "private", "event": "hidden", "reason": "onlooker"}, surely=True)
            case Lock(reason):
                self._locked(display, reason)
            case Refused(reason, wait_s):
                self._refused(display, seat, reason, wait_s)

    def _end_camera(self, seat: Seat) -> None:
        """Where that fails it is tried again."""
        camera = seat.camera
        if camera and surely(
            lambda: self._seeing.sketch(camera, on=False, by=FACE),
            lambda: self._seeing.tell(camera, FACE, {"stop": True}),
            lambda: self._seeing.use(camera, FACE, on=False),
        ):
            seat.camera = ""

    def _hide(self, display: str) -> None:
        """Everything private leaves the screen, and the voice falls silent. Raises RuntimeError where one failed."""
        if not surely(lambda: self._hub.unlock(display, None), lambda: self._hush(display)):
            raise RuntimeError("private content could not be put away")

    def _locked(self, display: str, reason: str) -> None:
        log.info("private mode is locked", display=display, reason=reason)
        surely(
            self._look,
            lambda: self._hide(display),
            lambda: self._gate.face(display, None),
            lambda: self._close_overlay(display),
        )
        if self._hub.trust(display) >= Trust.INTERNAL:
            self._hub.send(display, {"t": "private", "event": "locked", "reason": reason}, surely=True)

    def _close_overlay(self, display: str) -> None:
        if self._hub.exists(display):
            self._hub.apply(CloseOverlay(display))

    def _refused(self, display: str, seat: Seat, reason: str, wait_s: float) -> None:
        """On the screen, and as a run of its own."""
        log.info("private mode was not opened", display=display, reason=reason)
        self._gate.face(display, None)
        if self._hub.overlay(display) == PRIVATE_MODE:
            until = f"{self._wall() + wait_s:.1f}" if wait_s > 0 else ""
            self.overlay.tell(seat, phase="refused", reason=reason, until=until)
        if reason not in ("locked-out", "stopped", "cancelled"):
            self._propose(display, seat, Faced(None, refusal_of(reason)))

    def _propose(self, display: str, seat: Seat, faced: Faced) -> None:
        """Through the one path, as the face's own proposal."""
        check = seat.mode.check

        def done(outcome: Outcome, _: str) -> None:
            if seat.mode.check == check and seat.mode.phase is Phase.OPENING:
                log.warning("private mode was not let through", display=display, reason=outcome.reason)
                self.do(seat, seat.mode.lock("failed"))

        self._gate.face(display, faced)
        intent = Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)
        try:
            self._proposing(display, intent, Source.FACE, done, faced.person)
        except SeoulaError as error:
            log.warning("private mode could not be proposed", display=display, code=error.code)
            self._gate.face(display, None)
            self.do(seat, seat.mode.lock("failed"))  # nothing where it is locked already

    # -- inside --------------------------------------------------------------------------------------------------

    def _obstacle(self, display: str) -> str:
        """Why no check can begin here, as a stable code; "" for nothing."""
        if self._hub.trust(display) < Trust.INTERNAL:
            return "not-paired"
        camera = self._seeing.camera_of(display, FACE)
        if camera is None:
            return "no-camera"
        if not self._profiles():
            return "nobody-enrolled"
        return "" if self._seeing.available(camera) else "camera-missing"

    def _put_aside(self, seat: Seat) -> bool:
        """Whether somebody has closed the overlay of a check that goes on: by touch, voice, or for an incident."""
        waits = seat.mode.phase in (Phase.CHECKING, Phase.PROVING)
        return waits and self._hub.overlay(seat.display) != PRIVATE_MODE

    def _incident(self, display: str) -> str:
        """The incident that is on a display, "" for none."""
        shown = self._hub.shown(display)
        return shown.args.get("incident", "") if shown.cause == INCIDENT else ""

    def _seat(self, display: str) -> Seat:
        if display not in self._seats:
            self._seats[display] = Seat(display, PrivateMode(self._policy, self._attempts.of(display)))
        return self._seats[display]

    def now(self) -> Now:
        """Both clocks."""
        return Now(self._clock(), self._wall())


def _beside(face: bool, hidden: bool) -> frozenset[str]:
    return frozenset({"face"} if face else ()) | frozenset({"hidden"} if hidden else ())
