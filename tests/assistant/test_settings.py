"""What is said of settings that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contracts import ConfigError
from assistant.settings import load_settings


def complaint(file: Path | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(file)
    assert caught.value.code == "bad-settings"
    return caught.value.message


def test_a_mistyped_variable_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEOULA_SERVER__PROT", "1")
    assert complaint().startswith("server.prot (SEOULA_SERVER__PROT): there is no such setting")


def test_a_value_out_of_range_is_named_with_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEOULA_SERVER__PORT", "99999")
    said = complaint()
    assert said.startswith("server.port (SEOULA_SERVER__PORT): Input should be less than or equal to 65535")
    assert "http" not in said


def test_an_unknown_name_in_a_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[hearing]\nears = 2\n", encoding="utf-8")
    assert complaint(file).startswith("hearing.ears: there is no such setting")


def test_a_file_that_is_no_toml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("[[[", encoding="utf-8")
    assert "mine.toml" in complaint(file)


def test_a_file_of_brackets_is_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("x = " + "[" * 5000, encoding="utf-8")
    assert "mine.toml" in complaint(file)


@pytest.mark.parametrize(
    ("section", "name", "value"),
    [
        ("", "state_dir", '""'),
        ("", "state_dir", '"a\\u0000b"'),
        ("server", "host", '""'),  # every address of the machine, to a socket
        ("server", "host", '"a b"'),
        ("room", "display", '"두 번째"'),
        ("documents", "folder", '""'),
        ("hearing", "start_timeout_s", "inf"),
        ("runs", "keep_days", "1e400"),
    ],
)
def test_nonsense_is_refused_by_the_settings_name(tmp_path: Path, section: str, name: str, value: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text((f"[{section}]\n" if section else "") + f"{name} = {value}\n", encoding="utf-8")
    assert complaint(file).startswith(f"{section}.{name}: " if section else f"{name}: ")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "::1", "::", "seoul-wall.example", "localhost"])
def test_hosts(tmp_path: Path, host: str) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(f'[server]\nhost = "{host}"\n', encoding="utf-8")
    assert load_settings(file).server.host == host


def test_livekit_needs_an_address_a_key_and_a_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEOULA_CALLS__ENGINE", "livekit")
    assert "livekit_url is wss://" in complaint()
    for address in ("https://meet.office", "wss://", "wss://meet.office/path", "wss://a b", "wss://x; script-src *"):
        monkeypatch.setenv("SEOULA_CALLS__LIVEKIT_URL", address)
        assert "livekit_url is wss://" in complaint(), address
    monkeypatch.setenv("SEOULA_CALLS__LIVEKIT_URL", "wss://meet.office:7880/")
    assert "livekit_key is missing" in complaint()
    monkeypatch.setenv("SEOULA_CALLS__LIVEKIT_KEY", "APIkey")
    monkeypatch.setenv("SEOULA_CALLS__LIVEKIT_SECRET", "too short a secret")
    said = complaint()
    assert "livekit_secret has at least 32 characters" in said
    assert "too short" not in said
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    monkeypatch.delenv("SEOULA_CALLS__LIVEKIT_SECRET")
    (secrets / "SEOULA_calls__livekit_secret").write_text("x" * 32, "utf-8")
    calls = load_settings().calls
    assert calls.livekit_origin == "wss://meet.office:7880"
    assert "x" * 32 not in repr(calls)
    monkeypatch.setenv("SEOULA_CALLS__ENGINE", "embedded")
    assert load_settings().calls.livekit_origin == "", "pages speak to it only where it is used"
