"""The core's view of speaking: ask the voice worker for a sentence, let a screen or the local device play it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import structlog

from assistant.contracts import SeoulaError, Unavailable
from assistant.workers import Workers

log = structlog.get_logger(__name__)

PLAYBACK_GRACE_S = 3.0
"""A screen that never reports the end of playback counts as finished this long after the sound's length."""


class SpeechScreen(Protocol):
    """The part of the display bridge that plays sound."""

    def set_speech(self, display: str, utterance: str, url: str, text: str) -> bool:
        """Ask the display's screens to play; False when none is connected."""

    def clear_speech(self, display: str) -> None:
        """Silence them."""


@dataclass(slots=True)
class Voices:
    """Implements the rooms' Voice port.

    `finished`: called with the display once its utterance is over. `speaking`: called with True when our own voice
    begins to sound anywhere and with False when the last one ended (the echo gate). `restart`: kills a hung worker.
    """

    workers: Workers
    screen: SpeechScreen
    output: Literal["screen", "device", "off"]
    timeout_s: float
    finished: Callable[[str], None]
    speaking: Callable[[bool], None]
    ready: Callable[[dict[str, Any]], None]
    restart: Callable[[str], None]
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    _made: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _playing: dict[str, tuple[str, asyncio.TimerHandle]] = field(default_factory=dict)

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
        utterance = f"u{next(self._numbers)}"
        try:
            made = await self._synthesize(utterance, text, language)
        except SeoulaError as error:
            log.warning("not spoken", code=error.code)
            return False
        return await self._play(display, utterance, made, text)

    def hush(self, display: str) -> None:
        """Silence a display at once."""
        for utterance, (where, _) in list(self._playing.items()):
            if where == display:
                self.playback_finished(utterance, report=False)
        self.screen.clear_speech(display)

    def playback_finished(self, utterance: str, *, report: bool = True) -> None:
        """A screen or the local device is done with an utterance. The first report counts."""
        playing = self._playing.pop(utterance, None)
        if playing is None:
            return
        display, timer = playing
        timer.cancel()
        self.screen.clear_speech(display)
        if not self._playing:
            self.speaking(False)
        if report:
            self.finished(display)

    async def _synthesize(self, utterance: str, text: str, language: str) -> dict[str, Any]:
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
        if made.get("type") != "audio":
            raise Unavailable(str(made.get("code", "voice-failed")), str(made.get("message", "")))
        return made

    async def _play(self, display: str, utterance: str, made: dict[str, Any], text: str) -> bool:
        name, seconds = str(made["path"]), float(made["seconds"])
        if self.output == "screen":
            if not self.screen.set_speech(display, utterance, f"/audio/{name}", text):
                return False
        else:
            with contextlib.suppress(Unavailable):
                await self.workers.send("speaking", {"type": "play", "utterance": utterance, "path": name})
        loop = asyncio.get_running_loop()
        timer = loop.call_later(seconds + PLAYBACK_GRACE_S, self.playback_finished, utterance)
        self._playing[utterance] = (display, timer)
        self.speaking(True)
        return True

    def _message(self, message: dict[str, Any]) -> None:
        utterance = str(message.get("utterance", ""))
        match message.get("type"):
            case "ready":
                self.ready(dict(message.get("detail") or {}))
            case "audio" | "failed":
                future = self._made.get(utterance)
                if future and not future.done():
                    future.set_result(message)
            case "played":
                self.playback_finished(utterance)

    def _gone(self) -> None:
        for future in self._made.values():
            if not future.done():
                future.set_result({"type": "failed", "code": "voice-lost", "message": "the voice worker ended"})
        if self.output == "device":
            for utterance in list(self._playing):
                self.playback_finished(utterance)
