"""The one path on dry ports: from what was heard or typed to commands, outcome, words and record."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import (
    COMMON_PERIODS,
    Direction,
    Intent,
    IntentName,
    Language,
    NoSpeech,
    OpenOverlay,
    OutcomeCode,
    Period,
    ShowChoices,
    ShowPanel,
    Source,
    SpeechStart,
    StreamEnded,
    Transcript,
    Unavailable,
    Understanding,
    UnderstandingOutcome,
    Wake,
)
from assistant.gate import Trust
from assistant.runs import as_json
from assistant.session import Phase
from assistant.understanding.followup import Before
from assistant.understanding.service import UnderstandingContext
from content_registry.schema import Visibility
from tests.assistant.dry import REGISTRY, DryRoom, accepted, ambiguous

DUST = Intent(IntentName.SHOW_PANEL, panel="fine-dust-pm10")


def shown(dry: DryRoom) -> list[str]:
    return [c.panel for c in dry.screen.commands if isinstance(c, ShowPanel)]


def say(dry: DryRoom, text: str) -> None:
    dry.room.hear(Wake(1.0, 0.99))
    dry.room.hear(SpeechStart(1.4))
    dry.room.hear(Transcript(2.5, text, text, 0.0, True, 2.0))


async def test_a_spoken_command_changes_the_wall_and_is_answered() -> None:
    dry = DryRoom({"미세먼지 보여줘": accepted(DUST)})
    say(dry, "미세먼지 보여줘")
    await dry.settle()
    assert shown(dry) == ["fine-dust-pm10"]
    assert [o.code for o in dry.outcomes] == [OutcomeCode.SHOWN]
    assert dry.voice.said == ["미세먼지, 화면에 띄웠습니다."]
    assert dry.room.session.phase is Phase.SPEAKING
    dry.room.playback_finished()
    assert dry.room.session.phase is Phase.FOLLOW_UP
    assert dry.ear.calls[-1] == "listen 4"


async def test_talk_after_a_command_is_neither_answered_nor_kept() -> None:
    dry = DryRoom({"미세먼지 보여줘": accepted(DUST)})
    say(dry, "미세먼지 보여줘")
    await dry.settle()
    dry.room.playback_finished()
    shown_before, chimes = list(dry.screen.commands), list(dry.screen.chimes)
    dry.room.hear(SpeechStart(5.0))
    dry.room.hear(Transcript(6.5, "점심 뭐 먹을까", "점심", 0.1, True, 6.0))
    await dry.settle()
    assert (dry.screen.commands, dry.screen.chimes) == (shown_before, chimes)
    assert len(dry.voice.said) == 1
    assert not any("점심" in phase.text or phase.outcome == dry.outcomes[1] for phase in dry.screen.phases)
    assert dry.room.session.phase is Phase.IDLE
    assert [o.code for o in dry.outcomes] == [OutcomeCode.SHOWN, OutcomeCode.NOT_UNDERSTOOD]
    assert "점심" not in str(as_json(dry.records[1]))


INTERNAL = next(p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.INTERNAL)


@pytest.mark.parametrize(
    ("understood", "status", "code"),
    [
        (ambiguous("parks", "fine-dust-pm10"), "rendered", OutcomeCode.AMBIGUOUS),
        (accepted(Intent(IntentName.SHOW_PANEL, panel=INTERNAL)), "rendered", OutcomeCode.NOT_PERMITTED),
        (accepted(Intent(IntentName.CALL)), "rendered", OutcomeCode.NOT_PERMITTED),
        (accepted(Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)), "rendered", OutcomeCode.NOT_PERMITTED),
        (accepted(Intent(IntentName.SHOW_PANEL, panel="parks")), "failed", OutcomeCode.FAILED),
    ],
)
async def test_overheard_talk_that_is_no_clear_command_is_neither_answered_nor_asked_about(
    understood: Understanding, status: str, code: OutcomeCode
) -> None:
    dry = DryRoom({"미세먼지 보여줘": accepted(DUST), "공원이 어쨌다고": understood})
    say(dry, "미세먼지 보여줘")
    await dry.settle()
    dry.room.playback_finished()
    dry.screen.status = status
    begun, chimes, commands = len(dry.screen.phases), list(dry.screen.chimes), len(dry.screen.commands)
    dry.room.hear(SpeechStart(5.0))
    dry.room.hear(Transcript(6.5, "공원이 어쨌다고", "공원", 0.1, True, 6.0))
    await dry.settle()
    assert dry.outcomes[1].code is code
    assert (len(dry.voice.said), dry.screen.chimes) == (1, chimes)
    assert not any(phase.outcome == dry.outcomes[1] or "공원" in phase.text for phase in dry.screen.phases[begun:])
    assert not any(isinstance(command, ShowChoices | OpenOverlay) for command in dry.screen.commands[commands:])
    assert dry.room.session.phase is Phase.IDLE
    assert dry.room.question == ()
    assert "어쨌다고" not in str(as_json(dry.records[1]))
    assert dry.room.said.text == dry.voice.said[0]


async def test_a_next_command_needs_no_wake_word() -> None:
    parks = Intent(IntentName.SHOW_PANEL, panel="parks")
    dry = DryRoom({"미세먼지 보여줘": accepted(DUST), "공원 보여줘": accepted(parks)})
    say(dry, "미세먼지 보여줘")
    await dry.settle()
    dry.room.playback_finished()
    dry.room.hear(SpeechStart(5.0))
    dry.room.hear(Transcript(6.5, "공원 보여줘", "공원", 0.0, True, 6.0))
    await dry.settle()
    assert shown(dry) == ["fine-dust-pm10", "parks"]
    assert dry.records[1].text == "공원 보여줘"
    assert [e.type for e in dry.records[1].events][:3] == ["begin", "transcript", "understand"]
    dry.room.playback_finished()
    assert dry.room.session.phase is Phase.FOLLOW_UP, "one command follows the other"


async def test_the_record_tells_the_run_from_the_wake_word_to_the_outcome() -> None:
    dry = DryRoom({"미세먼지 보여줘": accepted(DUST)})
    say(dry, "미세먼지 보여줘")
    await dry.settle()
    kinds = [e.type for e in dry.records[0].events]
    heard = ["begin", "wake", "speech_start", "transcript"]
    assert kinds == [*heard, "understand", "understanding", "verdict", "plan", "rendered", "outcome"]
    assert dry.records[0].text == "미세먼지 보여줘"


@pytest.mark.parametrize(
    ("status", "reason"), [("offline", "display-offline"), ("late", "display-late"), ("failed", "display-failed")]
)
async def test_it_never_claims_a_picture_that_is_not_there(status: str, reason: str) -> None:
    dry = DryRoom({"미세먼지": accepted(DUST)})
    dry.screen.status = status
    dry.room.enter("미세먼지", Source.TEXT)
    await dry.settle()
    assert [(o.code, o.reason) for o in dry.outcomes] == [(OutcomeCode.FAILED, reason)]


async def test_a_typed_sentence_is_not_spoken_aloud() -> None:
    dry = DryRoom({"미세먼지": accepted(DUST)})
    dry.room.enter("미세먼지", Source.TEXT)
    await dry.settle()
    assert dry.voice.said == []
    assert dry.room.session.phase is Phase.IDLE


@pytest.mark.parametrize("source", [Source.MICROPHONE, Source.TEXT, Source.TOUCH, Source.API])
async def test_private_content_stays_closed_from_every_source(source: Source) -> None:
    for panel in [p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.PRIVATE]:
        dry = DryRoom({}, Trust.INTERNAL)
        dry.room.propose(Intent(IntentName.SHOW_PANEL, panel=panel), source)
        await dry.settle()
        assert dry.screen.commands == []
        assert dry.outcomes[0].code is OutcomeCode.NOT_PERMITTED


async def test_a_question_offers_only_what_the_screen_may_show() -> None:
    dry = DryRoom({"자료": ambiguous("seoul-news", "fn-cloud-folder", "library-brochures")})
    dry.room.enter("자료", Source.TEXT)
    await dry.settle()
    question = next(c for c in dry.screen.commands if isinstance(c, ShowChoices))
    assert len(question.labels_ko) == 2
    assert REGISTRY.panels["fn-cloud-folder"].name_ko not in question.labels_ko
    assert dry.outcomes[0].code is OutcomeCode.AMBIGUOUS


async def test_a_choice_is_taken_up_and_judged_as_what_it_chose() -> None:
    dry = DryRoom({"공": ambiguous("parks", "theme-culture-events")})
    dry.room.enter("공", Source.TEXT)
    await dry.settle()
    dry.room.propose(Intent(IntentName.CHOOSE, choice=2), Source.TOUCH)
    await dry.settle()
    assert shown(dry) == ["theme-culture-events"]
    assert dry.room.question == ()


async def test_an_unanswered_question_closes() -> None:
    dry = DryRoom({"공": ambiguous("parks", "theme-culture-events")})
    dry.room.enter("공", Source.TEXT)
    await dry.settle()
    dry.now += 60
    dry.room.tick()
    assert dry.room.question == ()
    dry.room.propose(Intent(IntentName.CHOOSE, choice=1), Source.TOUCH)
    await dry.settle()
    assert dry.outcomes[-1].reason == "no-question"


async def test_a_value_is_spoken() -> None:
    dry = DryRoom({"미세먼지 얼마야": accepted(Intent(IntentName.ASK_VALUE, panel="fine-dust-pm10"))})
    say(dry, "미세먼지 얼마야")
    await dry.settle()
    assert dry.outcomes[0].code is OutcomeCode.ANSWERED
    assert dry.voice.said == ["미세먼지 42입니다."]


async def test_a_call_without_telephony_says_so_and_names_the_department() -> None:
    dry = DryRoom({}, Trust.INTERNAL)
    dry.room.propose(Intent(IntentName.CALL, department="transport"), Source.TOUCH)
    await dry.settle()
    assert dry.outcomes[0].reason == "calls-unavailable"
    assert REGISTRY.departments["transport"].name_ko in dry.outcomes[0].text_ko


async def test_a_failing_understanding_ends_the_run_with_its_code() -> None:
    dry = DryRoom({})

    async def broken(text: str, asked: UnderstandingContext) -> Understanding:
        raise Unavailable("model-unavailable", "down")

    object.__setattr__(dry.room.ports, "understand", broken)
    dry.room.enter("아무거나", Source.TEXT)
    await dry.settle()
    assert [(o.code, o.reason) for o in dry.outcomes] == [(OutcomeCode.FAILED, "model-unavailable")]


async def test_nothing_heard_and_a_lost_ear_end_visibly() -> None:
    dry = DryRoom({})
    dry.room.hear(Wake(1.0, 0.9))
    dry.room.hear(NoSpeech(4.0))
    dry.room.hear(Wake(10.0, 0.9))
    dry.room.hear(SpeechStart(10.4))
    dry.room.hear(StreamEnded(11.0, error="device-lost"))
    assert [o.code for o in dry.outcomes] == [OutcomeCode.NOT_HEARD, OutcomeCode.FAILED]
    assert dry.screen.chimes == ["wake", "error", "wake", "error"]


async def test_a_place_outside_seoul_is_refused_kindly() -> None:
    dry = DryRoom({"부산": Understanding("부산", UnderstandingOutcome.NOT_UNDERSTOOD, notes=("outside-seoul",))})
    say(dry, "부산")
    await dry.settle()
    assert dry.outcomes[0].reason == "outside-seoul"
    assert "서울" in dry.voice.said[0]


async def test_stop_silences_and_repeat_says_again() -> None:
    dry = DryRoom({"미세먼지": accepted(DUST), "다시": accepted(Intent(IntentName.REPEAT))})
    say(dry, "미세먼지")
    await dry.settle()
    dry.room.playback_finished()
    say(dry, "다시")
    await dry.settle()
    assert dry.voice.said == ["미세먼지, 화면에 띄웠습니다."] * 2
    hushed = dry.voice.hushed
    dry.room.propose(Intent(IntentName.STOP), Source.TOUCH)
    await dry.settle()
    assert dry.voice.hushed > hushed


async def test_private_mode_off_is_always_allowed() -> None:
    dry = DryRoom({}, Trust.PRIVATE)
    dry.room.propose(Intent(IntentName.PRIVATE_MODE, direction=Direction.OFF), Source.TOUCH)
    await dry.settle()
    assert dry.outcomes[0].code is OutcomeCode.SHOWN


async def test_words_of_a_private_run_are_withheld_from_its_record() -> None:
    secret = Intent(IntentName.SHOW_PANEL, panel="interest-topics")
    dry = DryRoom({"내 관심 주제 재개발": accepted(secret)}, Trust.PRIVATE)
    dry.room.enter("내 관심 주제 재개발", Source.TEXT)
    await dry.settle()
    assert "재개발" not in str(dry.records[0])


async def test_an_answer_is_not_for_whoever_remains_when_the_paired_screen_leaves() -> None:
    internal = next(p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.INTERNAL)
    dry = DryRoom({"비밀 질문": accepted(Intent(IntentName.ASK_VALUE, panel=internal))}, Trust.INTERNAL)
    paint = dry.screen.rendered

    async def leaves(display: str, seq: int, timeout_s: float) -> str:
        dry.screen.trust = Trust.PUBLIC
        return await paint(display, seq, timeout_s)

    dry.screen.rendered = leaves  # type: ignore[method-assign]
    say(dry, "비밀 질문")
    await dry.settle()
    assert [o.reason for o in dry.outcomes] == ["screen-left"]
    assert dry.voice.said == []
    last = dry.screen.phases[-1]
    assert (last.text, last.run) == ("", None)
    assert last.outcome is not None
    assert "42" not in last.outcome.text_ko


async def test_repeat_does_not_say_to_a_lower_screen_what_a_higher_one_was_told() -> None:
    internal = next(p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.INTERNAL)
    dry = DryRoom({"값": accepted(Intent(IntentName.ASK_VALUE, panel=internal))}, Trust.INTERNAL)
    say(dry, "값")
    await dry.settle()
    dry.room.playback_finished()
    dry.screen.trust = Trust.PUBLIC
    dry.room.propose(Intent(IntentName.REPEAT), Source.TOUCH)
    await dry.settle()
    assert dry.outcomes[-1].reason == "nothing-said"


async def test_an_answer_in_english_is_spoken_in_english_and_repeated_so() -> None:
    asked = Intent(IntentName.ASK_VALUE, panel="fine-dust-pm10", language=Language.ENGLISH)
    dry = DryRoom({"how is the dust": accepted(asked), "again": accepted(Intent(IntentName.REPEAT))})
    for text in ("how is the dust", "again"):
        say(dry, text)
        await dry.settle()
        dry.room.playback_finished()
    assert dry.voice.said == ["It is 42."] * 2
    assert dry.voice.languages == ["en", "en"]


@given(
    st.sampled_from([p.id for p in REGISTRY.panels.values() if p.visibility is not Visibility.PUBLIC]),
    st.sampled_from([None, "강남구"]),
    st.lists(st.sampled_from(["송파구", "마포구"]), max_size=2, unique=True),
    st.sampled_from([None, *COMMON_PERIODS]),
    st.sampled_from([None, *Language]),
    st.sampled_from([Trust.PUBLIC, Trust.INTERNAL]),
)
@settings(max_examples=60, deadline=None)
def test_no_value_that_is_not_for_everybody_reaches_a_public_screen(
    panel: str, district: str | None, compare: list[str], period: Period | None, language: Language | None, trust: Trust
) -> None:
    async def ask() -> DryRoom:
        asked = Intent(
            IntentName.ASK_VALUE, panel, district, compare=tuple(compare), period=period, language=language
        )  # fmt: skip
        dry = DryRoom({"값": accepted(asked)}, trust)
        say(dry, "값")
        await dry.settle()
        return dry

    dry = asyncio.run(ask())
    needed = Trust.PRIVATE if REGISTRY.panels[panel].visibility is Visibility.PRIVATE else Trust.INTERNAL
    told = any("42" in text for text in (*dry.voice.said, dry.outcomes[-1].text_ko, dry.outcomes[-1].text_en))
    assert told == (trust >= needed and "wall" in REGISTRY.panels[panel].surfaces)


async def test_the_next_sentence_is_understood_after_what_was_done() -> None:
    district = Intent(IntentName.SHOW_PANEL, panel="fine-dust-pm10", district="강남구")
    dry = DryRoom({"강남 미세먼지": accepted(district)})
    dry.room.enter("강남 미세먼지", Source.TEXT)
    await dry.settle()
    dry.now += 7
    dry.room.enter("그럼 마포구는?", Source.TEXT)
    await dry.settle()
    assert dry.contexts[0].before == Before()
    assert dry.contexts[1].before == Before(district, 7.0, "fine-dust-pm10")


async def test_nothing_follows_up_what_those_at_the_screen_may_not_see() -> None:
    private = Intent(IntentName.SHOW_PANEL, panel="interest-topics")
    dry = DryRoom({"관심 정보": accepted(private)}, Trust.PRIVATE)
    dry.room.enter("관심 정보", Source.TEXT)
    await dry.settle()
    dry.screen.trust = Trust.PUBLIC
    dry.room.enter("그럼 어제는?", Source.TEXT)
    await dry.settle()
    assert dry.contexts[1].before.last is None


async def test_a_refused_wish_is_not_followed_up() -> None:
    dry = DryRoom({"관심 정보": accepted(Intent(IntentName.SHOW_PANEL, panel="interest-topics"))})
    dry.room.enter("관심 정보", Source.TEXT)
    await dry.settle()
    dry.room.enter("그럼 어제는?", Source.TEXT)
    await dry.settle()
    assert dry.contexts[1].before.last is None


async def test_an_answer_does_not_come_back_when_the_screen_is_locked_while_it_is_spoken() -> None:
    internal = next(p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.INTERNAL)
    dry = DryRoom({"값": accepted(Intent(IntentName.ASK_VALUE, panel=internal))}, Trust.INTERNAL)
    say(dry, "값")
    await dry.settle()
    assert "42" in dry.voice.said[-1]
    dry.screen.trust = Trust.PUBLIC
    shown = len(dry.screen.phases)
    dry.room.playback_finished()
    dry.room.hear(SpeechStart(1.0))
    after = dry.screen.phases[shown:]
    assert after
    assert all(phase.outcome is None and not phase.text for phase in after)


async def test_what_was_private_stays_so_when_it_is_repeated() -> None:
    secret = Intent(IntentName.ASK_VALUE, panel="interest-topics")
    again = Intent(IntentName.REPEAT)
    dry = DryRoom({"값": accepted(secret), "다시": accepted(again)}, Trust.PRIVATE)
    for text in ("값", "다시"):
        say(dry, text)
        await dry.settle()
        dry.room.playback_finished()
    assert len(dry.voice.said) == 2
    assert dry.records[-1].private
    dry.screen.trust = Trust.PUBLIC
    say(dry, "다시")
    await dry.settle()
    assert dry.outcomes[-1].reason == "nothing-said"
    assert len(dry.voice.said) == 2 or dry.voice.said[0] not in dry.voice.said[2:]
