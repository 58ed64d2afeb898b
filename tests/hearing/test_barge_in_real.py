"""Through our own voice with real parts: AEC3, the wake head, Vosk. The room is simulated, the voices are synthetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.contracts.events import StopWord, StreamMode, Wake
from assistant.hearing.audio import FRAME_SAMPLES, SAMPLE_RATE, Frame, Samples
from assistant.hearing.echo import Playback, WebRtcCanceller
from assistant.hearing.engine import HearingEngine
from assistant.hearing.pipeline import Event
from assistant.hearing.sources import samples_of
from assistant.hearing.vocabulary import registry_phrases
from assistant.hearing.wake import DEFAULT_MODEL, WakeCard
from assistant.hearing.wake_people import PersonHead
from tests.hearing.fakes import frames

pytestmark = pytest.mark.real
AUDIO = Path(__file__).resolve().parents[1] / "audio"
ECHO_S = 0.15


@pytest.fixture(scope="module")
def engine() -> HearingEngine:
    return HearingEngine(registry_phrases(), echo_cancellation=True)


def sound(name: str) -> Samples:
    return samples_of(AUDIO / name)


def echo(played: Samples, level: float = 0.5) -> np.ndarray:
    """What a loudspeaker and a room make of a sound: compressed, late, with three reflections."""
    x = np.tanh(played.astype(float) / 9000) * 9000
    y = np.zeros(len(x) + SAMPLE_RATE)
    for delay, gain in ((0.0, 1.0), (0.011, 0.4), (0.023, -0.3), (0.047, 0.2)):
        at = round((ECHO_S + delay) * SAMPLE_RATE)
        y[at : at + len(x)] += gain * x
    return y[: len(x)] * level


def hear(engine: HearingEngine, microphone: np.ndarray, played: Samples | None) -> list[Event]:
    """All that is heard of a microphone while `played` plays (None: while nothing is said to play)."""
    noise = np.random.default_rng(2).normal(0, 8, len(microphone))
    heard = np.clip(microphone + noise, -32768, 32767).astype(np.int16)
    pipeline, _ = engine.pipeline(StreamMode.WAKE, "mic")
    if played is not None:
        playback = Playback("화면에 띄웠습니다.")
        pipeline.mute(playback=playback)
        playback.announce()
        playback.add(played)
    events: list[Event] = []
    for start in range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        events += pipeline.push(Frame(start / SAMPLE_RATE, heard[start : start + FRAME_SAMPLES]))
    return events


def test_our_own_voice_that_says_the_wake_word_wakes_nobody(engine: HearingEngine) -> None:
    said = np.concatenate([sound("one_breath.flac"), sound("pause.flac")])
    assert any(isinstance(e, Wake) for e in hear(engine, echo(said), None)), "its echo would wake"
    assert hear(engine, echo(said), said) == []


def test_a_person_calls_into_our_voice(engine: HearingEngine) -> None:
    said = np.concatenate([sound("push_to_talk.flac"), sound("chatter.flac"), sound("push_to_talk.flac")])
    microphone = echo(said, 0.15)
    call = sound("pause.flac")[SAMPLE_RATE : 2 * SAMPLE_RATE].astype(float)
    at = 3 * SAMPLE_RATE
    microphone[at : at + len(call)] += 2 * call
    events = hear(engine, microphone, said)
    assert [type(e) for e in events][:1] == [Wake]
    assert at / SAMPLE_RATE < events[0].t < (at + len(call)) / SAMPLE_RATE + 0.5


def test_our_ordinary_sentences_are_no_stop_words(engine: HearingEngine) -> None:
    said = np.concatenate([sound("push_to_talk.flac"), sound("chatter.flac"), sound("push_to_talk.flac")])
    assert not [e for e in hear(engine, echo(said), said) if isinstance(e, StopWord | Wake)]


def test_the_echo_is_taken_out_though_nobody_knows_when_it_began() -> None:
    said = np.concatenate([sound("push_to_talk.flac"), sound("chatter.flac")] * 2)
    heard = np.clip(echo(said), -32768, 32767).astype(np.int16)
    canceller, playback = WebRtcCanceller(), Playback()
    playback.announce()
    playback.add(said)
    frames = range(0, len(heard) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    left = np.concatenate([canceller.clean(heard[i : i + FRAME_SAMPLES], playback.frame()) for i in frames])
    second_half = slice(len(left) // 2, len(left))
    gone = 10 * np.log10(
        np.mean(heard[: len(left)][second_half].astype(float) ** 2) / np.mean(left[second_half].astype(float) ** 2)
    )
    assert gone > 15, f"{gone:.1f} dB"


def test_a_head_that_is_taught_meanwhile_is_listened_with_at_once(engine: HearingEngine, tmp_path: Path) -> None:
    pipeline, _ = engine.pipeline(StreamMode.WAKE, "mic")
    quiet = list(frames(4.0))
    assert not [event for frame in quiet for event in pipeline.push(frame)]
    base = WakeCard.read(DEFAULT_MODEL.with_suffix(".json")).sha256
    always = PersonHead("김시장", 0.5, np.zeros(6144, np.float32), 20.0)
    engine.use_people([always.write(tmp_path, {"base_sha256": base})])
    assert engine.people == ("김시장",)
    woke = [event for frame in frames(4.0, 4.0) for event in pipeline.push(frame)]
    assert isinstance(woke[0], Wake), "the stream that is open listens with it too"
    engine.use_people([])
    assert engine.people == ()
