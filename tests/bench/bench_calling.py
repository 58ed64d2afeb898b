"""Calls between two consoles in Chromium: invited -> ringing, accepted -> first frame. Hub and pages on one machine."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.bench.measurement import Measurement
from tests.e2e.browser import page
from tests.e2e.call_desk import FLAGS, CallDesk, call_desk, poll

ROUNDS = 10
MARK = """() => {
  const marks = window.marks = {};
  const note = (name) => { marks[name] ??= performance.timeOrigin + performance.now(); };
  new MutationObserver(() => {
    if (document.querySelector('.call-card.incoming')) note('ringing');
  }).observe(document.body, { childList: true, subtree: true });
  addEventListener('click', () => note('clicked'), { capture: true });
}"""
RESET = "() => { for (const name of Object.keys(window.marks)) delete window.marks[name]; }"
WATCH = """() => {
  const known = window.pcs.length;
  const look = async () => {
    const pc = window.pcs[known];
    if (pc) for (const one of (await pc.getStats()).values())
      if (one.type === 'inbound-rtp' && one.kind === 'video' && one.framesDecoded) {
        window.marks.frame ??= performance.timeOrigin + performance.now();
        return;
      }
    setTimeout(look, 5);
  };
  look();
}"""


def measure() -> dict[str, Measurement]:
    """Milliseconds by the clock of one machine, which both pages share. The first call warms the devices."""
    flags = (*(flag for flag in FLAGS if "fps=" not in flag), "--use-fake-device-for-media-stream=fps=30")
    ringing: list[float] = []
    framed: list[float] = []
    with tempfile.TemporaryDirectory() as folder, call_desk(Path(folder)) as desk, page(320, 240, flags) as blank:
        browser = blank.context.browser
        assert browser
        caller, callee = desk.console(browser, "transport"), desk.console(browser, "fire")
        for made in (caller, callee):
            made.evaluate(MARK)
        for number in range(ROUNDS + 1):
            rang, came = _round(desk, caller, callee)
            if number:
                ringing.append(rang)
                framed.append(came)
    return {
        "call-ringing": Measurement.of(ringing, "ms", "click of the caller -> the card is in the callee's page"),
        "call-first-frame": Measurement.of(framed, "ms", "click on accept -> first frame decoded at both ends"),
    }


def _round(desk: CallDesk, caller: Page, callee: Page) -> tuple[float, float]:
    desk.calls.exchange.limits = type(desk.calls.exchange.limits)()
    for made in (caller, callee):
        made.evaluate(RESET)
        made.evaluate(WATCH)
    caller.locator(".departments li", has_text="소방재난본부").locator("button.video").click()
    callee.wait_for_selector(".call-card.incoming")
    rang = callee.evaluate("window.marks.ringing") - caller.evaluate("window.marks.clicked")
    callee.click(".call-card.incoming .go")
    for made in (caller, callee):
        poll(made, lambda made=made: made.evaluate("window.marks.frame"), "no frame came")  # type: ignore[misc]
    came = max(made.evaluate("window.marks.frame") for made in (caller, callee))
    taken = came - callee.evaluate("window.marks.clicked")
    callee.click(".call-controls .stop")
    for made in (caller, callee):
        made.wait_for_selector(".call-card.over")
        made.click(".call-card.over .round")
        made.wait_for_selector(".call-card.over", state="detached")
    return rang, taken
