"""How soon each screen shows its first picture, what it loads for that, and what another panel costs it.

Headless Chromium without a GPU, nothing in its cache, the server on the same machine. First and largest contentful
paint are the browser's own (PerformanceObserver, from the start of the navigation). Bytes are those of the page's
requests as they come over the wire, headers included; not of what its service worker lays by for later.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, WebSocket

from tests.bench.measurement import Measurement
from tests.e2e.browser import page
from tests.e2e.places import ROLES, Place, open_place
from tests.running import Product, product, settings_file

PLACES = ("wall 1920x1080", "wall 3840x2160", "kiosk", "phone", "watch round 396")
OPENINGS = 3
CHANGES = 30
STILL_MS = 1500
"""After the first picture: the largest paint and the last requests of the page are over."""
WAIT_S = 30.0
PANELS = ("ozone", "parks", "road-traffic", "district-weather", "rainfall", "trails")
_NOTE_PAINTS = """
window.paints = {};
const note = (list) => list.getEntries().forEach((e) => { window.paints[e.name || e.entryType] = e.startTime; });
for (const type of ["paint", "largest-contentful-paint"])
  new PerformanceObserver(note).observe({ type, buffered: true });
"""
_GO = """(panel) => new Promise((done) => {
  const begun = performance.now();
  const look = () => document.body.dataset.panel === panel && !document.querySelector("main.waiting")
    ? requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)))
    : requestAnimationFrame(look);
  const to = new URL(location.href);
  to.searchParams.set("panel", panel);
  history.pushState(null, "", to);
  dispatchEvent(new PopStateEvent("popstate"));
  look();
})"""


class Changes:
    """Follows a page's link: how long the page took to paint each patch that brought another panel, by its own word."""

    def __init__(self, made: Page) -> None:
        self.ms: list[float] = []
        self._seqs: set[int] = set()
        made.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._received)
        socket.on("framesent", self._sent)

    def _received(self, frame: str | bytes) -> None:
        message = _read(frame)
        if message.get("t") == "patch" and message["p"].get("shown", {}).get("panel"):
            self._seqs.add(message["seq"])

    def _sent(self, frame: str | bytes) -> None:
        message = _read(frame)
        if message.get("t") == "ack" and message["status"] != "failed" and message["seq"] in self._seqs:
            self._seqs.remove(message["seq"])
            self.ms.append(message["ms"])


def measure() -> dict[str, Measurement]:
    """Of each place: milliseconds to the paints and of a change, kB of an opening."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_file(
            Path(folder),
            server={"port": 0},
            opinion={"enabled": False},
            rasa={"enabled": False},
            hearing={"microphone": False},
            speaking={"output": "off"},
            city_data={"alerts": False},
        )
        with product(settings) as running:
            found: dict[str, Measurement] = {}
            for place in ROLES:
                if place.name in PLACES:
                    found |= _place(running, place)
            return found


def _place(running: Product, place: Place) -> dict[str, Measurement]:
    paints: dict[str, list[float]] = {"first-contentful-paint": [], "largest-contentful-paint": []}
    sizes: list[float] = []
    for n in range(OPENINGS):
        with page(place.width, place.height) as made:
            loaded: list[float] = []
            wire = made.context.new_cdp_session(made)
            wire.send("Network.enable")
            wire.on("Network.loadingFinished", lambda event, to=loaded: to.append(event["encodedDataLength"]))
            made.add_init_script(_NOTE_PAINTS)
            changes = Changes(made)
            open_place(made, running, place)
            made.wait_for_timeout(STILL_MS)
            seen = made.evaluate("window.paints")
            for name, samples in paints.items():
                samples.append(seen[name])
            sizes.append(sum(loaded) / 1000)
            if n == OPENINGS - 1:
                count = len(loaded)
                updates = _visits(made) if place.role == "web" else _commands(made, running, place, changes)
    name = place.name.replace(" ", "-")
    how = "from the choice to two frames later" if place.role == "web" else "from the patch to two frames later"
    return {
        f"{name}-first-paint": Measurement.of(paints["first-contentful-paint"], "ms", "first contentful paint"),
        f"{name}-largest-paint": Measurement.of(paints["largest-contentful-paint"], "ms", "largest contentful paint"),
        f"{name}-loaded": Measurement.of(sizes, "kB", f"{count} requests, nothing cached"),
        f"{name}-update": Measurement.of(updates, "ms", f"another panel: {how}"),
    }


def _commands(made: Page, running: Product, place: Place, changes: Changes) -> list[float]:
    for n in range(CHANGES):
        panel = PANELS[n % len(PANELS)]
        answer = running.post(f"/api/v1/displays/{place.display}/commands", {"op": "show", "panel": panel})
        assert answer.status_code == 200, answer.text
        until = time.monotonic() + WAIT_S
        while len(changes.ms) <= n:  # the page's own acknowledgement; waiting lets Playwright hear of it
            assert time.monotonic() < until, f"{place.name} did not paint {panel}"
            made.wait_for_timeout(20)
    return changes.ms


def _visits(made: Page) -> list[float]:
    return [float(made.evaluate(_GO, PANELS[n % len(PANELS)])) for n in range(CHANGES)]


def _read(frame: str | bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(frame)
    return found
