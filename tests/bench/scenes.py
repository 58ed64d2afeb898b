"""Recordings made of clips under a condition, and what the product's own pipeline hears in them.

A recording is one stream: scene after scene, each a clip with quiet (or noise) around it, so that a wake-up costs what
it costs in a room that is listened to all day.
"""

from __future__ import annotations

import tempfile
import time
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from assistant.contracts.events import StreamMode, Transcript, Wake
from assistant.hearing.engine import HearingEngine
from assistant.hearing.enrolment import rooms
from assistant.hearing.replay import FileFailed, Replay, ReplayEvent
from tests.bench.clips import RATE, Clip, Signal

CONDITIONS: dict[str, float | None] = {"clean": None, "15 dB": 15.0, "10 dB": 10.0, "5 dB": 5.0, "reverb": None}
"""dB of speech over noise. The noisy ones and `reverb` are in a simulated room: 0.25-0.6 s and 0.6-0.9 s of
reverberation. Noises: pink, white, music, and babble of other clips, where any has no wake word."""
NOISES = ("pink", "white", "music", "babble")
LEAD_S, TAIL_S = 1.6, 5.0
"""Around a clip: the head looks back 2 s, and the 3 s of standby pass before the next one."""
LATE_S = 1.0
"""A wake-up so long after the clip is none of its own."""
_QUIET = 3
"""Steps of 16 bits of the noise that even a quiet room has."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A clip in a recording: where it begins and where its sound has died away, seconds."""

    clip: Clip
    start: float
    end: float
    until: float


@dataclass(slots=True)
class Heard:
    """What a pipeline heard of a recording. cpu_s, seconds: of computing and of sound."""

    events: list[ReplayEvent] = field(default_factory=list)
    cpu_s: float = 0.0
    seconds: float = 0.0

    def wake(self, scene: Scene) -> Wake | None:
        """The first wake-up of a scene's clip."""
        found = (e for e in self.events if isinstance(e, Wake) and scene.start <= e.t <= scene.end + LATE_S)
        return next(found, None)

    def transcript(self, scene: Scene, after: float | None = None) -> Transcript | None:
        """The first transcript of a scene, after a time."""
        since = scene.start if after is None else after
        return next((e for e in self.events if isinstance(e, Transcript) and since <= e.t < scene.until), None)

    def stray_wakes(self, scenes: Sequence[Scene]) -> int:
        """Wake-ups that belong to no clip."""
        own = {id(found) for scene in scenes if (found := self.wake(scene)) is not None}
        return sum(isinstance(e, Wake) and id(e) not in own for e in self.events)


def recording(
    clips: Sequence[Clip], condition: str, voices: Sequence[Clip] = ()
) -> tuple[npt.NDArray[np.int16], list[Scene]]:
    """The clips one after the other, always the same for the same clips and condition. voices: who babbles; clips with
    the wake word in them are left out, or the noise itself would call."""
    parts, scenes, at = [], [], 0
    for number, clip in enumerate(clips):
        rng = np.random.default_rng(zlib.crc32(f"{condition}/{number}/{clip.speaker}/{clip.text}".encode()))
        lead, tail = int(LEAD_S * RATE) + int(rng.integers(1280)), int(TAIL_S * RATE)
        others = [other.sound for other in voices if other.kind == "command" and other.text != clip.text]
        sound = heard(np.pad(clip.sound, (lead, tail)), condition, rng, others)
        first, last = loud_part(clip.sound)
        parts.append(sound + rng.integers(-_QUIET, _QUIET + 1, len(sound), dtype=np.int16))
        begin = at / RATE
        scenes.append(
            Scene(clip, begin + (lead + first) / RATE, begin + (lead + last) / RATE, begin + len(sound) / RATE)
        )
        at += len(sound)
    return np.concatenate(parts), scenes


def heard(x: Signal, condition: str, rng: np.random.Generator, voices: list[Signal]) -> npt.NDArray[np.int16]:
    """A scene as a microphone hears it under a condition."""
    snr = CONDITIONS[condition]
    level = rooms.rms(x[np.abs(x) > 1e-4]) if np.any(np.abs(x) > 1e-4) else 1e-3
    if condition != "clean":
        x = rooms.room(x, rng, float(rng.uniform(0.25, 0.6) if snr is not None else rng.uniform(0.6, 0.9)))
    if snr is not None:
        kinds = NOISES if voices else tuple(kind for kind in NOISES if kind != "babble")
        x = rooms.mix(x, rooms.noise(str(rng.choice(kinds)), len(x), rng, voices), snr, level)
    return rooms.to_int16(x, -9.0).astype(np.int16)


def loud_part(x: Signal, floor_db: float = -30.0) -> tuple[int, int]:
    """First and last sample of the speech: where 10 ms frames are within `floor_db` of the loudest."""
    n = len(x) // 160
    if n == 0:
        return 0, len(x)
    level = 10 * np.log10(np.mean(np.square(x[: n * 160].reshape(n, 160)), axis=1) + 1e-10)
    hot = np.flatnonzero(level > level.max() + floor_db)
    return int(hot[0]) * 160, (int(hot[-1]) + 1) * 160


def joined(sounds: Iterable[Signal], gap_s: float = 0.4) -> npt.NDArray[np.int16]:
    """Utterances of one talk as one recording, at the level they have."""
    gap = np.zeros(int(gap_s * RATE), np.float32)
    parts = [part for sound in sounds for part in (sound, gap)]
    return np.clip(np.round(np.concatenate(parts) * 32767), -32768, 32767).astype(np.int16)


def play(engine: HearingEngine, mode: StreamMode, sound: npt.NDArray[np.int16], *, measuring: bool = False) -> Heard:
    """Let the product's replay hear a recording. Raises the file's problem as RuntimeError: the file is our own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.flac"
        soundfile.write(path, sound, RATE, subtype="PCM_16")
        begun = time.process_time()
        events = list(Replay(engine, mode, measuring=measuring).events([path]))
        cpu = time.process_time() - begun
    failed = next((e for e in events if isinstance(e, FileFailed)), None)
    if failed is not None:
        raise RuntimeError(f"{failed.code}: {failed.message}")
    return Heard(events, cpu, len(sound) / RATE)
