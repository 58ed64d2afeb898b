"""The random challenge: what is asked, whether it was done, and whether one and the same face did it. Pure."""

from __future__ import annotations

import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum

from perception.face.events import Ask
from perception.face.face import Face, Vector, apart
from perception.face.settings import ChallengeSettings

_LEAST_REST = 5
_STRIKES = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked, and the pause before each, in which the head is held still. spare: what is asked beyond for each
    movement too early, with the pauses that are left. known: a recording was made with it; it is given its own time."""

    steps: tuple[Ask, ...]
    pauses: tuple[float, ...]
    spare: tuple[Ask, ...] = ()
    known: bool = False

    def one_more(self) -> Plan:
        """With the first of the spare ones."""
        return replace(self, steps=self.steps + self.spare[:1], spare=self.spare[1:])


def random_plan(chance: random.Random, settings: ChallengeSettings | None = None) -> Plan:
    """Turns of the head and a blink at any place among them, after pauses: short ones, in which a film may well be
    still, and a long one before any of them, longer than it can be after what was asked."""
    its = settings or ChallengeSettings()
    kinds = [Ask.LEFT, Ask.RIGHT, *([Ask.UP] if its.up else [])]
    steps = [chance.choice(kinds) for _ in range(its.turns + chance.randint(0, its.more_turns))]
    steps.insert(chance.randrange(len(steps) + 1), Ask.BLINK)
    return paused_plan(steps, chance, its)


def paused_plan(steps: Sequence[Ask], chance: random.Random, settings: ChallengeSettings | None = None) -> Plan:
    """These, with pauses and spare movements by chance."""
    its = settings or ChallengeSettings()
    kinds = [Ask.LEFT, Ask.RIGHT, *([Ask.UP] if its.up else [])]
    spare = tuple(chance.choice(kinds) for _ in range(its.early))
    still = chance.randrange(len(steps))
    pauses = (chance.uniform(*(its.still_s if n == still else its.pause_s)) for n in range(len(steps) + len(spare)))
    return Plan(tuple(steps), tuple(pauses), spare)


def fixed_plan(steps: Sequence[Ask]) -> Plan:
    """For a recording that was made with these."""
    return Plan(tuple(steps), tuple(0.0 for _ in steps), known=True)


class Outcome(Enum):
    """Of one frame."""

    GOING_ON = "going on"
    ASKED = "asked"
    """What is shown has changed."""
    DONE = "done"
    FAILED = "failed"
    ANOTHER = "another"
    """It is not the face that began."""


class _Phase(Enum):
    REST = "rest"
    PAUSE = "pause"
    ASK = "ask"
    BACK = "back"
    END = "end"


class Challenge:
    """Takes the frames of one followed face. turned: the head's turn against its rest, towards the person's left."""

    def __init__(self, plan: Plan, settings: ChallengeSettings | None = None) -> None:
        self.plan, self._settings = plan, settings or ChallengeSettings()
        self._phase = _Phase.REST
        self._since: float | None = None
        self._rest: list[Face] = []
        self._zero = self._first = (0.0, 0.0, 0.0)
        """Turn, tilt and opening of the eyes at rest; the first rest."""
        self._recent: list[tuple[float, Face]] = []
        self._anchors: list[Vector] = []
        self._strikes = 0
        self._held_at: float | None = None
        self._wrong_at: float | None = None
        self._shut_at: float | None = None
        self._calm_at: float | None = None
        """When the head was last near enough to its rest not to be on its way."""
        self._opened = self._matched = self._stirred = False
        self._like = True
        """Whether the last look was as near to one at rest as those are to one another."""
        self._early = 0
        self.step = 0
        self.progress = 0.0
        self.turned = self.lifted = 0.0
        self.restful = False

    @property
    def asking(self) -> Ask | None:
        """What is asked just now."""
        return self.plan.steps[self.step] if self._phase is _Phase.ASK else None

    @property
    def rested(self) -> bool:
        """Whether the face at rest is known."""
        return self._phase is not _Phase.REST

    @property
    def made_all(self) -> bool:
        """Whether every movement was made; the last one may still be on its way back."""
        return self.step == len(self.plan.steps)

    def wants(self, face: Face) -> bool:
        """Whether this very frame should be looked at for who it is: the head has turned as asked."""
        return self.asking not in (None, Ask.BLINK) and not self._matched and self._amount(face) >= 1.0

    def look(self, at: float, face: Face, vector: Vector | None = None, *, ready: bool = True) -> Outcome:
        """The next frame of the face; vector: where it was looked at for who it is; ready: whether to begin asking."""
        if not face.clear:
            return Outcome.GOING_ON
        if self._since is None:
            self._since = at
        if self._phase is not _Phase.REST:
            self._settle(at, face)
            self.turned, self.lifted = face.turn - self._zero[0], face.tilt - self._zero[1]
            self.restful = self._at_rest(face)
        if vector is not None and not self._is_same(vector):
            return Outcome.ANOTHER
        if self._phase is _Phase.REST:
            return self._look_at_rest(at, face, ready)
        if self._phase is _Phase.PAUSE:
            return self._wait(at, face)
        if self._phase is _Phase.ASK:
            return self._try(at, face, vector is not None and self._like)
        if self._phase is _Phase.BACK:
            return self._return(at, face)
        return Outcome.DONE

    # ------------------------------------------------------------------------------------------------ phases

    def _look_at_rest(self, at: float, face: Face, ready: bool) -> Outcome:
        its = self._settings
        if self._rest and (
            abs(face.turn - statistics.median(one.turn for one in self._rest)) > its.centre
            or abs(face.tilt - statistics.median(one.tilt for one in self._rest)) > its.centre_tilt
        ):
            self._rest, self._since, self._anchors = [], at, []
        self._rest = [*self._rest[-30:], face]
        assert self._since is not None
        if not ready or at - self._since < its.rest_s or len(self._rest) < _LEAST_REST or not self._anchors:
            return Outcome.GOING_ON
        self._zero = (
            statistics.median(one.turn for one in self._rest),
            statistics.median(one.tilt for one in self._rest),
            statistics.median(one.eyes for one in self._rest),
        )
        if abs(self._zero[0]) > its.turn * 1.5:  # a head that is turned already has no rest to come back to
            self._rest, self._since = [], at
            return Outcome.GOING_ON
        self._first = self._zero
        self._go(_Phase.PAUSE, at)
        return self._wait(at, face)

    def _wait(self, at: float, face: Face) -> Outcome:
        assert self._since is not None
        if self._moves() is not None:
            return self._too_early(at)
        if not self.plan.known and abs(self.turned) >= self._settings.centre:
            self._since = at  # not still: the pause begins anew
        if at - self._since < self.plan.pauses[self.step] - 1e-6:
            return Outcome.GOING_ON
        self._go(_Phase.ASK, at)
        return Outcome.ASKED

    def _too_early(self, at: float) -> Outcome:
        """Somebody who moves before he can have been asked is forgiven once, and asked for one more."""
        self._early += 1
        if self._early > self._settings.early:
            return Outcome.FAILED
        self.plan = self.plan.one_more()
        self._go(_Phase.BACK, at)
        return Outcome.GOING_ON

    def _try(self, at: float, face: Face, looked: bool) -> Outcome:
        its, asked = self._settings, self.plan.steps[self.step]
        assert self._since is not None
        if at - self._since > self._limit:
            return Outcome.FAILED
        moved = self._moves()
        wrong, shown = moved is not None and moved is not asked, False
        if asked is Ask.BLINK:
            done = self._blinked(at, face)
        else:
            amount = self._amount(face)
            if amount < its.begun:
                self._calm_at = at
            self._stirred |= amount >= its.stirred
            if not self._stirred and self._too_late(at):
                return Outcome.FAILED
            self._matched |= looked and amount >= 0.6
            self._held_at = (self._held_at if self._held_at is not None else at) if amount >= 1.0 else None
            held = self._held_at is not None and at - self._held_at >= its.hold_s - 1e-6
            done = held and self._matched
            wrong = wrong and amount < 1.0
            shown = self._show(min(1.0, max(0.0, amount)))
        self._wrong_at = (self._wrong_at if self._wrong_at is not None else at) if wrong else None
        if self._wrong_at is not None and at - self._wrong_at >= its.hold_s - 1e-6:
            return Outcome.FAILED
        if not done:
            return Outcome.ASKED if shown else Outcome.GOING_ON
        if asked is not Ask.BLINK and self._too_soon(self._calm_at):
            return self._too_early(at)
        self.progress = 1.0
        self._go(_Phase.BACK, at)
        self.step += 1
        return Outcome.ASKED

    def _return(self, at: float, face: Face) -> Outcome:
        assert self._since is not None
        if self._at_rest(face):
            if self.made_all:
                self._phase = _Phase.END
                return Outcome.DONE
            self._go(_Phase.PAUSE, at)
            return Outcome.GOING_ON
        return Outcome.FAILED if at - self._since > self._limit else Outcome.GOING_ON

    def _settle(self, at: float, face: Face) -> None:
        """Heads do not come back to just where they were: one that keeps still nearby, with nothing asked, has."""
        its = self._settings
        self._recent.append((at, face))
        while len(self._recent) > 2 and self._recent[1][0] <= at - its.settle_s + 1e-6:
            del self._recent[0]
        waits = self._phase in (_Phase.PAUSE, _Phase.BACK) and not self._at_rest(face)
        if not waits or len(self._recent) < _LEAST_REST or at - self._recent[0][0] < its.settle_s - 1e-6:
            return
        turns, tilts = [one.turn for _, one in self._recent], [one.tilt for _, one in self._recent]
        if max(turns) - min(turns) > its.settle[0] or max(tilts) - min(tilts) > its.settle[1]:
            return
        self._zero = (
            _near(statistics.median(turns), self._first[0], its.shift[0]),
            _near(statistics.median(tilts), self._first[1], its.shift[1]),
            self._first[2],
        )

    def _go(self, phase: _Phase, at: float) -> None:
        self._phase, self._since = phase, at
        self._held_at = self._wrong_at = self._shut_at = self._calm_at = None
        self._opened = self._matched = self._stirred = False
        if phase is _Phase.ASK:
            self.progress = 0.0

    # ------------------------------------------------------------------------------------------------ movements

    def _amount(self, face: Face) -> float:
        """How much of the asked movement is done; 1 is enough."""
        its = self._settings
        turned, lifted = face.turn - self._zero[0], face.tilt - self._zero[1]
        by = {Ask.LEFT: turned / its.turn, Ask.RIGHT: -turned / its.turn, Ask.UP: lifted / its.tilt}
        asked = self.asking
        return by.get(asked, 0.0) if asked is not None else 0.0

    @property
    def _limit(self) -> float:
        return self._settings.known_step_s if self.plan.known else self._settings.step_s

    def _too_soon(self, began: float | None) -> bool:
        """Whether a movement began before it can have been asked; None: it was under way already."""
        assert self._since is not None
        soon = began is None or began - self._since < self._settings.reaction_s - 1e-6
        return soon and not self.plan.known

    def _too_late(self, at: float) -> bool:
        """Whether nobody who was asked would begin only now."""
        assert self._since is not None
        return not self.plan.known and at - self._since > self._settings.latest_s

    def _moves(self) -> Ask | None:
        """The movement of the head that is plainly made now, if any."""
        its = self._settings
        if abs(self.turned) >= its.turn:
            return Ask.LEFT if self.turned > 0 else Ask.RIGHT
        return Ask.UP if self.lifted >= its.tilt * 1.2 else None

    def _at_rest(self, face: Face) -> bool:
        its = self._settings
        turned, lifted = face.turn - self._zero[0], face.tilt - self._zero[1]
        return abs(turned) < its.centre and abs(lifted) < its.centre_tilt

    def _blinked(self, at: float, face: Face) -> bool:
        """Eyes that were open are shut for a moment and open again, in a head that makes no other movement.

        Lids that fall draw the mesh down a little, and heads nod with them: rest itself would be too much to ask. One
        that began too soon is a blink like any other, and no fault."""
        its = self._settings
        if abs(self.turned) >= its.turn or abs(self.lifted) >= its.tilt * 1.2:
            self._opened, self._shut_at = False, None
            return False
        shut = face.eyes < its.shut * self._zero[2]
        if shut:
            if self._opened and self._shut_at is None:
                self._shut_at = at
            return False
        began = self._shut_at
        self._opened, self._shut_at = True, None
        return began is not None and at - began <= its.longest_blink_s and not self._too_soon(began)

    def _show(self, progress: float) -> bool:
        """Whether the progress has changed so that somebody should see it."""
        progress = min(0.8, round(5 * progress) / 5)  # 1 is for what was done
        changed = progress != self.progress
        self.progress = progress
        return changed

    # ------------------------------------------------------------------------------------------------ who

    def _is_same(self, vector: Vector) -> bool:
        """Two looks after another that are like no look at rest are another face; at a strong turn none counts.

        A turned head is less like itself at rest, so that more is needed to call it another's; that a turn is his own
        is only believed of a look that is as near as one at rest."""
        its = self._settings
        away = min((apart(vector, one) for one in self._anchors), default=0.0)
        self._like = away < its.same
        if away >= (its.same_turned if abs(self.turned) >= its.turn else its.same):
            self._strikes = max(1, self._strikes + (abs(self.turned) < 2 * its.turn))
            return self._strikes < _STRIKES
        if self._like:
            self._strikes = 0
            if self._phase is _Phase.REST:
                self._anchors = [*self._anchors[-7:], vector]
        return True


def _near(value: float, to: float, most: float) -> float:
    """The value, or as much of the way to it as is allowed."""
    return min(to + most, max(to - most, value))
