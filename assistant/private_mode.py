"""Private mode of one display, pure: what is asked, seen and proved comes in with the time; what to do comes out.

    locked -> checking -> proving (where a second factor is demanded) -> opening -> open -> locked

Nothing opens but by a check of this machine's own id that the camera verified, and the second factor the policy
demands; the last word is the gate's (`opening`). Everything that is unclear locks. The camera is on in every phase but
`locked`: what leaves them ends with `EndCamera`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from assistant.attempts import FREE, Attempts

CHECK_S = 45.0
"""The camera's own limit is shorter; this is for one that says nothing more."""
PROVE_S = 45.0
WATCH_S = 30.0
"""How long a watch may answer."""
OPENING_S = 10.0
GONE_S = 5.0
"""So long an onlooker must be gone before what was hidden from him may be shown: the camera says every second and a
half that he still looks on, and may lose his face for as long again."""
UNCOUNTED = frozenset({"no-face", "too-far", "several-faces"})
"""Endings that happen to everybody: no failures, as long as nothing was asked. Afterwards they would let a stranger
choose among what is asked."""


class Phase(StrEnum):
    """Where it stands."""

    LOCKED = "locked"
    CHECKING = "checking"
    PROVING = "proving"
    OPENING = "opening"
    OPEN = "open"


class SecondFactor(StrEnum):
    """What is needed beside the face. EITHER: the PIN, or the person's watch."""

    NONE = "none"
    PIN = "pin"
    WATCH = "watch"
    EITHER = "either"


class OnOnlooker(StrEnum):
    """What another face before the screen does. HIDE: what is private goes from the screen, private mode stays."""

    OFF = "off"
    HIDE = "hide"
    LOCK = "lock"


class Now(NamedTuple):
    """t: seconds on a clock that nobody sets. wall: epoch seconds, for what outlasts a restart."""

    t: float
    wall: float


@dataclass(frozen=True, slots=True)
class Policy:
    """second_factor: beside the face. away_s: how long the face may be away. longest_s: private mode at the most.
    people: who may open it; None: everybody who is enrolled."""

    second_factor: SecondFactor = SecondFactor.EITHER
    away_s: float = 10.0
    onlooker: OnOnlooker = OnOnlooker.LOCK
    longest_s: float = 1800.0
    people: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """What a person can prove himself with: a PIN that is set and not barred, a watch paired for this display."""

    pin: bool = False
    watch: bool = False


@dataclass(frozen=True, slots=True)
class BeginCheck:
    """Switch the camera on and check who is there."""

    check: str


@dataclass(frozen=True, slots=True)
class WatchOver:
    """See whether the person stays."""

    check: str
    person: str


@dataclass(frozen=True, slots=True)
class EndCamera:
    """Switch the camera off."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Ask for a second factor, one of these. until: when it must be there. wrong: the last PIN was;
    left: how many tries are left before one must wait, then."""

    pin: bool
    watch: bool
    until: float
    wrong: bool = False
    left: int = 0


@dataclass(frozen=True, slots=True)
class Propose:
    """Put the unlocking to the gate."""

    check: str
    person: str


@dataclass(frozen=True, slots=True)
class Unlock:
    """Open private content, at first or since an onlooker has gone."""


@dataclass(frozen=True, slots=True)
class Lock:
    """Private content was open: it goes, at once. reason: a stable code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Hide:
    """What is private goes from the screen and stays away until `Unlock`; private mode stays."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not opened. reason: a stable code. wait_s: until the next try is allowed."""

    reason: str
    wait_s: float = 0.0


Effect = BeginCheck | WatchOver | EndCamera | Demand | Propose | Unlock | Lock | Hide | Refused


