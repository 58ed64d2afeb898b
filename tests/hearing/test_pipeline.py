from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts.events import NoSpeech, Partial, SpeechStart, StreamEnded, StreamMode, Transcript, Wake
from assistant.hearing.audio import FRAME_SECONDS, Samples
from assistant.hearing.opinion import Consultation, Opinion
from assistant.hearing.phrases import Decision, Phrase, PhraseBook
from assistant.hearing.pipeline import Event, HearingPipeline, WakeWord
from tests.hearing.fakes import ScriptedRecogniser, ScriptedVoice, ScriptedWake, Threshold, frames

BOOK = PhraseBook([Phrase("미세먼지", "pm10"), Phrase("따릉이", "bike"), Phrase("강남구", "11680", complete=False)])


def waking(
    *, wakes: tuple[float, ...], spoken: tuple[tuple[float, float], ...], words: dict[float, str]
) -> tuple[HearingPipeline, ScriptedRecogniser, ScriptedWake]:
    recogniser, wake = ScriptedRecogniser(words), ScriptedWake(*wakes)
    pipeline = HearingPipeline(
        mode=StreamMode.WAKE,
        voice=ScriptedVoice(*spoken),
        recogniser=recogniser,
        decide=BOOK.sentence,
        wake=WakeWord(wake, Threshold()),
    )
    return pipeline, recogniser, wake


def push_to_talk(spoken: tuple[tuple[float, float], ...], words: dict[float, str]) -> HearingPipeline:
    return HearingPipeline(
        mode=StreamMode.PUSH_TO_TALK,
        voice=ScriptedVoice(*spoken),
        recogniser=ScriptedRecogniser(words),
        decide=BOOK.sentence,
        stream="ptt-1",
    )


def play(pipeline: HearingPipeline, seconds: float, start: float = 0.0) -> list[Event]:
    return [event for frame in frames(seconds, start) for event in pipeline.push(frame)]


def kinds(events: list[Event]) -> list[type]:
    return [type(event) for event in events if not isinstance(event, Partial)]


def test_wake_then_command_after_a_pause() -> None:
    pipeline, _, _ = waking(wakes=(1.6,), spoken=((1.1, 1.6), (2.6, 3.6)), words={2.8: "따릉이", 3.3: "보여줘"})
    events = play(pipeline, 8)
    assert kinds(events) == [Wake, SpeechStart, Transcript]
    wake, transcript = events[0], events[-1]
    assert isinstance(wake, Wake)
    assert wake.t == pytest.approx(1.6)
    assert isinstance(transcript, Transcript)
    assert (transcript.text, transcript.phrase, transcript.accepted) == ("따릉이 보여줘", "따릉이", True)
    assert transcript.speech_end == pytest.approx(3.6, abs=0.05)
    assert transcript.t - transcript.speech_end == pytest.approx(0.28, abs=0.09)  # committed early
    partials = [event.text for event in events if isinstance(event, Partial)]
    assert partials == ["따릉이", "따릉이 보여줘"]
    assert not pipeline.listening


def test_a_command_in_one_breath_keeps_its_first_syllable() -> None:
    pipeline, recogniser, _ = waking(
        wakes=(1.6,), spoken=((1.0, 2.8),), words={1.2: "서울역", 1.62: "미세먼지", 2.3: "보여줘"}
    )
    events = play(pipeline, 6)
    assert kinds(events) == [Wake, SpeechStart, Transcript]
    assert isinstance(events[-1], Transcript)
    assert events[-1].text == "미세먼지 보여줘"
    first = recogniser.fed[0] * FRAME_SECONDS
    assert first == pytest.approx(0.6, abs=FRAME_SECONDS)  # the wake word is heard too, and left out by its time
    assert first + recogniser.skip == pytest.approx(1.5, abs=0.001)
    assert recogniser.fed == list(range(recogniser.fed[0], recogniser.fed[-1] + 1))  # nothing twice, nothing lost


def test_an_uncertain_command_waits_for_the_ordinary_silence() -> None:
    pipeline, _, _ = waking(wakes=(0.8,), spoken=((1.2, 2.0),), words={1.5: "강남구"})
    transcript = play(pipeline, 6)[-1]
    assert isinstance(transcript, Transcript)
    assert transcript.t - transcript.speech_end == pytest.approx(0.72, abs=0.09)


