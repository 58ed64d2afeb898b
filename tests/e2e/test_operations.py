"""Screens in real Chromium when the service is away, has a new build, or the browser's store fails; and by night."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from tests.e2e.browser import page
from tests.running import Product, product, settings_file

pytestmark = pytest.mark.real
READY = "() => document.body.dataset.panel && document.querySelector('.stage .blocks')"
CURRENT = "caches.open('seoula-meta').then(c => c.match('/current')).then(r => r ? r.text() : '')"
SHELLS = "caches.keys().then(all => all.filter(n => n.startsWith('seoula-shell-')).sort())"
BUILD = "document.querySelector('meta[name=seoula-build]').content"
KEPT_WHOLE = f"async () => {{ const b = await {CURRENT}; return b && b === {BUILD}; }}"
KEPT_BESIDE = """async () => {
  const kept = (await (await caches.open('seoula-kept-1')).keys()).map(r => new URL(r.url).pathname);
  const wanted = performance.getEntriesByType('resource').map(e => new URL(e.name).pathname)
    .filter(p => p.endsWith('.woff2') || p.endsWith('/seoul-map.json'));
  return wanted.length > 3 && wanted.every(p => kept.includes(p));
}"""
EVERYTHING = """async () => {
  const found = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (/\\/(web|vendor)\\//.test(request.url)) continue;
      found.push(request.url + ' ' + await (await cache.match(request)).text());
    }
  }
  found.push(JSON.stringify(await indexedDB.databases()));
  return found.join('\\n');
}"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The product without a microphone and without the model of the language."""
    folder = tmp_path_factory.mktemp("operations")
    with product(_settings(folder)) as made:
        yield made


def _settings(folder: Path, **more: Any) -> Path:
    quiet = {"rasa": {"enabled": False}, "opinion": {"enabled": False}, "speaking": {"output": "off"}}
    return settings_file(folder, **{"server": {"port": 0}, "hearing": {"microphone": False}, **quiet, **more})


def opened(made: Page, origin: str, role: str = "web", display: str = "citizen") -> None:
    made.goto(f"{origin}/screen/{role}/{display}")
    made.wait_for_function(READY)


def until(made: Page, condition: str, timeout_s: float = 30.0) -> None:
    """Wait until an asynchronous condition of the page holds; over a reload, too."""
    end = time.monotonic() + timeout_s
    while True:
        with contextlib.suppress(Error):  # the page is just being opened anew
            if made.evaluate(condition):
                return
        assert time.monotonic() < end, condition
        made.wait_for_timeout(50)


def kept(made: Page) -> str:
    """Wait until all of the page is kept; the build's name."""
    until(made, "() => Boolean(navigator.serviceWorker.controller)")
    until(made, KEPT_WHOLE)
    return str(made.evaluate(BUILD))


def test_a_first_visit_keeps_all_and_opens_without_a_network(running: Product) -> None:
    with page(390, 844) as made:
        opened(made, running.origin)
        build = kept(made)
        assert made.evaluate(SHELLS) == [f"seoula-shell-{build}"]
        # Typefaces and the map, which the page had before there was a service worker, are kept, too.
        until(made, KEPT_BESIDE)
        shown = made.evaluate("document.body.dataset.panel")
        made.wait_for_function("() => Object.keys(localStorage).some(k => k.startsWith('seoula.last.web.'))")
        failed: list[str] = []
        made.on("requestfailed", lambda request: failed.append(request.url))
        made.on("pageerror", lambda error: failed.append(str(error)))
        made.context.set_offline(True)
        for _ in range(3):
            made.reload()
            made.wait_for_function(READY)
        assert made.evaluate("document.body.dataset.panel") == shown
        line = made.wait_for_selector(".away")
        assert line is not None
        words = line.inner_text()
        assert all(part in words for part in ("연결 끊김 ·", "자료", "Disconnected · data of"))
        made.context.set_offline(False)
        made.wait_for_selector(".away", state="detached")
        assert failed == []


@pytest.mark.parametrize("role", ["kiosk", "wall", "tv"])
def test_a_screen_that_starts_without_the_service_is_not_blank(running: Product, role: str) -> None:
    with page() as made:
        opened(made, running.origin, role, "lobby")
        kept(made)
        made.context.set_offline(True)
        made.reload()
        line = made.wait_for_selector(".away")
        assert line is not None
        assert "연결 끊김" in line.inner_text()
        assert made.evaluate("document.querySelector('.top').offsetHeight") > 0
        made.context.set_offline(False)
        made.wait_for_function(READY)
        made.wait_for_selector(".away", state="detached")
