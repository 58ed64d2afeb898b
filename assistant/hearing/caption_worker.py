"""The captions' worker: `python -m assistant.hearing.caption_worker --core ws://… [--whisper FOLDER]`.

A child process of the core that runs only while somebody wants captions. The voices of a meeting come as streams of
16 kHz sound, one per person; their words go back. Nothing of either is kept or logged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import structlog

from assistant import logs
from assistant.contracts.errors import SeoulaError
from assistant.hearing.caption_text import Names, joined
from assistant.hearing.caption_wire import WORKER, Caption
from assistant.hearing.dictation import Dictating, Dictation, Line, WholeDictating
from assistant.hearing.recogniser import VoskModel, VoskRecogniser
from assistant.hearing.voice_activity import SileroVoiceActivity
from assistant.hearing.whisper import Whisper
from assistant.process import watch_parent
from assistant.worker_link import WorkerLink

log = structlog.get_logger(__name__)

HEALTH_EVERY_S = 5.0
MOST_STREAMS = 12
MOST_WAITING_S = 6.0
"""So much sound of one stream may wait; what is older is thrown away, for a caption that late helps nobody."""
BEHIND_S = 1.2
"""So much sound waiting means that the machine falls behind: lines that change are left out until it has caught up."""
_BYTES_PER_S = 32_000


@dataclass(frozen=True, slots=True)
class Engine:
    """What writes the words down. new: for one stream; tidy: its words as they are to be read."""

    name: str
    new: Callable[[], Dictating]
    tidy: Callable[[str], str]


def engine_of(whisper: Path | None) -> Engine:
    """Whisper where its model is given, else Vosk's free dictation. Raises Unavailable."""
    if whisper is not None:
        heard = Whisper(whisper, threads=1)
        return Engine("whisper", lambda: WholeDictating(heard), str)
    model = VoskModel(wide=False)
    return Engine("vosk", lambda: VoskRecogniser(model, None), joined)


@dataclass(slots=True)
class Stream:
    """One voice: what waits to be heard, and what is lost because it waited too long."""

    name: str
    dictation: Dictation
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    bytes_waiting: int = 0
    lost_s: float = 0.0
    ends: bool = False

    def push(self, pcm: bytes, now: float) -> None:
        """Sound came. Lost sound is replaced by nothing: the words' times count what was heard plus what was lost."""
        self.waiting.append((now, pcm))
        self.bytes_waiting += len(pcm)
        while self.bytes_waiting > MOST_WAITING_S * _BYTES_PER_S:
            _, old = self.waiting.popleft()
            self.bytes_waiting -= len(old)
            self.lost_s += len(old) / _BYTES_PER_S

    def take(self) -> tuple[float, bytes]:
        """All that waits as one piece, and when its newest part came."""
        came, pcm = self.waiting[-1][0], b"".join(part for _, part in self.waiting)
        self.waiting.clear()
        self.bytes_waiting = 0
        return came, pcm


