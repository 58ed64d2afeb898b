"""Composes scenes and turns them into labelled front-end frames: `python -m scripts.wake.features 0 1 2`.

Each shard is one file var/wake/features/train-N.npz with its own seed: `frames` float16 [n, 96], `scene` int32 [n]
(which scene a frame belongs to), `label` int8 [n] (1: the wake word has just ended, 0: it has not, -1: either is fine).
Only clips of the training split are used. A scene holds context, the clip, and what follows it: a command in the same
breath in half of the positives, either spoken so (families that know where the word ends in a sentence) or joined to
the word, whose fading last vowel is then cut. Half of the scenes are heard in a noisy room at 5 to 20 dB.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np
from G722 import G722

from scripts.wake import augment
from scripts.wake.audio import RATE, Signal, loud_part, read, rms
from scripts.wake.frontend import FIRST_END_S, HOP_S, FrontEnd
from scripts.wake.paths import CLIPS, FEATURES, ROOT

EARLY_S, LATE_S, UNSURE_S = 0.06, 0.30, 0.22  # positive: end - EARLY .. end + LATE; negative before end - UNSURE
WAKE, LOOKALIKE, KOREAN, HUMAN, NOISE = 200, 90, 6, 5, 5  # scenes per shard
SHARE = {"kokoro": 0.4, "espeak": 0.25, "diphone": 0.2, "piper": 0.15}  # of the scenes; by how much the voices differ
ONE_BREATH = 0.55  # of the positives: a command follows without a gap
SCENE_S, TALK_S = 2.7, 9.0


@dataclass(frozen=True)
class Clip:
    family: str
    voice: str
    kind: str
    text: str
    split: str
    path: Path
    end: float | None

    @property
    def breath(self) -> bool:
        """Of the extra sentences that begin with the wake word (`kokoro_breath`)."""
        return self.path.parent.name.endswith("_breath")


def clips(split: str) -> list[Clip]:
    found = []
    for index in sorted(CLIPS.glob("*/index.jsonl")):
        for line in index.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["split"] == split and row["seconds"] > 0.15:
                path = index.parent / row["file"]
                found.append(
                    Clip(
                        index.parent.name.removesuffix("_breath"),
                        row["voice"],
                        row["kind"],
                        row["text"],
                        split,
                        path,
                        row.get("end"),
                    )
                )
    return found


def human(held_out: bool) -> list[Path]:
    """Asterisk's prompts (G.722, five languages; Debian asterisk-core-sounds-*-g722). Every eighth file is held out."""
    files = sorted((ROOT / "usr/share/asterisk/sounds").rglob("*.g722"))
    files = [f for f in files if "silence" not in f.parts and f.stat().st_size > 4000]
    return [f for i, f in enumerate(files) if (i % 8 == 0) == held_out]


def music() -> list[Path]:
    return sorted((ROOT / "usr/share/asterisk/moh").rglob("*.g722"))


def g722(path: Path) -> Signal:
    return np.asarray(G722(16000, 64000).decode(path.read_bytes()), np.float32) / 32768


