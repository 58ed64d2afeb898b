"""Several microphones as a setting: which streams there are, whom they command, and who hears the same calls."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.children import child_specs
from assistant.contracts import ConfigError
from assistant.settings import HearingSettings, Microphone, MicrophoneSettings, RoomSettings, Settings, load_settings


def settings(*microphones: MicrophoneSettings, device: str | None = None) -> Settings:
    hearing = HearingSettings(device=device, microphones=list(microphones))
    return Settings(room=RoomSettings(display="hall"), hearing=hearing)


def devices(of: Settings) -> list[str]:
    argv = next(spec.argv for spec in child_specs(of, "ws://127.0.0.1:1", {}) if spec.name == "hearing")
    return [value for option, value in zip(argv, argv[1:], strict=False) if option == "--mic"]


def test_without_the_setting_there_is_one() -> None:
    assert settings(device="USB").microphones() == {"mic": Microphone("USB", "hall", "display hall")}
    assert devices(settings(device="USB")) == ["USB"]
    assert devices(settings()) == ["default"]


def test_those_of_one_display_hear_the_same_calls() -> None:
    several = settings(
        MicrophoneSettings(device="left"),
        MicrophoneSettings(device="right"),
        MicrophoneSettings(device="desk", display="tablet", group="display hall"),
        MicrophoneSettings(device="far", display="lobby"),
    )
    found = several.microphones()
    assert list(found) == ["mic", "mic2", "mic3", "mic4"]
    assert [its.display for its in found.values()] == ["hall", "hall", "tablet", "lobby"]
    assert [its.group for its in found.values()] == ["display hall"] * 3 + ["display lobby"]
    assert devices(several) == ["left", "right", "desk", "far"]


def test_each_hears_the_voice_of_its_display_and_of_those_within_earshot() -> None:
    several = settings(
        MicrophoneSettings(device="array"),
        MicrophoneSettings(device="lobby", display="lobby"),
        MicrophoneSettings(device="desk", display="tablet", group="display hall"),
    )
    assert several.stands_at() == {
        "mic": frozenset({"hall", "tablet"}),
        "mic2": frozenset({"lobby"}),
        "mic3": frozenset({"hall", "tablet"}),
    }


def test_a_mistyped_name_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('[[hearing.microphones]]\ndevise = "left"\n', encoding="utf-8")
    with pytest.raises(ConfigError):
        load_settings(file)
