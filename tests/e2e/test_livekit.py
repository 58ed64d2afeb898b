"""A meeting of real Chromium pages that a LiveKit server carries, by LiveKit's own client: the same page, the same host."""

from __future__ import annotations

import time
from collections.abc import Iterator

import aioice.ice
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
from tests.livekit_server import KEY, SECRET, LiveKitServer

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


def test_two_pages_meet_through_livekit_under_a_host(desk: LiveKitDesk, browser: Browser) -> None:
    fire, transport = desk.console(browser, "fire"), desk.console(browser, "transport")
    told: list[str] = []
    for made in (fire, transport):
        made.on("console", lambda message: told.append(message.text))
    entered(fire)
    entered(transport)
    seeing(fire, transport)
    print(told)
