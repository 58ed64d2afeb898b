"""A changed registry is taken up by everything that runs, without a restart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from assistant.contracts import IntentName
from tests.assistant.api_app import Application


async def test_a_new_panel_is_known_everywhere(api: Application) -> None:
    service = api.service
    before = service.registry
    names: dict[str, Any] = {
        "name_ko": "스케이트장",
        "name_en": "Ice rinks",
        "aliases_ko": ("빙상장",),
        "aliases_en": (),
    }
    panel = replace(before.panels["parks"], id="ice-rinks", **names)
    changed = replace(before, panels={**before.panels, "ice-rinks": panel})
    service.room("main")
    await service.use_registry(changed)
    found = await service.understand("스케이트장 보여줘", "main")
    assert found.intent is not None
    assert (found.intent.name, found.intent.panel) == (IntentName.SHOW_PANEL, "ice-rinks")
    assert "ice-rinks" in service.room("main").registry.panels
    listed = (await api.http.get("/api/v1/catalog")).json()["panels"]
    assert "ice-rinks" in [p["id"] for p in listed]
    await service.use_registry(before)
    assert "ice-rinks" not in service.room("main").registry.panels


async def test_reading_again_tells_how_many_panels_there_are(api: Application) -> None:
    answer = await api.http.post("/api/v1/registry/reload")
    assert answer.json() == {"panels": 205, "problems": []}
