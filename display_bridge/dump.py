"""Print the PanelView of a panel, or of all: `python -m display_bridge.dump PANEL_ID|--all [--folder DIR]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from assistant.contracts import BadInput
from content_registry.loader import load_registry
from display_bridge.city_data import SimulatedCityData
from display_bridge.city_data.metrics import KST
from display_bridge.views.asked import asked_view


def main(argv: Sequence[str] | None = None) -> int:
    """JSON on stdout, one object for one panel, one per line for --all; or files PANEL_ID.json in --folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("panel", nargs="?", help="id of a panel")
    parser.add_argument("--all", action="store_true", help="every panel")
    parser.add_argument("--folder", type=Path, help="write files here instead of printing")
    parser.add_argument("--at", type=datetime.fromisoformat, help="time of the view, ISO 8601; default now")
    parser.add_argument("--arg", action="append", default=[], metavar="NAME=VALUE", help="e.g. district=강남구")
    options = parser.parse_args(argv)
    registry = load_registry()
    now = (options.at or datetime.now(KST)).astimezone(KST)
    args = dict(pair.split("=", 1) for pair in options.arg if "=" in pair)
    if not options.all and options.panel not in registry.panels:
        print(f"dump: there is no panel {options.panel!r}", file=sys.stderr)
        return 1
    panels = list(registry.panels.values()) if options.all else [registry.panels[options.panel]]
    provider = SimulatedCityData()
    for panel in panels:
        try:
            view = asked_view(panel, registry, provider, now, args)
        except BadInput as error:
            print(f"dump: {panel.id}: {error.message}", file=sys.stderr)
            return 1
        if options.folder:
            options.folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(view, ensure_ascii=False, indent=1)
            (options.folder / f"{panel.id}.json").write_text(text + "\n", "utf-8")
        else:
            print(json.dumps(view, ensure_ascii=False, indent=None if options.all else 1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