def test_silence_after_the_wake_word_closes_the_window() -> None:
    pipeline, _, _ = waking(wakes=(1.6,), spoken=((1.1, 1.8),), words={})
    events = play(pipeline, 8)
    assert kinds(events) == [Wake, NoSpeech]
    assert events[1].t == pytest.approx(4.6, abs=FRAME_SECONDS)


def test_a_cough_is_no_command_and_the_window_stays_open() -> None:
    pipeline, _, _ = waking(wakes=(1.04,), spoken=((1.6, 1.9), (3.0, 3.8)), words={3.2: "따릉이"})
    events = play(pipeline, 8)
    assert kinds(events) == [Wake, SpeechStart, SpeechStart, Transcript]


def test_without_the_wake_word_nothing_is_recognised() -> None:
    pipeline, recogniser, wake = waking(wakes=(), spoken=((0.0, 9.0),), words={1.0: "따릉이"})
    assert play(pipeline, 9) == []
    assert recogniser.fed == []
    assert wake.scored == len(list(frames(9)))


def test_the_wake_word_again_while_listening_begins_no_second_window() -> None:
    pipeline, _, _ = waking(wakes=(1.04, 1.6), spoken=((2.0, 2.8),), words={2.2: "따릉이"})
    assert kinds(play(pipeline, 6)) == [Wake, SpeechStart, Transcript]


def test_push_to_talk_hears_one_utterance_after_another() -> None:
    pipeline = push_to_talk(((0.5, 1.4), (4.0, 5.0)), {0.8: "미세먼지", 4.4: "따릉이"})
    events = play(pipeline, 8) + pipeline.end()
    assert kinds(events) == [SpeechStart, Transcript, SpeechStart, Transcript, StreamEnded]
    assert [e.text for e in events if isinstance(e, Transcript)] == ["미세먼지", "따릉이"]
    assert {e.stream for e in events} == {"ptt-1"}


def test_letting_the_button_go_ends_the_utterance() -> None:
    pipeline = push_to_talk(((0.2, 5.0),), {0.5: "미세먼지"})
    assert kinds(play(pipeline, 1.2)) == [SpeechStart]
    transcript, ended = pipeline.end()
    assert isinstance(transcript, Transcript)
    assert transcript.text == "미세먼지"
    assert isinstance(ended, StreamEnded)


def test_a_button_pressed_in_silence_says_so_once() -> None:
    pipeline = push_to_talk((), {})
    assert kinds(play(pipeline, 20)) == []
    assert kinds(pipeline.end("truncated-audio", "cut")) == [NoSpeech, StreamEnded]


def test_our_own_voice_is_not_heard() -> None:
    pipeline, recogniser, wake = waking(wakes=(2.0, 6.0), spoken=((1.0, 4.0), (6.4, 7.2)), words={6.6: "따릉이"})
    play(pipeline, 0.8)
    pipeline.mute()
    scored = wake.scored
    assert play(pipeline, 3.2, 0.8) == []
    assert wake.scored == scored
    pipeline.unmute()
    events = play(pipeline, 5, 4.0)
    assert wake.resets == 1
    assert kinds(events) == [Wake, SpeechStart, Transcript]
    assert min(recogniser.fed) * FRAME_SECONDS > 4.0


class Unsure:
    """A judge who always asks, and takes what the second opinion heard."""

    def candidates(self, words: str, first: Decision) -> tuple[str, ...]:
        return (words,)

    def more(self, words: str, candidates: tuple[str, ...], opinion: Opinion) -> tuple[str, ...]:
        return ()

    def combine(self, words: str, first: Decision, candidates: tuple[str, ...], opinion: Opinion) -> Decision:
        return replace(first, text=opinion.text, decided_by="whisper")


class Asked:
    """A second opinion that is given by hand."""

    def __init__(self) -> None:
        self.answers: list[Future[Opinion]] = []

    def ask(self, sound: Samples, candidates: tuple[str, ...], within_s: float) -> Future[Opinion]:
        self.answers.append(Future())
        return self.answers[-1]


