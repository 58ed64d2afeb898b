"""Chooses the threshold, measures the head and writes its card: `python -m scripts.wake.evaluate --speech FOLDER`.

--speech: recordings of ordinary Korean talk, one folder per talk (flac or wav), for counting false wakes only. Every
second talk helps to choose the threshold (with the validation voices), the others give the reported figure. Without
--write nothing is changed. The scores are the head's over the front end's frames, as streaming gives them; the decision
is the product's own `WakeDecision`.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from assistant.hearing.wake import WakeDecision
from assistant.hearing.wake_frames import FrontEnd, HeadScores
from scripts.wake import card
from scripts.wake.measure import Count, Figures, Scored, Stream, false_wakes, figures, mean_share, rate
from scripts.wake.paths import HEAD
from scripts.wake.takes import korean, prompts, takes, talks

PATIENCE = (2,)  # one frame wakes too easily; three come 80 ms later and miss no less
THRESHOLDS = tuple(1 / (1 + np.exp(-x)) for x in np.arange(-1.0, 9.01, 0.25))
SPARE = 0.25
"""The threshold chosen lies this much further (in logits) than the lowest that keeps the choosing streams quiet, since
half an hour of talk says little about an hour that was not heard."""


def best(validation: list[Scored], quiet: list[Stream], most: float) -> WakeDecision:
    """For each of PATIENCE the lowest threshold with at most `most` false wakes an hour, and SPARE; of these, the one
    that misses least of the validation voices (mean over families, alone clean and noisy, and with a command)."""
    fits: list[tuple[float, WakeDecision]] = []
    for patience in PATIENCE:
        for threshold in THRESHOLDS:
            count, hours = false_wakes(quiet, WakeDecision(threshold, patience))
            if count / hours > most:
                continue
            spared = 1 / (1 + np.exp(-np.log(threshold / (1 - threshold)) - SPARE))
            decision = WakeDecision(round(float(spared), 4), patience)
            found = figures(validation, decision)
            missed = [
                mean_share(found.misses, "clean"),
                mean_share(found.misses, "15 dB"),
                mean_share(found.in_one_breath, "clean"),
            ]
            print(
                f"{patience} frames of {decision.threshold}: validation voices miss {100 * missed[0]:.1f} % clean, "
                f"{100 * missed[1]:.1f} % at 15 dB, {100 * missed[2]:.1f} % with a command in one breath"
            )
            fits.append((sum(missed), decision))
            break
    if not fits:
        raise SystemExit(f"no threshold keeps the choosing talks under {most} false wakes an hour")
    return min(fits, key=lambda fit: fit[0])[1]


def share(pair: Count) -> str:
    return f"{100 * pair[0] / max(1, pair[1]):.0f} % ({pair[0]}/{pair[1]})"


def report(found: Figures) -> None:
    for name, table in (
        ("misses", found.misses),
        ("command in one breath, misses", found.in_one_breath),
        ("look-alikes accepted", found.accepted),
    ):
        print(f"  {name}")
        for family in sorted(table):
            row = "  ".join(f"{c}: {share(pair)}" for c, pair in table[family].items())
            words = " ".join(sorted(found.which.get(family, ()))) if table is found.accepted else ""
            print(f"    {family:12s} {row}  {words}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, required=True)
    parser.add_argument("--head", type=Path, default=HEAD)
    parser.add_argument("--threshold", type=float, help="take this one instead of choosing")
    parser.add_argument("--patience", type=int, default=2, help="with --threshold: frames above it")
    parser.add_argument("--most", type=float, default=0.0, help="false wakes an hour allowed when choosing")
    parser.add_argument("--validation", action="store_true", help="only choose; do not look at the test")
    parser.add_argument("--write", action="store_true", help="write the card beside the head")
    options = parser.parse_args()
    front, scorer = FrontEnd(), HeadScores(options.head)
    everyone = talks(options.speech, front)
    choose = [(name, *scorer(frames)) for name, frames in everyone[0::2]]
    if options.threshold:
        decision = WakeDecision(options.threshold, options.patience)
    else:
        validation = [(take, *scorer(take.frames)) for take in takes("validation", front)]
        decision = best(validation, choose, options.most)
        if options.validation:
            report(figures(validation, decision))
    if options.validation:
        return
    found = figures([(take, *scorer(take.frames)) for take in takes("test", front)], decision)
    print(f"\nthreshold {decision.threshold}, {decision.patience_frames} frames, on voices not trained on:")
    report(found)
    rates = {}
    for name, part in (
        ("korean_talks", [(name, *scorer(frames)) for name, frames in everyone[1::2]]),
        ("korean_talks_used_for_choosing", choose),
        ("prompts_5_languages", [("prompts", *scorer(prompts(front)))]),
        ("synthetic_korean", [("korean", *scorer(korean("test", front)))]),
    ):
        rates[name] = rate(*false_wakes(part, decision))
        print(f"  {name}: {rates[name]}")
    lags = np.array(found.lags)
    lag, lag_p95 = float(np.median(lags)), float(np.percentile(lags, 95))
    print(f"  the wake comes {lag:.3f} s after the word's end (median), 95 %: {lag_p95:.3f} s")
    if options.write:
        card.write(options.head, decision, found, rates, lag, lag_p95)


if __name__ == "__main__":
    main()
