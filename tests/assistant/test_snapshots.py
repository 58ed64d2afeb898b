"""The citizens' cached snapshot, the app's shell, and what neither ever holds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from content_registry.schema import CITIZEN_SURFACES, Visibility
from tests.assistant.api_app import REMOTE, Application, registry

ROLES = ("kiosk", "web", "tv", "tablet", "watch")
GUARDED = [p for p in registry().panels.values() if p.visibility is not Visibility.PUBLIC]


async def test_a_snapshot_is_the_same_for_everybody_and_may_be_kept(api: Application) -> None:
    answer = await api.http.get("/api/v1/snapshots/ozone")
    assert answer.status_code == 200
    assert answer.json()["view"]["panel"]["id"] == "ozone"
    assert answer.headers["cache-control"].startswith("public, max-age=")
    assert "set-cookie" not in answer.headers
    again = await api.client(REMOTE).get("/api/v1/snapshots/ozone", headers={"authorization": f"Bearer {api.token()}"})
    if again.json()["at"] == answer.json()["at"]:
        assert again.content == answer.content
    known = again.headers["etag"]
    same = await api.http.get("/api/v1/snapshots/ozone", headers={"if-none-match": f'"other", W/{known}'})
    assert same.status_code == 304 or same.headers["etag"] != known
    assert (await api.http.get("/api/v1/snapshots/ozone", headers={"if-none-match": '"other"'})).status_code == 200


async def test_a_guarded_panel_has_no_snapshot_whoever_asks(api: Application) -> None:
    assert len(GUARDED) >= 16
    unknown = await api.http.get("/api/v1/snapshots/no-such-panel")
    for panel in GUARDED:
        answer = await api.http.get(f"/api/v1/snapshots/{panel.id}", headers={"authorization": f"Bearer {api.token()}"})
        assert answer.status_code == 404
        assert answer.json()["detail"] == unknown.json()["detail"], "nothing tells that there is one"


async def test_every_public_panel_of_citizens_has_a_snapshot(api: Application) -> None:
    for panel in registry().panels.values():
        if panel.visibility is Visibility.PUBLIC and CITIZEN_SURFACES.intersection(panel.surfaces):
            assert (await api.http.get(f"/api/v1/snapshots/{panel.id}")).status_code == 200, panel.id


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("is_paired", [False, True])
@pytest.mark.parametrize("is_local", [False, True])
async def test_roles_and_pairing_against_every_guarded_panel(
    api: Application, role: str, is_paired: bool, is_local: bool
) -> None:
    """What a screen's socket carries, with an office screen beside it that shows each guarded panel."""
    token = api.token(role) if is_paired else ""
    expected_internal = role not in CITIZEN_SURFACES and is_paired
    client: dict[str, Any] = {} if is_local else {"client": REMOTE}
    texts: list[str] = []
    async with api.screen(token=api.token("wall")) as wall, api.socket("/ws/v1/displays/main", **client) as socket:
        hello = {"t": "hello", "proto": 2, "role": role, "caps": []}
        socket.send({**hello, "token": token} if token else hello)
        snapshot = await socket.until("t", "snapshot")
        assert snapshot["state"]["display"]["trust"] == ("internal" if expected_internal else "public")
        internal = [p for p in GUARDED if p.visibility is Visibility.INTERNAL]
        for n, panel in enumerate(internal):
            assert (await wall.command(f"i{n}", "show", panel=panel.id))["ok"], panel.id
        assert (await wall.command("end", "show", panel="ozone"))["ok"]
        while not texts or '"ozone"' not in texts[-1]:
            message = await socket.receive()
            assert message is not None
            texts.append(json.dumps(message, ensure_ascii=False))
    everything = "\n".join(texts)
    found = {p.id for p in GUARDED if f'"{p.id}"' in everything}
    assert bool(found) is expected_internal
    assert not {p.id for p in GUARDED if p.visibility is Visibility.PRIVATE} & found
