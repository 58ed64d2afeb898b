# ruff: noqa: E501  (tables are not wrapped)
"""Sentences that name something and do not want it, and those that name nothing."""

from __future__ import annotations

import pytest

from assistant.contracts import Direction, Intent, IntentName, UnderstandingOutcome
from assistant.outcomes import not_understood
from assistant.understanding.decide import decide
from assistant.understanding.fastpath import FastPath
from assistant.understanding.model import ModelResult
from assistant.understanding.numbers import number_in
from assistant.understanding.refusals import (
    is_about_loudness,
    is_machine_syntax,
    is_negated,
    negation_forbids,
    says_nothing,
)
from assistant.understanding.service import Understander
from content_registry.schema import Registry

SHOW = Intent(IntentName.SHOW_PANEL, panel="ozone")


@pytest.mark.parametrize(
    "text",
    ["오존 띄우지 마", "강수량 열지 말아 줘", "지하철 화면 그만 봐", "오존 안 봐도 돼", "공원 보여줘 아니야 취소",
     "do not show the parks", "never open the ozone page", "ozone please, cancel that"],
)  # fmt: skip
def test_negated_wishes(text: str, registry: Registry, fast_path: FastPath) -> None:
    assert negation_forbids(SHOW, text)
    told = decide(fast_path.read(text), ModelResult((("panel.ozone", 0.95),), 0.99), registry)
    assert (told.outcome, told.notes) == (UnderstandingOutcome.NOT_UNDERSTOOD, ("negated",))


@pytest.mark.parametrize(
    "text", ["오존 지도 보여줘", "뜸 들이지 말고 오존 보여줘", "안전 현황 보여줘", "show the ozone"]
)
def test_wishes_are_not_negated(text: str) -> None:
    assert not is_negated(text)


@pytest.mark.parametrize(
    "text",
    ["더 크게 말해", "크게 말해줘", "소리 키워줘", "소리 좀 줄여줘", "볼륨 올려", "목소리 낮춰 줘", "작게 말해줘", "speak louder",
     "turn the volume up"],
)  # fmt: skip
async def test_the_volume_is_no_zoom_and_is_said_to_be_elsewhere(text: str, registry: Registry) -> None:
    told = await Understander(registry, None).understand(text)
    assert (told.outcome, told.notes) == (UnderstandingOutcome.NOT_UNDERSTOOD, ("volume",))
    assert not_understood(told).text_ko == "소리 크기는 화면이나 스피커에서 조절해 주세요."


@pytest.mark.parametrize("text", ["더 크게 보여줘", "지도 크게", "글씨 키워줘", "소음 화면 보여줘", "화면 줄여줘"])
def test_what_is_shown_larger_is_not_said_louder(text: str) -> None:
    assert not is_about_loudness(text)


def test_holding_can_be_said_by_a_negation() -> None:
    assert not negation_forbids(Intent(IntentName.NAVIGATE, direction=Direction.HOLD), "화면 넘기지 마")
    assert negation_forbids(Intent(IntentName.ROTATION, direction=Direction.OFF), "순환 끄지 마")


@pytest.mark.parametrize(
    ("text", "number"),
    [("열한 번째", 11), ("열다섯 번째 문서", 15), ("20번", 20), ("십이번", 12), ("number twelve", 12), ("the second one", 2),
     ("21번", None), ("87번", None), ("서른두 번째", None), ("이십오번", None), ("twenty five", None), ("0번", None)],
)  # fmt: skip
def test_numbers(text: str, number: int | None) -> None:
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["/nav_home", "<b>오존</b>", "`ls`", "오존 | 강수량", "{'a': 1}", "drop table a;"])
def test_machine_syntax(text: str) -> None:
    assert is_machine_syntax(text)


@pytest.mark.parametrize("text", ["R&D 보여줘", "C40", "PM2.5 얼마야?", "'오존' 보여줘", "문화·관광", "1/2 화면"])
def test_people_write_these(text: str) -> None:
    assert not is_machine_syntax(text)


@pytest.mark.parametrize("text", ["띄워 줘", "좀 보여주세요", "thank you", "반갑습니다", "こんにちは", "내일 봐요"])
def test_words_that_name_nothing(text: str) -> None:
    assert says_nothing(text)


async def test_several_things_are_asked_about_and_offices_must_be_known(registry: Registry) -> None:
    understander = Understander(registry, None)
    for text, panels in (
        ("오존하고 강수량 보여줘", ["ozone", "rainfall"]),
        ("show ozone and rainfall", ["ozone", "rainfall"]),
    ):
        told = await understander.understand(text)
        assert told.outcome is UnderstandingOutcome.AMBIGUOUS
        assert [a.intent.panel for a in told.alternatives] == panels


@pytest.mark.parametrize(
    ("text", "label", "notes"),
    [("도로정비과에 전화 좀 걸어 줘", "call", ("unknown-department",)), ("회의가 정말 지루하다", "conference", ())],
)
def test_calls_to_unknown_offices_and_remarks(
    text: str, label: str, notes: tuple[str, ...], registry: Registry, fast_path: FastPath
) -> None:
    told = decide(fast_path.read(text), ModelResult(((label, 0.95),), 0.99), registry)
    assert (told.outcome, told.notes) == (UnderstandingOutcome.NOT_UNDERSTOOD, notes)


@pytest.mark.parametrize(
    ("text", "panel", "name"),
    [("마포구 눈 얼마나 내렸어", "snowfall", IntentName.ASK_VALUE), ("하천 수위 어때", "flood-risk", IntentName.ASK_VALUE),
     ("지금 비 오나요", "rainfall", IntentName.ASK_VALUE)],
)  # fmt: skip
def test_what_falls_and_rises(text: str, panel: str, name: IntentName, fast_path: FastPath) -> None:
    found = fast_path.match(fast_path.read(text))
    assert found is not None
    assert (found.intent.name, found.intent.panel) == (name, panel)
