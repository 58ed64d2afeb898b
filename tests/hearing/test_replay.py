"""What a replay can say before anything is loaded."""

from __future__ import annotations

from pathlib import Path

from assistant.hearing.replay import FileBegins, FileFailed, nothing_to_hear

AUDIO = Path(__file__).resolve().parents[1] / "audio"


def test_files_that_cannot_be_opened_are_named_at_once(tmp_path: Path) -> None:
    empty = tmp_path / "empty.wav"
    empty.touch()
    said = nothing_to_hear([empty, tmp_path])
    assert [type(event) for event in said] == [FileBegins, FileFailed, FileBegins, FileFailed]
    assert [event.code for event in said if isinstance(event, FileFailed)] == ["empty-audio", "not-a-file"]
    (missing,) = nothing_to_hear([tmp_path / "nowhere.flac"])
    assert isinstance(missing, FileFailed)
    assert missing.code == "no-such-file"


def test_one_file_that_can_be_opened_is_worth_loading_for(tmp_path: Path) -> None:
    assert nothing_to_hear([tmp_path / "nowhere.flac", AUDIO / "pause.flac"]) == []
