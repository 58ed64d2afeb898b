"""The real detectors, from a recording to the lines that are printed: a person, and that person's mirror picture."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from perception.frames import Frame
from perception.hands.body import Side, Sight
from perception.hands.detector import MediaPipeEyes
from tests.perception.hands.portrait import TALL, WIDE, clip, standing

PROJECT = Path(__file__).resolve().parents[3]


@pytest.mark.real
def test_a_raised_right_hand_engages_and_its_mirror_picture_does_not(tmp_path: Path) -> None:
    """`seoula replay VIDEO FOLDER NONE --as hands --fps 10`: three seconds to a frame; a left hand never."""
    video = cv2.VideoWriter(str(tmp_path / "right.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 10, (WIDE, TALL))
    (tmp_path / "left").mkdir()
    for number, picture in enumerate(clip(standing(raised=True), 36)):
        video.write(picture)
        cv2.imwrite(str(tmp_path / "left" / f"{number}.jpg"), picture[:, ::-1])
    video.release()
    files = [str(tmp_path / name) for name in ("right.mp4", "left", "none.mp4")]
    command = [sys.executable, "-m", "assistant", "replay", *files, "--as", "hands", "--fps", "10"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=300)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    begins = [number for number, line in enumerate(lines) if line["type"] == "file"]
    assert [lines[number]["file"] for number in begins] == files, done.stderr[-2000:]
    right, left, none = (lines[a + 1 : b] for a, b in zip(begins, [*begins[1:], len(lines)], strict=True))

    (engaged,) = (line for line in right if line["type"] == "engaged")
    assert 3.0 <= engaged["t"] <= 3.1
    progress = [line["progress"] for line in right if line["type"] == "raising"]
    assert progress == sorted(progress)
    cursors = [line for line in right if line["type"] == "cursor"]
    assert len(cursors) >= 5
    assert np.std([(c["x"], c["y"]) for c in cursors], axis=0).max() < 0.02, "a hand that rests"
    assert cursors[-1]["hand"] == "right"
    assert cursors[-1]["x"] > 0.5, "the person's right"
    assert right[-1]["type"] == "released"
    assert left == []
    assert [(line["type"], line["code"]) for line in none] == [("error", "no-such-file")]
    assert done.returncode == 1, "one of the files could not be read"
    assert done.stderr == "", "what MediaPipe prints of itself is for nobody"


@pytest.mark.real
def test_a_body_is_found_near_and_far_and_its_sides_are_its_own() -> None:
    """Also where the network that looks at the whole frame is too coarse, by looking at parts of it."""
    near = standing(raised=True)
    far = np.full_like(near, 140)
    small = cv2.resize(near, None, fx=0.45, fy=0.45, interpolation=cv2.INTER_AREA)
    far[TALL - small.shape[0] :, 60 : 60 + small.shape[1]] = small
    for picture, widths in ((near, (0.1, 0.16)), (far, (0.045, 0.08))):
        for mirrored in (False, True):
            seen = np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture
            eyes = MediaPipeEyes()
            for number in range(10):
                frame = Frame(number / 10, seen)
                if bodies := eyes.bodies(frame):
                    break
            (body,) = bodies
            side = Side.LEFT if mirrored else Side.RIGHT
            assert widths[0] < body.width < widths[1]
            assert body.faces_us
            assert body.arm(side).wrist.y < body.arm(side.other).wrist.y - body.width
            hand = eyes.hand(frame, Sight(1, body), side)
            assert hand is not None
            assert hand.extended >= 3
            assert hand.upright
            eyes.close()
