"""What `seoula doctor` says of the LiveKit server."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from assistant.doctor import livekit
from assistant.settings import Settings
from assistant.settings_calls import CallSettings
from tests.livekit_server import KEY, SECRET, LiveKitServer


def asked(folder: Path, url: str, secret: str = SECRET) -> tuple[str, str]:
    keys = {"livekit_key": SecretStr(KEY), "livekit_secret": SecretStr(secret)}
    row = livekit.server(Settings(state_dir=folder, calls=CallSettings(engine="livekit", livekit_url=url, **keys)))
    assert bool(row.fix) == (row.state != "ok")
    assert secret not in f"{row.detail}{row.fix}"
    return row.state, row.detail


def test_it_says_whether_the_server_answers_and_knows_us(tmp_path: Path) -> None:
    assert livekit.server(Settings(state_dir=tmp_path)).detail == "not used (calls.engine)"
    with LiveKitServer().served() as server:
        server.rooms["r"] = {}
        state, detail = asked(tmp_path, server.url)
        assert (state, "1 rooms" in detail) == ("ok", True)
        state, detail = asked(tmp_path, server.url, "a secret that nobody else has in his files")
        assert (state, "does not know our key" in detail) == ("degraded", True)
        server.broken = True
        assert asked(tmp_path, server.url)[0] == "degraded"
    state, detail = asked(tmp_path, server.url)
    assert (state, "does not answer" in detail) == ("degraded", True)
