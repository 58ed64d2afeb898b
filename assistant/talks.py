"""One push-to-talk utterance: the events its sender gets back, from the first word to the outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from assistant.contracts import Outcome, encode
from assistant.room import HearingEvent


@dataclass(slots=True)
class Talk:
    """`stream`: the ear's stream. `run`: the run's id once it is over."""

    display: str
    stream: str = ""
    run: str = ""
    _queue: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)

    def heard(self, event: HearingEvent) -> None:
        """An event of the ear."""
        message = encode(event)
        message.pop("stream", None)
        self._queue.put_nowait(message)

    def over(self, outcome: Outcome, run: str) -> None:
        """The run's outcome: the last event."""
        self.run = run
        self._queue.put_nowait({**encode(outcome), "run": run})

    def fail(self, code: str, message: str) -> None:
        """The audio cannot be used: the last event."""
        self._queue.put_nowait({"type": "error", "code": code, "message": message})

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Events in order; ends after the outcome or an error."""
        while True:
            event = await self._queue.get()
            yield event
            if event["type"] in ("outcome", "error"):
                return
