"""Chooses the threshold, measures the head and writes its card: `python -m scripts.wake.evaluate --speech FOLDER`.

--speech: recordings of ordinary Korean talk, one folder per talk (flac or wav), for counting false wakes only. Every
second talk helps to choose the threshold (with the validation voices), the others give the reported figure. Without
--write nothing is changed. The scores are the head's over the front end's frames, as streaming gives them; the decision
is the product's own `WakeDecision`.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.stats import chi2

from assistant.hearing.wake import WakeDecision
from scripts.wake import augment, card, mbrola, texts
from scripts.wake.audio import RATE, Signal, loud_part, read, rms
from scripts.wake.features import clips, g722, human
from scripts.wake.frontend import FIRST_END_S, HOP_S, FrontEnd
from scripts.wake.model import FRAMES
from scripts.wake.paths import FEATURES, HEAD

CONDITIONS = {"clean": None, "15 dB": 15.0, "10 dB": 10.0, "5 dB": 5.0}
LEAD_S, TAIL_S = 1.5, 0.7
MOST = {"wake": 44, "phrase": 20, "lookalike": 44}  # takes of each family and kind
NOISY_TAKES = 26  # of each family
PROMPTS_S = 600.0


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
        kept = np.load(cache, allow_pickle=False)
        rows = json.loads(str(kept["rows"]))
        return [Take(*row[:4], kept["frames"][row[4] : row[5]].astype(np.float32), row[6]) for row in rows]
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
    FEATURES.mkdir(parents=True, exist_ok=True)
    table, at = [], 0
    for take in found:
        table.append([take.family, take.kind, take.text, take.condition, at, at + len(take.frames), take.end])
        at += len(take.frames)
    frames = np.concatenate([take.frames for take in found]).astype(np.float16)
    np.savez(cache, rows=np.array(json.dumps(table)), frames=frames)
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
    prompt_frames = FEATURES / "prompts.npy"
    if not prompt_frames.exists():
        prompts = np.concatenate([np.append(g722(p), np.zeros(4800, np.float32)) for p in human(held_out=True)])
        clip = augment.to_int16(prompts[: int(PROMPTS_S * RATE)], -3.0)
        np.save(prompt_frames, front.embed(clip).astype(np.float16))
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
        card.write(options.head, threshold, decision, found, rates, lag, lag_p95)


if __name__ == "__main__":
    main()
