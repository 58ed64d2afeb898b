"""Take pictures of a screen of the running product, one per panel.

    python scripts/shots.py --base http://127.0.0.1:8700 --panels home,fine-dust-pm10 --size 1920x1080 --out pictures

Each panel is shown by `POST /api/v1/displays/{id}/commands` and photographed in headless Chromium once it is painted.
`--panels all` takes every public panel of the catalogue. Exit code 1 when a panel could not be shown or the page
reported an error; the reasons go to stderr.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SETTLE_MS = 900
"""After the panel is in the page: the sheet's entry (320 ms), fonts and canvases."""
WAIT_MS = 10_000


def parse_size(text: str) -> tuple[int, int]:
    """`1920x1080` to (1920, 1080)."""
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"not a size like 1920x1080: {text!r}")
    return int(width), int(height)


def panel_ids(base: str, wanted: str) -> list[str]:
    """The panels named in `wanted` (comma separated), or every public one of the catalogue for `all`."""
    if wanted != "all":
        return [name.strip() for name in wanted.split(",") if name.strip()]
    catalog = httpx.get(f"{base}/api/v1/catalog", timeout=10).raise_for_status().json()
    return [panel["id"] for panel in catalog["panels"] if panel["visibility"] == "public"]


def show(base: str, display: str, panel: str) -> str | None:
    """Ask the service to show a panel; None when it did, else why not."""
    answer = httpx.post(f"{base}/api/v1/displays/{display}/commands", json={"op": "show", "panel": panel}, timeout=10)
    return None if answer.is_success else f"{answer.status_code} {answer.text[:200]}"


def photograph(page: Page, panel: str, path: Path) -> str | None:
    """Wait until the page shows the panel, then save a PNG; None when it worked, else why not."""
    try:
        page.wait_for_function("id => document.body.dataset.panel === id", arg=panel, timeout=WAIT_MS)
    except Exception as error:  # noqa: BLE001 - Playwright raises several kinds; all mean "not painted"
        return f"not painted: {type(error).__name__}"
    page.wait_for_timeout(SETTLE_MS)
    page.screenshot(path=str(path))
    return None


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="http://127.0.0.1:8700", help="origin of the running service")
    parser.add_argument("--role", default="wall")
    parser.add_argument("--display", default="main", help="id of the screen")
    parser.add_argument("--panels", default="home", help="comma separated ids, or all")
    parser.add_argument("--size", type=parse_size, default=(1920, 1080), help="window, e.g. 3840x2160")
    parser.add_argument("--lang", choices=("ko", "en"), default="ko")
    parser.add_argument("--out", type=Path, required=True, help="folder for the PNG files")
    options = parser.parse_args(argv)
    options.out.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=list(CHROMIUM_FLAGS)
        )
        width, height = options.size
        page = browser.new_page(viewport={"width": width, "height": height})
        page.on("pageerror", lambda error: problems.append(f"page: {error}"))
        page.on(
            "console", lambda message: problems.append(f"console: {message.text}") if message.type == "error" else None
        )
        page.goto(f"{options.base}/screen/{options.role}/{options.display}?lang={options.lang}")
        for panel in panel_ids(options.base, options.panels):
            path = options.out / f"{panel}.png"
            reason = show(options.base, options.display, panel) or photograph(page, panel, path)
            if reason:
                problems.append(f"{panel}: {reason}")
            else:
                print(path)
        browser.close()
    for problem in problems:
        print(f"shots: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
