"""Captions on the core's side: the voices that are tapped go to the captions' worker, its words come back in time.

Who reads them, and whether they are kept, is decided by the room (`Rooms.heard`); nothing is kept or logged here.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import itertools
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from assistant.contracts import SeoulaError

LATE_PARTIAL_S, LATE_FINAL_S = 3.0, 10.0
"""A line that changes is of no use so long after it was said, nor a final one; a late final one is still recorded."""
_REMEMBERED = 2_000


class CaptionLink(Protocol):
    """The captions' worker, wherever it runs. All raise Unavailable while it does not."""

    async def open(self, stream: str) -> None: ...

    async def feed(self, stream: str, pcm: bytes) -> None: ...

    async def close(self, stream: str) -> None: ...


class Heard(Protocol):
    """Takes words: of whom, where, when their utterance began (seconds of the clock), how old they are. shown: whether
    they are still worth reading."""

    def __call__(
        self, room: str, part: str, text: str, *, final: bool, t0: float, age_ms: int, shown: bool
    ) -> None: ...


class Counters(Protocol):
    """What operators see: no words, no people."""

    def caption(self, lag_s: float, *, final: bool, shown: bool) -> None: ...

    def sound_lost(self, seconds: float) -> None: ...


@dataclass(slots=True)
class SentClock:
    """When which second of a stream's sound was said. Pure. Sound may pause (a muted microphone sends none)."""

    _sent: float = 0.0
    _marks: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=_REMEMBERED))

    def sent(self, seconds: float, now: float) -> None:
        """So much sound was sent, and its last sample came now."""
        self._marks.append((self._sent, now - seconds))
        self._sent += seconds

    def at(self, second: float) -> float:
        """The clock at a second of the sound; the oldest or newest that is known for one beyond them."""
        if not self._marks:
            return 0.0
        index = max(0, bisect.bisect_right(self._marks, second, key=lambda mark: mark[0]) - 1)
        begins, clock = self._marks[index]
        return clock + max(0.0, second - begins)


@dataclass(slots=True)
class _Stream:
    room: str
    part: str
    clock: SentClock = field(default_factory=SentClock)
    task: asyncio.Task[None] | None = None
    open: bool = False


class Captions:
    """The tapped voices of all rooms.

    tap: the engine's sound of a part, 16 kHz mono s16le. want: told whether the worker is needed at all.
    """

    def __init__(
        self,
        tap: Callable[[str, str], AsyncIterator[bytes]],
        link: CaptionLink,
        heard: Heard,
        want: Callable[[bool], None],
        counters: Counters,
        clock: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._tap, self._link, self._heard, self._want = tap, link, heard, want
        self._counters, self._clock, self._spawn = counters, clock, spawn
        self._streams: dict[str, _Stream] = {}
        self._numbers = itertools.count(1)

    @property
    def voices(self) -> int:
        """How many are listened to."""
        return len(self._streams)

    def tap(self, room: str, part: str) -> None:
        """Begin to listen to a part (an Engine order)."""
        if self._named(room, part) is not None:
            return
        name = f"s{next(self._numbers)}"
        stream = self._streams[name] = _Stream(room, part)
        self._want(True)
        stream.task = self._spawn(self._listen(name, stream))

    def untap(self, room: str, part: str) -> None:
        """Listen to it no more, from this very moment: words that still come are nobody's."""
        name = self._named(room, part)
        if name is None:
            return
        stream = self._streams.pop(name)
        if stream.task is not None:
            stream.task.cancel()
        self._spawn(self._close(name))
        if not self._streams:
            self._want(False)

    async def ready(self) -> None:
        """The worker is there (again): it is told of every voice."""
        for name, stream in list(self._streams.items()):
            stream.clock, stream.open = SentClock(), False
            await self._open(name, stream)

    def lost(self) -> None:
        """The worker is gone; sound is thrown away until the next one."""
        for stream in self._streams.values():
            stream.open = False

    def said(self, message: Mapping[str, Any]) -> None:
        """A caption of the worker, as caption_wire has it."""
        stream = self._streams.get(str(message.get("stream")))
        text, final = message.get("text"), message.get("final")
        t0, t1 = message.get("t0"), message.get("t1")
        if stream is None or not isinstance(text, str) or not isinstance(final, bool):
            return
        if not isinstance(t0, int | float) or not isinstance(t1, int | float):
            return
        lag = max(0.0, self._clock() - stream.clock.at(t1))
        shown = lag <= (LATE_FINAL_S if final else LATE_PARTIAL_S)
        self._counters.caption(lag, final=final, shown=shown)
        begun = stream.clock.at(t0)
        self._heard(stream.room, stream.part, text, final=final, t0=begun, age_ms=round(lag * 1000), shown=shown)

    async def stop(self) -> None:
        """End all listening."""
        for stream in list(self._streams.values()):
            self.untap(stream.room, stream.part)

    def _named(self, room: str, part: str) -> str | None:
        return next((n for n, s in self._streams.items() if (s.room, s.part) == (room, part)), None)

    async def _listen(self, name: str, stream: _Stream) -> None:
        await self._open(name, stream)
        async for pcm in self._tap(stream.room, stream.part):
            seconds = len(pcm) / 32_000
            if not stream.open:
                self._counters.sound_lost(seconds)
                continue
            stream.clock.sent(seconds, self._clock())
            try:
                await self._link.feed(name, pcm)
            except SeoulaError:
                stream.open = False

    async def _open(self, name: str, stream: _Stream) -> None:
        if stream.open:
            return
        with contextlib.suppress(SeoulaError):  # not there yet: `ready` opens it
            await self._link.open(name)
            stream.open = True

    async def _close(self, name: str) -> None:
        with contextlib.suppress(SeoulaError):
            await self._link.close(name)
