"""Kiosk, tablet, watch, television and phone in real Chromium: reach, sizes, keys, what they command and never show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute

from tests.e2e.browser import Pages, errors_of, paused, profile
from tests.running import Product, product, settings_file

pytestmark = pytest.mark.real
UNNAMED = """[...document.querySelectorAll('button, a, input, [role=button]')].filter(e => e.offsetParent
  && !(e.getAttribute('aria-label') || e.textContent.trim() || e.placeholder)).length"""
SMALLEST = """Math.min(...[...document.querySelectorAll('.reach *, .top *, .titles *')].filter(e => e.offsetParent
  &&
  [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => parseFloat(getComputedStyle(e).fontSize)))"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product without a microphone; the pages need no model of the language."""
    folder = tmp_path_factory.mktemp("roles")
    off = {"enabled": False}
    settings = settings_file(folder, server={"port": 0}, opinion=off, rasa=off, hearing={"microphone": False})
    with product(settings) as made:
        yield made


def opened(made: Page, running: Product, role: str, display: str = "main") -> None:
    made.goto(f"{running.origin}/screen/{role}/{display}")
    made.wait_for_selector("body[data-panel]:not([data-panel=''])")
    if role in ("kiosk", "tablet"):
        made.wait_for_selector(".pick")


def _beside(made: Page) -> Page:
    """Another screen in the same browser."""
    browser = made.context.browser
    assert browser
    return profile(browser).new_page()


@pytest.mark.parametrize("big", [False, True])
def test_a_kiosk_is_reached_read_and_walked_by_keys(running: Product, pages: Pages, big: bool) -> None:
    running.wait(lambda: running.component("speaking").get("state") == "ok")
    with pages(3840, 2160) as made:
        opened(made, running, "kiosk", "lobby")
        if big:
            made.click(".role-key:has-text('200')")
        tops = made.evaluate("[...document.querySelectorAll('.reach button')].map(e => e.getBoundingClientRect().top)")
        assert len(tops) >= 13
        assert min(tops) >= 0.6 * 2160
        assert made.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert made.evaluate(SMALLEST) >= 21
        assert made.evaluate("document.querySelectorAll('.reach button[tabindex=\"0\"]').length") == 1
        made.focus(".pick")
        first = made.evaluate("document.activeElement.dataset.tile")
        made.keyboard.press("ArrowDown" if big else "ArrowRight")  # at 200 % the tiles stand in one column
        assert made.evaluate("document.activeElement.dataset.tile") != first
        assert made.evaluate("Boolean(document.activeElement.closest('.reach'))")
        made.keyboard.press("Enter")
        made.wait_for_selector(".pager")
        assert made.evaluate(UNNAMED) == 0
        assert errors_of(made) == []


def test_a_kiosk_that_was_left_asks_and_goes_home_with_normal_size(running: Product, pages: Pages) -> None:
    with pages(1920, 1080) as made:
        made.clock.install()
        opened(made, running, "kiosk", "lobby")
        paused(made)
        made.click(".role-key:has-text('고대비')")
        made.clock.run_for(61_000)
        made.wait_for_selector("[role=alertdialog]")
        made.click("#go-on")
        made.clock.run_for(1_000)
        assert made.query_selector("[role=alertdialog]") is None
        assert made.evaluate("document.body.classList.contains('contrast')")
        made.clock.run_for(92_000)
        made.wait_for_function("!document.body.classList.contains('contrast')")


def test_a_tablets_tap_changes_the_wall(running: Product, pages: Pages) -> None:
    with pages(1280, 800) as tablet:
        opened(tablet, running, "tablet")
        wall = _beside(tablet)
        wall.goto(f"{running.origin}/screen/wall/main")
        tablet.click(".pick[data-tile=realtime]")
        tablet.click(".pick[data-tile=traffic]")
        tablet.wait_for_selector(".pick[data-tile=road-traffic]")
        tile = tablet.wait_for_selector(".pick[data-tile]:not([aria-current]) >> nth=1")
        assert tile is not None
        panel = tile.get_attribute("data-tile")
        tile.click()
        wall.wait_for_function("id => document.body.dataset.panel === id", arg=panel)
        assert tablet.evaluate(UNNAMED) == 0


@pytest.mark.parametrize("size", [200, 240, 360, 500])
def test_a_watchs_parts_lie_within_a_round_face(running: Product, pages: Pages, size: int) -> None:
    with pages(size, size) as made:
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


@pytest.mark.parametrize(("width", "height"), [(396, 396), (200, 200), (200, 240), (500, 500)])
def test_a_question_of_the_wall_is_answered_from_the_wrist(
    running: Product, pages: Pages, width: int, height: int
) -> None:
    question = {
        "id": "q",
        "prompt_ko": "어느 화면을 볼까요?",
        "prompt_en": "Which?",
        "choices": [{"n": n, "label_ko": f"둘레길 {n}", "label_en": f"Trail {n}"} for n in (1, 2, 3)],
    }
    sent: list[dict[str, Any]] = []

    def between(socket: WebSocketRoute) -> None:
        """The real service, which asks something."""
        service = socket.connect_to_server()

        def told(message: str | bytes) -> None:
            frame = json.loads(message)
            if frame["t"] == "snapshot":
                frame["state"]["question"] = question
            socket.send(json.dumps(frame))

        def says(message: str | bytes) -> None:
            sent.append(json.loads(message))
            service.send(message)

        service.on_message(told)
        socket.on_message(says)

    with pages(width, height) as made:
        made.route_web_socket("**/ws/v1/displays/**", between)
        opened(made, running, "watch")
        keys = made.locator(".wrist-choices button")
        assert keys.count() == 3
        for n in range(3):
            keys.nth(n).scroll_into_view_if_needed()
            box = keys.nth(n).bounding_box()
            assert box
            assert box["height"] >= 44
        keys.nth(1).click()
        running.wait(lambda: any(frame.get("op") == "choose" for frame in sent))
        assert [frame["args"] for frame in sent if frame.get("op") == "choose"] == [{"choice": 2}]


def test_a_television_has_nothing_to_touch(running: Product, pages: Pages) -> None:
    with pages(1920, 1080) as made:
        opened(made, running, "tv")
        made.keyboard.press("Tab")
        assert made.evaluate("document.activeElement === document.body")
        assert made.evaluate("document.querySelector('.tv-picture').inert")


def test_a_citizen_searches_opens_and_shares_a_panel_and_commands_nobody(running: Product, pages: Pages) -> None:
    with pages(390, 844) as made:
        opened(made, running, "web", "citizen")
        other = _beside(made)
        other.goto(f"{running.origin}/screen/web/citizen")
        other.wait_for_selector("body[data-panel]:not([data-panel=''])")
        made.wait_for_selector(".web-menus button")
        made.fill("input[type=search]", "초미세")
        made.click(".web-card:has-text('초미세먼지') >> nth=0")
        made.wait_for_selector("body[data-panel=ultrafine-dust-pm25]")
        assert made.url.endswith("?panel=ultrafine-dust-pm25")
        assert other.get_attribute("body", "data-panel") != "ultrafine-dust-pm25", "a citizen's page is his own"
        assert made.locator("button:has-text('화상회의'), button:has-text('비공개'), .round.call").count() == 0
        made.evaluate("navigator.share = undefined; navigator.clipboard.writeText = async (t) => { window.copied = t }")
        made.click("button:has-text('공유')")
        made.wait_for_selector("text=주소를 복사했습니다.")
        link = made.evaluate("window.copied")
        assert link == made.url
        made.go_back()
        made.wait_for_selector("body[data-layer]:not([data-panel=ultrafine-dust-pm25])")
        other.goto(link)
        other.wait_for_selector("h1:has-text('초미세먼지')")
        other.goto(f"{running.origin}/screen/web/citizen?panel=emergency-incidents")
        other.wait_for_selector("text=그런 공개 화면이 없습니다.")
        assert errors_of(made) == []


def test_a_kiosk_speaks_what_has_the_focus_in_our_voice_or_says_why_not(running: Product, pages: Pages) -> None:
    running.wait(lambda: running.component("speaking").get("state") == "ok")
    with pages(1920, 1080) as made:
        opened(made, running, "kiosk", "lobby")
        with made.expect_response(lambda r: r.url.endswith(".wav")) as sound:
            made.focus(".pick >> nth=1")
        assert sound.value.status in (200, 206)
        made.route("**/api/v1/speech", lambda route: route.fulfill(status=503, json={"code": "speaking-unavailable"}))
        made.keyboard.press("ArrowRight")
        made.wait_for_selector(".guide-notice:has-text('음성 안내를 지금 쓸 수 없습니다')")


def test_a_kiosk_explains_itself_and_shows_sign_language_where_the_site_has_some(
    running: Product, pages: Pages
) -> None:
    with pages(1920, 1080) as made:
        opened(made, running, "kiosk", "lobby")
        assert made.locator(".role-key:has-text('수어')").count() == 0, "hidden where nothing is configured"
        made.click(".role-key:has-text('이용 안내')")
        made.wait_for_selector("#close-help:focus")
        assert made.get_attribute("#call-staff", "aria-disabled") == "true"
        assert "통화 기능" in made.inner_text("#staff-why")
        top = made.evaluate("document.querySelector('.low-sheet').getBoundingClientRect().top")
        assert top >= 0.6 * 1080
        made.keyboard.press("Escape")
        made.wait_for_selector(".low-sheet", state="detached")
        assert "이용 안내" in made.evaluate("document.activeElement.textContent")
        answer = {"general": None, "panels": {"ozone": "/web-data/sign/ozone.mp4"}}
        made.route("**/api/v1/sign-language", lambda route: route.fulfill(json=answer))
        made.reload()
        made.wait_for_selector(".role-key:has-text('수어')")
        made.click(".role-key:has-text('수어')")
        made.wait_for_selector(".sign:has-text('수어 영상 준비 중')")
        running.post("/api/v1/displays/lobby/commands", {"op": "show", "panel": "ozone"})
        made.wait_for_selector(".sign video")


def test_a_tablet_finds_by_search_and_marks_what_the_wall_shows(running: Product, pages: Pages) -> None:
    with pages(1280, 800) as made:
        opened(made, running, "tablet")
        running.post("/api/v1/displays/main/commands", {"op": "show", "panel": "ozone"})
        made.wait_for_selector(".on-wall:has-text('오존')")
        made.fill("input[type=search]", "오존")
        made.wait_for_selector(".pick.shown:has-text('지금 화면')")
        pictures = "[...document.querySelectorAll('.pick .icon path')].map(e => e.getAttribute('d'))"
        made.fill("input[type=search]", "")
        made.click(".pick[data-tile=realtime]")
        made.click(".pick[data-tile=traffic]")
        made.wait_for_selector(".pick[data-tile=road-traffic]")
        found = made.evaluate(pictures)
        assert len(found) >= 8
        assert len(set(found)) >= len(found) - 2, "not all alike"


def test_a_phone_opens_without_the_service_and_shows_the_last_picture(running: Product, pages: Pages) -> None:
    with pages(390, 844) as made:
        opened(made, running, "web", "citizen")
        made.evaluate("navigator.serviceWorker.ready.then(() => true)")
        made.context.set_offline(True)
        made.reload()
        made.wait_for_function("document.body.dataset.panel")
        assert made.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_citizens_pages_show_nothing_internal_while_the_wall_does(running: Product, pages: Pages) -> None:
    paired = next(row["paired_url"] for row in running.addresses if row["page"] == "wall")
    with pages(1920, 1080) as wall:
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
