"""Every panel, asked for over HTTP by every kind of caller, with the wall locked and unlocked: nobody gets a word of
content above the own level, and those who may have it do get it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

import assistant.gate
import assistant.screens
from assistant.gate import Risk
from content_registry.schema import CITIZEN_SURFACES, Panel, Visibility
from display_bridge.views import value_of
from tests.assistant.api_app import LOCAL, REMOTE, Application, Wall, registry, running
from tests.display_bridge.canaries import Lookout, canary, planted

PANELS = tuple(registry().panels.values())
GUARDED = tuple(p for p in PANELS if p.visibility is not Visibility.PUBLIC)
NEEDS = {Visibility.PUBLIC: 0, Visibility.INTERNAL: 2, Visibility.PRIVATE: 3}
PUBLIC, ROOM, OFFICE, UNLOCKED = 0, 1, 2, 3


@dataclass(frozen=True)
class Caller:
    """role: of its device token, "" without one. display: the one it asks for."""

    name: str
    role: str
    local: bool
    display: str = "main"

    def level(self, unlocked: bool) -> int:
        if self.role in ("", *CITIZEN_SURFACES):
            return ROOM if self.local else PUBLIC
        return UNLOCKED if unlocked else OFFICE

    def client(self, api: Application) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {api.token(self.role, self.display)}"} if self.role else {}
        return api.client(LOCAL if self.local else REMOTE, **headers)


CALLERS = (
    Caller("stranger", "", local=False),
    Caller("at this machine", "", local=True),
    Caller("at this machine, the kiosk", "", local=True, display="lobby"),
    *(Caller(f"paired {role}", role, local=False) for role in ("wall", "tv", "tablet", "watch")),
    *(Caller(f"paired {role}", role, local=False, display="lobby") for role in ("kiosk", "web")),
    Caller("a kiosk's device at the wall", "kiosk", local=False),
)


@pytest.fixture
async def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    """With canaries in every view and in every spoken value, and no limit to how often one may ask."""

    def told(panel: Panel, *args: Any, **named: Any) -> Any:
        value = value_of(panel, *args, **named)
        return replace(value, label_ko=f"{value.label_ko} {canary(panel.id)}", label_en=canary(panel.id))

    monkeypatch.setattr(assistant.screens, "value_of", told)
    monkeypatch.setattr(assistant.gate, "RATE_LIMITS", dict.fromkeys(Risk, (1_000_000, 1.0)))
    with planted():
        async with running(tmp_path, monkeypatch) as application:
            yield application


@pytest.mark.parametrize("unlocked", [False, True])
@pytest.mark.parametrize("caller", CALLERS, ids=lambda c: c.name)
async def test_every_panel_over_http(api: Application, caller: Caller, unlocked: bool) -> None:
    level = caller.level(unlocked)
    lookout = Lookout(registry())
    shown: set[str] = set()
    async with (
        api.screen("main", "wall", token=api.token("wall", "main")) as wall,
        api.screen("lobby", "kiosk"),
        caller.client(api) as client,
    ):
        if unlocked:
            api.service.hub.unlock("main", 4e9)
        for panel in PANELS:
            received = [await client.get(f"/api/v1/snapshots/{panel.id}")]
            dry = {"text": f"{panel.name_ko} 보여줘", "display": caller.display, "dry_run": True}
            understood = await client.post("/api/v1/utterances", json=dry)
            # The operator at this machine, who has said the name, is told what an office screen would make of it.
            at_office = level == ROOM and caller.display == "main"
            assert not lookout.above(understood.text, OFFICE if at_office else level), (caller.name, understood.text)
            assert "CANARY" not in understood.text
            command = await client.post(
                f"/api/v1/displays/{caller.display}/commands", json={"op": "show", "panel": panel.id}
            )
            if panel in GUARDED or panel.id in ("ozone", "parks"):
                said = {"text": f"{panel.name_ko} 알려줘", "display": caller.display}
                received.append(await client.post("/api/v1/utterances", json=said))
            if command.status_code == 200 and command.json()["outcome"]["code"] == "shown":
                shown.add(panel.id)
            for answer in (*received, command):
                words = answer.text + json.dumps(dict(answer.headers))
                assert not lookout.above(words, level), (caller.name, panel.id, answer.url.path, answer.text)
                assert answer.status_code < 500, answer.text
                if NEEDS[panel.visibility] > level:
                    asked = panel.name_ko in answer.request.content.decode()
                    told = answer.json().get("outcome", {})
                    told = {k: v for k, v in told.items() if k != "text"} if asked else told
                    assert panel.name_ko not in json.dumps(told, ensure_ascii=False), (caller.name, answer.text)
        catalog = (await client.get("/api/v1/catalog")).text
        # A paired office screen offers private panels by name, to be opened once somebody is recognised.
        assert not lookout.above(catalog, UNLOCKED if level == OFFICE else level)
        assert not lookout.above((await client.get("/api/v1/displays")).text, level)
        # Run records are for the operator at this machine and for paired office devices; private words are in none.
        runs = await client.get("/api/v1/runs?limit=500")
        if runs.status_code == 200:
            for run in runs.json()["runs"]:
                record = await client.get(f"/api/v1/runs/{run['id']}")
                assert not [p for p in lookout.above(record.text, OFFICE) if canary(p) in record.text]
        assert runs.status_code == (200 if level > OFFICE - 1 or caller.local else 401)
        _nothing_is_kept_by_caches(await client.get("/api/v1/catalog"))
    guarded_shown = {p.id for p in GUARDED} & shown
    if caller.display == "main" and (caller.role not in CITIZEN_SURFACES or not caller.role) and level != PUBLIC:
        assert {p.id for p in GUARDED if p.visibility is Visibility.INTERNAL and "wall" in p.surfaces} <= guarded_shown
        assert bool([p for p in GUARDED if p.visibility is Visibility.PRIVATE and p.id in shown]) is unlocked
        assert _received(wall, "interest-topics") is unlocked
        assert _received(wall, "cctv")
    else:
        assert not guarded_shown


def _received(wall: Wall, panel: str) -> bool:
    return canary(panel) in json.dumps(wall.seen, ensure_ascii=False)


def _nothing_is_kept_by_caches(answer: httpx.Response) -> None:
    assert "no-store" in answer.headers.get("cache-control", ""), "a cache could hand it to somebody else"


async def test_the_words_of_an_internal_answer_are_for_paired_devices_alone(api: Application) -> None:
    said = {"text": "재난·화재·구조·구급 알려줘", "display": "main"}
    async with api.screen("main", "wall", token=api.token("wall", "main")):
        tablet = api.client(REMOTE, authorization=f"Bearer {api.token('tablet', 'main')}")
        words = {who: (await client.post("/api/v1/utterances", json=said)).json()["outcome"]
                 for who, client in (("tablet", tablet), ("machine", api.http))}  # fmt: skip
        await tablet.aclose()
    assert words["tablet"]["code"] == words["machine"]["code"] == "answered"
    assert canary("emergency-incidents") in words["tablet"]["text_ko"]
    assert words["machine"]["text_ko"] == "화면에서 확인해 주세요."
