"""What can be done on panels by touch and keys, in real Chromium: each gives the right command, and shows what came."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import errors_of
from tests.e2e.documents_app import app_with_documents
from tests.e2e.fed_screen import REGISTRY, FedScreen, fed_screen, noon

pytestmark = pytest.mark.real

TOUCHED = ", ".join(f".stage {one}" for one in ("button", "a", "input", "[role=button]", '[tabindex="0"]'))
UNNAMED = f"""[...document.querySelectorAll('{TOUCHED}')].filter((e) => e.checkVisibility()
  && !(e.getAttribute('aria-label') || e.textContent.trim())).map((e) => e.outerHTML.slice(0, 120))"""
BOX = "document.querySelector('.main svg.map').getAttribute('viewBox').split(' ').map(Number)"


@pytest.fixture(scope="module")
def wall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FedScreen]:
    with fed_screen(app=app_with_documents(tmp_path_factory.mktemp("papers"))) as screen:
        screen.page.emulate_media(reduced_motion="reduce")
        screen.page.wait_for_function("fetch('/web-data/seoul-map.json').then(() => true)")
        yield screen


@pytest.fixture
def screen(wall: FedScreen) -> FedScreen:
    wall.show("home", at=noon())
    wall.commands()
    return wall


def press(screen: FedScreen, selector: str) -> list[tuple[str, dict[str, object]]]:
    """The commands that a touch on the first match gives."""
    screen.page.locator(selector).first.click()
    return screen.commands(1)


# ------------------------------------------------------------------------------------------------------ districts


def test_a_district_is_chosen_compared_and_let_go(screen: FedScreen) -> None:
    page = screen.page
    screen.show("fine-dust-pm10", at=noon())
    gangnam, mapo = (f'.main .district[aria-label^="{name}"]' for name in ("강남구", "마포구"))
    page.locator(gangnam).dispatch_event("click")
    assert screen.commands(1) == [("select_district", {"district": "강남구"})]
    screen.show("fine-dust-pm10", {"district": "강남구"}, at=noon())
    assert page.locator(gangnam).get_attribute("aria-pressed") == "true"
    assert "강남구" in page.locator(".card.kind-kpi").first.inner_text()
    page.locator(".chosen-bar button").first.click()
    page.locator(mapo).dispatch_event("click")
    assert screen.commands(1) == [("select_district", {"district": "강남구", "compare": ["마포구"]})]
    screen.show("fine-dust-pm10", {"district": "강남구", "compare": "마포구"}, at=noon())
    labels = page.locator(".kind-kpi h3").all_inner_texts()
    assert {"강남구", "마포구"} <= set(labels), "both stand side by side"
    assert page.locator(".main .chosen.beside").count() == 1
    assert press(screen, ".chosen-bar button >> nth=1") == [("show", {"panel": "fine-dust-pm10"})]


def test_a_district_is_chosen_by_keys_with_a_visible_focus(screen: FedScreen) -> None:
    page = screen.page
    screen.show("ozone", at=noon())
    page.locator('.main .district[aria-label^="송파구"]').focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    width = "parseFloat(getComputedStyle(document.activeElement).strokeWidth)"
    assert page.evaluate(width) >= 4
    page.keyboard.press("Enter")
    assert screen.commands(1) == [("select_district", {"district": "송파구"})]


# ------------------------------------------------------------------------------------------------------ drill down


def test_home_leads_to_panels_alerts_and_news(screen: FedScreen) -> None:
    [(op, args)] = press(screen, ".tile")
    assert op == "show"
    assert args["panel"] in REGISTRY.panels
    [(op, args)] = press(screen, ".alerts .go")
    assert (op, args["panel"]) == ("show", "disaster-alerts")
    [(op, args)] = press(screen, ".documents button")
    assert (op, args) == ("show", {"panel": "seoul-news", "item": "news-01"})


def test_a_place_is_chosen_on_the_map_and_in_the_list(screen: FedScreen) -> None:
    page = screen.page
    screen.show("parks", at=noon())
    point = page.locator('.point[aria-label^="서울숲"]')
    point.dispatch_event("click")
    assert screen.commands(1) == [("select", {"item": "서울숲"})]
    assert press(screen, "tbody .go:has-text('서울숲')") == [("select", {"item": "서울숲"})]
    screen.show("parks", {"item": "서울숲"}, at=noon())
    expect(page.locator(".place-card h3")).to_have_text("서울숲")
    assert page.locator("tr.chosen").count() == 1
    assert (page.locator(".point.chosen-one text").text_content() or "").startswith("서울숲")
    assert press(screen, ".place-card button") == [("show", {"panel": "parks"})]


@pytest.mark.parametrize(
    ("panel", "selector", "command"),
    [
        ("subway-lines", ".key-of-lines button", ("select", {"item": "1호선"})),
        ("road-traffic", ".bars button", ("select", {"item": "올림픽대로"})),
        ("analysis-commercial-district", "tbody .go", ("select_district", None)),
        ("resume-indicators", ".kpi .go", ("show", {"panel": "ind-employment-rate"})),
        ("fn-rotation", ".control li button", ("show", {"panel": "home"})),
        ("intl-policy-export", "tbody .go", ("select", {"item": "다카"})),
        ("approval-list", ".documents button", ("select", {"item": "approval-01"})),
        ("prj-seoullo-7017", ".documents button", ("select", {"item": "prj-seoullo-7017-1"})),
    ],
)
def test_lists_bars_keys_and_cards_open_what_they_name(
    screen: FedScreen, panel: str, selector: str, command: tuple[str, dict[str, str] | None]
) -> None:
    screen.show(panel, at=noon())
    [(op, args)] = press(screen, selector)
    assert op == command[0]
    assert command[1] is None or args == command[1]


def test_a_chosen_line_stands_out(screen: FedScreen) -> None:
    screen.show("subway-lines", {"item": "2호선"}, at=noon())
    assert screen.page.locator(".route.away").count() == 8
    assert screen.page.locator(".route:not(.away)").get_attribute("aria-label") == "2호선"


# ------------------------------------------------------------------------------------------------- zoom, pan, scroll


def test_a_map_is_looked_at_closer_by_buttons_wheel_keys_drag_and_pinch(screen: FedScreen) -> None:
    page = screen.page
    screen.show("bike-rental", at=noon())
    whole = page.evaluate(BOX)
    page.locator(".look button").nth(0).click()
    page.wait_for_function(f"{BOX}[2] < {whole[2]}")
    closer = page.evaluate(BOX)
    svg = page.locator(".main svg.map").bounding_box()
    assert svg
    middle = (svg["x"] + svg["width"] / 2, svg["y"] + svg["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.wheel(0, -300)
    page.wait_for_function(f"{BOX}[2] < {closer[2]}")
    wheel = page.evaluate(BOX)
    page.mouse.down()
    page.mouse.move(middle[0] - 120, middle[1] - 40, steps=5)
    page.mouse.up()
    page.wait_for_function(f"{BOX}[0] > {wheel[0]}")
    dragged = page.evaluate(BOX)
    assert screen.commands() == [], "the end of a drag chooses nothing, and looking closer is this screen's own"
    page.locator(".main svg.map").focus()
    page.keyboard.press("-")
    page.wait_for_function(f"{BOX}[2] > {dragged[2]}")
    page.keyboard.press("0")
    page.wait_for_function(f"(whole) => {BOX}.every((one, n) => one === whole[n])", arg=whole)
    page.evaluate(
        """([x, y]) => { const svg = document.querySelector('.main svg.map');
        const fire = (type, id, dx) => svg.dispatchEvent(new PointerEvent(type, {
          pointerId: id, clientX: x + dx, clientY: y, bubbles: true, pointerType: 'touch' }));
        fire('pointerdown', 11, -40); fire('pointerdown', 12, 40);
        fire('pointermove', 12, 160); fire('pointerup', 12, 160);
        fire('pointerup', 11, -40); }""",
        list(middle),
    )
    page.wait_for_function(f"{BOX}[2] < {whole[2]}")


def test_zooming_by_voice_moves_every_map_and_ends_ones_own_look(screen: FedScreen) -> None:
    page = screen.page
    screen.show("ozone", at=noon())
    page.locator(".look button").nth(0).click()
    screen.show("ozone", zoom=2, at=noon())
    zoomed = page.evaluate(BOX)
    screen.show("ozone", at=noon())
    assert page.evaluate(BOX) == [0, 0, *page.evaluate(BOX)[2:]]
    assert zoomed[3] < page.evaluate(BOX)[3]


def test_a_long_list_scrolls_by_voice_and_by_touch(screen: FedScreen) -> None:
    page = screen.page
    screen.show("analysis-commercial-district", at=noon())
    top = "document.querySelector('.stage .scroll').scrollTop"
    assert page.evaluate(top) == 0
    screen.show("analysis-commercial-district", number=1, at=noon())
    page.wait_for_function(f"{top} > 0")
    assert press(screen, ".view-controls button >> nth=3") == [("down", {})]
    screen.show("analysis-commercial-district", at=noon())
    page.wait_for_function(f"{top} === 0")


def test_back_is_always_there(screen: FedScreen) -> None:
    document = screen.document("parks", {"item": "서울숲"}, at=noon())
    document["shown"] |= {"layer": "command"}
    screen.feed(document)
    assert press(screen, ".stay button[aria-label='뒤로'], .stay button >> nth=0") == [("back", {})]


# ------------------------------------------------------------------------------------------------------- documents


def shown_pages(screen: FedScreen, pages: str) -> None:
    expect(screen.page.locator("seoula-paper")).to_have_attribute("data-pages", pages)
    expect(screen.page.locator("seoula-paper")).to_have_attribute("data-state", "shown")


def test_a_document_is_read_as_real_pages(screen: FedScreen) -> None:
    page = screen.page
    screen.show("approval-viewer", number=2)
    shown_pages(screen, "3 4")
    assert "모의" in page.locator(".text-layer").first.inner_text(), "the page's words are there for screen readers"
    painted = """[...document.querySelectorAll('.leaf canvas')].every((c) => {
      const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let dark = 0;
      for (let i = 0; i < d.length; i += 400) if (d[i] < 128) dark += 1; return dark > 20; })"""
    assert page.evaluate(painted)
    assert press(screen, ".pager button >> nth=1") == [("page", {"page": 4})]
    assert press(screen, ".pager button >> nth=0") == [("page", {"page": 2})]
    assert press(screen, ".viewer nav button >> nth=1") == [("page", {"page": 4})]
    page.locator("seoula-paper").focus()
    for key, number in (("ArrowRight", 4), ("PageDown", 4), ("ArrowLeft", 2), ("Home", 1), ("End", 10)):
        page.keyboard.press(key)
        assert screen.commands(1) == [("page", {"page": number})], key
    page.keyboard.press("+")
    assert screen.commands(1) == [("zoom_in", {})]
    screen.show("approval-viewer", number=3)
    shown_pages(screen, "4 5")
    screen.show("approval-viewer", number=3, zoom=2)
    shown_pages(screen, "4")
    assert errors_of(page) == []


def test_a_page_is_turned_by_a_swipe(screen: FedScreen) -> None:
    screen.show("library-white-papers", number=1)
    shown_pages(screen, "2 3")
    box = screen.page.locator("seoula-paper").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    screen.page.mouse.move(x, y)
    screen.page.mouse.down()
    screen.page.mouse.move(x - 200, y, steps=4)
    screen.page.mouse.up()
    assert screen.commands(1) == [("page", {"page": 3})]


def test_pages_that_are_not_shown_are_released(screen: FedScreen) -> None:
    for number in range(9):
        screen.show("approval-viewer", number=number)
        shown_pages(screen, f"{number + 1} {number + 2}")
        assert screen.page.locator("seoula-paper canvas").count() == 2
    screen.show("ozone", at=noon())
    assert screen.page.locator("canvas[aria-hidden]").count() == 0


@pytest.mark.parametrize(
    ("panel", "item", "told"), [("approval-list", "approval-02", "손상"), ("fn-cloud-folder", "cloud-01", None)]
)
def test_a_damaged_file_says_so_in_its_place(screen: FedScreen, panel: str, item: str, told: str | None) -> None:
    screen.show(panel, {"item": item})
    paper = screen.page.locator("seoula-paper")
    if told is None:
        expect(paper).to_have_attribute("data-state", "shown")
        return
    expect(paper).to_have_attribute("data-state", "damaged")
    assert told in paper.inner_text()
    assert screen.page.locator(".documents button").count() > 3, "the rest of the panel stands"


def test_on_a_phone_one_page_stands_alone(screen: FedScreen) -> None:
    screen.page.set_viewport_size({"width": 390, "height": 844})
    try:
        screen.show("library-brochures", number=2)
        shown_pages(screen, "3")
        assert screen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    finally:
        screen.page.set_viewport_size({"width": 1920, "height": 1080})


# ------------------------------------------------------------------------------------------------------------ names


def test_everything_that_can_be_touched_has_a_name(screen: FedScreen) -> None:
    maps = ("ozone", "parks", "subway-lines", "pledge-map-innovation", "intl-sister-cities", "commuting-population")
    for panel in ("home", *maps, "approval-viewer", "cctv", "prj-seoullo-7017", "accident-blackspots"):
        screen.show(panel, at=noon())
        assert screen.page.evaluate(UNNAMED) == [], panel
