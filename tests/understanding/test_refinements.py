"""Time, language and comparison of a sentence, and what it takes back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import Intent, IntentName, Language, Period, UnderstandingOutcome
from assistant.understanding.fastpath import FastPath
from assistant.understanding.refinements import asides_in
from assistant.understanding.selfcorrection import corrected
from assistant.understanding.service import Understander
from content_registry.loader import load_registry
from content_registry.schema import Registry

P = Period
SHOW, ASK = IntentName.SHOW_PANEL, IntentName.ASK_VALUE
SHARED = FastPath(load_registry())


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("어제 미세먼지 얼마였어", P.YESTERDAY),
        ("어제강남구미세먼지어땠어", P.YESTERDAY),
        ("미세먼지 어제는 어땠나", P.YESTERDAY),
        ("그저께 강수량", P.DAY_BEFORE_YESTERDAY),
        ("엊그제 비 얼마나 왔어", P.DAY_BEFORE_YESTERDAY),
        ("내일 날씨 어때", P.TOMORROW),
        ("이번 주 오존 추이", P.THIS_WEEK),
        ("지난 주 오존 추이", P.LAST_WEEK),
        ("저번주 오존", P.LAST_WEEK),
        ("이번달 민원 몇 건", P.THIS_MONTH),
        ("지난달에 민원 몇 건", P.LAST_MONTH),
        ("올해 예산 얼마야", P.THIS_YEAR),
        ("작년 고용률 몇 퍼센트였어", P.LAST_YEAR),
        ("the day before yesterday's ozone", P.DAY_BEFORE_YESTERDAY),
        ("ozone last week", P.LAST_WEEK),
        ("오늘 미세먼지 얼마야", None),
        ("지금 오존", None),
        ("이번 주차장 현황", None),  # "이번" + "주차장"
        ("내일모레 날씨", P.DAY_AFTER_TOMORROW),
        ("모레 날씨 어때", P.DAY_AFTER_TOMORROW),
        ("내일 모레 날씨 어때", P.DAY_AFTER_TOMORROW),
        ("글피에 비 와", P("in_3_days")),
        ("그끄저께 오존", P("3_days_ago")),
        ("3일 전 미세먼지 얼마였어", P("3_days_ago")),
        ("사흘 전 오존 어땠어", P("3_days_ago")),
        ("두 주 전 오존", P("2_weeks_ago")),
        ("이주 전 오존", P("2_weeks_ago")),
        ("지지난주 오존", P("2_weeks_ago")),
        ("석 달 전 오존", P("3_months_ago")),
        ("재작년 출생아 수", P("2_years_ago")),
        ("2023년 출생아 수", P("2023")),
        ("최근 3개월 오존 추이", P("past_3_months")),
        ("사흘 동안 오존 추이", P("past_3_days")),
        ("지난 월요일 미세먼지", P("last/mon")),
        ("다음 금요일 미세먼지", P("next/fri")),
        ("지난주 금요일 오존", P("last_week/fri")),
        ("이번 주말 날씨", P("this_week/weekend")),
        ("지난달 15일 미세먼지", P("last_month/15")),
        ("지난달 십오일 미세먼지", P("last_month/15")),
        ("15일 미세먼지 어땠어", P("this_month/15")),
        ("올해 3월 미세먼지", P("this_year/3")),
        ("작년 3월 15일 오존", P("last_year/3-15")),
        ("시월 오존", P("date/10")),
        ("12월 3일 오존", P("date/12-3")),
        ("작년 상반기 오존", P("last_year/h1")),
        ("작년 여름 오존", P("last_year/summer")),
        ("지난 겨울 미세먼지", P("last/winter")),
        ("3/4분기 미세먼지", P("this_year/q3")),
        ("2 / 4 분기 미세먼지", P("this_year/q2")),
        ("지난달 오후 3시 오존", P("last_month")),  # no hour of a month
        ("어제 밤 12시 오존", P("today@0")),
        ("어젯밤 1시 오존", P("today@1")),
        ("어젯밤 11시 오존", P("yesterday@23")),
        ("월요일 오존 어땠어", P("was/mon")),
        ("12월 오존 어땠어", P("was/12")),
        ("월요일 오존", P("date/mon")),
        ("작년 겨울 미세먼지", P("last_year/winter")),
        ("fine dust last winter", P("last/winter")),
        ("오후 3시 오존", P("today@15")),
        ("오전 아홉 시 오존", P("today@9")),
        ("밤 12시 오존", P("today@0")),
        ("어제 오후 세 시 오존", P("yesterday@15")),
        ("어제저녁 오존", P("yesterday@18-21")),
        ("간밤에 비 얼마나 왔어", P("yesterday@21-24")),
        ("오늘 저녁에 비 와", P("today@18-21")),
        ("두 시간 전 오존", P("2_hours_ago")),
        ("ozone 3 days ago", P("3_days_ago")),
        ("ozone last monday", P("last/mon")),
        ("ozone yesterday at 3 pm", P("yesterday@15")),
        ("어제보다 미세먼지 심해", None),
        ("일요일에 문 여는 도서관 보여줘", None),
        ("새벽에 다니는 버스 어디쯤 왔어", None),
        ("밤에 여는 약국 몇 곳이야", None),
        ("낮에 사람이 몰리는 동네 보여줘", None),
        ("24시간 응급실", None),
        ("5일장 보여줘", None),
        ("이달리다 보여줘", None),
        ("이번 주 행사 보여줘", None),  # a panel's own name
    ],
)
def test_the_time_asked_for(text: str, period: Period | None, fast_path: FastPath) -> None:
    assert fast_path.read(text).period == period


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("미세먼지 영어로 알려줘", Language.ENGLISH),
        ("영어로 다시 말해 줘", Language.ENGLISH),
        ("tell me the ozone in English", Language.ENGLISH),
        ("한국어로 말해줘", Language.KOREAN),
        ("영어로운 하루", None),
        ("show the ozone", None),
    ],
)
def test_the_language_asked_for(text: str, language: Language | None, fast_path: FastPath) -> None:
    assert fast_path.read(text).language is language


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("강남구랑 송파구 미세먼지 비교해줘", Intent(SHOW, "fine-dust-pm10", "강남구", compare=("송파구",))),
        ("마포구와 송파구 오존 알려줘", Intent(ASK, "ozone", "마포구", compare=("송파구",))),
        ("미세먼지 강남구랑 송파구 중에 어디가 더 심해", Intent(ASK, "fine-dust-pm10", "강남구", compare=("송파구",))),
        ("강남구 송파구 서초구 오존 나란히 보여줘", Intent(SHOW, "ozone", "강남구", compare=("송파구", "서초구"))),
        ("compare fine dust in Gangnam and Songpa", Intent(SHOW, "fine-dust-pm10", "강남구", compare=("송파구",))),
        ("어제 강남구 오존 어땠어", Intent(ASK, "ozone", "강남구", period=P.YESTERDAY)),
        ("사흘 전 오후 세 시에 강남구 오존 어땠어", Intent(ASK, "ozone", "강남구", period=P("3_days_ago@15"))),
        ("지난주 초미세먼지 추이 보여줘", Intent(SHOW, "ultrafine-dust-pm25", period=P.LAST_WEEK)),
        ("강남구 오존 영어로 알려줘", Intent(ASK, "ozone", "강남구", language=Language.ENGLISH)),
        ("영어로 다시 말해줘", Intent(IntentName.REPEAT, language=Language.ENGLISH)),
        ("강남구 아니 송파구 오존 보여줘", Intent(SHOW, "ozone", "송파구")),
        ("강남구 미세먼지 아니 초미세먼지 보여줘", Intent(SHOW, "ultrafine-dust-pm25", "강남구")),
        ("미세먼지 말고 오존 보여줘", Intent(SHOW, "ozone")),
        ("강남구 오존 심해", Intent(ASK, "ozone", "강남구")),
        ("오존 높은가요", Intent(ASK, "ozone")),
        ("해방촌 보여줘", Intent(SHOW, "prj-haebangchon")),
    ],
)
async def test_a_whole_sentence_carries_them_to_its_intent(text: str, intent: Intent, registry: Registry) -> None:
    understood = await Understander(registry, None).understand(text)
    assert understood.outcome is UnderstandingOutcome.ACCEPTED
    assert understood.intent == intent
    assert understood.text == text


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("교통실 아니 복지실에 전화해", "복지실 에 전화해"),
        ("미세먼지 보여줘 아니 오존", "오존 보여줘"),
        ("show ozone no I mean rainfall", "show rainfall"),
        ("미세먼지 말고 점심 먹자", "미세먼지 말고 점심 먹자"),
        ("미세먼지는 이제 아니고 하여튼 좀 있다가 오존 보여줘", "미세먼지는 이제 아니고 하여튼 좀 있다가 오존 보여줘"),
        ("강남구랑 송파구 오존", "강남구랑 송파구 오존"),
    ],
)
def test_what_is_taken_back_is_gone(text: str, meant: str, fast_path: FastPath) -> None:
    assert corrected(text, fast_path.read(text).mentions) == meant


WORDS = st.sampled_from(
    ["어제", "지난주", "내일", "영어로", "in English", "강남구", "송파구랑", "아니", "말고", "미세먼지", "오존을",
     "비교해", "어디가 더", "보여줘", "얼마였어", "내일모레", "yesterday", "compare", " ", "?", "가", "x"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=12), st.sampled_from(["", " "]))
def test_any_words_are_read_whole(words: list[str], gap: str) -> None:
    text = gap.join(words)
    reading = SHARED.read(text)
    places = [(m.start, m.end) for m in reading.mentions if m.exact]
    ends = [0]
    for start, end in reading.asides:
        assert ends[-1] <= start < end <= len(text)
        assert all(end <= first or last <= start for first, last in places)
        ends.append(end)
    assert bool(reading.asides) == (reading.period is not None or reading.language is not None)
    assert not reading.compares or len(reading.districts) >= 2
    assert asides_in(text).period is None or any(word in text for word in ("어제", "지난주", "내일", "yesterday"))
    corrected(text, reading.mentions)
