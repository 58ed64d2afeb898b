"""The real face check in the running product: a film of somebody who turns his head stands in a camera's place, opens
the wall, and locks it by leaving. The film's order is known to the product, as only a demonstration may have it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Page

from perception.face import encoder
from perception.face.detector import RealEyes
from perception.face.store import Consent, FaceStore, Profile
from perception.frames import Picture
from tests.e2e.browser import errors_of, page
from tests.perception.face.actors import shaken
from tests.perception.face.measure import enrolled
from tests.perception.face.render import TALL, WIDE, Pose, person
from tests.running import Product, product, settings_file

pytestmark = pytest.mark.real
FPS = 15
KEY = bytes(range(32))
TURN_S = 5.0
PANEL = "interest-topics"
AGAIN = ".private-check button.firm"


def frames() -> Iterator[Picture]:
    """Somebody stands there, turns his head to the left three times, slowly, stays, and goes."""
    for n in range(round(3 * TURN_S * FPS)):
        yield shaken(person(Pose(yaw=_yaw(n / FPS % TURN_S))), n / FPS)
    for n in range(8 * FPS):
        yield shaken(person(), n / FPS)
    for n in range(FPS):
        yield shaken(np.full((TALL, WIDE, 3), (140, 150, 150), np.uint8), n / FPS)


def _yaw(passed: float) -> float:
    """Rest for 2 s, then the turn, half of which is held."""
    return 18 * round(6 * max(0.0, min(1.0, (passed - 2.0) / 0.6, (TURN_S - passed) / 0.6))) / 6


def opens(wall: Page, running: Product) -> bool:
    """Press the button, or the one that tries again, and have the private panel: False where it was refused, or where
    he had left before the panel was there."""
    if wall.query_selector(AGAIN):
        wall.click(AGAIN)
        wall.wait_for_selector(AGAIN, state="detached")
    else:
        wall.click("footer .tools button:last-child")
    wall.wait_for_selector(f"{AGAIN}, .private-mark")
    if wall.query_selector(".private-mark"):
        running.post("/api/v1/displays/main/commands", {"op": "show", "panel": PANEL})
        wall.wait_for_selector(f"body[data-panel='{PANEL}'], body:not(:has(.private-mark))")
    return wall.get_attribute("body", "data-panel") == PANEL


def heard(wall: Page) -> None:
    """Keep what the page says from now on: words that pass quickly may be gone before a slow test looks."""
    wall.evaluate(
        """() => {
          window.heard = "";
          new MutationObserver(() => { window.heard += document.querySelector(".asked-turn")?.textContent ?? ""; })
            .observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
        }"""
    )


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
away_s = 5
[seeing.face]
accept_recordings = true
asks = ["left"]
challenge = {{ known_step_s = 30, lost_s = 4 }}
check = {{ find_s = 30 }}
[[seeing.cameras]]
name = "wall"
file = {json.dumps(str(clip))}
face = true
"""
    text = settings.read_text("utf-8")
    settings.write_text(f'face_key = "{KEY.hex()}"\n{text}{seeing}', "utf-8")
    with product(settings) as running, page() as wall:
        wall.goto(next(row["paired_url"] for row in running.addresses if row["page"] == "wall"))
        wall.wait_for_selector("body[data-panel]:not([data-panel=''])")
        wall.wait_for_function("() => document.body.innerText.includes('시연 설정입니다')")
        refused = running.post("/api/v1/displays/main/commands", {"op": "show", "panel": PANEL}).json()
        assert refused["outcome"]["reason"] == "locked"
        heard(wall)
        tries = 1
        while not opens(wall, running):
            tries += 1
            assert tries <= 4, "one more failure and he must wait"
        assert "고개를 왼쪽으로" in wall.evaluate("() => window.heard")
        wall.wait_for_selector(".private-mark", state="detached")
        assert wall.get_attribute("body", "data-panel") != PANEL
        assert not errors_of(wall)
    kept = b"".join(f.read_bytes() for f in (tmp_path / "var").rglob("*") if f.is_file() and "faces" not in f.parts)
    assert b"grace" not in kept
