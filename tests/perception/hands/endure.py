"""`python -m tests.perception.hands.endure --minutes 60`: an office hour before the motion mouse, with the real
detectors. Nobody means it: a person comes, stands, sways, lifts a hand for less than the three seconds, and goes; the
light changes. Prints, as JSON lines, what the mouse told and how much memory the process holds, every ten minutes.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from collections import Counter
from collections.abc import Iterator

import cv2
import numpy as np
import psutil

from perception.frames import Frame, Picture
from perception.hands.ability import HandsAbility
from tests.perception.hands.portrait import TALL, WIDE, standing

FPS, IDLE_FPS = 15.0, 4.0
REPORT_S = 600.0
_VISIT_S = 90.0
"""A visit: a walk in, standing with a hand lifted now and then, a walk out, and an empty room."""


def room(at: float, noise: np.random.Generator, down: Picture, up: Picture, empty: Picture) -> Picture:
    """The room at a time, seconds."""
    into = at % _VISIT_S
    if into > 70:
        picture, across = empty, 0.0
    else:
        visit = int(at / _VISIT_S)
        lifted = 1.0 + 1.4 * ((visit * 0.37) % 1.0)  # of three seconds
        picture = up if into > 12 and (into - 12) % 9 < lifted else down
        across = WIDE * (max(0.0, 4 - into) / 4 - max(0.0, into - 66) / 4)
    sway = 5 * math.sin(at * 1.3)
    move = np.array([[1, 0, across + sway], [0, 1, 2 * math.cos(at)]])
    moved = cv2.warpAffine(picture, move, (WIDE, TALL), borderMode=cv2.BORDER_REPLICATE)
    light = 1 + 0.25 * math.sin(at / 200)
    grain = noise.integers(-5, 6, moved.shape, dtype=np.int16)
    return np.clip(moved.astype(np.float32) * light + grain, 0, 255).astype(np.uint8)


def frames(minutes: float) -> Iterator[Frame]:
    """An endless visit after visit."""
    noise = np.random.default_rng(5)
    down, up = standing(raised=False), standing(raised=True)
    empty = np.full((TALL, WIDE, 3), (150, 140, 130), np.uint8)
    at = 0.0
    while at < 60 * minutes:
        yield Frame(at, room(at, noise, down, up, empty))
        at += 1 / (IDLE_FPS if at % _VISIT_S > 72 else FPS)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    options = parser.parse_args()
    ability, told, process = HandsAbility(), Counter[str](), psutil.Process()
    seen, due, began = 0, 60.0, time.process_time()
    for frame in frames(options.minutes):
        told.update(event.type for event in ability.see(frame))
        seen += 1
        if frame.at >= due:
            due = 60.0 + REPORT_S if due == 60.0 else due + REPORT_S
            megabytes = round(process.memory_info().rss / 2**20, 1)
            print(
                json.dumps({"minute": round(frame.at / 60, 1), "frames": seen, "rss_mb": megabytes, **told}), flush=True
            )
    ability.close()
    spent = time.process_time() - began
    megabytes = round(process.memory_info().rss / 2**20, 1)
    print(json.dumps({"minutes": options.minutes, "frames": seen, "rss_mb": megabytes, "cpu_s": round(spent), **told}))


if __name__ == "__main__":
    main()
