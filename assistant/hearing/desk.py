"""The streams of the hearing worker: each a thread with its source and its pipeline, steered from outside."""

from __future__ import annotations

import functools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from assistant.contracts.errors import BadInput, SeoulaError
from assistant.contracts.events import StreamEnded, StreamMode
from assistant.hearing.audio import AudioSource, Samples
from assistant.hearing.background import BackgroundRecogniser
from assistant.hearing.echo import Playback
from assistant.hearing.engine import HearingEngine
from assistant.hearing.keeping import SoundKeeper
from assistant.hearing.pipeline import Event, HearingPipeline
from assistant.hearing.sources import StreamSource

log = structlog.get_logger(__name__)

MICROPHONE = "mic"
MOST_STREAMS = 16
IDLE_S = 30.0
"""A stream that a caller opened and that brings no sound for so long is closed: its caller is gone."""


@dataclass(slots=True)
class _Stream:
    mode: StreamMode
    source: AudioSource
    pipeline: HearingPipeline
    recogniser: BackgroundRecogniser
    orders: queue.SimpleQueue[Callable[[HearingPipeline], None]] = field(default_factory=queue.SimpleQueue)
    thread: threading.Thread | None = None
    playback: Playback | None = None
    last_sound: float = 0.0


def _announce(playback: Playback, _: HearingPipeline) -> None:
    playback.announce()


def _add(playback: Playback, samples: Samples, _: HearingPipeline) -> None:
    playback.add(samples)


