"""Trains the head on the composed frames and writes models/wake/seoul_a.onnx: `python -m scripts.wake.train`.

Three nets of different seeds are trained, each with hard-negative mining: every `MINE` steps the negatives are scored
again and half of each batch's negatives come from the highest scoring ones. --start goes on from the nets of an earlier
head. evaluate.py then chooses the threshold and writes the card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import onnx
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


def earlier(head: Path, which: int) -> dict[str, torch.Tensor]:
    """The weights of an exported head's net number `which`, as Net's state."""
    found = {part.name: onnx.numpy_helper.to_array(part) for part in onnx.load(str(head)).graph.initializer}
    prefix = f"nets.{which}."
    return {name.removeprefix(prefix): torch.tensor(x) for name, x in found.items() if name.startswith(prefix)}


def disturb(x: torch.Tensor, scale: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """A third of the windows get another's first 1 to 4 frames: what came before says nothing. And some noise."""
    take, give = torch.from_numpy(rng.random(len(x)) < 0.33), torch.from_numpy(rng.permutation(len(x)))
    first = torch.arange(FRAMES)[None] < torch.from_numpy(rng.integers(1, 5, len(x)))[:, None]
    x = torch.where((first & take[:, None])[..., None], x[give], x)
    return x + 0.1 * scale * torch.from_numpy(rng.standard_normal(x.shape, dtype=np.float32))


def fit(data: Windows, seed: int, which: int, steps: int, rate: float, start: Path | None) -> Net:
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = Net()
    if start is None:
        sample = data.frames[rng.integers(len(data.frames), size=50_000)].astype(np.float32)
        net.mean.data, net.scale.data = torch.from_numpy(sample.mean(0)), torch.from_numpy(sample.std(0) + 1e-3)
    else:
        net.load_state_dict(earlier(start, which))
    optimiser = torch.optim.AdamW(net.parameters(), lr=rate, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=0.1)
    hard = data.negative
    started = time.monotonic()
    for step in range(steps):
        if step % MINE == 0 and (step or start is not None):
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
        x = disturb(torch.from_numpy(data.get(last).astype(np.float32)), net.scale, rng)
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
    parser.add_argument("--rate", type=float, default=2.5e-3, help="highest learning rate")
    parser.add_argument("--start", type=Path, help="an earlier head with as many nets")
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
            more = (repeat(options.steps), repeat(options.rate), repeat(options.start))
            nets = list(pool.map(fit, repeat(data), options.seeds, range(len(options.seeds)), *more))
    else:
        nets = [fit(data, s, i, options.steps, options.rate, options.start) for i, s in enumerate(options.seeds)]
    out = Path(options.out)
    export(Head(nets), out)
    RUNS.mkdir(parents=True, exist_ok=True)
    facts = {
        "seeds": options.seeds,
        "steps": options.steps,
        "highest_learning_rate": options.rate,
        "went_on_from_sha256": hashlib.sha256(options.start.read_bytes()).hexdigest() if options.start else None,
        "shards": data.names,
        "scenes": data.scenes,
        "positive_windows": len(data.positive),
        "negative_windows": len(data.negative),
    }
    (RUNS / f"{out.stem}-training.json").write_text(json.dumps(facts, indent=1))
    print(f"wrote {out}", flush=True)


if __name__ == "__main__":
    main()
