"""Meetings between real Chromium pages on the embedded engine: a call of two that grows, and a phone at a scene."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from telephony.hub import Caller
from tests.e2e.audit import audit
from tests.e2e.browser import page
from tests.e2e.call_desk import FLAGS, SPY, CallDesk, call_desk, flow, flowing, poll

rooms = pytest.importorskip("telephony.rooms", reason="the rooms are not there")
room_desk = pytest.importorskip("telephony.room_desk", reason="the rooms are not there")
embedded = pytest.importorskip("telephony.engines.embedded.engine", reason="the engine is not there")
meeting_state = pytest.importorskip("telephony.meeting_state", reason="the rooms are not there")
ice = pytest.importorskip("aioice.ice")
pytestmark = pytest.mark.real
VIEW = ".call-view"
GUEST = "guest"
"""The token of an on-site link, as this desk knows it."""


class NoTaps:
    """Nobody asks for captions here."""

    def tap(self, room: str, part: str) -> None:
        """A voice that would be written."""

    def untap(self, room: str, part: str) -> None:
        """No more."""


class MeetingDesk(CallDesk):
    """Calls with rooms, on an engine in this process."""

    def begin(self) -> None:
        plans = [
            meeting_state.Plan("sangam", "상암 회의실", "Sangam", "standing"),
            meeting_state.Plan("scene", "여의도 화재 현장", "Fire", "standing"),
        ]
        hub = self.calls.hub
        self.engine = embedded.EmbeddedEngine()
        self.rooms = room_desk.RoomDesk(
            rooms.Rooms(plans), self.engine, hub.send, lambda note: None, NoTaps(), time.monotonic
        )
        hub.rooms = self.rooms
        self.rooms.start()
        super().begin()

    async def finish(self) -> None:
        await super().finish()
        await self.rooms.stop()
        await self.engine.close()

    def caller(self, token: str, role: str, display: str) -> Caller:
        if token == GUEST:
            return Caller("guest:g", "guest", "현장", "", lambda: True, "scene")
        return super().caller(token, role, display)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CallDesk]:
    """Pages, hub, rooms and engine."""
    with pytest.MonkeyPatch.context() as patch:
        # A machine that has no network but itself: aioice offers no loopback address by itself.
        patch.setattr(ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
        with call_desk(tmp_path_factory.mktemp("meetings"), MeetingDesk) as made:
            yield made


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser of its own."""
    with page(320, 240, FLAGS) as made:
        assert made.context.browser
        yield made.context.browser


def seeing(count: int, *pages: Page) -> None:
    """Until each page receives the pictures of so many others, and they run."""
    for made in pages:
        poll(made, lambda made=made: flow(made)["videos"] >= count, "not everybody is seen")  # type: ignore[misc]
        flowing(made)


def test_a_call_of_two_grows_survives_and_shrinks(desk: CallDesk, browser: Browser) -> None:
    fire, transport, climate = (desk.console(browser, name) for name in ("fire", "transport", "climate"))
    transport.locator(".departments li", has_text="소방재난본부").locator("button.video").click()
    fire.wait_for_selector(".call-card.incoming")
    fire.keyboard.press("Enter")
    fire.wait_for_selector(VIEW)
    seeing(1, fire, transport)

    fire.click(".call-key:has-text('한 사람 더')")
    fire.locator(".party-list li", has_text="기후환경본부").locator("button").click()
    climate.wait_for_selector(".call-card.incoming")
    climate.keyboard.press("Enter")
    seeing(2, fire, transport, climate)
    assert climate.locator(".call-tile").count() == 3

    desk.cut()
    poll(fire, lambda: fire.get_attribute("body", "data-link") == "open", "the line does not come back")
    seeing(2, fire, transport, climate)
    climate.reload()
    seeing(2, climate, fire)

    transport.click(".call-key:has-text('손들기')")
    fire.wait_for_selector("figcaption .raised")
    transport.click(".call-key:has-text('대화')")
    transport.fill(".chat-form input", "차량 두 대를 보냈습니다")
    transport.keyboard.press("Enter")
    fire.wait_for_selector(".count-badge")
    fire.click(".call-key:has-text('대화')")
    fire.wait_for_selector(".chat-lines >> text=차량 두 대를 보냈습니다")
    found = audit(fire)
    assert not found.violations, found.words

    transport.click(".call-controls .stop")
    transport.wait_for_selector(".call-card.over")
    poll(fire, lambda: fire.locator(".call-tile").count() == 2, "who has left is still shown")
    fire.click(".call-controls .stop")
    climate.wait_for_selector(".call-card.over")


def test_a_phone_at_a_scene_shows_what_happens_there(desk: CallDesk, browser: Browser) -> None:
    fire = desk.console(browser, "fire")
    fire.click(".tab:has-text('회의실')")
    fire.click(".room-list button[aria-label='들어가기: 여의도 화재 현장']")
    fire.wait_for_selector(VIEW)
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    phone.add_init_script(SPY)
    phone.goto(f"{desk.origin}/scene#token={GUEST}")
    phone.fill("input", "선착대")
    phone.click(".scene-go")
    phone.wait_for_selector(".scene-live")
    seeing(1, fire, phone)
    assert "선착대" in fire.inner_text(".call-tile:not(.mine) figcaption")
    found = audit(phone)
    assert not found.violations, found.words
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    phone.click(".scene-keys .stop")
    phone.wait_for_selector("h1 >> text=연결이 끝났습니다")
    poll(fire, lambda: fire.locator(".call-tile").count() == 1, "the phone is still shown")
