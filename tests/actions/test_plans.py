"""Every intent becomes a plan: commands, an outcome with words in both languages, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions import Choice, Finish, World, plan
from actions.ask import offer, resolve
from actions.korean import object_, topic
from assistant.contracts import (
    AcknowledgeAlert,
    AnswerValue,
    Direction,
    Intent,
    IntentName,
    Language,
    Media,
    MoveView,
    OutcomeCode,
    Period,
    PlaceCall,
    Say,
    SetRotation,
    ShowChoices,
    ShowPanel,
    Source,
    UnlockScreen,
    ZoomView,
)
from content_registry.loader import load_registry

REGISTRY = load_registry()
WORLD = World(REGISTRY, "main")
SHOW_PARKS = Intent(IntentName.SHOW_PANEL, panel="parks")
SHOW_DUST = Intent(IntentName.SHOW_PANEL, panel="fine-dust-pm10")


@pytest.mark.parametrize("name", list(IntentName))
def test_every_intent_is_served_even_without_slots(name: IntentName) -> None:
    made = plan(Intent(name), WORLD)
    if made.finish is not Finish.EXECUTED:
        assert made.outcome.text_ko
        assert made.outcome.text_en


@pytest.mark.parametrize("panel", sorted(REGISTRY.panels))
def test_every_panel_can_be_shown(panel: str) -> None:
    made = plan(Intent(IntentName.SHOW_PANEL, panel=panel), WORLD)
    assert [c.panel for c in made.commands if isinstance(c, ShowPanel)] == [panel]
    assert made.outcome.code is OutcomeCode.SHOWN
    assert made.finish is Finish.RENDERED


def test_a_district_alone_means_the_panel_on_screen() -> None:
    world = replace(WORLD, shown_panel="fine-dust-pm10")
    made = plan(Intent(IntentName.SHOW_PANEL, district="마포구"), world)
    shown = [c for c in made.commands if isinstance(c, ShowPanel)]
    assert [(c.panel, dict(c.args)) for c in shown] == [("fine-dust-pm10", {"district": "마포구"})]


def test_a_comparison_and_a_time_reach_the_screen_and_the_answer() -> None:
    asked = Intent(IntentName.ASK_VALUE, "ozone", "강남구", compare=("송파구", "마포구"), period=Period.YESTERDAY)
    made = plan(replace(asked, language=Language.ENGLISH), WORLD)
    shown = next(c for c in made.commands if isinstance(c, ShowPanel))
    assert dict(shown.args) == {"district": "강남구", "compare": "송파구+마포구", "period": "yesterday"}
    answer = next(c for c in made.commands if isinstance(c, AnswerValue))
    assert (answer.district, answer.compare, answer.period, answer.language) == (
        "강남구", ("송파구", "마포구"), Period.YESTERDAY, Language.ENGLISH,
    )  # fmt: skip
    shown_only = plan(replace(asked, name=IntentName.SHOW_PANEL), WORLD)
    assert shown_only.say_ko == "어제 강남구·송파구·마포구 오존, 화면에 띄웠습니다."
    assert shown_only.say_en == f"{REGISTRY.panels['ozone'].name_en}, yesterday is on the screen."


@pytest.mark.parametrize(
    ("panel", "code", "ko"),
    [
        ("ozone", "day_after_tomorrow", "오존의 모레 예보 자료가 없습니다. 지금 화면을 띄웠습니다."),
        (
            "resume-foreign-press",
            "next_year",
            "서울시 이력서: 외신보도의 내년 자료는 따로 없습니다. 지금 화면을 띄웠습니다.",
        ),
        ("ozone", "3_days_ago", "3일 전 오존, 화면에 띄웠습니다."),
    ],
)
def test_what_is_to_come_is_not_shown_as_if_it_were_now(panel: str, code: str, ko: str) -> None:
    made = plan(Intent(IntentName.SHOW_PANEL, panel, period=Period(code)), WORLD)
    assert made.say_ko == ko
    shown = next(c for c in made.commands if isinstance(c, ShowPanel))
    assert shown.args["period"] == code


@pytest.mark.parametrize(
    ("intent", "shown", "department", "media"),
    [
        (Intent(IntentName.CALL, department="transport", media=Media.VIDEO), "parks", "transport", Media.VIDEO),
        (Intent(IntentName.CALL, panel="fine-dust-pm10"), "parks", "climate", Media.VOICE),
        (Intent(IntentName.CALL), "parks", "parks", Media.VOICE),
    ],
)
def test_the_called_department_is_named_owned_or_on_screen(
    intent: Intent, shown: str, department: str, media: Media
) -> None:
    made = plan(intent, replace(WORLD, shown_panel=shown))
    call = next(c for c in made.commands if isinstance(c, PlaceCall))
    assert (call.department, call.media) == (department, media)


def test_the_department_of_the_incident_on_screen_goes_before_its_panels() -> None:
    world = replace(WORLD, shown_panel="disaster-alerts", shown_department="fire")
    for intent, department in (
        (Intent(IntentName.CALL), "fire"),
        (Intent(IntentName.CALL, department="transport"), "transport"),
        (Intent(IntentName.CALL, panel="fine-dust-pm10"), "climate"),
    ):
        call = next(c for c in plan(intent, world).commands if isinstance(c, PlaceCall))
        assert call.department == department


def test_a_call_without_any_department_asks() -> None:
    assert plan(Intent(IntentName.CALL), WORLD).outcome.code is OutcomeCode.ASKED


@pytest.mark.parametrize(
    "direction", [d for d in Direction if d.value in "back home next previous up down hold release"]
)
def test_each_move_is_one_command(direction: Direction) -> None:
    made = plan(Intent(IntentName.NAVIGATE, direction=direction), WORLD)
    assert MoveView("main", direction) in made.commands


def test_zoom_and_rotation() -> None:
    assert ZoomView("main", Direction.OUT) in plan(Intent(IntentName.ZOOM, direction=Direction.OUT), WORLD).commands
    assert SetRotation("main", False) in plan(Intent(IntentName.ROTATION, direction=Direction.OFF), WORLD).commands
    assert SetRotation("main", True) in plan(Intent(IntentName.ROTATION), WORLD).commands


@pytest.mark.parametrize(
    ("answer", "resolved"),
    [
        (Intent(IntentName.CHOOSE, choice=2), SHOW_DUST),
        (Intent(IntentName.CONFIRM), SHOW_PARKS),
        (Intent(IntentName.CHOOSE, choice=9), Intent(IntentName.CHOOSE, choice=9)),
        (Intent(IntentName.CHOOSE, choice=-1), Intent(IntentName.CHOOSE, choice=-1)),
        (Intent(IntentName.CHOOSE), Intent(IntentName.CHOOSE)),
        (Intent(IntentName.DENY), Intent(IntentName.DENY)),
        (Intent(IntentName.HELP), Intent(IntentName.HELP)),
    ],
)
def test_an_answer_stands_for_what_it_chooses(answer: Intent, resolved: Intent) -> None:
    assert resolve(answer, (SHOW_PARKS, SHOW_DUST)) == resolved


def test_a_question_numbers_its_choices_and_says_them() -> None:
    made = offer((Choice(SHOW_PARKS, "공원 현황", "Parks"), Choice(SHOW_DUST, "미세먼지", "PM10")), WORLD)
    question = next(c for c in made.commands if isinstance(c, ShowChoices))
    assert question.labels_ko == ("공원 현황", "미세먼지")
    assert "1번 공원 현황, 2번 미세먼지" in made.say_ko
    assert made.outcome.code is OutcomeCode.AMBIGUOUS


def test_answers_without_a_question_or_number_say_so() -> None:
    assert plan(Intent(IntentName.CONFIRM), WORLD).outcome.reason == "no-question"
    asked = replace(WORLD, question=(SHOW_PARKS, SHOW_DUST))
    assert plan(Intent(IntentName.CHOOSE, choice=9), asked).outcome.reason == "no-such-choice"
    assert plan(Intent(IntentName.DENY), asked).outcome.code is OutcomeCode.CANCELLED


def test_a_yes_to_an_incident_acknowledges_it_on_a_paired_screen_only() -> None:
    seen = replace(WORLD, incident="a1", paired=True, source="microphone")
    assert plan(Intent(IntentName.CONFIRM), seen).commands == (AcknowledgeAlert("main", "a1", "microphone"),)
    assert plan(Intent(IntentName.DENY), seen).commands == ()
    asked = replace(seen, question=(Intent(IntentName.HELP),))
    assert not any(isinstance(c, AcknowledgeAlert) for c in plan(Intent(IntentName.CONFIRM), asked).commands)
    tapped = Intent(IntentName.CONFIRM, incident="b2")
    assert resolve(tapped, asked.question) == tapped, "its button answers no question"
    assert plan(tapped, asked).commands == (AcknowledgeAlert("main", "b2", "microphone"),)
    unnamed = Intent(IntentName.CONFIRM, incident="")
    assert plan(unnamed, asked).commands == (AcknowledgeAlert("main", "a1", "microphone"),)
    assert plan(unnamed, replace(asked, incident="")).outcome.reason == "no-incident"
    refused = plan(Intent(IntentName.CONFIRM), replace(seen, paired=False))
    assert (refused.commands, refused.outcome.code) == ((), OutcomeCode.NOT_PERMITTED)


def test_repeat_says_the_last_sentence() -> None:
    assert (
        Say("main", "미세먼지입니다.")
        in plan(Intent(IntentName.REPEAT), replace(WORLD, last_said="미세먼지입니다.")).commands
    )
    assert plan(Intent(IntentName.REPEAT), WORLD).outcome.reason == "nothing-said"


@pytest.mark.parametrize("direction", [Direction.ON, None])
def test_private_mode_is_never_switched_on_by_an_intent(direction: Direction | None) -> None:
    made = plan(Intent(IntentName.PRIVATE_MODE, direction=direction), WORLD)
    assert made.outcome.reason == "face-needed"


def test_only_the_faces_own_proposal_unlocks() -> None:
    wish = Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)
    for source in Source:
        unlocks = UnlockScreen("main") in plan(wish, replace(WORLD, source=source.value)).commands
        assert unlocks is (source is Source.FACE)
    assert not plan(wish, replace(WORLD, unlocked=True)).commands


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("미세먼지", "미세먼지는 미세먼지를"),
        ("오존", "오존은 오존을"),
        ("숲길", "숲길은 숲길을"),
        ("CCTV", "CCTV는 CCTV를"),
        ("120", "120은 120을"),
        ("(괄호)", "(괄호)는 (괄호)를"),
        ("", "는 를"),
    ],
)
def test_particles(word: str, expected: str) -> None:
    assert f"{topic(word)} {object_(word)}" == expected


@pytest.mark.parametrize(("source", "told"), [(Source.MICROPHONE, True), (Source.TEXT, True), (Source.TOUCH, False)])
def test_who_touches_the_button_is_not_told_about_voices(source: Source, told: bool) -> None:
    made = plan(Intent(IntentName.PRIVATE_MODE, direction=Direction.ON), replace(WORLD, source=source))
    assert "얼굴 확인" in made.say_ko
    assert ("음성만으로는" in made.say_ko, "voice" in made.say_en) == (told, told)
