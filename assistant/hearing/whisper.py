"""Whisper base: what an utterance says in free text, and how well given texts fit its sound.

It hears an utterance as a whole, after its end. Deterministic: greedy, without sampling.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np

from assistant.contracts.errors import BadInput, Unavailable
from assistant.hearing.audio import SAMPLE_RATE, Samples
from assistant.hearing.opinion import LONGEST_S, Opinion

_WINDOW_S, _PADDING_S = 10.0, 2.0
"""Whisper was made for windows of 30 s, most of which would be padding here. In a window of 10 s it finds the same
words for a fifth of the computing; with less than 2 s of padding behind the last word it repeats itself."""
_FRAMES_PER_S = 100
_MOST_TOKENS_PER_S = 14
"""Fast Korean has about ten; more is a loop."""
_BATCH = 16
_LEAST = 1e-9
_SILENCE_S = 2
_MOST_REMEMBERED = 20_000


class Whisper:
    """The loaded model: 200 MB of memory, a second to load. Threads that share it wait for one another.

    Raises Unavailable: `opinion-missing` (no faster-whisper), `opinion-model` (no or a broken model).
    """

    def __init__(self, folder: Path, threads: int = 2) -> None:
        try:
            from ctranslate2 import StorageView
            from faster_whisper import WhisperModel
            from faster_whisper.tokenizer import Tokenizer
        except (ImportError, OSError) as error:
            raise Unavailable("opinion-missing", f"Whisper cannot be loaded ({error})") from error
        if not all((folder / name).is_file() for name in ("model.bin", "tokenizer.json")):
            raise Unavailable("opinion-model", f"no Whisper model in {folder}")  # the library would try to fetch one
        try:
            self._whisper = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
            self._tokenizer = Tokenizer(self._whisper.hf_tokenizer, True, task="transcribe", language="ko")
        except Exception as error:  # ctranslate2 and tokenizers raise RuntimeError and bare Exception
            raise Unavailable("opinion-model", f"Whisper refuses the model in {folder}") from error
        self.folder = folder
        self._view = StorageView
        self._start = [*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
        self._lock = threading.Lock()
        self._silence: tuple[Any, int] | None = None
        self._unheard: dict[int, float] = {}  # by the texts' hashes: they are made of what people said
        self._last: tuple[bytes, Any, int, list[int], float] | None = None  # a second question is on the same sound

    def judge(self, sound: Samples, candidates: Sequence[str] = ()) -> Opinion:
        """Its own words for int16 mono 16 kHz sound, and how well each candidate fits beside them.

        Raises BadInput `too-long` above LONGEST_S.
        """
        if len(sound) > LONGEST_S * SAMPLE_RATE:
            raise BadInput("too-long", f"an opinion is given on {LONGEST_S:.0f} s at the most")
        with self._lock:
            encoded, frames, own, no_speech = self._understood(sound)
            texts = [self._tokenizer.encode(f" {candidate}") for candidate in candidates]
            fit, *fits = self._fit(encoded, frames, [own, *texts])
            unheard = self._without_sound(candidates, texts)
        return Opinion(self._tokenizer.decode(own).strip(), fit, no_speech, tuple(fits), unheard)

    def words(self, sound: Samples) -> tuple[str, float]:
        """Its own words alone, for dictation, and the probability that nobody speaks. Nothing is kept of them.

        Raises BadInput `too-long` above LONGEST_S.
        """
        if len(sound) > LONGEST_S * SAMPLE_RATE:
            raise BadInput("too-long", f"an opinion is given on {LONGEST_S:.0f} s at the most")
        with self._lock:
            encoded, _ = self._encode(sound.astype(np.float32) / 32768)
            own, no_speech = self._hear(encoded, len(sound) / SAMPLE_RATE)
        return self._tokenizer.decode(own).strip(), no_speech

    def forget(self) -> None:
        """Nobody asks about the last sound again: nothing that was said stays in memory."""
        with self._lock:
            self._last = None

    def _without_sound(self, candidates: Sequence[str], texts: Sequence[list[int]]) -> tuple[float, ...]:
        """How probable each text is in itself: what the decoder gives it when it hears a faint noise."""
        if len(self._unheard) > _MOST_REMEMBERED:
            self._unheard.clear()
        new = {hash(c): text for c, text in zip(candidates, texts, strict=True) if hash(c) not in self._unheard}
        if new:
            if self._silence is None:
                noise = np.random.default_rng(1).normal(0.0, 0.001, _SILENCE_S * SAMPLE_RATE)
                self._silence = self._encode(noise.astype(np.float32))
            self._unheard.update(zip(new, self._fit(*self._silence, list(new.values())), strict=True))
        return tuple(self._unheard[hash(candidate)] for candidate in candidates)

    def _understood(self, sound: Samples) -> tuple[Any, int, list[int], float]:
        key = sound.tobytes()
        if self._last is None or self._last[0] != key:
            encoded, frames = self._encode(sound.astype(np.float32) / 32768)
            self._last = (key, encoded, frames, *self._hear(encoded, len(sound) / SAMPLE_RATE))
        return self._last[1:]

    def _encode(self, sound: Any) -> tuple[Any, int]:
        """The encoder's output, (1, frames / 2, 512) float32, and the frames of 10 ms that went in."""
        seconds = max(_WINDOW_S, len(sound) / SAMPLE_RATE + _PADDING_S)
        frames = math.ceil(seconds * _FRAMES_PER_S)
        padded = np.pad(sound, (0, frames * (SAMPLE_RATE // _FRAMES_PER_S) - len(sound)))
        features = self._whisper.feature_extractor(padded, padding=0)[None, :, :frames]
        encoded = self._whisper.model.encode(self._view.from_array(np.ascontiguousarray(features, np.float32)))
        return np.asarray(encoded), frames

    def _hear(self, encoded: Any, seconds: float) -> tuple[list[int], float]:
        """Its own words as tokens, and the probability that nobody speaks."""
        (result,) = self._whisper.model.generate(
            self._view.from_array(encoded),
            [self._start],
            beam_size=1,
            return_no_speech_prob=True,
            max_length=len(self._start) + 8 + math.ceil(seconds * _MOST_TOKENS_PER_S),
        )
        return [t for t in result.sequences_ids[0] if t < self._tokenizer.eot], float(result.no_speech_prob)

    def _fit(self, encoded: Any, frames: int, texts: Sequence[list[int]]) -> list[float]:
        """The log probability of each text, given the sound: the decoder is made to say it."""
        fits: list[float] = []
        for begin in range(0, len(texts), _BATCH):
            part = texts[begin : begin + _BATCH]
            several = self._view.from_array(np.ascontiguousarray(np.repeat(encoded, len(part), axis=0)))
            aligned = self._whisper.model.align(several, self._start, part, [frames] * len(part))
            for one, text in zip(aligned, part, strict=True):
                said = one.text_token_probs[: len(text)]
                fits.append(float(np.log(np.asarray(said, np.float64) + _LEAST).sum()))
        return fits


class LocalOpinion:
    """SecondOpinion of a model in this process: the answer is there when `ask` returns, and always the same."""

    def __init__(self, whisper: Whisper) -> None:
        self._whisper = whisper

    def ask(self, sound: Samples, candidates: tuple[str, ...], within_s: float) -> Future[Opinion]:
        answer: Future[Opinion] = Future()
        try:
            answer.set_result(self._whisper.judge(sound, candidates))
        except Exception as error:  # to the one who waits, as from a worker
            answer.set_exception(error)
        return answer
