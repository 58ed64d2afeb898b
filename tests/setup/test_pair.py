"""`seoula pair`: tokens for consoles, and links for phones at a scene."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import cli
from display_bridge.pairing import Pairing
from telephony.links import Links


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEOULA_STATE_DIR", str(tmp_path / "var"))
    return tmp_path / "var" / "db"


def run(*words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["pair", *words])
    return done.exit_code, done.stdout, done.stderr


def test_a_console_is_paired_with_its_department(folder: Path) -> None:
    code, out, _ = run("issue", "console", "fire-1", "--department", "fire", "--name", "소방 1")
    row = json.loads(out)
    assert (code, row["role"], row["display"], row["department"], row["scope"]) == (
        0, "console", "fire-1", "fire", "internal",
    )  # fmt: skip
    assert row["url"] == f"http://127.0.0.1:8700/console#token={row['token']}"
    device = Pairing(folder / "devices.json").device(row["token"])
    assert device is not None
    assert (device.department, device.office, device.internal) == ("fire", False, True)


def test_the_address_that_pairs_a_screen_is_told(folder: Path) -> None:
    code, out, _ = run("issue", "tablet", "desk", "--origin", "https://seoula.office/")
    row = json.loads(out)
    assert (code, row["url"]) == (0, f"https://seoula.office/screen/tablet/desk#token={row['token']}")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("issue", "console", "fire-1"), "department"),
        (("issue", "console", "fire-1", "--department", "nope"), "nope"),
        (("issue", "wall", "main", "--department", "fire"), "department"),
        (("scene", "../x"), "room"),
        (("scene", "event:"), "room"),
    ],
)
def test_what_cannot_be_paired_is_refused(folder: Path, words: tuple[str, ...], problem: str) -> None:
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert problem in err
    assert not (folder / "devices.json").exists()


def test_a_scene_link_is_printed_once_with_its_picture(folder: Path) -> None:
    code, out, err = run("scene", "event:EQ-1", "--name", "현장", "--origin", "https://seoula.office/")
    row = json.loads(out)
    assert (code, row["url"]) == (0, f"https://seoula.office/scene#token={row['token']}")
    assert len(err.splitlines()) > 10, "a QR code"
    link = Links(folder / "links.json", lambda: row["expires"] - 1).take(row["token"], "s")
    assert (link.room, link.name) == ("event:EQ-1", "현장")


def test_tokens_from_before_consoles_are_read_as_they_were(folder: Path) -> None:
    folder.mkdir(parents=True)
    old = {"digest": "0" * 64, "id": "a1", "role": "wall", "display": "main", "name": "x", "issued": "2026-01-01"}
    (folder / "devices.json").write_text(json.dumps({"version": 1, "devices": [old]}))
    code, out, _ = run("list")
    assert (code, json.loads(out)["department"]) == (0, "")
