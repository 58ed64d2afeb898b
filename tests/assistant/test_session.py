"""The conversation's state machine under a virtual clock: every run ends once, in every order of events."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import Outcome, OutcomeCode, Source, Transcript
from assistant.session import (
    ACTING_S,
    ANSWER_S,
    FOLLOW_UP_S,
    GRACE_S,
    SPEAKING_S,
    STANDBY_S,
    BeginRun,
    CancelListening,
    Chime,
    CloseQuestion,
    Effect,
    EndRun,
    Hush,
    Listen,
    Phase,
    Session,
    ShowPhase,
    Understand,
)

SHOWN = Outcome(OutcomeCode.SHOWN, "띄웠습니다.", "Shown.")


TEXT = "미세먼지 보여줘"


def new_session(follow_up_s: float = FOLLOW_UP_S) -> Session:
    numbers = itertools.count(1)
    return Session(lambda: f"run-{next(numbers)}", follow_up_s)


def ended(effects: list[Effect]) -> list[OutcomeCode]:
    return [e.outcome.code for e in effects if isinstance(e, EndRun)]


def heard(text: str, t: float = 1.5) -> Transcript:
    return Transcript(t, text, text, 0.0, True, t - 0.5)


def test_wake_then_command_then_shown() -> None:
    session = new_session()
    effects = session.wake(10.0)
    assert BeginRun("run-1", Source.MICROPHONE) in effects
    assert Chime("wake") in effects
    assert [e.until for e in effects if isinstance(e, ShowPhase)] == [10.0 + STANDBY_S]
    session.speech_start(10.5)
    assert session.phase is Phase.HEARING
    effects = session.transcript(heard("미세먼지 보여줘"), 12.0)
    assert Understand("run-1", "미세먼지 보여줘", Source.MICROPHONE) in effects
    session.understood("run-1", 12.01)
    assert session.phase is Phase.ACTING
    assert ended(session.done("run-1", SHOWN, 12.2, speaks=True)) == [OutcomeCode.SHOWN]
    assert session.phase is Phase.SPEAKING
    assert Listen(FOLLOW_UP_S) in session.playback_finished(14.0)
    assert session.phase is Phase.FOLLOW_UP
    assert session.no_speech(14.0 + FOLLOW_UP_S) == [CancelListening(), ShowPhase(Phase.IDLE, text=TEXT, woken=True)]


def test_standby_without_speech_ends_as_not_heard() -> None:
    session = new_session()
    session.wake(0.0)
    assert ended(session.no_speech(STANDBY_S)) == [OutcomeCode.NOT_HEARD]
    assert session.phase is Phase.IDLE


def test_speech_that_is_near_no_phrase_is_not_acted_upon() -> None:
    session = new_session()
    session.wake(0.0)
    effects = session.transcript(Transcript(2.0, "공원", "공원", 0.6, False, 1.5), 2.0)
    assert [(e.outcome.code, e.outcome.reason) for e in effects if isinstance(e, EndRun)] == [
        (OutcomeCode.NOT_UNDERSTOOD, "unclear-speech")
    ]
    assert not any(isinstance(e, Understand) for e in effects)


def test_standby_ends_by_itself_when_the_ear_says_nothing() -> None:
    session = new_session()
    session.wake(0.0)
    assert session.tick(STANDBY_S + 0.1) == []
    assert ended(session.tick(STANDBY_S + GRACE_S)) == [OutcomeCode.NOT_HEARD]


@pytest.mark.parametrize(
    ("phase", "code", "reason"),
    [
        (Phase.HEARING, OutcomeCode.FAILED, "hearing-lost"),
        (Phase.DECIDING, OutcomeCode.FAILED, "understanding-timeout"),
        (Phase.ACTING, OutcomeCode.FAILED, "action-timeout"),
    ],
)
def test_every_working_phase_has_a_deadline(phase: Phase, code: OutcomeCode, reason: str) -> None:
    session = new_session()
    session.wake(0.0)
    session.speech_start(0.2)
    if phase is not Phase.HEARING:
        session.transcript(heard("공원"), 1.0)
    if phase is Phase.ACTING:
        session.understood("run-1", 1.1)
    assert session.phase is phase
    effects = session.tick(100.0)
    assert [(e.outcome.code, e.outcome.reason) for e in effects if isinstance(e, EndRun)] == [(code, reason)]
    assert session.deadline is None


def test_a_newer_wish_cancels_the_older_run_and_frees_the_ear() -> None:
    session = new_session()
    session.wake(0.0)
    effects = session.entered("공원 보여줘", Source.TEXT, 1.0)
    assert ended(effects) == [OutcomeCode.CANCELLED]
    assert CancelListening() in effects
    assert session.run == "run-2"
    assert session.done("run-1", SHOWN, 1.1) == [], "the old run's late result changes nothing"


def test_a_question_opens_the_ear_after_it_was_spoken_and_closes_by_itself() -> None:
    session = new_session()
    session.wake(0.0)
    session.transcript(heard("먼지"), 1.0)
    asked = Outcome(OutcomeCode.AMBIGUOUS, "어느 것을?", "Which?")
    assert Listen(ANSWER_S) not in session.done("run-1", asked, 1.2, asks=True, speaks=True)
    assert session.phase is Phase.ASKING
    assert Listen(ANSWER_S) in session.playback_finished(3.0)
    effects = session.tick(3.0 + ANSWER_S)
    assert CloseQuestion(on_screen=True) in effects
    assert ended(effects) == [], "the asking run is already over"
    assert session.phase is Phase.IDLE


def test_an_answer_is_a_run_of_its_own() -> None:
    session = new_session()
    session.wake(0.0)
    session.transcript(heard("먼지"), 1.0)
    session.done("run-1", Outcome(OutcomeCode.AMBIGUOUS, "", ""), 1.2, asks=True)
    assert BeginRun("run-2", Source.MICROPHONE) in session.speech_start(2.0)
    assert Understand("run-2", "2번", Source.MICROPHONE) in session.transcript(heard("2번"), 2.5)


def test_a_question_does_not_outlive_the_next_run() -> None:
    session = new_session()
    session.entered("먼지", Source.TEXT, 0.0)
    session.done("run-1", Outcome(OutcomeCode.AMBIGUOUS, "", ""), 0.2, asks=True)
    session.entered("뭐라는 거야", Source.TEXT, 1.0)
    over = session.done("run-2", Outcome(OutcomeCode.NOT_UNDERSTOOD, "", ""), 1.2)
    assert CloseQuestion(on_screen=True) in over
    assert not session.asking


def test_a_muted_microphone_hears_no_wake_word_but_text_works() -> None:
    session = new_session()
    session.mute(True, 0.0)
    assert session.phase is Phase.MUTED
    assert session.wake(1.0) == []
    assert any(isinstance(e, Understand) for e in session.entered("공원", Source.TEXT, 2.0))
    session.mute(False, 3.0)
    assert session.done("run-1", SHOWN, 3.1)
    assert session.phase is Phase.IDLE


def following(**options: float) -> Session:
    """A session whose first command was just shown and spoken: the ear is open without a wake word, from 20 s on."""
    session = new_session(**options)
    session.wake(10.0)
    session.transcript(heard(TEXT), 12.0)
    session.done("run-1", SHOWN, 12.2, speaks=True)
    session.playback_finished(20.0)
    return session


def test_without_a_voice_the_next_command_may_come_at_once() -> None:
    session = new_session()
    session.wake(0.0)
    session.transcript(heard(TEXT), 1.0)
    effects = session.done("run-1", SHOWN, 1.2)
    assert Listen(FOLLOW_UP_S) in effects
    assert effects[-2] == ShowPhase(Phase.FOLLOW_UP, 1.2 + FOLLOW_UP_S, TEXT, SHOWN, woken=True)


def test_the_ear_that_stayed_open_closes_by_itself() -> None:
    session = following()
    assert session.tick(20.0 + FOLLOW_UP_S + 0.1) == [], "the ear itself reports the end"
    effects = session.tick(20.0 + FOLLOW_UP_S + GRACE_S)
    assert CancelListening() in effects
    assert session.phase is Phase.IDLE


def test_a_next_command_goes_the_usual_way() -> None:
    session = following()
    assert ended(session.speech_start(21.0)) == []
    assert BeginRun("run-2", Source.MICROPHONE) in session.transcript(heard("공원 보여줘"), 22.0)
    session.understood("run-2", 22.1)
    effects = session.done("run-2", SHOWN, 22.3, speaks=True)
    assert EndRun("run-2", SHOWN) in effects
    assert session.phase is Phase.SPEAKING
    session.playback_finished(24.0)
    assert session.phase is Phase.FOLLOW_UP


@pytest.mark.parametrize("accepted", [True, False])
def test_what_was_not_for_us_is_dropped_without_a_word(accepted: bool) -> None:
    session = following()
    session.speech_start(21.0)
    talk = Transcript(22.0, "그래서 내가", "그래", 0.1, accepted, 21.8)
    effects = session.transcript(talk, 22.0)
    if accepted:
        effects += session.understood("run-2", 22.1)
        effects += session.done("run-2", Outcome(OutcomeCode.NOT_UNDERSTOOD, "못 알아들었습니다.", ""), 22.2)
    assert [e.outcome.code for e in effects if isinstance(e, EndRun) and e.overheard] == [OutcomeCode.NOT_UNDERSTOOD]
    assert not any(isinstance(e, Chime) for e in effects)
    assert not any(e.outcome or "그래" in e.text for e in effects if isinstance(e, ShowPhase))
    assert session.phase is Phase.IDLE, "two people talk: the ear closes"


UNANSWERED = [
    *(OutcomeCode.NOT_UNDERSTOOD, OutcomeCode.AMBIGUOUS, OutcomeCode.ASKED),
    *(OutcomeCode.NOT_PERMITTED, OutcomeCode.FAILED),
]


@pytest.mark.parametrize("code", UNANSWERED)
def test_overheard_talk_that_is_no_clear_command_is_not_answered(code: OutcomeCode) -> None:
    session = following()
    session.speech_start(21.0)
    effects = session.transcript(heard("그래서 내가"), 22.0)
    effects += session.understood("run-2", 22.1)
    effects += session.done("run-2", Outcome(code, "무엇을", "what"), 22.2, asks=True, speaks=True)
    assert [e.outcome.code for e in effects if isinstance(e, EndRun) and e.overheard] == [code]
    assert not any(isinstance(e, Chime | Listen) for e in effects)
    assert not any(e.outcome or "그래" in e.text for e in effects if isinstance(e, ShowPhase))
    assert session.phase is Phase.IDLE


def test_overheard_talk_whose_action_takes_too_long_is_not_answered() -> None:
    session = following()
    effects = session.transcript(heard("그래서 내가"), 22.0)
    effects += session.understood("run-2", 22.1)
    effects += session.tick(22.1 + ACTING_S)
    assert [e.outcome.code for e in effects if isinstance(e, EndRun) and e.overheard] == [OutcomeCode.FAILED]
    assert not any(isinstance(e, Chime) or (isinstance(e, ShowPhase) and e.outcome) for e in effects)


def test_a_stop_that_was_not_called_for_still_counts() -> None:
    session = following()
    session.transcript(heard("그만"), 22.0)
    stopped = Outcome(OutcomeCode.CANCELLED, "멈췄습니다.", "Stopped.", "stopped")
    effects = session.done("run-2", stopped, 22.2)
    assert any(isinstance(e, ShowPhase) and e.outcome == stopped for e in effects)


@pytest.mark.parametrize("code", [OutcomeCode.NOT_UNDERSTOOD, OutcomeCode.CANCELLED, OutcomeCode.NOT_PERMITTED])
def test_nothing_follows_what_was_no_success(code: OutcomeCode) -> None:
    session = new_session()
    session.wake(0.0)
    session.transcript(heard(TEXT), 1.0)
    session.done("run-1", Outcome(code, "", ""), 1.2)
    assert session.phase is Phase.IDLE


@pytest.mark.parametrize("source", [Source.TEXT, Source.PUSH_TO_TALK])
def test_who_typed_or_pressed_the_button_is_not_listened_to_afterwards(source: Source) -> None:
    session = new_session()
    session.entered(TEXT, source, 0.0)
    session.done("run-1", SHOWN, 0.2)
    assert session.phase is Phase.IDLE


def test_zero_switches_the_follow_up_off() -> None:
    session = following(follow_up_s=0.0)
    assert session.phase is Phase.IDLE


def test_a_playback_that_is_never_reported_opens_no_ear() -> None:
    session = new_session()
    session.wake(0.0)
    session.transcript(heard(TEXT), 1.0)
    session.done("run-1", SHOWN, 1.2, speaks=True)
    effects = session.tick(1.2 + SPEAKING_S)
    assert session.phase is Phase.IDLE
    assert not any(isinstance(e, Listen) for e in effects)


@pytest.mark.parametrize("lost", ["ear_lost", "no_speech"])
def test_losing_the_ear_that_nobody_asked_for_makes_no_noise(lost: str) -> None:
    session = following()
    effects = getattr(session, lost)(21.0)
    assert not any(isinstance(e, Chime | BeginRun | EndRun) for e in effects)
    assert session.phase is Phase.IDLE


def test_muting_closes_the_ear_that_stayed_open_and_keeps_the_question() -> None:
    session = following()
    assert CancelListening() in session.mute(True, 21.0)
    assert session.phase is Phase.MUTED
    session = new_session()
    session.wake(0.0)
    session.transcript(heard("먼지"), 1.0)
    session.done("run-1", Outcome(OutcomeCode.AMBIGUOUS, "", ""), 1.2, asks=True)
    assert session.mute(True, 2.0) == [CancelListening()]
    assert session.phase is Phase.ASKING, "a finger can still answer"
    assert session.speech_start(2.5) == []


def test_the_wake_word_during_a_question_keeps_the_question_open_for_the_answer() -> None:
    session = new_session()
    session.wake(0.0)
    session.transcript(heard("먼지"), 1.0)
    session.done("run-1", Outcome(OutcomeCode.AMBIGUOUS, "", ""), 1.2, asks=True)
    session.speech_start(2.0)  # the ear takes the beginning of the wake word for an answer
    effects = session.wake(2.3)
    assert ended(effects) == [OutcomeCode.CANCELLED]
    assert CloseQuestion() not in effects
    assert session.asking
    assert CloseQuestion(on_screen=True) in session.no_speech(2.3 + STANDBY_S)


def test_two_overlapping_calls_end_the_first_run() -> None:
    session = new_session()
    session.wake(0.0)
    effects = session.wake(0.4)
    assert [(e.run, e.outcome.reason) for e in effects if isinstance(e, EndRun)] == [("run-1", "superseded")]
    assert session.run == "run-2"
    assert session.phase is Phase.STANDBY


def test_the_stop_word_silences_at_once_and_goes_the_usual_way() -> None:
    session = new_session()
    session.wake(0.0)
    session.transcript(heard(TEXT), 1.0)
    session.done("run-1", SHOWN, 1.2, speaks=True)
    effects = session.stop_word("그만", 2.0)
    assert effects[0] == Hush()
    assert Understand("run-2", "그만", Source.MICROPHONE) in effects
    session.done("run-2", Outcome(OutcomeCode.CANCELLED, "멈췄습니다.", "Stopped.", "stopped"), 2.1)
    assert session.phase is Phase.IDLE


def test_the_stop_word_means_nothing_while_we_are_silent_or_muted() -> None:
    session = following()
    assert session.stop_word("그만", 21.0) == []
    session = new_session()
    session.mute(True, 0.0)
    session.entered(TEXT, Source.WATCH, 0.1)
    session.done("run-1", SHOWN, 0.2, speaks=True)
    assert session.stop_word("그만", 1.0) == []


def test_the_wake_word_and_the_button_silence_our_voice() -> None:
    for call in (lambda s: s.wake(2.0), lambda s: s.listen_for(Source.PUSH_TO_TALK, 2.0)):
        session = new_session()
        session.wake(0.0)
        session.transcript(heard(TEXT), 1.0)
        session.done("run-1", SHOWN, 1.2, speaks=True)
        effects = call(session)
        assert effects[0] == Hush()
        assert session.phase is Phase.STANDBY


_STEPS = st.sampled_from(
    [
        "wake",
        "speech",
        "partial",
        "transcript",
        "empty",
        "none",
        "lost",
        "false",
        "text",
        "touch",
        "understood",
        "done",
        "ask",
    ]
    + ["speak", "played", "mute", "unmute", "tick", "late", "stop"]
)


@given(st.lists(_STEPS, max_size=40))
def test_in_any_order_every_run_ends_exactly_once(steps: list[str]) -> None:
    session, now = new_session(), 0.0
    effects: list[Effect] = []
    for step in steps:
        now += 0.3
        run = session.run or "run-0"
        match step:
            case "wake":
                effects += session.wake(now)
            case "speech":
                effects += session.speech_start(now)
            case "partial":
                effects += session.partial("미세", now)
            case "transcript":
                effects += session.transcript(heard("미세먼지"), now)
            case "empty":
                effects += session.transcript(heard(" "), now)
            case "none":
                effects += session.no_speech(now)
            case "lost":
                effects += session.ear_lost(now)
            case "false":
                effects += session.false_wake(now)
            case "text":
                effects += session.entered("공원", Source.TEXT, now)
            case "touch":
                effects += session.proposed(Source.TOUCH, now)
            case "understood":
                effects += session.understood(run, now)
            case "done":
                effects += session.done(run, SHOWN, now)
            case "ask":
                effects += session.done(run, SHOWN, now, asks=True)
            case "speak":
                effects += session.done(run, SHOWN, now, speaks=True)
            case "played":
                effects += session.playback_finished(now)
            case "mute" | "unmute":
                effects += session.mute(step == "mute", now)
            case "stop":
                effects += session.stop_word("그만", now)
            case "tick":
                effects += session.tick(now)
            case "late":
                now += 60
                effects += session.tick(now)
    for _ in range(3):
        now += 120
        effects += session.tick(now)
    begun = [e.run for e in effects if isinstance(e, BeginRun)]
    over = [e.run for e in effects if isinstance(e, EndRun)]
    assert over == begun
    assert session.phase in (Phase.IDLE, Phase.MUTED), "the ear never stays open for ever"
    assert not session.asking
    assert session.deadline is None


# ------------------------------------------------------------------------------------------------ a false wake


def test_a_false_wake_ends_the_run_at_once_and_quietly() -> None:
    session = new_session()
    assert [e.woken for e in session.wake(10.0) if isinstance(e, ShowPhase)] == [True]
    effects = session.false_wake(11.0)
    assert [e.outcome.reason for e in effects if isinstance(e, EndRun)] == ["false-wake"]
    assert ended(effects) == [OutcomeCode.CANCELLED]
    assert CancelListening() in effects
    assert not [e for e in effects if isinstance(e, Chime)]
    assert (session.phase, session.run, session.woken) == (Phase.IDLE, None, False)
    assert session.false_wake(12.0) == []


def test_a_false_wake_may_be_told_after_the_run_has_ended() -> None:
    session = new_session()
    session.wake(10.0)
    session.transcript(heard("미세먼지 보여줘"), 12.0)
    session.understood("run-1", 12.0)
    session.done("run-1", SHOWN, 12.1, speaks=True)
    effects = session.false_wake(12.5)
    assert ended(effects) == []
    assert Hush() in effects
    assert session.phase is Phase.IDLE


def test_a_false_wake_closes_the_question_it_led_to() -> None:
    session = new_session()
    session.wake(10.0)
    session.transcript(heard("미세먼지"), 12.0)
    session.understood("run-1", 12.0)
    session.done("run-1", Outcome(OutcomeCode.AMBIGUOUS, "어느 것을 볼까요?", "Which one?"), 12.1, asks=True)
    assert CloseQuestion(on_screen=True) in session.false_wake(13.0)
    assert not session.asking


@pytest.mark.parametrize("source", [Source.PUSH_TO_TALK, Source.TEXT])
def test_what_a_person_began_is_no_false_wake(source: Source) -> None:
    session = new_session()
    session.wake(10.0)
    begun = session.listen_for(source, 11.0) if source is Source.PUSH_TO_TALK else session.entered("오존", source, 11.0)
    assert not [e for e in begun if isinstance(e, ShowPhase) and e.woken]
    assert session.false_wake(11.5) == []
    assert session.run == "run-2"
