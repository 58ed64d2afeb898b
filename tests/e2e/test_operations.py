"""Screens in real Chromium when the service is away, has a new build, or the browser's store fails; and by night."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from playwright.sync_api import Error, Page

from tests.e2e.browser import Pages, paused, profile
from tests.running import PATIENCE_S, PROJECT, Product, product, settings_file

pytestmark = pytest.mark.real
SEOUL = ZoneInfo("Asia/Seoul")
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
    quiet |= {"server": {"port": 0}, "hearing": {"microphone": False}}
    return settings_file(folder, **(quiet | more))


def opened(made: Page, origin: str, role: str = "web", display: str = "citizen") -> None:
    made.goto(f"{origin}/screen/{role}/{display}")
    made.wait_for_function(READY)


def until(made: Page, condition: str, timeout_s: float = PATIENCE_S) -> None:
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


def test_a_first_visit_keeps_all_and_opens_without_a_network(running: Product, pages: Pages) -> None:
    with pages(390, 844) as made:
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
def test_a_screen_that_starts_without_the_service_is_not_blank(running: Product, pages: Pages, role: str) -> None:
    with pages(1920, 1080) as made:
        opened(made, running.origin, role, "lobby")
        kept(made)
        until(made, KEPT_BESIDE)
        if role == "kiosk":
            until(made, "async () => Boolean(await caches.match('/api/v1/catalog'))")
        made.context.set_offline(True)
        made.reload()
        line = made.wait_for_selector(".away")
        assert line is not None
        assert "연결 끊김" in line.inner_text()
        assert made.evaluate("document.querySelector('.top').offsetHeight") > 0
        if role == "kiosk":
            made.wait_for_function("() => document.querySelectorAll('.pick').length >= 4")
        made.context.set_offline(False)
        made.wait_for_function(READY)
        made.wait_for_selector(".away", state="detached")


def test_nothing_internal_is_in_any_store_of_a_screen(running: Product, pages: Pages) -> None:
    """A paired wall shows what is internal, a citizen's page is open beside it in the same browser."""
    paired = next(row["paired_url"] for row in running.addresses if row["page"] == "wall")
    with pages(1920, 1080) as alone:
        assert alone.context.browser
        wall = profile(alone.context.browser, 1920, 1080).new_page()
        wall.goto(paired)
        wall.wait_for_function(READY)
        kept(wall)
        citizen = wall.context.new_page()
        opened(citizen, running.origin)
        kept(citizen)
        running.post("/api/v1/displays/main/commands", {"op": "show", "panel": "emergency-incidents"})
        wall.wait_for_selector("body[data-panel=emergency-incidents]")
        wall.click(".menus button:nth-child(2)")
        wall.wait_for_selector(".panel-tiles button .icon")
        until(citizen, "() => Object.keys(localStorage).some(k => k.startsWith('seoula.last.web.'))")
        stored = wall.evaluate(EVERYTHING)
        assert "/api/v1/catalog" in stored or "seoula.last.web" in stored
        assert "emergency-incidents" not in stored
        assert '"visibility":"internal"' not in stored
        assert '"trust":"internal"' not in stored
        assert "seoula.last.wall" not in stored
        wall.context.set_offline(True)
        wall.reload()
        wall.wait_for_selector(".away")
        assert "emergency-incidents" not in wall.content()


def test_a_damaged_file_is_mended_or_the_build_given_up(running: Product, pages: Pages) -> None:
    damage = """async path => {
      const name = (await caches.keys()).find(n => n.startsWith('seoula-shell-'));
      const cache = await caches.open(name);
      await cache.put(path, new Response('export const broken = ;', {headers: {'content-type': 'text/javascript'}}));
    }"""
    sound = """async path => {
      const name = (await caches.keys()).find(n => n.startsWith('seoula-shell-'));
      return name && !(await (await caches.match(path, {cacheName: name})).text()).includes('broken');
    }"""
    with pages(390, 844) as made:
        opened(made, running.origin)
        kept(made)
        made.evaluate(damage, "/web/stage.js")
        made.reload()
        made.wait_for_function(READY)
        until(made, f"() => ({sound})('/web/stage.js')")
        made.evaluate(damage, "/web/stage.js")
        made.context.set_offline(True)
        made.reload(wait_until="commit")
        made.wait_for_selector("text=다시 연결하고 있습니다")
        made.context.set_offline(False)
        made.wait_for_function(READY)
        kept(made)


def test_a_full_store_costs_the_copy_and_never_the_screen(running: Product, pages: Pages) -> None:
    with pages(390, 844) as made:
        session = made.context.new_cdp_session(made)
        session.send("Storage.overrideQuotaForOrigin", {"origin": running.origin, "quotaSize": 150_000})
        opened(made, running.origin)
        until(made, "() => Boolean(navigator.serviceWorker.controller)")
        until(made, f"async () => (await {CURRENT}) === '' && (await {SHELLS}).length === 0")
        made.reload()
        made.wait_for_function(READY)
        session.send("Storage.overrideQuotaForOrigin", {"origin": running.origin})
        made.reload()
        made.wait_for_function(READY)
        kept(made)


def _copy(folder: Path) -> Path:
    """A copy of the product whose pages may be changed."""
    made = folder / "product"
    made.mkdir()
    for name in ("assistant", "actions", "content_registry", "display_bridge", "perception", "telephony"):
        if (PROJECT / name).is_dir():
            shutil.copytree(PROJECT / name, made / name)
    for other in PROJECT.iterdir():
        if other.name not in {p.name for p in made.iterdir()} | {".git", "var", "tests", "settings.toml"}:
            (made / other.name).symlink_to(other)
    return made


