"""What hearing adds to the chain: lags in stream time, computing per second of sound, memory."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil

from assistant.contracts.events import StreamMode, Transcript, Wake
from assistant.hearing.audio import Frame
from assistant.hearing.engine import HearingEngine
from assistant.hearing.framing import Framer
from assistant.hearing.pipeline import Event, HearingPipeline
from assistant.hearing.sources import FileSource
from assistant.hearing.vocabulary import registry_phrases
from tests.bench.measurement import Measurement

AUDIO = Path(__file__).resolve().parents[1] / "audio"
PAUSED = AUDIO / "pause.flac"
COMMANDS = (AUDIO / "one_breath.flac", PAUSED)
SHIFTS = (0, 160, 320, 480, 640, 800, 960, 1120)
"""Samples put in front, so that the words fall on every part of the 80 ms frames."""


def measure() -> dict[str, Measurement]:
    """Plays the committed synthetic commands at eight offsets through the real components, not in real time."""
    engine = HearingEngine(registry_phrases())
    wakes: list[float] = []
    early: list[float] = []
    ordinary: list[float] = []
    decoding: list[float] = []
    for shift in SHIFTS:
        for path in COMMANDS:
            word_end = _first_word_end(path) if path is PAUSED else None
            for event, busy_ms in _play(engine, path, shift):
                if isinstance(event, Wake) and word_end is not None:
                    wakes.append((event.t - word_end - shift / 16000) * 1000)
                elif isinstance(event, Transcript):
                    delay = (event.t - event.speech_end) * 1000
                    (early if delay < 600 else ordinary).append(delay)
                    decoding.append(busy_ms)
    note = "synthetic commands, stream time"
    found = {
        "hearing-wake-lag": Measurement.of(wakes, "ms", f"end of the wake word -> wake event; {note}"),
        "hearing-early-transcript": Measurement.of(early, "ms", f"end of speech -> transcript; {note}"),
        "hearing-transcript-computing": Measurement.of(decoding, "ms", "the frame that ends the utterance"),
        "hearing-idle-cpu": Measurement.of(_idle(engine), "%", "of one core, waiting for the wake word"),
        "hearing-memory": Measurement.of([psutil.Process().memory_info().rss / 1e9], "GB", "recogniser and wake word"),
    }
    if ordinary:
        found["hearing-ordinary-transcript"] = Measurement.of(ordinary, "ms", f"end of speech -> transcript; {note}")
    return found


def _play(engine: HearingEngine, path: Path, shift: int) -> Iterator[tuple[Event, float]]:
    """Events of the file with `shift` samples of silence in front, each with the computing time of its frame, ms."""

    pipeline, _ = engine.pipeline(StreamMode.WAKE, "mic")
    framer = Framer()
    frames = [f for part in (np.zeros(shift, np.int16), _samples(path)) for f in framer.push(part)]
    for frame in frames:
        began = time.perf_counter()
        events = pipeline.push(frame)
        busy = (time.perf_counter() - began) * 1000
        yield from ((event, busy) for event in events)


def _samples(path: Path) -> np.ndarray:
    return np.concatenate([f.samples for f in FileSource(path).frames()])


def _first_word_end(path: Path) -> float:
    """When the first stretch of speech ends, by the sound's level: more than 1 % of full scale within 20 ms."""
    level = np.abs(_samples(path).astype(int))
    loud = np.flatnonzero(level[: len(level) // 320 * 320].reshape(-1, 320).max(axis=1) > 327)
    gaps = np.flatnonzero(np.diff(loud) > 20)
    return float((loud[gaps[0]] + 1) * 0.02)


def _idle(engine: HearingEngine) -> Iterator[float]:
    pipeline: HearingPipeline = engine.pipeline(StreamMode.WAKE, "mic")[0]

    random = np.random.default_rng(5)
    for second in range(10):
        before = time.process_time()
        for part in range(12):
            samples = random.integers(-30, 31, 1280).astype(np.int16)
            pipeline.push(Frame((second * 12 + part) * 0.08, samples))
        yield (time.process_time() - before) / 0.96 * 100
