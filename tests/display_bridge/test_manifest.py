"""The citizens' app can be installed: what its manifest names is there and is what it says."""

from __future__ import annotations

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image

from content_registry.loader import load_registry
from content_registry.schema import CITIZEN_SURFACES, Visibility
from scripts import icons
from tests.running import PROJECT

WEB = PROJECT / "display_bridge" / "web"
MANIFEST = json.loads((WEB / "manifest.webmanifest").read_text("utf-8"))


def test_it_has_what_browsers_ask_for() -> None:
    assert MANIFEST["display"] == "standalone"
    assert MANIFEST["start_url"].startswith(MANIFEST["scope"])
    sizes = {(icon["sizes"], icon["purpose"]) for icon in MANIFEST["icons"] if icon["type"] == "image/png"}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= sizes
    assert len(MANIFEST["short_name"]) <= 12
    page = (WEB / "screen.html").read_text("utf-8")
    assert MANIFEST["theme_color"] in page
    assert 'rel="manifest"' in page


@pytest.mark.parametrize("icon", [i for i in MANIFEST["icons"] if i["type"] == "image/png"], ids=lambda i: i["src"])
def test_each_icon_has_its_size_and_a_launcher_may_cut_the_maskable(icon: dict[str, str]) -> None:
    path = WEB / icon["src"].removeprefix("/web/")
    assert path.stat().st_size < 60_000
    with Image.open(path) as picture:
        made = picture.convert("RGBA")
    assert f"{made.width}x{made.height}" == icon["sizes"]
    corner = made.getpixel((0, 0))
    assert isinstance(corner, tuple)
    assert (corner[3] == 255) == (icon["purpose"] == "maskable")
    drawn = icons.draw(*icons.ICONS[path.name])
    far = sum(abs(a - b) for a, b in zip(made.tobytes(), drawn.tobytes(), strict=True)) / len(made.tobytes())
    assert far < 1.0, "scripts/icons.py draws another picture"


def test_shortcuts_lead_to_public_panels() -> None:
    panels = load_registry().panels
    for shortcut in MANIFEST["shortcuts"]:
        parts = urlsplit(shortcut["url"])
        assert parts.path.startswith(MANIFEST["scope"])
        panel = panels[parse_qs(parts.query)["panel"][0]]
        assert panel.visibility is Visibility.PUBLIC
        assert CITIZEN_SURFACES.intersection(panel.surfaces)
        assert re.search(r"[가-힣]", shortcut["name"])