def test_a_new_build_is_fetched_while_the_old_one_works_and_taken_when_nobody_is_there(
    tmp_path: Path, pages: Pages
) -> None:
    copy = _copy(tmp_path)
    with pages(1920, 1080) as made:
        made.clock.install()
        with product(_settings(tmp_path), copy) as first:
            port = int(first.origin.rpartition(":")[2])
            opened(made, first.origin, "kiosk", "lobby")
            made.clock.run_for(2_000)
            old = kept(made)
            made.evaluate("window.same = true")
            shown = made.evaluate("document.querySelector('.stage').textContent")
        made.clock.run_for(40_000)
        made.wait_for_selector(".away")
        assert made.evaluate("document.querySelector('.stage').textContent") == shown, "the last picture stays"
        icon = copy / "display_bridge" / "web" / "icon.svg"
        icon.write_text(icon.read_text("utf-8") + "<!-- new -->", "utf-8")
        with product(_settings(tmp_path, server={"port": port}), copy):
            shell = httpx.get(f"{first.origin}/shell.json", timeout=PATIENCE_S).json()
            new = shell["build"]
            assert new != old
            for _ in range(8):
                made.mouse.click(5, 5)
                made.clock.run_for(5_000)
            made.wait_for_selector(".away", state="detached")
            made.mouse.click(5, 5)
            until(made, f"async () => (await {SHELLS}).length === 2")
            made.wait_for_timeout(300)
            paused(made)
            made.mouse.click(5, 5)
            for _ in range(11):
                made.clock.run_for(5_000)
            assert made.evaluate("window.same && " + BUILD) == old, "somebody was there a minute ago"
            for _ in range(3):
                with contextlib.suppress(Error):
                    made.clock.run_for(5_000)
            made.clock.resume()
            until(made, f"() => !window.same && {BUILD} === '{new}'")
            made.wait_for_function(READY)
            assert made.evaluate(CURRENT) == new
            assert "<!-- new -->" in made.evaluate("fetch('/web/icon.svg').then(r => r.text())")
        made.reload()
        made.wait_for_function(READY)
        assert made.evaluate(BUILD) == new, "it opens without the service, too"


def _dark(made: Page) -> float:
    return float(made.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--care-dark')"))


def _place(made: Page) -> tuple[float, float]:
    # With less motion every change is one of a moment, which ends with the next picture: that may be yet to come.
    made.evaluate(
        "document.getAnimations().forEach((one) => one.effect.getComputedTiming().endTime < 1e9 && one.finish())"
    )
    box = made.evaluate("(({x, y}) => [x, y])(document.body.getBoundingClientRect())")
    return float(box[0]), float(box[1])


@pytest.fixture(scope="module")
def by_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product whose night begins in half an hour and lasts for half an hour."""
    begins, ends = ((datetime.now(SEOUL) + timedelta(minutes=m)).strftime("%H:%M") for m in (30, 60))
    night = {"night_from": begins, "night_to": ends, "night_level": 0.4, "shift_px": 3, "shift_s": 60}
    with product(_settings(tmp_path_factory.mktemp("night"), screens=night)) as made:
        yield made


@pytest.mark.parametrize("role", ["wall", "tv", "kiosk"])
def test_the_picture_wanders_and_dims_by_night_until_somebody_comes(by_night: Product, pages: Pages, role: str) -> None:
    with pages(1920, 1080) as made:
        made.clock.install()
        opened(made, by_night.origin, role, "night")
        made.evaluate("window.same = true")
        # From here on the night goes on without the service, as it must.
        made.context.set_offline(True)
        paused(made)
        assert _dark(made) == 0
        places = set()
        for _ in range(20):
            made.clock.fast_forward(60_000)
            places.add(_place(made))
        assert len(places) >= 10, "there and back again, if it has just come to the end of its way"
        assert all(-6 <= x <= 0 and -6 <= y <= 0 for x, y in places)
        assert made.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert made.evaluate("document.documentElement.scrollHeight <= innerHeight")
        assert _dark(made) == 0
        made.clock.run_for(15 * 60_000)
        assert _dark(made) == pytest.approx(0.6)
        assert made.evaluate("getComputedStyle(document.documentElement, '::after').pointerEvents") == "none"
        made.mouse.click(3, 3)
        assert _dark(made) == 0, "a touch brings the light back"
        made.clock.run_for(115_000)
        assert _dark(made) == 0
        made.clock.run_for(10_000)
        assert _dark(made) == pytest.approx(0.6)
        made.clock.fast_forward(30 * 60_000)
        assert _dark(made) == 0, "the morning"
        assert made.evaluate("window.same"), "all of it without opening the page anew"


def test_who_asks_for_less_motion_sees_none_under_the_hand(by_night: Product, pages: Pages) -> None:
    with pages(1920, 1080) as made:
        made.emulate_media(reduced_motion="reduce")
        made.clock.install()
        opened(made, by_night.origin, "kiosk", "still")
        made.context.set_offline(True)
        paused(made)
        before = _place(made)
        for _ in range(10):
            made.keyboard.press("Shift")
            made.clock.run_for(25_000)
            assert _place(made) == before
        places = set()
        for _ in range(4):
            made.clock.fast_forward(60_000)
            places.add(_place(made))
        assert places != {before}, "when nobody is at it the glass is cared for all the same"


@pytest.mark.parametrize("role", ["tablet", "watch", "web"])
def test_what_lies_in_a_hand_does_not_wander(running: Product, pages: Pages, role: str) -> None:
    with pages(390, 844) as made:
        made.goto(f"{running.origin}/screen/{role}/main")
        made.wait_for_function("() => document.body.dataset.panel")
        assert made.evaluate("getComputedStyle(document.body).translate") == "none"
        assert not made.evaluate("document.body.classList.contains('cared')")