class PrivateMode:
    """One display. attempts: its failures so far; read them after each call, they outlast this object."""

    def __init__(self, policy: Policy, attempts: Attempts | None = None) -> None:
        self.policy, self.attempts = policy, attempts or Attempts()
        self.phase = Phase.LOCKED
        self.check = self.person = ""
        self.asked = self.hidden = False
        self._until, self._seen_by_others = 0.0, float("-inf")
        self._means = Means()

    # -- what people and cameras say ---------------------------------------------------------------------------

    def ask(self, check: str, now: Now) -> list[Effect]:
        """Somebody wants it open. `check`: a new id. While a check goes on, or it is open, nothing changes."""
        if self.phase is not Phase.LOCKED:
            return []
        if (wait := self.attempts.wait_s(now.wall)) > 0:
            return [Refused("locked-out", wait)]
        self._go(Phase.CHECKING, now.t + CHECK_S)
        self.check, self.asked, self._seen_by_others = check, False, float("-inf")
        return [BeginCheck(check)]

    def verified(self, check: str, person: str, means: Means, now: Now) -> list[Effect]:
        """The camera has recognised a person, who did what was asked of him."""
        if self.phase is not Phase.CHECKING or check != self.check:
            return []
        if not person or (self.policy.people is not None and person not in self.policy.people):
            return self._failed("not-recognised", now)
        self.person = person
        wanted = self._wanted(means)
        if wanted is None:
            self._go(Phase.OPENING, now.t + OPENING_S)
            return [WatchOver(check, person), Propose(check, person)]
        if not (wanted.pin or wanted.watch):
            return self._ended("pin-needed" if self.attempts.strict else "no-second-factor")
        self._means = wanted
        until = now.t + (PROVE_S if wanted.pin else WATCH_S)
        self._go(Phase.PROVING, until)
        return [WatchOver(check, person), Demand(wanted.pin, wanted.watch, until)]

    def rejected(self, check: str, reason: str, now: Now, *, counts: bool = True) -> list[Effect]:
        """The check has ended without a person. counts: False where the camera could not check at all."""
        if self.phase is not Phase.CHECKING or check != self.check:
            return []
        counted = counts and (self.asked or reason not in UNCOUNTED)
        return self._failed(reason, now) if counted else self._ended(reason)

    def proved(self, check: str, how: SecondFactor, now: Now) -> list[Effect]:
        """The PIN was right, or the person's watch said yes."""
        offered = self._means.pin if how is SecondFactor.PIN else self._means.watch and how is SecondFactor.WATCH
        if self.phase is not Phase.PROVING or check != self.check or not offered:
            return []
        self._go(Phase.OPENING, now.t + OPENING_S)
        return [Propose(check, self.person)]

    def disproved(self, check: str, now: Now, left: int = FREE) -> list[Effect]:
        """The PIN was wrong. It may be tried again until the failures make one wait. left: how many tries this person
        has left, here and at other displays."""
        if self.phase is not Phase.PROVING or check != self.check:
            return []
        self.attempts = self.attempts.failed(now.wall)
        if (wait := self.attempts.wait_s(now.wall)) > 0:
            return self._ended("wrong-pin", wait)
        tries = min(left, self.attempts.left)
        return [Demand(self._means.pin, self._means.watch, self._until, wrong=True, left=tries)]

    def barred(self, check: str, wait_s: float) -> list[Effect]:
        """The person's PIN failed too often meanwhile, here or at another display: no try more, be it the right one."""
        if self.phase is not Phase.PROVING or check != self.check:
            return []
        return self._ended("wrong-pin", wait_s)

    def declined(self, check: str, now: Now) -> list[Effect]:
        """The person's watch said no: somebody else stands there."""
        if self.phase is not Phase.PROVING or check != self.check:
            return []
        return self._failed("declined", now)

    def opened(self, check: str, now: Now) -> list[Effect]:
        """The gate has let it through."""
        if self.phase is not Phase.OPENING or check != self.check:
            return []
        self._go(Phase.OPEN, now.t + self.policy.longest_s)
        self.attempts = Attempts()
        self.hidden = now.t - self._seen_by_others < GONE_S
        return [Hide()] if self.hidden else [Unlock()]

    def left(self, check: str, now: Now) -> list[Effect]:
        """The person is away. An event without an id, or of this check's, counts; while a proof is asked for it is a
        failure, or a watch could be asked again and again."""
        return self._away(check, "left", now)

    def onlooker(self, check: str, now: Now) -> list[Effect]:
        """Another face looks on; said again and again, as long as it does. What opens meanwhile opens hidden."""
        if self.policy.onlooker is OnOnlooker.LOCK:
            return self._away(check, "onlooker", now)
        if self.policy.onlooker is OnOnlooker.OFF or self.phase is Phase.LOCKED or check not in ("", self.check):
            return []
        self._seen_by_others = now.t
        if self.phase is not Phase.OPEN or self.hidden:
            return []
        self.hidden = True
        return [Hide()]

    def here(self, check: str, now: Now) -> list[Effect]:
        """The camera says that the person is here. What was hidden from an onlooker may be shown only then: a camera
        that says nothing does not say that he has gone."""
        if self.phase is not Phase.OPEN or check != self.check or not self.hidden:
            return []
        if now.t - self._seen_by_others < GONE_S:
            return []
        self.hidden = False
        return [Unlock()]

    def put_aside(self, now: Now, *, counts: bool = True) -> list[Effect]:
        """Somebody has closed the check. Once something was asked of him that is a failure. counts: False where it is
        an incident that came before it."""
        if self.phase is Phase.LOCKED:
            return []
        asked = self.phase is Phase.PROVING or (self.phase is Phase.CHECKING and self.asked)
        return self._failed("cancelled", now) if asked and counts else self._ended("cancelled")

    def lock(self, reason: str) -> list[Effect]:
        """Whatever goes on ends: by the button, a door, a lost camera, a screen that went, the service's end."""
        if self.phase is Phase.LOCKED:
            return []
        return self._ended(reason)

    def tick(self, now: Now) -> list[Effect]:
        """Let deadlines pass."""
        if self.phase is Phase.LOCKED or now.t < self._until:
            return []
        if self.phase is Phase.PROVING:
            return self._failed("not-confirmed", now)  # a watch that is asked again and again tires out
        return self._ended("longest" if self.phase is Phase.OPEN else "timeout")

    # -- inside --------------------------------------------------------------------------------------------------

    def _wanted(self, means: Means) -> Means | None:
        """What must be proved, None: the face is enough. Neither of both: it must, and cannot."""
        factor = self.policy.second_factor
        if self.attempts.strict:
            return Means(pin=means.pin)
        if factor is SecondFactor.NONE:
            return None
        return Means(means.pin and factor is not SecondFactor.WATCH, means.watch and factor is not SecondFactor.PIN)

    def _away(self, check: str, reason: str, now: Now) -> list[Effect]:
        if self.phase in (Phase.LOCKED, Phase.CHECKING) or check not in ("", self.check):
            return []
        return self._failed(reason, now) if self.phase is Phase.PROVING else self._ended(reason)

    def _failed(self, reason: str, now: Now) -> list[Effect]:
        self.attempts = self.attempts.failed(now.wall)
        return self._ended(reason, self.attempts.wait_s(now.wall))

    def _ended(self, reason: str, wait_s: float = 0.0) -> list[Effect]:
        was_open = self.phase is Phase.OPEN
        self._go(Phase.LOCKED, 0.0)
        self.check = self.person = ""
        self.hidden = False
        self._means = Means()
        return [EndCamera(), Lock(reason) if was_open else Refused(reason, wait_s)]

    def _go(self, phase: Phase, until: float) -> None:
        self.phase, self._until = phase, until
