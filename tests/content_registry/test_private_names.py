"""Words near a private name, wherever they stand in a sentence; and that hardly anything else is taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from content_registry.loader import load_registry
from content_registry.private_names import PrivateNames
from content_registry.schema import Visibility

REGISTRY = load_registry()
NAMES = PrivateNames(REGISTRY)
PRIVATE = [panel for panel in REGISTRY.panels.values() if panel.visibility is Visibility.PRIVATE]


@pytest.mark.parametrize("name", [name for panel in PRIVATE for name in panel.names])
def test_each_private_name_is_found_in_a_sentence(name: str) -> None:
    assert NAMES.near(name)
    assert NAMES.near(f"서울아 어제 {name}에 뭐가 있더라")


@pytest.mark.parametrize(
    "text",
    ["관심정부", "관심 정브 띄워줘", "관싱 정보", "클라우드 폴터", "그 보고자려 말이야", "업무지씨 내려", "wrok order"],
)
def test_what_is_two_jamo_off_is_near(text: str) -> None:
    assert NAMES.near(text)


@pytest.mark.parametrize("text", ["", "보", "강남구 미세먼지 보여줘", "관광 정책 보자", "뒤로 가줘", "점심 뭐 먹지"])
def test_what_is_further_off_is_not(text: str) -> None:
    assert not NAMES.near(text)


def test_hardly_any_command_for_something_else_is_taken_for_a_private_one() -> None:
    lines = [
        line.split("\t")
        for file in sorted((Path(__file__).parents[2] / "nlu_data" / "handwritten").glob("*.tsv"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if "\t" in line and not line.startswith("#")
    ]
    private = {panel.id for panel in PRIVATE} | {"open_report", "work_order"}
    others = [text for label, text, *_ in lines if label.removeprefix("panel.") not in private]
    assert len(others) > 3000
    assert sum(map(NAMES.near, others)) < len(others) / 200
