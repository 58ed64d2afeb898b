"""The test's scenes as front-end frames: held-out clips under every condition, and recordings of ordinary talk.

What a take sounds like depends on its clip's file and condition alone, so every head is measured on the same takes.
"""

from __future__ import annotations

import json
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.hearing.enrolment import rooms
from assistant.hearing.wake_frames import FrontEnd
from scripts.wake import mbrola, texts
from scripts.wake.audio import RATE, Signal, loud_part, read, rms
from scripts.wake.features import clips, g722, human
from scripts.wake.paths import FEATURES

CONDITIONS = {"clean": None, "15 dB": 15.0, "10 dB": 10.0, "5 dB": 5.0}
LEAD_S, TAIL_S = 1.5, 0.7
MOST = {"wake": 60, "phrase": 40, "lookalike": 60}  # takes of each family and kind
HEARD = {  # split -> kind -> conditions
    "validation": {"wake": ["clean", "15 dB"], "phrase": ["clean"], "lookalike": ["clean"]},
    "test": {"wake": list(CONDITIONS), "phrase": ["clean", "15 dB"], "lookalike": ["clean", "15 dB"]},
}
PROMPTS_S = 900.0


@dataclass(frozen=True)
class Take:
    """One clip under one condition, as frames. end: where the wake word ends in it, None if unknown or no wake word."""

    family: str
    kind: str
    text: str
    condition: str
    frames: np.ndarray
    end: float | None


@dataclass(frozen=True)
class Dry:
    """A clip as it was synthesised, before any room. name: the same for ever."""

    name: str
    family: str
    kind: str
    text: str
    sound: Signal
    end: float | None


def hear(x: Signal, condition: str, rng: np.random.Generator, voices: list[Signal]) -> tuple[np.ndarray, int]:
    """The int16 scene around a dry clip and the sample where the clip begins in it. Noisy ones are in a room."""
    lead, tail = int(LEAD_S * RATE) + int(rng.integers(1280)), int(TAIL_S * RATE)
    y = np.concatenate([np.zeros(lead, np.float32), x, np.zeros(tail, np.float32)])
    snr = CONDITIONS[condition]
    if snr is None:
        return rooms.to_int16(y, -6.0), lead
    y = rooms.room(y, rng, float(rng.uniform(0.25, 0.6)))
    kind = str(rng.choice(["pink", "white", "babble", "music"]))
    y = rooms.mix(y, rooms.noise(kind, len(y), rng, voices), snr, rms(x))
    return rooms.to_int16(y, -6.0), lead


def dry(split: str) -> Iterator[Dry]:
    """At most MOST clips of each family and kind; MBROLA joins the test voices where it is installed."""
    counts: Counter[tuple[str, str]] = Counter()
    for clip in clips(split):
        counts[clip.family, clip.kind] += 1
        if counts[clip.family, clip.kind] <= MOST.get(clip.kind, 0):
            sound, end = read(clip.path), clip.end
            if end is None and clip.kind == "wake":
                end = loud_part(sound, -30.0)[1] / RATE
            name = f"{clip.path.parent.name}/{clip.path.stem}"
            yield Dry(name, clip.family, clip.kind, clip.text, sound, end)
    for voice in mbrola.voices() if split == "test" else []:
        rng = np.random.default_rng(zlib.crc32(voice.encode()))
        for number, text in enumerate([texts.WAKE] * MOST["wake"] + texts.LOOKALIKES):
            spoken = mbrola.say(text, voice, rng)
            if spoken is not None:
                kind = "wake" if text == texts.WAKE else "lookalike"
                end = loud_part(spoken, -30.0)[1] / RATE if kind == "wake" else None
                yield Dry(f"mbrola/{voice}/{number}", f"mbrola {voice}", kind, text, spoken, end)


def takes(split: str, front: FrontEnd) -> list[Take]:
    """The split's takes. Kept between calls."""
    clean = list(dry(split))
    key = zlib.crc32(json.dumps([HEARD[split], LEAD_S, *((d.name, len(d.sound)) for d in clean)]).encode())
    cache = FEATURES / f"takes-{split}-{key:08x}.npz"
    if cache.exists():
        return recall(cache)
    voices = [g722(path) for path in human(held_out=True)[:12]]
    found: list[Take] = []
    for clip in clean:
        for condition in HEARD[split][clip.kind]:
            rng = np.random.default_rng(zlib.crc32(f"{clip.name}/{condition}".encode()))
            scene, lead = hear(clip.sound, condition, rng, voices)
            end = lead / RATE + clip.end if clip.end is not None else None
            found.append(Take(clip.family, clip.kind, clip.text, condition, front.embed(scene), end))
    keep(found, cache)
    return found


def recall(cache: Path) -> list[Take]:
    kept = np.load(cache, allow_pickle=False)
    frames = kept["frames"].astype(np.float32)
    return [Take(*row[:4], frames[row[4] : row[5]], row[6]) for row in json.loads(str(kept["rows"]))]


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
            np.save(cache, front.embed(rooms.to_int16(x, -3.0)).astype(np.float16))
        out.append((talk.name, np.load(cache).astype(np.float32)))
    return out


def prompts(front: FrontEnd) -> np.ndarray:
    """Frames of the held-out human prompts in five languages, one after the other. Kept between calls."""
    cache = FEATURES / "prompts.npy"
    if not cache.exists():
        gap = np.zeros(4800, np.float32)
        x = np.concatenate([part for path in human(held_out=True) for part in (g722(path), gap)])
        FEATURES.mkdir(parents=True, exist_ok=True)
        np.save(cache, front.embed(rooms.to_int16(x[: int(PROMPTS_S * RATE)], -3.0)).astype(np.float16))
    return np.load(cache).astype(np.float32)


def korean(split: str, front: FrontEnd, *kinds: str) -> np.ndarray:
    """Frames of the split's synthetic sentences and look-alikes (or of `kinds`), 0.3 s between. Kept between calls."""
    spoken = [clip for clip in clips(split) if clip.kind in (kinds or ("talk", "lookalike"))]
    cache = FEATURES / f"korean-{split}-{zlib.crc32(json.dumps([str(c.path) for c in spoken]).encode()):08x}.npy"
    if not cache.exists():
        gap = np.zeros(int(0.3 * RATE), np.float32)
        x = np.concatenate([part for c in spoken for part in (read(c.path), gap)])
        FEATURES.mkdir(parents=True, exist_ok=True)
        np.save(cache, front.embed(rooms.to_int16(x, -3.0)).astype(np.float16))
    return np.load(cache).astype(np.float32)
