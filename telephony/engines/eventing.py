"""What happens in an engine, for one listener."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from telephony.engines.engine import EngineEvent

MOST_WAITING = 1000


class EventQueue:
    """Events in order. Who speaks is let go when nobody has listened for long; nothing else ever is."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[EngineEvent | None] = asyncio.Queue()

    def put(self, event: EngineEvent) -> None:
        """Something happened."""
        if event.kind != "speaking" or self._queue.qsize() < MOST_WAITING:
            self._queue.put_nowait(event)

    def end(self) -> None:
        """Nothing more will happen."""
        self._queue.put_nowait(None)

    async def each(self) -> AsyncIterator[EngineEvent]:
        """Until the end."""
        while (event := await self._queue.get()) is not None:
            yield event
