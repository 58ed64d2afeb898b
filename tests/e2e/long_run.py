"""A wall that is shown panel after panel for a long time, and what its page holds on to."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.document import build_document
from display_bridge.guide import build_guide
from display_bridge.state import Entry, initial
from display_bridge.trust import Trust
from display_bridge.viewing import Viewer
from tests.e2e.browser import page
from tests.e2e.documents_app import app_with_documents
from tests.e2e.fed_screen import static_pages

REGISTRY = load_registry()
SERVICE = (Path(__file__).parent / "long_run.js").read_text(encoding="utf-8")
QUICK = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
"""Frames as soon as they are ready: the pictures are the same, sixty a second is no limit."""
START = datetime(2026, 11, 23, 14, 32, tzinfo=KST)


@dataclass(frozen=True, slots=True)
class Held:
    """What a page holds after everything that can be collected was. heap: bytes; the others are counts.

    canvases: those that exist in the page's memory, wherever they are, without the ones that are shown.
    """

    changes: int
    heap: int
    nodes: int
    listeners: int
    documents: int
    canvases: int


class LongRun:
    """A wall with a service of its own inside the page."""

    def __init__(self, made: Page) -> None:
        self.page, self.changes = made, 0
        self._cdp: CDPSession = made.context.new_cdp_session(made)
        self._cdp.send("Performance.enable")
        self._rounds = 0
        self._shown: dict[bool, list[tuple[str, str]]] = {}
        self._viewer, self._guide = Viewer(REGISTRY, SimulatedCityData()), build_guide(REGISTRY)

    def round(self, every: int = 1) -> None:
        """Every panel once, or one of `every`. Every other round is at another hour and looks closer.

        Of every fourth round the documents must have opened.
        """
        close = self._rounds % 2 == 1
        if close not in self._shown:
            now = (START + timedelta(minutes=47 * close)).timestamp()
            self._shown[close] = [(one, json.dumps(self._document(one, now, 1 + close))) for one in REGISTRY.panels]
        shown = self._shown[close][::every]
        problem = self.page.evaluate(
            "([documents, papers]) => { service.documents = documents; return service.show(papers); }",
            [shown, self._rounds % 4 == 1],
        )
        assert problem is None, problem
        self._rounds += 1
        self.changes += len(shown)

    def held(self) -> Held:
        """What is held now."""
        self.page.evaluate("() => { service.documents = []; return new Promise((done) => setTimeout(done, 300)); }")
        for _ in range(2):
            self._cdp.send("HeapProfiler.collectGarbage")
        counted = {m["name"]: int(m["value"]) for m in self._cdp.send("Performance.getMetrics")["metrics"]}
        heap = int(self._cdp.send("Runtime.getHeapUsage")["usedSize"])
        return Held(
            self.changes, heap, counted["Nodes"], counted["JSEventListeners"], counted["Documents"], self._canvases()
        )

    def _canvases(self) -> int:
        group = {"objectGroup": "long-run"}
        kind = self._cdp.send("Runtime.evaluate", {"expression": "HTMLCanvasElement.prototype", **group})["result"]
        found = self._cdp.send("Runtime.queryObjects", {"prototypeObjectId": kind["objectId"], **group})["objects"]
        count: dict[str, Any] = self._cdp.send(
            "Runtime.callFunctionOn",
            {
                "objectId": found["objectId"],
                "functionDeclaration": "function () { return this.filter((one) => !one.isConnected).length; }",
                "returnByValue": True,
                **group,
            },
        )["result"]
        self._cdp.send("Runtime.releaseObjectGroup", group)
        return int(count["value"])

    def _document(self, panel: str, now: float, zoom: int) -> Mapping[str, Any]:
        state = initial()
        state = type(state)({**state.layers, next(iter(state.layers)): Entry(panel, {}, zoom=zoom)})
        view = self._viewer.view(state, now)
        return build_document("main", "wall", Trust.PRIVATE, state, view, self._guide, REGISTRY)


@contextlib.contextmanager
def long_run(folder: Path) -> Iterator[LongRun]:
    """A wall; documents are typeset in `folder`."""
    with static_pages(app_with_documents(folder)) as origin, page(960, 540, QUICK) as made:
        made.emulate_media(reduced_motion="reduce")
        made.add_init_script(SERVICE)
        made.goto(f"{origin}/screen/wall/main")
        made.wait_for_function("customElements.get('seoula-clock') && service.socket")
        made.wait_for_function("fetch('/web-data/seoul-map.json').then(() => true)")
        yield LongRun(made)
