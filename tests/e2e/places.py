"""The screens that are looked at: every role at its sizes, and a handful of panels that hold every kind of block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.running import Product

PANELS = {
    "map": "fine-dust-pm10",
    "chart": "revenue",
    "table": "road-incidents",
    "document": "approval-viewer",
    "alert-feed": "disaster-alerts",
    "project": "prj-seoullo-7017",
    "points": "parking",
    "story": "resume-foreign-press",
}
"""What each shows -> a public panel."""
AT_REST = """() => new Promise((rest) => {
  const until = performance.now() + 700;
  const moving = () => document.getAnimations().filter((one) => one.playState === "running"
    && one.timeline instanceof DocumentTimeline && one.effect.getComputedTiming().endTime < Infinity);
  let frames = 0;
  const look = () => {
    const found = moving();
    found.forEach((one) => one.finish());
    frames = found.length ? 0 : frames + 1;
    return frames >= 3 || performance.now() > until ? rest(true) : requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
"""Until nothing has moved for three pictures, or for 0.7 s. What would end is brought to its end, so that an entry is
not drawn for longer than it must; what moves for ever, or as one scrolls, does not count."""


def _nothing(_: Page) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Place:
    """A role on a screen of a size. prepare: presses what must be pressed. panels: whether it draws them itself."""

    name: str
    role: str
    display: str
    width: int
    height: int
    prepare: Callable[[Page], None] = _nothing
    panels: bool = True
    language: str = "ko"


def _large(made: Page) -> None:
    made.click(".role-key:has-text('200')")
    made.evaluate(AT_REST)  # keys change their colour within 0.15 s


def _contrast(made: Page) -> None:
    made.click(".role-key:has-text('고대비')")
    made.evaluate(AT_REST)


ROLES = (
    Place("wall 1920x1080", "wall", "main", 1920, 1080),
    Place("wall 3840x2160", "wall", "main", 3840, 2160),
    Place("tv", "tv", "meeting", 1920, 1080),
    Place("tablet 1280x800", "tablet", "main", 1280, 800, panels=False),
    Place("tablet 800x1280", "tablet", "main", 800, 1280, panels=False),
    Place("watch round 396", "watch", "main", 396, 396, panels=False),
    Place("watch square 200x240", "watch", "main", 200, 240, panels=False),
    Place("kiosk", "kiosk", "lobby", 3840, 2160),
    Place("kiosk contrast", "kiosk", "lobby", 3840, 2160, _contrast),
    Place("kiosk 200 %", "kiosk", "lobby", 3840, 2160, _large),
    Place("phone", "web", "citizen", 390, 844),
)


def open_place(made: Page, running: Product, place: Place, query: str = "") -> None:
    """Open a place and wait until it shows something; `query`: further parameters of its address."""
    made.goto(f"{running.origin}/screen/{place.role}/{place.display}?lang={place.language}{query}")
    made.wait_for_selector("body[data-panel]:not([data-panel=''])")
    if place.role in ("kiosk", "tablet"):
        made.wait_for_selector(".pick")
    place.prepare(made)


def show(made: Page, running: Product, place: Place, panel: str) -> None:
    """Show a panel there, as its own way is: a citizen's page chooses for itself, the others are commanded."""
    if place.role == "web":
        open_place(made, running, place, f"&panel={panel}")
        made.wait_for_selector(f"body[data-panel='{panel}']")
    else:
        running.show(place.display, panel)
        made.wait_for_selector(f"body[data-panel='{panel}']")
    if made.locator("seoula-paper").count():  # pages of documents come when they are drawn
        made.wait_for_selector("seoula-paper[data-state]:not([data-state='loading'])")
    made.evaluate(AT_REST)
