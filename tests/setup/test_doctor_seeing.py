"""What the doctor says of what sees."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assistant.contracts import Unavailable
from assistant.doctor import seeing
from assistant.settings import Settings
from assistant.settings_seeing import SeeingCamera
from perception.shelf.layout import Board, Box, Layout, Slot
from perception.shelf.store import EnrolledShelf, save


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


def test_each_camera_of_the_settings_has_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hand.mp4").write_bytes(b"x")
    asked: list[str] = []

    def answer(code: str, *arguments: str, timeout_s: float = 0) -> str:
        asked.append(arguments[0])
        if arguments[0].startswith("rtsp"):
            raise Unavailable("probe-failed", f"{arguments[0]} does not answer")
        return "real 1280 x 720" if arguments[0] == "/dev/video0" else "fed 640 x 480"

    monkeypatch.setattr(seeing, "ask_python", answer)
    monkeypatch.setattr(seeing.Path, "exists", lambda path: path.name != "gone.mp4" and path.name != "video7")
    cameras = [
        SeeingCamera(name="a", file=tmp_path / "hand.mp4", hands=True),
        SeeingCamera(name="b", file=tmp_path / "gone.mp4", hands=True),
        SeeingCamera(name="c", source="/dev/video0", hands=True, face=True),
        SeeingCamera(name="d", source="/dev/video1", face=True),
        SeeingCamera(name="e", source="/dev/video7", hands=True),
        SeeingCamera(name="f", source="rtsp://guest:secret@door.example/live", shelf="mayor"),
    ]
    rows = [seeing.camera(camera) for camera in cameras]
    assert [(row.component, row.state) for row in rows] == [
        ("camera a", "ok"),
        ("camera b", "degraded"),
        ("camera c", "ok"),
        ("camera d", "degraded"),
        ("camera e", "degraded"),
        ("camera f", "degraded"),
    ]
    assert "1280 x 720, for hands, face" in rows[2].detail
    assert "a program feeds it" in rows[3].detail
    assert "door.example/live" in rows[5].detail
    assert "secret" not in str(rows)
    assert all(row.fix for row in rows if row.state != "ok")
    assert asked == ["/dev/video0", "/dev/video1", cameras[5].source]


def test_the_bookcase_is_enrolled_and_its_books_have_files(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "books.yaml").write_text(
        "books:\n  - {id: ours, title_ko: 우리 책, title_en: Ours, author: 서울시, pdf: ours.pdf}\n", "utf-8"
    )
    given = {"cameras": [{"name": "case", "file": "a.mp4", "shelf": "mayor"}], "books": tmp_path / "books.yaml"}

    def row(seen: dict[str, Any]) -> tuple[str, str]:
        values = {"state_dir": tmp_path, "documents": {"folder": tmp_path / "documents"}, "seeing": seen}
        found = seeing.bookcase(Settings.model_validate(values))
        assert (found.state == "ok") == (not found.fix), "what is wrong is told with what to do"
        return found.state, found.detail

    assert row({"books": tmp_path / "books.yaml"})[0] == "missing"
    assert row({**given, "books": tmp_path / "none.yaml"})[0] == "degraded"
    assert row(given) == ("degraded", "the shelf 'mayor' of the camera 'case' is not enrolled")
    board = Board(0, 40, 340, 600, 344)
    slots = (Slot("1-01", 0, Box(50, 80, 30, 260), "ours"), Slot("1-02", 0, Box(80, 90, 40, 250), "1-02"))
    save(
        tmp_path / "shelves",
        EnrolledShelf("mayor", Layout(640, 400, (board,), slots), np.zeros((400, 640, 3), np.uint8)),
    )
    assert row(given) == ("degraded", "mayor: 2 books, 1 in the catalogue, camera case; no file of ours.pdf")
    pages = b"%PDF-1.4\n1 0 obj<</Type /Pages /Count 3>>endobj\n%%EOF"
    (tmp_path / "documents" / "ours.pdf").write_bytes(pages)
    assert row(given) == ("ok", "mayor: 2 books, 1 in the catalogue, camera case")
    (tmp_path / "shelves" / "mayor" / "shelf.json").write_text("{", "utf-8")
    assert row(given)[0] == "degraded"
