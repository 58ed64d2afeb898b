"""The committed head with openWakeWord on generated speech. They guard against regressions; they measure nothing."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator

import numpy as np
import pytest
import soundfile
import soxr

from assistant.contracts.errors import BadInput
from assistant.hearing.audio import FRAME_SAMPLES, FRAME_SECONDS, Samples
from assistant.hearing.wake import OpenWakeWord, WakeDecision

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("default"),  # the libraries' own deprecations are not ours
    pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed"),
]
VOICES = ["ko+m7", "ko+f2", "ko+m1", "ko", "ko+steph2", "ko+Andrea", "ko+quincy", "ko+f4"]


@pytest.fixture(scope="module")
def detector() -> OpenWakeWord:
    return OpenWakeWord()


def speak(text: str, voice: str = "ko", pitch: int = 50, speed: int = 150) -> Samples:
    command = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "--stdout", text]
    wav = subprocess.run(command, capture_output=True, check=True).stdout
    data, rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    return (np.clip(soxr.resample(data, rate, 16_000), -1, 1) * 20_000).astype(np.int16)


def frames(*parts: Samples) -> Iterator[Samples]:
    whole = np.concatenate([*parts, np.zeros(FRAME_SAMPLES, np.int16)])
    for start in range(0, len(whole) - FRAME_SAMPLES + 1, FRAME_SAMPLES):
        yield whole[start : start + FRAME_SAMPLES]


def wakes(detector: OpenWakeWord, *parts: Samples) -> list[float]:
    detector.reset()
    decision = WakeDecision.of(detector.card)
    times = ((i + 1) * FRAME_SECONDS for i in range(10**9))
    return [t for t, frame in zip(times, frames(*parts), strict=False) if decision.feed(t, detector.score(frame))]


def silence(seconds: float) -> Samples:
    return np.zeros(int(seconds * 16_000), np.int16)


def test_it_wakes_once_on_most_voices(detector: OpenWakeWord) -> None:
    heard = [len(wakes(detector, silence(1), speak("서울아", voice), silence(1))) for voice in VOICES]
    assert all(count <= 1 for count in heard)
    assert sum(heard) >= len(VOICES) - 1


def test_it_wakes_when_the_recording_begins_with_the_word_and_a_command_follows(detector: OpenWakeWord) -> None:
    word = speak("서울아", "ko+f2")
    found = wakes(detector, speak("서울아 미세먼지 보여줘", "ko+f2"), silence(1))
    assert len(found) == 1
    assert found[0] < len(word) / 16_000 + 0.6


@pytest.mark.parametrize(
    "text", ["거울을 보여줘", "오늘 회의는 오후 세 시에 시작합니다", "소라를 삶아서 먹었어요", "그래서 우리는"]
)
def test_other_words_do_not_wake(detector: OpenWakeWord, text: str) -> None:
    assert wakes(detector, silence(1), speak(text), silence(1)) == []


def test_silence_and_noise_do_not_wake(detector: OpenWakeWord) -> None:
    rng = np.random.default_rng(5)
    assert wakes(detector, silence(5)) == []
    for level in (3, 300, 8_000):
        noise = np.clip(rng.normal(0, level, 16_000 * 5), -32_768, 32_767).astype(np.int16)
        assert wakes(detector, noise) == []


def test_reset_makes_a_stream_repeatable(detector: OpenWakeWord) -> None:
    sound = [*frames(speak("서울아", "ko+m7"), silence(0.5))]
    runs = []
    for _ in range(2):
        detector.reset()
        runs.append([detector.score(frame) for frame in sound])
    assert runs[0] == runs[1]
    assert max(runs[0]) > 0.5


@pytest.mark.parametrize(
    "frame", [np.zeros(1279, np.int16), np.zeros(1280, np.float32), np.zeros((1280, 1), np.int16), None]
)
def test_a_wrong_frame_is_refused(detector: OpenWakeWord, frame: Samples) -> None:
    with pytest.raises(BadInput):
        detector.score(frame)
