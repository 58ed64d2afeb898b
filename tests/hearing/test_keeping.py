"""Sound as files: nothing where nobody opted in, exactly the stretch where somebody did."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from assistant.contracts import BadInput
from assistant.hearing.audio import FRAME_SAMPLES, FRAME_SECONDS
from assistant.hearing.keeping import MEMORY_S, ON_ITS_WAY_S, SoundKeeper
from tests.hearing.fakes import frames


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def heard(folders: dict[str, Path], seconds: float = 4.0, clock: Clock | None = None) -> SoundKeeper:
    keeper = SoundKeeper(folders, clock or Clock())
    keeper.open("mic")
    for frame in frames(seconds):
        keeper.hear("mic", frame)
    return keeper


def samples(file: Path) -> np.ndarray:
    with wave.open(str(file)) as sound:
        assert (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) == (16000, 1, 2)
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2")


def test_nothing_is_remembered_or_written_where_nobody_opted_in(tmp_path: Path) -> None:
    keeper = heard({})
    assert not keeper._rings
    with pytest.raises(BadInput) as refused:
        keeper.keep("run", "r1", "mic", 0.0, 1.0)
    assert refused.value.code == "sound-not-kept"
    assert list(tmp_path.iterdir()) == []


def test_one_kind_does_not_allow_the_other(tmp_path: Path) -> None:
    keeper = heard({"false_wake": tmp_path / "false"})
    with pytest.raises(BadInput, match="not kept"):
        keeper.keep("run", "r1", "mic", 0.0, 1.0)
    assert keeper.keep("false_wake", "r1", "mic", 0.0, 1.0).is_file()


def test_the_stretch_is_what_is_written_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    keeper = heard({"run": tmp_path / "runs"})
    file = keeper.keep("run", "20261127T101010-0a1b2c3d", "mic", 1.0, 2.0)
    numbers = samples(file)[::FRAME_SAMPLES]
    assert numbers[0] * FRAME_SECONDS <= 1.0 < (numbers[0] + 1) * FRAME_SECONDS
    assert numbers[-1] * FRAME_SECONDS < 2.0 <= (numbers[-1] + 1) * FRAME_SECONDS
    assert list(numbers) == list(range(numbers[0], numbers[-1] + 1))
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert [f.name for f in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".x", "가", "a" * 65, "a\0"])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput) as refused:
        heard({"run": tmp_path / "runs"}).keep("run", name, "mic", 0.0, 1.0)
    assert refused.value.code == "bad-name"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("stream", "start", "end"), [("s1", 0.0, 1.0), ("mic", 9.0, 10.0), ("mic", 3.0, 2.0)])
def test_what_is_not_remembered_is_said(tmp_path: Path, stream: str, start: float, end: float) -> None:
    with pytest.raises(BadInput) as refused:
        heard({"run": tmp_path / "runs"}).keep("run", "r1", stream, start, end)
    assert refused.value.code == "no-such-sound"


def test_a_stream_that_is_over_is_remembered_for_a_minute(tmp_path: Path) -> None:
    clock = Clock()
    keeper = heard({"run": tmp_path / "runs"}, clock=clock)
    keeper.close("mic")
    clock.now = MEMORY_S - 1
    keeper.sweep()
    assert keeper.keep("run", "r1", "mic", 0.0, 1.0).is_file()
    clock.now = MEMORY_S + 1
    keeper.sweep()
    with pytest.raises(BadInput, match="not remembered"):
        keeper.keep("run", "r2", "mic", 0.0, 1.0)


def test_a_stream_that_begins_again_forgets_what_was(tmp_path: Path) -> None:
    keeper = heard({"run": tmp_path / "runs"})
    keeper.open("mic")
    with pytest.raises(BadInput, match="not remembered"):
        keeper.keep("run", "r1", "mic", 0.0, 1.0)
    keeper = heard({"run": tmp_path / "runs"}, seconds=MEMORY_S + 8)
    assert samples(keeper.keep("run", "r1", "mic", 0.0, MEMORY_S + 8))[0] * FRAME_SECONDS == pytest.approx(8.0, abs=0.1)


def test_no_stretch_reaches_back_to_before_all_was_forgotten(tmp_path: Path) -> None:
    clock = Clock()
    keeper = SoundKeeper({"run": tmp_path / "runs"}, clock)
    keeper.open("mic")
    for frame in frames(8.0):
        clock.now = frame.end
        if abs(frame.end - 4.0) < FRAME_SECONDS / 2:
            keeper.forget()
        keeper.hear("mic", frame)
    first = samples(keeper.keep("run", "r1", "mic", 2.6, 7.0))[0]
    assert first * FRAME_SECONDS >= 4.0 + ON_ITS_WAY_S - FRAME_SECONDS, "what was on its way is not remembered either"
    with pytest.raises(BadInput, match="not remembered"):
        keeper.keep("run", "r2", "mic", 1.0, 4.0)
