"""Calls of the real product under faults: the service killed, its calling worker killed, the network away, a crowd."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import page
from tests.e2e.call_desk import FLAGS, flow, flowing, poll
from tests.e2e.call_house import House, house
from tests.e2e.cut_network import CutNetwork

pytestmark = [pytest.mark.real, pytest.mark.fault]
INCOMING, VIEW, OVER = ".call-card.incoming", ".call-view", ".call-card.over"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One product for the module."""
    with house(tmp_path_factory.mktemp("faults"), addresses=["127.0.0.1"]) as made:
        yield made


@pytest.fixture(scope="module")
def blank() -> Iterator[Page]:
    """The first page of the one browser of this module."""
    with page(320, 240, FLAGS) as made:
        yield made


@pytest.fixture
def browser(blank: Page) -> Iterator[Browser]:
    """The browser; what a test opened in it is closed again."""
    found = blank.context.browser
    assert found
    yield found
    for context in found.contexts:
        if context is not blank.context:
            context.close()


def call(caller: Page, department: str) -> None:
    caller.locator(".departments li", has_text=department).locator("button.video").click()


def talk(caller: Page, department: str, callee: Page) -> None:
    """A call that is answered, its media running."""
    call(caller, department)
    callee.wait_for_selector(INCOMING)
    callee.keyboard.press("Enter")
    for made in (caller, callee):
        made.wait_for_selector(VIEW)
        flowing(made)


def seeing(count: int, *pages: Page) -> None:
    """Until each page receives the pictures of so many others, and they run."""
    for made in pages:
        poll(made, lambda made=made: flow(made)["videos"] == count, "not everybody is seen")  # type: ignore[misc]
        flowing(made)


def status_of(made: Page, department: str) -> str:
    """As the directory shows it."""
    return str(made.locator(".departments li", has_text=department).inner_text())


def test_the_calling_worker_killed_in_mid_meeting(office: House, browser: Browser) -> None:
    pages = [office.console(browser, name) for name in ("housing", "welfare", "parks")]
    for made in pages:
        made.click(".tab:has-text('회의실')")
        made.click(".room-list button[aria-label='들어가기: 재난안전대책회의실']")
        made.wait_for_selector(VIEW)
    seeing(2, *pages)
    office.kill_part("calling")
    for made in pages:
        poll(made, lambda made=made: flow(made)["videos"] == 0, "what is gone still runs")
    seeing(2, *pages)
    for made in pages:
        assert made.locator(".call-tile").count() == 3


def test_the_service_killed_in_mid_call(office: House, browser: Browser) -> None:
    fire, transport, climate, health = (
        office.console(browser, name) for name in ("fire", "transport", "climate", "health")
    )
    talk(transport, "소방재난본부", fire)
    call(climate, "시민건강국")
    health.wait_for_selector(INCOMING)
    print(office.log("fire"))
    office.kill()
    for made in (fire, transport):
        flowing(made)
    office.start()
    office.connected(fire, transport, climate, health)
    for made in (fire, transport, climate, health):
        print(made.inner_text("body")[-900:])
        print("-----")
    print(office.log("fire"), office.log("health"))
    assert 0


def test_the_network_away_in_mid_call(office: House, browser: Browser) -> None:
    network = CutNetwork()
    try:
        economy, culture = (office.console(browser, name, network=network) for name in ("economy", "culture"))
        talk(economy, "문화본부", culture)
        assert network.passed > 50, "the media pass by another way"
        ufrag = "() => window.pcs.at(-1).localDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1]"
        before = economy.evaluate(ufrag)
        network.cut = True
        import time

        t = time.time()
        economy.wait_for_selector(".call-veil, .call-chip.signal.poor")
        print(time.time() - t)
        for made in (economy, culture):
            poll(
                made,
                lambda made=made: made.evaluate("window.pcs.at(-1).iceConnectionState") in ("disconnected", "failed"),
                "nothing is noticed",
            )
        print(time.time() - t)
        poll(economy, lambda: economy.evaluate(ufrag) != before, "the path is not made anew")
        print(time.time() - t)
        print(economy.inner_text(".call-view"))
        network.cut = False
        for made in (economy, culture):
            flowing(made)
        print(time.time() - t)
        print(economy.inner_text(".call-view"))
    finally:
        network.close()
    assert 0
