"""What a wall's page holds over ten thousand panels, read after every thousand or so, everything collectable collected.

A figure that climbs from line to line is a leak. The lines are printed as they come; tests/e2e/test_long_run.py asks
the same of fewer.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench.measurement import Measurement
from tests.e2e.long_run import Held, long_run

CHANGES, EVERY_ROUNDS = 10_000, 4
WARM_UP = 2
"""So many readings are not counted: modules, fonts and compiled code come in first."""


def measure() -> dict[str, Measurement]:
    """Megabytes and counts; p50 and p95 of the readings, growth in the note."""
    samples: list[Held] = []
    with tempfile.TemporaryDirectory() as folder, long_run(Path(folder)) as screen:
        while screen.changes < CHANGES:
            for _ in range(EVERY_ROUNDS):
                screen.round()
            samples.append(held := screen.held())
            print(
                f"  {held.changes:6d} panels: heap {held.heap / 1e6:.2f} MB, {held.nodes} nodes,"
                f" {held.listeners} listeners, {held.documents} documents, {held.canvases} detached canvases",
                file=sys.stderr,
                flush=True,
            )
    counted = samples[WARM_UP:]
    first, last = counted[0], counted[-1]
    per_thousand = (last.heap - first.heap) / (last.changes - first.changes)
    note = f"{first.changes} to {last.changes} panels, {per_thousand:+.1f} kB per thousand"
    heap = Measurement.of((one.heap / 1e6 for one in counted), "MB", note)
    nodes = Measurement.of((one.nodes for one in counted), "nodes", f"{first.nodes} to {last.nodes}")
    listeners = Measurement.of((one.listeners for one in counted), "", f"{first.listeners} to {last.listeners}")
    return {"long-run-heap": heap, "long-run-nodes": nodes, "long-run-listeners": listeners}
