"""Calls that the wake head is not sure of: when they are asked about, what is one, and what the ear then does."""

from __future__ import annotations

from concurrent.futures import Future

import numpy as np
import pytest

from assistant.contracts.errors import Unavailable
from assistant.contracts.events import Partial, SpeechStart, StreamMode, Transcript, Wake
from assistant.hearing.audio import FRAME_SECONDS, Frame, Samples
from assistant.hearing.noise import NoiseSuppressor
from assistant.hearing.opinion import Opinion
from assistant.hearing.phrases import Phrase, PhraseBook
from assistant.hearing.pipeline import Event, HearingPipeline, WakeWord
from assistant.hearing.wake import WakeDecision
from assistant.hearing.wake_doubt import CALL, HEARD_S, RIVALS, Confirmed, WakeDoubt, evidence
from assistant.hearing.wake_rules import WakeRules
from tests.hearing.fakes import ScriptedRecogniser, ScriptedVoice, frames

SOUND = np.zeros(16, np.int16)


def opinion(call: float, *rivals: float) -> Opinion:
    """The sound adds `call` nats to the call, and so much to the rivals (0 to those not given)."""
    gains = (call, *rivals, *(0.0 for _ in RIVALS[len(rivals) :]))
    return Opinion("", -1.0, 0.0, tuple(gain - 10.0 for gain in gains), tuple(-10.0 for _ in gains))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (opinion(6.0), 6.0),
        (opinion(2.0), 2.0),
        (opinion(1.9), None),  # silence would say it as well
        (opinion(8.4, 10.8), None),  # "서울에서" goes through the head
        (opinion(6.0, 6.5), 6.0),
        (Opinion("서울아", -0.1, 0.0), None),  # an answer to another question
    ],
)
def test_what_counts_as_a_call(given: Opinion, found: float | None) -> None:
    assert evidence(given) == found


class Slow:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.answers: list[Future[Opinion]] = []
        self.asked: list[tuple[str, ...]] = []

    def ask(self, sound: Samples, candidates: tuple[str, ...], within_s: float) -> Future[Opinion]:
        self.asked.append(candidates)
        self.answers.append(Future())
        return self.answers[-1]


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def feed(doubt: WakeDoubt, scores: list[float], start: int = 0) -> list[Confirmed]:
    found = [
        doubt.feed((start + i + 1) * FRAME_SECONDS, score, lambda since, until: SOUND) for i, score in enumerate(scores)
    ]
    return [one for one in found if one is not None]


def test_two_frames_that_may_be_a_call_are_asked_about_once() -> None:
    slow = Slow()
    doubt = WakeDoubt(slow)
    assert feed(doubt, [0.1, 0.3, 0.5, 0.5, 0.5, 0.1]) == []
    assert slow.asked == [(CALL, *RIVALS)]
    slow.answers[0].set_result(opinion(5.0))
    assert feed(doubt, [0.0], 6) == [Confirmed(pytest.approx(0.24), 0.5, 5.0)]
    assert feed(doubt, [0.0] * 5, 7) == []


@pytest.mark.parametrize("scores", [[0.3, 0.0, 0.3, 0.0], [0.19] * 10])
def test_less_is_not_asked_about(scores: list[float]) -> None:
    slow = Slow()
    assert feed(WakeDoubt(slow), scores) == []
    assert slow.asked == []


def test_the_sound_that_is_judged_ends_with_the_unsure_score() -> None:
    wanted: list[tuple[float, float]] = []

    def sound(since: float, until: float) -> Samples:
        wanted.append((since, until))
        return SOUND

    doubt = WakeDoubt(Slow())
    for number, score in enumerate([0.3, 0.4, 0.9], start=1):
        doubt.feed(number * FRAME_SECONDS, score, sound)
    assert wanted == [(pytest.approx(0.16 - HEARD_S), pytest.approx(0.16))]


def test_a_late_answer_is_no_wake() -> None:
    slow, clock = Slow(), Clock()
    doubt = WakeDoubt(slow, 0.8, clock=clock)
    feed(doubt, [0.3, 0.3])
    for number in range(2, 14):  # 0.96 s
        clock.now = number * FRAME_SECONDS
        assert feed(doubt, [0.0], number) == []
    assert slow.answers[0].cancelled()


def test_sound_that_comes_faster_than_real_time_makes_no_answer_late() -> None:
    slow = Slow()
    doubt = WakeDoubt(slow, 0.8, clock=Clock())
    feed(doubt, [0.3, 0.3] + [0.0] * 30)
    slow.answers[0].set_result(opinion(5.0))
    assert len(feed(doubt, [0.0], 32)) == 1


@pytest.mark.parametrize("error", [Unavailable("opinion-unavailable", "gone"), RuntimeError("broken")])
def test_without_an_opinion_the_head_alone_decides(error: Exception) -> None:
    slow = Slow()
    doubt = WakeDoubt(slow)
    feed(doubt, [0.3, 0.3, 0.3])
    slow.answers[0].set_exception(error)
    assert feed(doubt, [0.3], 3) == []
    feed(doubt, [0.0] * 12 + [0.3] * 3, 4)
    assert len(slow.asked) == 2  # the next one is asked about again


