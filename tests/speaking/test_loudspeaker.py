"""The local device: phrases in order, one report at the end, silence at once."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

import pytest

from assistant.speaking import worker as speaking_worker
from assistant.speaking.worker import Loudspeaker


class Device:
    """A player whose sounds end when a test says so. `broken`: it cannot play."""

    def __init__(self, *, broken: bool = False) -> None:
        self.played: list[str] = []
        self.stopped = 0
        self.broken = broken
        self.over = asyncio.Event()

    async def play(self, path: Path) -> bool:
        self.played.append(path.name)
        if self.broken:
            return False
        await self.over.wait()
        self.over.clear()
        return True

    def stop(self) -> None:
        self.stopped += 1

    async def end(self) -> None:
        self.over.set()
        for _ in range(10):
            await asyncio.sleep(0)


class Wire:
    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    async def send(self, message: dict[str, Any]) -> bool:
        self.sent.append(message)
        return True


def pair(folder: Path, *, broken: bool = False) -> tuple[Loudspeaker, Device, Wire]:
    device, wire = Device(broken=broken), Wire()
    return Loudspeaker(device, wire, folder), device, wire  # type: ignore[arg-type]


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_phrases_play_in_order_and_the_last_is_reported(tmp_path: Path) -> None:
    loud, device, wire = pair(tmp_path)
    loud.play("u", "a.wav", last=False)
    await settle()
    loud.play("u", "../b.wav", last=True)
    await settle()
    assert device.played == ["a.wav"]
    await device.end()
    assert (device.played, wire.sent) == (["a.wav", "b.wav"], [])
    await device.end()
    assert wire.sent == [{"type": "played", "utterance": "u", "ok": True}]


async def test_silence_is_at_once_and_reports_nothing(tmp_path: Path) -> None:
    loud, device, wire = pair(tmp_path)
    loud.play("u", "a.wav", last=False)
    loud.play("u", "b.wav", last=True)
    await settle()
    loud.stop()
    await device.end()
    assert (device.played, wire.sent, device.stopped > 0) == (["a.wav"], [], True)
    loud.play("v", "c.wav", last=True)
    await settle()
    await device.end()
    assert wire.sent == [{"type": "played", "utterance": "v", "ok": True}]


async def test_a_device_that_cannot_play_ends_the_utterance(tmp_path: Path) -> None:
    loud, device, wire = pair(tmp_path, broken=True)
    loud.play("u", "a.wav", last=False)
    loud.play("u", "b.wav", last=True)
    await settle()
    assert (device.played, wire.sent) == (["a.wav"], [{"type": "played", "utterance": "u", "ok": False}])


def test_what_the_worker_starts_does_not_inherit_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bytes, str]] = []

    async def serve(options: argparse.Namespace, key: bytes) -> None:
        inherited = await asyncio.create_subprocess_exec("env", stdout=asyncio.subprocess.PIPE)
        seen.append((key, (await inherited.communicate())[0].decode()))

    monkeypatch.setattr(speaking_worker, "serve", serve)
    monkeypatch.setattr("assistant.logs.set_up", lambda: None)
    monkeypatch.setattr("sys.argv", ["worker", "--core", "ws://127.0.0.1:1", "--folder", str(tmp_path)])
    monkeypatch.setenv("SEOULA_AUDIO_KEY", "k" * 32)
    speaking_worker.main()
    ((key, inherited),) = seen
    assert key == b"k" * 32
    assert "PATH=" in inherited
    assert "k" * 32 not in inherited
