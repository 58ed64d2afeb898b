"""The whole product with a bookcase before a camera, which here plays recordings: a book opens on the wall, its pages
are turned, a camera that starts anew changes nothing, and the wall is as before once the book is back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import cv2
import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from perception.frames import Frame
from perception.shelf.layout import Layout
from perception.shelf.store import EnrolledShelf, save
from tests.e2e.audit import audit
from tests.e2e.browser import errors_of, page
from tests.perception.shelf.episodes import Film, reference, returning, taking, true_layout
from tests.perception.shelf.render import HEIGHT, WIDTH, bookcase
from tests.running import Product, product, settings_file, was_shown

pytestmark = pytest.mark.real
SHELF = "/api/v1/shelves/mayor"


def film(path: Path, frames: Iterable[Frame]) -> None:
    """A recording at four frames a second, put in the place of another one at once."""
    new = path.with_name(f"new-{path.name}")
    video = cv2.VideoWriter(str(new), cv2.VideoWriter.fourcc(*"mp4v"), 4, (WIDTH, HEIGHT))
    for frame in frames:
        video.write(frame.picture)
    video.release()
    new.replace(path)


def begin_again(running: Product, layout: Layout) -> None:
    """The corrected slots are enrolled, and the camera starts anew with what it plays now."""
    answer = httpx.put(f"{running.origin}{SHELF}", json={"layout": layout.as_json()}, timeout=120)
    assert answer.status_code == 200, answer.text
    assert answer.json()["rows"][-1]["quality"]["trials"] == len(layout.slots)


def test_a_book_that_is_taken_opens_on_the_wall_and_closes_when_it_is_put_back(tmp_path: Path) -> None:
    scene = bookcase(31, per_row=6)
    layout = true_layout(scene)
    taken = layout.slots[3]
    slots = [replace(s, book="seoul-white-paper-2025" if s.id == taken.id else s.id) for s in layout.slots]
    layout = replace(layout, slots=tuple(slots))
    settings = settings_file(tmp_path, server={"port": 0}, opinion={"enabled": False}, rasa={"enabled": False})
    save(tmp_path / "var" / "shelves", EnrolledShelf("mayor", layout, reference(scene)))
    clip = tmp_path / "clip.mp4"
    camera = f'name = "case"\nfile = {json.dumps(str(clip))}\nshelf = "mayor"\n'
    settings.write_text(f"{settings.read_text('utf-8')}\n[[seeing.cameras]]\n{camera}", "utf-8")
    shooting = Film(scene, np.random.default_rng(3))
    before = dict(scene.places)
    film(clip, shooting.rest(2))
    with product(settings) as running, page() as wall:
        wall.goto(next(row["paired_url"] for row in running.addresses if row["page"] == "wall"))
        wall.wait_for_selector("body[data-panel]")
        running.show("main", "library-research")
        expect(wall.locator("body")).to_have_attribute("data-panel", "library-research")

        film(clip, [*shooting.rest(2), *taking(shooting, [taken.book], "stay")])
        begin_again(running, layout)
        front = wall.locator(".viewer.front")
        expect(front.locator("h2")).to_have_text("서울시정백서 2025")
        expect(front.locator(".book-head p")).to_have_text("시민소통기획관")
        paper = wall.locator("seoula-paper")
        expect(paper).to_have_attribute("data-pages", "1")
        assert not (found := audit(wall)).violations, found.words
        heading = front.locator("nav ol button").nth(1)
        number = heading.locator("b").inner_text()
        heading.click()
        expect(paper).to_have_attribute("data-pages", f"{number} {int(number) + 1}")
        for words, first in (("다음 쪽", int(number) + 1), ("3쪽", 3)):
            said = running.post("/api/v1/utterances", {"text": words, "display": "main"}).json()
            assert was_shown(said), said
            expect(paper).to_have_attribute("data-pages", f"{first} {first + 1}")

        film(clip, [*shooting.rest(4), *returning(shooting, [taken.book], before)])
        begin_again(running, layout)
        expect(wall.locator("body")).to_have_attribute("data-panel", "library-research")
        _said_of_it(running, wall)


def _said_of_it(running: Product, wall: Page) -> None:
    """The runs say where they came from; a contact at the door, and a catalogue, answer. The page shows no error."""

    def runs() -> int:
        return sum(run["source"] == "shelf" for run in running.get("/api/v1/runs")["runs"])

    running.wait(lambda: runs() >= 2)  # a run is kept when it has ended, a moment after the wall has changed
    assert runs() == 2, "opened once, closed once, though the camera started anew between them"
    for is_open in (False, True):
        answer = running.post(f"{SHELF}/door", {"open": is_open})
        assert answer.status_code == 200, answer.text
    expect(wall.locator(".notices")).to_contain_text("책을 꺼내시면 내용이 열립니다")
    assert running.post("/api/v1/shelves/none/door", {"open": True}).status_code in (404, 422)
    assert errors_of(wall) == []
    wall.goto(f"{running.origin}/shelves")
    expect(wall.locator("button.slot")).to_have_count(12)
    wall.locator("button.slot").first.focus()
    wall.keyboard.press("s")
    expect(wall.locator("button.slot")).to_have_count(13)
    assert not (found := audit(wall)).violations, found.words
    assert errors_of(wall) == []
