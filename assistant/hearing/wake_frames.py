"""The wake front end (openWakeWord's mel spectrogram and Google's speech embedding) over whole clips, and a head's
scores of them. For measuring and enrolling; the live detector is in `wake`.

Gives the same frames as streaming does: stream chunk n (1,280 samples, counted from 0) sees the 76 mel frames that
begin at mel frame 8n - 71 (the first chunk yields 5 mel frames, every later one 8). Hence embedding j here is that of
chunk j + 9, which ends 0.08 * (j + 10) s into the clip.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from assistant.hearing.audio import Samples
from assistant.hearing.wake import WakeDecision, front_end

FIRST_END_S, HOP_S = 0.8, 0.08
HEAD_FRAMES, WIDTH = 16, 96
"""A head sees 16 frames of 96 numbers: 2.0 s of sound."""
Frames = NDArray[np.float32]


def session(model: Path | bytes) -> Any:
    """An ONNX Runtime session on one thread of the CPU."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    what = str(model) if isinstance(model, Path) else model
    return onnxruntime.InferenceSession(what, options, ["CPUExecutionProvider"])


class FrontEnd:
    """embed(int16 clip) -> float32 [frames, 96]; frame j ends FIRST_END_S + j * HOP_S seconds into the clip.

    Raises Unavailable when the front end's files are not installed.
    """

    def __init__(self) -> None:
        folder = front_end()
        self._mel = session(folder / "melspectrogram.onnx")
        self._embedding = session(folder / "embedding_model.onnx")

    def embed(self, clip: Samples, batch: int = 256) -> Frames:
        mel = self._mel.run(None, {"input": clip.astype(np.float32)[None]})[0].reshape(-1, 32) / 10 + 2
        count = (len(mel) - 1 - 76) // 8 + 1
        if count < 1:
            return np.zeros((0, WIDTH), np.float32)
        windows = np.lib.stride_tricks.sliding_window_view(mel[1:], (76, 32))[::8, 0][:count, :, :, None]
        parts: list[Frames] = [
            self._embedding.run(None, {"input_1": np.ascontiguousarray(windows[i : i + batch])})[0].reshape(-1, WIDTH)
            for i in range(0, count, batch)
        ]
        return np.asarray(np.concatenate(parts), np.float32)


def windows(frames: Frames) -> Frames:
    """Every 16 frames that follow one another: [n, 96] -> [n - 15, 16, 96] (a view)."""
    if len(frames) < HEAD_FRAMES:
        return np.zeros((0, HEAD_FRAMES, WIDTH), np.float32)
    view: Frames = np.lib.stride_tricks.sliding_window_view(frames, (HEAD_FRAMES, WIDTH))[:, 0]
    return view


def times(count: int) -> NDArray[np.float64]:
    """When each of a clip's `count` windows ends, seconds."""
    return FIRST_END_S + HOP_S * (np.arange(count) + HEAD_FRAMES - 1)


class HeadScores:
    """A head's score of every window of a clip's frames: (times in s, scores 0..1)."""

    def __init__(self, head: Path | bytes) -> None:
        self._session = session(head)
        self._name = self._session.get_inputs()[0].name
        self._batch = 512 if isinstance(self._session.get_inputs()[0].shape[0], str) else 1

    def __call__(self, frames: Frames) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        scores = [part[0].ravel() for part in self._run(frames)]
        score = np.concatenate(scores).astype(np.float64) if scores else np.zeros(0)
        return times(len(score)), score

    def seen(self, frames: Frames) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
        """The scores, and what the nets saw [n, many] (the head's second output)."""
        parts = list(self._run(frames))
        if not parts:
            parts = list(self._run(np.zeros((HEAD_FRAMES, WIDTH), np.float32)))
            return np.zeros(0), np.zeros((0, parts[0][1].shape[1]), np.float32)
        return np.concatenate([p[0].ravel() for p in parts]).astype(np.float64), np.concatenate([p[1] for p in parts])

    def _run(self, frames: Frames) -> Iterator[list[NDArray[np.float32]]]:
        every = windows(frames)
        for start in range(0, len(every), self._batch):
            part = np.ascontiguousarray(every[start : start + self._batch], np.float32)
            yield self._session.run(None, {self._name: part})


def wakes(when: NDArray[np.float64], scores: NDArray[np.float64], decision: WakeDecision) -> list[float]:
    """When the scores wake."""
    decision.reset()
    return [float(t) for t, s in zip(when, scores, strict=True) if decision.feed(float(t), float(s))]
