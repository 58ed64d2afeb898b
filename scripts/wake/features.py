"""Composes scenes and turns them into labelled front-end frames: `python -m scripts.wake.features 0 1 2`.

Each shard is one file var/wake/features/train-N.npz with its own seed: `frames` float16 [n, 96], `scene` int32 [n]
(which scene a frame belongs to), `label` int8 [n] (1: the wake word has just ended, 0: it has not, -1: either is fine).
Only clips of the training split are used. A scene holds context, the clip, and what follows it: a command in the same
breath in nearly half of the positives, either spoken so (families that know where the word ends in a sentence) or
joined to the word, whose fading last vowel is then cut. Of all scenes 45 % are heard in a noisy room at 0 to 25 dB and
30 % dry, most of these without any noise: voices of another kind than the trained ones are missed most when clean.
Negatives are look-alikes, pieces of the wake word, talk and noise.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from G722 import G722

from assistant.hearing.enrolment import rooms
from assistant.hearing.wake_frames import FIRST_END_S, HOP_S, FrontEnd
from scripts.wake.audio import RATE, Signal, loud_part, read, rms
from scripts.wake.paths import CLIPS, FEATURES, ROOT

EARLY_S, LATE_S, UNSURE_S = 0.06, 0.30, 0.22  # positive: end - EARLY .. end + LATE; negative before end - UNSURE
SCENES = {"wake": 200, "lookalike": 110, "piece": 50, "korean": 26, "human": 18, "noise": 8}  # per shard
SHARE = {  # of the scenes; by how much the voices differ
    "kokoro": 0.36,
    "espeak": 0.18,
    "diphone": 0.16,
    "piper": 0.1,
    "flite": 0.1,
    "pico": 0.1,
}
ONE_BREATH = 0.45  # of the positives: a command follows without a gap
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
    """Draws scenes. `sounds` holds the files that were read already (`gather`), by path."""

    def __init__(self, seed: int, sounds: dict[Path, Signal]) -> None:
        self.rng = np.random.default_rng(seed)
        self._sounds = sounds
        self._pools: dict[tuple[str, str, str | None], list[Clip]] = defaultdict(list)
        for clip in clips("train"):
            self._pools[clip.kind, clip.family, None].append(clip)
            self._pools[clip.kind, clip.family, clip.voice].append(clip)
        self._families = sorted({family for _, family, _ in self._pools})
        share = np.array([SHARE[f] for f in self._families])
        self._share = share / share.sum()
        self._phrases = {f: [c for c in self._pools["phrase", f, None] if c.end] for f in self._families}
        self._human, self._music = human(held_out=False), music()

    def load(self, path: Path) -> Signal:
        if path not in self._sounds:
            self._sounds[path] = listen(path)
        return self._sounds[path]

    def family(self) -> str:
        return str(self.rng.choice(self._families, p=self._share))

    def pick(self, kind: str, voice: str | None = None, family: str | None = None) -> Clip:
        """A random clip; families are drawn before clips, so that a large one does not drown the others."""
        family = family or self.family()
        pool = self._pools.get((kind, family, voice)) or self._pools[kind, family, None]
        return pool[int(self.rng.integers(len(pool)))]

    def wake(self) -> Clip:
        """The wake word alone, or a sentence that begins with it where its end is known."""
        family = self.family()
        phrases = self._phrases[family]
        if phrases and self.rng.random() < 0.35:
            return phrases[int(self.rng.integers(len(phrases)))]
        return self.pick("wake", family=family)

    def speech(self) -> Signal:
        """Some other speech: a synthetic sentence or a human prompt."""
        if self.rng.random() < 0.5:
            return self.load(self._human[int(self.rng.integers(len(self._human)))])
        return self.load(self.pick("talk").path)

    def follow(self, clip: Clip) -> Signal:
        """A sentence or command of the same voice (or family), said after the wake word."""
        spoken = self._phrases[clip.family]
        if spoken and self.rng.random() < 0.4:
            other = spoken[int(self.rng.integers(len(spoken)))]
            assert other.end is not None
            return self.load(other.path)[int(other.end * RATE) :]
        x = self.load(self.pick("talk", clip.voice, clip.family).path)
        return x[loud_part(x)[0] :]

    def finish(self, x: Signal, level: float) -> np.ndarray:
        """Room, colour, noise, codec, level and rounding for one scene whose speech has rms `level`."""
        rng = self.rng
        scene = rng.random()
        noisy, dry = scene < 0.45, scene > 0.7
        if not dry:
            x = rooms.tilt(x, rng)
            if rng.random() < (0.85 if noisy else 0.5):
                x = rooms.room(x, rng)
        kind = 0.0 if noisy else rng.random()
        if kind < 0.15:
            name = str(rng.choice(rooms.NOISES))
            if name == "music" and rng.random() < 0.6:
                sound = rooms.loop(self.load(self._music[int(rng.integers(len(self._music)))]), len(x), rng)
            else:
                voices = [self.speech() for _ in range(5)] if name == "babble" else []
                sound = rooms.noise(name, len(x), rng, voices)
            x = rooms.mix(x, sound, float(rng.uniform(0, 25) if noisy else rng.uniform(10, 35)), level)
        elif kind < 0.55:
            x = rooms.mix(x, rooms.noise("pink", len(x), rng, []), float(rng.uniform(30, 70)), level)
        if rng.random() < 0.1:
            x = rooms.codec(x, rng)
        return rooms.to_int16(x, float(rng.uniform(-32, 0)) if rng.random() < 0.85 else float(rng.uniform(0, 8)))

    def scene(self, clip: Clip) -> tuple[np.ndarray, float]:
        """(int16 scene of SCENE_S, second where the clip's sound ends)."""
        rng = self.rng
        raw = self.load(clip.path)
        warped = rooms.warp(raw, rng) if rng.random() < 0.6 else raw
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

    def piece(self) -> np.ndarray:
        """A part of the wake word that must not wake: its first 30 to 62 % before a pause or other words, or its last
        35 to 60 % after other words."""
        rng = self.rng
        clip = self.pick("wake")
        raw = self.load(clip.path)
        cut = int(len(raw) * rng.uniform(0.3, 0.62))
        begins = rng.random() < 0.65
        part = raw[:cut].copy() if begins else raw[-max(cut, int(0.35 * len(raw))) :].copy()
        fade = np.linspace(0, 1, 160, dtype=np.float32)
        part[:160], part[-160:] = part[:160] * fade, part[-160:] * fade[::-1]
        x = np.zeros(int(SCENE_S * RATE), np.float32)
        at = int(rng.uniform(1.6, 1.95) * RATE)
        level = rms(part)
        x[at : at + len(part)] += part[: len(x) - at]
        if begins and rng.random() < 0.6:
            y, start = self.follow(clip), at + len(part) + int(rng.uniform(0, 0.1) * RATE)
            y = y[: max(0, len(x) - start)]
            x[start : start + len(y)] += y * level / (rms(y) + 1e-6) * float(rng.uniform(0.6, 1.2))
        elif not begins:
            y = self.follow(clip)[: int(rng.uniform(0.3, 1.5) * RATE)][-at:]
            x[at - len(y) : at] += y * level / (rms(y) + 1e-6) * float(rng.uniform(0.6, 1.2))
        return self.finish(x, level)

    def talk(self, people: bool) -> np.ndarray:
        """TALK_S of ordinary speech."""
        rng = self.rng
        total, parts, have = int(TALK_S * RATE), [], 0
        voice = self.pick("talk")
        while have < total:
            if people:
                x = self.load(self._human[int(rng.integers(len(self._human)))])
            else:
                x = self.load(self.pick("talk" if rng.random() < 0.7 else "lookalike", voice.voice, voice.family).path)
            if rng.random() < 0.5:
                x = rooms.warp(x, rng, 1.2)
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
            x = rooms.loop(self.load(self._music[int(rng.integers(len(self._music)))]), n, rng)
        else:
            x = rooms.noise(str(rng.choice(rooms.NOISES)), n, rng, [self.speech() for _ in range(5)])
        return rooms.to_int16(x, float(rng.uniform(-50, 0)))

    def draw(self, kind: str) -> tuple[np.ndarray, float | None]:
        """(int16 sound, second where the wake word ends in it) of a scene of one of SCENES."""
        if kind == "wake":
            return self.scene(self.wake())
        if kind == "lookalike":
            return self.scene(self.pick("lookalike"))[0], None
        if kind == "piece":
            return self.piece(), None
        return self.nothing() if kind == "noise" else self.talk(people=kind == "human"), None


def listen(path: Path) -> Signal:
    if path.suffix == ".g722":
        return g722(path)
    x = read(path)
    return x if len(x) else np.zeros(1600, np.float32)


def gather() -> dict[Path, Signal]:
    """Every sound that training scenes are made of."""
    paths = [clip.path for clip in clips("train")] + human(held_out=False) + music()
    return {path: listen(path) for path in paths}


def labels(count: int, end: float | None) -> np.ndarray:
    """int8[count]: what each frame of a scene should say, from where the wake word ends."""
    label = np.zeros(count, np.int8)
    if end is not None:
        when = FIRST_END_S + HOP_S * np.arange(count)
        label[when > end - UNSURE_S] = -1
        label[(when >= end - EARLY_S) & (when <= end + LATE_S)] = 1
    return label


_sounds: dict[Path, Signal] = {}  # read before the processes part, so that they share it


def shard(number: int) -> None:
    composer, front = Composer(1000 + number, _sounds), FrontEnd()
    frames, scenes, truth = [], [], []
    started = time.monotonic()
    for at, kind in enumerate(kind for kind, count in SCENES.items() for _ in range(count)):
        sound, end = composer.draw(kind)
        embedded = front.embed(sound)
        frames.append(embedded.astype(np.float16))
        scenes.append(np.full(len(embedded), at, np.int32))
        truth.append(labels(len(embedded), end))
    FEATURES.mkdir(parents=True, exist_ok=True)
    np.savez(
        FEATURES / f"train-{number}.npz",
        frames=np.concatenate(frames),
        scene=np.concatenate(scenes),
        label=np.concatenate(truth),
    )
    print(f"shard {number}: {sum(map(len, frames))} frames, {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shards", type=int, nargs="+")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    options = parser.parse_args()
    if options.jobs == 1:
        for wanted in options.shards:
            shard(wanted)
    else:
        _sounds.update(gather())
        with ProcessPoolExecutor(options.jobs, get_context("fork")) as pool:
            list(pool.map(shard, options.shards))
