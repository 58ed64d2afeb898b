"""The display bridge alone, over in-memory screens: command to patch, fan-out to 200 screens, building the views."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta

from assistant.contracts import ShowPanel
from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.hub import DisplayHub
from display_bridge.views import build_view
from tests.bench.measurement import Measurement
from tests.display_bridge.screen import Screen, settle

SCREENS = 200
ROUNDS = 60


class TimedScreen(Screen):
    """Notes when each patch arrives instead of reading it."""

    def prepare(self) -> None:
        """Begin to note."""
        self.arrived = 0.0
        self.got = asyncio.Event()

    async def send_text(self, text: str) -> None:
        """A frame from the hub."""
        if not hasattr(self, "got"):
            await super().send_text(text)
        elif not self.got.is_set():
            self.arrived = time.perf_counter()
            self.got.set()


def measure() -> dict[str, Measurement]:
    """Milliseconds throughout."""
    return {**asyncio.run(_hub(1, "display-command-to-patch")), **asyncio.run(_hub(SCREENS, "display-fan-out-200")),
            **_views()}  # fmt: skip


async def _hub(count: int, name: str) -> dict[str, Measurement]:
    registry = load_registry()
    hub = DisplayHub(registry, SimulatedCityData(), trust_local=True, rotate=False)
    screens = [TimedScreen(hub, answer=False) for _ in range(count)]
    await settle()
    for screen in screens:
        screen.prepare()
    public = [p.id for p in registry.panels.values() if p.visibility.value == "public"]
    samples: list[float] = []
    for i in range(ROUNDS):
        started = time.perf_counter()
        hub.apply(ShowPanel("main", public[i * 3 % len(public)]))
        await asyncio.gather(*(s.got.wait() for s in screens))
        for screen in screens:
            samples.append((screen.arrived - started) * 1000)
            screen.got.clear()
    for screen in screens:
        await screen.leave()
    note = f"in memory, {count} screen{'s' if count > 1 else ''}, view building included"
    return {name: Measurement.of(samples, "ms", note)}


def _views() -> dict[str, Measurement]:
    registry, city = load_registry(), SimulatedCityData()
    start = datetime(2026, 11, 23, 9, 0, tzinfo=KST)
    samples = []
    for i in range(3):
        now = start + timedelta(hours=5 * i)
        for panel in registry.panels.values():
            began = time.perf_counter()
            build_view(panel, registry, city, now)
            samples.append((time.perf_counter() - began) * 1000)
    return {"display-view-build": Measurement.of(samples, "ms", "all 205 panels, three times of day, cold slots")}
