"""Short sentences after another one, and the same without anything before them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import Direction, Intent, IntentName, Language, Media, Period, UnderstandingOutcome
from assistant.understanding.fastpath import FastPath
from assistant.understanding.followup import FRESH_S, Before, follow_up
from assistant.understanding.service import Understander, UnderstandingContext
from content_registry.loader import load_registry
from content_registry.schema import Registry

SHOW, ASK = IntentName.SHOW_PANEL, IntentName.ASK_VALUE
LAST = Intent(ASK, panel="fine-dust-pm10", district="강남구")
JUST_NOW = Before(LAST, 8.0, "fine-dust-pm10")
NOT_UNDERSTOOD = UnderstandingOutcome.NOT_UNDERSTOOD
SHARED = FastPath(load_registry())


def after(panel: str = "fine-dust-pm10", district: str | None = "강남구", name: IntentName = ASK) -> Intent:
    return Intent(name, panel=panel, district=district)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("그럼 마포구는?", after(district="마포구")),
        ("마포구는요", after(district="마포구")),
        ("송파는 어때", after(district="송파구")),
        ("강북은 어때", after(district="강북구")),  # an everyday word by itself
        ("여의도는?", after(district="영등포구")),
        ("마포구도 보여줘", after(district="마포구", name=SHOW)),
        ("아니 강남 말고 강북", after(district="강북구")),
        ("거기 초미세먼지는?", after("ultrafine-dust-pm25")),
        ("그럼 오존은?", after("ozone")),
        ("오존은?", after("ozone")),
        ("그럼 송파구 오존은?", after("ozone", "송파구")),
        ("아니 초미세먼지", after("ultrafine-dust-pm25")),
        ("초미세먼지 말이야", after("ultrafine-dust-pm25")),
        ("아니 그거 말고 오존", after("ozone")),
        ("오존 보여줘", after("ozone", None, SHOW)),  # a whole sentence of its own
        ("what about Mapo", after(district="마포구")),
        ("이거 얼마야", after()),
        ("그럼 어제는?", Intent(ASK, "fine-dust-pm10", "강남구", period=Period.YESTERDAY)),
        ("모레는?", Intent(ASK, "fine-dust-pm10", "강남구", period=Period.DAY_AFTER_TOMORROW)),
        ("그럼 지난 월요일은 어땠어", Intent(ASK, "fine-dust-pm10", "강남구", period=Period("last/mon"))),
        ("내일은 어때", Intent(ASK, "fine-dust-pm10", "강남구", period=Period.TOMORROW)),
        ("영어로 말해줘", Intent(ASK, "fine-dust-pm10", "강남구", language=Language.ENGLISH)),
        ("송파구랑 비교해줘", Intent(SHOW, "fine-dust-pm10", "강남구", compare=("송파구",))),
        ("마포구하고 서초구 중에 어디가 더 나빠", Intent(ASK, "fine-dust-pm10", "마포구", compare=("서초구",))),
    ],
)
async def test_it_goes_on_from_the_last_intent(text: str, intent: Intent, registry: Registry) -> None:
    understood = await Understander(registry, None).understand(text, context=UnderstandingContext(before=JUST_NOW))
    assert understood.intent == intent


async def test_now_ends_the_time_that_was_asked_for(registry: Registry) -> None:
    yesterday = Before(Intent(ASK, "fine-dust-pm10", "강남구", period=Period.YESTERDAY), 5.0)
    for text in ("지금은?", "그럼 오늘은 어때", "현재는 얼마야"):
        understood = await Understander(registry, None).understand(text, context=UnderstandingContext(before=yesterday))
        assert understood.intent == Intent(ASK, "fine-dust-pm10", "강남구"), text


@pytest.mark.parametrize(
    "text",
    ["그럼 마포구는?", "거기 초미세먼지는?", "송파는 어때", "아니 초미세먼지", "그럼 어제는?", "송파구랑 비교해줘",
     "이거 얼마야", "영어로"],
)  # fmt: skip
async def test_without_anything_before_it_is_not_understood(text: str, registry: Registry) -> None:
    understander = Understander(registry, None)
    for context in (None, UnderstandingContext(), UnderstandingContext(before=Before(LAST, FRESH_S + 1))):
        assert (await understander.understand(text, context=context)).outcome is NOT_UNDERSTOOD


@pytest.mark.parametrize(
    "text",
    [
        "마포구에서 밥 먹었어",
        "그럼 우리 밥 먹으러 가자",
        "그럼 어제는 뭐 했어",
        "거기 가 봤어",
        "그래도 강북이 살기 좋지",
    ],
)
async def test_talk_is_no_follow_up(text: str, registry: Registry) -> None:
    understander = Understander(registry, None)
    told = await understander.understand(text, context=UnderstandingContext(before=JUST_NOW))
    assert told.outcome is NOT_UNDERSTOOD


async def test_the_same_of_another_city_is_refused_kindly(registry: Registry) -> None:
    told = await Understander(registry, None).understand("부산은 어때", context=UnderstandingContext(before=JUST_NOW))
    assert (told.outcome, told.notes) == (NOT_UNDERSTOOD, ("outside-seoul",))


async def test_what_the_screen_shows_is_enough_for_a_place(registry: Registry) -> None:
    context = UnderstandingContext(before=Before(shown="ozone"))
    told = await Understander(registry, None).understand("마포구는 어때", context=context)
    assert told.intent == Intent(ASK, panel="ozone", district="마포구")
    home = UnderstandingContext(before=Before(shown="home"))
    assert (await Understander(registry, None).understand("마포구는?", context=home)).outcome is NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("담당 부서 연결해줘", Intent(IntentName.CALL)),
        ("여기 담당자 전화해", Intent(IntentName.CALL, media=Media.VOICE)),
        ("이거 담당 부서하고 영상전화 연결해줘", Intent(IntentName.CALL, media=Media.VIDEO)),
        ("방금 거 취소", Intent(IntentName.NAVIGATE, direction=Direction.BACK)),
        ("되돌려줘", Intent(IntentName.NAVIGATE, direction=Direction.BACK)),
        ("undo that", Intent(IntentName.NAVIGATE, direction=Direction.BACK)),
    ],
)
async def test_the_owner_of_the_screen_and_undo_need_no_name(text: str, intent: Intent, registry: Registry) -> None:
    assert (await Understander(registry, None).understand(text)).intent == intent


WORDS = st.sampled_from(
    [
        "그럼",
        "아니",
        "거기",
        "마포구",
        "송파구랑",
        "오존",
        "은",
        "어때",
        "어제",
        "비교해줘",
        "말고",
        "영어로",
        "부산",
        "강북",
        "?",
    ]
)
BEFORE = st.builds(
    Before,
    st.sampled_from([None, LAST, Intent(IntentName.STOP), Intent(SHOW, panel="interest-topics")]),
    st.floats(0, 300),
    st.sampled_from([None, "home", "ozone", "fn-work-order"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=6), BEFORE)
def test_a_follow_up_is_whole_or_none(words: list[str], before: Before) -> None:
    found = follow_up(SHARED.read(" ".join(words)), before)
    if found is None:
        return
    assert found.name in (SHOW, ASK)
    assert found.panel is not None
    assert not found.compare or (found.district is not None and found.district not in found.compare)
    assert before.last is not None or before.shown is not None
