"""What stands in a log when something breaks."""

from __future__ import annotations

import subprocess
import sys

import pytest

BREAK = """
import structlog
from assistant import logs
logs.set_up(json={json})
def speak(sentence):
    raise OSError("disk full")
try:
    speak("\\uc2dc\\uc7a5\\ub2d8 \\uc77c\\uc815")
except OSError:
    structlog.get_logger("voice").exception("a voice broke")
"""


@pytest.mark.parametrize("json", [True, False])
def test_a_traceback_holds_no_words_that_were_said(json: bool) -> None:
    done = subprocess.run([sys.executable, "-c", BREAK.format(json=json)], capture_output=True, text=True, check=True)
    assert "a voice broke" in done.stderr
    assert "disk full" in done.stderr
    assert "일정" not in done.stderr


@pytest.mark.parametrize("json", [True, False])
def test_a_log_on_a_full_disk_stops_nothing(json: bool) -> None:
    script = BREAK.format(json=json) + "print('went on')\n"
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=full, text=True)
    assert done.stdout == "went on\n"
