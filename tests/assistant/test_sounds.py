"""Which stretch of sound belongs to a run, and when its file goes."""

from __future__ import annotations

import os
import wave
from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import Outcome, OutcomeCode, Wake
from assistant.runs import RunLog, RunRecord
from assistant.settings import Settings
from assistant.sounds import SoundFolder, Stretch, sound_folders, stretch_of_run, stretch_of_wake, wake_part

NOW = 1_800_000_000.0


def record(*events: tuple[str, dict[str, Any]], private: bool = False, unlocked: bool = False) -> RunRecord:
    log = RunLog("r1", "microphone", "main", clock=lambda: 0.0, wall=lambda: NOW, private=private, unlocked=unlocked)
    for kind, data in events:
        log.add(kind, **data)
    return log.finish(Outcome(OutcomeCode.SHOWN, "", ""), {})


WAKE = ("wake", {"t": 10.0, "score": 0.99, "stream": "mic", "threshold": 0.95})
SPEECH = ("speech_start", {"t": 11.0, "stream": "mic"})
TALK = ("speech_start", {"t": 0.2, "stream": "s4"})
WORDS = ("transcript", {"t": 13.5, "text": "미세먼지", "stream": "mic"})


@pytest.mark.parametrize(
    ("events", "stretch"),
    [
        ((WAKE, SPEECH, WORDS), Stretch("mic", 7.6, 13.5)),
        ((WAKE,), Stretch("mic", 7.6, 10.4)),
        ((WAKE, ("no_speech", {"t": 13.0, "stream": "mic"})), Stretch("mic", 7.6, 13.0)),
        ((SPEECH, WORDS), Stretch("mic", 10.4, 13.5)),
        ((TALK, ("transcript", {"t": 2.0, "stream": "s4"})), Stretch("s4", 0.0, 2.0)),
        ((("understand", {"text": "미세먼지"}),), None),
        ((), None),
    ],
)
def test_the_stretch_of_a_run(events: tuple[tuple[str, dict[str, Any]], ...], stretch: Stretch | None) -> None:
    assert stretch_of_run(record(*events)) == stretch


def test_nothing_private_has_a_stretch() -> None:
    assert stretch_of_run(record(WAKE, SPEECH, WORDS, private=True)) is None
    assert stretch_of_run(record(WAKE, SPEECH, WORDS, unlocked=True)) is None


def test_the_stretch_of_a_wake_up_is_what_woke_it() -> None:
    assert stretch_of_wake(Wake(10.0, 0.99)) == Stretch("mic", 7.6, 10.4)
    assert stretch_of_wake(Wake(1.0, 0.99)).start == 0.0


def a_file(folder: Path, name: str, at: float) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_bytes(b"RIFF")
    os.utime(file, (at, at))
    return file


def test_a_sound_goes_when_its_time_is_over(tmp_path: Path) -> None:
    folder = SoundFolder("run", tmp_path / "runs", True, 3600.0)
    assert folder.prune(NOW) == 0
    file = a_file(folder.path, "r1.wav", NOW)
    part = a_file(folder.path, ".r2.part", NOW - 4000)
    assert folder.file("r1", NOW + 3600) == file
    assert folder.file("r1", NOW + 3601) is None, "what has expired is not served, deleted or not"
    assert folder.prune(NOW + 3600) == 1
    assert not part.exists()
    assert folder.prune(NOW + 3601) == 1
    assert not file.exists()


def test_all_goes_where_nobody_opts_in_any_more(tmp_path: Path) -> None:
    file = a_file(tmp_path / "runs", "r1.wav", NOW)
    folder = SoundFolder("run", tmp_path / "runs", False, 3600.0)
    assert folder.file("r1", NOW) is None
    folder.prune(NOW)
    assert not file.exists()


@pytest.mark.parametrize("run", ["../r1", "", "r1.wav", "r 1", "가"])
def test_a_run_is_no_path(tmp_path: Path, run: str) -> None:
    a_file(tmp_path / "runs", "r1.wav", NOW)
    assert SoundFolder("run", tmp_path / "runs", True, 3600.0).file(run, NOW) is None


def test_nobody_has_opted_in_by_default(tmp_path: Path) -> None:
    runs, false_wakes = sound_folders(Settings(state_dir=tmp_path))
    assert not runs.wanted
    assert not false_wakes.wanted
    assert runs.keep_s == 24 * 3600


def test_the_beginning_of_a_run_is_its_wake_up(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "r1.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(b"\1\0" * 16000 * 6)
    (tmp_path / "part.wav").write_bytes(wake_part(tmp_path / "r1.wav"))
    with wave.open(str(tmp_path / "part.wav")) as part:
        assert part.getnframes() == pytest.approx(2.8 * 16000, abs=1)