class Scores:
    """A detector that says given scores, one a frame; then 0."""

    def __init__(self, scores: dict[float, float]) -> None:
        self._scores = {round(t / FRAME_SECONDS) - 1: score for t, score in scores.items()}

    def score(self, frame: Samples) -> float:
        return self._scores.get(int(frame[0]), 0.0)

    def reset(self) -> None:
        pass


def hearing(
    slow: Slow,
    scores: dict[float, float],
    spoken: tuple[float, float],
    words: dict[float, str],
    noise: NoiseSuppressor | None = None,
) -> HearingPipeline:
    book = PhraseBook([Phrase("미세먼지", "pm10")])
    word = WakeWord(Scores(scores), WakeDecision(0.9), threshold=0.9, doubt=WakeDoubt(slow, 0.8, clock=Clock()))
    return HearingPipeline(
        mode=StreamMode.WAKE,
        voice=ScriptedVoice(spoken),
        recogniser=ScriptedRecogniser(words),
        decide=book.sentence,
        wake=word,
        noise=noise,
    )


def play(pipeline: HearingPipeline, seconds: float, start: float = 0.0) -> list[Event]:
    events = [event for frame in frames(seconds, start) for event in pipeline.push(frame)]
    return [event for event in events if not isinstance(event, Partial)]


UNSURE = {1.52: 0.4, 1.6: 0.5, 1.68: 0.4}


def test_a_confirmed_call_hears_the_command_spoken_in_the_same_breath() -> None:
    slow = Slow()
    pipeline = hearing(slow, UNSURE, (1.0, 2.8), {1.2: "서울역", 1.62: "미세먼지", 2.3: "보여줘"})
    assert play(pipeline, 2.4) == []
    slow.answers[0].set_result(opinion(5.0))
    events = play(pipeline, 4.0, 2.4)
    assert [type(event) for event in events] == [Wake, SpeechStart, Transcript]
    wake, _, transcript = events
    assert isinstance(wake, Wake)
    assert (wake.t, wake.score, wake.threshold, wake.evidence) == (pytest.approx(1.6), 0.5, 0.9, 5.0)
    assert isinstance(transcript, Transcript)
    assert transcript.text == "미세먼지 보여줘"  # nothing of it was lost while the answer was waited for
    fed = pipeline._recogniser.fed  # type: ignore[attr-defined]
    assert fed == list(range(fed[0], fed[-1] + 1))  # nor heard twice


def test_a_refused_call_is_silence() -> None:
    slow = Slow()
    pipeline = hearing(slow, UNSURE, (1.0, 2.8), {1.2: "서울에서"})
    play(pipeline, 2.0)
    slow.answers[0].set_result(opinion(4.0, 7.2))
    assert play(pipeline, 4.0, 2.0) == []


def test_a_sure_score_waits_for_no_answer() -> None:
    slow = Slow()
    scores = {1.52: 0.4, 1.6: 0.5, 1.68: 0.95, 1.76: 0.97}
    events = play(hearing(slow, scores, (2.0, 2.1), {}), 2.0)
    wakes = [(event.t, event.evidence) for event in events if isinstance(event, Wake)]
    assert wakes == [(pytest.approx(1.76), None)]
    assert slow.answers[0].cancelled()


def test_the_sound_of_a_call_that_was_denied_raises_no_question() -> None:
    slow = Slow()
    pipeline = hearing(slow, {1.6: 0.95, 1.68: 0.97, 1.76: 0.6, 1.84: 0.1, 1.92: 0.5, 2.0: 0.5}, (9.0, 9.1), {})
    assert len(play(pipeline, 1.76)) == 1
    pipeline.cancel()  # another microphone heard it better
    assert play(pipeline, 3.0, 1.76) == []
    assert slow.asked == []


class Deaf:
    """A noise suppressor that leaves nothing."""

    def clean(self, frame: Frame) -> Frame:
        return Frame(frame.start, np.zeros_like(frame.samples))


def test_the_wake_word_is_heard_before_noise_is_taken_out() -> None:
    slow = Slow()
    pipeline = hearing(slow, {1.52: 0.95, 1.6: 0.95}, (9.0, 9.1), {}, Deaf())
    assert [type(event) for event in play(pipeline, 2.0)] == [Wake]


def test_nothing_is_asked_while_words_are_listened_to() -> None:
    slow = Slow()
    pipeline = hearing(slow, UNSURE, (9.0, 9.1), {})
    pipeline.listen(4.0)
    play(pipeline, 2.0)
    assert slow.asked == []


def test_our_own_voice_drops_the_question() -> None:
    slow = Slow()
    pipeline = hearing(slow, UNSURE, (9.0, 9.1), {})
    play(pipeline, 2.0)
    pipeline.mute()
    assert slow.answers[0].cancelled()
    assert play(pipeline, 2.0, 2.0) == []


@pytest.mark.parametrize(
    ("rules", "asks"),
    [(WakeRules(), True), (WakeRules(ask_from=0.0), False), (WakeRules(twice_within_s=1.5), False)],
)
def test_the_rules_say_whether_it_is_asked(rules: WakeRules, asks: bool) -> None:
    assert (rules.doubt((Slow(), 1.5)) is not None) is asks
    assert rules.doubt(None) is None
