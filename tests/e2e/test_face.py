"""The real face check in the running product: a film of somebody who turns his head stands in a camera's place, opens
the wall, and locks it by leaving. The film's order is known to the product, as only a demonstration may have it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from perception.face import encoder
from perception.face.detector import RealEyes
from perception.face.events import Ask
from perception.face.store import Consent, FaceStore, Profile
from perception.frames import Picture
from tests.e2e.browser import errors_of, page
from tests.perception.face.actors import Film, shaken
from tests.perception.face.measure import enrolled
from tests.perception.face.render import TALL, WIDE
from tests.running import product, settings_file

pytestmark = pytest.mark.real
FPS = 15
KEY = bytes(range(32))
LONG = 60_000


def frames() -> Iterator[Picture]:
    """Somebody stands there, turns his head to the left and to the right, stays, and goes."""
    film = Film([Ask.LEFT, Ask.RIGHT], rest_s=2.0, pause_s=1.2)
    stays = film.length + 5
    yield from (film.picture(min(n / FPS, film.length - 0.1)) for n in range(round(stays * FPS)))
    yield from (shaken(np.full((TALL, WIDE, 3), (140, 150, 150), np.uint8), n / FPS) for n in range(FPS))


def test_a_face_on_film_opens_the_wall_and_leaving_locks_it(tmp_path: Path) -> None:
    clip = tmp_path / "face.mp4"
    video = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDE, TALL))
    for picture in frames():
        video.write(picture)
    video.release()
    eyes = RealEyes()
    profile = Profile("grace", Consent("yes", 1.0), encoder.NAME, tuple(enrolled(eyes)), {})
    eyes.close()
    (tmp_path / "var").mkdir(exist_ok=True)
    FaceStore(tmp_path / "var" / "faces", KEY).save(profile)
    settings = settings_file(tmp_path, server={"port": 0}, opinion={"enabled": False}, rasa={"enabled": False})
    seeing = f"""
[private_mode]
second_factor = "none"
away_s = 3
[seeing.face]
accept_recordings = true
asks = ["left", "right"]
[[seeing.cameras]]
name = "wall"
file = {json.dumps(str(clip))}
face = true
"""
    text = settings.read_text("utf-8")
    settings.write_text(f'face_key = "{KEY.hex()}"\n{text}{seeing}', "utf-8")
    with product(settings) as running, page() as wall:
        wall.goto(next(row["paired_url"] for row in running.addresses if row["page"] == "wall"))
        wall.wait_for_selector("body[data-panel]:not([data-panel=''])", timeout=LONG)
        wall.wait_for_function("() => document.body.innerText.includes('시연 설정입니다')", timeout=LONG)
        refused = running.post("/api/v1/displays/main/commands", {"op": "show", "panel": "interest-topics"}).json()
        assert refused["outcome"]["reason"] == "locked"
        wall.click("footer .tools button:last-child")
        wall.wait_for_function("() => document.body.innerText.includes('고개를 왼쪽으로')", timeout=LONG)
        wall.wait_for_selector(".private-mark", timeout=LONG)
        shown = running.post("/api/v1/displays/main/commands", {"op": "show", "panel": "interest-topics"}).json()
        assert shown["outcome"]["code"] == "shown"
        wall.wait_for_selector("body[data-panel='interest-topics']", timeout=LONG)
        wall.wait_for_selector(".private-mark", state="detached", timeout=LONG)
        assert wall.get_attribute("body", "data-panel") != "interest-topics"
        assert not errors_of(wall)
    kept = b"".join(f.read_bytes() for f in (tmp_path / "var").rglob("*") if f.is_file() and "faces" not in f.parts)
    assert b"grace" not in kept
