"""Synthesises the corpus, one family at a time: `python -m scripts.wake.synth kokoro espeak ...` (no name: all).

Clips go to var/wake/clips/FAMILY/NNNNN.flac with one JSON line each in index.jsonl: split, voice, kind
(wake | phrase | lookalike | talk), text, and `end`, the second where the wake word ends when the engine knows it.
A family already complete is left alone; a partial one goes on where it stopped. Every clip has its own seed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import time
import zlib
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from typing import Any

import numpy as np

from scripts.wake import texts
from scripts.wake.audio import RATE, Signal, write
from scripts.wake.paths import CLIPS

FAMILIES = {  # family -> module, class, clips per split and kind
    "kokoro": (
        "kokoro",
        "Kokoro",
        {"train": (1100, 120, 600, 420), "validation": (60, 12, 48, 24), "test": (80, 24, 64, 24)},
    ),
    "kokoro_breath": (  # the wake word and a command spoken as one sentence, with the word's end known
        "kokoro",
        "Kokoro",
        {"train": (0, 420, 0, 0), "validation": (0, 24, 0, 0), "test": (0, 56, 0, 0)},
    ),
    "espeak": (
        "espeak",
        "Espeak",
        {"train": (700, 300, 800, 700), "validation": (80, 30, 80, 40), "test": (80, 30, 80, 40)},
    ),
    "diphone": (
        "festival",
        "Diphone",
        {"train": (350, 150, 350, 160), "validation": (40, 20, 40, 16), "test": (60, 20, 60, 16)},
    ),
    "flite": (
        "flite",
        "Flite",
        {"train": (300, 140, 300, 200), "validation": (30, 16, 40, 16), "test": (50, 20, 60, 16)},
    ),
    "pico": (
        "pico",
        "Pico",
        {"train": (300, 140, 300, 220), "validation": (30, 16, 40, 16), "test": (50, 20, 60, 16)},
    ),
    "piper": (
        "piper",
        "Piper",
        {"train": (250, 100, 250, 150), "validation": (40, 16, 40, 16), "test": (40, 16, 40, 16)},
    ),
}
KINDS = ("wake", "phrase", "lookalike", "talk")


def plan(family: str, voices: dict[str, list[str]]) -> list[dict[str, str]]:
    """The family's clips in an order that mixes splits, kinds and voices, so that a part of it is already usable."""
    rows: list[tuple[float, dict[str, str]]] = []
    for split, counts in FAMILIES[family][2].items():
        rng = np.random.default_rng(zlib.crc32(f"{family}/{split}".encode()))
        talk = texts.talk()
        for kind, count in zip(KINDS, counts, strict=True):
            for i in range(count):
                names = voices[split]
                voice = names[i % len(names)]
                if family.startswith("kokoro") and rng.random() < 0.4:  # a mix is another speaker
                    other = str(rng.choice(names))
                    if other != voice:
                        voice = f"{voice}+{other}:{rng.uniform(0.3, 0.7):.2f}"
                if kind == "wake":
                    text = texts.WAKE
                elif kind == "phrase":
                    text = f"{texts.WAKE} {texts.COMMANDS[i % len(texts.COMMANDS)]}"
                elif kind == "lookalike":
                    pool = texts.NEAR if i % 2 else texts.FAR
                    text = pool[(i // 2) % len(pool)] if rng.random() < 0.95 else str(rng.choice(texts.AMBIGUOUS))
                else:
                    text = talk[i if split == "train" else int(rng.integers(len(talk)))]
                rows.append(((i + 0.5) / count, {"split": split, "kind": kind, "voice": voice, "text": text}))
    rows.sort(key=lambda row: row[0])
    return [row for _, row in rows]


def synthesise(family: str, jobs: int) -> None:
    voices = _load(family)
    rows = plan(family, {split: voices.voices(split) for split in ("train", "validation", "test")})
    folder = CLIPS / family
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.jsonl"
    done = len(index.read_text(encoding="utf-8").splitlines()) if index.exists() else 0
    started = time.monotonic()
    with (
        index.open("a", encoding="utf-8") as log,
        ProcessPoolExecutor(jobs, initializer=_load, initargs=(family,)) as pool,
    ):
        numbers = range(done, len(rows))
        spoken = pool.map(_say, repeat(family), numbers, rows[done:], chunksize=4)
        for number, (signal, info) in zip(numbers, spoken, strict=True):
            write(folder / f"{number:05d}.flac", signal)
            log.write(json.dumps({"file": f"{number:05d}.flac", **rows[number], **info}, ensure_ascii=False) + "\n")
            log.flush()
            if number % 100 == 99:
                print(f"{family}: {number + 1}/{len(rows)} {time.monotonic() - started:.0f} s", flush=True)
    print(f"{family}: complete, {len(rows)} clips", flush=True)


_engines: dict[str, Any] = {}  # of this process


def _load(family: str) -> Any:
    if family not in _engines:
        module, name, _ = FAMILIES[family]
        _engines[family] = getattr(importlib.import_module(f"scripts.wake.{module}"), name)()
    return _engines[family]


def _say(family: str, number: int, row: dict[str, str]) -> tuple[Signal, dict[str, object]]:
    rng = np.random.default_rng(zlib.crc32(f"{family}/{number}".encode()))
    signal, info = _load(family).say(row["text"], row["voice"], rng)
    peak = float(np.max(np.abs(signal), initial=0.0))
    return signal * (0.7 / peak) if peak > 0 else signal, {**info, "seconds": round(len(signal) / RATE, 3)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", nargs="*", default=list(FAMILIES), choices=[*FAMILIES, []])
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    options = parser.parse_args()
    for wanted in options.family:
        synthesise(wanted, options.jobs)
