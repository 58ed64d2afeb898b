"""Real browsers in a room of each engine: pictures are decoded, sound has energy, and the first picture comes soon."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import aioice.ice
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from telephony.engines.embedded.connection import gather_only
from telephony.engines.embedded.engine import EmbeddedEngine
from telephony.engines.engine import Description, EngineEvent, MediaEngine
from telephony.engines.janus.engine import JanusEngine
from tests.e2e.browser import launched, profile
from tests.running import PATIENCE_S
from tests.telephony.engines.janus_server import janus

pytestmark = pytest.mark.real

PAGE = "http://127.0.0.1:9/"
SCRIPT = """() => {
  window.connections = {};
  const found = async (id) => {
    const seen = {pictures: 0, energy: 0, width: 0};
    for (const row of (await connections[id].getStats()).values()) {
      if (row.type !== 'inbound-rtp') continue;
      if (row.kind === 'video') { seen.pictures = row.framesDecoded ?? 0; seen.width = row.frameWidth ?? 0; }
      else seen.energy = row.totalAudioEnergy ?? 0;
    }
    return seen;
  };
  window.publish = async () => {
    const stream = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 640, height: 480}});
    const pc = connections.pub = new RTCPeerConnection();
    stream.getTracks().forEach((track) => pc.addTrack(track, stream));
    pc.onicecandidate = (event) => tellCandidate('pub', event.candidate?.toJSON() ?? null);
    await pc.setLocalDescription();
    await pc.setRemoteDescription({type: 'answer', sdp: await tellOffer(pc.localDescription.sdp)});
    return stream.id;
  };
  window.receive = async (feed) => {
    const begun = performance.now();
    const [id, sdp] = await wantFeed(feed);
    const pc = connections[id] = new RTCPeerConnection();
    let stream = '';
    pc.ontrack = (event) => {
      stream = event.streams[0].id;
      const video = document.createElement('video');
      video.autoplay = true;
      video.srcObject = event.streams[0];
      document.body.append(video);
    };
    pc.onicecandidate = (event) => tellCandidate('sub:' + id, event.candidate?.toJSON() ?? null);
    await pc.setRemoteDescription({type: 'offer', sdp});
    await pc.setLocalDescription();
    await tellAnswer(id, pc.localDescription.sdp);
    let first = 0;
    while (performance.now() - begun < 120000) {
      const seen = await found(id);
      if (seen.pictures && !first) first = performance.now() - begun;
      if (seen.pictures >= 15 && seen.energy > 0.01 && seen.width) return {...seen, first, stream};
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return {...await found(id), first, stream};
  };
}"""


class Server:
    """An engine on an event loop of its own, since the browsers are driven from this thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.events: list[EngineEvent] = []
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENCE_S)

    async def listen(self, engine: MediaEngine) -> None:
        async for event in engine.events():
            self.events.append(event)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = launched(playwright, "--allow-loopback-in-peer-connection", "--disable-renderer-backgrounding")
        yield made
        made.close()


@pytest.fixture(params=["embedded", "janus"])
def engine(
    request: pytest.FixtureRequest,
    server: Server,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MediaEngine]:
    made: MediaEngine
    if request.param == "janus":
        with janus(tmp_path_factory.mktemp("janus")) as (setup, _, _):
            made = JanusEngine(setup.url, setup.secret)
            yield made
            server.do(made.close())
        return
    monkeypatch.setattr(aioice.ice, "get_host_addresses", aioice.ice.get_host_addresses)
    gather_only(("127.0.0.1",))
    made = EmbeddedEngine()
    yield made
    server.do(made.close())


def joined(browser: Browser, server: Server, engine: MediaEngine, part: str) -> Page:
    page = profile(browser, permissions=["camera", "microphone"]).new_page()

    def offer(sdp: str) -> str:
        return str(server.do(engine.publish("r", part, Description("offer", sdp))).sdp)

    def want(feed: str) -> list[str]:
        name, description = server.do(engine.subscribe("r", part, feed))
        return [name, description.sdp]

    page.expose_function("tellOffer", offer)
    page.expose_function("wantFeed", want)
    page.expose_function("tellAnswer", lambda name, sdp: server.do(engine.answer(name, Description("answer", sdp))))
    page.expose_function("tellCandidate", lambda pc, one: server.do(engine.candidate("r", part, pc, one)))
    page.route(PAGE, lambda route: route.fulfill(body="<!doctype html><body></body>", content_type="text/html"))
    page.goto(PAGE)
    page.evaluate(SCRIPT)
    return page


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait while the pages go on: what they call is answered only while Playwright runs."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        page.wait_for_timeout(20)


def test_two_browsers_see_and_hear_each_other(browser: Browser, server: Server, engine: MediaEngine) -> None:
    server.events.clear()
    asyncio.run_coroutine_threadsafe(server.listen(engine), server.loop)  # until the engine is closed
    server.do(engine.open_room("r", most=2))
    pages = {part: joined(browser, server, engine, part) for part in ("a", "b")}
    streams = {part: page.evaluate("() => publish()") for part, page in pages.items()}

    def feeds() -> dict[str, str]:
        return {event.part: event.feed for event in server.events if event.kind == "published"}

    until(pages["a"], lambda: len(feeds()) == 2)
    for part, other in (("a", "b"), ("b", "a")):
        seen = pages[part].evaluate("feed => receive(feed)", feeds()[other])
        assert seen["pictures"] >= 15, seen
        assert seen["energy"] > 0.01, seen
        assert seen["width"] >= 320
        if engine.name == "embedded":
            assert seen["stream"] == streams[other]
    pages["a"].evaluate("() => Object.values(connections).forEach((pc) => pc.close())")
    until(pages["b"], lambda: any(its.kind == "unpublished" and its.part == "a" for its in server.events))
    for page in pages.values():
        page.context.close()
    server.do(engine.close_room("r"))
