"""A hand's command takes the one path like a touch and may do no more; operators look at cameras, nobody else does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import assistant.sight
from assistant.camera_watch import CameraWatch
from assistant.sight import Sight
from tests.assistant.api_app import REMOTE, Application, Wall, running, settled

CAMERA = "cam"


@pytest.fixture
async def seeing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    monkeypatch.setattr(assistant.sight, "camera_specs", lambda *_: [])
    cameras = {"cameras": [{"name": CAMERA, "file": "none.mp4", "hands": True}]}
    async with running(tmp_path, monkeypatch, seeing=cameras) as made:
        yield made


def sight(api: Application) -> Sight:
    found: Sight = api.app.state.sight
    return found


async def by_hand(api: Application, wall: Wall, key: str, op: str, **args: Any) -> dict[str, Any]:
    hands = api.service.hub.hands
    hands.show("main", "engaged", x=0.5, y=0.5)
    assert hands.choose("main", 0.5, 0.5, "pinch", None)
    wall.socket.send({"t": "cmd", "id": key, "op": op, "args": args, "by": "hands"})
    return await told(wall, "result", key)


async def told(wall: Wall, kind: str, key: str) -> dict[str, Any]:
    """What the wall is sent."""
    await settled(lambda: any(m["t"] == kind and m.get("id") == key for m in wall.seen))
    return next(m for m in wall.seen if m["t"] == kind and m.get("id") == key)


async def test_a_hand_shows_a_panel_and_opens_nothing_private(seeing: Application) -> None:
    async with seeing.screen(token=seeing.token("wall")) as wall:
        assert (await by_hand(seeing, wall, "a", "show", panel="parks"))["ok"]
        await ended(seeing, 1)
        assert (await by_hand(seeing, wall, "b", "show", panel="fn-work-order"))["ok"], "taken up, and then refused"
        runs = await ended(seeing, 2)
    assert [run["source"] for run in runs] == ["hands", "hands"]
    refused, shown = (run["outcome"] for run in runs)
    assert (shown["code"], refused["code"], refused["reason"]) == ("shown", "not_permitted", "locked")
    assert seeing.service.hub.shown("main").panel == "parks"


async def test_hands_are_switched_by_word_and_by_touch(seeing: Application) -> None:
    async with seeing.screen(token=seeing.token("wall")) as wall:
        said = await seeing.http.post("/api/v1/utterances", json={"text": "손 동작 꺼 줘", "display": "main"})
        assert said.json()["outcome"]["code"] == "answered", said.text
        assert sight(seeing).hands.state("main") == "off"
        assert not sight(seeing).seeing._used[CAMERA]
        assert (await wall.command("on", "hands", on=True))["ok"]
        await settled(lambda: sight(seeing).hands.state("main") == "on")
    body = {"op": "hands", "args": {"on": True}}
    answer = await seeing.http.post("/api/v1/displays/lobby/commands", json=body)
    assert answer.status_code == 404, "no such display"


async def test_operators_look_and_the_last_who_leaves_ends_the_points(seeing: Application) -> None:
    stranger = seeing.client(REMOTE)
    assert (await stranger.get("/api/v1/seeing")).status_code == 401
    async with seeing.socket("/ws/v1/seeing", client=REMOTE) as refused:
        assert await refused.end() == (1008, "token-needed")
    async with seeing.socket("/ws/v1/seeing", headers={"origin": "http://evil.example"}) as foreign:
        assert await foreign.end() == (1008, "bad-origin")
    kiosk = ("seoula", f"token.{seeing.token('kiosk')}")
    async with seeing.socket("/ws/v1/seeing", client=REMOTE, subprotocols=kiosk) as citizen:
        assert await citizen.end() == (1008, "token-needed")

    paired = ("seoula", f"token.{seeing.token('wall')}")
    eyes = sight(seeing).seeing
    async with seeing.socket("/ws/v1/seeing") as one:
        row = (await one.until("type", "cameras"))["cameras"][0]
        assert (row["name"], row["display"], row["state"], row["watched"]) == (CAMERA, "main", "missing", False)
        async with seeing.socket("/ws/v1/seeing", client=REMOTE, subprotocols=paired) as two:
            for socket in (one, two):
                socket.send({"type": "sketch", "camera": CAMERA, "on": True})
            await settled(lambda: sight(seeing).watch._leases[CAMERA] == 2)
            eyes._message(CAMERA, seen("sketch", t=1.0, people=[{"person": 1, "body": [[[0.1, 0.2]]]}]))
            for socket in (one, two):
                points = await socket.until("type", "sketch")
                assert points["points"] == {"people": [{"person": 1, "body": [[[0.1, 0.2]]]}]}
            one.send({"type": "sketch", "camera": "other", "on": True})
            assert (await one.until("type", "error"))["code"] == "no-such-camera"
            for bad in ("{", b"\0"):
                one.send(bad)
                assert (await one.until("type", "error"))["code"] == "bad-message"
        await settled(lambda: sight(seeing).watch._leases[CAMERA] == 1)
        assert eyes._sketched.get(CAMERA)
    await settled(lambda: not eyes._sketched.get(CAMERA))


async def test_what_is_seen_is_told_without_names(seeing: Application) -> None:
    eyes = sight(seeing).seeing
    eyes._message(CAMERA, seen("engaged", t=3.0))
    eyes._message(CAMERA, seen("cursor", t=3.1, x=0.5, y=0.5, hand="right"))
    eyes._message(CAMERA, seen("verified", person="kim", distance=0.31))
    (row,) = (await seeing.http.get("/api/v1/seeing")).json()["cameras"]
    assert [event["type"] for event in row["events"]] == ["verified", "engaged"]
    assert "kim" not in str(row)
    assert "0.31" not in str(row)


async def test_figures_of_cameras_are_metrics(seeing: Application) -> None:
    text = (await seeing.http.get("/metrics")).text
    assert f'seoula_camera_up{{camera="{CAMERA}"}} 0.0' in text
    detail = {"camera": "ok", "frames": 40, "dropped_frames": 3, "cpu_ms_per_frame": 21.5, "fps": 15.0}
    sight(seeing).seeing._message(CAMERA, {"type": "health", "detail": detail})
    text = (await seeing.http.get("/metrics")).text
    for line in ("up{%s} 1.0", "frames_total{%s} 40.0", "dropped_frames_total{%s} 3.0", "fps{%s} 15.0"):
        assert f"seoula_camera_{line}" % f'camera="{CAMERA}"' in text
    assert f'seoula_camera_cpu_seconds_per_frame{{camera="{CAMERA}"}} 0.0215' in text


async def test_a_page_that_reads_slowly_gets_the_newest(seeing: Application) -> None:
    watch = CameraWatch(sight(seeing).seeing)
    looker = watch.look()
    looker.watch(CAMERA, on=True)
    for number in range(1000):
        sight(seeing).seeing._message(CAMERA, seen("sketch", people=[number]))
    news = await looker.next(0.1)
    assert [message["points"] for message in news] == [{"people": [999]}]
    assert await looker.next(0.0) == []
    looker.leave()
    assert not watch._leases[CAMERA]


def seen(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": "seen", "camera": CAMERA, "ability": "hands", "event": {"type": kind, **fields}}


async def ended(api: Application, count: int) -> list[dict[str, Any]]:
    await settled(lambda: len(api.service.store.latest(count)) == count)
    found: list[dict[str, Any]] = (await api.http.get("/api/v1/runs")).json()["runs"]
    return found
