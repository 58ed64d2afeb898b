"""What real pages show, receive and keep: every guarded panel against every role, locked and unlocked, in Chromium."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, WebSocket, sync_playwright

import assistant.app
import assistant.service
from assistant.app import build_app, build_service, listen
from assistant.contracts import ShowPanel
from assistant.settings import Settings
from content_registry.schema import CITIZEN_SURFACES, SURFACES, Visibility
from tests.assistant.api_app import registry, understander
from tests.display_bridge.canaries import Lookout, canary, planted
from tests.e2e.browser import launched, profile
from tests.running import PATIENCE_S, PROJECT

pytestmark = pytest.mark.real
GUARDED = [p for p in registry().panels.values() if p.visibility is not Visibility.PUBLIC]
LOOKOUT = Lookout(registry())
FOREVER = 4e9
SECRET = "interest-topics"
KEPT = """async () => {
  const found = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      if (/\\.(js|css|woff2)$/.test(new URL(request.url).pathname)) continue;
      found.push(request.url, await (await cache.match(request)).text());
    }
  }
  for (const {name} of await indexedDB.databases()) {
    const db = await new Promise((yes, no) => {
      const asked = indexedDB.open(name); asked.onsuccess = () => yes(asked.result); asked.onerror = no; });
    for (const store of db.objectStoreNames) {
      found.push(JSON.stringify(await new Promise((yes) => {
        const asked = db.transaction(store).objectStore(store).getAll();
        asked.onsuccess = () => yes(asked.result); })));
    }
    db.close();
  }
  return found.join('\\n');
}"""
"""All that the page's origin keeps on this machine, but for the product's own code."""
LOADED = "performance.getEntriesByType('resource').map(({name}) => name)"
OFFICE = re.compile(r"/(office|hands|hands-sheet|hand-targets|hand-motion|private-mode)\.js$")
"""What the motion mouse and private mode are made of."""


@dataclass
class House:
    """The product in a thread of this process, so that a test can unlock a display as a recognised face would."""

    folder: Path
    origin: str = ""
    ready: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """The thread's work."""
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        settings = self.settings()
        with listen(settings) as listening:
            port = listening.getsockname()[1]
            self.service = build_service(settings)
            self.origin = f"http://127.0.0.1:{port}"
            app = build_app(self.service, lambda: port)
            config = uvicorn.Config(app, log_level="error", ws="websockets-sansio", timeout_graceful_shutdown=1)
            self.server = uvicorn.Server(config)
            self.server.install_signal_handlers = lambda: None  # type: ignore[method-assign]
            self.loop.call_later(0.5, self.ready.set)
            await self.server.serve(sockets=[listening])

    def settings(self) -> Settings:
        """As it is to run."""
        return Settings(state_dir=self.folder, server={"port": 0}, rasa={"enabled": False})

    def do(self, work: Callable[[], Any]) -> Any:
        """Carry out work in the product's loop."""

        async def doing() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(doing(), self.loop).result(PATIENCE_S)

    def unlock(self, until: float | None) -> None:
        """Unlock or lock the main display."""
        self.do(lambda: self.service.hub.unlock("main", until))

    def show(self, panel: str) -> None:
        """Show a panel on the main display."""
        self.do(lambda: self.service.hub.apply(ShowPanel("main", panel)))

    def address(self, role: str, paired: bool) -> str:
        """The address of a page of the main display."""
        url = f"{self.origin}/screen/{role}/main"
        token = self.do(lambda: self.service.screens._pairing.issue(role=role, display="main")[0]) if paired else ""
        return f"{url}#token={token}" if token else url


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """Running, without workers; every view carries its canary."""
    monkeypatch.setattr(assistant.service, "child_specs", lambda *_: [])
    monkeypatch.setattr(assistant.app, "load_registry", registry)
    monkeypatch.setattr(assistant.app.opening, "build_understander", lambda *_: understander())
    if (PROJECT / "var" / "web").exists():
        (tmp_path / "web").symlink_to(PROJECT / "var" / "web")
    made = House(tmp_path)
    thread = threading.Thread(target=made.run, daemon=True)
    with planted():
        thread.start()
        assert made.ready.wait(PATIENCE_S)
        yield made
        made.server.should_exit = True
        thread.join(PATIENCE_S)
    assert not thread.is_alive()


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium that keeps pages for going back to, as people's browsers do."""
    with sync_playwright() as playwright:
        made = launched(playwright, ignore_default_args=["--disable-back-forward-cache"])
        yield made
        made.close()


@dataclass
class Watcher:
    """A page, with all that came over its sockets and in its answers."""

    role: str
    paired: bool
    page: Page
    received: list[str] = field(default_factory=list)

    def level(self, unlocked: bool) -> int:
        if self.role in CITIZEN_SURFACES or not self.paired:
            return 0
        return 3 if unlocked else 2

    def has(self, panel: str) -> bool:
        """Whether the page shows the panel."""
        return canary(panel) in self.page.content()

    def check(self, unlocked: bool) -> None:
        """Neither shown nor received: anything above the level."""
        level = self.level(unlocked)
        shown = self.page.content()
        assert not [p for p in LOOKOUT.above(shown, level) if canary(p) in shown], (self.role, self.paired)
        assert self.page.get_attribute("body", "data-panel") not in [
            p.id for p in GUARDED if LOOKOUT.above(canary(p.id), level)
        ]
        assert not LOOKOUT.above("\n".join(self.received), level), (self.role, self.paired)
        self.received.clear()


