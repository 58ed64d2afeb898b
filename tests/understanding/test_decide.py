"""Deciding between readings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import Direction, Intent, IntentName, Media, UnderstandingOutcome
from assistant.understanding.decide import OUTSIDE_SEOUL, Thresholds, decide, decide_by_names
from assistant.understanding.fastpath import FastPath
from assistant.understanding.model import ModelResult
from content_registry.loader import load_registry
from content_registry.schema import Registry

ACCEPTED, AMBIGUOUS = UnderstandingOutcome.ACCEPTED, UnderstandingOutcome.AMBIGUOUS
NOT_UNDERSTOOD = UnderstandingOutcome.NOT_UNDERSTOOD
REGISTRY = load_registry()
FAST = FastPath(REGISTRY)
LIMITS = Thresholds()


def result(*ranking: tuple[str, float], addressed: float | None = 0.99) -> ModelResult:
    return ModelResult(ranking, addressed)


def test_a_sure_label_is_accepted_with_its_slots(registry: Registry, fast_path: FastPath) -> None:
    reading = fast_path.read("강남구에서 숨 쉬기 괜찮은지 지도로 좀 보자")
    decision = decide(reading, result(("panel.air-quality", 0.9), ("panel.ozone", 0.05)), registry)
    assert decision.outcome is ACCEPTED
    assert decision.intent == Intent(IntentName.SHOW_PANEL, panel="air-quality", district="강남구")


def test_a_question_asks_for_the_value(registry: Registry, fast_path: FastPath) -> None:
    decision = decide(fast_path.read("숨 쉬기 괜찮은 정도가 얼마나 되나"), result(("panel.air-quality", 0.9)), registry)
    assert decision.intent == Intent(IntentName.ASK_VALUE, panel="air-quality")


def test_directions_come_with_the_label(registry: Registry, fast_path: FastPath) -> None:
    decision = decide(fast_path.read("한 칸 앞으로 물러나 봐"), result(("navigate.back", 0.8)), registry)
    assert decision.intent == Intent(IntentName.NAVIGATE, direction=Direction.BACK)


def test_chatter_and_unaddressed_talk_are_left(registry: Registry, fast_path: FastPath) -> None:
    reading = fast_path.read("미세먼지 심하다고 마스크 쓰고 나왔어")
    assert decide(reading, result(("chatter", 0.6), ("panel.fine-dust-pm10", 0.3)), registry).outcome is NOT_UNDERSTOOD
    sure = result(("panel.fine-dust-pm10", 0.95), addressed=0.05)
    assert decide(reading, sure, registry).outcome is NOT_UNDERSTOOD
    assert decide(reading, result(), registry).outcome is NOT_UNDERSTOOD


def test_two_close_readings_are_asked_about(registry: Registry, fast_path: FastPath) -> None:
    reading = fast_path.read("따릉이 쪽 그거 좀 띄워 봐라")
    close = result(("panel.ind-bike-stations", 0.42), ("panel.analysis-bike-siting", 0.41))
    decision = decide(reading, close, registry)
    assert decision.outcome is AMBIGUOUS
    assert {a.intent.panel for a in decision.alternatives} >= {"ind-bike-stations", "analysis-bike-siting"}
    assert all(a.label_ko and a.label_en for a in decision.alternatives)


def test_places_outside_seoul_are_told(registry: Registry, fast_path: FastPath) -> None:
    decision = decide(fast_path.read("부산 미세먼지 보여줘"), result(("panel.fine-dust-pm10", 0.95)), registry)
    assert decision.outcome is NOT_UNDERSTOOD
    assert decision.notes == (OUTSIDE_SEOUL,)
    unsure = decide(fast_path.read("부산 미세먼지"), result(("panel.fine-dust-pm10", 0.9), addressed=0.01), registry)
    assert unsure.notes == (OUTSIDE_SEOUL,)
    abroad = decide(
        fast_path.read("도쿄하고 자매도시 맺은 거 보여줘"), result(("panel.intl-sister-cities", 0.9)), registry
    )
    assert abroad.outcome is ACCEPTED


def test_a_panel_that_is_not_public_is_never_opened_when_its_name_was_only_near(
    registry: Registry, fast_path: FastPath
) -> None:
    reading = fast_path.read("크라우드 폴더 좀 볼래")
    assert not reading.exact_panels
    decision = decide(reading, result(("panel.fn-cloud-folder", 0.6)), registry)
    assert decision.outcome is NOT_UNDERSTOOD  # one reading alone is no question, and none that is opened
    rivals = result(("panel.fn-cloud-folder", 0.6), ("panel.ozone", 0.2), ("panel.fn-private-mode", 0.15))
    for alternative in decide(reading, rivals, registry).alternatives:
        assert alternative.intent.panel != "fn-private-mode"


def test_a_call_takes_its_department_and_medium(registry: Registry, fast_path: FastPath) -> None:
    reading = fast_path.read("교통실 사람 얼굴 좀 보면서 이야기하게 해 줘")
    decision = decide(reading, result(("call", 0.8)), registry)
    assert decision.intent == Intent(IntentName.CALL, department="transport", media=Media.VIDEO)


@pytest.mark.parametrize(
    ("text", "label", "intent"),
    [
        ("폴더에 있는 보고서 아무거나 열어 봐", "panel.fn-cloud-folder", Intent(IntentName.OPEN_REPORT)),
        ("보고자료 모아 둔 폴더 띄워", "panel.fn-cloud-folder", Intent(IntentName.SHOW_PANEL, "fn-cloud-folder")),
        ("다들 모여서 화상으로 얘기하자", "panel.fn-video-conference", Intent(IntentName.CONFERENCE)),
        ("회의실 고르는 화면 띄워", "panel.fn-video-conference", Intent(IntentName.SHOW_PANEL, "fn-video-conference")),
        ("얼굴 보면서 통화하게 해 줘", "panel.fn-video-call", Intent(IntentName.CALL, media=Media.VIDEO)),
        ("비공개 모드에서 이제 나갈게", "private_mode.on", Intent(IntentName.PRIVATE_MODE, direction=Direction.OFF)),
        ("손님 나갔으니 비공개 모드 켜자", "private_mode.on", Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)),
        ("비공개 모드로 좀 들어가자", "private_mode.on", Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)),
        ("화면 저 혼자 도는 거 세워 봐", "rotation.on", Intent(IntentName.ROTATION, direction=Direction.OFF)),
        ("오늘 결재한 문서 뭐뭐 있나 보자", "open_document", Intent(IntentName.SHOW_PANEL, "approval-list")),
        ("노들섬 맡은 부서에 연결해", "panel.prj-nodeulseom", Intent(IntentName.CALL, "prj-nodeulseom")),
        ("상암동 방송국 단지 개발 보자", "panel.prj-sangam-dmc", Intent(IntentName.SHOW_PANEL, "prj-sangam-dmc")),
        ("마포구 방송국 단지 보자", "panel.prj-sangam-dmc", Intent(IntentName.SHOW_PANEL, "prj-sangam-dmc", "마포구")),
    ],
)
def test_panels_that_mean_nearly_the_same_are_told_apart_by_words(
    text: str, label: str, intent: Intent, registry: Registry, fast_path: FastPath
) -> None:
    assert decide(fast_path.read(text), result((label, 0.8)), registry).intent == intent


def test_a_tile_of_the_home_page_needs_its_words(registry: Registry, fast_path: FastPath) -> None:
    ranking = (("panel.home-living-population", 0.5), ("panel.living-population", 0.3))
    plain = decide(fast_path.read("지금 시내에 사람이 몇이나 되나"), result(*ranking), registry)
    assert plain.intent == Intent(IntentName.ASK_VALUE, panel="living-population")
    tile = decide(fast_path.read("첫 화면에 사람 수 나오는 칸 크게 보자"), result(*ranking), registry)
    assert tile.intent == Intent(IntentName.SHOW_PANEL, panel="home-living-population")


def test_a_choice_without_a_number_is_none(registry: Registry, fast_path: FastPath) -> None:
    decision = decide(fast_path.read("그걸로 하자고"), result(("choose", 0.9)), registry)
    assert decision.outcome is NOT_UNDERSTOOD


def test_a_label_the_registry_does_not_have_is_skipped(registry: Registry, fast_path: FastPath) -> None:
    decision = decide(fast_path.read("그거 보여줘"), result(("panel.gone", 0.9), ("nonsense.label", 0.9)), registry)
    assert decision.outcome is NOT_UNDERSTOOD


def test_without_a_model_near_names_are_asked_about_and_private_ones_are_not_offered(
    registry: Registry, fast_path: FastPath
) -> None:
    assert decide_by_names(fast_path.read("날씨 좋다고 하더라"), registry).outcome is NOT_UNDERSTOOD
    assert decide_by_names(fast_path.read("클라우드 폴터 보여줘"), registry).outcome is NOT_UNDERSTOOD


LABELS = st.sampled_from(
    [
        "chatter",
        "call",
        "choose",
        "stop",
        "navigate.back",
        "panel.ozone",
        "panel.fn-cloud-folder",
        "panel.cctv",
        "panel.x",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["오존 보여줘", "두 번째 거", "부산 오존", "그냥 그래", "시시티비 영상", "show ozone"]),
    st.lists(st.tuples(LABELS, st.floats(0, 1)), max_size=6),
    st.none() | st.floats(0, 1),
)
def test_every_decision_is_whole(text: str, ranking: list[tuple[str, float]], addressed: float | None) -> None:
    ordered = tuple(sorted(ranking, key=lambda pair: -pair[1]))
    decision = decide(FAST.read(text), ModelResult(ordered, addressed), REGISTRY)
    assert (decision.intent is not None) == (decision.outcome is ACCEPTED)
    assert bool(decision.alternatives) == (decision.outcome is AMBIGUOUS)
    assert 0 <= decision.confidence <= 1
    if addressed is not None and addressed < LIMITS.addressed_command:
        assert decision.outcome is NOT_UNDERSTOOD
