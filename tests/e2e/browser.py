"""Headless Chromium on a page of the product."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.running import PATIENCE_S

SWITCHED_OFF = (
    # What Playwright itself switches off and matters here: this list takes the place of its own.
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
    # Two more renderers in each window, for the list under an address bar that nobody sees: an eighth of all work.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
)
ARGUMENTS = [
    f"--disable-features={','.join(SWITCHED_OFF)}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]

PATIENCE_MS = PATIENCE_S * 1000


def chromium() -> str:
    """The browser of the tests."""
    program = os.environ.get("SEOULA_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert program, "Chromium is not installed: apt-get install chromium"
    return program


def launched(playwright: Playwright, *more: str, **options: Any) -> Browser:
    """The browser, running. more: arguments of its command line beside ours."""
    return playwright.chromium.launch(
        executable_path=chromium(), args=[*ARGUMENTS, *more], timeout=PATIENCE_MS, **options
    )


Pages = Callable[[int, int], contextlib.AbstractContextManager[Page]]
"""Makes a page of a width and a height, with cookies and storage of its own."""


def profile(browser: Browser, width: int = 1280, height: int = 720, **more: Any) -> BrowserContext:
    """Cookies and storage of its own for pages of a width and a height, which wait as long as every other page."""
    made = browser.new_context(viewport={"width": width, "height": height}, **more)
    made.set_default_timeout(PATIENCE_MS)
    return made


def paused(made: Page) -> None:
    """The page's installed clock stands still but for what the test lets pass, as a busy machine's own do not count.
    It is set ahead for that, by less than the minute after which screens take nobody to be there."""
    made.clock.pause_at(made.evaluate("Date.now()") / 1000 + 20)


@contextlib.contextmanager
def one_browser(more: tuple[str, ...] = ()) -> Iterator[Pages]:
    """A browser for many pages; what a page writes to the console as an error is collected in `page.errors`."""
    with sync_playwright() as playwright:
        browser = launched(playwright, *more)

        @contextlib.contextmanager
        def pages(width: int, height: int) -> Iterator[Page]:
            earlier = set(browser.contexts)
            made = profile(browser, width, height).new_page()
            errors: list[str] = []
            made.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
            made.on("pageerror", lambda e: errors.append(str(e)))
            object.__setattr__(made, "errors", errors)
            try:
                yield made
            finally:
                for context in set(browser.contexts) - earlier:  # its own, and of the pages that were opened beside it
                    context.close()

        yield pages
        browser.close()


@contextlib.contextmanager
def page(width: int = 1920, height: int = 1080, more: tuple[str, ...] = ()) -> Iterator[Page]:
    """A page in a browser of its own."""
    with one_browser(more) as pages, pages(width, height) as made:
        yield made


def errors_of(made: Page) -> list[str]:
    """Errors the page has written, but for failing to reach a server that is down on purpose."""
    found: list[Any] = getattr(made, "errors")  # noqa: B009
    return [e for e in found if "WebSocket" not in e and "ERR_CONNECTION" not in e]
