"""The test's scenes as front-end frames: held-out clips under every condition, and recordings of ordinary talk."""

from __future__ import annotations

import json
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from scripts.wake import augment, mbrola, texts
from scripts.wake.audio import RATE, Signal, loud_part, read, rms
from scripts.wake.features import clips, g722, human
from scripts.wake.frontend import FrontEnd
from scripts.wake.paths import FEATURES

CONDITIONS = {"clean": None, "15 dB": 15.0, "10 dB": 10.0, "5 dB": 5.0}
LEAD_S, TAIL_S = 1.5, 0.7
MOST = {"wake": 44, "phrase": 20, "lookalike": 44}  # takes of each family and kind
NOISY_TAKES = 26  # of each family


@dataclass(frozen=True)
class Take:
    """One clip under one condition, as frames. end: where the wake word ends in it, None if unknown or no wake word."""

    family: str
    kind: str
    text: str
    condition: str
    frames: np.ndarray
    end: float | None


def hear(x: Signal, condition: str, rng: np.random.Generator, voices: list[Signal]) -> tuple[np.ndarray, int]:
    """The int16 scene around a dry clip and the sample where the clip begins in it."""
    lead, tail = int(LEAD_S * RATE) + int(rng.integers(1280)), int(TAIL_S * RATE)
    y = np.concatenate([np.zeros(lead, np.float32), x, np.zeros(tail, np.float32)])
    snr = CONDITIONS[condition]
    if snr is None:
        return augment.to_int16(y, -6.0), lead
    y = augment.room(y, rng, float(rng.uniform(0.25, 0.6)))
    kind = str(rng.choice(["pink", "white", "babble", "music"]))
    y = augment.mix(y, augment.noise(kind, len(y), rng, voices), snr, rms(x))
    return augment.to_int16(y, -6.0), lead


@dataclass(frozen=True)
class Dry:
    """A clip as it was synthesised, before any room."""

    family: str
    kind: str
    text: str
    sound: Signal
    end: float | None


def dry(split: str) -> list[Dry]:
    """At most MOST clips of each family and kind; MBROLA joins the test voices where it is installed."""
    found: list[Dry] = []
    counts: Counter[tuple[str, str]] = Counter()
    for clip in clips(split):
        if clip.breath:
            continue
        counts[clip.family, clip.kind] += 1
        if counts[clip.family, clip.kind] <= MOST.get(clip.kind, 0):
            sound, end = read(clip.path), clip.end
            if end is None and clip.kind == "wake":
                end = loud_part(sound, -30.0)[1] / RATE
            found.append(Dry(clip.family, clip.kind, clip.text, sound, end))
    if split == "test" and mbrola.available():
        rng = np.random.default_rng(77)
        said = [texts.WAKE] * MOST["wake"] + texts.LOOKALIKES
        for text in said:
            spoken = mbrola.say(text, rng)
            if spoken is not None:
                kind = "wake" if text == texts.WAKE else "lookalike"
                end = loud_part(spoken, -30.0)[1] / RATE if kind == "wake" else None
                found.append(Dry("mbrola", kind, text, spoken, end))
    return found


def takes(split: str, front: FrontEnd) -> list[Take]:
    """The split's takes: wake words of the test under all conditions, everything else clean. Kept between calls."""
    found: list[Take] = []
    clean = dry(split)
    key = zlib.crc32(json.dumps([split, LEAD_S, MOST, NOISY_TAKES, *(len(d.sound) for d in clean)]).encode())
    cache = FEATURES / f"takes-{split}-{key:08x}.npz"
    if cache.exists():
        return recall(cache)
    voices = [g722(path) for path in human(held_out=True)[:12]]
    counts: Counter[str] = Counter()
    for number, clip in enumerate(clean):
        counts[clip.family] += clip.kind == "wake"
        noisy = split == "test" and clip.kind == "wake" and counts[clip.family] <= NOISY_TAKES
        for condition in CONDITIONS if noisy else ["clean"]:
            rng = np.random.default_rng(zlib.crc32(f"{split}/{number}/{condition}".encode()))
            scene, lead = hear(clip.sound, condition, rng, voices)
            frames = front.embed(scene).astype(np.float16).astype(np.float32)
            end = lead / RATE + clip.end if clip.end is not None else None
            found.append(Take(clip.family, clip.kind, clip.text, condition, frames, end))
    keep(found, cache)
    return found


def breath_takes(front: FrontEnd) -> list[Take]:
    """More of the test's commands in one breath: all of them at 15 dB in a room, those of `kokoro_breath` clean too."""
    spoken = [clip for clip in clips("test") if clip.kind == "phrase"]
    key = zlib.crc32(json.dumps([LEAD_S, *(str(clip.path) for clip in spoken)]).encode())
    cache = FEATURES / f"takes-breath-{key:08x}.npz"
    if cache.exists():
        return recall(cache)
    voices = [g722(path) for path in human(held_out=True)[:12]]
    found = []
    for clip in spoken:
        for condition in ("clean", "15 dB") if clip.breath else ("15 dB",):
            rng = np.random.default_rng(zlib.crc32(f"{clip.path.parent.name}/{clip.path.name}/{condition}".encode()))
            scene, _ = hear(read(clip.path), condition, rng, voices)
            found.append(Take(clip.family, clip.kind, clip.text, condition, front.embed(scene), None))
    keep(found, cache)
    return found


def recall(cache: Path) -> list[Take]:
    kept = np.load(cache, allow_pickle=False)
    rows = json.loads(str(kept["rows"]))
    return [Take(*row[:4], kept["frames"][row[4] : row[5]].astype(np.float32), row[6]) for row in rows]


def keep(found: list[Take], cache: Path) -> None:
    FEATURES.mkdir(parents=True, exist_ok=True)
    table, at = [], 0
    for take in found:
        table.append([take.family, take.kind, take.text, take.condition, at, at + len(take.frames), take.end])
        at += len(take.frames)
    frames = np.concatenate([take.frames for take in found]).astype(np.float16)
    np.savez(cache, rows=np.array(json.dumps(table)), frames=frames)


def talks(folder: Path, front: FrontEnd) -> list[tuple[str, np.ndarray]]:
    """(name, frames) of each sub-folder's recordings, one after the other with 0.3 s between. Kept between calls."""
    out = []
    for talk in sorted(p for p in folder.iterdir() if p.is_dir()):
        files = sorted([*talk.rglob("*.flac"), *talk.rglob("*.wav")])
        if not files:
            continue
        cache = FEATURES / f"talk-{talk.name}-{zlib.crc32(''.join(f.name for f in files).encode()):08x}.npy"
        if not cache.exists():
            gap = np.zeros(int(0.3 * RATE), np.float32)
            x = np.concatenate([part for f in files for part in (read(f), gap)])
            FEATURES.mkdir(parents=True, exist_ok=True)
            np.save(cache, front.embed(augment.to_int16(x, -3.0)).astype(np.float16))
        out.append((talk.name, np.load(cache).astype(np.float32)))
    return out
