"""WCAG 2.2 AA and what KWCAG 2.2 adds, on every role in real Chromium: axe, then what axe cannot see."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page

from tests.e2e.audit import audit
from tests.e2e.browser import Pages, errors_of
from tests.e2e.measure import korean_words, small_controls, small_texts, unmatched_labels, walk
from tests.e2e.places import AT_REST, PANELS, ROLES, Place, open_place, show
from tests.running import Product, product, settings_file

pytestmark = pytest.mark.real
KIOSK = next(place for place in ROLES if place.name == "kiosk")
LARGE = next(place for place in ROLES if place.name == "kiosk 200 %")
WALL = ROLES[0]
PHONE = next(place for place in ROLES if place.name == "phone")
SMALL_PHONE = Place("phone 320", "web", "citizen", 320, 640)
LEAST_PX = 21
"""12 mm on 100 inches, 3840 px wide."""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product without a microphone and without the model of the language; city data are simulated."""
    folder = tmp_path_factory.mktemp("accessibility")
    settings = settings_file(
        folder,
        server={"port": 0},
        opinion={"enabled": False},
        rasa={"enabled": False},
        hearing={"microphone": False},
        city_data={"alerts": False},
    )
    with product(settings) as made:
        yield made


@pytest.fixture(scope="module")
def pages(pages: Pages) -> Pages:
    """A kiosk reads out what has the focus: here without a sound, as a machine under load may refuse one label among
    many, which is tested elsewhere."""

    @contextmanager
    def silent(width: int, height: int) -> Iterator[Page]:
        with pages(width, height) as page:
            page.route("**/api/v1/speech", lambda route: route.fulfill(json={"urls": []}))
            yield page

    return silent


def _clean(made: Page, where: str) -> None:
    found = audit(made)
    assert found.passes >= 8, f"{where}: axe looked at almost nothing"
    assert not found.violations, f"{where}\n{found.words}"
    assert unmatched_labels(made) == [], where


@pytest.mark.parametrize("place", ROLES, ids=lambda place: place.name)
def test_axe_finds_nothing_on_any_role(running: Product, pages: Pages, place: Place) -> None:
    with pages(place.width, place.height) as made:
        open_place(made, running, place)
        _clean(made, "start")
        panels = PANELS if place.panels else {"map": PANELS["map"]}
        for kind, panel in panels.items():
            show(made, running, place, panel)
            _clean(made, f"{kind}: {panel}")
        assert errors_of(made) == []


def test_axe_finds_nothing_on_open_sheets_and_dialogs(running: Product, pages: Pages) -> None:
    with pages(1920, 1080) as wall:
        open_place(wall, running, WALL)
        wall.click(".menus button:nth-child(2)")
        wall.wait_for_selector(".panel-tiles button")
        wall.evaluate(AT_REST)
        _clean(wall, "the sheet of menus")
        wall.keyboard.press("Escape")
        running.post("/api/v1/utterances", {"text": "도움말"})
        wall.wait_for_selector("[role=dialog]")
        wall.evaluate(AT_REST)
        _clean(wall, "help")
    with pages(3840, 2160) as kiosk:
        open_place(kiosk, running, KIOSK)
        kiosk.click(".role-key:has-text('이용 안내')")
        kiosk.wait_for_selector("#close-help:focus")
        _clean(kiosk, "how to use")
    with pages(390, 844) as phone:
        open_place(phone, running, PHONE)
        phone.click(".web-menus button:nth-child(2)")
        phone.wait_for_selector(".web-card")
        _clean(phone, "menus of a phone")
        phone.fill("input[type=search]", "미세")
        phone.wait_for_selector(".choice-title:has-text('찾은 화면')")
        _clean(phone, "search of a phone")


@pytest.mark.parametrize("path", ["/", "/runs", "/docs", "/console", "/scene"])
def test_axe_finds_nothing_on_the_pages_around(running: Product, pages: Pages, path: str) -> None:
    with pages(1280, 800) as made:
        made.goto(running.origin + path)
        made.wait_for_selector("h1")
        made.evaluate(AT_REST)
        found = audit(made)
        assert found.passes >= 8
        assert not found.violations, found.words
        assert made.evaluate("document.documentElement.lang") in ("ko", "en")


@pytest.mark.parametrize("place", [KIOSK, LARGE], ids=lambda place: place.name)
def test_every_letter_of_a_kiosk_can_be_read_from_where_one_stands(
    running: Product, pages: Pages, place: Place
) -> None:
    least = LEAST_PX * 2 if place is LARGE else LEAST_PX
    catalog = running.get("/api/v1/catalog")["panels"]
    sample = [panel["id"] for panel in catalog][:: 12 if place is LARGE else 5]
    with pages(3840, 2160) as made:
        open_place(made, running, place)
        for panel in sample:
            show(made, running, place, panel)
            small = small_texts(made, least)
            if place is LARGE:  # a page of a document is never wider than its room: twice as large is the least there
                small = [row for row in small if "text-layer" not in row[0] or row[1] < LEAST_PX]
            assert small == [], panel


