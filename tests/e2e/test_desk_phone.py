"""The whole product with a desk phone: a real `seoula run`, its real calling worker, a telephone exchange, real phones
and consoles in Chromium. Sound is measured on both sides."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page

from display_bridge.pairing import Pairing
from tests.e2e.browser import page, profile
from tests.e2e.call_desk import FLAGS, SPY, flow, poll
from tests.running import PATIENCE_S, Product, product, settings_file
from tests.telephony.exchange import Exchange
from tests.telephony.phone import DeskPhone, free_port
from tests.telephony.tones import loudness

pytestmark = pytest.mark.real
VIEW, INCOMING, OVER = ".call-view", ".call-card.incoming", ".call-card.over"
SECRET = "swordfish-7Q"
PHONES = {"2001": 700.0, "2002": 900.0, "2003": 0.0}
"""Extensions, and the tone that each of them plays. 2003 only rings."""
HEARD = """() => {
  window.told = [];
  const keep = (socket) => socket.addEventListener('message', (event) => window.told.push(JSON.parse(event.data)));
  window.sockets.forEach(keep);
}"""


class Office:
    """The exchange and the phones, on an event loop of their own, since the browser is driven from this thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self.exchange = Exchange(passwords={"seoula": SECRET, **{user: f"pin-{user}" for user in PHONES}})
        self.do(self.exchange.open())
        self.phone = DeskPhone()
        for user, hertz in PHONES.items():
            self.do(self.phone.extension(
                user, "answer" if hertz else "ring", tone=hertz, registrar=self.exchange.address,
                domain=self.exchange.address, secret=f"pin-{user}",
            ))  # fmt: skip

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(2 * PATIENCE_S)

    def told(self, event: str, **values: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.do(self.phone.told(event, **values))
        return found

    def dial(self, user: str, number: str, hertz: float) -> int:
        return int(
            self.do(self.phone.ask("dial", user=user, uri=f"sip:{number}@{self.exchange.address}", tone=hertz))["call"]
        )

    def hears_the_browser(self, call: int, least: float = 300) -> None:
        """Until the phone hears the beeps of Chromium's microphone."""

        async def wait() -> None:
            end = time.monotonic() + PATIENCE_S
            while loudness(await self.phone.heard(call)) < least:
                assert time.monotonic() < end, "the phone hears nothing of the browser"
                await asyncio.sleep(0.2)

        self.do(wait())

    def hears_nothing(self, call: int) -> None:
        """Until there is silence for half a second."""

        async def wait() -> None:
            end = time.monotonic() + PATIENCE_S
            while True:
                await self.phone.heard(call)
                await asyncio.sleep(0.6)
                if loudness(await self.phone.heard(call)) < 5:
                    return
                assert time.monotonic() < end, "on hold something is heard"

        self.do(wait())

    def close(self) -> None:
        self.phone.close()
        self.do(self.exchange.close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    made = Office()
    yield made
    made.close()


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def running(office: Office, tokens: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product with a line, and departments that have telephones."""
    folder = tmp_path_factory.mktemp("phones")
    line = {
        "user": "seoula", "domain": office.exchange.address, "registrar": office.exchange.address, "secret": SECRET,
        "address": "127.0.0.1", "port": free_port(), "allow": ["200x", "74xx", "76xx"], "ring_s": 10,
    }  # fmt: skip
    calls = {
        "addresses": ["127.0.0.1"], "phones.fire": "2001", "phones.safety": "2003",
        "numbers.\"2133-8000\"": "transport",
    }  # fmt: skip
    off = {"enabled": False}
    file = settings_file(
        folder, server={"port": 0}, hearing={"microphone": False}, opinion=off, rasa=off, calls=calls, phone=line
    )
    pairing = Pairing(folder / "var" / "db" / "devices.json")
    for department in ("transport", "climate", "culture"):  # each may call six times a minute
        tokens[department], _ = pairing.issue(
            role="console", display=f"{department}-1", department=department, name="1"
        )
    with product(file) as made:
        made.wait(lambda: made.component("calling").get("state") == "ok")
        made.wait(lambda: "seoula" in office.exchange.known)
        # The exchange sends on what is dialled from outside, as exchanges do.
        office.exchange.known["0221338000"] = office.exchange.known["seoula"]
        yield made


@pytest.fixture(scope="module")
def blank() -> Iterator[Page]:
    with page(320, 240, FLAGS) as made:
        yield made


@pytest.fixture
def console(running: Product, blank: Page, tokens: dict[str, str], office: Office) -> Iterator[Callable[[str], Page]]:
    browser: Browser | None = blank.context.browser
    assert browser
    office.phone.forget()

    def opened(department: str) -> Page:
        made = profile(browser, 960, 640).new_page()
        made.add_init_script(SPY)
        made.goto(f"{running.origin}/console#token={tokens[department]}")
        made.wait_for_selector(".departments li")
        made.evaluate(HEARD)
        return made

    yield opened
    for context in browser.contexts:
        if context is not blank.context:
            context.close()


def say(made: Page, t: str, **body: Any) -> None:
    """A message for which the page has no button."""
    made.evaluate("(text) => window.sockets.at(-1).send(text)", json.dumps({"t": t, **body}))


def told(made: Page, t: str, **values: Any) -> dict[str, Any]:
    """A message that the page has got."""
    find = "([t, values]) => window.told.find((m) => m.t === t && Object.keys(values).every((k) => m[k] === values[k]))"
    found: dict[str, Any] = poll(made, lambda: made.evaluate(find, [t, values]), f"{t} {values} was never told")
    return found


def call_of(made: Page) -> str:
    """The call that the page is in."""
    return str(made.evaluate("() => window.told.filter((m) => m.t === 'call.accepted').at(-1).call"))


def hears(made: Page) -> None:
    """Until the page receives sound anew."""
    before = flow(made)["energy"]
    poll(made, lambda: flow(made)["energy"] > before + 0.005, f"no sound comes: {before} -> {flow(made)}")


def call(made: Page, department: str) -> None:
    made.locator(".departments li", has_text=department).locator("button.audio").click()


def test_a_department_answers_by_telephone(office: Office, console: Callable[[str], Page]) -> None:
    made = console("transport")
    call(made, "소방재난본부")
    peer = office.told("established", user="2001")["call"]
    made.wait_for_selector(VIEW)
    hears(made)
    office.hears_the_browser(peer)

    say(made, "call.dtmf", call=call_of(made), digits="19#")
    assert [office.told("dtmf", call=peer)["digit"] for _ in range(3)] == ["1", "9", "#"]

    made.keyboard.press("h")
    office.told("held", call=peer, on=True)
    office.hears_nothing(peer)
    made.keyboard.press("h")
    office.told("held", call=peer, on=False)
    office.hears_the_browser(peer)
    hears(made)

    office.do(office.phone.ask("hold", call=peer, on=True))
    told(made, "peer.state", held=True, party="sip:2001")
    office.do(office.phone.ask("hold", call=peer, on=False))
    told(made, "peer.state", held=False, party="sip:2001")
    hears(made)

    office.do(office.phone.ask("hang_up", call=peer))
    made.wait_for_selector(OVER)
    assert told(made, "call.ended")["reason"] == "hangup"


def test_a_telephone_calls_in_by_the_number_it_dialled(office: Office, console: Callable[[str], Page]) -> None:
    made = console("transport")
    peer = office.dial("2002", "0221338000", 900)
    made.wait_for_selector(INCOMING)
    assert "2002" in made.inner_text(f"{INCOMING} h2")
    made.keyboard.press("Enter")
    made.wait_for_selector(VIEW)
    office.told("established", call=peer)
    hears(made)
    office.hears_the_browser(peer)

    # It is handed on to a colleague: the phone stays, the page goes.
    climate = console("climate")
    say(made, "call.transfer", call=call_of(made), to="dept:climate")
    climate.wait_for_selector(INCOMING)
    climate.keyboard.press("Enter")
    climate.wait_for_selector(VIEW)
    assert told(made, "call.ended")["reason"] == "transferred"
    hears(climate)
    office.hears_the_browser(peer)

    climate.click(".call-controls .stop")
    office.told("closed", call=peer)
    refused = office.dial("2002", "seoula", 900)
    assert office.told("closed", call=refused)["text"].startswith("486"), "this number is nobody's"


@pytest.mark.parametrize("blind", [False, True])
def test_a_telephone_is_connected_with_another(office: Office, console: Callable[[str], Page], blind: bool) -> None:
    made = console("transport")
    call(made, "소방재난본부")
    peer = office.told("established", user="2001")["call"]
    made.wait_for_selector(VIEW)
    hears(made)
    say(made, "call.transfer", call=call_of(made), to="sip:2002", blind=blind)
    assert told(made, "call.ended")["reason"] == "transferred"
    new = office.told("transferred", call=peer)["to"]
    office.do(office.phone.hears(new, 900, least=3_000))
    office.told("closed", call=peer)
    office.do(office.phone.ask("hang_up", call=new))
    end = time.monotonic() + PATIENCE_S
    while office.do(office.phone.ask("count"))["calls"]:
        assert time.monotonic() < end, "a line is left open"


def test_a_telephone_that_cannot_be_had(office: Office, console: Callable[[str], Page]) -> None:
    made = console("climate")
    for number, reason in (("7486", "busy"), ("7603", "rejected"), ("7480", "offline"), ("2003", "no_answer")):
        key = str(uuid.uuid4())
        say(made, "call.invite", call=key, to=f"sip:{number}", media="audio")
        assert told(made, "call.ended", call=key)["reason"] == reason, number
    say(made, "call.invite", id="emergency", call=str(uuid.uuid4()), to="sip:119", media="audio")
    assert told(made, "error", re="emergency")["code"] == "number-not-allowed"
    assert not [message for message in office.exchange.asked if message.user == "119"]


def test_the_worker_dies_in_mid_call(
    office: Office, console: Callable[[str], Page], running: Product, tokens: dict[str, str]
) -> None:
    made = console("culture")
    call(made, "소방재난본부")
    office.told("established", user="2001")
    made.wait_for_selector(VIEW)
    hears(made)
    office.exchange.known.pop("seoula")
    pid = running.component("calling")["pid"]
    os.kill(pid, signal.SIGKILL)
    assert told(made, "call.ended")["reason"] == "connection_lost"
    running.wait(lambda: running.component("calling").get("pid") not in (None, pid))
    running.wait(lambda: "seoula" in office.exchange.known)
    made.wait_for_selector(VIEW, state="detached")
    office.phone.forget()
    made.reload()
    made.wait_for_selector(".departments li")
    made.evaluate(HEARD)
    call(made, "소방재난본부")
    peer = office.told("established", user="2001")["call"]
    hears(made)
    made.wait_for_selector(VIEW)
    made.click(".call-controls .stop")
    office.told("closed", call=peer)
    made.wait_for_selector(OVER)
    rows = httpx.get(
        f"{running.origin}/api/v1/calls", headers={"Authorization": f"Bearer {tokens['culture']}"}, timeout=PATIENCE_S
    ).json()["calls"]
    assert [row["reason"] for row in rows[:2]] == ["hangup", "connection_lost"]
    logs = (running.settings.parent / "var" / "log" / "calling.log").read_text() + running.log.read_text()
    assert SECRET not in logs
    assert not [number for number in PHONES if number in logs]
