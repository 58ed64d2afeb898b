"""The doctor's rows about calls: who can be called, and whether the STUN and TURN servers answer."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.doctor import calls, phones
from assistant.settings import Settings
from display_bridge.pairing import Pairing
from telephony.engines.embedded import relay


def settings(folder: Path, **given: object) -> Settings:
    return Settings.model_validate({"state_dir": folder, "calls": given})


@pytest.fixture
def stun(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[int, list[bytes]]]:
    """A server that echoes the transaction of a binding request, as a STUN server does; its port, what it got."""
    monkeypatch.setattr(calls, "_WAIT_S", 120.0)
    got: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        line.bind(("127.0.0.1", 0))
        line.settimeout(120)

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
        thread.join(120)


def test_somebody_must_be_there_to_be_called(tmp_path: Path) -> None:
    row = calls.departments(settings(tmp_path))
    assert (row.state, row.detail.startswith("0 of 27")) == ("degraded", True)
    assert "pair issue console" in row.fix
    Pairing(tmp_path / "db" / "devices.json").issue(role="console", display="fire-1", department="fire")
    row = calls.departments(settings(tmp_path, phones={"climate": "200@pbx"}))
    assert (row.state, row.detail.startswith("2 of 27")) == ("ok", True)
    for wrong in ({"phones": {"nope": "1"}}, {"reception": "nope"}, {"fallback": "nope"}, {"numbers": {"120": "nope"}}):
        row = calls.departments(settings(tmp_path, **wrong))
        assert (row.state, "nope" in row.detail) == ("degraded", True)
    assert "switched off" in calls.departments(settings(tmp_path, enabled=False)).detail


def test_a_stun_server_that_answers_is_ok(tmp_path: Path, stun: tuple[int, list[bytes]]) -> None:
    port, got = stun
    row = calls.turn(settings(tmp_path, turn_urls=[f"stun:127.0.0.1:{port}"]))
    assert row.state == "ok", row
    assert (len(got[0]), got[0][:8].hex()) == (20, "000100002112a442")


def test_servers_that_do_not_answer_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "WAIT_S", 0.5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        url = f"turn:127.0.0.1:{silent.getsockname()[1]}"
        row = calls.turn(settings(tmp_path, turn_urls=[url], turn_secret="s"))
    assert (row.state, url in row.detail) == ("degraded", True)
    with socket.socket() as gone:
        gone.bind(("127.0.0.1", 0))
        url = f"turns:127.0.0.1:{gone.getsockname()[1]}"
        assert calls.turn(settings(tmp_path, turn_urls=[url], turn_secret="s")).state == "degraded"
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen(1)
        url = f"turn:127.0.0.1:{mute.getsockname()[1]}?transport=tcp"
        row = calls.turn(settings(tmp_path, turn_urls=[url], turn_secret="s"))
        assert (row.state, "no answer" in row.detail) == ("degraded", True)
        stun_url = url.replace("turn:", "stun:")
        assert calls.turn(settings(tmp_path, turn_urls=[stun_url])).state == "ok"


def test_turn_needs_its_secret_and_an_address(tmp_path: Path) -> None:
    assert calls.turn(settings(tmp_path)).state == "ok"
    assert "turn_secret" in calls.turn(settings(tmp_path, turn_urls=["turn:127.0.0.1"])).detail
    with pytest.raises(ValueError, match=r"turn:turn\.office"):
        settings(tmp_path, turn_urls=["http://x"])


def with_line(folder: Path, phone: dict[str, object], server_port: int = 1, **given: object) -> Settings:
    body = {"state_dir": folder, "calls": given, "phone": phone, "server": {"port": server_port}}
    return Settings.model_validate(body)


def test_a_telephone_line_is_looked_at(tmp_path: Path, stun: tuple[int, list[bytes]]) -> None:
    assert phones.line(with_line(tmp_path, {})).state == "ok"
    row = phones.line(with_line(tmp_path, {}, phones={"fire": "2001"}))
    assert (row.state, "not rung" in row.detail) == ("degraded", True)
    own = {"user": "seoula", "domain": f"127.0.0.1:{stun[0]}"}
    row = phones.line(with_line(tmp_path, own, phones={"fire": "119"}))
    assert (row.state, "fire" in row.detail, "phone.allow" in row.detail) == ("degraded", True, True)
    assert "p2p" in phones.line(with_line(tmp_path, own, engine="p2p")).detail
    assert phones.line(with_line(tmp_path, {"user": "seoula"})).state == "degraded"
    row = phones.line(with_line(tmp_path, own))
    assert (row.state, "not by SIP" in row.detail, row.fix != "") == ("degraded", True, True)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        gone = silent.getsockname()[1]
    row = phones.line(with_line(tmp_path, {**own, "registrar": f"127.0.0.1:{gone}"}))
    assert (row.state, f"127.0.0.1:{gone}" in row.detail) == ("degraded", True)


def test_what_carries_media_must_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That it does is seen where every component of this machine is looked at."""
    monkeypatch.setattr(phones, "_OPEN", "import a_library_that_is_not_there")
    row = phones.worker(with_line(tmp_path, {"user": "seoula", "domain": "pbx"}))
    assert (row.state, "a_library" in row.detail, "make setup" in row.fix) == ("degraded", True, True), row
    assert "between two" in phones.worker(with_line(tmp_path, {}, engine="p2p")).detail
    assert phones.janus(with_line(tmp_path, {})).state == "ok"


def test_janus_is_started_and_its_plugins_are_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    by_janus = {"user": "seoula", "domain": "pbx", "gateway": "janus"}
    if shutil.which("janus") is not None:
        row = phones.janus(with_line(tmp_path, by_janus, engine="janus"))
        assert (row.state, "videoroom and sip" in row.detail, "1." in row.detail) == ("ok", True, True), row
    # A program that ends at once, and none at all.
    broken = tmp_path / "janus"
    broken.write_text("#!/bin/sh\necho '[FATAL] no such thing'\nexit 1\n")
    broken.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin", prepend=None)
    row = phones.janus(with_line(tmp_path, by_janus))
    assert (row.state, "no such thing" in row.detail, "apt-get" in row.fix) == ("degraded", True, True), row
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "not installed" in phones.janus(with_line(tmp_path, {}, engine="janus")).detail
