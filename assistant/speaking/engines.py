"""Which voices there are here, the best first, and why a better one is missing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import structlog

from assistant.contracts import SeoulaError, Unavailable
from assistant.models_manifest import named, verify
from assistant.speaking.voice import Voice, seconds_of

log = structlog.get_logger(__name__)

Engine = Literal["auto", "kokoro", "espeak"]
MODEL = "kokoro-82m"
SLOWEST = 0.8
"""Processor seconds per second of speech and core above which a machine is too slow to speak without gaps."""
PROBE = "지금 서울의 날씨를 알려 드립니다."


def voices(engine: Engine, rate_wpm: int) -> tuple[list[Voice], str]:
    """The voices in the order of preference, and what there is to say about a better one that is missing ("" if
    nothing). Raises Unavailable when there is none at all."""
    found: list[Voice] = []
    why = ""
    if engine != "espeak":
        try:
            found.append(kokoro(judge_speed=engine == "auto"))
        except SeoulaError as error:
            why = f"kokoro: {error.code}: {error.message}"
            log.warning("no neural voice; espeak speaks", code=error.code, message=error.message)
    try:
        from assistant.speaking.espeak import Pyttsx3Voice

        found.append(Pyttsx3Voice(rate_wpm))
    except Unavailable:
        if not found:
            raise
        log.warning("no espeak: if the neural voice fails there is no other")
        why = why or "espeak: voice-missing"
    return found, why


def kokoro(*, judge_speed: bool, cores: int | None = None) -> Voice:
    """Kokoro, its files verified. Raises Unavailable: model-missing, model-altered, voice-missing, voice-slow.

    judge_speed: refuse a machine that would not keep up with either of two sentences.
    cores: None for those that this process may use.
    """
    folder = verify(named(MODEL))
    from assistant.speaking.kokoro import KokoroVoice

    threads = min(2, cores or len(os.sched_getaffinity(0)))
    voice = KokoroVoice(folder, threads)
    if judge_speed:
        share = speed_of(voice) / threads
        if share > SLOWEST:  # the first one warms up, beside whatever else starts
            share = min(share, speed_of(voice) / threads)
        if share > SLOWEST:
            raise Unavailable("voice-slow", f"{share:.2f} processor seconds per second of speech and core")
    return voice


def speed_of(voice: Voice, clock: Callable[[], float] = time.process_time) -> float:
    """Processor seconds per second of speech, whatever else the machine does."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "probe.wav"
        begun = clock()
        voice.synthesize(PROBE, "ko", path)
        return (clock() - begun) / max(0.1, seconds_of(path))
