"""Small private files: whole or not at all, for their owner only, and no change is lost among several who change."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from argon2 import PasswordHasher

from assistant.pins import Pins
from assistant.private_files import write_private
from display_bridge.pairing import Pairing

AT_ONCE = 6
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_a_file_is_replaced_whole_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file"
    write_private(file, b"one")
    os.chmod(file, 0o644)
    write_private(file, b"two")
    assert file.read_bytes() == b"two"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    with pytest.raises(FileExistsError):
        write_private(file, b"three", fresh=True)
    assert file.read_bytes() == b"two"
    write_private(file.with_name("other"), b"four", fresh=True)
    with pytest.raises(IsADirectoryError):
        write_private(file.parent, b"a folder")
    assert sorted(one.name for one in file.parent.parent.rglob("*") if one.is_file()) == ["file", "other"]


def test_devices_that_are_paired_and_revoked_at_once_are_all_remembered(tmp_path: Path) -> None:
    path = tmp_path / "devices.json"
    old = [Pairing(path).issue(role="tablet", display="main")[1].id for _ in range(AT_ONCE)]
    together = Barrier(2 * AT_ONCE)

    def pair(number: int) -> None:
        together.wait(120)
        Pairing(path).issue(role="wall", display=f"wall-{number}")

    def revoke(device: str) -> None:
        together.wait(120)
        Pairing(path).revoke(device)

    with ThreadPoolExecutor(2 * AT_ONCE) as threads:
        waiting = [threads.submit(pair, number) for number in range(AT_ONCE)]
        waiting += [threads.submit(revoke, device) for device in old]
        for one in waiting:
            one.result()
    assert {device.display for device in Pairing(path).devices()} == {f"wall-{n}" for n in range(AT_ONCE)}


def test_pins_that_are_set_at_once_are_all_kept(tmp_path: Path) -> None:
    path, together = tmp_path / "pins.json", Barrier(AT_ONCE)

    def enrol(number: int) -> None:
        together.wait(120)
        Pins(path, QUICK).set(f"person-{number}", f"20481{number}")

    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(enrol, range(AT_ONCE)))
    assert Pins(path, QUICK).names() == [f"person-{n}" for n in range(AT_ONCE)]
