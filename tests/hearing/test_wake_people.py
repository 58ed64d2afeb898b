"""People's own wake heads: what is written, what is read again, and what is refused."""

from __future__ import annotations

import json
import pickle
import stat
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts.errors import BadInput, ConfigError
from assistant.hearing.wake_people import PersonHead, file_name, level, people_in, read_people, remove

BASE = "b" * 64


def head(name: str = "박 시장") -> PersonHead:
    return PersonHead(name, 0.7, np.linspace(-1, 1, 8, dtype=np.float32), -0.25)


def test_a_head_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = head().write(tmp_path / "people", {"base_sha256": BASE})
    read = PersonHead.read(path, BASE)
    seen = np.ones(8, np.float32)
    assert (read.name, read.threshold, read.bias) == ("박 시장", 0.7, -0.25)
    assert read.score(seen) == pytest.approx(head().score(seen))
    assert people_in(tmp_path / "people") == [path]


def test_only_the_owner_can_read_a_head(tmp_path: Path) -> None:
    path = head().write(tmp_path / "people", {"base_sha256": BASE})
    for file in (path, path.with_suffix(".json")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert len(list(path.parent.iterdir())) == 2


def test_a_head_of_another_shipped_head_is_left_out_and_named(tmp_path: Path) -> None:
    old = head("가").write(tmp_path, {"base_sha256": "a" * 64})
    new = head("나").write(tmp_path, {"base_sha256": BASE})
    people, left_out = read_people([old, new], BASE)
    assert [person.name for person in people] == ["나"]
    assert [error.code for error in left_out] == ["wake-person-outdated"]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _no_card(path: Path) -> None:
    path.with_suffix(".json").unlink()


def _not_json(path: Path) -> None:
    path.with_suffix(".json").write_text("{")


def _other_threshold(path: Path) -> None:
    card = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**card, "threshold": 2}))


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_cut, "wake-person-broken"),
        (_no_card, "wake-person-missing"),
        (_not_json, "wake-person-broken"),
        (_other_threshold, "wake-person-broken"),
    ],
)
def test_a_damaged_head_is_refused(tmp_path: Path, damage: object, code: str) -> None:
    path = head().write(tmp_path, {"base_sha256": BASE})
    assert callable(damage)
    damage(path)
    with pytest.raises(ConfigError) as caught:
        PersonHead.read(path, BASE)
    assert caught.value.code == code


def test_no_pickle_is_loaded(tmp_path: Path) -> None:
    path = head().write(tmp_path, {"base_sha256": BASE})
    data = pickle.dumps({"weights": [1.0]})
    path.write_bytes(data)
    import hashlib

    card = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**card, "sha256": hashlib.sha256(data).hexdigest()}))
    with pytest.raises(ConfigError) as caught:
        PersonHead.read(path, BASE)
    assert caught.value.code == "wake-person-broken"


@pytest.mark.parametrize("name", ["", "  ", "../x", "a/b", "a" * 41, ".hidden", "x.", "a\nb"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(BadInput):
        file_name(name)


def test_a_person_is_forgotten(tmp_path: Path) -> None:
    head("가").write(tmp_path, {"base_sha256": BASE})
    remove(tmp_path, "가")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(BadInput):
        remove(tmp_path, "가")


@given(a=st.floats(0, 1), b=st.floats(0, 1), own=st.floats(0.01, 0.99), shared=st.floats(0.01, 0.99))
def test_levels_keep_the_order_and_the_side_of_the_threshold(a: float, b: float, own: float, shared: float) -> None:
    assert (level(a, own, shared) >= shared - 1e-12) == (a >= own) or abs(a - own) < 1e-9
    if a < b:
        assert level(a, own, shared) <= level(b, own, shared) + 1e-12
    assert -1e-9 <= level(a, own, shared) <= 1 + 1e-9
