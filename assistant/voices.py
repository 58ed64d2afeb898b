"""The core's view of speaking: ask the voice worker for a sentence, let a screen or the local device play its phrases.

A sentence arrives in phrases. The first sounds as soon as it is there; the rest follow in order, and only the end of
the last one ends the utterance.
"""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import structlog

from assistant.contracts import SeoulaError
from assistant.workers import Workers

log = structlog.get_logger(__name__)

PLAYBACK_GRACE_S = 3.0
"""A screen that never reports the end of playback counts as finished this long after the sound's length."""
LONGEST_S = 120.0
"""A longer answer of the voice is a mistake."""


class SpeechScreen(Protocol):
    """The part of the display bridge that plays sound."""

    def set_speech(self, display: str, utterance: str, urls: Sequence[str], complete: bool, text: str) -> bool:
        """Let the display's screens play what is there of an utterance; False when none is connected."""

    def clear_speech(self, display: str) -> None:
        """Silence them."""


@dataclass(slots=True)
class _Utterance:
    """One sentence on its way. begun: tells whether its first phrase sounds. sounds: it does."""

    display: str
    text: str
    begun: asyncio.Future[bool]
    files: list[str] = field(default_factory=list)
    seconds: float = 0.0
    sounds: bool = False
    started_at: float = 0.0
    complete: bool = False
    timer: asyncio.TimerHandle | None = None

    def wait(self, seconds: float, then: Callable[[], None]) -> None:
        """Replace what is waited for."""
        self.stop_waiting()
        self.timer = asyncio.get_running_loop().call_later(seconds, then)

    def stop_waiting(self) -> None:
        if self.timer is not None:
            self.timer.cancel()


