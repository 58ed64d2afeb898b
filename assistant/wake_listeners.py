"""Whose wake heads the hearing worker listens with: what is enrolled while the service runs is taken up at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistant.contracts import ConfigError
from assistant.settings import Settings
from assistant.wake_words import wake_people

log = structlog.get_logger(__name__)

TAKE_UP_S = 10.0


@dataclass(slots=True)
class WakeListeners:
    """tell: hands the worker the heads' files, with a version that it names once it listens with them.

    With each of the worker's health messages, every few seconds, the folder is looked at: nobody need tell the service.
    """

    settings: Settings
    tell: Callable[[list[str], str], None]
    names: tuple[str, ...] = ()
    _used: str = ""
    _problem: str = ""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self, detail: dict[str, Any]) -> None:
        """The worker says whom it listens for."""
        state = detail.get("wake_people")
        if not isinstance(state, dict):  # a worker without a wake word
            return
        self._used, self.names = str(state.get("version", "")), tuple(map(str, state.get("names") or ()))
        self._changed.set()
        self._look()

    async def take_up(self, within_s: float = TAKE_UP_S) -> bool:
        """Let the worker listen with what is enrolled now. Returns whether it does, which takes it a moment."""
        wanted = self._look()
        if wanted is None:
            return False
        try:
            async with asyncio.timeout(within_s):
                while wanted != self._used:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return False
        return True

    def _look(self) -> str | None:
        """The version wanted; the worker is told where it has another. None when the folder
        cannot be read."""
        try:
            paths = wake_people(self.settings, all_there=False)
            # A head is replaced before its card: both count, so that one caught in between is read again.
            files = [file for path in paths for file in (path, path.with_suffix(".json"))]
            version = "/".join(f"{file.name}@{file.stat().st_mtime_ns}" for file in files) or "nobody"
        except (ConfigError, OSError) as error:  # a head removed while it was looked at, or a name that is none
            problem = getattr(error, "code", type(error).__name__)
            if problem != self._problem:
                log.warning("whose wake heads listen stays as it is", error=problem)
            self._problem = problem
            return None
        self._problem = ""
        if version != self._used:
            self.tell([str(path) for path in paths], version)
        return version
