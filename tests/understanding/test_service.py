"""The Understander: fast path, model, decision, and life without a model."""

from __future__ import annotations

import json

import pytest

from assistant.contracts import Intent, IntentName, Media, Unavailable, UnderstandingOutcome, UnderstandingPath
from assistant.understanding.line import as_line
from assistant.understanding.model import ModelResult
from assistant.understanding.service import MODEL_UNAVAILABLE, Understander, UnderstandingContext
from content_registry.schema import Registry


class FakeModel:
    """Answers with one result, or fails while `down`."""

    def __init__(self, result: ModelResult) -> None:
        self.result, self.down, self.asked = result, False, list[str]()

    async def parse(self, text: str) -> ModelResult:
        self.asked.append(text)
        if self.down:
            raise Unavailable("model-timeout", "late")
        return self.result


OZONE = ModelResult((("panel.ozone", 0.9), ("chatter", 0.05)), 0.95)


@pytest.fixture
def model() -> FakeModel:
    return FakeModel(OZONE)


@pytest.fixture
def understander(registry: Registry, model: FakeModel) -> Understander:
    return Understander(registry, model)


async def test_a_known_sentence_never_reaches_the_model(understander: Understander, model: FakeModel) -> None:
    understood = await understander.understand("서울아 미세먼지 보여줘")
    assert understood.path is UnderstandingPath.FAST
    assert understood.outcome is UnderstandingOutcome.ACCEPTED
    assert understood.ms >= 0
    assert model.asked == []


async def test_other_sentences_go_to_the_model_cleaned(understander: Understander, model: FakeModel) -> None:
    understood = await understander.understand(" 여름 오후마다\x00 치솟는 그 가스 좀 올려 봐 ")
    assert model.asked == ["여름 오후마다 치솟는 그 가스 좀 올려 봐"]
    assert understood.path is UnderstandingPath.MODEL
    assert understood.intent == Intent(IntentName.SHOW_PANEL, panel="ozone")


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty-text"), ("가" * 301, "text-too-long"), ("\ud800", "empty-text")]
)
async def test_unusable_text_is_not_understood_and_printable(
    understander: Understander, model: FakeModel, text: str, code: str
) -> None:
    understood = await understander.understand(text)
    assert understood.outcome is UnderstandingOutcome.NOT_UNDERSTOOD
    assert understood.notes == (code,)
    assert understood.path is UnderstandingPath.NONE
    assert model.asked == []
    json.dumps(as_line(understood), ensure_ascii=False).encode()


async def test_without_its_model_the_fast_path_goes_on_and_says_so(
    understander: Understander, model: FakeModel
) -> None:
    model.down = True
    assert (await understander.understand("오존 보여줘")).outcome is UnderstandingOutcome.ACCEPTED
    missed = await understander.understand("여름 오후마다 치솟는 그 가스 좀 올려 봐")
    assert missed.outcome is UnderstandingOutcome.NOT_UNDERSTOOD
    assert MODEL_UNAVAILABLE in missed.notes
    model.down = False
    assert (await understander.understand("여름 오후마다 치솟는 그 가스 좀 올려 봐")).notes == ()


async def test_a_context_gives_short_answers_their_meaning(understander: Understander) -> None:
    asked = UnderstandingContext(awaits_department=True, department_for=Media.VIDEO)
    understood = await understander.understand("교통실", context=asked)
    assert understood.intent == Intent(IntentName.CALL, department="transport", media=Media.VIDEO)
    choice = UnderstandingContext(choices=("미세먼지", "초미세먼지"))
    assert (await understander.understand("초미세먼지", context=choice)).intent == Intent(IntentName.CHOOSE, choice=2)
    assert (await understander.understand("첫 번째", context=choice)).intent == Intent(IntentName.CHOOSE, choice=1)


async def test_a_line_has_the_fields_people_script_against(understander: Understander) -> None:
    line = as_line(await understander.understand("강남구 미세먼지 얼마야"))
    assert list(line) == [
        "text", "outcome", "intent", "panel", "district", "department", "media", "direction", "choice",
        "confidence", "alternatives", "path", "ms", "notes", "compare", "period", "language",
        "item",
    ]  # fmt: skip
    assert (line["outcome"], line["intent"], line["panel"], line["district"]) == (
        "accepted", "ask_value", "fine-dust-pm10", "강남구",
    )  # fmt: skip
    assert line["media"] is None


async def test_a_life_without_a_model_is_off(registry: Registry) -> None:
    understander = Understander(registry, None)
    await understander.start()
    assert understander.state == "off"
    assert (await understander.understand("뭔가 다른 이야기")).notes == (MODEL_UNAVAILABLE,)
    await understander.close()
