"""Recorded runs of the real product, replayed: today's gate and actions still do what they did.

The records in tests/golden/runs came out of a running service with its real model. When a change of behaviour is
meant, the record's `plan` and `outcome` are changed with it. `trust`: of the screen, public unless it is named.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.gate import Trust
from assistant.replays import replay_record
from content_registry.loader import load_registry

REGISTRY = load_registry()
RECORDS = sorted((Path(__file__).parents[1] / "golden" / "runs").glob("*.json"))


def test_there_are_records_of_every_kind_of_ending() -> None:
    codes = {json.loads(file.read_text(encoding="utf-8"))["outcome"]["code"] for file in RECORDS}
    assert {"shown", "answered", "asked", "not_understood", "not_permitted", "cancelled"} <= codes


@pytest.mark.parametrize("file", RECORDS, ids=lambda f: f.stem)
def test_a_recorded_run_replays_to_the_same_commands_and_outcome(file: Path) -> None:
    record = json.loads(file.read_text(encoding="utf-8"))
    plans = [event["data"]["commands"] for event in record["events"] if event["type"] == "plan"]
    on_screen = [c for c in (plans[0] if plans else []) if c not in ("answer_value", "say", "stop_saying")]
    replayed = replay_record(record, REGISTRY, Trust[record.get("trust", "public").upper()])
    assert replayed == [*on_screen, record["outcome"]["code"]]