@pytest.mark.parametrize("answered", [True, False])
def test_an_utterance_that_waits_for_the_second_opinion_survives_our_voice(answered: bool) -> None:
    pipeline, _, _ = waking(wakes=(0.8,), spoken=((1.2, 2.0),), words={1.5: "따릉이"})
    asked = Asked()
    pipeline.consultation = Consultation(Unsure(), asked, 1.5, clock=lambda: pipeline.now)
    assert kinds(play(pipeline, 3.0)) == [Wake, SpeechStart]
    pipeline.mute()
    assert play(pipeline, 0.16, 3.04) == []
    if answered:
        asked.answers[0].set_result(Opinion("따릉이 보여줘", -1.0, 0.0))
    (transcript,) = play(pipeline, 2.0, 3.2)
    assert isinstance(transcript, Transcript)
    heard = ("따릉이 보여줘", "given") if answered else ("따릉이", "late")
    assert (transcript.text, transcript.opinion) == heard
    assert not pipeline.listening


def test_mute_until_a_time_opens_by_itself() -> None:
    pipeline, _, _ = waking(wakes=(1.6, 4.0), spoken=(), words={})
    pipeline.mute(until=3.0)
    events = play(pipeline, 8)
    assert [e.t for e in events if isinstance(e, Wake)] == [pytest.approx(4.0)]


def test_listen_needs_no_wake_word_and_waits_for_the_gate() -> None:
    pipeline, _, _ = waking(wakes=(), spoken=((2.6, 3.4),), words={2.9: "강남구"})
    pipeline.mute()
    pipeline.listen(3.0)
    assert pipeline.listening
    assert play(pipeline, 2.0) == []
    pipeline.unmute()
    assert kinds(play(pipeline, 4, 2.0)) == [SpeechStart, Transcript]


def test_cancel_forgets_without_a_word() -> None:
    pipeline, _, _ = waking(wakes=(1.04,), spoken=((1.6, 3.0),), words={2.0: "따릉이"})
    assert kinds(play(pipeline, 2.4)) == [Wake, SpeechStart]
    pipeline.cancel()
    assert play(pipeline, 4, 2.4) == []
    assert kinds(pipeline.end()) == [StreamEnded]


def test_the_same_sound_gives_the_same_events() -> None:
    def once() -> list[Event]:
        pipeline, _, _ = waking(wakes=(1.6,), spoken=((1.0, 2.8),), words={1.62: "미세먼지", 2.3: "보여줘"})
        return play(pipeline, 6) + pipeline.end()

    assert once() == once()


def test_wake_mode_needs_a_wake_word() -> None:
    with pytest.raises(ValueError, match="wake"):
        HearingPipeline(
            mode=StreamMode.WAKE,
            voice=ScriptedVoice(),
            recogniser=ScriptedRecogniser({}),
            decide=BOOK.sentence,
        )


SPANS = st.lists(st.tuples(st.floats(0, 12), st.floats(0, 3)).map(lambda p: (p[0], p[0] + p[1])), max_size=6)
ACTS = st.lists(st.tuples(st.integers(0, 140), st.sampled_from(["mute", "unmute", "listen", "cancel"])), max_size=8)


@given(SPANS, st.lists(st.floats(0.1, 12), max_size=4), ACTS)
def test_any_sound_and_any_orders_keep_the_grammar_of_events(
    spoken: list[tuple[float, float]], wakes: list[float], acts: list[tuple[int, str]]
) -> None:
    """Every window ends at most once, times never go back at the ends, and the stream always ends."""
    pipeline, _, _ = waking(wakes=tuple(wakes), spoken=tuple(spoken), words={s: "따릉이" for s, _ in spoken})
    events: list[Event] = []
    for number, frame in enumerate(frames(12)):
        for at, act in acts:
            if at == number:
                pipeline.listen(3.0) if act == "listen" else getattr(pipeline, act)()
        events += pipeline.push(frame)
    events += pipeline.end()
    assert isinstance(events[-1], StreamEnded)
    ends = [e.t for e in events if isinstance(e, Transcript | NoSpeech | Wake)]
    assert ends == sorted(ends)
    for before, after in zip(events, events[1:], strict=False):
        if isinstance(after, Partial):
            assert isinstance(before, SpeechStart | Partial)
    assert all(e.text for e in events if isinstance(e, Partial | Transcript))
