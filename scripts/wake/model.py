"""The head: a small temporal network over 16 front-end frames, several of them averaged, as one ONNX graph."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

FRAMES, WIDTH = 16, 96


class Net(nn.Module):
    """[batch, 16, 96] -> logit [batch]: convolutions over time, then attention pooling with heads that know where in
    the window they look (a wake word that ended a second ago must not count)."""

    def __init__(
        self, channels: int = 128, layers: int = 3, heads: int = 8, hidden: int = 64, dropout: float = 0.4
    ) -> None:
        super().__init__()
        self.mean, self.scale = nn.Parameter(torch.zeros(WIDTH), False), nn.Parameter(torch.ones(WIDTH), False)
        self.first = nn.Conv1d(WIDTH, channels, 3, padding=1)
        self.more = nn.ModuleList(nn.Conv1d(channels, channels, 3, padding=1) for _ in range(layers - 1))
        self.dropout = nn.Dropout(dropout)
        self.ask = nn.Conv1d(channels, heads, 1)
        self.place = nn.Parameter(torch.zeros(heads, FRAMES))
        self.last = nn.Sequential(
            nn.Linear(heads * channels, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 1)
        )

    def pooled(self, x: Tensor) -> Tensor:
        """What the heads saw, [batch, heads * channels]."""
        x = ((x - self.mean) / self.scale).transpose(1, 2)
        h = self.dropout(torch.relu(self.first(x)))
        for number, layer in enumerate(self.more):
            y = self.dropout(torch.relu(layer(h)))
            h = y if number == 0 else h + y
        weight = torch.softmax(self.ask(h) + self.place, dim=-1)
        return torch.matmul(weight, h.transpose(1, 2)).flatten(1)

    def forward(self, x: Tensor) -> Tensor:
        return self.last(self.pooled(x)).squeeze(-1)


class Head(nn.Module):
    """[n, 16, 96] -> a probability [n, 1], as openWakeWord expects, and what the nets' attention heads saw [n, many],
    which enrolment learns on. The logit is the nets' mean or, where that is larger, the mean of the nets `beside` less
    `less`: two ensembles, each against its own threshold."""

    def __init__(self, nets: list[Net], beside: list[Net] | None = None, less: float = 0.0) -> None:
        super().__init__()
        self.nets, self.beside, self.less = nn.ModuleList(nets), nn.ModuleList(beside or []), less

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        logit, seen = self._mean(self.nets, x)
        if len(self.beside):
            other, more = self._mean(self.beside, x)
            logit, seen = torch.maximum(logit, other - self.less), torch.cat([seen, more], dim=1)
        return torch.sigmoid(logit).unsqueeze(-1), seen

    @staticmethod
    def _mean(nets: nn.ModuleList, x: Tensor) -> tuple[Tensor, Tensor]:
        seen = [net.pooled(x) for net in nets]
        logits = torch.stack([net.last(part).squeeze(-1) for net, part in zip(nets, seen, strict=True)])
        return logits.mean(dim=0), torch.cat(seen, dim=1)


def earlier(head: Path) -> list[Net]:
    """The nets of a head of November 2026 (two layers of 64 channels, four attention heads), from its ONNX file."""
    found = {part.name: onnx.numpy_helper.to_array(part) for part in onnx.load(str(head)).graph.initializer}
    nets = []
    for which in range(sum(name.endswith(".place") for name in found)):
        prefix = f"nets.{which}."
        state = {n.removeprefix(prefix): torch.tensor(x) for n, x in found.items() if n.startswith(prefix)}
        net = Net(channels=64, layers=2, heads=4, hidden=64, dropout=0.25)
        net.load_state_dict({name.replace("second.", "more.0."): x for name, x in state.items()})
        nets.append(net)
    return nets


def export(head: Head, path: Path) -> None:
    """Writes the head as ONNX, its weights in 8 bits, one scale per output (a file in the repository must stay below
    2 MB); the runtime multiplies them out when it loads them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        head.cpu().eval(),
        (torch.zeros(1, FRAMES, WIDTH),),
        str(path),
        input_names=["x"],
        output_names=["score", "seen"],
        dynamic_axes={"x": {0: "n"}, "score": {0: "n"}, "seen": {0: "n"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(path))
    graph, unpack = model.graph, []
    for part in list(graph.initializer):
        weight = onnx.numpy_helper.to_array(part)
        if weight.dtype == np.float32 and weight.ndim > 1 and weight.size > 1000:
            scale = np.abs(weight).reshape(len(weight), -1).max(axis=1) / 127 + 1e-12
            whole = np.round(weight / scale.reshape(-1, *[1] * (weight.ndim - 1))).astype(np.int8)
            names = [f"{part.name}.int8", f"{part.name}.scale", f"{part.name}.zero"]
            values = [whole, scale.astype(np.float32), np.zeros(len(weight), np.int8)]
            graph.initializer.remove(part)
            graph.initializer.extend(onnx.numpy_helper.from_array(v, n) for v, n in zip(values, names, strict=True))
            unpack.append(onnx.helper.make_node("DequantizeLinear", names, [part.name], axis=0))
    nodes = [*unpack, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
