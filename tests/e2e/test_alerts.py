"""Alerts in real Chromium: wall, tablet, kiosk, phone and watch at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from playwright.sync_api import Page

from display_bridge.pairing import Pairing
from tests.e2e.browser import errors_of, page, profile
from tests.e2e.places import AT_REST
from tests.running import PATIENCE_S, Product, product, settings_file, was_shown

pytestmark = pytest.mark.real
DRILL = "/api/v1/incidents/drill"


@dataclass
class Screens:
    """One screen of each kind, in one browser; wall and tablet are paired for the same display."""

    running: Product
    wall: Page
    tablet: Page
    kiosk: Page
    phone: Page
    watch: Page
    errors: list[str]
    drills: list[str] = field(default_factory=list)

    def begin(self, scenario: str) -> None:
        """Begin an exercise."""
        answer = self.running.post(DRILL, {"scenario": scenario})
        assert answer.status_code == 200, answer.text
        self.drills.append(answer.json()["drill"])

    def end_all(self) -> None:
        """End what was begun."""
        for drill in self.drills:
            httpx.delete(f"{self.running.origin}{DRILL}/{drill}", timeout=PATIENCE_S)
        self.drills.clear()


@pytest.fixture(scope="module")
def screens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screens]:
    folder = tmp_path_factory.mktemp("alerts")
    file = settings_file(
        folder,
        server={"port": 0},
        opinion={"enabled": False},
        rasa={"enabled": False},
        hearing={"microphone": False},
        speaking={"output": "off"},
    )
    with product(file) as made, page(1920, 1080) as wall:
        pairing = Pairing(folder / "var" / "db" / "devices.json")
        browser = wall.context.browser
        assert browser
        errors: list[str] = []

        def opened(role: str, display: str, width: int, height: int, paired: bool, at: Page | None = None) -> Page:
            one = at or profile(browser, width, height).new_page()
            one.on("pageerror", lambda error: errors.append(f"{role}: {error}"))
            token = f"#token={pairing.issue(role=role, display=display)[0]}" if paired else ""
            one.goto(f"{made.origin}/screen/{role}/{display}{token}")
            one.wait_for_selector("body[data-panel]:not([data-panel=''])")
            return one

        yield Screens(
            made,
            opened("wall", "main", 1920, 1080, True, wall),
            opened("tablet", "main", 1280, 800, True),
            opened("kiosk", "lobby", 3840, 2160, False),
            opened("web", "citizen", 390, 844, False),
            opened("watch", "main", 240, 240, True),
            errors,
        )


@pytest.fixture(autouse=True)
def quiet(screens: Screens) -> Iterator[None]:
    """No exercise is left from one test to the next."""
    yield
    screens.end_all()


def test_an_incident_pre_empts_every_screen_and_the_view_before_comes_back(screens: Screens) -> None:
    wall, tablet, kiosk, phone = screens.wall, screens.tablet, screens.kiosk, screens.phone
    screens.running.show("main", "ozone")
    wall.wait_for_selector("body[data-panel=ozone]")
    screens.running.show("lobby", "bike-rental")
    kiosk.wait_for_selector("body[data-panel=bike-rental]")
    wall.click("button[aria-label='크게']")
    wall.wait_for_selector(".blocks.focus")
    screens.begin("fire")
    wall.wait_for_selector("body[data-layer=alert] .titles.incident h1:has-text('여의도')")
    assert wall.locator(".titles.incident .drill-chip").count() == 1, "an exercise says that it is one"
    assert wall.locator(".incident-log li").count() >= 3
    assert wall.locator(".incident-map .pulse").count() == 2
    assert wall.locator(".incident-advice li").count() == 3
    assert wall.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1920,
        1080,
    ]
    tablet.wait_for_selector(".incident-sheet h2:has-text('여의도')")
    screens.watch.wait_for_selector(".incident-wrist .acknowledge")
    for citizen in (kiosk, phone):
        citizen.wait_for_selector(".banner h2:has-text('여의도')")
        assert citizen.locator(".banner li").count() == 3
        assert citizen.get_attribute("body", "data-layer") != "alert"
    assert kiosk.get_attribute("body", "data-panel") == "bike-rental"

    phone.click(".put-aside")
    phone.wait_for_selector(".banner-strip")
    assert phone.locator(".banner").count() == 0
    assert wall.get_attribute("body", "data-layer") == "alert", "put aside on one screen only"
    kiosk.wait_for_selector(".banner")

    screens.begin("earthquake")
    wall.wait_for_selector(".titles.incident h1:has-text('지진')")
    phone.wait_for_selector(".banner h2:has-text('지진')")
    tablet.click(".incident-sheet .acknowledge")
    wall.wait_for_selector(".titles.incident h1:has-text('여의도')")
    phone.wait_for_selector(".banner-strip")
    wall.click(".titles .acknowledge")
    wall.wait_for_selector("body[data-panel=ozone] .blocks.focus")
    wall.wait_for_selector(".badge.acknowledged")
    tablet.wait_for_selector(".incident-sheet", state="detached")
    screens.watch.wait_for_selector(".incident-wrist", state="detached")
    kiosk.wait_for_selector(".banner", state="detached")
    assert kiosk.get_attribute("body", "data-panel") == "bike-rental"
    assert errors_of(wall) == screens.errors == []


def test_an_internal_incident_is_on_no_citizens_screen(screens: Screens) -> None:
    screens.begin("rescue")
    screens.wall.wait_for_selector(".titles.incident h1:has-text('흙막이')")
    screens.begin("flood")
    screens.wall.wait_for_selector(".titles.incident h1:has-text('중랑천')")
    for citizen in (screens.kiosk, screens.phone):
        citizen.wait_for_selector(".banner h2:has-text('중랑천')")
        assert "흙막이" not in citizen.content()
        assert citizen.locator(".acknowledge").count() == 0


def test_a_watch_acknowledges(screens: Screens) -> None:
    screens.begin("fire")
    screens.watch.wait_for_selector(".incident-wrist")
    corners = screens.watch.evaluate(
        """[...document.querySelectorAll('.incident-wrist .title, .incident-wrist .acknowledge')].flatMap(e => {
          const r = document.createRange(); r.selectNodeContents(e); const b = r.getBoundingClientRect();
          return [[b.left, b.top], [b.right, b.top], [b.left, b.bottom], [b.right, b.bottom]]; })"""
    )
    assert all(((x - 120) ** 2 + (y - 120) ** 2) ** 0.5 <= 120 for x, y in corners), "within a round face"
    assert screens.watch.evaluate("document.querySelector('.incident-wrist .acknowledge').offsetHeight") >= 44
    screens.watch.click(".incident-wrist .acknowledge")
    screens.wall.wait_for_selector(".titles.incident", state="detached")


def test_a_kiosks_button_is_in_reach(screens: Screens) -> None:
    screens.begin("flood")
    screens.kiosk.wait_for_selector(".banner .put-aside")
    screens.kiosk.evaluate(AT_REST)
    box = screens.kiosk.locator(".banner .put-aside").bounding_box()
    assert box
    assert box["y"] >= 0.6 * 2160
    assert box["height"] >= 88
    lowest = screens.kiosk.evaluate("document.querySelector('.banner').getBoundingClientRect().bottom")
    assert lowest <= screens.kiosk.evaluate("document.querySelector('.reach').getBoundingClientRect().top")


def test_the_bar_is_large_enough_and_says_what_is_not_there_yet(screens: Screens) -> None:
    wall = screens.wall
    sizes = wall.evaluate(
        """[...document.querySelectorAll('.bottom button')].filter(e => e.offsetParent)
          .map(e => [e.offsetWidth, e.offsetHeight])"""
    )
    assert len(sizes) >= 14
    assert min(min(pair) for pair in sizes) >= 44
    wall.click(".menu-toggle")
    wall.wait_for_selector(".chooser .panel-tiles button")
    assert wall.locator(".other-menus button").count() == 8
    wall.keyboard.press("Escape")
    wall.wait_for_selector(".chooser", state="detached")
    answer = screens.running.post("/api/v1/utterances", {"text": "메뉴", "display": "main"}).json()
    assert was_shown(answer), answer
    wall.wait_for_selector(".chooser .panel-tiles button")
    wall.click("#close-chooser")
    wall.wait_for_selector(".chooser", state="detached")
    wall.click(".tools .tool >> nth=1")
    wall.wait_for_selector(".overlay.private-mode:has-text('카메라가 없습니다')")
    wall.click(".overlay header .round")
    wall.wait_for_selector(".overlay", state="detached")
    screens.running.show("main", "prj-seoullo-7017")
    wall.wait_for_selector("body[data-panel=prj-seoullo-7017]")
    calls = wall.locator(".department .call")
    assert [calls.nth(n).get_attribute("data-media") for n in range(2)] == ["video", "voice"]
    assert calls.first.get_attribute("aria-disabled") is None
    calls.first.focus()
    wall.keyboard.press("Enter")
    # Nobody of the department is there, and the run says so.
    nobody = ("call-offline", "no-call-client")
    screens.running.wait(
        lambda: any(run["outcome"]["reason"] in nobody for run in screens.running.get("/api/v1/runs")["runs"])
    )
    screens.running.show("main", "emergency-incidents")
    wall.wait_for_selector("body[data-panel=emergency-incidents]")
    assert calls.first.get_attribute("data-media") == "voice", "of a disaster the voice comes first"
