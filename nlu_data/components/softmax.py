# ruff: noqa: UP006, UP035, UP045  (Rasa compares annotations at run time and knows only the typing forms)
"""Multinomial logistic regression over sparse and dense features side by side, kept as plain NumPy files.

The same model as scikit-learn's, without its detour: the dense part stays a float32 matrix, which trains several times
faster, and nothing has to be unpickled (loading skops alone takes Rasa's start ten seconds).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import List, Optional, Sequence

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix


class Softmax:
    """Weights (features + 1, labels), the last row the intercept; `labels` in column order."""

    def __init__(self, labels: Sequence[str], weights: np.ndarray) -> None:
        self.labels, self.weights = list(labels), weights.astype(np.float32)

    def probabilities(self, sparse: csr_matrix, dense: Optional[np.ndarray]) -> np.ndarray:
        """Shape (n, labels), rows sum to 1."""
        return _softmax(_scores(sparse, dense, self.weights))

    def save(self, folder: Path) -> None:
        """Writes `labels.json` and `weights.npy`."""
        (folder / "labels.json").write_text(json.dumps(self.labels, ensure_ascii=False), encoding="utf-8")
        np.save(folder / "weights.npy", self.weights)

    @classmethod
    def load(cls, folder: Path) -> Softmax:
        """Reads what `save` wrote."""
        labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        return cls(labels, np.load(folder / "weights.npy"))


def fit(
    sparse: csr_matrix,
    dense: Optional[np.ndarray],
    labels: Sequence[str],
    *,
    c: float,
    balance: float = 1.0,
    max_iter: int = 200,
) -> Softmax:
    """Minimises the weighted cross-entropy plus |W|^2 / (2 c) with L-BFGS.

    `balance` 1.0 gives every label the same total weight, 0.0 every example; between them, in between.
    """
    names: List[str] = sorted(set(labels))
    column = {name: index for index, name in enumerate(names)}
    target = np.array([column[label] for label in labels])
    counts = np.bincount(target, minlength=len(names))
    weight = (len(target) / (len(names) * counts[target])) ** balance
    weight = (weight * len(target) / weight.sum()).astype(np.float32)
    sparse = csr_matrix(sparse, dtype=np.float32)
    transposed = csr_matrix(sparse.T)
    dense = None if dense is None else np.ascontiguousarray(dense, dtype=np.float32)
    width = sparse.shape[1] + (0 if dense is None else dense.shape[1])
    shape = (width + 1, len(names))
    rows = np.arange(len(target))

    def objective(flat: np.ndarray) -> tuple:
        weights = flat.reshape(shape).astype(np.float32)
        probability = _softmax(_scores(sparse, dense, weights))
        loss = -float(np.sum(weight * np.log(np.maximum(probability[rows, target], 1e-12)), dtype=np.float64))
        probability[rows, target] -= 1.0
        probability *= weight[:, None]
        parts = [transposed @ probability]
        if dense is not None:
            parts.append(dense.T @ probability)
        parts.append(probability.sum(axis=0, keepdims=True))
        gradient = np.vstack(parts).astype(np.float64)
        full = flat.reshape(shape)
        loss += float(np.sum(full[:-1] ** 2)) / (2 * c)
        gradient[:-1] += full[:-1] / c
        return loss, gradient.ravel()

    found = minimize(
        objective,
        np.zeros(shape[0] * shape[1]),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": max_iter, "maxcor": 6},
    )
    return Softmax(names, found.x.reshape(shape))


def _scores(sparse: csr_matrix, dense: Optional[np.ndarray], weights: np.ndarray) -> np.ndarray:
    width = sparse.shape[1]
    scores = np.asarray(sparse @ weights[:width]) + weights[-1]
    return scores if dense is None else scores + dense @ weights[width:-1]


def _softmax(scores: np.ndarray) -> np.ndarray:
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return shifted / shifted.sum(axis=1, keepdims=True)
