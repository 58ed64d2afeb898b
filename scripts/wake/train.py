"""Trains the head on the composed frames and writes models/wake/seoul_a.onnx: `python -m scripts.wake.train`.

Six nets of two shapes and three seeds are trained (NETS), each with hard-negative mining: every `MINE` steps the
negatives are scored again and half of each batch's negatives come from the highest scoring ones. Uses a GPU where there
is one.
evaluate.py then chooses the threshold and writes the card.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from scripts.wake.model import FRAMES, Head, Net, earlier, export
from scripts.wake.paths import FEATURES, HEAD, RUNS

MINE = 1600
POSITIVES, NEGATIVES = 192, 768  # windows per batch
RATE = 2.5e-3  # highest learning rate


@dataclass(frozen=True)
class Plan:
    """How a net is trained. strict: how much more a negative weighs at the end than at the beginning."""

    seed: int
    steps: int
    strict: float
    shape: dict[str, int | float]


NETS = [
    *(Plan(s, 6400, 1.0, {"channels": 128, "layers": 3, "heads": 8, "hidden": 128, "dropout": 0.4}) for s in (1, 2, 3)),
    *(Plan(s, 12800, 2.0, {"channels": 96, "layers": 3, "heads": 8, "hidden": 96, "dropout": 0.25}) for s in (1, 2, 3)),
]


class Windows:
    """All windows of 16 consecutive frames of one scene, by the index of their last frame."""

    def __init__(self, device: torch.device, shards: list[int] | None = None) -> None:
        paths = sorted(FEATURES.glob("train-*.npz"), key=lambda p: int(p.stem.split("-")[1]))
        paths = [p for p in paths if shards is None or int(p.stem.split("-")[1]) in shards]
        if not paths:
            raise SystemExit("no features: run python -m scripts.wake.features first")
        parts = [np.load(p) for p in paths]
        self.shards = len(paths)
        frames = np.concatenate([p["frames"] for p in parts])
        scene = np.concatenate([p["scene"].astype(np.int64) + 1_000_000 * i for i, p in enumerate(parts)])
        label = np.concatenate([p["label"] for p in parts])
        whole = np.zeros(len(scene), bool)
        whole[FRAMES - 1 :] = scene[FRAMES - 1 :] == scene[: len(scene) - FRAMES + 1]
        self.frames = torch.from_numpy(frames).to(device)
        self.positive = torch.from_numpy(np.flatnonzero(whole & (label == 1))).to(device)
        self.negative = torch.from_numpy(np.flatnonzero(whole & (label == 0))).to(device)
        self.scenes = len(np.unique(scene))
        self._back = torch.arange(-FRAMES + 1, 1, device=device)

    def get(self, last: Tensor) -> Tensor:
        return self.frames[last[:, None] + self._back].float()


def draw(pool: Tensor, count: int) -> Tensor:
    return pool[torch.randint(len(pool), (count,), device=pool.device)]


def disturb(x: Tensor, scale: Tensor, positives: int) -> Tensor:
    """A third of the windows get another's first 1 to 5 frames: what came before says nothing. A quarter lose one
    frame, a quarter some of the 96 features. A fifth of the positives are mixed with another one, which makes voices
    between voices. And some noise."""
    n, device = len(x), x.device
    give = x[torch.randperm(n, device=device)]
    first = torch.arange(FRAMES, device=device)[None] < torch.randint(1, 6, (n, 1), device=device)
    x = torch.where((first & (torch.rand(n, 1, device=device) < 0.33))[..., None], give, x)
    middle = x.mean(dim=1, keepdim=True)
    lost = torch.arange(FRAMES, device=device)[None] == torch.randint(FRAMES, (n, 1), device=device)
    x = torch.where((lost & (torch.rand(n, 1, device=device) < 0.25))[..., None], middle, x)
    gone = torch.rand(n, 1, x.shape[2], device=device) < 0.15
    x = torch.where(gone & (torch.rand(n, 1, 1, device=device) < 0.25), middle, x)
    share = torch.rand(positives, 1, 1, device=device)
    share = torch.where(torch.rand(positives, 1, 1, device=device) < 0.2, share, torch.ones_like(share))
    mixed = share * x[:positives] + (1 - share) * x[torch.randperm(positives, device=device)]
    return torch.cat([mixed, x[positives:]]) + 0.1 * scale * torch.randn_like(x)


def fit(data: Windows, plan: Plan) -> Net:
    seed, steps, strict = plan.seed, plan.steps, plan.strict
    torch.manual_seed(seed)
    device = data.frames.device
    net = Net(**plan.shape).to(device)  # type: ignore[arg-type]
    sample = draw(torch.arange(len(data.frames), device=device), 50_000)
    net.mean.data, net.scale.data = data.frames[sample].float().mean(0), data.frames[sample].float().std(0) + 1e-3
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps, pct_start=0.1)
    hard = data.negative
    target = torch.zeros(POSITIVES + NEGATIVES, device=device)
    target[:POSITIVES] = 1.0
    started = time.monotonic()
    for step in range(steps):
        if step % MINE == 0 and step:
            net.eval()
            with torch.no_grad():
                logits = torch.cat([net(data.get(part)) for part in data.negative.split(32768)])
            hard = data.negative[logits.topk(max(4000, len(logits) // 80)).indices]
            wrong = (logits > 0).float().mean().item()
            print(f"seed {seed} step {step}: {wrong:.4%} of negatives above 0.5, {time.monotonic() - started:.0f} s")
        net.train()
        last = torch.cat(
            [draw(data.positive, POSITIVES), draw(data.negative, NEGATIVES // 2), draw(hard, NEGATIVES // 2)]
        )
        logit = net(disturb(data.get(last), net.scale, POSITIVES))
        weight = torch.where(target > 0, 2.0, 1.0 + (strict - 1.0) * step / steps)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(logit, target * 0.98 + 0.002, weight=weight)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
        schedule.step()
    return net.eval()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", type=int, help="so many steps for each net, to try the pipeline")
    parser.add_argument("--shards", type=int, nargs="*", default=None)
    parser.add_argument("--beside", type=Path, help="an earlier head that is kept beside the new nets")
    parser.add_argument("--less", type=float, default=0.0, help="how much less the logits of that one count")
    parser.add_argument("--out", type=Path, default=HEAD)
    options = parser.parse_args()
    torch.set_num_threads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = Windows(device, options.shards)
    print(f"{data.scenes} scenes, {len(data.positive)} positive and {len(data.negative)} negative windows", flush=True)
    plans = [replace(plan, steps=options.quick or plan.steps) for plan in NETS]
    beside = earlier(options.beside) if options.beside else []
    export(Head([fit(data, plan).cpu() for plan in plans], beside, options.less), options.out)
    RUNS.mkdir(parents=True, exist_ok=True)
    facts = {
        "nets": [asdict(plan) for plan in plans],
        "beside": {
            "sha256": hashlib.sha256(options.beside.read_bytes()).hexdigest() if options.beside else None,
            "nets": len(beside),
            "less": options.less,
        },
        "highest_learning_rate": RATE,
        "shards": data.shards,
        "scenes": data.scenes,
        "positive_windows": len(data.positive),
        "negative_windows": len(data.negative),
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "CPU",
    }
    (RUNS / f"{options.out.stem}-training.json").write_text(json.dumps(facts, indent=1))
    print(f"wrote {options.out}", flush=True)


if __name__ == "__main__":
    main()