class Composer:
    """Draws scenes. Clips are kept in `cache` after the first reading."""

    def __init__(self, seed: int, cache: dict[Path, Signal]) -> None:
        self.rng = np.random.default_rng(seed)
        self._cache = cache
        everything = clips("train")
        self.by_kind = {
            kind: [c for c in everything if c.kind == kind] for kind in ("wake", "phrase", "lookalike", "talk")
        }
        self.families = sorted({c.family for c in everything})
        self.phrases = {f: [c for c in self.by_kind["phrase"] if c.family == f and c.end] for f in self.families}
        self._human, self._music = human(held_out=False), music()

    def load(self, path: Path) -> Signal:
        if path not in self._cache:
            self._cache[path] = g722(path) if path.suffix == ".g722" else read(path)
        return self._cache[path]

    def family(self) -> str:
        share = np.array([SHARE[f] for f in self.families])
        return str(self.rng.choice(self.families, p=share / share.sum()))

    def pick(self, kind: str, voice: str | None = None, family: str | None = None) -> Clip:
        """A random clip; families are drawn before clips, so that a large one does not drown the others."""
        if family is None:
            family = self.family()
        ready = self.by_kind[kind]
        pool = [c for c in ready if c.family == family and (voice is None or c.voice == voice)]
        pool = pool or [c for c in ready if c.family == family] or ready
        return pool[int(self.rng.integers(len(pool)))]

    def speech(self) -> Signal:
        """Some other speech: a synthetic sentence or a human prompt."""
        if self.rng.random() < 0.5:
            return self.load(self._human[int(self.rng.integers(len(self._human)))])
        return self.load(self.pick("talk").path)

    def follow(self, clip: Clip) -> Signal:
        """A sentence or command of the same voice (or family), said after the wake word."""
        spoken = self.phrases[clip.family]
        if spoken and self.rng.random() < 0.4:
            other = spoken[int(self.rng.integers(len(spoken)))]
            assert other.end is not None
            return self.load(other.path)[int(other.end * RATE) :]
        x = self.load(self.pick("talk", clip.voice, clip.family).path)
        return x[loud_part(x)[0] :]

    def finish(self, x: Signal, level: float) -> np.ndarray:
        """Room, colour, noise, level and rounding for one scene whose speech has rms `level`."""
        rng = self.rng
        scene = rng.random()
        noisy, dry = scene < 0.5, scene > 0.72
        if not dry:
            x = augment.tilt(x, rng)
            if rng.random() < (0.85 if noisy else 0.5):
                x = augment.room(x, rng)
        kind = 0.0 if noisy else rng.random()
        if kind < 0.3:
            name = str(rng.choice(augment.NOISES))
            if name == "music" and rng.random() < 0.6:
                sound = augment.loop(self.load(self._music[int(rng.integers(len(self._music)))]), len(x), rng)
            else:
                voices = [self.speech() for _ in range(5)] if name == "babble" else []
                sound = augment.noise(name, len(x), rng, voices)
            x = augment.mix(x, sound, float(rng.uniform(5, 20) if noisy else rng.uniform(3, 30)), level)
        elif kind < 0.65:
            x = augment.mix(x, augment.noise("pink", len(x), rng, []), float(rng.uniform(30, 65)), level)
        return augment.to_int16(x, float(rng.uniform(-32, 0)) if rng.random() < 0.85 else float(rng.uniform(0, 8)))

    def scene(self, clip: Clip) -> tuple[np.ndarray, float]:
        """(int16 scene of SCENE_S, second where the clip's sound ends)."""
        rng = self.rng
        raw = self.load(clip.path)
        warped = augment.warp(raw, rng) if rng.random() < 0.6 else raw
        end = loud_part(warped, -30.0)[1]
        if clip.end is not None:
            end = min(end, int(clip.end * RATE * len(warped) / len(raw)))
        joined = clip.kind == "wake" and rng.random() < ONE_BREATH
        if joined:  # without the vowel's fading away
            end -= int(min(rng.uniform(0, 0.14) * RATE, 0.22 * end))
            warped = warped[:end].copy()
            warped[-160:] *= np.linspace(1, 0, 160, dtype=np.float32)
        total = int(SCENE_S * RATE)
        stop = int(rng.uniform(2.0, 2.32) * RATE)
        start = stop - end
        x = np.zeros(total, np.float32)
        level = rms(warped[:end])
        body = warped[: total - start] if start >= 0 else warped[-start : total - start]
        x[max(0, start) : max(0, start) + len(body)] += body
        if clip.kind != "phrase":
            ahead = rng.random()
            if joined or ahead < 0.35:
                gap = float(rng.uniform(-0.03, 0.03)) if joined or ahead < 0.2 else float(rng.uniform(0.02, 0.35))
                at = stop + int(gap * RATE)
                y = self.follow(clip)[: total - at]
                x[at : at + len(y)] += y * level / (rms(y) + 1e-6) * float(rng.uniform(0.6, 1.2))
        if rng.random() < 0.45 and start > 3200:
            y = self.follow(clip) if rng.random() < 0.5 else self.speech()
            until = start - int(rng.uniform(0.02, 0.7) * RATE)
            if until > 1600:
                y = y[: int(rng.uniform(0.4, 3.0) * RATE)][-until:]
                x[until - len(y) : until] += y * level / (rms(y) + 1e-6) * float(rng.uniform(0.3, 1.2))
        return self.finish(x, level), stop / RATE

    def talk(self, people: bool) -> np.ndarray:
        """TALK_S of ordinary speech."""
        rng = self.rng
        total, parts, have = int(TALK_S * RATE), [], 0
        voice = self.pick("talk")
        while have < total:
            if people:
                x = self.load(self._human[int(rng.integers(len(self._human)))])
            else:
                x = self.load(self.pick("talk" if rng.random() < 0.75 else "lookalike", voice.voice, voice.family).path)
            if rng.random() < 0.5:
                x = augment.warp(x, rng, 1.2)
            x = x / (rms(x) + 1e-6) * 0.1
            gap = np.zeros(int(rng.uniform(0.0, 0.5) * RATE), np.float32)
            parts += [x, gap]
            have += len(x) + len(gap)
        return self.finish(np.concatenate(parts)[:total], 0.1)

    def nothing(self) -> np.ndarray:
        """Silence or noise alone."""
        rng, n = self.rng, int(SCENE_S * RATE)
        if rng.random() < 0.15:
            return np.zeros(n, np.int16)
        if rng.random() < 0.3:
            x = augment.loop(self.load(self._music[int(rng.integers(len(self._music)))]), n, rng)
        else:
            x = augment.noise(str(rng.choice(augment.NOISES)), n, rng, [self.speech() for _ in range(5)])
        return augment.to_int16(x, float(rng.uniform(-50, 0)))


