"""One service for one state folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import state_lock
from assistant.contracts import ConfigError, Unavailable


def test_a_second_service_is_refused_and_told_who_is_there(tmp_path: Path) -> None:
    with state_lock.hold(tmp_path / "var"):
        with pytest.raises(Unavailable) as caught, state_lock.hold(tmp_path / "var"):
            pass
        assert caught.value.code == "already-running"
        assert str(os.getpid()) in caught.value.message
    with state_lock.hold(tmp_path / "var"):
        pass


def test_folders_of_their_own_do_not_meet(tmp_path: Path) -> None:
    with state_lock.hold(tmp_path / "a"), state_lock.hold(tmp_path / "b"):
        pass


def test_a_state_folder_that_cannot_be_made_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(ConfigError) as caught, state_lock.hold(tmp_path / "file" / "var"):
        pass
    assert caught.value.code == "bad-state-dir"
