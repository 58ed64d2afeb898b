"""From a hand's movement to the cursor on the glass: a recording in a camera's place, the real detector in its own
process, the service, and a wall in Chromium.

A frame's time is when the camera gave it; the cursor is painted when the frame of the browser that moved it is over
(the animation frame after the one in which it was moved). Both are read from this machine's clock. What it does not
hold is the camera itself, 33 to 66 ms, and the panel, 16 to 33 ms.
"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from perception.frames import Picture
from tests.bench.measurement import Measurement
from tests.e2e.browser import page
from tests.perception.hands.portrait import TALL, WIDE, standing
from tests.running import Product, product, settings_file

FPS = 15
HELD_S, MOVING_S = 5.0, 20.0
WAIT_S = 90.0
_WATCH = """() => {
  const cursor = document.querySelector(".hand-cursor");
  let last = cursor.dataset.seen;
  window.painted = [];
  const look = () => {
    const seen = cursor.dataset.seen;
    if (seen && seen !== last) {
      last = seen;
      // this frame's work moves the cursor; it is on the glass when the next one begins
      requestAnimationFrame(() => window.painted.push([Number(seen), performance.timeOrigin + performance.now()]));
    }
    requestAnimationFrame(look);
  };
  look();
}"""


def frames() -> Iterator[Picture]:
    """Somebody who raises a hand and then draws an eight with it."""
    random = np.random.default_rng(3)
    noise = random.integers(-4, 5, (2 * TALL, WIDE, 1), dtype=np.int16)
    for number in range(round((HELD_S + MOVING_S) * FPS)):
        at = max(0.0, number / FPS - HELD_S)
        wrist = (0.45 + 0.15 * np.cos(at * 1.3), 0.0 + 0.12 * np.sin(at * 2.1))
        picture = standing(True, wrist).astype(np.int16) + noise[(begin := int(random.integers(TALL))) : begin + TALL]
        yield np.clip(picture, 0, 255).astype(np.uint8)


def measure() -> dict[str, Measurement]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        video = cv2.VideoWriter(str(folder / "hand.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDE, TALL))
        for picture in frames():
            video.write(picture)
        video.release()
        settings = settings_file(
            folder,
            server={"port": 0},
            opinion={"enabled": False},
            rasa={"enabled": False},
            hearing={"microphone": False},
            speaking={"output": "off"},
            city_data={"alerts": False},
            seeing={"share": 4.0},
        )
        camera = f'\n[[seeing.cameras]]\nname = "cam"\nfile = "{folder / "hand.mp4"}"\nhands = true\nfps = {FPS}\n'
        settings.write_text(settings.read_text("utf-8") + camera, encoding="utf-8")
        kept = folder / "var" / "db" / "hands.json"
        kept.parent.mkdir(parents=True)
        kept.write_text(json.dumps({"off": ["main"]}))
        with product(settings) as running:
            return _measured(running)


def _measured(running: Product) -> dict[str, Measurement]:
    (wall,) = (row for row in running.addresses if row["page"] == "wall")
    with page(1920, 1080) as made:
        made.goto(wall["paired_url"])
        made.wait_for_selector(".hand-tool.off")
        running.wait(lambda: running.component("camera-cam").get("state") == "ok")
        made.evaluate(_WATCH)
        assert running.post("/api/v1/displays/main/commands", {"op": "hands"}).status_code == 200
        made.wait_for_selector("body[data-hand=engaged]", timeout=WAIT_S * 1000)
        costs = []
        until = time.monotonic() + MOVING_S - 2
        while time.monotonic() < until:
            made.wait_for_timeout(1000)
            costs.append(float(running.get("/api/v1/seeing")["cameras"][0]["cpu_ms_per_frame"]))
        painted: list[list[float]] = made.evaluate("window.painted")
    apart = time.time() - time.monotonic()  # the workers' clock is the monotonic one, the browser's that of the day
    delays = [at - (seen + apart) * 1000 for seen, at in painted]
    share, quick = float(np.median(costs)), float(np.percentile(delays, 10))
    note = f"{len(delays)} movements at {FPS} fps, a tenth within {quick:.0f}; the detector's share {share:.0f}"
    return {
        "hand-to-cursor": Measurement.of(delays, "ms", f"frame given -> cursor painted, in Chromium; {note}"),
        "hand-detector-cpu": Measurement.of(costs, "ms", "processor time of a frame in the camera's worker"),
    }
