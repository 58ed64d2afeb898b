"""`python -m tests.bench.screens`: how accessible each role's screens are, in real Chromium with simulated city data.

For each role and size, over its start and the panels of tests/e2e/places.py: rules of axe-core (WCAG 2.2 A and AA) that
pass (least over the panels), that are broken, and that axe leaves undecided; the smallest letter as it is drawn, in px
of that screen; the smallest control; Tab stops of the start. Exit code 1 when a rule is broken.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.audit import Audit, audit
from tests.e2e.browser import page
from tests.e2e.measure import smallest_control, smallest_text, walk
from tests.e2e.places import PANELS, ROLES, Place, open_place, show
from tests.running import Product, product, settings_file

PAGES = ("/", "/runs", "/docs")
_WIDTHS = (22, 7, 7, 7, 10, 9, 10, 6)


def main() -> int:
    """Command line entry."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_file(
            Path(folder),
            server={"port": 0},
            opinion={"enabled": False},
            rasa={"enabled": False},
            hearing={"microphone": False},
            city_data={"alerts": False},
        )
        with product(settings) as running:
            return _print_all(running)


def _print_all(running: Product) -> int:
    _row("screen", "looked", "passed", "broken", "undecided", "text px", "control px", "stops")
    broken = sum(_role(running, place) for place in ROLES)
    return 1 if broken + sum(_around(running, path) for path in PAGES) else 0


def _role(running: Product, place: Place) -> int:
    with page(place.width, place.height) as made:
        open_place(made, running, place)
        found, letters = [audit(made)], [smallest_text(made)]
        control, stops = smallest_control(made), len(walk(made))
        for panel in PANELS.values() if place.panels else ():
            show(made, running, place, panel)
            found.append(audit(made))
            letters.append(smallest_text(made))
    return _told(place.name, found, f"{min(letters):.1f}", f"{control:.0f}" if control else "-", str(stops))


def _around(running: Product, path: str) -> int:
    with page(1280, 800) as made:
        made.goto(running.origin + path)
        made.wait_for_selector("h1")
        made.wait_for_timeout(500)
        return _told(path, [audit(made)], f"{smallest_text(made):.1f}", f"{_control(made)}", str(len(walk(made))))


def _control(made: Page) -> str:
    found = smallest_control(made)
    return f"{found:.0f}" if found else "-"


def _told(name: str, found: list[Audit], *more: str) -> int:
    broken = sum(len(one.violations) for one in found)
    undecided = sorted({rule["id"] for one in found for rule in one.incomplete})
    _row(name, str(len(found)), str(min(one.passes for one in found)), str(broken), str(len(undecided)), *more)
    for one in found:
        if one.violations:
            print(one.words, file=sys.stderr)
    return broken


def _row(*cells: str) -> None:
    print("  ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
