"""Every panel on a display that every role follows, paired and unpaired, from this machine and from elsewhere, locked
and unlocked: who may have it gets it, who may not gets no byte of it, in snapshots, patches and what is replayed."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.contracts import NotPermitted, ShowPanel
from content_registry.loader import load_registry
from content_registry.schema import CITIZEN_SURFACES, SURFACES, Visibility
from display_bridge.city_data import SimulatedCityData
from display_bridge.displays import REVOKED_WITHIN_S
from display_bridge.hub import DisplayHub
from display_bridge.pairing import Pairing
from tests.display_bridge.canaries import Lookout, canary, planted
from tests.display_bridge.screen import Clock, Screen, settle

REGISTRY = load_registry()
LOOKOUT = Lookout(REGISTRY)
PANELS = tuple(sorted(REGISTRY.panels.values(), key=lambda p: p.id == "home"))
"""Home last: it shows at the beginning, and a patch tells only what changes."""
NEEDS = {Visibility.PUBLIC: 0, Visibility.INTERNAL: 2, Visibility.PRIVATE: 3}
FOREVER = 4e9


@dataclass
class Seat:
    """A place from which somebody watches. read: how many of the screen's frames were looked at already."""

    role: str
    local: bool
    token: str
    device: str
    screen: Screen
    read: int = 0

    @property
    def office(self) -> bool:
        return self.role not in CITIZEN_SURFACES and bool(self.token)

    def news(self) -> str:
        texts = self.screen.texts[self.read :]
        self.read = len(self.screen.texts)
        return "\n".join(texts)


class House:
    """A display with a screen in every seat."""

    def __init__(self, folder: Path) -> None:
        self.clock = Clock()
        self.pairing = Pairing(folder / "devices.json")
        self.hub = DisplayHub(REGISTRY, SimulatedCityData(), self.pairing, clock=self.clock, rotate=False)
        self.seats: list[Seat] = []

    def fill(self) -> None:
        for role, paired, local in itertools.product(SURFACES, (False, True), (False, True)):
            token, device = self.pairing.issue(role=role, display="main") if paired else ("", None)
            screen = Screen(self.hub, "main", role, token=token, local=local)
            self.seats.append(Seat(role, local, token, device.id if device else "", screen))

    def look(self, unlocked: bool) -> dict[str, str]:
        """What came since the last look, by the kind of seat; nothing of it above the seat's level."""
        kinds: dict[str, str] = {}
        for seat in self.seats:
            level = (3 if unlocked else 2) if seat.office else 0
            news = seat.news()
            assert not LOOKOUT.above(news, level), f"{seat.role}, paired: {bool(seat.token)}, local: {seat.local}"
            kind = "office" if seat.office else "others"
            kinds[kind] = kinds.get(kind, "") + news
        return kinds


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """Filled; every view that is built carries its canary."""
    with planted():
        made = House(tmp_path)
        made.fill()
        await settle()
        yield made


@pytest.mark.parametrize("unlocked", [False, True])
async def test_every_panel_in_every_seat(house: House, unlocked: bool) -> None:
    if unlocked:
        house.hub.unlock("main", FOREVER)
    await settle()
    house.look(unlocked)
    for panel in PANELS:
        allowed = NEEDS[panel.visibility] <= (3 if unlocked else 2)
        if not allowed:
            with pytest.raises(NotPermitted):
                house.hub.apply(ShowPanel("main", panel.id))
        else:
            house.hub.apply(ShowPanel("main", panel.id))
        await settle(8)
        news = house.look(unlocked)
        assert (canary(panel.id) in news["office"]) is allowed, panel.id
        assert (canary(panel.id) in news["others"]) is (panel.visibility is Visibility.PUBLIC), panel.id
    for seat in house.seats:
        numbers = [m["seq"] for m in seat.screen.messages if m["t"] == "patch" and m["epoch"] == seat.screen.epoch]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers))), "a gap would tell of something"


async def test_locking_while_private_content_shows_clears_it_everywhere_at_once(house: House) -> None:
    """And nobody who comes back, with whatever number, gets any of it again."""
    private = [p for p in PANELS if p.visibility is Visibility.PRIVATE]
    assert private
    for panel in private:
        house.hub.unlock("main", FOREVER)
        house.hub.apply(ShowPanel("main", panel.id))
        speech = {"utterance": "u", "urls": ["/audio/secret.wav"], "complete": True, "text": "비밀 대답"}
        house.hub.set_speech("main", speech)
        house.hub.show_assistant("main", text="비밀 질문", outcome={"text_ko": "비밀 대답"})
        await settle()
        assert canary(panel.id) in house.look(True)["office"]
        before = [(seat, seat.screen.epoch, seat.screen.seq) for seat in house.seats]
        house.hub.unlock("main", None)
        await settle()
        house.look(False)
        for seat in house.seats:
            everything = str(seat.screen.state)
            assert canary(panel.id) not in everything
            assert "비밀" not in everything
            assert "secret" not in everything
        for seat, epoch, seq in before:
            for number in {0, seq - 2, seq - 1, seq}:
                again = Screen(
                    house.hub, "main", seat.role, token=seat.token, local=seat.local, resume=(epoch, max(0, number))
                )
                again.state = {}
                await settle(6)
                everything = "\n".join(again.texts)
                assert again.texts
                assert not LOOKOUT.above(everything, 2 if seat.office else 0)
                assert "비밀" not in everything
                assert "secret" not in everything
                await again.leave()


async def test_a_revoked_device_gets_nothing_more_however_it_comes_back(house: House) -> None:
    house.hub.apply(ShowPanel("main", "ozone"))
    await settle()
    house.look(False)
    seat = next(s for s in house.seats if s.office and s.role == "tablet")
    house.pairing.revoke(seat.device)
    house.clock.now += REVOKED_WITHIN_S
    house.hub.step(house.clock.now)
    await settle()
    assert seat.screen.closed == (1008, "bad-token")
    seat.news()
    house.hub.apply(ShowPanel("main", "cctv"))
    await settle()
    assert seat.news() == ""
    resume = (seat.screen.epoch, seat.screen.seq)
    for token, local in itertools.product((seat.token, ""), (False, True)):
        again = Screen(house.hub, "main", "tablet", token=token, local=local, resume=resume)
        await settle(6)
        assert not LOOKOUT.above("\n".join(again.texts), 1)
        assert not any(m.get("resumed") for m in again.messages)
        if token:
            assert again.kinds() == ["error"]
        await again.leave()


async def test_what_a_slow_screen_was_still_owed_goes_when_the_display_locks(house: House) -> None:
    house.hub.unlock("main", FOREVER)
    await settle()
    office = [s for s in house.seats if s.office]
    for seat in office:
        seat.screen.flowing.clear()
    house.hub.apply(ShowPanel("main", "ozone"))
    await settle()  # each stands in the middle of sending this
    for _ in range(40):
        house.hub.apply(ShowPanel("main", "interest-topics"))
        house.hub.apply(ShowPanel("main", "fn-cloud-folder"))
    house.hub.unlock("main", None)
    for seat in office:
        seat.screen.flowing.set()
    await settle(20)
    house.look(False)
    assert all(seat.screen.state["display"]["trust"] == "internal" for seat in office)
