from __future__ import annotations

import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts.errors import BadInput
from assistant.hearing.audio import FRAME_SAMPLES, FRAME_SECONDS
from assistant.hearing.framing import Framer
from assistant.hearing.pacing import RealTimeSource
from assistant.hearing.sources import FileSource, StreamSource
from tests.hearing.fakes import clock_of


def tone(seconds: float, rate: int, channels: int = 1) -> np.ndarray:
    t = np.arange(int(seconds * rate)) / rate
    wave = 0.5 * np.sin(2 * np.pi * 440 * t)
    return np.repeat(wave[:, None], channels, axis=1)


def read(path: Path) -> tuple[np.ndarray, FileSource]:
    source = FileSource(path)
    frames = list(source.frames())
    assert [f.start for f in frames] == pytest.approx([i * FRAME_SECONDS for i in range(len(frames))])
    assert all(f.samples.shape == (FRAME_SAMPLES,) and f.samples.dtype == np.int16 for f in frames)
    return np.concatenate([f.samples for f in frames]) if frames else np.zeros(0, np.int16), source


@pytest.mark.parametrize(
    ("name", "rate", "channels", "subtype"),
    [
        ("a.wav", 16000, 1, "PCM_16"),
        ("a.wav", 8000, 1, "PCM_U8"),
        ("a.wav", 8000, 1, "ULAW"),
        ("a.wav", 44100, 2, "FLOAT"),
        ("a.wav", 48000, 6, "PCM_24"),
        ("a.wav", 22050, 1, "DOUBLE"),
        ("a.flac", 16000, 1, "PCM_16"),
        ("a.flac", 96000, 2, "PCM_24"),
        ("a.ogg", 44100, 2, "VORBIS"),
        ("a.ogg", 48000, 1, "OPUS"),
        ("a.mp3", 44100, 2, "MPEG_LAYER_III"),
    ],
)
def test_formats_become_the_same_sound(tmp_path: Path, name: str, rate: int, channels: int, subtype: str) -> None:
    path = tmp_path / name
    soundfile.write(path, tone(1.5, rate, channels), rate, subtype=subtype)
    samples, source = read(path)
    assert source.problems == ()
    assert len(samples) / 16000 == pytest.approx(1.5, abs=0.16)
    middle = samples[8000:16000].astype(float)
    assert np.sqrt((middle**2).mean()) / 32767 == pytest.approx(0.5 / np.sqrt(2), rel=0.15)
    spectrum = np.abs(np.fft.rfft(middle))
    assert np.argmax(spectrum) * 2 == pytest.approx(440, abs=4)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-audio"),
        (b"RIFF", "not-audio"),
        (b"not audio at all, but text" * 50, "not-audio"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt \xff\xff\xff\xff" + b"\x00" * 40, "not-audio"),
        (b"fLaC" + b"\x00" * 100, "not-audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not-audio"),
    ],
)
@pytest.mark.fault
def test_files_without_audio_are_refused_with_a_code(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    with pytest.raises(BadInput) as refusal:
        FileSource(path)
    assert refusal.value.code == code
    assert "bad.wav" in refusal.value.message


def test_missing_files_folders_and_empty_recordings(tmp_path: Path) -> None:
    for path, code in ((tmp_path / "none.wav", "no-such-file"), (tmp_path, "not-a-file")):
        with pytest.raises(BadInput) as refusal:
            FileSource(path)
        assert refusal.value.code == code
    soundfile.write(tmp_path / "zero.wav", np.zeros(0, np.int16), 16000)
    with pytest.raises(BadInput) as refusal:
        FileSource(tmp_path / "zero.wav")
    assert refusal.value.code == "empty-audio"


@pytest.mark.fault
@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg"])
def test_a_cut_file_is_read_to_the_cut_and_reported(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    noise = np.random.default_rng(1).normal(0, 0.1, 16000 * 4)
    soundfile.write(path, noise, 16000)
    whole, source = read(path)
    assert source.problems == ()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    part, source = read(path)
    assert [p.code for p in source.problems] == ["truncated-audio"]
    assert len(whole) * 0.2 < len(part) < len(whole) * 0.7
    if name != "a.ogg":
        assert np.array_equal(part[:16000], whole[:16000])


def test_a_wav_from_a_pipe_has_no_length_and_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "pipe.wav"
    soundfile.write(path, tone(1, 16000), 16000)
    data = bytearray(path.read_bytes())
    data[4:8] = b"\xff\xff\xff\xff"
    at = data.index(b"data")
    data[at + 4 : at + 8] = b"\xff\xff\xff\xff"
    path.write_bytes(bytes(data))
    samples, source = read(path)
    assert source.problems == ()
    assert len(samples) >= 16000


@pytest.mark.fault
def test_samples_that_are_no_numbers_are_silence_and_reported(tmp_path: Path) -> None:
    sound = tone(1, 16000).astype(np.float32)
    sound[100:200] = np.nan
    sound[300] = np.inf
    sound[400] = 7.0
    soundfile.write(tmp_path / "nan.wav", sound, 16000, subtype="FLOAT")
    samples, source = read(tmp_path / "nan.wav")
    assert [p.code for p in source.problems] == ["not-finite-samples"]
    assert not samples[100:200].any()
    assert samples[400] == 32767


def test_a_long_file_needs_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = tmp_path / "long.flac"
    with soundfile.SoundFile(path, "w", 8000, 1, subtype="PCM_16") as file:
        for _ in range(180):
            file.write(np.zeros(80_000))
    tracemalloc.start()
    count = sum(1 for _ in FileSource(path).frames())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 1800 / FRAME_SECONDS
    assert peak < 3_000_000


def test_closing_ends_the_reading(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(10, 16000), 16000)
    source = FileSource(tmp_path / "a.wav")
    frames = source.frames()
    next(frames)
    source.close()
    assert len(list(frames)) < 20


@given(st.lists(st.binary(max_size=5000), max_size=30))
def test_chunks_of_any_size_become_the_same_frames(chunks: list[bytes]) -> None:
    framer = Framer()
    frames = [f for chunk in chunks for f in framer.push_bytes(chunk)] + list(framer.flush())
    data = b"".join(chunks)
    whole = len(data) // 2 * 2
    heard = np.concatenate([f.samples for f in frames]) if frames else np.zeros(0, np.int16)
    assert np.array_equal(heard[: whole // 2], np.frombuffer(data[:whole], "<i2"))
    assert not heard[whole // 2 :].any()
    assert [f.start for f in frames] == pytest.approx([i * FRAME_SECONDS for i in range(len(frames))])


def test_a_stream_gives_what_is_fed_and_ends_when_closed() -> None:
    source = StreamSource()
    sound = np.arange(4000, dtype=np.int16)
    feeder = threading.Thread(
        target=lambda: ([source.feed(sound.tobytes()[i : i + 333]) for i in range(0, 8000, 333)], source.close())
    )
    feeder.start()
    frames = list(source.frames())
    feeder.join()
    assert np.array_equal(np.concatenate([f.samples for f in frames])[:4000], sound)
    with pytest.raises(BadInput) as refusal:
        source.feed(b"\0\0")
    assert refusal.value.code == "stream-closed"
    source.close()


def test_a_stream_that_nobody_reads_ends_instead_of_growing() -> None:
    source = StreamSource(backlog_seconds=1.0)
    source.feed(bytes(32000))
    with pytest.raises(BadInput) as refusal:
        source.feed(bytes(2))
    assert refusal.value.code == "recording-too-long"
    assert sum(1 for _ in source.frames()) == 13


def test_a_paced_recording_waits_for_its_time(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(0.8, 16000), 16000)
    waits: list[float] = []
    source = RealTimeSource(FileSource(tmp_path / "a.wav"), clock=clock_of(0.0), wait=waits.append)
    assert len(list(source.frames())) == 10
    assert waits == pytest.approx([0.08 * n for n in range(1, 11)])
