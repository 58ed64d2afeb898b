"""All panels in one Chromium session, on a wall and on a phone: nothing broken, cut off, empty, tiny or overlapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.browser import errors_of
from tests.e2e.documents_app import app_with_documents
from tests.e2e.fed_screen import REGISTRY, fed_screen, noon

pytestmark = pytest.mark.real

FLAWS = (Path(__file__).parent / "flaws.js").read_text(encoding="utf-8").split("\n", 1)[1]


@pytest.mark.parametrize(
    ("width", "height", "least", "least_svg"), [(1920, 1080, 12, 11), (390, 844, 11, 7.5)], ids=["wall", "phone"]
)
def test_every_panel_is_whole(tmp_path: Path, width: int, height: int, least: float, least_svg: float) -> None:
    found: dict[str, list[str]] = {}
    with fed_screen(width, height, app=app_with_documents(tmp_path)) as screen:
        screen.page.emulate_media(reduced_motion="reduce")
        screen.page.wait_for_function("fetch('/web-data/seoul-map.json').then(() => true)")
        for panel in REGISTRY.panels:
            screen.show(panel, at=noon())
            flaws = screen.page.evaluate(FLAWS, [least, least_svg])
            if flaws:
                found[panel] = flaws
        assert errors_of(screen.page) == []
    told = "\n".join(f"{panel}: {'; '.join(flaws)}" for panel, flaws in found.items())
    assert not found, f"{len(found)} panels:\n{told}"