def test_twice_as_large_is_twice_as_large_everywhere_and_still_within_low_reach(running: Product, pages: Pages) -> None:
    sizes = """() => Object.fromEntries(['.role-key', '.role-key .icon', '.pick', '.pick .icon', 'h1', '.sub',
      '.card h2', '.figure b', '.brand strong']
      .map((s) => [s, parseFloat(getComputedStyle(document.querySelector(s)).fontSize)]))"""
    with pages(3840, 2160) as made:
        open_place(made, running, KIOSK)
        show(made, running, KIOSK, PANELS["map"])
        before = made.evaluate(sizes)
        made.click(".role-key:has-text('200')")
        made.wait_for_selector("body.big")
        after = made.evaluate(sizes)
        grown = {name: after[name] / before[name] for name in before}
        # Beside its words a key's icon needs less room than above them.
        assert grown.pop(".role-key .icon") >= 1.5
        assert grown == pytest.approx(dict.fromkeys(grown, 2.0))
        boxes = made.evaluate(
            "[...document.querySelectorAll('.reach button')].map(e => e.getBoundingClientRect())"
            ".map(b => [b.top, b.bottom])"
        )
        assert len(boxes) >= 12
        assert min(top for top, _ in boxes) >= 0.6 * 2160
        assert max(bottom for _, bottom in boxes) <= 2160
        cut = "[...document.querySelectorAll('.reach button')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
        assert made.evaluate(cut) == 0, "no word on a key is cut"
        assert made.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("place", [p for p in ROLES if p.role != "tv"], ids=lambda place: place.name)
def test_what_is_pressed_is_large_enough(running: Product, pages: Pages, place: Place) -> None:
    least = 24 if place.role == "wall" else 44
    with pages(place.width, place.height) as made:
        open_place(made, running, place)
        assert small_controls(made, least) == []


def test_what_a_panel_offers_on_a_phone_has_a_fingers_width(running: Product, pages: Pages) -> None:
    panels = (
        "road-traffic", "subway-arrival", "fine-dust-pm10", "hotspots", "library-research", "intl-sister-cities",
        "snowfall", "trails", "theme-job-bus", "resume-indicators", "fn-rotation", "subway-lines",
    )  # fmt: skip
    with pages(PHONE.width, PHONE.height) as made:
        open_place(made, running, PHONE)
        for panel in panels:
            show(made, running, PHONE, panel)
            assert small_controls(made, 44) == [], panel


@pytest.mark.parametrize(
    "place", [p for p in ROLES if p.name in ("wall 1920x1080", "tablet 1280x800", "kiosk", "phone", "watch round 396")],
    ids=lambda place: place.name,
)  # fmt: skip
def test_the_keyboard_alone_reaches_everything_and_is_seen(running: Product, pages: Pages, place: Place) -> None:
    with pages(place.width, place.height) as made:
        open_place(made, running, place)
        stops = walk(made)
        assert stops, "nothing takes the focus"
        assert [stop for stop in stops if not stop["main"] and not (stop["ring"] and stop["inside"])] == []
        assert all(stop["name"] for stop in stops if not stop["main"])
        if place.role in ("wall", "web"):
            made.keyboard.press("Escape")
            # From the page's beginning: where the focus was may have left with its panel.
            made.evaluate(
                "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
            )
            made.keyboard.press("Tab")
            assert made.evaluate("document.activeElement.className") == "skip"
            made.keyboard.press("Enter")
            assert made.evaluate("document.activeElement.id") == "stage", "one key passes what repeats"


def test_the_rotation_can_be_stopped_by_the_keyboard(running: Product, pages: Pages) -> None:
    with pages(1920, 1080) as made:
        open_place(made, running, WALL)
        running.post("/api/v1/displays/main/commands", {"op": "home"})
        made.wait_for_selector(".stay button[aria-label='전환 멈추기']")
        made.focus(".stay button[aria-label='전환 멈추기']")
        made.keyboard.press("Enter")
        made.wait_for_selector(".stay button[aria-label='전환 다시 시작']")
        made.keyboard.press("Enter")
        made.wait_for_selector(".stay button[aria-label='전환 멈추기']")


def test_a_pressed_key_can_be_let_go_elsewhere(running: Product, pages: Pages) -> None:
    with pages(1280, 800) as made:
        open_place(made, running, next(p for p in ROLES if p.name == "tablet 1280x800"))
        box = made.locator(".pick[data-tile=realtime]").bounding_box()
        assert box
        made.mouse.move(box["x"] + 20, box["y"] + 20)
        made.mouse.down()
        made.mouse.move(5, 5)
        made.mouse.up()
        assert made.locator(".pick[data-tile=realtime]").count() == 1, "pressing alone does nothing"


@pytest.mark.parametrize("panel", list(PANELS.values()))
def test_a_phone_of_320_px_loses_nothing_sideways(running: Product, pages: Pages, panel: str) -> None:
    with pages(320, 640) as made:
        show(made, running, SMALL_PHONE, panel)
        assert made.evaluate("document.documentElement.scrollWidth") <= 320
        assert made.evaluate("document.querySelector('h1').getBoundingClientRect().width") > 40


def test_the_title_of_the_page_names_the_panel_and_messages_are_announced(running: Product, pages: Pages) -> None:
    for place in (WALL, KIOSK, PHONE):
        with pages(place.width, place.height) as made:
            open_place(made, running, place)
            for panel in (PANELS["map"], PANELS["chart"]):
                show(made, running, place, panel)
                name = made.inner_text("h1")
                assert name in made.title()
                assert made.evaluate("document.querySelector('h1').closest('[aria-live]') !== null")


@pytest.mark.parametrize("place", [p for p in ROLES if not p.prepare.__name__.startswith("_c") and p is not LARGE],
                         ids=lambda place: place.name)  # fmt: skip
def test_in_english_every_word_is_english_or_marked_as_korean(running: Product, pages: Pages, place: Place) -> None:
    english = Place(
        place.name, place.role, place.display, place.width, place.height, panels=place.panels, language="en"
    )
    with pages(place.width, place.height) as made:
        open_place(made, running, english)
        assert made.evaluate("document.documentElement.lang") == "en"
        for panel in (PANELS["map"], PANELS["chart"]) if place.panels else ():
            show(made, running, english, panel)
            assert korean_words(made) == [], panel
        assert korean_words(made) == []
