"""Real Chromium pages meet in a room that a LiveKit server carries: the same page, by LiveKit's own client."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterator
from typing import Any

import aioice.ice
import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from telephony.engines.embedded.engine import EmbeddedEngine
from telephony.engines.livekit import LiveKit
from telephony.engines.livekit_rooms import LiveKitRooms
from telephony.meeting_state import Plan
from telephony.room_desk import RoomDesk
from telephony.rooms import Rooms
from tests.e2e.browser import page
from tests.e2e.call_desk import FLAGS, CallDesk, call_desk, flow, flowing, poll
from tests.livekit_server import KEY, SECRET, SOURCES, LiveKitServer
from tests.running import PATIENCE_S

pytestmark = pytest.mark.real
VIEW = ".call-view"


class LiveKitDesk(CallDesk):
    """Calls with rooms in a LiveKit server; taps: whose voices are asked for."""

    server: LiveKitServer

    def begin(self) -> None:
        self.engine = LiveKitRooms(LiveKit(self.server.url, KEY, SECRET), EmbeddedEngine(), lambda room: False)
        self.taps: set[tuple[str, str]] = set()
        hub, plans = self.calls.hub, [Plan("sangam", "상암 회의실", "Sangam", "standing")]
        self.rooms = RoomDesk(Rooms(plans), self.engine, hub.send, lambda note: None, self, time.monotonic)
        hub.rooms = self.rooms
        self.rooms.start()
        super().begin()

    def tap(self, room: str, part: str) -> None:
        self.taps.add((room, part))

    def untap(self, room: str, part: str) -> None:
        self.taps.discard((room, part))

    async def hear(self, part: str, pieces: int) -> list[int]:
        """The loudest sample of each of so many pieces of a voice."""
        found: list[int] = []
        async for piece in self.engine.tap("sangam", part):
            found.append(int(np.abs(np.frombuffer(piece, "<i2").astype(int)).max()))
            if len(found) >= pieces and any(found):
                break
        return found

    def wait(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Something in the hub's own thread, to its end."""
        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)

    async def finish(self) -> None:
        await super().finish()
        await self.rooms.stop()
        await self.engine.close()


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitDesk]:
    with pytest.MonkeyPatch.context() as patch, LiveKitServer().served() as server:
        patch.setattr(aioice.ice, "get_host_addresses", lambda use_ipv4, use_ipv6: ["127.0.0.1"])
        patch.setattr(LiveKitDesk, "server", server, raising=False)
        with call_desk(tmp_path_factory.mktemp("livekit"), LiveKitDesk) as made:
            assert isinstance(made, LiveKitDesk)
            made.app.state.speaks_to = server.url
            yield made


@pytest.fixture
def browser() -> Iterator[Browser]:
    with page(320, 240, FLAGS) as made:
        assert made.context.browser
        yield made.context.browser


def entered(made: Page) -> None:
    made.click(".tab:has-text('회의실')")
    made.click(".room-list button[aria-label='들어가기: 상암 회의실']")
    made.wait_for_selector(VIEW)


def seeing(*pages: Page) -> None:
    for made in pages:
        poll(made, lambda made=made: flow(made)["videos"] >= 1, "nobody is seen")  # type: ignore[misc]
        flowing(made)


def library(made: Page) -> bool:
    return bool(
        made.evaluate(
            "() => performance.getEntriesByType('resource').some(({ name }) => name.includes('livekit-client'))"
        )
    )


def test_two_pages_meet_through_livekit_under_a_host(desk: LiveKitDesk, browser: Browser) -> None:
    server = desk.server
    fire, transport = desk.console(browser, "fire"), desk.console(browser, "transport")
    told: list[str] = []
    for made in (fire, transport):
        made.on("console", lambda message: told.append(message.text))
    answer = fire.request.get(f"{desk.origin}/console")
    assert f"connect-src 'self' {server.url};" in answer.headers["content-security-policy"]
    citizens = fire.request.get(f"{desk.origin}/screen/web/citizen").headers["content-security-policy"]
    assert server.url not in citizens
    entered(fire)
    assert not library(transport), "it is loaded by who needs it alone"
    entered(transport)
    seeing(fire, transport)
    assert library(transport)
    people = server.rooms["sangam"]
    host, other = people  # in the order in which they came
    assert {claims["sub"] for claims in server.joined} == {host, other}
    assert all(claims["video"]["room"] == "sangam" for claims in server.joined)
    poll(fire, lambda: fire.locator(".call-tile.speaking").count(), "nobody is shown as speaking")

    # Captions: each page sends its voice beside, and the service hears it.
    fire.click(".call-key:has-text('자막')")
    poll(fire, lambda: desk.taps == {("sangam", host), ("sangam", other)}, "no voice is asked for")
    assert any(desk.wait(desk.hear(other, 10))), "the voice that comes is silence"
    fire.click(".call-key:has-text('자막')")
    poll(fire, lambda: not desk.taps, "the voices are still asked for")

    def of_other(source: str) -> list[bool]:
        tracks = people[other].tracks.values() if other in people else ()
        return [bool(sent.info["muted"]) for sent in tracks if SOURCES[sent.info["source"]] == source]

    # The host mutes; whoever is muted unmutes himself.
    poll(fire, lambda: of_other("microphone") == [False], "the microphone is not on")
    fire.click(".call-key:has-text('참가자')")
    fire.click(".people-list button[aria-expanded=false]")
    fire.click(".deeds button:has-text('마이크 끄기')")
    poll(fire, lambda: of_other("microphone") != [False], "the microphone is still on")
    transport.keyboard.press("m")
    poll(fire, lambda: of_other("microphone") == [False], "the microphone does not come back")

    # What is silenced ends at LiveKit itself, whatever the page does, and comes back when it goes through again.
    desk.wait(desk.engine.silence("sangam", other, ["video"]))
    poll(fire, lambda: of_other("camera") == [] and of_other("microphone") == [False], "the picture is still sent")
    desk.wait(desk.engine.silence("sangam", other, []))
    poll(fire, lambda: of_other("camera") == [False], "the picture does not come back")
    seeing(fire)

    # LiveKit is away, and starts anew: the pages say so, and come back by themselves.
    server.broken = True
    server.do(server.restart)
    fire.wait_for_selector("text=회의 서버(LiveKit)에 연결할 수 없습니다")
    fire.wait_for_selector(".call-veil")
    server.broken = False
    poll(fire, lambda: set(server.rooms.get("sangam", {})) == {host, other}, "they do not come back")
    people = server.rooms["sangam"]
    seeing(fire, transport)

    # The host puts the other out.
    fire.click(".people-list button[aria-expanded=false]")
    fire.click(".deeds button:has-text('내보내기')")
    transport.wait_for_selector(".call-card.over")
    poll(fire, lambda: set(server.rooms["sangam"]) == {host}, "who was removed is still there")
    poll(fire, lambda: fire.locator(".call-tile").count() == 1, "who was removed is still shown")
    fire.click(".call-controls .stop")
    poll(fire, lambda: not server.rooms["sangam"], "who has left is still there")
    assert not [line for line in told if "eyJ" in line or "livekit" in line.lower()], told
