"""The head: a small temporal network over 16 front-end frames, three of them averaged, as one ONNX graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

FRAMES, WIDTH = 16, 96


class Net(nn.Module):
    """[batch, 16, 96] -> logit [batch]: two convolutions over time, then attention pooling with four heads that know
    where in the window they look (a wake word that ended a second ago must not count)."""

    def __init__(self, channels: int = 64, heads: int = 4, dropout: float = 0.25) -> None:
        super().__init__()
        self.mean, self.scale = nn.Parameter(torch.zeros(WIDTH), False), nn.Parameter(torch.ones(WIDTH), False)
        self.first = nn.Conv1d(WIDTH, channels, 3, padding=1)
        self.second = nn.Conv1d(channels, channels, 3, padding=1)
        self.dropout = nn.Dropout(dropout)
        self.ask = nn.Conv1d(channels, heads, 1)
        self.place = nn.Parameter(torch.zeros(heads, FRAMES))
        self.last = nn.Sequential(
            nn.Linear(heads * channels, channels), nn.ReLU(), nn.Dropout(dropout), nn.Linear(channels, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        h = ((x - self.mean) / self.scale).transpose(1, 2)
        h = self.dropout(torch.relu(self.first(h)))
        h = self.dropout(torch.relu(self.second(h)))
        weight = torch.softmax(self.ask(h) + self.place, dim=-1)
        pooled = torch.matmul(weight, h.transpose(1, 2)).flatten(1)
        return self.last(pooled).squeeze(-1)


class Head(nn.Module):
    """The nets' mean logit as a probability, [1, 16, 96] -> [1, 1], as openWakeWord expects."""

    def __init__(self, nets: list[Net], temperature: float = 1.0) -> None:
        super().__init__()
        self.nets, self.temperature = nn.ModuleList(nets), temperature

    def forward(self, x: Tensor) -> Tensor:
        logit = torch.stack([net(x) for net in self.nets]).mean(dim=0) / self.temperature
        return torch.sigmoid(logit).unsqueeze(-1)


def export(head: Head, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    head.eval()
    torch.onnx.export(
        head,
        (torch.zeros(1, FRAMES, WIDTH),),
        str(path),
        input_names=["x"],
        output_names=["score"],
        opset_version=17,
        dynamo=False,
    )


def scores(nets: list[Net], windows: np.ndarray, batch: int = 4096) -> np.ndarray:
    """Mean logit of each window [n, 16, 96]."""
    out = []
    with torch.no_grad():
        for net in nets:
            net.eval()
        for i in range(0, len(windows), batch):
            x = torch.from_numpy(windows[i : i + batch].astype(np.float32))
            out.append(torch.stack([net(x) for net in nets]).mean(dim=0).numpy())
    return np.concatenate(out) if out else np.zeros(0)
