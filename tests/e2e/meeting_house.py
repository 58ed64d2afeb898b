"""The whole product with paired consoles in real browsers, for meetings: who speaks says a Korean sentence, again and
again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import soundfile
from playwright.sync_api import Browser, Page
from scipy.signal import resample_poly

from display_bridge.pairing import Pairing
from tests.e2e.browser import page, profile
from tests.e2e.call_desk import FLAGS, SPY, poll
from tests.running import PATIENCE_S, PROJECT, Product, product, settings_file

SAID = PROJECT / "tests" / "audio" / "push_to_talk.flac"
"""강남구 초미세먼지 알려줘"""
PIN = "4711"
RATE = 48_000


def spoken(folder: Path) -> Path:
    """The sentence as a fake microphone says it, with a pause after it that ends an utterance."""
    samples, rate = soundfile.read(SAID, dtype="float32")
    said = resample_poly(samples, RATE, rate)
    soundfile.write(folder / "said.wav", np.concatenate([said, np.zeros(2 * RATE, "float32")]), RATE, "PCM_16")
    return folder / "said.wav"


@dataclass
class House:
    """running: the product. browser: one with a microphone that speaks."""

    running: Product
    browser: Browser
    tokens: dict[str, str]

    def token(self, role: str, display: str, department: str = "") -> str:
        """A token as `seoula pair` gives it; the same one for the same device."""
        name = f"{role}:{display}"
        if name not in self.tokens:
            pairing = Pairing(self.running.settings.parent / "var" / "db" / "devices.json")
            self.tokens[name] = pairing.issue(role=role, display=display, department=department, name=display)[0]
        return self.tokens[name]

    def open(self, path: str, width: int, height: int) -> Page:
        """A page in a profile of its own."""
        made = profile(self.browser, width, height).new_page()
        made.add_init_script(SPY)
        made.goto(self.running.origin + path)
        return made

    def console(self, department: str, width: int = 1280, height: int = 800) -> Page:
        """A department's console, connected."""
        token = self.token("console", f"{department}-1", department)
        made = self.open(f"/console#token={token}", width, height)
        made.wait_for_selector(".departments li")
        return made

    def screen(self, role: str, display: str, width: int, height: int, query: str = "") -> Page:
        """An office screen with its calls."""
        made = self.open(f"/screen/{role}/{display}{query}#token={self.token(role, display)}", width, height)
        made.wait_for_selector(".call-layer", state="attached")
        return made

    def http(self, department: str) -> httpx.Client:
        """Requests as that console."""
        token = self.token("console", f"{department}-1", department)
        return httpx.Client(
            base_url=self.running.origin, headers={"authorization": f"Bearer {token}"}, timeout=PATIENCE_S
        )


def enter(made: Page, room: str, pin: str = "") -> None:
    """Into a standing room, by the list of rooms."""
    made.click(".tab:has-text('회의실')")
    row = made.locator(".room-list li", has_text=room)
    row.locator("button:has-text('들어가기')").click()
    if pin:
        row.locator("input").fill(pin)
        row.locator("form button").click()


def key(made: Page, word: str) -> None:
    """Press one of the call's keys."""
    made.click(f".call-key:has-text('{word}')")


def drawer(made: Page, word: str, name: str) -> None:
    """Open the sheet of that name."""
    key(made, word)
    made.wait_for_selector(f".call-drawer:has(h3:has-text('{name}'))")


def settled(made: Page, what: str, count: int = 1) -> None:
    """Until the page shows so many of something."""
    poll(made, lambda: made.locator(what).count() >= count, f"there is no {what}")


@contextlib.contextmanager
def house(folder: Path) -> Iterator[House]:
    """The product, and a browser."""
    file = settings_file(
        folder,
        server={"port": 0},
        hearing={"microphone": False},
        opinion={"enabled": False},
        rasa={"enabled": False},
        speaking={"output": "off"},
        calls={"addresses": ["127.0.0.1"]},
        **{"meetings.pins": {"district-heads": PIN}},
    )
    speech = f"--use-file-for-fake-audio-capture={spoken(folder)}"
    with product(file) as running, page(320, 240, (*FLAGS, speech)) as blank:
        assert blank.context.browser
        yield House(running, blank.context.browser, {})
