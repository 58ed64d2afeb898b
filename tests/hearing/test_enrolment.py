"""What enrolment refuses, how a microphone's sound becomes recordings, and the learning on made-up numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assistant.contracts.errors import BadInput
from assistant.hearing.audio import FRAME_SAMPLES, Frame
from assistant.hearing.enrolment import learn, pack
from assistant.hearing.enrolment.intervals import rate_interval, share_interval
from assistant.hearing.enrolment.recordings import Recording, cut, enough, files_in, read_files
from assistant.hearing.enrolment.signals import RATE, Signal
from assistant.hearing.enrolment.takes import split
from assistant.hearing.wake import WakeCard

CARD = WakeCard(0.9, 2, 2.0, 0.1, 0.2, "0" * 64)


def tone(seconds: float, level: float = 0.3) -> Signal:
    t = np.arange(int(seconds * RATE)) / RATE
    return (level * np.sin(2 * np.pi * 220 * t)).astype(np.float32)


def hush(seconds: float) -> Signal:
    return np.random.default_rng(1).normal(0, 1e-4, int(seconds * RATE)).astype(np.float32)


def test_a_recording_is_cut_to_its_word() -> None:
    word = cut(np.concatenate([hush(1), tone(0.6), hush(1)]))
    assert len(word) / RATE == pytest.approx(0.7, abs=0.03)


@pytest.mark.parametrize(
    ("sound", "code"),
    [
        (hush(2) * 0.1, "silent-audio"),
        (np.zeros(RATE, np.float32), "silent-audio"),
        (np.concatenate([hush(1), np.clip(tone(0.6, 3.0), -1, 1), hush(1)]), "clipped-audio"),
        (np.concatenate([hush(1), tone(0.1), hush(1)]), "word-too-short"),
        (np.concatenate([hush(1), tone(2.5), hush(1)]), "word-too-long"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(sound: Signal, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        cut(sound)
    assert caught.value.code == code


def test_a_folder_is_read_and_bad_files_are_named(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.concatenate([hush(0.5), tone(0.6), hush(0.5)]), RATE)
    soundfile.write(tmp_path / "b.flac", np.concatenate([hush(1.4), tone(1.7), hush(1.4)]), 44_100)
    (tmp_path / "c.wav").write_bytes(b"")
    (tmp_path / "d.mp3").write_bytes(b"not sound at all")
    soundfile.write(tmp_path / "e.wav", np.zeros(RATE), RATE)
    soundfile.write(tmp_path / "f.wav", np.tile(tone(0.5), 60), RATE)
    (tmp_path / "notes.txt").write_text("x")
    heard = list(read_files(files_in(tmp_path)))
    assert [one.name for one in heard if isinstance(one, Recording)] == ["a.wav", "b.flac"]
    refused = {one[0]: one[1].code for one in heard if not isinstance(one, Recording)}
    assert refused["c.wav"] == "empty-audio"
    assert refused["d.mp3"] == "not-audio"
    assert refused["e.wav"] == "silent-audio"
    assert refused["f.wav"] == "recording-too-long"


def test_a_missing_or_empty_folder_is_named(tmp_path: Path) -> None:
    for folder, code in ((tmp_path / "none", "no-such-folder"), (tmp_path, "no-recordings")):
        with pytest.raises(BadInput) as caught:
            files_in(folder)
        assert caught.value.code == code


def test_ten_recordings_are_needed_and_thirty_used() -> None:
    one = Recording("x", tone(0.5))
    with pytest.raises(BadInput):
        enough([one] * 9)
    assert len(enough([one] * 10)) == 10
    assert len(enough([one] * 50)) == 30


def stream(*parts: Signal) -> Iterator[Frame]:
    whole = (np.concatenate(parts) * 32767).astype(np.int16)
    for number in range(len(whole) // FRAME_SAMPLES):
        yield Frame(number * 0.08, whole[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES])


def test_a_microphones_sound_is_split_at_its_pauses() -> None:
    words = [tone(0.5), hush(1.5)] * 3
    found = list(split(stream(hush(1), *words)))
    assert len(found) == 3
    assert all(len(cut(sound)) / RATE == pytest.approx(0.6, abs=0.1) for sound in found)


def test_a_silent_microphone_ends_the_waiting() -> None:
    assert list(split(stream(hush(20)))) == []


def test_learning_tells_two_clouds_apart() -> None:
    rng = np.random.default_rng(3)
    negative = rng.normal(0, 1, (400, 12)).astype(np.float32)
    positive = (rng.normal(0, 1, (40, 12)) + 2).astype(np.float32)
    weights, bias = learn.fit(positive, negative, learn.Scale.of(negative))
    assert np.mean(learn.scores(positive, weights, bias) > 0.5) > 0.9
    assert np.mean(learn.scores(negative, weights, bias) < 0.5) > 0.9


def test_the_threshold_keeps_the_quiet_quiet() -> None:
    quiet = np.full(200, 0.1)
    quiet[50:52] = 0.99
    assert learn.threshold(quiet, CARD) > 0.99
    quiet[51] = 0.1  # a single frame is no wake
    assert learn.threshold(quiet, CARD) == pytest.approx(0.924, abs=0.001)  # and it is never lower than this


@pytest.mark.parametrize(
    ("count", "of", "low", "high"), [(0, 10, 0.0, 0.308), (10, 10, 0.692, 1.0), (5, 10, 0.187, 0.813), (0, 0, 0, 1)]
)
def test_share_intervals_are_exact(count: int, of: int, low: float, high: float) -> None:
    assert share_interval(count, of) == pytest.approx((low, high), abs=0.001)


def test_rate_intervals_are_exact() -> None:
    assert rate_interval(0, 1.0) == pytest.approx((0.0, 3.689), abs=0.001)
    assert rate_interval(3, 2.0) == pytest.approx((0.309, 4.384), abs=0.001)


def test_the_shipped_frames_are_there_and_small() -> None:
    for part in pack.PARTS:
        frames = pack.frames(part)
        assert frames.shape[1] == 96
        assert len(frames) > 3000
    assert all(file.stat().st_size < 2_000_000 for file in pack.FOLDER.iterdir())


def test_a_take_that_cannot_be_used_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.hearing.enrolment import takes

    class Quiet:
        state, detail = "ok", ""

        def frames(self) -> list[object]:
            return []

        def close(self) -> None:
            pass

    sounds = [np.ones(3, np.float32), np.zeros(1, np.float32), np.ones(2, np.float32), np.ones(9, np.float32)]

    def cut(sound: np.ndarray) -> np.ndarray:
        if not sound.any():
            raise BadInput("too-quiet", "nothing is heard")
        return sound

    monkeypatch.setattr(takes, "_source", lambda device, file: Quiet())
    monkeypatch.setattr(takes, "split", lambda frames: iter(sounds))
    monkeypatch.setattr(takes, "cut", cut)
    asked: list[int] = []
    heard = list(takes.record(None, None, 2, asked.append))
    assert [one.name if isinstance(one, Recording) else one[1].code for one in heard] == [
        "take 1",
        "too-quiet",
        "take 3",
    ]
    assert asked == [1, 2, 2]
