"""The captions' worker process as the core has it: started when the first voice is to be written, ended soon after the
last, and spoken to over the workers' link."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistant.children import opinion_model
from assistant.contracts import Unavailable
from assistant.hearing import caption_wire
from assistant.settings import Settings
from assistant.supervise import ChildSpec, Supervisor
from assistant.workers import Workers

log = structlog.get_logger(__name__)

NAME = caption_wire.WORKER
IDLE_S = 60.0
"""The worker outlives its last voice for so long: people switch captions off and on again."""


def caption_spec(settings: Settings, core: str, env: Mapping[str, str]) -> ChildSpec | None:
    """How the worker is started; None when captions are off. Raises Unavailable where Whisper is asked for and its
    model is not here."""
    wanted = settings.meetings.captions
    if wanted == "off":
        return None
    model = opinion_model() if wanted != "vosk" else None
    if wanted == "whisper" and model is None:
        raise Unavailable("captions-model", "the Whisper model is not here: run set-up again, or set meetings.captions")
    return ChildSpec(
        NAME,
        (sys.executable, "-m", "assistant.hearing.caption_worker", "--core", f"{core}/{NAME}")
        + (("--whisper", str(model)) if model is not None else ()),
        env,
        settings.meetings.captions_start_timeout_s,
        settings.meetings.captions_memory_mb,
        settings.state_dir / "log" / f"{NAME}.log",
    )


@dataclass(slots=True)
class Captioning:
    """A `telephony.captions.CaptionLink` over the supervised worker.

    names: to be written as they are spelt. spec: how the process is started; None while it cannot be. on_ready,
    on_lost, on_said: what the captions are told.
    """

    workers: Workers
    supervisor: Supervisor
    names: Sequence[str]
    spawn: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]]
    spec: ChildSpec | None = None
    on_ready: Callable[[], Coroutine[Any, Any, None]] | None = None
    on_lost: Callable[[], None] = lambda: None
    on_said: Callable[[dict[str, Any]], None] = lambda _: None
    idle_s: float = IDLE_S
    health: dict[str, Any] = field(default_factory=dict)
    _wanted: bool = False
    _ending: asyncio.Task[None] | None = None
    _greeted: bool = False

    def __post_init__(self) -> None:
        self.workers.handle(NAME, self._message, self._gone)

    def want(self, wanted: bool) -> None:
        """Whether any voice is to be written."""
        if wanted == self._wanted:
            return
        self._wanted = wanted
        if self._ending is not None:
            self._ending.cancel()
            self._ending = None
        if not wanted:
            self._ending = self.spawn(self._end_later())
        elif NAME not in self.supervisor.children and self.spec is not None:
            self.supervisor.add(self.spec)

    async def open(self, stream: str) -> None:
        """Sound of this stream will come. Raises Unavailable."""
        await self.workers.send(NAME, caption_wire.opened(stream))

    async def feed(self, stream: str, pcm: bytes) -> None:
        """s16le, 16 kHz, mono. Raises Unavailable."""
        await self.workers.send_audio(NAME, stream, pcm)

    async def close(self, stream: str) -> None:
        """No more of it. Raises Unavailable."""
        await self.workers.send(NAME, caption_wire.closed(stream))

    async def _end_later(self) -> None:
        await asyncio.sleep(self.idle_s)
        self._ending = None  # from here on it is not called off: the next wish starts another process
        child = self.supervisor.children.pop(NAME, None)
        if child is not None:
            await child.stop()

    def _message(self, message: dict[str, Any]) -> None:
        match message.get("type"):
            case "ready" | "health":
                detail = message.get("detail")
                self.health = detail if isinstance(detail, dict) else {}
                if child := self.supervisor.children.get(NAME):
                    child.ready()
                if not self._greeted:
                    self._greeted = True
                    self.spawn(self._greet())
            case "caption":
                self.on_said(message)
            case "voice_closed":
                if message.get("error"):
                    log.warning("captions of a voice ended", reason=str(message["error"])[:40])
            case _:
                log.warning("unknown message of the captions' worker", kind=str(message.get("type"))[:40])

    async def _greet(self) -> None:
        await self.workers.send(NAME, caption_wire.names([*self.names]))
        if self.on_ready is not None:
            await self.on_ready()

    def _gone(self) -> None:
        self.health, self._greeted = {}, False
        self.on_lost()
        if child := self.supervisor.children.get(NAME):
            child.lost()
