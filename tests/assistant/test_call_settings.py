"""Settings of calls that name what is not there: said at the start, by the setting's own name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant.call_media import check_line
from assistant.call_service import directory_of
from assistant.contracts import ConfigError
from assistant.settings import Settings
from content_registry.loader import load_registry


def settings(folder: Path, **given: dict[str, Any]) -> Settings:
    return Settings.model_validate({"state_dir": folder, **given})


@pytest.mark.parametrize(
    ("setting", "value"),
    [("phones", {"nope": "2133"}), ("fallback", "nope"), ("numbers", {"02-120": "nope"}), ("reception", "nope")],
)
def test_a_department_that_is_none_is_refused_by_the_name_of_its_setting(
    tmp_path: Path, setting: str, value: object
) -> None:
    with pytest.raises(ConfigError) as caught:
        directory_of(load_registry(), settings(tmp_path, calls={setting: value}))
    assert caught.value.message == f"calls.{setting}: there is no department 'nope'"


def test_departments_that_are_there_are_taken(tmp_path: Path) -> None:
    calls = {"phones": {"fire": "2133"}, "fallback": "safety", "numbers": {"120": "climate"}, "reception": "safety"}
    directory = directory_of(load_registry(), settings(tmp_path, calls=calls))
    assert (directory.fallback, [*directory.phones]) == ("safety", ["fire"])


def test_half_a_telephone_line_is_refused_with_its_section(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        check_line(settings(tmp_path, phone={"user": "seoula"}))
    assert caught.value.message.startswith("[phone] user and domain")
