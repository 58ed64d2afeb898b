"""Trains the head on the composed frames and writes models/wake/seoul_a.onnx: `python -m scripts.wake.train`.

Three nets of different seeds are trained, each with hard-negative mining: every `MINE` steps the negatives are scored
again and half of each batch's negatives come from the highest scoring ones. evaluate.py then chooses the threshold and
writes the card.
"""

from __future__ import annotations

import argparse
import json
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import torch

from scripts.wake.model import FRAMES, Head, Net, export
from scripts.wake.paths import FEATURES, HEAD, RUNS

MINE = 400
POSITIVES, NEGATIVES = 112, 400  # windows per batch


class Windows:
    """All windows of 16 consecutive frames of one scene, by the index of their last frame."""

    def __init__(self, shards: list[int] | None = None) -> None:
        paths = sorted(FEATURES.glob("train-*.npz"), key=lambda p: int(p.stem.split("-")[1]))
        paths = [p for p in paths if shards is None or int(p.stem.split("-")[1]) in shards]
        if not paths:
            raise SystemExit("no features: run python -m scripts.wake.features first")
        parts = [np.load(p) for p in paths]
        self.names = [p.name for p in paths]
        self.frames = np.concatenate([p["frames"] for p in parts])
        scene = np.concatenate([p["scene"].astype(np.int64) + 1_000_000 * i for i, p in enumerate(parts)])
        label = np.concatenate([p["label"] for p in parts])
        whole = np.zeros(len(scene), bool)
        whole[FRAMES - 1 :] = scene[FRAMES - 1 :] == scene[: len(scene) - FRAMES + 1]
        self.positive = np.flatnonzero(whole & (label == 1))
        self.negative = np.flatnonzero(whole & (label == 0))
        self.scenes = len(np.unique(scene))

    def get(self, last: np.ndarray) -> np.ndarray:
        return self.frames[last[:, None] + np.arange(-FRAMES + 1, 1)]


def fit(data: Windows, seed: int, steps: int) -> Net:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Net()
    sample = data.frames[rng.integers(len(data.frames), size=50_000)].astype(np.float32)
    net.mean.data, net.scale.data = torch.from_numpy(sample.mean(0)), torch.from_numpy(sample.std(0) + 1e-3)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2.5e-3, total_steps=steps, pct_start=0.1)
    hard = data.negative
    started = time.monotonic()
    for step in range(steps):
        if step and step % MINE == 0:
            found = []
            net.eval()
            with torch.no_grad():
                for i in range(0, len(data.negative), 8192):
                    found.append(
                        net(torch.from_numpy(data.get(data.negative[i : i + 8192]).astype(np.float32))).numpy()
                    )
            logits = np.concatenate(found)
            keep = max(4000, len(logits) // 60)
            hard = data.negative[np.argpartition(-logits, keep)[:keep]]
            print(
                f"seed {seed} step {step}: {np.mean(logits > 0):.4%} of negatives above 0.5, "
                f"{time.monotonic() - started:.0f} s",
                flush=True,
            )
        net.train()
        last = np.concatenate(
            [
                rng.choice(data.positive, POSITIVES),
                rng.choice(data.negative, NEGATIVES // 2),
                rng.choice(hard, NEGATIVES // 2),
            ]
        )
        x = torch.from_numpy(data.get(last).astype(np.float32))
        target = torch.zeros(len(last))
        target[:POSITIVES] = 1.0
        loss = torch.nn.functional.binary_cross_entropy_with_logits(
            net(x), target * 0.98 + 0.002, weight=torch.where(target > 0, 2.0, 1.0)
        )
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    net.eval()
    return net


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2400)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--shards", type=int, nargs="*", default=None)
    parser.add_argument("--jobs", type=int, default=1, help="nets trained at the same time, one core each")
    parser.add_argument("--out", default=str(HEAD))
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    data = Windows(options.shards)
    print(f"{data.scenes} scenes, {len(data.positive)} positive and {len(data.negative)} negative windows", flush=True)
    if options.jobs > 1:
        with ProcessPoolExecutor(options.jobs, get_context("fork"), torch.set_num_threads, (1,)) as pool:
            nets = list(pool.map(fit, repeat(data), options.seeds, repeat(options.steps)))
    else:
        nets = [fit(data, seed, options.steps) for seed in options.seeds]
    out = Path(options.out)
    export(Head(nets), out)
    RUNS.mkdir(parents=True, exist_ok=True)
    facts = {
        "seeds": options.seeds,
        "steps": options.steps,
        "shards": data.names,
        "scenes": data.scenes,
        "positive_windows": len(data.positive),
        "negative_windows": len(data.negative),
    }
    (RUNS / f"{out.stem}-training.json").write_text(json.dumps(facts, indent=1))
    print(f"wrote {out}", flush=True)


if __name__ == "__main__":
    main()
