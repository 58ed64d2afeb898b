"""Device tokens: never stored, revocable, robust against a broken file."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from assistant.contracts import BadInput, ConfigError
from display_bridge.pairing import Pairing
from display_bridge.trust import Trust, identity_of


def test_a_token_finds_its_device_and_is_not_stored(tmp_path: Path) -> None:
    path = tmp_path / "db" / "devices.json"
    pairing = Pairing(path)
    token, device = pairing.issue(role="wall", display="main", name="집무실 벽")
    assert len(token) >= 43
    assert pairing.device(token) == device
    assert pairing.device(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert pairing.device("") is None
    assert token not in path.read_text("utf-8")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "token" not in json.dumps(device.as_json())


def test_another_process_sees_issue_and_revocation(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    server, tool = Pairing(path), Pairing(path)
    token, device = tool.issue(role="tablet", display="main")
    assert server.device(token) == device
    tool.revoke(device.id)
    assert server.device(token) is None
    assert not server.known(device.id)
    with pytest.raises(BadInput, match="no device"):
        tool.revoke(device.id)


@pytest.mark.parametrize(
    ("role", "display", "name"), [("car", "main", ""), ("wall", "", ""), ("wall", "../x", ""), ("wall", "main", "a\n")]
)
def test_bad_devices_are_refused(tmp_path: Path, role: str, display: str, name: str) -> None:
    with pytest.raises(BadInput):
        Pairing(tmp_path / "d.json").issue(role=role, display=display, name=name)
    assert not (tmp_path / "d.json").exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"devices": [{}]}', '{"devices": 5}'])
def test_a_broken_file_is_said_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "devices.json"
    path.write_text(text, "utf-8")
    pairing = Pairing(path)
    with pytest.raises(ConfigError, match="devices.json"):
        pairing.issue(role="wall", display="main")
    with pytest.raises(ConfigError):
        pairing.device("x")
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize("text", ["", '{"devices": [{"dig', "[" * 100_000, '{"devices": [null]}'])
def test_a_file_damaged_under_a_running_service_keeps_its_devices_and_is_not_changed(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "devices.json"
    pairing = Pairing(path)
    token, device = pairing.issue(role="wall", display="main")
    whole = path.read_text("utf-8")
    path.write_text(text, "utf-8")
    for _ in range(3):
        assert pairing.device(token) == device
        assert pairing.known(device.id)
        assert pairing.device("x") is None
    assert len(caplog.records) == 1, "it is said once"
    for change in (lambda: pairing.revoke(device.id), lambda: pairing.issue(role="tv", display="main")):
        with pytest.raises(ConfigError, match=r"devices\.json"):
            change()
    assert path.read_text("utf-8") == text
    path.write_text(whole.replace(device.id, "another"), "utf-8")
    assert not pairing.known(device.id), "the mended file counts at once"


@pytest.mark.parametrize("role", ["kiosk", "web"])
def test_citizens_roles_stay_public_whatever_they_hold(role: str) -> None:
    assert identity_of(role, paired=True, local=True, trust_local=True).trust is Trust.PUBLIC


def test_office_roles_need_pairing_or_the_operators_word() -> None:
    assert identity_of("wall", paired=False, local=True, trust_local=False).trust is Trust.ROOM
    assert identity_of("wall", paired=False, local=False, trust_local=True).trust is Trust.PUBLIC
    assert identity_of("wall", paired=False, local=True, trust_local=True).trust is Trust.INTERNAL
    assert identity_of("tv", paired=True, local=False, trust_local=False).trust is Trust.INTERNAL
    assert not identity_of("wall", paired=False, local=False, trust_local=True).commands
