"""The hearing worker: `python -m assistant.hearing.worker --core ws://127.0.0.1:PORT/ws/v1/workers/hearing`.

A child process that hears the microphone (stream `mic`) and any number of push-to-talk streams, and tells the core
what was said. Protocol: JSON text frames both ways, binary frames with audio from the core (see `StreamDesk`).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeGuard

import psutil
import structlog

from assistant import logs
from assistant.contracts.errors import BadInput, SeoulaError, Unavailable
from assistant.contracts.events import StreamEnded, StreamMode
from assistant.contracts.wire import encode
from assistant.hearing.audio import LiveSource
from assistant.hearing.desk import MICROPHONE, StreamDesk
from assistant.hearing.engine import HearingEngine
from assistant.hearing.keeping import KINDS, SoundKeeper
from assistant.hearing.microphones import Microphones
from assistant.hearing.opinion_wire import LinkedOpinion
from assistant.hearing.pipeline import Event
from assistant.hearing.sources import samples_of, silence
from assistant.hearing.vocabulary import registry_phrases, wire_phrases
from assistant.hearing.wake_rules import WakeRules
from assistant.process import watch_parent
from assistant.worker_link import WorkerLink

log = structlog.get_logger(__name__)

HEALTH_EVERY_S = 5.0
HOLD_S = 5.0
"""What was said waits so long for a link that broke; older words must not command anything any more."""
_DEVICE_CHECK_S = 0.5
_LONGEST_LISTEN_S = 60.0
"""A longer wait without a wake word is a mistake: the ear never stays open for ever."""


class HearingWorker:
    """Serves the core for ever. microphones: what its own streams listen to, by their names. keeper: for the sound that
    somebody has opted into keeping. voices: the folder with the sounds of our own voice. opinion_within_s: how long
    after the end of speech a second opinion is waited for; None: it is not asked."""

    def __init__(
        self,
        core: str,
        engine: HearingEngine,
        microphones: Mapping[str, LiveSource],
        keeper: SoundKeeper | None = None,
        voices: Path | None = None,
        opinion_within_s: float | None = None,
    ) -> None:
        self._voices = voices
        self._people_version = ""
        self._engine = engine
        self._keeper = keeper or SoundKeeper()
        self._opinion = LinkedOpinion(self._say)
        if opinion_within_s is not None:
            engine.consult(self._opinion, opinion_within_s)
        self._loop = asyncio.get_running_loop()
        self._out: asyncio.Queue[tuple[float, dict[str, Any]]] = asyncio.Queue(maxsize=1000)
        self._failed: asyncio.Future[None] = self._loop.create_future()
        self._desk = StreamDesk(engine, self._heard, keeper=self._keeper)
        self._microphones = Microphones(microphones)
        self._link = WorkerLink(core, "hearing", self._detail, self._on_message, self._on_audio)

    async def run(self) -> None:
        """Until cancelled. Raises Unavailable when the microphone's stream has ended: only a new process hears again.

        A recording in its place may end.
        """
        self._microphones.open(self._desk)
        parts = (self._link.run(), self._send(), self._health(), self._sweep(), self._failure())
        tasks = [asyncio.create_task(part) for part in parts]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
            for task in tasks:
                if task.done():
                    task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(self._desk.close_all)

    async def _on_message(self, message: dict[str, Any]) -> None:
        kind, stream = message.get("type"), message.get("stream")
        try:
            if kind == "open_stream" and isinstance(stream, str):
                await asyncio.to_thread(self._desk.open, stream, _mode(message))
            elif kind == "close_stream" and isinstance(stream, str):
                self._desk.close(stream)
            elif kind == "listen" and isinstance(stream, str):
                self._desk.listen(stream, _seconds(message))
            elif kind == "cancel" and isinstance(stream, str):
                self._desk.cancel(stream)
            elif kind == "mute":
                self._desk.mute(bool(message.get("muted")), stream if isinstance(stream, str) else None)
            elif kind == "keep_sound" and isinstance(stream, str):
                await asyncio.to_thread(self._keep, stream, message)
            elif kind == "wake_people":
                await self._use_people(message)
            elif kind == "forget_sound":
                self._keeper.forget()
            elif kind == "voice":
                await self._accompany(message)
            elif kind in ("opinion", "no_opinion"):
                self._opinion.answered(message)
            elif kind == "phrases":
                phrases = wire_phrases(message.get("phrases"))
                await asyncio.to_thread(self._engine.use, phrases)
                self._desk.retune()
                self._say({"type": "health", "detail": self._detail()})
            elif kind not in ("welcome", "ping"):
                log.warning("unknown message", kind=str(kind)[:40])
        except SeoulaError as error:
            log.warning("message refused", kind=kind, code=error.code)
            if isinstance(stream, str) and kind not in ("keep_sound", "voice"):  # of these the stream itself is fine
                self._say(encode(StreamEnded(0.0, stream, error.code, error.message)))
            else:
                self._say({"type": "error", "code": error.code, "message": error.message, "about": str(kind)})

    def _keep(self, stream: str, message: dict[str, Any]) -> None:
        sort, name, start, end = (message.get(key) for key in ("kind", "name", "start", "end"))
        if not (isinstance(sort, str) and isinstance(name, str) and _is_time(start) and _is_time(end)):
            raise BadInput("bad-message", "keep_sound needs stream, kind, name, start and end")
        self._keeper.keep(sort, name, stream, start, end)

    async def _use_people(self, message: dict[str, Any]) -> None:
        paths, version = message.get("paths"), message.get("version")
        if not isinstance(paths, list) or not isinstance(version, str):
            raise BadInput("bad-message", "wake_people takes paths and a version")
        await asyncio.to_thread(self._engine.use_people, [Path(str(path)) for path in paths])
        self._people_version = version
        self._say({"type": "health", "detail": self._detail()})

    async def _accompany(self, message: dict[str, Any]) -> None:
        """A file of our own voice begins to play. One that cannot be read leaves the ear shut, which is safe."""
        file, text = message.get("file"), message.get("text", "")
        if self._voices is None:
            return
        if not isinstance(file, str) or not isinstance(text, str):
            raise BadInput("bad-voice", "voice takes the name of a file, and its text")
        stream = message.get("stream")
        name = stream if isinstance(stream, str) else None
        take = self._desk.accompany(text, first=message.get("first") is True, name=name)
        try:
            take(await asyncio.to_thread(samples_of, self._voices / Path(file).name))
        except SeoulaError as error:
            take(await asyncio.to_thread(silence))
            log.warning("our own voice is not known", code=error.code)

    async def _on_audio(self, data: bytes) -> None:
        length = data[0] if data else 0
        stream = data[1 : 1 + length].decode("ascii", "replace")
        if length:
            self._desk.feed(stream, data[1 + length :])

    def _heard(self, event: Event) -> None:
        self._say(encode(event))
        problem = self._microphones.lost(event)
        if problem is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._fail, problem)

    def _fail(self, problem: Unavailable) -> None:
        if not self._failed.done():
            self._failed.set_exception(problem)

    async def _failure(self) -> None:
        await self._failed

    def _say(self, message: dict[str, Any]) -> None:
        """From any thread; while the core is away the oldest messages make room."""

        def put() -> None:
            if self._out.full():
                self._out.get_nowait()
            self._out.put_nowait((self._loop.time(), message))

        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(put)

    async def _send(self) -> None:
        while True:
            said, message = await self._out.get()
            while self._loop.time() - said <= HOLD_S and not await self._link.send(message):
                await self._link.connected()

    async def _health(self) -> None:
        """Every 5 s, and as soon as the microphone comes or goes."""
        told, state = self._loop.time(), self._microphones.state
        while True:
            await asyncio.sleep(_DEVICE_CHECK_S)
            now = self._microphones.state
            if now != state or self._loop.time() - told >= HEALTH_EVERY_S:
                told, state = self._loop.time(), now
                self._say({"type": "health", "detail": self._detail()})

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self._desk.sweep()

    def _detail(self) -> dict[str, Any]:
        return {
            "recogniser": self._engine.model.folder.name,
            "phrases": len(self._engine.book.phrases),
            "unspeakable": list(self._engine.unspeakable[:20]),
            "microphone": self._microphones.state,
            "microphone_detail": self._microphones.detail,
            "dropped_frames": self._microphones.dropped,
            "streams": self._desk.names(),
            "wake_people": {"version": self._people_version, "names": list(self._engine.people)},
            "memory_mb": round(psutil.Process().memory_info().rss / 2**20),
        }


def _seconds(message: dict[str, Any]) -> float:
    seconds = message.get("seconds")
    if not isinstance(seconds, int | float) or not 0 < seconds <= _LONGEST_LISTEN_S:
        raise BadInput("bad-seconds", f"listen takes 0 to {_LONGEST_LISTEN_S:.0f} seconds")
    return float(seconds)


def _mode(message: dict[str, Any]) -> StreamMode:
    try:
        return StreamMode(message.get("mode", StreamMode.PUSH_TO_TALK.value))
    except ValueError as error:
        raise BadInput("bad-mode", "mode must be wake or push_to_talk") from error


def _is_time(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


async def serve(
    core: str,
    engine: HearingEngine,
    microphones: Mapping[str, LiveSource],
    keeper: SoundKeeper,
    voices: Path | None = None,
    opinion_within_s: float | None = None,
) -> None:
    """Run until SIGTERM or SIGINT, or until the parent process is gone."""
    worker = asyncio.create_task(HearingWorker(core, engine, microphones, keeper, voices, opinion_within_s).run())
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.cancel)
    watch = asyncio.create_task(watch_parent(worker.cancel))
    with contextlib.suppress(asyncio.CancelledError):
        await worker
    watch.cancel()


def main(arguments: list[str] | None = None) -> int:
    """The command line. Exit codes: 0 ended when asked, 1 a component is missing or failed, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="assistant.hearing.worker", description=__doc__)
    parser.add_argument("--core", required=True, help="ws:// address of the core")
    parser.add_argument(
        "--mic",
        action="append",
        default=[],
        help="off, default, or a device's number or part of its name; several for several microphones",
    )
    parser.add_argument("--mic-file", help="a recording played in real time in place of the microphone")
    parser.add_argument("--voices", type=Path, help="where our own voice's files are: hear people through it")
    parser.add_argument("--noise-suppression", action="store_true", help="take steady noise out of the microphones")
    parser.add_argument("--wake-model", type=Path, help="another wake head (.onnx with its card)")
    parser.add_argument("--wake-person", type=Path, action="append", default=[], help="a head that a person taught")
    parser.add_argument("--wake-rules", default="{}", help="how to be woken, as JSON (wake_rules.WakeRules)")
    for kind in KINDS:
        parser.add_argument(f"--keep-{kind}", type=Path, help="where sound of this kind may be kept; nowhere without")
    parser.add_argument("--opinion-within", type=float, help="ask for a second opinion, and wait so many seconds")
    options = parser.parse_args(arguments)
    folders = {kind: folder for kind in KINDS if (folder := getattr(options, f"keep_{kind}")) is not None}
    logs.set_up()
    try:
        engine = HearingEngine(
            registry_phrases(),
            wake_model=options.wake_model,
            wake_people=options.wake_person,
            wake_rules=WakeRules.from_json(options.wake_rules),
            echo_cancellation=options.voices is not None,
            noise_suppression=options.noise_suppression,
        )
        microphones = _microphones(options.mic or ["default"], options.mic_file)
    except SeoulaError as error:
        log.error("hearing cannot start", code=error.code, message=error.message)
        return 1
    if engine.unspeakable:
        log.warning("phrases that cannot be recognised", phrases=engine.unspeakable)
    try:
        keeper = SoundKeeper(folders)
        asyncio.run(serve(options.core, engine, microphones, keeper, options.voices, options.opinion_within))
    except SeoulaError as error:
        log.error("hearing ended", code=error.code, message=error.message)
        return 1
    return 0


def _microphones(devices: Sequence[str], file: str | None) -> dict[str, LiveSource]:
    """By the names of their streams, which the core knows too: mic, mic2, mic3, ..."""
    if file:
        from assistant.hearing.pacing import RealTimeSource
        from assistant.hearing.sources import FileSource

        return {MICROPHONE: RealTimeSource(FileSource(file))}
    if devices == ["off"]:
        return {}
    from assistant.hearing.microphone import MicrophoneSource

    names = (MICROPHONE, *(f"{MICROPHONE}{number}" for number in range(2, len(devices) + 1)))
    sources = (MicrophoneSource(None if device == "default" else device) for device in devices)
    return dict(zip(names, sources, strict=True))


if __name__ == "__main__":
    sys.exit(main())
