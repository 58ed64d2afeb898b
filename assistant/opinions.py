"""The core between the ear and its second opinion: questions to the one worker, answers back to the other."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, Protocol

import structlog

from assistant.contracts import SeoulaError
from assistant.workers import Workers

log = structlog.get_logger(__name__)

SILENT_S = 10.0
"""A worker that has not answered for so long hangs; an opinion takes a tenth of it."""


class Supervised(Protocol):
    """As `assistant.supervise.Child`."""

    def ready(self) -> None: ...

    def lost(self) -> None: ...

    def restart(self, reason: str) -> None: ...


@dataclass(slots=True)
class Opinions:
    """Passes each question on, and sees that each gets an answer: at once when there is nobody to give one.

    process: the worker's supervised process, None when it is not kept.
    """

    workers: Workers
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    process: Callable[[], Supervised | None]
    health: dict[str, Any] = field(default_factory=dict)
    _asked: dict[str, asyncio.TimerHandle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.workers.handle("opinion", self._message, self._gone)

    def ask(self, question: dict[str, Any]) -> None:
        """A question of the hearing worker. Its sound goes to the opinion worker and nowhere else."""
        name = str(question.get("id"))
        if not self.workers.connected("opinion"):
            self._refuse(name)
            return
        timer = asyncio.get_running_loop().call_later(SILENT_S, self._silent, name)
        self._settle(name)
        self._asked[name] = timer
        self.spawn(self._pass(question, name))

    async def _pass(self, question: dict[str, Any], name: str) -> None:
        try:
            await self.workers.send("opinion", question)
        except SeoulaError:
            if self._settle(name):
                self._refuse(name)

    def _message(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "ready" | "health":
                detail = message.get("detail")
                self.health = detail if isinstance(detail, dict) else {}
                if process := self.process():
                    process.ready()
            case "opinion" | "no_opinion":
                self._settle(str(message.get("id")))
                self.spawn(self._tell(message))
            case _:
                log.warning("unknown message of the opinion worker", kind=str(message.get("type"))[:40])

    def _gone(self) -> None:
        self.health = {}
        for name in list(self._asked):
            self._settle(name)
            self._refuse(name)
        if process := self.process():
            process.lost()

    def _silent(self, name: str) -> None:
        for other in list(self._asked):  # they wait behind it
            self._settle(other)
        if process := self.process():
            process.restart(f"no opinion within {SILENT_S:.0f} s")

    def _settle(self, name: str) -> bool:
        timer = self._asked.pop(name, None)
        if timer is not None:
            timer.cancel()
        return timer is not None

    def _refuse(self, name: str) -> None:
        self.spawn(self._tell({"type": "no_opinion", "id": name, "code": "opinion-unavailable"}))

    async def _tell(self, message: dict[str, Any]) -> None:
        try:
            await self.workers.send("hearing", message)
        except SeoulaError:
            log.info("hearing worker went away", message=message["type"])
