"""What happens: facts reported by workers, screens and the service. Times `t` are seconds on the stream's own clock."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from assistant.contracts.wire import message


class StreamMode(StrEnum):
    """wake: listens for the wake word; push_to_talk: a person opened it, speech counts from the first frame."""

    WAKE = "wake"
    PUSH_TO_TALK = "push_to_talk"


@message("wake")
@dataclass(frozen=True, slots=True)
class Wake:
    """The wake word ended at `t`; `score` is the head's output in 0..1, which had to reach `threshold`. level: how loud
    it was, dB of full scale. evidence: the score did not reach it, and a second opinion found the word in the sound, so
    many nats more probable than in silence; None: the score alone decided."""

    t: float
    score: float
    stream: str = "mic"
    threshold: float = 0.0
    level: float = -96.0
    evidence: float | None = None


@message("stop_word")
@dataclass(frozen=True, slots=True)
class StopWord:
    """While our own voice sounded, a person said a word that ends it ("그만"); `t`: when it was sure."""

    t: float
    text: str
    stream: str = "mic"


@message("speech_start")
@dataclass(frozen=True, slots=True)
class SpeechStart:
    """A person began to speak after the wake word or in push-to-talk."""

    t: float
    stream: str = "mic"


@message("partial")
@dataclass(frozen=True, slots=True)
class Partial:
    """The recogniser's words so far."""

    t: float
    text: str
    stream: str = "mic"


@message("transcript")
@dataclass(frozen=True, slots=True)
class Transcript:
    """The end of an utterance. phrase: nearest phrase of the closed set; distance: jamo distance 0 (same) .. 1;
    accepted: near enough. speech_end: when the voice stopped, seconds; t - speech_end is the endpointing delay.

    decided_by: the recogniser whose words count, vosk, whisper or both. opinion: of the second recogniser, empty when
    it was not asked, else given, late or missing. vosk_distance, whisper_distance: of `phrase` to what each heard.
    """

    t: float
    text: str
    phrase: str = ""
    distance: float = 1.0
    accepted: bool = False
    speech_end: float = 0.0
    stream: str = "mic"
    decided_by: str = "vosk"
    opinion: str = ""
    vosk_distance: float | None = None
    whisper_distance: float | None = None


@message("no_speech")
@dataclass(frozen=True, slots=True)
class NoSpeech:
    """The listening window closed without an utterance."""

    t: float
    stream: str = "mic"


@message("stream_ended")
@dataclass(frozen=True, slots=True)
class StreamEnded:
    """An audio stream is over or failed; `error` is a stable code, empty at a normal end."""

    t: float
    stream: str = "mic"
    error: str = ""
    detail: str = ""


@message("playback_finished")
@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A screen or the local device finished (or gave up) playing utterance `utterance`."""

    utterance: str
    display: str
    ok: bool = True


@message("rendered")
@dataclass(frozen=True, slots=True)
class Rendered:
    """A screen painted state `seq`. status: rendered | failed | superseded. ms: from receipt to paint."""

    display: str
    seq: int
    status: str
    ms: float = 0.0
    error: str = ""


@message("component_health")
@dataclass(frozen=True, slots=True)
class ComponentHealth:
    """A component's state as the supervisor sees it: ok, starting, degraded, down."""

    component: str
    state: str
    detail: str = ""
