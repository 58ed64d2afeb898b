"""The core's view of hearing: which audio stream belongs to which screen, and the worker's events on their way in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import structlog

from assistant.arbiter import Arbiter, Denied, Verdict
from assistant.contracts import (
    NoSpeech,
    SeoulaError,
    StopWord,
    StreamEnded,
    StreamMode,
    Transcript,
    Wake,
    WireError,
    decode,
)
from assistant.room import HearingEvent
from assistant.sounds import Stretch
from assistant.workers import Workers

log = structlog.get_logger(__name__)

Listener = Callable[[HearingEvent], None]


@dataclass(slots=True)
class Ears:
    """Implements the rooms' Ear port over the hearing worker.

    `hear`: takes an event for a display. Streams opened by `open` have a listener of their own besides (the browser
    that pressed the button wants its partials back). `lost`: the worker's link broke. `changed`: called with the
    worker's details when it is ready and with every health message. `opinion_wanted`: takes the worker's questions to
    the second opinion.

    microphones: the worker's own, by name, each with the display it commands. arbiter: decides which of them answers a
    call that several have heard.

    A display is heard through one stream at a time: the one whose wake word, button or question opened the ear last.
    While a talk is open there, the microphones of the room are not listened to.
    """

    workers: Workers
    microphones: Mapping[str, str]
    hear: Callable[[str, HearingEvent], None]
    lost: Callable[[], None]
    changed: Callable[[dict[str, Any]], None]
    spawn: Callable[[Coroutine[Any, Any, None]], object]
    opinion_wanted: Callable[[dict[str, Any]], None]
    arbiter: Arbiter = field(default_factory=Arbiter)
    clock: Callable[[], float] = time.monotonic
    health: dict[str, Any] = field(default_factory=dict)
    _displays: dict[str, str] = field(default_factory=dict)
    _listeners: dict[str, Listener] = field(default_factory=dict)
    _talks: dict[str, str] = field(default_factory=dict)
    _attended: dict[str, str] = field(default_factory=dict)
    _last_heard: dict[str, str] = field(default_factory=dict)
    _held: dict[str, list[HearingEvent]] = field(default_factory=dict)
    _count: int = 0
    _muted: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._displays.update(self.microphones)
        self.workers.handle("hearing", self._message, self._gone)

    @property
    def available(self) -> bool:
        """Whether the hearing worker is connected."""
        return self.workers.connected("hearing")

    async def open(self, display: str, mode: StreamMode, listener: Listener) -> str:
        """Open a stream whose audio will be fed; returns its id. Raises Unavailable.

        Once the run that the display had before has let go of its ear, `attend` makes it the one that is heard.
        """
        self._count += 1
        stream = f"s{self._count}"
        await self.workers.send("hearing", {"type": "open_stream", "stream": stream, "mode": mode.value})
        self._displays[stream], self._listeners[stream], self._talks[display] = display, listener, stream
        return stream

    def attend(self, display: str, stream: str) -> None:
        """The display's run has begun with this stream: it hears no other one."""
        self._attended[display] = stream

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
        for streams in (self._talks, self._attended):
            for display in [d for d, s in streams.items() if s == stream]:
                del streams[display]

    def mute(self, stream: str, muted: bool) -> None:
        """The echo gate: while our own voice sounds at a microphone, nothing of it may wake it or be recognised."""
        (self._muted.add if muted else self._muted.discard)(stream)
        self._tell({"type": "mute", "stream": stream, "muted": muted})

    def keep(self, kind: str, name: str, stretch: Stretch) -> None:
        """Let the worker write a stretch of a stream that it still remembers, if somebody has opted into this kind."""
        self._tell({"type": "keep_sound", "kind": kind, "name": name, **asdict(stretch)})

    def wake_people(self, paths: list[str], version: str) -> None:
        """Whose wake heads to listen with; the worker names the version once it does."""
        self._tell({"type": "wake_people", "paths": paths, "version": version})

    def forget_sound(self) -> None:
        """Let the worker forget all sound that it remembers for keeping."""
        self._tell({"type": "forget_sound"})

    def voice(self, stream: str, file: str, text: str, *, first: bool) -> None:
        """A file of our own voice begins to play at a microphone, the first of a sentence or one that follows: its echo
        is known."""
        if stream in self._muted:
            self._tell({"type": "voice", "stream": stream, "file": file, "text": text, "first": first})

    # -- the rooms' Ear port ---------------------------------------------------------------------------------

    def listen(self, display: str, seconds: float) -> None:
        """Open the ear without a wake word: the display's open stream's, or the microphone of its room."""
        # Another display's run must not open the microphone of the room.
        stream = self._talks.get(display) or self._microphone_of(display)
        if stream is not None:
            self._attended[display] = stream
            self._tell({"type": "listen", "stream": stream, "seconds": seconds})

    def cancel(self, display: str) -> None:
        """Nobody waits for this utterance any more."""
        stream = self._attended.pop(display, None)
        if stream is not None:
            self._tell({"type": "cancel", "stream": stream})

    # -- the worker's messages -------------------------------------------------------------------------------

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
                for stream in sorted(self._muted):  # a worker that has just been started again does not know it
                    self.mute(stream, True)
                self._news(_detail(message))
            case "health":
                self._news(_detail(message))
            case "opinion_wanted":
                self.opinion_wanted(message)
            case "error":
                log.warning("the hearing worker refused a message", code=message.get("code"))
            case _:
                self._event(message)

    def _news(self, detail: dict[str, Any]) -> None:
        self.health = detail
        self.changed(detail)

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
        talk = self._talks.get(display)
        if event.stream == talk:
            self._pass(display, event)
        elif talk is None and event.stream in self.microphones:
            self._arbitrate(display, event)

    def _arbitrate(self, display: str, event: HearingEvent) -> None:
        """A microphone's wake, and what follows it, waits while another one may have heard the same call better."""
        if event.stream in self._held:
            self._held[event.stream].append(event)
        elif isinstance(event, Wake):
            self._held[event.stream] = [event]
            self._settle(self.arbiter.called(event.stream, event.level, self.clock()))
            if self.arbiter.deadline is not None:
                self.spawn(self._await_verdict())
        else:
            self._pass(display, event)

    async def _await_verdict(self) -> None:
        await asyncio.sleep(max(0.0, (self.arbiter.deadline or 0.0) - self.clock()))
        self._settle(self.arbiter.tick(self.clock()))

    def _settle(self, verdicts: list[Verdict]) -> None:
        for verdict in verdicts:
            held = self._held.pop(verdict.microphone, [])
            if isinstance(verdict, Denied):
                self._tell({"type": "cancel", "stream": verdict.microphone})
                continue
            self._last_heard[self.microphones[verdict.microphone]] = verdict.microphone
            for event in held:
                self._pass(self.microphones[verdict.microphone], event)

    def _microphone_of(self, display: str) -> str | None:
        """The microphone that a display was called through last, else its first one."""
        of_display = [name for name, its in self.microphones.items() if its == display]
        return self._last_heard.get(display) or (of_display[0] if of_display else None)

    def _pass(self, display: str, event: HearingEvent) -> None:
        """An event of the stream that may speak at the display now, unless its run began with another one."""
        mine = self._attended.get(display) == event.stream
        match event:
            case Wake():
                if mine:  # its earlier window has closed: cancelling would close the one that opens now
                    del self._attended[display]
                self.hear(display, event)
                self._attended[display] = event.stream
            case StreamEnded() | StopWord():
                self.hear(display, event)
            case Transcript() | NoSpeech() if mine:
                del self._attended[display]  # its window has closed
                self.hear(display, event)
            case _ if mine:
                self.hear(display, event)

    def _gone(self) -> None:
        self.health = {}
        self._attended.clear()
        self._held.clear()
        self.arbiter.forget()
        self.lost()


def _detail(message: dict[str, Any]) -> dict[str, Any]:
    detail = message.get("detail")
    return detail if isinstance(detail, dict) else {}
