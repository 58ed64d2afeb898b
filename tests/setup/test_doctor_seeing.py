"""What the doctor says of what sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contracts import Unavailable
from assistant.doctor import seeing
from assistant.settings import Settings


def test_hands_really_look(tmp_path: Path) -> None:
    row = seeing.hands(Settings(state_dir=tmp_path))
    assert (row.component, row.state) == ("hands", "ok"), row.detail


def test_a_model_that_is_not_the_one_named_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def altered(model: object) -> Path:
        raise Unavailable("model-altered", "another file")

    monkeypatch.setattr(seeing, "verify", altered)
    row = seeing.hands(Settings(state_dir=tmp_path))
    assert (row.state, row.detail) == ("degraded", "another file")
    assert "make setup" in row.fix


@pytest.mark.parametrize(
    ("said", "state"), [("list:\neng\nkor\n", "ok"), ("list:\neng\n", "degraded"), (None, "degraded")]
)
def test_the_spine_reader_needs_korean(
    said: str | None, state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(command: list[str]) -> str:
        if said is None:
            raise Unavailable("probe-missing", "tesseract is not installed")
        return said if "--list-langs" in command else "tesseract 5.3.0\n leptonica"

    monkeypatch.setattr(seeing, "ask", ask)
    assert seeing.spine_reader(Settings(state_dir=tmp_path)).state == state
