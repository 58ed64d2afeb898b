"""The core's view of hearing: which audio stream belongs to which screen, and the worker's events on their way in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistant.contracts import SeoulaError, StreamMode, WireError, decode
from assistant.room import HearingEvent
from assistant.workers import Workers

log = structlog.get_logger(__name__)

MICROPHONE = "mic"
Listener = Callable[[HearingEvent], None]


@dataclass(slots=True)
class Ears:
    """Implements the rooms' Ear port over the hearing worker.

    `hear`: takes an event for a display. Streams opened by `open` may add a listener of their own (the browser that
    pressed the button wants its partials back).
    """

    workers: Workers
    microphone_display: str
    hear: Callable[[str, HearingEvent], None]
    lost: Callable[[], None]
    ready: Callable[[dict[str, Any]], None]
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    health: dict[str, Any] = field(default_factory=dict)
    _displays: dict[str, str] = field(default_factory=dict)
    _listeners: dict[str, Listener] = field(default_factory=dict)
    _last: dict[str, str] = field(default_factory=dict)
    _count: int = 0
    _muted: bool = False

    def __post_init__(self) -> None:
        self._displays[MICROPHONE] = self.microphone_display
        self.workers.handle("hearing", self._message, self._gone)

    @property
    def available(self) -> bool:
        """Whether the hearing worker is connected."""
        return self.workers.connected("hearing")

    async def open(self, display: str, mode: StreamMode, listener: Listener) -> str:
        """Open a stream whose audio will be fed; returns its id. Raises Unavailable."""
        self._count += 1
        stream = f"s{self._count}"
        await self.workers.send("hearing", {"type": "open_stream", "stream": stream, "mode": mode.value})
        self._displays[stream], self._listeners[stream], self._last[display] = display, listener, stream
        return stream

    async def feed(self, stream: str, pcm: bytes) -> None:
        """Audio of a stream: s16le, 16 kHz, mono. Raises Unavailable."""
        await self.workers.send_audio("hearing", stream, pcm)

    async def close(self, stream: str) -> None:
        """No more audio; the worker finishes the utterance and forgets the stream."""
        if self.available:
            await self.workers.send("hearing", {"type": "close_stream", "stream": stream})

    def forget(self, stream: str) -> None:
        """The listener is gone."""
        self._displays.pop(stream, None)
        self._listeners.pop(stream, None)
        for display, last in list(self._last.items()):
            if last == stream:
                del self._last[display]

    def mute(self, muted: bool) -> None:
        """The echo gate: while our own voice sounds, nothing of it may wake or be recognised."""
        self._muted = muted
        self._tell({"type": "mute", "muted": muted})

    # -- the rooms' Ear port ---------------------------------------------------------------------------------

    def listen(self, display: str) -> None:
        """Open the ear without a wake word: the display's open stream's, or the microphone of its room."""
        self._tell_stream("listen", display)

    def cancel(self, display: str) -> None:
        """Nobody waits for this utterance any more."""
        self._tell_stream("cancel", display)

    # -- the worker's messages -------------------------------------------------------------------------------

    def _tell_stream(self, kind: str, display: str) -> None:
        # Another display's run must neither open nor close the microphone of the room.
        stream = self._last.get(display) or (MICROPHONE if display == self.microphone_display else None)
        if stream is not None:
            self._tell({"type": kind, "stream": stream})

    def _tell(self, message: dict[str, Any]) -> None:
        if self.available:
            self.spawn(self._send(message))

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            await self.workers.send("hearing", message)
        except (SeoulaError, RuntimeError):
            log.info("hearing worker went away", message=message["type"])
        await asyncio.sleep(0)

    def _message(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "ready":
                if self._muted:  # a worker that has just been started again does not know it
                    self.mute(True)
                self.ready(_detail(message))
            case "health":
                self.health = _detail(message)
            case "error":
                log.warning("the hearing worker refused a message", code=message.get("code"))
            case _:
                self._event(message)

    def _event(self, message: dict[str, Any]) -> None:
        try:
            event = decode(message)
        except WireError as error:
            log.warning("bad message from the hearing worker", error=error.message)
            return
        if not isinstance(event, HearingEvent):
            log.warning("not an event of hearing", kind=message["type"])
            return
        display = self._displays.get(event.stream)
        if display is None:
            return
        listener = self._listeners.get(event.stream)
        if listener:
            listener(event)
        # What an older stream of the display still says must not be taken for the newer one's words.
        if event.stream == MICROPHONE or self._last.get(display) == event.stream:
            self.hear(display, event)

    def _gone(self) -> None:
        self.health = {}
        self.lost()


def _detail(message: dict[str, Any]) -> dict[str, Any]:
    detail = message.get("detail")
    return detail if isinstance(detail, dict) else {}
