"""The doctor's rows about calls: who can be called, and whether the STUN and TURN servers answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.contracts import ConfigError
from assistant.doctor import calls
from assistant.settings import Settings
from display_bridge.pairing import Pairing


def settings(folder: Path, **given: object) -> Settings:
    return Settings.model_validate({"state_dir": folder, "calls": given})


@pytest.fixture
def stun() -> Iterator[tuple[int, list[bytes]]]:
    """A server that echoes the transaction of a binding request, as a STUN server does; its port, what it got."""
    got: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(10)

        def answer() -> None:
            while True:
                data, where = line.recvfrom(2048)
                if data == b"end":
                    return
                got.append(data)
                line.sendto(b"\x01\x01\x00\x00" + data[4:20], where)

        thread = threading.Thread(target=answer)
        thread.start()
        yield line.getsockname()[1], got
        line.sendto(b"end", line.getsockname())
        thread.join(10)


def test_somebody_must_be_there_to_be_called(tmp_path: Path) -> None:
    row = calls.departments(settings(tmp_path))
    assert (row.state, row.detail.startswith("0 of 27")) == ("degraded", True)
    assert "pair issue console" in row.fix
    Pairing(tmp_path / "db" / "devices.json").issue(role="console", display="fire-1", department="fire")
    row = calls.departments(settings(tmp_path, phones={"climate": "200@pbx"}))
    assert (row.state, row.detail.startswith("2 of 27")) == ("ok", True)
    assert calls.departments(settings(tmp_path, phones={"nope": "1"})).state == "degraded"
    assert "switched off" in calls.departments(settings(tmp_path, enabled=False)).detail


def test_a_stun_server_that_answers_is_ok(tmp_path: Path, stun: tuple[int, list[bytes]]) -> None:
    port, got = stun
    row = calls.turn(settings(tmp_path, turn_urls=[f"stun:127.0.0.1:{port}"]))
    assert row.state == "ok", row
    assert (len(got[0]), got[0][:8].hex()) == (20, "000100002112a442")


def test_servers_that_do_not_answer_are_named(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"turn:127.0.0.1:{silent.getsockname()[1]}"
        row = calls.turn(settings(tmp_path, turn_urls=[url], turn_secret="s"))
    assert (row.state, url in row.detail) == ("degraded", True)
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        url = f"turns:127.0.0.1:{gone.getsockname()[1]}"
        assert calls.turn(settings(tmp_path, turn_urls=[url], turn_secret="s")).state == "degraded"
        gone.listen(1)
        assert calls.turn(settings(tmp_path, turn_urls=[url], turn_secret="s")).state == "ok"


def test_turn_needs_its_secret_and_an_address(tmp_path: Path) -> None:
    assert calls.turn(settings(tmp_path)).state == "ok"
    assert "turn_secret" in calls.turn(settings(tmp_path, turn_urls=["turn:127.0.0.1"])).detail
    with pytest.raises(ConfigError, match="turn:host"):
        calls.turn(settings(tmp_path, turn_urls=["http://x"]))
