"""A hub over thousands of changes with screens coming and going holds no more at the end than it did after a while."""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator

from assistant.contracts import ShowPanel
from content_registry.loader import load_registry
from display_bridge.channel import RESUME_CHARACTERS, RING, Channel, Client
from display_bridge.city_data import SimulatedCityData
from display_bridge.display import Display
from display_bridge.displays import FORGET_S
from display_bridge.hub import DisplayHub
from tests.display_bridge.screen import Clock, settle

REGISTRY = load_registry()
PUBLIC = [p.id for p in REGISTRY.panels.values() if p.visibility.value == "public"]
ROLES = ("wall", "tablet", "kiosk", "web")
SCREENS, CHANGES, EVERY = 20, 3000, 25
"""Screens at a time; changes in all; after so many changes the oldest screen goes and another one comes."""


class Reader:
    """A screen that reads and acknowledges, and remembers nothing."""

    def __init__(self, hub: DisplayHub, display: str, role: str) -> None:
        self.states = 0
        self.closed: tuple[int, str] | None = None
        self._in: asyncio.Queue[str | None] = asyncio.Queue()
        self._in.put_nowait(json.dumps({"t": "hello", "proto": 2, "role": role, "caps": []}))
        self.task = asyncio.create_task(hub.serve(self, display, self._frames(), local=True))

    async def _frames(self) -> AsyncIterator[str]:
        while (text := await self._in.get()) is not None:
            yield text

    async def send_text(self, text: str) -> None:
        if text.startswith('{"t":"ping"'):
            self._in.put_nowait(json.dumps({"t": "pong"}))
        elif text.startswith(('{"t":"snapshot"', '{"t":"patch"')):
            self.states += 1
            seq = int(text.split('"seq":', 1)[1].split(",", 1)[0])
            self._in.put_nowait(json.dumps({"t": "ack", "seq": seq, "status": "rendered", "ms": 1}))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed = (code, reason)

    async def leave(self) -> None:
        self._in.put_nowait(None)
        await self.task


def held(hub: DisplayHub) -> dict[str, int]:
    """What lives: objects of each kind that may pile up, all that the collector tracks, and what the rings hold."""
    gc.collect()
    # By type, never by isinstance: another test's dead weak proxy may be among them, and would be looked through.
    every = gc.get_objects()
    kinds = {"clients": Client, "channels": Channel, "displays": Display, "readers": Reader, "tasks": asyncio.Task}
    counts = {name: sum(issubclass(type(one), kind) for one in every) for name, kind in kinds.items()}
    rings = [len(one._ring) for one in every if issubclass(type(one), Channel)]
    texts = [sum(len(text) for _, text in one._ring) for one in every if issubclass(type(one), Channel)]
    waiting = sum(len(one.waiting) for one in every if issubclass(type(one), Display))
    return {**counts, "ring": max(rings), "characters": max(texts), "waiting": waiting, "objects": len(every)}


async def test_a_hub_stays_as_large_as_it_is() -> None:
    clock = Clock()
    hub = DisplayHub(REGISTRY, SimulatedCityData(), clock=clock, trust_local=True, rotate=False)
    screens: list[Reader] = []
    come = gone = 0
    samples: list[dict[str, int]] = []
    for change in range(CHANGES):
        if change % EVERY == 0:
            if len(screens) == SCREENS:
                await screens.pop(0).leave()
                gone += 1
            while len(screens) < SCREENS:
                # Half of them follow one display; the others have a display of their own, which nobody names again.
                display = "main" if come % 2 == 0 else f"visitor-{come}"
                screens.append(Reader(hub, display, ROLES[come // 2 % len(ROLES)]))
                come += 1
            await settle()
        clock.now += FORGET_S / 200
        if change % 500 == 0:
            hub.unlock("main", clock.now + FORGET_S / 10)
        seq = hub.apply(ShowPanel("main", PUBLIC[change * 3 % len(PUBLIC)], {}))
        assert await hub.rendered("main", seq, 5) == "rendered"
        if change % 10 == 0:
            hub.step(clock.now)
        await settle()  # the hub's own ticker pings at each leap of the clock: everybody has the time to answer
        if change % 1000 == 999:
            await settle()
            samples.append(held(hub))
    early, late = samples[1], samples[-1]
    assert gone >= 100
    assert [screen.closed for screen in screens] == [None] * SCREENS
    assert all(screen.states for screen in screens)
    assert late["clients"] == early["clients"] == SCREENS
    assert late["readers"] == SCREENS
    assert late["tasks"] == early["tasks"]
    assert late["waiting"] == 0
    assert 0 < late["ring"] <= RING
    assert 0 < late["characters"] <= RESUME_CHARACTERS
    assert late["displays"] <= early["displays"] + 2
    assert late["channels"] <= early["channels"] + 4
    assert late["objects"] < early["objects"] * 1.03, samples
    for screen in screens:
        await screen.leave()
    assert hub.connected() == 0
    if hub._ticker:
        hub._ticker.cancel()
        await asyncio.gather(hub._ticker, return_exceptions=True)
