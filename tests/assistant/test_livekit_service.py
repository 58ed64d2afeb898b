"""The whole application with a LiveKit server: what its settings lead to, and what it gives to whom."""

from __future__ import annotations

from pathlib import Path

import pytest

from telephony.engines.livekit_rooms import LiveKitRooms
from tests.assistant.api_app import running
from tests.livekit_server import KEY, SECRET, LiveKitServer, opened

PAGES = {
    "/console": True, "/scene": True, "/screen/wall/main": True, "/screen/tv/hall": True, "/": False,
    "/screen/kiosk/k": False, "/screen/web/w": False,
}  # fmt: skip
"""Which may speak to the LiveKit server."""
HELLO = {"t": "hello", "v": 1, "caps": {"audio": True, "video": True}}


@pytest.mark.parametrize("line", [False, True])
async def test_the_settings_lead_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: bool) -> None:
    with LiveKitServer().served() as server:
        calls = {"engine": "livekit", "livekit_url": server.url, "livekit_key": KEY, "livekit_secret": SECRET}
        phone = {"phone": {"user": "seoula", "domain": "pbx.office", "secret": "x"}} if line else {}
        async with running(tmp_path, monkeypatch, calls=calls, **phone) as api:
            for path, speaks in PAGES.items():
                policy = (await api.http.get(path)).headers["content-security-policy"]
                wanted = f"connect-src 'self' {server.url};" if speaks else "connect-src 'self';"
                assert wanted in policy, path
            client = await api.http.get("/vendor/livekit-client/dist/livekit-client.esm.mjs")
            assert client.status_code == 200
            desk = api.service.calls.hub.rooms
            media = desk._media  # type: ignore[attr-defined]
            assert isinstance(media, LiveKitRooms)
            assert media.grants("meeting") is True
            assert media.grants("call-1") is not line, "where there is a telephone line, calls stay beside"
            room = next(iter(api.service.registry.rooms))
            async with api.socket("/ws/v1/calls", query="role=wall&display=main") as wall:
                wall.send(HELLO)
                assert (await wall.until("t", "welcome"))["engine"] == "livekit"
                wall.send({"t": "room.join", "room": room})
                assert (await wall.until("t", "room.joined"))["media"] == "livekit"
                server.broken = True
                wall.send({"t": "room.media", "room": room, "id": "1"})
                refused = await wall.until("t", "error")
                assert (refused["code"], refused["re"]) == ("livekit-unavailable", "1")
                server.broken = False
                wall.send({"t": "room.media", "room": room, "id": "2"})
                given = await wall.until("t", "room.media")
                claims = opened(given["token"], server.clock())
                assert (given["url"], given["re"], claims["video"]["room"]) == (server.url, "2", room)
        assert server.rooms == {}, "what was opened is ended with the service"
