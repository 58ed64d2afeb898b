"""Exercises: incidents that an operator starts, or that a scripted demonstration brings. Always labelled as made up.

The ordinary events of the simulated city interrupt nobody: only an exercise, or a real alert, does.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from assistant.contracts import BadInput, Unavailable
from display_bridge.city_data.files import document
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.passing_on import PassingOn
from display_bridge.city_data.provider import CityDataProvider, Event, Provenance, Step

MARK_KO, MARK_EN = "[모의훈련]", "[Exercise]"
DATASET = "drill"
PREFIX = "drill-"
Mode = Literal["none", "scripted"]
MAX_RUNNING = 8


@dataclass(frozen=True, slots=True)
class Drill:
    """One exercise. started: timezone-aware. minutes: when it ends by itself, None for the scenario's own end."""

    id: str
    scenario: str
    started: datetime
    minutes: float | None = None

    def event(self, now: datetime) -> Event | None:
        """The event as far as it has got; None before its start and once it is over."""
        made = document("drills.yaml")["scenarios"][self.scenario]
        ends = self.started + timedelta(seconds=made["ends_s"] if self.minutes is None else self.minutes * 60)
        if not self.started <= now < ends:
            return None
        steps = [Step(self.started + timedelta(seconds=after), ko, en) for after, ko, en in made["steps"]]
        begun = [step for step in steps if step.at <= now]
        return Event(
            begun[0].at, f"{MARK_KO} {made['title_ko']}", made["level"], made["area"], begun[-1].text_ko,
            made["severity"], made["detail_ko"], made["lon"], made["lat"], self.id, ends,
            f"{MARK_EN} {made['title_en']}", tuple(begun),
        )  # fmt: skip

    @property
    def kind(self) -> str:
        """The kind of events it belongs to."""
        return str(document("drills.yaml")["scenarios"][self.scenario]["kind"])


def scenarios() -> tuple[str, ...]:
    """What can be rehearsed."""
    return tuple(document("drills.yaml")["scenarios"])


class Drills:
    """The exercises that run. began: when the service began, epoch seconds; a scripted demonstration counts from it."""

    def __init__(
        self, mode: Mode = "none", began: float = 0.0, new_id: Callable[[], str] = lambda: secrets.token_hex(4)
    ) -> None:
        self._new_id = new_id
        self._scripted: tuple[Drill, ...] = ()
        self._asked: tuple[Drill, ...] = ()
        if mode == "scripted":
            start = datetime.fromtimestamp(began, KST)
            self._scripted = tuple(
                Drill(f"{PREFIX}script-{n}", scenario, start + timedelta(seconds=after))
                for n, (after, scenario) in enumerate(document("drills.yaml")["script"], 1)
            )

    def start(self, scenario: str, now: datetime, minutes: float | None = None) -> Drill:
        """Begin an exercise. Raises BadInput: unknown-scenario, too-many-drills."""
        if scenario not in scenarios():
            raise BadInput("unknown-scenario", f"there is no scenario {scenario!r}; known: {', '.join(scenarios())}")
        self._asked = tuple(drill for drill in self._asked if drill.event(now) is not None)
        if len(self._asked) >= MAX_RUNNING:
            raise BadInput("too-many-drills", f"{MAX_RUNNING} exercises are running; end one first")
        made = Drill(f"{PREFIX}{self._new_id()}", scenario, now.astimezone(KST), minutes)
        self._asked = (*self._asked, made)
        return made

    def end(self, drill: str) -> None:
        """End an exercise at once. Raises BadInput("unknown-drill")."""
        left = [tuple(one for one in drills if one.id != drill) for drills in (self._asked, self._scripted)]
        if (left[0], left[1]) == (self._asked, self._scripted):
            raise BadInput("unknown-drill", f"no exercise {drill!r} is running")
        self._asked, self._scripted = left

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        """Those of a kind that run now, newest first."""
        found = [
            event for drill in (*self._scripted, *self._asked) if drill.kind == kind and (event := drill.event(now))
        ]
        return tuple(sorted(found, key=lambda event: event.at, reverse=True))


class WithDrills(PassingOn):
    """A provider whose events hold the running exercises, too. Only screens get it: the open data holds none."""

    def __init__(self, inner: CityDataProvider, drills: Drills) -> None:
        super().__init__(inner)
        self._drills = drills

    def events(self, kind: str, now: datetime) -> tuple[Event, ...]:
        """Events of a kind, the exercises first; while the source has nothing to say, an exercise still goes on."""
        rehearsed = self._drills.events(kind, now)
        try:
            return (*rehearsed, *self.inner.events(kind, now))
        except Unavailable:
            if not rehearsed:
                raise
            return rehearsed

    def provenance(self, dataset: str, now: datetime) -> Provenance:
        """An exercise is simulated, whatever the city's data is."""
        if dataset != DATASET:
            return self.inner.provenance(dataset, now)
        return Provenance(DATASET, "모의훈련 시나리오", "simulated", now, 900, "모의훈련 · 실제 상황이 아닙니다")
