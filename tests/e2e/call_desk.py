"""The pages of calls on a loopback port, with the real call hub behind them: its times can be set, its sockets cut."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import JSONResponse
from playwright.sync_api import Browser, Page

from assistant.api.displays import SocketConnection, frames
from assistant.call_service import CallService, Subjects, build_calls
from assistant.ports import Showing
from assistant.settings import Settings
from telephony import exchange
from telephony.hub import Caller
from telephony.parties import Address, party_of
from tests.e2e.browser import profile
from tests.e2e.fed_screen import REGISTRY, static_pages
from tests.running import PATIENCE_S

FLAGS = (
    "--allow-loopback-in-peer-connection",
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--auto-select-desktop-capture-source=Entire screen",
    "--use-fake-device-for-media-stream=fps=10",
)
"""Beside those of browser.py: two pages of one machine that has no network but itself, and other work beside."""
SPY = """(() => {
  const pcs = window.pcs = [];
  const sockets = window.sockets = [];
  const Peer = RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer { constructor(...given) { super(...given); pcs.push(this); } };
  const Socket = WebSocket;
  window.WebSocket = class extends Socket { constructor(...given) { super(...given); sockets.push(this); } };
})()"""
"""Keeps the connections that a page makes, so that their statistics can be read; nothing of them is changed."""
FLOW = """async () => {
  const sum = { frames: 0, energy: 0, videos: 0, sent: 0 };
  for (const pc of window.pcs.filter((one) => one.connectionState !== 'closed'))
    for (const one of (await pc.getStats()).values()) {
      if (one.type === 'inbound-rtp') {
        sum.frames += one.framesDecoded ?? 0;
        sum.energy += one.totalAudioEnergy ?? 0;
        sum.videos += one.kind === 'video' && one.framesDecoded ? 1 : 0;
      }
      if (one.type === 'outbound-rtp') sum.sent += one.packetsSent ?? 0;
    }
  return sum;
}"""


def poll(made: Page, test: Callable[[], Any], what: str, timeout_s: float = PATIENCE_S) -> Any:
    """Until `test` gives something true; returns it."""
    until = time.monotonic() + timeout_s
    while not (found := test()):
        assert time.monotonic() < until, what
        made.wait_for_timeout(30)
    return found


class CallDesk:
    """origin: where the pages are. calls: the service's own call hub."""

    def __init__(self, folder: Path) -> None:
        (folder / "db").mkdir()
        subjects = Subjects(lambda: REGISTRY, lambda: [], lambda display: Showing())
        self.calls: CallService = build_calls(Settings(state_dir=folder), lambda: REGISTRY, subjects)
        self.origin = ""
        self.app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
        self._loop: asyncio.AbstractEventLoop | None = None
        self.app.add_api_websocket_route("/ws/v1/calls", self._calls)
        self.app.add_api_route("/api/v1/calls", self._log)

    async def _calls(self, socket: WebSocket, role: str = "", display: str = "") -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self.begin()
        offered = socket.headers.get("sec-websocket-protocol", "")
        token = next((p.strip()[6:] for p in offered.split(",") if p.strip().startswith("token.")), "")
        await socket.accept(subprotocol="seoula")
        if token == "unknown":
            await socket.send_json({"t": "error", "code": "bad-token", "message": "this device token is not known"})
            await socket.close(1008, "bad-token")
            return
        caller = self.caller(token, role, display)
        await self.calls.hub.serve(SocketConnection(socket), caller, frames(socket))

    def caller(self, token: str, role: str, display: str) -> Caller:
        """Who that is: the token of a console is NAME--DEPARTMENT."""
        department = ""
        if token:
            role, display, _, department = ("console", *token.partition("--"))
        party = party_of(role, display)
        assert party is not None
        return Caller(str(party), role, display, department, lambda: True)

    def begin(self) -> None:
        """In the hub's own thread, before the first client is served."""
        self.calls.start()

    async def _log(self, request: Request) -> Any:
        if request.headers.get("authorization") == "Bearer unknown":
            return JSONResponse({"code": "bad-token"}, 401)
        await self.calls.journal.written()
        return {"calls": await asyncio.to_thread(self.calls.journal.store.latest, 50)}

    def do(self, work: Callable[[], Any]) -> Any:
        """Something in the hub's own thread."""
        assert self._loop is not None, "nobody is connected yet"

        async def run() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result(PATIENCE_S)

    def ring_for(self, seconds: float) -> None:
        """How long a console rings from now on."""
        self.calls.exchange.board.rules = dataclasses.replace(self.calls.exchange.board.rules, ring_s=seconds)

    def announce(self, department: str, media: str = "video", window_s: float = 600.0) -> None:
        """What a spoken wish at the office's screen does."""
        about = {"kind": "panel", "id": "parking", "title": "공영주차장"}
        to = Address.parse(f"dept:{department}")
        self.do(lambda: self.calls.hub.announce("display:main", to, media, about, window_s))

    def empty(self) -> None:
        """Whoever is still known has left: a page that is gone keeps its place for a while."""
        if self._loop is None:
            return
        hub = self.calls.hub

        def leave() -> None:
            for client in list(hub.exchange.board.clients.by_id.values()):
                hub.do(hub.exchange.leave(client, time.monotonic()))

        self.do(leave)

    def cut(self) -> None:
        """Break every socket, as a restarted proxy would."""
        hub = self.calls.hub
        self.do(lambda: [hub._close(line, 1012, "restart") for line in list(hub._lines.values())])

    def console(self, browser: Browser, department: str, name: str = "1", width: int = 960, height: int = 640) -> Page:
        """The page of a department's console, connected; in a profile of its own."""
        made = profile(browser, width, height).new_page()
        made.add_init_script(SPY)
        made.goto(f"{self.origin}/console#token={department}-{name}--{department}")
        made.wait_for_selector(".departments li")
        return made

    async def finish(self) -> None:
        """In the hub's own thread, at the end."""
        await self.calls.stop()

    def stop(self) -> None:
        """End the hub."""
        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(self.finish(), self._loop).result(PATIENCE_S)


@contextlib.contextmanager
def call_desk(folder: Path, kind: type[CallDesk] = CallDesk) -> Iterator[CallDesk]:
    """Serve the pages and the hub."""
    desk = kind(folder)
    with pytest.MonkeyPatch.context() as patch, static_pages(desk.app) as origin:
        patch.setattr(exchange, "GRACE_S", PATIENCE_S)  # a page that is loaded anew by a busy machine is not gone
        desk.origin = origin
        try:
            yield desk
        finally:
            desk.stop()


def flow(made: Page) -> dict[str, float]:
    """What a page has received and sent so far: frames decoded, sound energy, streams of pictures, packets."""
    return dict(made.evaluate(FLOW))


def flowing(made: Page, *, sound: bool = True) -> None:
    """Until pictures, and sound, come anew."""
    before = flow(made)

    def grows() -> bool:
        now = flow(made)
        return now["frames"] > before["frames"] + 5 and (not sound or now["energy"] > before["energy"])

    poll(made, grows, f"no media flows: {before} -> {flow(made)}")
