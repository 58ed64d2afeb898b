"""Calls of the real product under faults: the service killed, its calling worker killed, the network away, a crowd."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browser import page
from tests.e2e.call_desk import FLAGS, flow, flowing, poll
from tests.e2e.call_house import House, house
from tests.e2e.cut_network import CutNetwork
from tests.telephony.engines.janus_server import janus, own_address

pytestmark = [pytest.mark.real, pytest.mark.fault]
BROKEN = "['disconnected', 'failed'].includes(window.pcs.at(-1).iceConnectionState)"
CLOSED = "window.pcs.every((pc) => pc.connectionState === 'closed')"
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


def enter(room: str, *pages: Page) -> None:
    """Into a standing room."""
    for made in pages:
        made.click(".tab:has-text('회의실')")
        made.click(f".room-list button[aria-label='들어가기: {room}']")
        made.wait_for_selector(VIEW)


def status_of(made: Page, department: str) -> str:
    """As the directory shows it."""
    return str(made.locator(".departments li", has_text=department).inner_text())


def test_the_calling_worker_killed_in_mid_meeting(office: House, browser: Browser) -> None:
    pages = [office.console(browser, name) for name in ("housing", "welfare", "parks")]
    enter("재난안전대책회의실", *pages)
    seeing(2, *pages)
    office.kill_part("calling")
    for made in pages:
        poll(made, lambda made=made: flow(made)["videos"] == 0, "what is gone still runs")
    seeing(2, *pages)
    for made in pages:
        poll(made, lambda made=made: made.locator(".call-tile").count() == 3, "somebody has no place")  # type: ignore[misc]


def test_the_service_killed_in_mid_call(office: House, browser: Browser) -> None:
    fire, transport, climate, health = (
        office.console(browser, name) for name in ("fire", "transport", "climate", "health")
    )
    talk(transport, "소방재난본부", fire)
    fire.keyboard.press("h")  # and what was on hold is so afterwards
    transport.wait_for_selector(".call-veil.hold")
    fire.keyboard.press("h")
    transport.wait_for_selector(".call-veil.hold", state="detached")
    call(climate, "시민건강국")
    health.wait_for_selector(INCOMING)
    # The log is written beside what rings: a power cut before that, on a busy machine, would take the row with it.
    poll(health, lambda: office.log("health"), "what rings is not in the log")
    entered = time.monotonic()
    office.kill()
    for made in (fire, transport):
        poll(made, lambda made=made: made.get_attribute("body", "data-link") == "lost", "nothing is noticed")
        flowing(made)  # from browser to browser
    office.start()
    office.connected(fire, transport, climate, health)

    # Who talks talks on, over the same connection; the hub knows of it, as of who is busy.
    for made in (fire, transport):
        made.wait_for_selector(VIEW)
        flowing(made)
        assert made.evaluate("window.pcs.length") == 1
    poll(climate, lambda: "통화 중" in status_of(climate, "소방재난본부"), "who talks is not busy")
    # What rang rings no more, on neither side, and the log says who has missed it.
    for made in (climate, health):
        made.wait_for_selector(INCOMING, state="detached")
        poll(made, lambda made=made: made.locator(".call-card.placing").count() == 0, "it rings for ever")
    poll(health, lambda: office.log("health")[0]["reason"], "what rang has no end in the log")
    rang = office.log("health")[0]
    assert (rang["reason"], rang["answered_by"], rang["missed_by"]) == ("error", "", ["dept:health"])
    talk(climate, "시민건강국", health)

    talked_s = time.monotonic() - entered
    fire.click(".call-controls .stop")
    for made in (fire, transport):
        made.wait_for_selector(OVER)
    talked = office.log("fire")[0]
    assert (talked["reason"], talked["answered_by"]) == ("hangup", "console:fire-1")
    assert talked["duration_s"] > talked_s, "it is one call, from its beginning to its end"
    poll(climate, lambda: "받을 수 있음" in status_of(transport, "소방재난본부"), "somebody stays busy for ever")


def test_the_network_away_in_mid_call(office: House, browser: Browser) -> None:
    network = CutNetwork()
    try:
        economy, culture = (office.console(browser, name, network=network) for name in ("economy", "culture"))
        talk(economy, "문화본부", culture)
        poll(economy, lambda: network.passed > 50, "the media pass by another way")
        ufrag = "() => window.pcs.at(-1).localDescription.sdp.match(/a=ice-ufrag:(\\S+)/)[1]"
        before = economy.evaluate(ufrag)
        network.cut = True
        for made in (economy, culture):
            poll(made, lambda made=made: made.evaluate(BROKEN), "nothing is noticed")
        poll(economy, lambda: economy.evaluate(ufrag) != before, "the path is not made anew")
        network.cut = False
        for made in (economy, culture):
            flowing(made)
            assert made.evaluate("window.pcs.length") == 1, "it is the same connection"
        economy.click(".call-controls .stop")
    finally:
        network.close()


def test_a_meeting_on_janus(tmp_path: Path, browser: Browser) -> None:
    with janus(tmp_path / "probe"):
        pass  # skips where it cannot run
    with house(tmp_path, engine="janus", addresses=[own_address()]) as office:
        office.wait_for("janus")
        host, second, third = pages = [office.console(browser, name) for name in ("fire", "transport", "climate")]
        enter("재난안전대책회의실", *pages)
        seeing(2, *pages)

        second.evaluate("document.querySelector(\".call-key:has(span) [d^='M3.5 5h17']\").closest('button').click()")
        host.wait_for_selector(".call-tile.screen")
        office.kill_part("janus")
        for made in pages:
            poll(made, lambda made=made: flow(made)["videos"] == 0, "what is gone still runs")
        seeing(2, *pages)
        host.wait_for_selector(".call-tile.screen")

        host.click(".call-key:has-text('참가자')")
        person = host.locator(".people-list li", has_text="기후")
        person.locator("button[aria-expanded='false']").click()
        person.locator("button", has_text="내보내기").click()
        third.wait_for_selector(OVER)
        for made in (host, second):
            poll(made, lambda made=made: made.locator(".call-tile").count() == 2, "who was removed is still shown")
        seeing(1, host, second)
        poll(third, lambda: third.evaluate(CLOSED), "who was removed still sends")
        second.click(".call-controls .stop")
        poll(host, lambda: host.locator(".call-tile").count() == 1, "who has left is still shown")
