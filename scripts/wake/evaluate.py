"""Chooses the threshold, measures the head and writes its card: `python -m scripts.wake.evaluate --speech FOLDER`.

--speech: recordings of ordinary Korean talk, one folder per talk (flac or wav), for counting false wakes only. Every
second talk helps to choose the threshold (with the validation voices), the others give the reported figure. Without
--write nothing is changed. The scores are the head's over the front end's frames, as streaming gives them; the decision
is the product's own `WakeDecision`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from scipy.stats import chi2

from assistant.hearing.wake import WakeDecision
from scripts.wake import augment, card
from scripts.wake.audio import RATE
from scripts.wake.features import g722, human
from scripts.wake.frontend import FIRST_END_S, HOP_S, FrontEnd
from scripts.wake.model import FRAMES
from scripts.wake.paths import FEATURES, HEAD
from scripts.wake.takes import Take, breath_takes, takes, talks

PROMPTS_S = 600.0
PATIENCE = (2,)  # three frames miss less alone in noise, but lost a command in one breath that tests/hearing guards
THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.83, 0.85, 0.87, 0.89, 0.91, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99)
Scored = tuple[Take, np.ndarray, np.ndarray]  # with the frames' end times and the head's scores


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
    in_one_breath: dict[str, dict[str, tuple[int, int]]]  # family -> condition -> (missed, of)
    accepted: dict[str, tuple[int, int, list[str]]]  # family -> (accepted, of, which)
    lags: list[float]


def figures(scored: Iterable[Scored], decision: WakeDecision) -> Figures:
    result = Figures({}, {}, {}, [])
    for take, times, scores in scored:
        woke = wakes(times, scores, decision)
        if take.kind == "wake":
            row = result.misses.setdefault(take.family, {})
            missed, of = row.get(take.condition, (0, 0))
            row[take.condition] = (missed + (not woke), of + 1)
            if woke and take.end is not None and take.condition == "clean":
                result.lags.append(woke[0] - take.end)
        elif take.kind == "phrase":
            row = result.in_one_breath.setdefault(take.family, {})
            missed, of = row.get(take.condition, (0, 0))
            row[take.condition] = (missed + (not woke), of + 1)
        elif take.kind == "lookalike":
            count, of, which = result.accepted.get(take.family, (0, 0, []))
            result.accepted[take.family] = (count + bool(woke), of + 1, which + [take.text] * bool(woke))
    return result


def false_wakes(streams: list[tuple[str, np.ndarray, np.ndarray]], decision: WakeDecision) -> tuple[int, float]:
    """(wakes, hours)"""
    count = sum(len(wakes(times, scores, decision)) for _, times, scores in streams)
    return count, sum(len(times) for _, times, _ in streams) * HOP_S / 3600


def best(validation: list[Scored], choose: list[tuple[str, np.ndarray, np.ndarray]], most: float) -> WakeDecision:
    """For each of PATIENCE the lowest threshold with at most `most` false wakes an hour; of these, the one that misses
    least of the validation voices (mean over families, alone and with a command in one breath)."""
    fits: list[tuple[float, WakeDecision]] = []
    for patience in PATIENCE:
        for threshold in THRESHOLDS:
            decision = WakeDecision(threshold, patience)
            found = figures(validation, decision)
            alone = [row["clean"] for row in found.misses.values()]
            breath = [row["clean"] for row in found.in_one_breath.values()]
            missed = [sum(m / n for m, n in pairs) / len(pairs) for pairs in (alone, breath)]
            count, hours = false_wakes(choose, decision)
            print(
                f"{patience} frames of {threshold}: {count / hours:.1f} false wakes/h on the choosing talks, "
                f"validation voices miss {100 * missed[0]:.1f} %, with a command in one breath {100 * missed[1]:.1f} %"
            )
            if count / hours <= most:
                fits.append((sum(missed), decision))
                break
    if not fits:
        raise SystemExit(f"no threshold keeps the choosing talks under {most} false wakes an hour")
    return min(fits, key=lambda fit: fit[0])[1]


def share(pair: tuple[int, int]) -> str:
    return f"{100 * pair[0] / max(1, pair[1]):.0f} % ({pair[0]}/{pair[1]})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--head", type=Path, default=HEAD)
    parser.add_argument("--threshold", type=float, help="take this one instead of choosing")
    parser.add_argument("--patience", type=int, default=2, help="with --threshold: frames above it")
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
    test = [(take, *scorer(take.frames)) for take in takes("test", front) + breath_takes(front)]

    if options.threshold:
        decision = WakeDecision(options.threshold, options.patience)
    else:
        decision = best(validation, choose, options.most)
    found = figures(test, decision)
    print(f"\nthreshold {decision.threshold}, {decision.patience_frames} frames, on voices not trained on:")
    for family in sorted(found.misses):
        row = "  ".join(f"{c}: {share(pair)}" for c, pair in found.misses[family].items())
        print(f"  {family:8s} misses  {row}")
        if family in found.in_one_breath:
            row = "  ".join(f"{c}: {share(pair)}" for c, pair in found.in_one_breath[family].items())
            print(f"  {'':8s} with a command in one breath  {row}")
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
        card.write(options.head, decision, found, rates, lag, lag_p95)


if __name__ == "__main__":
    main()