class StreamDesk:
    """Opens, feeds, steers and ends streams. emit: called with every event, from the streams' threads. keeper: hears
    along, for what somebody has opted into keeping."""

    def __init__(
        self,
        engine: HearingEngine,
        emit: Callable[[Event], None],
        clock: Callable[[], float] = time.monotonic,
        keeper: SoundKeeper | None = None,
    ) -> None:
        self._engine = engine
        self._emit = emit
        self._clock = clock
        self._keeper = keeper or SoundKeeper()
        self._streams: dict[str, _Stream] = {}
        self._lock = threading.Lock()

    def names(self) -> list[str]:
        """The open streams."""
        with self._lock:
            return sorted(self._streams)

    def open(self, name: str, mode: StreamMode, source: AudioSource | None = None) -> None:
        """Begin a stream; one of the same name is ended first. Without a source it is fed by `feed`.

        Raises BadInput: `bad-stream` (name), `too-many-streams`; SeoulaError when wake mode has no model.
        """
        if not (name.isascii() and 1 <= len(name) <= 64):
            raise BadInput("bad-stream", "a stream's name has 1 to 64 ASCII characters")
        if name == MICROPHONE and source is None and name in self.names():
            return  # the worker's own microphone is open already
        self._end(name)
        if len(self.names()) >= MOST_STREAMS:
            raise BadInput("too-many-streams", f"not more than {MOST_STREAMS} streams at once")
        pipeline, recogniser = self._engine.pipeline(mode, name, background=True)
        assert isinstance(recogniser, BackgroundRecogniser)
        stream = _Stream(mode, source or StreamSource(), pipeline, recogniser, last_sound=self._clock())
        stream.thread = threading.Thread(target=self._run, args=(name, stream), name=f"stream-{name}", daemon=True)
        with self._lock:
            self._streams[name] = stream
        self._keeper.open(name)
        stream.thread.start()

    def feed(self, name: str, pcm: bytes) -> None:
        """Audio for a stream; what comes for one that is not open (any more) is nobody's."""
        with self._lock:
            stream = self._streams.get(name)
        if stream is None or not isinstance(stream.source, StreamSource):
            return
        stream.last_sound = self._clock()
        try:
            stream.source.feed(pcm)
        except BadInput as error:
            if error.code != "stream-closed":
                log.warning("stream ended", stream=name, code=error.code)

    def close(self, name: str) -> None:
        """The audio of the stream is over; what is being said is still finished."""
        with self._lock:
            stream = self._streams.get(name)
        if stream is not None:
            stream.source.close()

    def _end(self, name: str, timeout: float = 2.0) -> None:
        with self._lock:
            stream = self._streams.get(name)
        if stream is not None and stream.thread is not None:
            stream.source.close()
            stream.thread.join(timeout)

    def listen(self, name: str, seconds: float) -> None:
        """Listen without a wake word, for so long. Raises BadInput `no-such-stream`."""
        self._order(name, lambda pipeline: pipeline.listen(seconds))

    def cancel(self, name: str) -> None:
        """Forget what is being said. Raises BadInput `no-such-stream`."""
        self._order(name, lambda pipeline: pipeline.cancel())

    def mute(self, muted: bool, name: str | None = None) -> None:
        """The echo gate, for one that waits for the wake word or (None) for every such one."""
        for stream in self._within_earshot(name):
            stream.playback = None
            stream.orders.put(lambda pipeline: pipeline.mute() if muted else pipeline.unmute())

    def accompany(self, text: str, *, first: bool, name: str | None = None) -> Callable[[Samples], None]:
        """A file of our own voice begins to play: the first of a sentence (`text`), or one that follows. What is
        returned takes its sound, once it has been read. name: the stream that hears it; None: every one that waits
        for the wake word."""
        streams = self._within_earshot(name)
        for stream in streams:
            if first or stream.playback is None:
                stream.playback = Playback(text)
                stream.orders.put(functools.partial(HearingPipeline.mute, playback=stream.playback))
            stream.orders.put(functools.partial(_announce, stream.playback))

        def take(samples: Samples) -> None:
            for stream in streams:
                if stream.playback is not None:
                    stream.orders.put(functools.partial(_add, stream.playback, samples))

        return take

    def _within_earshot(self, name: str | None) -> list[_Stream]:
        with self._lock:
            waiting = {n: s for n, s in self._streams.items() if s.mode is StreamMode.WAKE}
            return list(waiting.values()) if name is None else [s for n, s in waiting.items() if n == name]

    def retune(self) -> None:
        """Every stream listens for the engine's newest phrases from its next utterance on."""
        with self._lock:
            streams = list(self._streams.values())
        for stream in streams:
            stream.orders.put(functools.partial(self._engine.retune, recogniser=stream.recogniser))

    def sweep(self) -> None:
        """Closes the streams whose callers went away, and forgets the sound of those long over."""
        self._keeper.sweep()
        with self._lock:
            streams = list(self._streams.values())
        for stream in streams:
            if isinstance(stream.source, StreamSource) and self._clock() - stream.last_sound > IDLE_S:
                stream.source.close()

    def close_all(self, timeout: float = 2.0) -> None:
        """End every stream and wait for their threads."""
        with self._lock:
            streams = list(self._streams.values())
        for stream in streams:
            stream.source.close()
        for stream in streams:
            if stream.thread is not None:
                stream.thread.join(timeout)

    def _order(self, name: str, order: Callable[[HearingPipeline], None]) -> None:
        with self._lock:
            stream = self._streams.get(name)
        if stream is None:
            raise BadInput("no-such-stream", f"there is no stream {name!r}")
        stream.orders.put(order)

    def _run(self, name: str, stream: _Stream) -> None:
        pipeline = stream.pipeline
        last: list[Event] = []
        try:
            for frame in stream.source.frames():
                while not stream.orders.empty():
                    stream.orders.get()(pipeline)
                self._keeper.hear(name, frame)
                for event in pipeline.push(frame):
                    self._emit(event)
            problem = stream.source.problems[0] if stream.source.problems else None
            last = pipeline.end(problem.code if problem else "", problem.message if problem else "")
        except SeoulaError as error:
            last = [StreamEnded(pipeline.now, name, error.code, error.message)]
        except Exception as error:
            log.exception("hearing failed", stream=name)
            last = [StreamEnded(pipeline.now, name, "hearing-failed", type(error).__name__)]
        finally:
            stream.recogniser.close()
            with self._lock:
                if self._streams.get(name) is stream:
                    del self._streams[name]
                    self._keeper.close(name)
        for event in last:
            self._emit(event)
