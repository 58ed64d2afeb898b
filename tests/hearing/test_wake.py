"""The wake decision and the reading of a head with its card."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts.errors import BadInput, ConfigError
from assistant.hearing.wake import DEFAULT_MODEL, OpenWakeWord, WakeCard, WakeDecision

FRAME = 0.08


def times_of_wakes(scores: list[float], decision: WakeDecision) -> list[int]:
    return [i for i, score in enumerate(scores) if decision.feed((i + 1) * FRAME, score)]


@pytest.mark.parametrize(
    ("scores", "patience", "wakes"),
    [
        ([], 2, []),
        ([0.9], 2, []),
        ([0.9, 0.9], 2, [1]),
        ([0.9], 1, [0]),
        ([0.9, 0.1, 0.9, 0.1, 0.9], 2, []),
        ([0.1, 0.8, 0.8, 0.1], 2, [2]),
        ([0.79, 0.79, 0.79], 2, []),
        ([0.9, 0.9, 0.9], 3, [2]),
        ([0.9] * 100, 2, [1]),  # it must fall below the threshold before it can wake again
        ([0.9, 0.9, 0.0, 0.9, 0.9], 2, [1]),  # too soon
        ([0.9, 0.9] + [0.0] * 25 + [0.9, 0.9], 2, [1, 28]),
        ([0.9, math.nan, 0.9], 2, []),
    ],
)
def test_decision_table(scores: list[float], patience: int, wakes: list[int]) -> None:
    assert times_of_wakes(scores, WakeDecision(0.8, patience)) == wakes


def test_a_run_that_began_in_the_refractory_time_does_not_wake_when_it_ends() -> None:
    scores = [0.9, 0.9] + [0.0] * 20 + [0.9] * 10
    assert times_of_wakes(scores, WakeDecision(0.8)) == [1]


def test_time_must_not_go_back() -> None:
    decision = WakeDecision(0.8)
    decision.feed(1.0, 0.1)
    with pytest.raises(BadInput):
        decision.feed(0.9, 0.1)
    decision.reset()
    assert not decision.feed(0.1, 0.9)


def test_reset_forgets_a_half_heard_word() -> None:
    decision = WakeDecision(0.8)
    decision.feed(0.08, 0.9)
    decision.reset()
    assert not decision.feed(0.16, 0.9)


@given(
    scores=st.lists(st.floats(0, 1), max_size=200),
    threshold=st.floats(0.05, 0.99),
    patience=st.integers(1, 4),
    refractory=st.floats(0, 4),
)
def test_decision_laws(scores: list[float], threshold: float, patience: int, refractory: float) -> None:
    wakes = times_of_wakes(scores, WakeDecision(threshold, patience, refractory))
    for wake in wakes:
        assert wake + 1 >= patience
        assert all(score >= threshold for score in scores[wake + 1 - patience : wake + 1])
    for first, second in zip(wakes, wakes[1:], strict=False):
        assert (second - first) * FRAME >= refractory - 1e-6
        assert any(score < threshold for score in scores[first + 1 : second])
    runs = any(all(s >= threshold for s in scores[i : i + patience]) for i in range(len(scores) - patience + 1))
    assert bool(wakes) == (runs and len(scores) >= patience)


def card(tmp_path: Path, **changes: object) -> Path:
    data: dict[str, object] = {
        "threshold": 0.8,
        "patience_frames": 2,
        "refractory_s": 2.0,
        "lag_s": 0.1,
        "lag_p95_s": 0.2,
        "sha256": "0" * 64,
    }
    path = tmp_path / "head.json"
    path.write_text(json.dumps({k: v for k, v in {**data, **changes}.items() if v is not None}), encoding="utf-8")
    return path


def test_a_card_is_read(tmp_path: Path) -> None:
    read = WakeCard.read(card(tmp_path))
    assert (read.threshold, read.patience_frames, read.lag_p95_s) == (0.8, 2, 0.2)
    assert WakeDecision.of(read).threshold == 0.8


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": None},
        {"threshold": "loud"},
        {"threshold": 1.5},
        {"threshold": 0},
        {"patience_frames": 0},
        {"refractory_s": -1},
    ],
)
def test_a_broken_card_is_refused(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        WakeCard.read(card(tmp_path, **changes))
    assert caught.value.code == "wake-card-broken"


def test_a_missing_card_or_head_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        OpenWakeWord(tmp_path / "head.onnx")
    assert caught.value.code == "wake-card-missing"
    card(tmp_path)
    with pytest.raises(ConfigError) as caught:
        OpenWakeWord(tmp_path / "head.onnx")
    assert caught.value.code == "wake-model-missing"


def test_a_head_that_is_not_the_cards_is_refused(tmp_path: Path) -> None:
    card(tmp_path)
    (tmp_path / "head.onnx").write_bytes(b"something else")
    with pytest.raises(ConfigError) as caught:
        OpenWakeWord(tmp_path / "head.onnx")
    assert caught.value.code == "wake-model-changed"


def test_only_onnx_heads_are_taken(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        OpenWakeWord(tmp_path / "head.pkl")
    assert caught.value.code == "wake-model-format"


def test_the_committed_head_is_the_one_its_card_describes() -> None:
    found = json.loads(DEFAULT_MODEL.with_suffix(".json").read_text(encoding="utf-8"))
    assert hashlib.sha256(DEFAULT_MODEL.read_bytes()).hexdigest() == found["sha256"]
    for part in ("training", "clips", "licences", "figures_on_unseen_voices", "versions"):
        assert found[part], part
    assert DEFAULT_MODEL.stat().st_size < 2_000_000
