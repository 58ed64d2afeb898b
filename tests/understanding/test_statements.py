"""Who tells, who recalls, who asks another device: none of them wants a panel, and wishes are not among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.contracts import Intent, IntentName, UnderstandingOutcome
from assistant.understanding.decide import OUTSIDE_SEOUL, decide
from assistant.understanding.fastpath import FastPath
from assistant.understanding.model import ModelResult
from assistant.understanding.refusals import is_for_others, is_fragment
from assistant.understanding.sentences import handwritten
from assistant.understanding.statements import recalls, tells, without_complaint
from content_registry.schema import Registry

DATA = Path(__file__).resolve().parents[2] / "nlu_data"
SHOW = Intent(IntentName.SHOW_PANEL, panel="parks")
NOT_UNDERSTOOD = UnderstandingOutcome.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "text",
    [
        "공원에서 강아지를 잃어버렸대",
        "둘레길 완주했다더라고요",
        "주차장이 꽉 찼다며",
        "그 버스 요즘 안 다닌다던데",
        "따릉이 타다 넘어졌거든",
        "예산은 작년에 다 썼잖아요",
        "미세먼지 심하다니까",
        "공기 좋네요",
        "하늘이 맑구나",
        "서울시는 임대주택을 늘리겠다고 밝혔습니다",
        "한강 축제에 간 적 있어",
        "공원에나 갈까 말까",
        "도서관이 문을 닫았나 봐",
    ],
)
def test_a_sentence_that_tells(text: str) -> None:
    assert tells(text)


@pytest.mark.parametrize(
    "text",
    [
        "주차장 보여 주세요",
        "공원 현황을 보고 싶습니다",
        "둘레길 지도 부탁드립니다",
        "청년수당 받은 사람이 몇 명이더라",
        "미세먼지 얼마나 돼요",
        "그 전자상가 사업 있잖아",
        "고용률이 궁금합니다",
        "버스 언제 온대",
        "show the parks",
    ],
)
def test_a_sentence_that_wants(text: str) -> None:
    assert not tells(text)
    assert not recalls(text)


def test_memories_are_told_from_questions_about_figures() -> None:
    assert recalls("세운상가에서 라디오 고쳤어")
    assert recalls("공원에서 도시락 먹었지")
    for text in ("관광객 늘었어", "불 났어", "얼마나 걸렸어", "자전거 남아 있어", "공원에서 먹었어?"):
        assert not recalls(text), text


def test_no_taught_wish_to_see_a_panel_is_taken_for_talk() -> None:
    wishes = [line.text for line in handwritten(DATA / "handwritten") if line.label.startswith("panel.")]
    assert len(wishes) > 2500
    assert [text for text in wishes if tells(text) or recalls(text)] == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("어르신들이 쉼터에서 장기를 두신대", "panel.safety-facilities"),
        ("에어컨 바람 방향 바꿔 줘", "panel.temperature-wind"),
        ("내일 오후 일정 알려 줘", "panel.district-weather"),
        ("회의 일정 추가해 줘", "panel.intl-conferences"),
        ("그래서", "confirm"),
        ("북부", "panel.temperature-wind"),
    ],
)
def test_talk_is_left_whatever_the_model_thinks(text: str, label: str, fast_path: FastPath, registry: Registry) -> None:
    decision = decide(fast_path.read(text), ModelResult(((label, 0.85),), 0.99), registry)
    assert (decision.outcome, decision.intent) == (NOT_UNDERSTOOD, None)


def test_a_panels_own_word_is_no_other_device() -> None:
    assert is_for_others(SHOW, "메일 온 거 보여 줘")
    assert not is_for_others(SHOW, "라디오 스타 보여 줘", [(0, 6)])
    assert not is_for_others(Intent(IntentName.STOP), "텔레비전 꺼")


def test_a_scrap_is_short_korean_without_a_number() -> None:
    assert is_fragment("그래서")
    assert not any(map(is_fragment, ("2번", "ok", "다음 거 봐")))


def test_another_citys_office_is_not_called(fast_path: FastPath, registry: Registry) -> None:
    decision = decide(fast_path.read("대구시청 담당 부서 연결해"), ModelResult((("call", 0.95),), 0.99), registry)
    assert (decision.outcome, decision.notes) == (NOT_UNDERSTOOD, (OUTSIDE_SEOUL,))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("무더위 쉼터 보여줘 더워 죽겠네", "무더위 쉼터 보여줘"),
        ("미세먼지 알려줘 목이 아프네", "미세먼지 알려줘"),
        ("싼 시장 보여줘요 아가씨", "싼 시장 보여줘요"),
        ("미세먼지 보여줘 아니야 취소", "미세먼지 보여줘 아니야 취소"),
        ("미세먼지 보여줘 그랬더니 아무도 없네", "미세먼지 보여줘 그랬더니 아무도 없네"),
        ("요즘 날씨가 춥네", "요즘 날씨가 춥네"),
    ],
)
def test_what_is_said_after_a_wish_is_no_part_of_it(text: str, meant: str) -> None:
    assert without_complaint(text) == meant
