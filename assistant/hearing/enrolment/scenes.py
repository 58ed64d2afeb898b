"""A recorded wake word as it sounds elsewhere: other rooms, noises, distances and tempos, alone or before a command."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.hearing.audio import Samples
from assistant.hearing.enrolment import rooms
from assistant.hearing.enrolment.recordings import Recording
from assistant.hearing.enrolment.signals import RATE, Signal, loud_part, rms
from assistant.hearing.wake_frames import FIRST_END_S, HEAD_FRAMES, HOP_S, Frames, FrontEnd

EARLY_S, LATE_S = 0.06, 0.30
"""The word is to be heard from so long before its end to so long after it; before `UNSURE_S` it is not."""
UNSURE_S = 0.25
_NOISES = ("pink", "white", "brown", "hum", "clicks", "music")
_SCENE_S = 2.75
TESTED = {"clean": None, "15 dB": 15.0}
"""How held-out recordings are heard: as they are, and in a room at 15 dB of speech over noise."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A scene's frames, and for each of its windows whether the word has just ended: 1 yes, 0 no, -1 either."""

    frames: Frames
    label: NDArray[np.int8]


def rng_of(recording: Recording, use: str) -> np.random.Generator:
    """A recording sounds the same whenever it is enrolled, whatever else is."""
    return np.random.default_rng(zlib.crc32(recording.word.tobytes() + use.encode()))


def practice(recording: Recording, count: int, front: FrontEnd) -> list[Heard]:
    """`count` scenes to learn from."""
    rng = rng_of(recording, "practice")
    return [_heard(*_scene(recording.word, rng), front) for _ in range(count)]


def test(recording: Recording, condition: str, front: FrontEnd) -> Frames:
    """The recording in a scene that nothing was learnt from."""
    rng = rng_of(recording, condition)
    lead, tail = int(1.5 * RATE) + int(rng.integers(1280)), int(0.7 * RATE)
    x = np.concatenate([np.zeros(lead, np.float32), recording.word, np.zeros(tail, np.float32)])
    snr = TESTED[condition]
    if snr is not None:
        x = rooms.room(x, rng, float(rng.uniform(0.25, 0.6)))
        noise = rooms.noise(str(rng.choice(["pink", "white", "music"])), len(x), rng, [])
        x = rooms.mix(x, noise, snr, rms(recording.word))
    return front.embed(rooms.to_int16(x, -6.0))


def _scene(word: Signal, rng: np.random.Generator) -> tuple[Samples, float]:
    """int16 sound, and the second where the word ends in it."""
    x = rooms.warp(word, rng, 1.1) if rng.random() < 0.6 else word
    end = loud_part(x, -30.0)[1]
    total, stop = int(_SCENE_S * RATE), int(rng.uniform(2.02, 2.34) * RATE)
    y = np.zeros(total, np.float32)
    start = stop - end
    body = x[max(0, -start) :][: total - max(0, start)]
    y[max(0, start) : max(0, start) + len(body)] += body
    level = rms(x)
    if rng.random() < 0.35:  # something is said at once: the word's own sounds backwards are no word of any language
        after = x[::-1][int(rng.uniform(0, 0.4) * len(x)) :]
        at = stop + int(rng.uniform(-0.03, 0.1) * RATE)
        after = after[: total - at] * float(rng.uniform(0.5, 1.1))
        y[at : at + len(after)] += after
    scene = rng.random()
    if scene > 0.25:
        y = rooms.tilt(y, rng)
    if scene > 0.4:
        y = rooms.room(y, rng, float(rng.uniform(0.1, 0.7)))
    if scene > 0.3:
        noise = rooms.noise(str(rng.choice(_NOISES)), total, rng, [])
        y = rooms.mix(y, noise, float(rng.uniform(6, 35)), level)
    elif scene > 0.1:
        y = rooms.mix(y, rooms.noise("pink", total, rng, []), float(rng.uniform(35, 65)), level)
    return rooms.to_int16(y, float(rng.uniform(-28, 0))), stop / RATE


def _heard(sound: Samples, end: float, front: FrontEnd) -> Heard:
    frames = front.embed(sound)
    when = FIRST_END_S + HOP_S * np.arange(HEAD_FRAMES - 1, len(frames))
    label = np.zeros(len(when), np.int8)
    label[when > end - UNSURE_S] = -1
    label[(when >= end - EARLY_S) & (when <= end + LATE_S)] = 1
    return Heard(frames, label)