class CaptionWorker:
    """Hears the streams in turn, in one thread: a machine with more to hear than it can falls behind, and loses the
    oldest sound, instead of taking the machine from everything else."""

    def __init__(self, core: str, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._clock = engine, clock
        self._streams: dict[str, Stream] = {}
        self._names = Names(())
        self._some = asyncio.Event()
        self._told = 0
        self._link = WorkerLink(core, WORKER, self._detail, self.on_message, self.on_audio)
        self.send: Callable[[dict[str, Any]], Any] = self._link.send

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._link.run())
            tasks.create_task(self.hear())
            tasks.create_task(self._health())

    async def on_message(self, message: dict[str, Any]) -> None:
        """A message of the core."""
        name = message.get("stream")
        match message.get("type"):
            case "open_voice" if isinstance(name, str):
                # After the link was lost the core opens everything again.
                if name in self._streams or len(self._streams) < MOST_STREAMS:
                    self._streams[name] = Stream(name, Dictation(SileroVoiceActivity(), self._engine.new()))
                else:
                    await self.send({"type": "voice_closed", "stream": name, "error": "too-many-streams"})
            case "close_voice" if isinstance(name, str) and name in self._streams:
                self._streams[name].ends = True
                self._some.set()
            case "names" if isinstance(message.get("names"), list):
                self._names = Names(n for n in message["names"] if isinstance(n, str))
            case "close_voice":
                pass
            case _:
                log.warning("unknown message", kind=str(message.get("type"))[:40])

    async def on_audio(self, frame: bytes) -> None:
        """One byte of length, the stream's name, the sound."""
        size = frame[0] if frame else 0
        stream = self._streams.get(frame[1 : 1 + size].decode("ascii", "replace"))
        if stream is not None and not stream.ends:
            stream.push(frame[1 + size :], self._clock())
            self._some.set()

    async def hear(self) -> None:
        """Whatever waits, one stream after the other."""
        while True:
            await self._some.wait()
            self._some.clear()
            for stream in list(self._streams.values()):
                if stream.waiting or stream.ends:
                    await self._hear(stream)

    async def _hear(self, stream: Stream) -> None:
        ends = stream.ends
        came, pcm = stream.take() if stream.waiting else (self._clock(), b"")
        try:
            lines = await asyncio.to_thread(_lines, stream.dictation, pcm, ends)
        except Exception as error:  # the recognisers raise what they like; the next voice may be a better one
            log.error("a stream could not be heard", error=type(error).__name__)
            self._streams.pop(stream.name, None)
            await self.send({"type": "voice_closed", "stream": stream.name, "error": "recogniser-failed"})
            return
        for line in lines:
            await self.send(self._caption(stream, line, came).message())
        if ends:
            if self._streams.get(stream.name) is stream:
                del self._streams[stream.name]
            await self.send({"type": "voice_closed", "stream": stream.name, "error": ""})

    def _caption(self, stream: Stream, line: Line, came: float) -> Caption:
        self._told += 1
        text = self._names.spelt(self._engine.tidy(line.words))
        t0, t1 = line.t0 + stream.lost_s, line.t1 + stream.lost_s
        behind = self._clock() - came + (stream.dictation.seconds - line.t1)
        return Caption(stream.name, line.n, text, line.final, t0, t1, self._engine.name, max(0.0, behind))

    async def _health(self) -> None:
        while True:
            await asyncio.sleep(HEALTH_EVERY_S)
            await self.send({"type": "health", "detail": self._detail()})

    def _detail(self) -> dict[str, Any]:
        memory = round(psutil.Process().memory_info().rss / 2**20)
        lost = round(sum(stream.lost_s for stream in self._streams.values()), 1)
        return {"engine": self._engine.name, "streams": len(self._streams), "lost_s": lost, "memory_mb": memory}


def _lines(dictation: Dictation, pcm: bytes, ends: bool) -> list[Line]:
    lines = list(dictation.push(pcm, hurry=len(pcm) > BEHIND_S * _BYTES_PER_S))
    return [*lines, *dictation.finish()] if ends else lines


async def serve(core: str, engine: Engine) -> None:
    """Run until SIGTERM or SIGINT, or until the parent process is gone."""
    worker = asyncio.create_task(CaptionWorker(core, engine).run())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, worker.cancel)
    watch = asyncio.create_task(watch_parent(worker.cancel))
    with contextlib.suppress(asyncio.CancelledError):
        await worker
    watch.cancel()


def main(arguments: list[str] | None = None) -> int:
    """The command line. Exit codes: 0 ended when asked, 1 the model is missing, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="assistant.hearing.caption_worker", description=__doc__)
    parser.add_argument("--core", required=True, help="ws:// address of the core")
    parser.add_argument("--whisper", type=Path, help="folder of the Whisper model; without it Vosk writes")
    options = parser.parse_args(arguments)
    logs.set_up()
    try:
        engine = engine_of(options.whisper)
    except SeoulaError as error:
        log.error("captions cannot start", code=error.code, message=error.message)
        return 1
    asyncio.run(serve(options.core, engine))
    return 0


if __name__ == "__main__":
    sys.exit(main())
