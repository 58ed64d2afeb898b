"""What libraries print goes nowhere, what Python says is seen; and what a replay's errors are said on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import cli

_SAYS = """
import logging, os, sys, warnings
from assistant.quiet import quiet_stderr
logging.basicConfig(stream=sys.stderr)
try:
    with quiet_stderr():
        os.write(2, b"library\\n")
        print("said", file=sys.stderr)
        logging.getLogger("x").warning("logged")
        warnings.warn("warned")
        os.write(1, b"out\\n")
        raise ValueError("told")
finally:
    os.write(2, b"after\\n")
"""


def test_only_python_is_heard_and_only_for_a_while() -> None:
    done = subprocess.run([sys.executable, "-c", _SAYS], capture_output=True, text=True, check=False, timeout=300)
    assert done.stdout == "out\n"
    assert "library" not in done.stderr
    assert [word for word in ("said", "logged", "warned", "after", "ValueError: told") if word not in done.stderr] == []


@pytest.mark.parametrize("fps", ["0", "-1", "1000", "nan"])
def test_a_pace_that_cannot_be_is_said_of_the_whole_command(tmp_path: Path, fps: str) -> None:
    done = CliRunner().invoke(cli, ["replay", str(tmp_path / "a.mp4"), "--as", "hands", "--fps", fps])
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith("[bad-fps]\n")


def test_a_file_that_cannot_be_read_is_a_line_of_its_own(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["replay", str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4"), "--as", "hands"])
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["type"] for row in rows] == ["file", "error", "file", "error"]
    assert (done.exit_code, done.stderr) == (1, "")