def shard(number: int, cache: dict[Path, Signal]) -> None:
    composer, front = Composer(1000 + number, cache), FrontEnd()
    frames, scenes, labels = [], [], []
    started = time.monotonic()
    plan = ["wake"] * WAKE + ["lookalike"] * LOOKALIKE + ["korean"] * KOREAN + ["human"] * HUMAN + ["noise"] * NOISE
    for at, kind in enumerate(plan):
        end = None
        if kind == "wake":
            family = composer.family()
            phrases = composer.phrases[family]
            if phrases and composer.rng.random() < 0.4:
                clip = phrases[int(composer.rng.integers(len(phrases)))]
            else:
                clip = composer.pick("wake", family=family)
            sound, end = composer.scene(clip)
        elif kind == "lookalike":
            sound, _ = composer.scene(composer.pick("lookalike"))
        elif kind == "noise":
            sound = composer.nothing()
        else:
            sound = composer.talk(people=kind == "human")
        embedded = front.embed(sound)
        when = FIRST_END_S + HOP_S * np.arange(len(embedded))
        label = np.zeros(len(embedded), np.int8)
        if end is not None:
            label[when > end - UNSURE_S] = -1
            label[(when >= end - EARLY_S) & (when <= end + LATE_S)] = 1
        frames.append(embedded.astype(np.float16))
        scenes.append(np.full(len(embedded), at, np.int32))
        labels.append(label)
    FEATURES.mkdir(parents=True, exist_ok=True)
    np.savez(
        FEATURES / f"train-{number}.npz",
        frames=np.concatenate(frames),
        scene=np.concatenate(scenes),
        label=np.concatenate(labels),
    )
    print(f"shard {number}: {sum(map(len, frames))} frames, {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(shard, map(int, sys.argv[1:]), repeat({})))
