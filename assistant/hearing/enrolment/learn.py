"""Learns a person's head: logistic regression on what the shipped head's nets see, and where its threshold lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.hearing.wake import WakeCard, WakeDecision
from assistant.hearing.wake_frames import times, wakes

Seen = NDArray[np.float32]
_STRENGTH = 0.02
"""Of the squared weights, in the loss."""
_THRESHOLDS = 1 / (1 + np.exp(-np.arange(2.0, 12.01, 0.25)))
"""None lower, however quiet the choosing frames are: real talk holds more than they do."""
_SPARE = 0.5
"""The threshold lies this much further (in logits) than the lowest that keeps the choosing frames quiet."""


@dataclass(frozen=True, slots=True)
class Scale:
    """Of the negatives: every number is learnt on as (x - mean) / deviation."""

    mean: Seen
    deviation: Seen

    @classmethod
    def of(cls, seen: Seen) -> Scale:
        return cls(seen.mean(axis=0), seen.std(axis=0) + 0.05)


def fit(positive: Seen, negative: Seen, scale: Scale) -> tuple[Seen, float]:
    """(weights [many], bias) on what the nets see. Both classes count the same, however many windows they have."""
    x = np.concatenate([positive, negative]).astype(np.float32, copy=False)
    x -= scale.mean
    x /= scale.deviation
    y = np.concatenate([np.ones(len(positive), np.float32), -np.ones(len(negative), np.float32)])
    share = np.concatenate([np.full(len(positive), 0.5 / len(positive)), np.full(len(negative), 0.5 / len(negative))])
    share = share.astype(np.float32)

    def loss(point: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, bias = point[:-1].astype(np.float32), np.float32(point[-1])
        margin = y * (x @ weights + bias)
        pull = share * y / (1 + np.exp(np.clip(margin, -30, 30)))
        value = float(np.sum(share * np.logaddexp(0, -margin))) + 0.5 * _STRENGTH * float(weights @ weights)
        return value, np.append(_STRENGTH * weights - x.T @ pull, -pull.sum()).astype(np.float64)

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 150})
    weights = (found.x[:-1] / scale.deviation).astype(np.float32)
    return weights, float(found.x[-1] - scale.mean @ weights)


def scores(seen: Seen, weights: Seen, bias: float) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-np.clip(seen @ weights + bias, -60.0, 60.0).astype(np.float64)))


def threshold(quiet: NDArray[np.float64], card: WakeCard) -> float:
    """The lowest that never wakes on the scores of frames without the wake word, and a little more."""
    for candidate in _THRESHOLDS:
        decision = WakeDecision(float(candidate), card.patience_frames, card.refractory_s)
        if not wakes(times(len(quiet)), quiet, decision):
            return float(1 / (1 + np.exp(-np.log(candidate / (1 - candidate)) - _SPARE)))
    return float(_THRESHOLDS[-1])
