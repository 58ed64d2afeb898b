"""Calls between real Chromium pages: media really flows, and survives what happens to calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from telephony import exchange
from tests.e2e.audit import audit
from tests.e2e.browser import errors_of, page, profile
from tests.e2e.call_desk import FLAGS, SPY, CallDesk, call_desk, flow, flowing, poll
from tests.e2e.fed_screen import FedScreen
from tests.e2e.places import AT_REST

pytestmark = pytest.mark.real
INCOMING, VIEW, OVER = ".call-card.incoming", ".call-view", ".call-card.over"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallDesk]:
    """Pages and hub."""
    with call_desk(tmp_path_factory.mktemp("calls")) as made:
        yield made


@pytest.fixture(scope="module")
def blank() -> Iterator[Page]:
    """The first page of the one browser of this module."""
    with page(320, 240, FLAGS) as made:
        yield made


@pytest.fixture
def browser(blank: Page, desk: CallDesk) -> Iterator[Browser]:
    """The browser; what a test opened in it is closed again."""
    found = blank.context.browser
    assert found
    desk.ring_for(600)
    # Six invitations a minute are a person's; these pages call more often.
    desk.calls.exchange.limits = type(desk.calls.exchange.limits)()
    yield found
    for context in found.contexts:
        if context is not blank.context:
            context.close()
    desk.empty()


def call(caller: Page, department: str, media: str = "video") -> None:
    caller.locator(".departments li", has_text=department).locator(f"button.{media}").click()


def clean(made: Page, where: str) -> None:
    made.evaluate(AT_REST)  # half transparent colours are none
    found = audit(made)
    assert found.passes >= 8, where
    assert not found.violations, f"{where}\n{found.words}"


SHOWN = "document.querySelector('[data-key=peer] video').getVideoPlaybackQuality().totalVideoFrames"


def talking(*pages: Page) -> None:
    for made in pages:
        made.wait_for_selector(VIEW)
        flowing(made)
        # What is decoded is also shown, without beginning anew whenever the page is drawn: that is twice a second.
        poll(made, lambda made=made: made.evaluate(SHOWN) >= 12, "the picture does not run")  # type: ignore[misc]


def test_a_video_call_from_the_ring_to_the_log(desk: CallDesk, browser: Browser) -> None:
    fire, transport = desk.console(browser, "fire"), desk.console(browser, "transport")
    clean(fire, "an idle console")
    call(transport, "소방재난본부")
    fire.wait_for_selector(INCOMING)
    assert "교통실" in fire.inner_text(f"{INCOMING} h2")
    assert "교통실" in fire.inner_text("[aria-live=assertive]"), "who calls is read out"
    clean(fire, "a console that rings")
    fire.keyboard.press("Enter")
    talking(fire, transport)
    clean(transport, "a console in a call")

    # Hold: nothing is sent; then it goes on.
    transport.keyboard.press("h")
    fire.wait_for_selector(".call-veil.hold")
    transport.keyboard.press("h")
    fire.wait_for_selector(".call-veil.hold", state="detached")
    flowing(fire)

    # A new path for the same media.
    ufrag = "() => window.pcs.at(-1).localDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1]"
    before = fire.evaluate(ufrag)
    transport.evaluate("window.pcs.at(-1).restartIce()")
    poll(fire, lambda: fire.evaluate(ufrag) != before, "the path was not made anew")
    flowing(fire)
    flowing(transport)

    # Both show their screens in the same moment: both are seen.
    for made in (fire, transport):
        made.evaluate("document.querySelector(\".call-key:has(span) [d^='M3.5 5h17']\").closest('button').click()")
    for made in (fire, transport):
        made.wait_for_selector("[data-key=screen].main")
        poll(made, lambda made=made: flow(made)["videos"] >= 2, "the screen is not seen")  # type: ignore[misc]
        assert made.evaluate("window.pcs.at(-1).signalingState") == "stable"

    # What is switched is seen on the other side, and read out on this.
    transport.keyboard.press("m")
    fire.wait_for_selector("[data-key=peer] figcaption svg")
    poll(transport, lambda: transport.inner_text("[aria-live=polite] >> nth=-1"), "it is not read out")
    transport.keyboard.press("v")
    fire.wait_for_selector("[data-key=peer].blank")
    poll(fire, lambda: fire.locator(".call-chip.signal").count(), "the quality of the connection is not shown")

    fire.click(".call-controls .stop")
    for made in (fire, transport):
        made.wait_for_selector(OVER)
    for made in (fire, transport):
        made.wait_for_selector(".log li")
        made.wait_for_function("window.pcs.every((pc) => pc.connectionState === 'closed')")
        assert errors_of(made) == [] if hasattr(made, "errors") else True
    assert "교통실" in fire.inner_text(".log li") or "transport-1" in fire.inner_text(".log li")


def test_a_call_is_rejected_taken_back_or_not_answered(desk: CallDesk, browser: Browser) -> None:
    fire, transport = desk.console(browser, "fire"), desk.console(browser, "transport")
    call(transport, "소방재난본부", "audio")
    fire.wait_for_selector(INCOMING)
    fire.keyboard.press("Escape")
    assert "받을 수 없" in transport.inner_text(OVER)
    fire.wait_for_selector(INCOMING, state="detached")

    call(transport, "소방재난본부", "audio")
    fire.wait_for_selector(INCOMING)
    transport.keyboard.press("Escape")
    fire.wait_for_selector(INCOMING, state="detached")

    desk.ring_for(10)
    call(transport, "소방재난본부", "audio")
    fire.wait_for_selector(INCOMING)
    transport.wait_for_selector(f"{OVER} >> text=받지 않습니다")
    fire.wait_for_selector(INCOMING, state="detached")
    fire.wait_for_selector(".log li.missed")
    # Taken back and not answered are missed calls.
    poll(fire, lambda: fire.inner_text(".tab .count-badge").startswith("2"), "both are missed calls")
    assert transport.evaluate("window.pcs.length") == 0, "nothing is sent before somebody answers"


def test_a_second_call_waits_its_turn_and_a_call_is_handed_on(desk: CallDesk, browser: Browser) -> None:
    fire, transport, climate = (desk.console(browser, name) for name in ("fire", "transport", "climate"))
    desk.calls.exchange.board.rules = dataclasses.replace(desk.calls.exchange.board.rules, waiting=True)
    call(transport, "소방재난본부")
    fire.wait_for_selector(INCOMING)
    fire.keyboard.press("Enter")
    talking(fire, transport)

    for made in (fire, transport):
        made.wait_for_selector(".call-tile.blank", state="detached")  # both are seen on both sides

    # Somebody else calls meanwhile: whoever is talked with waits, and is there again afterwards.
    call(climate, "소방재난본부")
    fire.wait_for_selector(f"{INCOMING} >> text=보류됩니다")
    fire.click(f"{INCOMING} .go")
    transport.wait_for_selector(".call-veil.hold")
    poll(fire, lambda: "기후환경본부" in fire.inner_text(".call-head"), "the second call is not shown")
    assert "교통실" in fire.inner_text(".parked")
    flowing(climate)
    climate.click(".call-controls .stop")
    fire.wait_for_selector(".parked", state="detached")
    fire.wait_for_selector(".call-veil.hold")
    fire.keyboard.press("h")
    transport.wait_for_selector(".call-veil.hold", state="detached")
    flowing(transport)

    fire.click(".call-key:has-text('돌려주기')")
    fire.locator(".party-list li", has_text="기후환경본부").locator("button").click()
    climate.wait_for_selector(INCOMING)
    climate.click(f"{INCOMING} .go.quiet")
    assert "돌려" in fire.inner_text(OVER)
    climate.wait_for_selector(VIEW)
    flowing(climate)
    # Who answers by voice is heard and not seen.
    transport.wait_for_selector("[data-key=peer].blank")
    poll(transport, lambda: flow(transport)["energy"], "nothing is heard")
    assert climate.evaluate("window.pcs.at(-1).getSenders().some((one) => one.track?.kind === 'video')") is False
    poll(transport, lambda: "기후환경본부" in transport.inner_text(".call-head"), "the other is not named")


def test_a_console_whose_window_is_covered_gives_a_notice(desk: CallDesk, browser: Browser) -> None:
    transport = desk.console(browser, "transport")
    fire = desk.console(browser, "fire")
    fire.context.grant_permissions(["notifications"])
    fire.click(".bell-strip")
    fire.wait_for_selector(".bell.ready")
    fire.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    shown = """async () => {
      const found = await navigator.serviceWorker.getRegistration('/console');
      return ((await found?.getNotifications()) ?? []).map(({ title, body }) => title + body);
    }"""
    poll(fire, lambda: fire.evaluate("navigator.serviceWorker.controller !== null"), "there is no service worker")
    call(transport, "소방재난본부", "audio")
    fire.wait_for_selector(INCOMING)
    notices = poll(fire, lambda: fire.evaluate(shown), "no notice is given")
    assert "교통실" in notices[0]
    assert "음성통화" in notices[0]
    transport.keyboard.press("Escape")
    poll(fire, lambda: not fire.evaluate(shown), "the notice outlives the call")


def test_a_page_that_is_closed_ends_the_call_and_one_that_is_loaded_anew_goes_on(
    desk: CallDesk, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    fire, transport = desk.console(browser, "fire"), desk.console(browser, "transport")
    call(transport, "소방재난본부")
    fire.wait_for_selector(INCOMING)
    fire.click(f"{INCOMING} .go")
    talking(fire, transport)

    desk.cut()
    flowing(transport)
    poll(fire, lambda: fire.get_attribute("body", "data-link") == "open", "the line does not come back")
    poll(transport, lambda: transport.get_attribute("body", "data-link") == "open", "the line does not come back")

    fire.reload()
    talking(fire, transport)
    transport.reload()
    talking(transport, fire)

    monkeypatch.setattr(exchange, "GRACE_S", 0.5)
    fire.close()
    transport.wait_for_selector(f"{OVER} >> text=끊어졌습니다")


def test_what_is_wished_at_the_wall_can_be_taken_back_and_is_seen_on_every_screen(
    desk: CallDesk, browser: Browser
) -> None:
    console = desk.console(browser, "transport")
    screens = {}
    for role, size in (("wall", (1280, 720)), ("tablet", (1024, 640)), ("tv", (960, 540))):
        made = profile(browser, *size).new_page()
        made.add_init_script(SPY)
        screens[role] = FedScreen(made, role)
        screens[role].open(desk.origin)
        screens[role].feed(
            screens[role].document("resume-foreign-press") | {"services": {"calls": True, "face": False}}
        )
        made.wait_for_selector(".call-layer", state="attached")
    wall, tablet, tv = (screens[role].page for role in ("wall", "tablet", "tv"))
    poll(wall, lambda: len(desk.calls.exchange.board.clients.of("display:main")) == 3, "the screens are not connected")

    desk.announce("transport")
    for made in (wall, tablet, tv):
        made.wait_for_selector(".call-card.announced")
    assert "공영주차장" in wall.inner_text(".call-card.announced")
    assert 1 <= int(wall.inner_text(".call-count b")) <= 600
    assert tv.locator(".call-layer button").count() == 0, "a television has nothing to touch"
    clean(wall, "a wall that is about to call")
    tablet.click(".call-cancel")
    wall.wait_for_selector(".call-card.announced", state="detached")
    assert console.locator(INCOMING).count() == 0

    desk.announce("transport", window_s=0)
    console.wait_for_selector(INCOMING)
    assert "시장실" in console.inner_text(f"{INCOMING} h2")
    assert "공영주차장" in console.inner_text(INCOMING), "it says why it rings"
    console.keyboard.press("Enter")
    talking(wall, console)
    clean(wall, "a wall in a call")
    for made in (tablet, tv):
        made.wait_for_selector(".call-line")
        assert made.evaluate("window.pcs.length") == 0, "the call is made at the wall"
    assert tv.locator(".call-layer button").count() == 0
    wall.click(".shrink")
    wall.wait_for_selector(f"{VIEW}.compact")
    flowing(wall)
    tablet.click(".call-line button")
    for made in (wall, console):
        made.wait_for_selector(OVER)


def test_a_console_that_may_not_come_in_says_so(desk: CallDesk, browser: Browser) -> None:
    console = profile(browser).new_page()
    console.goto(f"{desk.origin}/console#token=unknown")
    made = profile(browser).new_page()
    made.goto(f"{desk.origin}/scene")
    made.wait_for_selector("h1 >> text=연결 정보가 없습니다")
    clean(made, "a link without a token")
    made.evaluate("location.hash = 'token=unknown'")
    made.wait_for_selector(".scene-go")
    clean(made, "an on-site link")
    assert "token" not in made.url, "the token leaves the address at once"
    console.wait_for_selector("h1 >> text=등록이 더는 유효하지 않습니다")
    clean(console, "a console that is not let in")


def test_the_pages_say_what_they_may_use(desk: CallDesk, blank: Page) -> None:
    for path, shares in (("/console", True), ("/scene", False)):
        answer = blank.request.get(desk.origin + path)
        rights = answer.headers["permissions-policy"]
        assert "camera=(self)" in rights
        assert "geolocation=()" in rights
        assert ("display-capture=(self)" in rights) is shares
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    manifest = blank.request.get(f"{desk.origin}/web/calls/console.webmanifest").json()
    assert manifest["start_url"] == "/console"
    worker = blank.request.get(f"{desk.origin}/console-sw.js")
    assert worker.headers["service-worker-allowed"] == "/console"
