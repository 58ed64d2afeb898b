"""Steady noise is taken out, speech stays; and every stream has a suppressor of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.contracts.events import StreamMode
from assistant.hearing.audio import FRAME_SAMPLES, Frame, level_db
from assistant.hearing.noise import WebRtcNoiseSuppressor
from assistant.hearing.pipeline import HearingPipeline
from assistant.hearing.sources import samples_of
from tests.hearing.fakes import ScriptedRecogniser, ScriptedVoice, frames
from tests.hearing.test_pipeline import BOOK

AUDIO = Path(__file__).resolve().parents[1] / "audio"


class Doubling:
    """Marks each frame it was given."""

    def clean(self, frame: Frame) -> Frame:
        return Frame(frame.start, frame.samples * 2)


def cut(samples: np.ndarray) -> list[Frame]:
    starts = range(0, len(samples) - FRAME_SAMPLES + 1, FRAME_SAMPLES)
    return [Frame(s / 16_000, samples[s : s + FRAME_SAMPLES].astype(np.int16)) for s in starts]


@pytest.mark.real
def test_a_fan_becomes_fainter_and_a_voice_does_not() -> None:
    noise = np.random.default_rng(4).normal(0, 300, 16_000 * 7)
    speech = samples_of(AUDIO / "push_to_talk.flac").astype(float)
    noise[16_000 * 3 : 16_000 * 3 + len(speech)] += 3 * speech
    suppressor = WebRtcNoiseSuppressor()
    heard = cut(noise)
    cleaned = [suppressor.clean(frame) for frame in heard]
    fan, voice = slice(20, 36), slice(38, 38 + len(speech) // FRAME_SAMPLES)
    assert level_db(cleaned[fan]) < level_db(heard[fan]) - 6
    assert level_db(cleaned[voice]) > level_db(heard[voice]) - 3
    assert all(frame.samples.shape == (FRAME_SAMPLES,) for frame in cleaned)


def test_the_recogniser_is_given_the_cleaned_sound() -> None:
    recogniser = ScriptedRecogniser({})
    pipeline = HearingPipeline(
        mode=StreamMode.PUSH_TO_TALK,
        voice=ScriptedVoice((0.4, 2.0)),
        recogniser=recogniser,
        decide=BOOK.sentence,
        noise=Doubling(),
    )
    for frame in frames(1.6):
        pipeline.push(frame)
    assert recogniser.fed
    assert all(number % 2 == 0 for number in recogniser.fed)


def test_the_level_of_a_call() -> None:
    sine = (32767 * np.sin(np.arange(FRAME_SAMPLES) * 2 * np.pi / 16)).astype(np.int16)
    assert level_db([Frame(0.0, sine)]) == pytest.approx(-3.0, abs=0.1)
    assert level_db([Frame(0.0, sine // 10)]) == pytest.approx(-23.0, abs=0.2)
    assert level_db([]) == -96.0
    assert level_db(frames(0.08)) == -96.0
