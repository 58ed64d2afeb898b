"""When an utterance begins and ends. Pure: fed (time, speech probability) pairs, it answers with what happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """All in seconds, except the two probabilities.

    silence: quiet that ends an utterance. early_silence: the same when the words so far are already one known
    command. final_silence: the same when they are one exactly and end in its verb. start_timeout: how long to wait for
    speech (None: for ever). guard: right after the start, sound counts only if it goes on, since the wake word's own
    tail is still in the air. min_speech: shorter bursts are clicks.
    on / off: speech begins at `on` and goes on down to `off`.
    """

    silence: float = 0.7
    early_silence: float = 0.35
    final_silence: float = 0.24
    start_timeout: float | None = 3.0
    max_speech: float = 15.0
    min_speech: float = 0.15
    guard: float = 0.0
    on: float = 0.5
    off: float = 0.35


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """Speech is sure; it began at `start`."""

    start: float


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """The voice stopped at `speech_end`. early: by the shorter rule. forced: the longest utterance was reached."""

    speech_end: float
    early: bool = False
    forced: bool = False


@dataclass(frozen=True, slots=True)
class NothingSaid:
    """The waiting time ran out."""


Endpoint = SpeechBegan | SpeechEnded | NothingSaid

_JOIN = 0.1
"""Quiet shorter than this inside a beginning (a stop consonant) does not break it."""


class Endpointer:
    """One listening window. After SpeechEnded it may be resumed; after NothingSaid it is over."""

    def __init__(self, settings: EndpointSettings, started_at: float) -> None:
        self._s = settings
        self._guard_end = started_at + settings.guard
        self._deadline = None if settings.start_timeout is None else started_at + settings.start_timeout
        self._t = started_at
        self._voiced = False
        self._run_start: float | None = None
        self._run_voiced = 0.0
        self._last_voice = started_at
        self._speech_start: float | None = None

    @property
    def speaking(self) -> bool:
        """True between SpeechBegan and SpeechEnded."""
        return self._speech_start is not None

    def feed(self, t: float, probability: float, settled: bool = False, final: bool = False) -> Endpoint | None:
        """What the chunk that ends at `t` brings about. settled: the words so far are one whole known command. final:
        and nothing usually follows them."""
        start, self._t = self._t, t
        self._voiced = probability >= (self._s.off if self._voiced else self._s.on)
        if self._speech_start is None:
            return self._wait(start, t)
        if self._voiced:
            self._last_voice = t
        quiet = t - self._last_voice
        if t - self._speech_start >= self._s.max_speech:
            return self._end(forced=True)
        if quiet >= self._s.silence - 1e-6:
            return self._end()
        early = self._s.final_silence if final else self._s.early_silence
        if settled and quiet >= early - 1e-6:
            return self._end(early=True)
        return None

    def finish(self) -> SpeechEnded | None:
        """The audio is over: ends an utterance that is under way."""
        return None if self._speech_start is None else self._end()

    def resume(self) -> None:
        """What ended was no utterance (noise): wait on, until the first deadline."""
        self._speech_start = None
        self._run_start = None

    def _wait(self, start: float, t: float) -> Endpoint | None:
        if self._voiced:
            if self._run_start is None:
                self._run_start, self._run_voiced = start, 0.0
            self._run_voiced += max(0.0, t - max(start, self._guard_end))
            self._last_voice = t
            if self._run_voiced >= self._s.min_speech - 1e-6:
                self._speech_start = self._run_start
                return SpeechBegan(self._run_start)
        elif self._run_start is not None and t - self._last_voice > _JOIN:
            self._run_start = None
        if self._run_start is None and self._deadline is not None and t >= self._deadline - 1e-6:
            return NothingSaid()
        return None

    def _end(self, *, early: bool = False, forced: bool = False) -> SpeechEnded:
        self._speech_start = None
        self._run_start = None
        return SpeechEnded(self._last_voice, early, forced)
