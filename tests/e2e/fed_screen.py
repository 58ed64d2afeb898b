"""A real screen in Chromium that the test itself feeds: any view of any panel, without a service behind it."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Page, WebSocketRoute

from assistant.api import pages
from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.city_data.provider import CityDataProvider
from display_bridge.document import build_document
from display_bridge.guide import build_guide
from display_bridge.state import Entry, initial
from display_bridge.trust import Trust
from display_bridge.viewing import Viewer
from tests.e2e.browser import page
from tests.running import PATIENCE_S

REGISTRY = load_registry()
STATE_DIR = Path(__file__).resolve().parents[2] / "var"


@contextlib.contextmanager
def static_pages(app: FastAPI | None = None) -> Iterator[str]:
    """The pages and their files on a loopback port; `app` may answer more. Gives the origin."""
    app = app or FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(pages.router)
    pages.mount_files(app, STATE_DIR)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while not server.started:
        assert time.monotonic() < until, "the pages are not served"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


class FedScreen:
    """One screen. sent: what it has sent, parsed, without its pings."""

    def __init__(self, made: Page, role: str = "wall", city: CityDataProvider | None = None) -> None:
        self.page, self.role = made, role
        self.sent: list[dict[str, Any]] = []
        self._viewer = Viewer(REGISTRY, city or SimulatedCityData())
        self._guide = build_guide(REGISTRY)
        self._socket: WebSocketRoute | None = None
        self._seq = 0

    def open(self, origin: str, path: str = "") -> None:
        """Load the page; it is connected when this returns."""
        self.page.route_web_socket(lambda url: "/ws/v1/displays/" in url, self._connected)
        self.page.goto(f"{origin}/screen/{self.role}/main{path}")
        self.page.wait_for_function("customElements.get('seoula-clock') !== undefined")
        until = time.monotonic() + PATIENCE_S
        while not any(message["t"] == "hello" for message in self.sent):
            assert time.monotonic() < until, "the screen did not connect"
            self.page.wait_for_timeout(20)

    def document(
        self,
        panel: str,
        args: Mapping[str, str] | None = None,
        *,
        zoom: int = 1,
        at: float | None = None,
        number: int = 0,
    ) -> dict[str, Any]:
        """The state document of a panel, as a screen that may see everything gets it."""
        now = time.time() if at is None else at
        shown = Entry(panel, dict(args or {}), zoom=zoom, page=number)
        state = initial()
        state = type(state)({**state.layers, next(iter(state.layers)): shown})
        return build_document(
            "main", self.role, Trust.PRIVATE, state, self._viewer.view(state, now), self._guide, REGISTRY
        )

    def show(self, panel: str, args: Mapping[str, str] | None = None, **options: Any) -> None:
        """Show a panel and wait until it is painted."""
        self.feed(self.document(panel, args, **options))

    def feed(self, document: Mapping[str, Any]) -> None:
        """Send a whole state document and wait for the screen's acknowledgement."""
        assert self._socket
        self._seq += 1
        frame = {"t": "snapshot", "epoch": "e", "seq": self._seq, "state": document}
        self._socket.send(json.dumps(frame, ensure_ascii=False))
        until = time.monotonic() + PATIENCE_S
        while not any(m["t"] == "ack" and m["seq"] == self._seq for m in self.sent):
            assert time.monotonic() < until, "the screen did not paint"
            self.page.wait_for_timeout(5)
        ack = next(m for m in self.sent if m["t"] == "ack" and m["seq"] == self._seq)
        assert ack["status"] == "rendered", ack

    def commands(self, least: int = 0) -> list[tuple[str, dict[str, Any]]]:
        """What was touched since the last call: (operation, arguments); once there are so many at the least."""
        until = time.monotonic() + PATIENCE_S
        while sum(m["t"] == "cmd" for m in self.sent) < least:
            assert time.monotonic() < until, "the screen did not command"
            self.page.wait_for_timeout(5)
        found = [(m["op"], m["args"]) for m in self.sent if m["t"] == "cmd"]
        self.sent = [m for m in self.sent if m["t"] != "cmd"]
        return found

    def _connected(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(self._received)

    def _received(self, text: str | bytes) -> None:
        message = json.loads(text)
        if message["t"] == "hello" and self._socket:
            welcome = {"t": "welcome", "epoch": "e", "display": "main", "heartbeat_s": 600, "server_time": time.time()}
            self._socket.send(json.dumps(welcome))
        if message["t"] == "cmd" and self._socket:
            self._socket.send(json.dumps({"t": "result", "id": message["id"], "ok": True}))
        self.sent.append(message)


@contextlib.contextmanager
def fed_screen(
    width: int = 1920,
    height: int = 1080,
    role: str = "wall",
    app: FastAPI | None = None,
    city: CityDataProvider | None = None,
    more: tuple[str, ...] = (),
) -> Iterator[FedScreen]:
    """A screen on the pages of a loopback port. more: arguments of the browser."""
    with static_pages(app) as origin, page(width, height, more) as made:
        screen = FedScreen(made, role, city)
        screen.open(origin)
        yield screen


def noon() -> float:
    """A fixed afternoon, epoch seconds."""
    return datetime(2026, 11, 23, 14, 32, tzinfo=KST).timestamp()
