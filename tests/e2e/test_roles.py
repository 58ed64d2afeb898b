"""Kiosk, tablet, watch, television and phone in real Chromium: reach, sizes, keys, what they command and never show."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import errors_of, page
from tests.running import Product, product, settings_file

pytestmark = pytest.mark.real
READY = "document.body.dataset.panel && (!document.querySelector('.choose') || document.querySelector('.pick'))"
UNNAMED = """[...document.querySelectorAll('button, a, input, [role=button]')].filter(e => e.offsetParent
  && !(e.getAttribute('aria-label') || e.textContent.trim() || e.placeholder)).length"""
SMALLEST = """Math.min(...[...document.querySelectorAll('.reach *, .top *, .titles *')].filter(e => e.offsetParent
  &&
  [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => parseFloat(getComputedStyle(e).fontSize)))"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product without a microphone; the pages need no model of the language."""
    folder = tmp_path_factory.mktemp("roles")
    with product(settings_file(folder, server={"port": 0}, opinion={"enabled": False})) as made:
        yield made


def opened(made: Page, running: Product, role: str, display: str = "main") -> None:
    made.goto(f"{running.origin}/screen/{role}/{display}")
    made.wait_for_function(READY)


def _beside(made: Page) -> Page:
    """Another screen in the same browser."""
    browser = made.context.browser
    assert browser
    return browser.new_page()


@pytest.mark.parametrize("big", [False, True])
def test_a_kiosk_is_reached_read_and_walked_by_keys(running: Product, big: bool) -> None:
    with page(3840, 2160) as made:
        opened(made, running, "kiosk", "lobby")
        if big:
            made.click(".reach .keys button:nth-child(6)")
        tops = made.evaluate("[...document.querySelectorAll('.reach button')].map(e => e.getBoundingClientRect().top)")
        assert len(tops) >= 13
        assert min(tops) >= 0.6 * 2160
        assert made.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert made.evaluate(SMALLEST) >= 21
        assert made.evaluate("document.querySelectorAll('.reach button[tabindex=\"0\"]').length") == 1
        made.focus(".pick")
        first = made.evaluate("document.activeElement.dataset.tile")
        made.keyboard.press("ArrowRight")
        assert made.evaluate("document.activeElement.dataset.tile") != first
        made.keyboard.press("Enter")
        made.wait_for_selector(".pager")
        assert made.evaluate(UNNAMED) == 0
        assert errors_of(made) == []


def test_a_kiosk_that_was_left_asks_and_goes_home_with_normal_size(running: Product) -> None:
    with page(1920, 1080) as made:
        made.clock.install()
        opened(made, running, "kiosk", "lobby")
        made.click(".reach .keys button:nth-child(7)")
        made.clock.run_for(61_000)
        made.wait_for_selector("[role=alertdialog]")
        made.click("#go-on")
        made.clock.run_for(1_000)
        assert made.query_selector("[role=alertdialog]") is None
        assert made.evaluate("document.body.classList.contains('contrast')")
        made.clock.run_for(92_000)
        made.wait_for_function("!document.body.classList.contains('contrast')")


def test_a_tablets_tap_changes_the_wall(running: Product) -> None:
    with page(1280, 800) as tablet:
        opened(tablet, running, "tablet")
        wall = _beside(tablet)
        wall.goto(f"{running.origin}/screen/wall/main")
        tablet.click(".pick[data-tile=realtime]")
        tile = tablet.wait_for_selector(".pick[data-tile]:not([aria-current]) >> nth=1")
        assert tile is not None
        panel = tile.get_attribute("data-tile")
        tile.click()
        wall.wait_for_function("id => document.body.dataset.panel === id", arg=panel)
        assert tablet.evaluate(UNNAMED) == 0


@pytest.mark.parametrize("size", [200, 240, 360, 500])
def test_a_watchs_parts_lie_within_a_round_face(running: Product, size: int) -> None:
    with page(size, size) as made:
        opened(made, running, "watch")
        corners = made.evaluate(
            """[...document.querySelectorAll('.relay, .face b, .hour seoula-clock')].flatMap(e => {
              const r = document.createRange(); r.selectNodeContents(e);
              const b = e.matches('.relay') ? null : r.getBoundingClientRect();
              if (b) return [[b.left, b.top], [b.right, b.top],
                [b.left, b.bottom], [b.right, b.bottom]];
              const c = e.getBoundingClientRect(); const x = (c.left + c.right) / 2;
              return [[x, c.top], [x, c.bottom]]; })"""
        )
        assert corners
        assert all(((x - size / 2) ** 2 + (y - size / 2) ** 2) ** 0.5 <= size / 2 for x, y in corners)
        assert made.evaluate("document.querySelector('.relay').offsetWidth") >= 44
        assert errors_of(made) == []


def test_a_television_has_nothing_to_touch(running: Product) -> None:
    with page() as made:
        opened(made, running, "tv")
        made.keyboard.press("Tab")
        assert made.evaluate("document.activeElement === document.body")
        assert made.evaluate("document.querySelector('.tv-picture').inert")


def test_a_phone_opens_without_the_service_and_shows_the_last_picture(running: Product) -> None:
    with page(390, 844) as made:
        opened(made, running, "web", "citizen")
        made.evaluate("navigator.serviceWorker.ready.then(() => true)")
        made.context.set_offline(True)
        made.reload()
        made.wait_for_function("document.body.dataset.panel")
        assert made.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_citizens_pages_show_nothing_internal_while_the_wall_does(running: Product) -> None:
    paired = next(row["paired_url"] for row in running.addresses if row["page"] == "wall")
    with page() as wall:
        wall.goto(paired)
        wall.wait_for_selector("[data-panel]")
        for role in ("kiosk", "web"):
            citizen = _beside(wall)
            citizen.goto(f"{running.origin}/screen/{role}/main")
            citizen.wait_for_selector("[data-panel]")
            running.post("/api/v1/displays/main/commands", {"op": "show", "panel": "emergency-incidents"})
            wall.wait_for_selector("body[data-panel=emergency-incidents]")
            assert citizen.get_attribute("body", "data-panel") != "emergency-incidents"
            assert "emergency-incidents" not in citizen.content()