def watch(context: BrowserContext, house: House, role: str, paired: bool) -> Watcher:
    page = context.new_page()
    made = Watcher(role, paired, page)

    def follow(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: made.received.append(str(frame)))

    page.on("websocket", follow)
    page.goto(house.address(role, paired))
    page.wait_for_selector("body[data-panel]:not([data-panel=''])")
    return made


def test_every_guarded_panel_against_every_role(house: House, browser: Browser) -> None:
    context = profile(browser, 1280, 800)
    seats = [
        watch(context, house, role, paired)
        for role in SURFACES
        for paired in (False, True)
        if not (paired and role in CITIZEN_SURFACES)
    ]
    wall = next(s for s in seats if s.role == "wall" and s.paired)
    for unlocked in (False, True):
        house.unlock(FOREVER if unlocked else None)
        for panel in GUARDED:
            if not unlocked and panel.visibility is Visibility.PRIVATE:
                continue
            house.show(panel.id)
            wall.page.wait_for_function("w => document.body.textContent.includes(w)", arg=canary(panel.id))
            for seat in seats:
                seat.check(unlocked)
    house.show(SECRET)
    wall.page.wait_for_function("w => document.body.textContent.includes(w)", arg=canary(SECRET))
    house.unlock(None)
    for seat in seats:
        seat.page.wait_for_function("w => !document.documentElement.outerHTML.includes(w)", arg=canary(SECRET))
    for seat in seats:
        kept = seat.page.evaluate(KEPT)
        assert "seoula.token" in kept or not seat.paired
        private = [p.id for p in GUARDED if p.visibility is Visibility.PRIVATE]
        assert not [p for p in private if canary(p) in kept]
        if seat.role in CITIZEN_SURFACES:
            found = [p.id for p in GUARDED if canary(p.id) in kept or f'"{p.id}"' in kept]
            assert not found, "citizens' pages share an origin with the office's: nothing of it may be kept at all"


def test_a_citizens_browser_keeps_nothing_internal(house: House, browser: Browser) -> None:
    """With all that an office screen of the same display shows meanwhile, and after a reload without the network."""
    office = watch(profile(browser), house, "wall", True)
    for role in sorted(CITIZEN_SURFACES):
        context = profile(browser)
        citizen = watch(context, house, role, False)
        for panel in [p for p in GUARDED if p.visibility is Visibility.INTERNAL][:4]:
            house.show(panel.id)
            office.page.wait_for_function("w => document.body.textContent.includes(w)", arg=canary(panel.id))
        citizen.check(False)
        assert [name for name in office.page.evaluate(LOADED) if OFFICE.search(name)]
        assert not [name for name in citizen.page.evaluate(LOADED) if OFFICE.search(name)], "not even their code"
        kept = citizen.page.evaluate(KEPT)
        assert not [p.id for p in GUARDED if canary(p.id) in kept or f'"{p.id}"' in kept], role
        assert "token" not in json.dumps(context.storage_state())


def test_going_back_to_a_locked_wall_shows_nothing_of_before(house: House, browser: Browser) -> None:
    wall = watch(profile(browser), house, "wall", True)
    house.unlock(FOREVER)
    house.show(SECRET)
    wall.page.wait_for_function("w => document.body.textContent.includes(w)", arg=canary(SECRET))
    wall.page.evaluate(
        "addEventListener('pageshow', (e) => { window.back = [e.persisted, document.documentElement.outerHTML]; })"
    )
    wall.page.goto(house.origin + "/")
    house.unlock(None)
    wall.page.go_back(wait_until="commit")  # a page that was kept loads nothing
    wall.page.wait_for_selector("body[data-panel]:not([data-panel=''])")
    persisted, at_once = wall.page.evaluate("window.back ?? [false, '']")
    assert persisted, "the browser kept the page: what it kept is what is tested here"
    assert canary(SECRET) not in at_once
    assert not wall.has(SECRET)
    house.show("ozone")
    wall.page.wait_for_function("w => document.body.textContent.includes(w)", arg=canary("ozone"))


def test_a_wall_whose_server_is_away_shows_what_was_there_before_the_private_content(
    house: House, browser: Browser
) -> None:
    wall = watch(profile(browser), house, "wall", True)
    house.show("ozone")
    wall.page.wait_for_function("w => document.body.textContent.includes(w)", arg=canary("ozone"))
    house.unlock(FOREVER)
    house.show(SECRET)
    wall.page.wait_for_function("w => document.body.textContent.includes(w)", arg=canary(SECRET))
    house.server.should_exit = True
    wall.page.wait_for_function("w => !document.documentElement.outerHTML.includes(w)", arg=canary(SECRET))
    assert wall.page.get_attribute("body", "data-panel") == "ozone"
