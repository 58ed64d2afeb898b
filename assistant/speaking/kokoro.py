"""Kokoro-82M (int8 ONNX) spoken from Korean phonemes: a neural voice on the processor, without a network.

The model's own Korean is none; its vocabulary holds every sound Korean needs, and its Japanese styles speak them. The
spelling of the sounds, the style and the speed are those that Whisper understood best (docs/decisions/0012-voice.md).
"""

from __future__ import annotations

import ctypes
import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from assistant.contracts import BadInput, Unavailable
from assistant.speaking.g2p import ipa
from assistant.speaking.reading import read
from assistant.speaking.voice import Stopped, checked, seconds_of

RATE = 24_000
MODEL, VOCABULARY, STYLES = "kokoro-v1.0.int8.onnx", "vocab.json", "voices_ja.npz"
MOST_TOKENS = 500
STYLE = {"jf_nezumi": 1.0}
"""Styles and their shares."""
SPEED = 1.0
QUIET = 0.01
"""What is below it at either end of a phrase is cut off, of full scale."""
MARGIN_S = 0.03
PAUSES_S = {",": 0.16, ".": 0.36, "!": 0.36, "?": 0.36, "…": 0.36}
"""Silence after a phrase, by the sign it ends in: the model's own is longer and varies."""

Sound = npt.NDArray[np.float32]


def tokens_of(text: str) -> str:
    """Korean text as the model's phonemes: as `ipa` writes them, affricates as the single signs it was taught."""
    return ipa(read(text)).replace("tɕ", "ʨ").replace("dʑ", "ʥ")


class KokoroVoice:
    """`folder` holds MODEL, VOCABULARY and STYLES. threads: of the processor's cores, for one phrase."""

    streams = True
    languages = frozenset({"ko"})

    def __init__(
        self, folder: Path, threads: int = 2, style: dict[str, float] | None = None, speed: float = SPEED
    ) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # it would keep the most that ever was needed
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # waiting threads would burn a core
        try:
            self._vocabulary: dict[str, int] = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))["vocab"]
            with np.load(folder / STYLES) as styles:
                self._style: Sound = sum(share * styles[name] for name, share in (style or STYLE).items())
            self._session = onnxruntime.InferenceSession(
                str(folder / MODEL), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # whatever a broken file makes the libraries raise
            raise Unavailable("voice-missing", f"Kokoro cannot be loaded from {folder}: {error}") from error
        mixed = "+".join(f"{name}{share:g}" for name, share in (style or STYLE).items())
        self.name = f"kokoro-82m-{mixed}-{speed:g}"
        self._speed = speed
        self._running: Any = None

    def synthesize(self, text: str, language: str, path: Path) -> None:
        """See Voice."""
        text = checked(text, language, self)
        sound = self._speak(text)
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
        if seconds_of(path) <= 0:
            raise Unavailable("voice-silent", "the engine wrote no sound")

    def stop(self) -> None:
        """See Voice."""
        running = self._running
        if running is not None:
            running.terminate = True

    def _speak(self, text: str) -> Sound:
        end = text[-1] if text[-1] in PAUSES_S else ","
        sound = tokens_of(text).rstrip(".,!?… ")
        tokens = [self._vocabulary[sign] for sign in sound + end if sign in self._vocabulary]
        if len(tokens) < 2:
            raise BadInput("bad-text", "there is nothing in it that can be said")
        if len(tokens) > MOST_TOKENS:
            raise BadInput("bad-text", "too long for one phrase")
        run = onnxruntime.RunOptions()
        self._running = run
        try:
            made = self._session.run(
                None,
                {
                    "tokens": np.array([[0, *tokens, 0]], np.int64),
                    "style": self._style[len(tokens) - 1].reshape(1, 256).astype(np.float32),
                    "speed": np.array([self._speed], np.float32),
                },
                run,
            )
        except Exception as error:
            if run.terminate:
                raise Stopped from error
            raise Unavailable("voice-failed", f"Kokoro failed: {type(error).__name__}") from error
        finally:
            self._running = None
            _give_memory_back()
        return framed(np.asarray(made[0], np.float32).ravel(), PAUSES_S[end])


def _give_memory_back() -> None:
    """What a phrase needed goes back to the system: some hundred megabytes, which glibc would keep."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def framed(sound: Sound, pause_s: float) -> Sound:
    """The sound without the silence around it, and `pause_s` of silence behind. Empty when it is all silence."""
    loud = np.flatnonzero(np.abs(sound) > QUIET)
    if not len(loud):
        return np.zeros(0, np.float32)
    margin = round(MARGIN_S * RATE)
    kept = sound[max(0, loud[0] - margin) : loud[-1] + margin]
    return np.concatenate([kept, np.zeros(round(pause_s * RATE), np.float32)])
