"""The motion mouse as people use it: a recording in the camera's place, the real detector, the real wall.

Somebody holds the right hand up, has the cursor, moves it over the sheet of panels and stays on one: the wall shows it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from perception.frames import Picture
from tests.e2e.audit import audit
from tests.e2e.browser import PATIENCE_MS, Pages, errors_of
from tests.perception.hands.portrait import BESIDE_THE_FACE, TALL, WIDE, standing
from tests.running import Product, product, settings_file, was_shown

pytestmark = pytest.mark.real

FPS = 10
QUICK, SLOW = (8.0, 0.8, 5.0, 8.0), (24.0, 3.0, 15.0, 4.0)
"""Seconds for which the hand is held up, moves, stays and is down: as people do it, and again for a busy machine that
looks once a second."""
NOISES = 7
BEFORE_THE_SHOULDER = (0.25, -0.25)
NAME = "cam"
FOLLOW = """() => {
  const cursor = document.querySelector(".hand-cursor");
  window.way = [];
  const note = () => {
    const { e, f } = new DOMMatrix(getComputedStyle(cursor).transform);
    cursor.hidden || window.way.push([e, f]);
  };
  setInterval(note, 50);
}"""
"""Where the cursor is, as it goes."""
INKED = """() => {
  const canvas = document.querySelector("canvas[data-camera]");
  const drawn = canvas?.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data ?? [];
  return drawn.filter((value, n) => n % 4 === 3 && value).length;
}"""
UP_AND_DOWN = """() => {
  const heights = window.way.map(([, y]) => y);
  return Math.max(...heights) - Math.min(...heights) > 50;
}"""


def record(file: Path) -> None:
    """A hand that is held up, goes down and inwards, rests there, and is lowered; the same again twice, slowly."""
    video = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"mp4v"), FPS, (WIDE, TALL))
    random = np.random.default_rng(2)
    noise = random.integers(-4, 5, (NOISES, TALL, WIDE, 1), dtype=np.int16)
    drawn: dict[tuple[bool, tuple[float, float], int], Picture] = {}
    for held_s, moved_s, stayed_s, lowered_s in (QUICK, SLOW, SLOW):
        for number in range(round((held_s + moved_s + stayed_s + lowered_s) * FPS)):
            at = number / FPS
            part = min(max((at - held_s) / moved_s, 0.0), 1.0)
            share = part * part * (3 - 2 * part)
            start, end = BESIDE_THE_FACE, BEFORE_THE_SHOULDER
            wrist = (start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))
            how = (at < held_s + moved_s + stayed_s, wrist)
            grain = number % NOISES
            if (*how, grain) not in drawn:
                picture = standing(*how).astype(np.int16) + noise[grain]
                drawn[*how, grain] = np.clip(picture, 0, 255).astype(np.uint8)
            video.write(drawn[*how, grain])
    video.release()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("hands")
    record(folder / "hand.mp4")
    settings = settings_file(
        folder,
        server={"port": 0},
        opinion={"enabled": False},
        rasa={"enabled": False},
        hearing={"microphone": False},
        speaking={"output": "off"},
        city_data={"alerts": False},
    )
    camera = f'\n[[seeing.cameras]]\nname = "{NAME}"\nfile = "{folder / "hand.mp4"}"\nhands = true\n'
    settings.write_text(settings.read_text("utf-8") + camera, encoding="utf-8")
    # Switched off the last time: the recording begins when it is switched on.
    kept = folder / "var" / "db" / "hands.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps({"off": ["main"]}))
    with product(settings) as running:
        yield running


def switch(house: Product, on: bool) -> None:
    answer = house.post("/api/v1/displays/main/commands", {"op": "hands", "args": {"on": on}})
    assert answer.json()["outcome"]["code"] == "answered", answer.text


def camera(house: Product) -> dict[str, Any]:
    (row,) = house.get("/api/v1/seeing")["cameras"]
    return dict(row)


def chosen_by_hand(house: Product) -> list[dict[str, Any]]:
    """The runs that hands began, the last first."""
    return [run for run in house.get("/api/v1/runs")["runs"] if run["source"] == "hands"]


def test_a_hand_moves_the_cursor_and_changes_the_wall(house: Product, pages: Pages) -> None:
    (wall_row,) = (row for row in house.addresses if row["page"] == "wall")
    with pages(1920, 1080) as wall, pages(1280, 900) as cameras:
        wall.goto(wall_row["paired_url"])
        expect(wall.locator(".hand-tool.off")).to_be_visible()
        house.post("/api/v1/displays/main/commands", {"op": "rotation", "args": {"running": False}})
        wall.locator(".menus button").nth(1).click()
        expect(wall.locator(".panel-tiles button").first).to_be_visible()
        before = wall.evaluate("document.body.dataset.panel")
        cameras.goto(f"{house.origin}/cameras")
        expect(cameras.locator(".state")).to_have_text("꺼짐")
        cameras.locator(".camera .action").click()

        house.wait(lambda: house.component(f"camera-{NAME}").get("state") == "ok")
        wall.evaluate(FOLLOW)
        switch(house, True)
        expect(wall.locator("body")).to_have_attribute("data-hand", "raising")
        expect(wall.locator(".hand-tool .left")).to_have_css("opacity", "1")
        expect(wall.locator("body")).to_have_attribute("data-hand", "engaged")
        expect(wall.locator(".hand-cursor svg")).to_be_visible()
        cameras.wait_for_function(f"({INKED})() > 1000")  # body and hand
        wall.wait_for_function("(panel) => document.body.dataset.panel !== panel", arg=before, timeout=2 * PATIENCE_MS)
        assert wall.locator(".chooser").count() == 0, "as after a touch"
        wall.wait_for_function(UP_AND_DOWN)  # with the hand; a busy machine may see it only when it comes slowly
        expect(wall.locator(".hand-cursor svg")).to_be_hidden()
        expect(wall.locator("body")).to_have_attribute("data-hand", "off")

        house.wait(lambda: bool(chosen_by_hand(house)))
        chosen = chosen_by_hand(house)[-1]
        assert was_shown(chosen), chosen
        row = camera(house)
        assert row["watched"]
        assert {"engaged", "select", "released"} <= {event["type"] for event in row["events"]}
        assert row["frames"] > 20
        assert errors_of(wall) == []
        assert errors_of(cameras) == []
        assert not (found := audit(cameras)).violations, found.words
    house.wait(lambda: not camera(house)["watched"])


def test_the_switch_on_the_wall_closes_the_camera(house: Product, pages: Pages) -> None:
    (wall_row,) = (row for row in house.addresses if row["page"] == "wall")
    with pages(1920, 1080) as wall:
        wall.goto(wall_row["paired_url"])
        wall.locator(".hand-tool.on").click()
        expect(wall.locator(".hands-overlay ol li")).to_have_count(5)
        assert not (found := audit(wall)).violations, found.words
        wall.locator(".hand-switch .action").click()
        expect(wall.locator(".hand-tool.off")).to_be_visible()
        house.wait(lambda: camera(house)["state"] == "off")
        wall.keyboard.press("Escape")
        said = house.post("/api/v1/utterances", {"text": "손 동작 켜 줘", "display": "main"})
        assert said.json()["outcome"]["code"] == "answered"
        expect(wall.locator(".hand-tool.on")).to_be_attached()
        house.wait(lambda: camera(house)["state"] == "ok")