@dataclass(slots=True)
class Voices:
    """Implements the rooms' Voice port.

    `timeout_s`: within which the worker must make each phrase. `finished`: called with the display once its utterance
    is over. `speaking`: called with the display and True when our own voice begins to sound there, and with False when
    it ended (the echo gate). `restart`: kills a hung worker. `lost`: told when the worker's link broke. `plays`: called
    when a file begins to play, with its display, its name, the sentence, and whether it is the sentence's first; one
    that is not plays after the one before.
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
    plays: Callable[[str, str, str, bool], None] = lambda *_: None
    _going: dict[str, _Utterance] = field(default_factory=dict)
    _heard_at: float = -math.inf
    _tells: set[asyncio.Task[bool]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.workers.handle("speaking", self._message, self._gone)

    @property
    def available(self) -> bool:
        """Whether a sentence could be spoken now."""
        return self.output != "off" and self.workers.connected("speaking")

    async def say(self, display: str, text: str, language: str = "ko") -> bool:
        """Speak at a display. True when sound is on its way; False when nothing will sound.

        A newer sentence takes the place of an older one there, which ends without a report once the newer sounds.
        """
        if self.output == "off":
            return False
        utterance = secrets.token_hex(8)  # no screen can guess what another one plays
        asked = _Utterance(display, text, asyncio.get_running_loop().create_future())
        for older in self._at(display):
            self._give_way(older)
        self._going[utterance] = asked
        asked.wait(self.timeout_s, lambda: self._late(utterance))
        try:
            message = {"type": "synthesize", "utterance": utterance, "text": text, "language": language}
            await self.workers.send("speaking", message)
        except SeoulaError as error:
            log.warning("not spoken", code=error.code)
            self._end(utterance)
        return await asked.begun

    def hush(self, display: str) -> None:
        """Silence a display at once, and drop what is still being made for it."""
        sounded = False
        for utterance in self._at(display):
            sounded = self._going[utterance].sounds or sounded
            self._drop(utterance)
            self._end(utterance, silent=True)
        self.screen.clear_speech(display)
        if sounded and self.output == "device":
            self._tell({"type": "stop"})

    def playback_finished(self, utterance: str, display: str | None = None) -> None:
        """A screen of `display` (None: the local device) is done with an utterance. The first report counts."""
        going = self._going.get(utterance)
        if going is None or not going.sounds or display not in (None, going.display):
            return
        self._drop(utterance)
        self._end(utterance)

    def stock(self, sentences: Sequence[tuple[str, str]]) -> None:
        """Sentences (text, language) that the worker makes in its free time, the first ones first."""
        self._tell({"type": "stock", "sentences": [list(pair) for pair in sentences]})

    # -- what the worker says --------------------------------------------------------------------------------

    def _message(self, message: dict[str, Any]) -> None:
        utterance = str(message.get("utterance", ""))
        match message.get("type"):
            case "ready":
                detail = message.get("detail")
                self.ready(detail if isinstance(detail, dict) else {})
            case "audio":
                self._made(utterance, message)
            case "failed":
                self._cut_short(utterance, str(message.get("code", "voice-failed")))
            case "played":
                self.playback_finished(utterance)

    def _made(self, utterance: str, message: dict[str, Any]) -> None:
        self._heard_at = asyncio.get_running_loop().time()
        going = self._going.get(utterance)
        if going is None or going.complete:
            return
        name, seconds = message.get("path"), message.get("seconds")
        usable = isinstance(name, str) and isinstance(seconds, int | float) and math.isfinite(seconds)
        if not usable or not 0 <= going.seconds + float(seconds or 0) <= LONGEST_S or float(seconds or 0) < 0:
            self._cut_short(utterance, "voice-failed")
            return
        going.files.append(str(name))
        going.seconds += float(seconds or 0)
        going.complete = message.get("last", True) is not False
        if not self._play(utterance, going):
            self._drop(utterance)
            self._end(utterance)
            return
        if going.complete:
            self._wait_for_the_end(utterance, going)
        else:
            going.wait(self.timeout_s, lambda: self._late(utterance))

    def _play(self, utterance: str, going: _Utterance) -> bool:
        """The newest phrase to whoever plays; False when nobody does."""
        first = len(going.files) == 1
        if self.output == "screen":
            urls = [f"/audio/{name}" for name in going.files]
            if not self.screen.set_speech(going.display, utterance, urls, going.complete, going.text):
                return False
        elif not self._tell({"type": "play", "utterance": utterance, "path": going.files[-1], "last": going.complete}):
            return False
        if first:
            going.sounds, going.started_at = True, asyncio.get_running_loop().time()
            # A newer sentence takes the place of the one that still sounds there; its late report means nothing.
            older = [u for u in self._at(going.display) if u != utterance]
            sounded = any(self._going[u].sounds for u in older)
            for other in older:
                self._forget(other)
            if not sounded:
                self.speaking(going.display, True)
            _settle(going.begun, True)
        self.plays(going.display, going.files[-1], going.text, first)
        return True

    def _wait_for_the_end(self, utterance: str, going: _Utterance) -> None:
        sounded = asyncio.get_running_loop().time() - going.started_at
        left = max(0.0, going.seconds - sounded) + PLAYBACK_GRACE_S
        going.wait(left, lambda: self.playback_finished(utterance))

    def _late(self, utterance: str) -> None:
        left = self._heard_at + self.timeout_s - asyncio.get_running_loop().time()
        going = self._going.get(utterance)
        if going is not None and left > 0:  # busy with another display's sentence, not hung
            going.wait(left, lambda: self._late(utterance))
            return
        self.restart(f"no sound within {self.timeout_s:.0f} s")
        self._cut_short(utterance, "voice-timeout")

    def _cut_short(self, utterance: str, code: str) -> None:
        """No more phrases will come: what there is of it is played to its end."""
        going = self._going.get(utterance)
        if going is None or going.complete:
            return
        log.warning("spoken in part" if going.files else "not spoken", code=code)
        self._close(utterance, going)

    def _give_way(self, utterance: str) -> None:
        """To a newer sentence: nothing more of it is made; what sounds goes on until the newer one sounds."""
        going = self._going[utterance]
        if not going.complete:
            self._drop(utterance)
            self._close(utterance, going)

    def _close(self, utterance: str, going: _Utterance) -> None:
        """What is there of it is all of it."""
        going.complete = True
        urls = [f"/audio/{name}" for name in going.files]
        if not going.files or (
            self.output == "screen" and not self.screen.set_speech(going.display, utterance, urls, True, going.text)
        ):
            self._end(utterance)
        else:
            self._wait_for_the_end(utterance, going)

    def _gone(self) -> None:
        self.lost()
        for utterance in list(self._going):
            if self.output == "device":
                self._end(utterance)
            else:
                self._cut_short(utterance, "voice-lost")

    # -- ends ------------------------------------------------------------------------------------------------

    def _end(self, utterance: str, *, silent: bool = False) -> None:
        """It is over. silent: the room knows, and is not told."""
        going = self._going.get(utterance)
        if going is None:
            return
        self._forget(utterance)
        if not going.sounds:
            return
        if not any(o.display == going.display and o.sounds for o in self._going.values()):
            self.screen.clear_speech(going.display)
            self.speaking(going.display, False)
        if not silent:
            self.finished(going.display)

    def _forget(self, utterance: str) -> None:
        going = self._going.pop(utterance)
        going.stop_waiting()
        _settle(going.begun, False)

    def _drop(self, utterance: str) -> None:
        """The worker need not go on with it."""
        going = self._going.get(utterance)
        if going is not None and not going.complete:
            self._tell({"type": "drop", "utterance": utterance})

    def _at(self, display: str) -> list[str]:
        return [utterance for utterance, going in self._going.items() if going.display == display]

    def _tell(self, message: dict[str, Any]) -> bool:
        """To the worker, in order, without waiting; False when it is not connected."""
        if not self.workers.connected("speaking"):
            return False
        task = asyncio.get_running_loop().create_task(self._send(message))
        self._tells.add(task)
        task.add_done_callback(self._tells.discard)
        return True

    async def _send(self, message: dict[str, Any]) -> bool:
        try:
            await self.workers.send("speaking", message)
        except (SeoulaError, RuntimeError):
            log.info("voice worker went away", message=message["type"])
            return False
        return True


def _settle(future: asyncio.Future[bool], value: bool) -> None:
    if not future.done():
        future.set_result(value)
