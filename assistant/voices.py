"""The core's view of speaking: ask the voice worker for a sentence, let a screen or the local device play it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import structlog

from assistant.contracts import SeoulaError, Unavailable
from assistant.workers import Workers

log = structlog.get_logger(__name__)

PLAYBACK_GRACE_S = 3.0
"""A screen that never reports the end of playback counts as finished this long after the sound's length."""
LONGEST_S = 120.0
"""A longer answer of the voice is a mistake."""


class SpeechScreen(Protocol):
    """The part of the display bridge that plays sound."""

    def set_speech(self, display: str, utterance: str, url: str, text: str) -> bool:
        """Ask the display's screens to play; False when none is connected."""

    def clear_speech(self, display: str) -> None:
        """Silence them."""


@dataclass(slots=True)
class Voices:
    """Implements the rooms' Voice port.

    `finished`: called with the display once its utterance is over. `speaking`: called with the display and True when
    our own voice begins to sound there, and with False when it ended (the echo gate). `restart`: kills a hung worker.
    `lost`: told when the worker's link broke.
    """

    workers: Workers
    screen: SpeechScreen
    output: Literal["screen", "device", "off"]
    timeout_s: float
    finished: Callable[[str], None]
    speaking: Callable[[str, bool], None]
    ready: Callable[[dict[str, Any]], None]
    restart: Callable[[str], None]
    lost: Callable[[], None]
    _made: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _playing: dict[str, tuple[str, asyncio.TimerHandle]] = field(default_factory=dict)
    _wanted: dict[str, str] = field(default_factory=dict)
    _stops: set[asyncio.Task[bool]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.workers.handle("speaking", self._message, self._gone)

    @property
    def available(self) -> bool:
        """Whether a sentence could be spoken now."""
        return self.output != "off" and self.workers.connected("speaking")

    async def say(self, display: str, text: str, language: str = "ko") -> bool:
        """Speak at a display. True when sound is on its way; False when nothing will sound."""
        if self.output == "off":
            return False
        utterance = secrets.token_hex(8)  # no screen can guess what another one plays
        self._wanted[display] = utterance
        try:
            name, seconds = await self._synthesize(utterance, text, language)
        except SeoulaError as error:
            log.warning("not spoken", code=error.code)
            return False
        if self._wanted.get(display) != utterance:
            return False  # hushed, or a newer sentence is on its way
        return await self._play(display, utterance, name, seconds, text)

    def hush(self, display: str) -> None:
        """Silence a display at once, and drop what is still being made for it."""
        self._wanted.pop(display, None)
        sounded = self._stop(display)
        self.screen.clear_speech(display)
        if sounded and self.output == "device" and self.workers.connected("speaking"):
            task = asyncio.get_running_loop().create_task(self._tell({"type": "stop"}))
            self._stops.add(task)
            task.add_done_callback(self._stops.discard)

    def playback_finished(self, utterance: str, display: str | None = None) -> None:
        """A screen of `display` (None: the local device) is done with an utterance. The first report counts."""
        where, timer = self._playing.get(utterance, (None, None))
        if where is None or timer is None or display not in (None, where):
            return
        del self._playing[utterance]
        timer.cancel()
        self.screen.clear_speech(where)
        self.speaking(where, False)
        self.finished(where)

    async def _synthesize(self, utterance: str, text: str, language: str) -> tuple[str, float]:
        """The file's name and the sound's length in seconds. Raises Unavailable."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._made[utterance] = future
        try:
            await self.workers.send(
                "speaking", {"type": "synthesize", "utterance": utterance, "text": text, "language": language}
            )
            made = await asyncio.wait_for(future, self.timeout_s)
        except TimeoutError as error:
            self.restart(f"no sound within {self.timeout_s:.0f} s")
            raise Unavailable("voice-timeout", "the voice did not answer in time") from error
        finally:
            self._made.pop(utterance, None)
        name, seconds = made.get("path"), made.get("seconds")
        if made.get("type") != "audio":
            raise Unavailable(str(made.get("code", "voice-failed")), str(made.get("message", "")))
        if not isinstance(name, str) or not isinstance(seconds, int | float) or not 0 <= seconds <= LONGEST_S:
            raise Unavailable("voice-failed", "the voice worker's answer cannot be used")
        return name, float(seconds)

    async def _play(self, display: str, utterance: str, name: str, seconds: float, text: str) -> bool:
        if self.output == "screen":
            if not self.screen.set_speech(display, utterance, f"/audio/{name}", text):
                return False
        elif not await self._tell({"type": "play", "utterance": utterance, "path": name}):
            return False
        timer = asyncio.get_running_loop().call_later(seconds + PLAYBACK_GRACE_S, self.playback_finished, utterance)
        # A newer sentence takes the place of the one that still sounds there; its late report means nothing.
        replaced = self._forget(display)
        self._playing[utterance] = (display, timer)
        if not replaced:
            self.speaking(display, True)
        return True

    def _stop(self, display: str) -> bool:
        """Forget what sounds at a display, and open the echo gate; True when something did."""
        stopped = self._forget(display)
        if stopped:
            self.speaking(display, False)
        return stopped

    def _forget(self, display: str) -> bool:
        ended = [u for u, (where, _) in self._playing.items() if where == display]
        for utterance in ended:
            self._playing.pop(utterance)[1].cancel()
        return bool(ended)

    async def _tell(self, message: dict[str, Any]) -> bool:
        try:
            await self.workers.send("speaking", message)
        except (SeoulaError, RuntimeError):
            log.info("voice worker went away", message=message["type"])
            return False
        return True

    def _message(self, message: dict[str, Any]) -> None:
        utterance = str(message.get("utterance", ""))
        match message.get("type"):
            case "ready":
                detail = message.get("detail")
                self.ready(detail if isinstance(detail, dict) else {})
            case "audio" | "failed":
                future = self._made.get(utterance)
                if future and not future.done():
                    future.set_result(message)
            case "played":
                self.playback_finished(utterance)

    def _gone(self) -> None:
        self.lost()
        for future in self._made.values():
            if not future.done():
                future.set_result({"type": "failed", "code": "voice-lost", "message": "the voice worker ended"})
        if self.output == "device":
            for utterance in list(self._playing):
                self.playback_finished(utterance)
