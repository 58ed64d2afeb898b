"""What sees: the motion mouse's models, and what reads the titles on spines of books."""

from __future__ import annotations

from pathlib import Path

from assistant.contracts import SeoulaError
from assistant.doctor.probe import ask, ask_python
from assistant.doctor.row import Row
from assistant.models_manifest import named, verify
from assistant.settings import Settings

_SETUP = "설치를 다시 실행하세요 / run the set-up again: make setup"
_LOOK = """
import os
os.nice(10)  # the other checks run at the same time, and have less patience
import numpy as np
from perception.frames import Frame
from perception.hands.detector import MediaPipeEyes
eyes = MediaPipeEyes()
assert not eyes.bodies(Frame(0.0, np.zeros((720, 1280, 3), np.uint8)))
eyes.close()
"""


def hands(settings: Settings) -> Row:
    """The models are the right ones, and look at an empty picture in a process of their own."""
    try:
        verify(named("mediapipe-hands"))
        ask_python(_LOOK, timeout_s=50.0)
    except SeoulaError as error:
        return Row("hands", "degraded", error.message, _SETUP)
    devices = sorted(Path("/dev/v4l/by-id").glob("*-video-index0")) or sorted(Path("/dev").glob("video*"))
    found = ", ".join(map(str, devices)) or "no camera is plugged in"
    return Row("hands", "ok", f"pose and hands by MediaPipe; {found}")


def spine_reader(settings: Settings) -> Row:
    """Tesseract with Korean."""
    try:
        version = ask(["tesseract", "--version"]).split("\n")[0]
        languages = ask(["tesseract", "--list-langs"]).split()
    except SeoulaError as error:
        return Row("spine reader", "degraded", error.message, _SETUP)
    if "kor" not in languages:
        return Row("spine reader", "degraded", f"{version}, which has no Korean (tesseract-ocr-kor)", _SETUP)
    return Row("spine reader", "ok", f"{version}, Korean")
