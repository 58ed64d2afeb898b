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
