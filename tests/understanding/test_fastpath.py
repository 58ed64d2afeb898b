"""The registry's fast path: what it takes, and what it leaves alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import Direction, Intent, IntentName, Media
from assistant.understanding.fastpath import FastPath
from assistant.understanding.hygiene import clean
from content_registry.loader import load_registry
from tests.pace import seconds

SHOW, ASK, N = IntentName.SHOW_PANEL, IntentName.ASK_VALUE, IntentName
SHARED = FastPath(load_registry())


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("서울아 미세먼지 보여줘", Intent(SHOW, panel="fine-dust-pm10")),
        ("미세 먼지를 좀 띄워 주시겠어요", Intent(SHOW, panel="fine-dust-pm10")),
        ("초미세먼지", Intent(SHOW, panel="ultrafine-dust-pm25")),
        ("따릉이현황보여줘", Intent(SHOW, panel="bike-rental")),
        ("강남구 미세먼지 얼마야", Intent(ASK, panel="fine-dust-pm10", district="강남구")),
        ("강남역 날씨 어때", Intent(ASK, panel="district-weather", district="강남구")),
        ("오존 몇이야", Intent(ASK, panel="ozone")),
        ("송파 오존 농도 알려줘", Intent(ASK, panel="ozone", district="송파구")),
        ("show me the fine dust in Gangnam", Intent(SHOW, panel="fine-dust-pm10", district="강남구")),
        ("what is the ozone in Mapo", Intent(ASK, panel="ozone", district="마포구")),
        ("메뉴", Intent(N.NAVIGATE, direction=Direction.MENU)),
        ("서울아 전체 메뉴 보여줘", Intent(N.NAVIGATE, direction=Direction.MENU)),
        ("show the menu", Intent(N.NAVIGATE, direction=Direction.MENU)),
        ("그만", Intent(N.STOP)),
        ("취소", Intent(N.STOP)),
        ("됐어", Intent(N.STOP)),
        ("조용히 해", Intent(N.STOP)),
        ("음소거 해줘", Intent(N.STOP)),
        ("아니", Intent(N.DENY)),
        ("다시 말해줘", Intent(N.REPEAT)),
        ("뭐라고 했지", Intent(N.REPEAT)),
        ("잘 안 들려", Intent(N.REPEAT)),
        ("좀 천천히 말해줘", Intent(N.REPEAT)),
        ("비가 몇 미리나 왔어", Intent(ASK, panel="rainfall")),
        ("관악구하고 금천구 오존 비교하게", Intent(SHOW, panel="ozone", district="관악구", compare=("금천구",))),
        (
            "강서구하고 양천구 오존 어디가 높은지 비교해줘",
            Intent(SHOW, panel="ozone", district="강서구", compare=("양천구",)),
        ),
        ("오존 어떨 것 같아", Intent(ASK, panel="ozone")),
        ("교통실에 영상전화 연결해줘", Intent(N.CALL, department="transport", media=Media.VIDEO)),
        ("도시교통실 음성전화 부탁해", Intent(N.CALL, department="transport", media=Media.VOICE)),
        ("안전총괄실 연결해 줘", Intent(N.CALL, department="safety")),
        ("안전총괄실에 전화해", Intent(N.CALL, department="safety", media=Media.VOICE)),
        ("그 결재문서 본문 펼쳐 봐", Intent(N.OPEN_DOCUMENT)),
        ("call the transport office on video", Intent(N.CALL, department="transport", media=Media.VIDEO)),
        ("영상전화 연결해줘", Intent(N.CALL, media=Media.VIDEO)),
        ("전화 걸어 줘", Intent(N.CALL, media=Media.VOICE)),
        ("화상회의 시작해", Intent(N.CONFERENCE)),
        ("비공개 모드 켜줘", Intent(N.PRIVATE_MODE, direction=Direction.ON)),
        ("비공개 모드 꺼 줘", Intent(N.PRIVATE_MODE, direction=Direction.OFF)),
        ("자동 순환 멈춰", Intent(N.ROTATION, direction=Direction.OFF)),
        ("순환 시작", Intent(N.ROTATION, direction=Direction.ON)),
        ("도와줘", Intent(N.HELP)),
        ("업무 지시", Intent(N.WORK_ORDER)),
        ("보고자료 열어", Intent(N.OPEN_REPORT)),
        ("결재문서 열어", Intent(N.OPEN_DOCUMENT)),
        ("결재문서 목록 보여줘", Intent(SHOW, panel="approval-list")),
        ("뒤로 가 줘", Intent(N.NAVIGATE, direction=Direction.BACK)),
        ("처음 화면으로", Intent(N.NAVIGATE, direction=Direction.HOME)),
        ("다음 페이지", Intent(N.NAVIGATE, direction=Direction.NEXT)),
        ("화면 고정해", Intent(N.NAVIGATE, direction=Direction.HOLD)),
        ("조금 확대해 줘", Intent(N.ZOOM, direction=Direction.IN)),
        ("zoom out please", Intent(N.ZOOM, direction=Direction.OUT)),
        ("두 번째 걸로", Intent(N.CHOOSE, choice=2)),
        ("이번 거", Intent(N.CHOOSE, choice=2)),
        ("3번", Intent(N.CHOOSE, choice=3)),
        ("number four", Intent(N.CHOOSE, choice=4)),
        ("네", Intent(N.CONFIRM)),
        ("아니요", Intent(N.DENY)),
        ("그만해", Intent(N.STOP)),
        ("다시 말해 줘", Intent(N.REPEAT)),
    ],
)
def test_a_known_sentence_is_understood(fast_path: FastPath, text: str, intent: Intent) -> None:
    result = fast_path.match(fast_path.read(clean(text)))
    assert result is not None
    assert result.intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "미세먼지 심하다고 마스크 쓰고 나왔어",
        "어제 미세먼지 보여 준다더니 안 보여 주더라",
        "날씨 좋네",
        "교통실 김 과장이 전화했었어",
        "부산 미세먼지",
        "도쿄 날씨 어때",
        "화상회의 하다가 졸았어",
        "두 번째 아이가 학교에 갔어",
        "12번 버스 타고 왔어",
        "확대 해석하지 마",
        "뒤로 넘어질 뻔했어",
        "재난 대비 훈련 때문에 바빠",
    ],
)
def test_talk_is_left_alone(fast_path: FastPath, text: str) -> None:
    assert fast_path.match(fast_path.read(clean(text))) is None


def test_a_function_of_the_room_never_opens_by_a_misheard_name(fast_path: FastPath) -> None:
    for text in ("비곰개 모드 화면 보여줘", "업무지씨 화면 보여줘", "클라우드 폴터 화면 띄워줘"):
        assert fast_path.match(fast_path.read(text)) is None


def test_every_panel_is_shown_by_its_name(fast_path: FastPath) -> None:
    for panel in load_registry().panels.values():
        if panel.id.startswith("fn-") or panel.id == "home":
            continue
        for name in (panel.name_ko, *panel.aliases_ko):
            result = fast_path.match(fast_path.read(clean(f"{name} 보여줘")))
            if result is None or result.intent.name is not SHOW:
                continue  # names that are sentences themselves, such as "날씨 어때"
            assert result.intent.panel == panel.id, name


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="미세먼지보여줘강남구교통실에전화해 얼마야네2번째abcshow", min_size=1, max_size=300))
def test_any_text_is_read_quickly_and_without_errors(text: str) -> None:
    try:
        line = clean(text)
    except Exception:
        return
    assert seconds(lambda: SHARED.match(SHARED.read(line)), 1.0) < 1.0
