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
        self._tell({"type": "mute", "muted": muted})

    # -- the rooms' Ear port ---------------------------------------------------------------------------------

    def listen(self, display: str) -> None:
        """Open the ear without a wake word: the microphone's, or the display's last open stream's."""
        self._tell({"type": "listen", "stream": self._stream_of(display)})

    def cancel(self, display: str) -> None:
        """Nobody waits for this utterance any more."""
        self._tell({"type": "cancel", "stream": self._stream_of(display)})

    # -- the worker's messages -------------------------------------------------------------------------------

    def _stream_of(self, display: str) -> str:
        return self._last.get(display, MICROPHONE)

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
                self.ready(dict(message.get("detail") or {}))
            case "health":
                self.health = message
            case _:
                self._event(message)

    def _event(self, message: dict[str, Any]) -> None:
        try:
            event: HearingEvent = decode(message)
        except WireError as error:
            log.warning("bad message from the hearing worker", error=error.message)
            return
        listener = self._listeners.get(event.stream)
        if listener:
            listener(event)
        display = self._displays.get(event.stream)
        if display:
            self.hear(display, event)

    def _gone(self) -> None:
        self.lost()
