"""Whose wake heads listen: what is enrolled or removed while the service runs is taken up without a restart."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from assistant.cli import cli
from assistant.settings import Settings, wake_people_folder
from assistant.wake_listeners import WakeListeners
from tests.assistant.api_app import REMOTE, Application, settled
from tests.assistant.test_api_sockets import hearing

RELOAD = "/api/v1/wake/people/reload"


def enrol(settings: Settings, name: str, at: int = 1) -> Path:
    folder = wake_people_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    for suffix in (".npz", ".json"):
        (folder / f"{name}{suffix}").write_bytes(b"x")
        os.utime(folder / f"{name}{suffix}", (at, at))
    return folder / f"{name}.npz"


class Worker:
    """Takes what it is told, and says so when asked."""

    def __init__(self, settings: Settings) -> None:
        self.told: list[list[str]] = []
        self._version = ""
        self.listeners = WakeListeners(settings, self.take)

    def take(self, paths: list[str], version: str) -> None:
        self.told.append([Path(path).stem for path in paths])
        self._version = version

    def says(self) -> None:
        names = self.told[-1] if self.told else []
        self.listeners.heard({"wake_people": {"version": self._version, "names": names}})


def test_the_folder_is_looked_at_with_every_sign_of_life(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path)
    worker = Worker(settings)
    for _ in range(2):
        worker.says()
    head = enrol(settings, "김시장")
    for _ in range(3):
        worker.says()
    assert worker.told == [[], ["김시장"]]
    assert worker.listeners.names == ("김시장",)
    os.utime(head.with_suffix(".json"), (2, 2))  # enrolled again: the same name, another voice
    worker.says()
    head.unlink()
    worker.says()
    assert worker.told[2:] == [["김시장"], []]


def test_somebody_removed_is_listened_for_no_more_though_the_settings_still_name_them(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path, hearing={"wake_people": ["김시장", "이비서"]})
    head, _ = enrol(settings, "김시장"), enrol(settings, "이비서")
    worker = Worker(settings)
    worker.says()
    head.unlink()
    worker.says()
    assert worker.told == [["김시장", "이비서"], ["이비서"]]


async def test_the_command_is_told_that_the_worker_listens_with_it(api: Application) -> None:
    async with hearing(api) as worker:

        def says(version: str, names: list[str]) -> None:
            detail = {"microphone": "ok", "wake_people": {"version": version, "names": names}}
            worker.socket.send({"type": "health", "detail": detail})

        def told() -> list[dict[str, Any]]:
            return [m for m in worker.told if m["type"] == "wake_people"]

        says("", [])
        await settled(told)
        enrol(api.service.settings, "김시장")
        says(told()[-1]["version"], [])
        await settled(lambda: told()[-1]["paths"])
        says(told()[-1]["version"], ["김시장"])
        await settled(lambda: api.service.listeners.names)
        assert (await api.http.post(RELOAD)).json() == {"in_use": True, "people": ["김시장"]}
        async with api.client(REMOTE) as remote:
            assert (await remote.post(RELOAD)).status_code == 403


async def test_without_a_worker_it_is_not_in_use_yet(api: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    enrol(api.service.settings, "김시장")
    assert not await api.service.listeners.take_up(within_s=0.0)


@pytest.mark.parametrize(
    ("answer", "taken_up"),
    [
        (None, False),
        ({"in_use": True, "people": []}, True),
        ({"in_use": False, "people": ["김시장"]}, False),
        ({"in_use": True, "people": ["김시장"]}, False),
    ],
)
def test_the_command_says_whether_the_service_has_taken_it_up(
    answer: dict[str, Any] | None, taken_up: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def ask(settings: Settings, path: str) -> dict[str, Any] | None:
        asked.append(path)
        return answer

    monkeypatch.setattr("assistant.app.ask_service", ask)
    file = tmp_path / "settings.toml"
    file.write_text(f'state_dir = "{tmp_path}"\n', encoding="utf-8")
    enrol(Settings(state_dir=tmp_path), "김시장")
    done = CliRunner().invoke(cli, ["enroll", "wake", "--remove", "--name", "김시장", "--settings", str(file)])
    assert done.exit_code == 0, done.output
    removed, told = (json.loads(line) for line in done.stdout.splitlines())
    assert (removed["type"], told["type"], asked) == ("removed", "service", [RELOAD])
    assert (told["running"], told["taken_up"]) == (answer is not None, taken_up)
