"""A room on dry ports and a virtual clock: what a screen, a voice and an ear would have been told."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from actions.panels_of import PANEL_OF
from assistant.contracts import (
    Alternative,
    Command,
    Intent,
    IntentName,
    Outcome,
    ShowPanel,
    Understanding,
    UnderstandingOutcome,
    UnderstandingPath,
)
from assistant.gate import Gate, ScreenStanding, Trust
from assistant.ports import Answer, Calls, Ports, Showing
from assistant.room import Room
from assistant.runs import RunRecord
from assistant.session import ShowPhase
from assistant.telephone import NoTelephone
from assistant.understanding.service import UnderstandingContext
from content_registry.loader import load_registry
from content_registry.private_names import PrivateNames

REGISTRY = load_registry()


def accepted(intent: Intent) -> Understanding:
    return Understanding("", UnderstandingOutcome.ACCEPTED, intent, 0.9, path=UnderstandingPath.FAST)


def ambiguous(*panels: str) -> Understanding:
    options = tuple(
        Alternative(Intent(IntentName.SHOW_PANEL, panel=p), 0.5, REGISTRY.panels[p].name_ko, REGISTRY.panels[p].name_en)
        for p in panels
    )
    return Understanding("", UnderstandingOutcome.AMBIGUOUS, None, 0.5, options)


@dataclass
class DryScreen:
    trust: Trust = Trust.PUBLIC
    role: str = "wall"
    status: str = "rendered"
    commands: list[Command] = field(default_factory=list)
    phases: list[ShowPhase] = field(default_factory=list)
    chimes: list[str] = field(default_factory=list)

    def standing(self, display: str) -> ScreenStanding:
        return ScreenStanding(self.role, self.trust)

    def showing(self, display: str) -> Showing:
        shown = [c for c in self.commands if isinstance(c, ShowPanel)]
        return Showing(shown[-1].panel, shown[-1].args.get("district")) if shown else Showing()

    def apply(self, command: Command) -> int:
        self.commands.append(command)
        return len(self.commands)

    async def rendered(self, display: str, seq: int, timeout_s: float) -> str:
        return self.status

    def show_phase(self, display: str, effect: ShowPhase) -> None:
        self.phases.append(effect)

    def chime(self, display: str, name: str) -> None:
        self.chimes.append(name)


@dataclass
class DryVoice:
    works: bool = True
    said: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    hushed: int = 0

    async def say(self, display: str, text: str, language: str) -> bool:
        self.said.append(text)
        self.languages.append(language)
        return self.works

    def hush(self, display: str) -> None:
        self.hushed += 1


@dataclass
class DryEar:
    calls: list[str] = field(default_factory=list)

    def listen(self, display: str, seconds: float) -> None:
        self.calls.append(f"listen {seconds:g}")

    def cancel(self, display: str) -> None:
        self.calls.append("cancel")


class DryRoom:
    """The room, its ports, and its clock. `understands` maps sentences to results."""

    def __init__(
        self, understands: dict[str, Understanding], trust: Trust = Trust.PUBLIC, calls: Calls | None = None
    ) -> None:
        self.screen, self.voice, self.ear = DryScreen(trust), DryVoice(), DryEar()
        self.understands, self.records = understands, list[RunRecord]()
        self.contexts = list[UnderstandingContext]()
        self.understands_by: Callable[[str, UnderstandingContext], Awaitable[Understanding]] | None = None
        self.now = 100.0
        self.tasks: list[asyncio.Task[None]] = []
        numbers = itertools.count(1)
        self.room = Room(
            "main",
            REGISTRY,
            Gate(REGISTRY, PANEL_OF),
            Ports(
                self._understand,
                self.screen,
                self.voice,
                self.ear,
                calls or NoTelephone(lambda: REGISTRY),
                lambda asked: Answer(f"{REGISTRY.panels[asked.panel].name_ko} 42입니다.", "It is 42."),
                self.records.append,
                self._spawn,
                PrivateNames(REGISTRY).near,
            ),
            lambda: f"run-{next(numbers)}",
            lambda: self.now,
        )

    async def _understand(self, text: str, asked: UnderstandingContext) -> Understanding:
        self.contexts.append(asked)
        if self.understands_by is not None:
            return await self.understands_by(text, asked)
        return self.understands.get(text, Understanding(text, UnderstandingOutcome.NOT_UNDERSTOOD))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> object:
        task = asyncio.create_task(work)
        self.tasks.append(task)
        return task

    async def settle(self) -> None:
        """Let everything that was spawned finish."""
        while self.tasks:
            await asyncio.gather(*[self.tasks.pop() for _ in range(len(self.tasks))])

    @property
    def outcomes(self) -> list[Outcome]:
        return [r.outcome for r in self.records]
