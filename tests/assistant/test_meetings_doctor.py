"""What the doctor says of meetings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.contracts import Unavailable
from assistant.doctor import meetings
from assistant.settings import Settings
from telephony.sealed import load_key


def settings(folder: Path, **its: Any) -> Settings:
    return Settings(state_dir=folder, meetings=its)  # type: ignore[arg-type]


def test_rooms_pins_and_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEOULA_SECRETS_DIR", str(tmp_path))
    row = meetings.rooms(settings(tmp_path, pins={"policy": "4711"}))
    assert (row.state, "5 rooms, 1 with a PIN" in row.detail) == ("ok", True)
    assert not list(tmp_path.iterdir())  # looking makes nothing
    assert meetings.rooms(settings(tmp_path, pins={"policy": "1"})).state == "degraded"
    load_key(tmp_path / "recording.key")
    assert "encrypted" in meetings.rooms(settings(tmp_path)).detail
    (tmp_path / "recording.key").chmod(0o644)
    assert meetings.rooms(settings(tmp_path)).fix.startswith("chmod 600")
    (tmp_path / "recording.key").write_text("torn")
    assert meetings.rooms(settings(tmp_path)).state == "degraded"
    assert meetings.rooms(settings(tmp_path, recording=False)).state == "ok"


def test_what_writes_captions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meetings, "locate", lambda _: tmp_path)
    assert [meetings.captions(settings(tmp_path, captions=c)).state for c in ("auto", "off", "vosk", "whisper")] == [
        "ok"
    ] * 4  # fmt: skip

    def missing(_: object) -> Path:
        raise Unavailable("model-missing", "whisper-base is not here")

    monkeypatch.setattr(meetings, "locate", missing)
    assert "two characters in five" in meetings.captions(settings(tmp_path)).detail
    assert meetings.captions(settings(tmp_path, captions="whisper")).state == "degraded"
