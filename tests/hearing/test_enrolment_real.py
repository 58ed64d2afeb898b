"""Enrolment with the real front end, head and shipped frames, on generated clips of a voice that the head misses."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.hearing.audio import FRAME_SAMPLES, FRAME_SECONDS, Samples
from assistant.hearing.enrolment.person import Enrolment
from assistant.hearing.enrolment.recordings import Recording, files_in, read_files
from assistant.hearing.wake import DEFAULT_MODEL, OpenWakeWord, WakeDecision
from tests.hearing.test_wake_real import speak

pytestmark = [
    pytest.mark.real,
    pytest.mark.filterwarnings("default"),  # the libraries' own deprecations are not ours
    pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed"),
]
VOICE = "ko+whisperf"  # a whisper, of a kind that nothing was trained on
OTHERS = ["거울을 보여줘", "오늘 회의는 오후 세 시에 시작합니다", "그래서 우리는"]


def padded(sound: Samples, seconds: float = 0.6) -> Samples:
    hush = np.random.default_rng(2).integers(-3, 4, int(seconds * 16_000)).astype(np.int16)
    return np.concatenate([hush, sound, hush])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten recordings of 서울아 in one voice, and one that is silent."""
    found = tmp_path_factory.mktemp("recordings")
    for number in range(10):
        sound = speak("서울아", VOICE, 35 + 4 * number, 120 + 6 * number)
        soundfile.write(found / f"{number}.wav", padded(sound), 16_000)
    soundfile.write(found / "silent.wav", np.zeros(16_000, np.int16), 16_000)
    return found


@pytest.fixture(scope="module")
def enrolled(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[dict[str, Any]]]:
    """The head's path, and the lines that were told. Few scenes, so that it is quick."""
    told: list[dict[str, Any]] = []
    recordings = [one for one in read_files(files_in(folder)) if isinstance(one, Recording)]
    people = tmp_path_factory.mktemp("people")
    return Enrolment(tell=told.append, practice=60).enrol("속삭임", recordings, people), told


def woken(detector: OpenWakeWord, sound: Samples) -> bool:
    detector.reset()
    decision = WakeDecision.of(detector.card)
    whole = padded(sound, 1.2)
    frames = [whole[i : i + FRAME_SAMPLES] for i in range(0, len(whole) - FRAME_SAMPLES + 1, FRAME_SAMPLES)]
    return any(decision.feed((i + 1) * FRAME_SECONDS, detector.score(frame)) for i, frame in enumerate(frames))


def test_what_was_measured_is_told_and_written(enrolled: tuple[Path, list[dict[str, Any]]]) -> None:
    path, told = enrolled
    card = json.loads(path.with_suffix(".json").read_text("utf-8"))
    assert [row["type"] for row in told] == ["misses", "misses", "false_wakes", "false_wakes", "enrolled"]
    assert card["recordings"] == 10
    for row in card["misses_held_out"].values():
        low, high = row["interval_95"]
        assert row["of"] == 10
        assert low <= row["share"] <= high
        assert row["missed"] <= row["missed_by_the_shipped_head"]
    rate = card["false_wakes_on_shipped_talk"]
    assert rate["hours"] > 0.1
    assert rate["interval_95"][1] > 0
    assert rate["wakes"] <= rate["wakes_of_the_shipped_head"] + 1


def test_the_voice_is_heard_better_and_other_words_still_do_not_wake(
    enrolled: tuple[Path, list[dict[str, Any]]],
) -> None:
    path, _ = enrolled
    shipped, taught = OpenWakeWord(), OpenWakeWord(people=[path])
    new = [speak("서울아", VOICE, pitch, speed) for pitch, speed in ((37, 125), (45, 140), (52, 150), (61, 165))]
    assert [person.name for person in taught.people] == ["속삭임"]
    before, after = (sum(woken(detector, sound) for sound in new) for detector in (shipped, taught))
    assert after >= max(3, before)
    assert not any(woken(taught, speak(text, VOICE)) for text in OTHERS)


def test_the_shipped_head_is_untouched(enrolled: tuple[Path, list[dict[str, Any]]]) -> None:
    assert OpenWakeWord().card.sha256 == json.loads(DEFAULT_MODEL.with_suffix(".json").read_text())["sha256"]
    assert sorted(file.name for file in enrolled[0].parent.iterdir()) == ["속삭임.json", "속삭임.npz"]


def test_the_command_names_refused_recordings_lists_and_forgets(folder: Path, tmp_path: Path) -> None:
    few = tmp_path / "few"
    few.mkdir()
    for name in ("1.wav", "silent.wav"):
        shutil.copy(folder / name, few / name)
    settings = tmp_path / "settings.toml"
    settings.write_text(f'state_dir = "{tmp_path / "var"}"\n', "utf-8")
    options = ["--settings", str(settings)]
    run = CliRunner()
    refused = run.invoke(cli, ["enroll", "wake", str(few), "--name", "가", *options])
    rows = [json.loads(line) for line in refused.stdout.splitlines()]
    assert refused.exit_code == 1
    assert rows[0]["file"] == "silent.wav"
    assert rows[0]["code"] == "silent-audio"
    assert rows[1] == {"type": "recordings", "used": 1, "refused": 1}
    assert "too-few-recordings" in refused.stderr
    assert run.invoke(cli, ["enroll", "wake", "--list", *options]).stdout == ""
    gone = run.invoke(cli, ["enroll", "wake", "--remove", "--name", "가", *options])
    assert gone.exit_code == 1
    assert "no-such-person" in gone.stderr
