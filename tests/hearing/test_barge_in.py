"""People interrupt: what is heard, and what is not, while our own voice sounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.contracts.events import SpeechStart, StopWord, StreamMode, Transcript, Wake
from assistant.hearing.audio import FRAME_SAMPLES, Samples
from assistant.hearing.barge_in import OWN_LASTS_S, BargeIn
from assistant.hearing.echo import Playback
from assistant.hearing.phrases import Phrase, PhraseBook
from assistant.hearing.pipeline import Event, HearingPipeline, WakeWord
from assistant.hearing.stop_words import STOP_WORDS, StopSpotter, speaks_a_stop_word, stop_word_in
from tests.hearing.fakes import ScriptedRecogniser, ScriptedVoice, ScriptedWake, Threshold, frames

BOOK = PhraseBook([Phrase("따릉이", "bike")])
SOUND = np.full(16_000 * 20, 7, np.int16)


class PerfectCanceller:
    """Leaves what was heard as it is, and remembers what was played."""

    def __init__(self) -> None:
        self.played: list[int] = []

    def clean(self, heard: Samples, played: Samples) -> Samples:
        self.played.append(int(played[0]))
        return heard


class OwnWords:
    """Scores high in the frames of our own sound that end at the given times since the voice began."""

    def __init__(self, *times: float) -> None:
        self._inner, self._number = ScriptedWake(*times), 0

    def score(self, frame: Samples) -> float:
        self._number += 1
        return self._inner.score(np.full(FRAME_SAMPLES, self._number - 1, np.int16))

    def reset(self) -> None:
        self._number = 0


class Room:
    """A pipeline with everything scripted; our voice sounds from 0.8 s on."""

    def __init__(
        self,
        *,
        wakes: tuple[float, ...] = (),
        own: tuple[float, ...] = (),
        spoken: tuple[tuple[float, float], ...] = (),
        words: dict[float, str] | None = None,
        text: str = "따릉이를 띄웠습니다.",
        known: bool = True,
    ) -> None:
        self.canceller = PerfectCanceller()
        words = words or {}
        spotter = StopSpotter(ScriptedVoice(*spoken), ScriptedRecogniser(words))
        self.pipeline = HearingPipeline(
            mode=StreamMode.WAKE,
            voice=ScriptedVoice(*spoken),
            recogniser=ScriptedRecogniser(words),
            decide=BOOK.sentence,
            wake=WakeWord(ScriptedWake(*wakes), Threshold()),
            barge_in=BargeIn(self.canceller, OwnWords(*own), Threshold(), spotter),
        )
        assert self.play(0.0, 0.8) == []
        self.playback = Playback(text)
        self.pipeline.mute(playback=self.playback)
        self.playback.announce()
        if known:
            self.playback.add(SOUND)

    def play(self, start: float, end: float) -> list[Event]:
        return [event for frame in frames(end - start, start) for event in self.pipeline.push(frame)]


def test_the_wake_word_is_heard_through_our_voice_and_its_window_outlives_it() -> None:
    room = Room(wakes=(2.0,), spoken=((3.0, 3.8),), words={3.3: "따릉이"})
    events = room.play(0.8, 2.4)
    assert [type(e) for e in events] == [Wake]
    room.pipeline.unmute()  # the core has silenced our voice
    events = room.play(2.4, 6.0)
    assert [type(e) for e in events if isinstance(e, SpeechStart | Transcript)] == [SpeechStart, Transcript]


def test_what_our_own_voice_says_wakes_nobody() -> None:
    room = Room(wakes=(2.4,), own=(1.2,))  # 1.2 s after 0.8 s: the echo comes 0.4 s later
    assert room.play(0.8, 4.0) == []


def test_a_call_after_our_own_words_counts_again() -> None:
    called = 2.0 + OWN_LASTS_S + 0.4
    room = Room(wakes=(called,), own=(1.2,))
    assert [type(e) for e in room.play(0.8, 6.0)] == [Wake]


def test_a_stop_word_is_reported_once_it_is_sure() -> None:
    room = Room(spoken=((2.0, 2.6),), words={2.2: "그만"})
    events = room.play(0.8, 6.0)
    assert [(type(e), e.text) for e in events if isinstance(e, StopWord)] == [(StopWord, "그만")]
    assert events[0].t <= 2.9
    assert len(events) == 1, "nothing else of it counts"


def test_other_talk_is_not_heard_through_our_voice() -> None:
    room = Room(spoken=((2.0, 3.0),), words={2.2: "따릉이", 2.6: "보여줘"})
    assert room.play(0.8, 6.0) == []


def test_a_sentence_of_ours_with_a_stop_word_in_it_is_not_stopped_by_itself() -> None:
    room = Room(spoken=((2.0, 2.6),), words={2.2: "그만"}, text="그만이라고 말씀하시면 멈춥니다.")
    assert room.play(0.8, 6.0) == []


def test_where_our_sound_is_not_known_nothing_is_heard() -> None:
    room = Room(wakes=(2.0,), spoken=((2.0, 2.6),), words={2.2: "그만"}, known=False)
    assert room.play(0.8, 4.0) == []
    room.playback.add(np.zeros(0, np.int16))  # the file could not be read
    assert room.play(4.0, 6.0) == []


def test_the_canceller_is_given_what_plays_from_where_it_plays() -> None:
    room = Room()
    room.play(0.8, 2.0)
    assert set(room.canceller.played) == {7}


def test_a_window_that_was_to_open_after_our_voice_still_does() -> None:
    room = Room(spoken=((3.2, 4.0),), words={3.5: "따릉이"})
    room.pipeline.listen(4.0)
    assert room.play(0.8, 2.4) == []
    room.pipeline.unmute()
    assert [type(e) for e in room.play(2.4, 6.0) if isinstance(e, Transcript)] == [Transcript]


# ------------------------------------------------------------------------------------------------ what plays


def test_a_sound_that_was_read_late_has_lost_its_beginning() -> None:
    playback = Playback()
    playback.announce()
    assert not playback.frame().any()
    playback.add(np.arange(1, 3 * FRAME_SAMPLES + 1, dtype=np.int16))
    assert playback.frame()[0] == FRAME_SAMPLES + 1


def test_a_file_follows_the_one_that_plays_without_a_gap() -> None:
    playback = Playback()
    playback.announce()
    playback.add(np.full(FRAME_SAMPLES + 10, 1, np.int16))
    playback.announce()
    playback.frame()
    playback.add(np.full(FRAME_SAMPLES, 2, np.int16))
    second = playback.frame()
    assert (second[:10] == 1).all()
    assert (second[10:] == 2).all()


def test_a_file_after_a_pause_begins_when_it_was_announced() -> None:
    playback = Playback()
    playback.announce()
    playback.add(np.full(FRAME_SAMPLES, 1, np.int16))
    for _ in range(3):
        playback.frame()
    playback.announce()
    playback.add(np.full(FRAME_SAMPLES, 2, np.int16))
    assert (playback.frame() == 2).all()
    assert not playback.frame().any(), "silence for ever after"


# ------------------------------------------------------------------------------------------------ the words


@pytest.mark.parametrize("words", [*STOP_WORDS, "서울아 그만", "조용 히", "이제 그만"])
def test_stop_words(words: str) -> None:
    assert stop_word_in(words)


@pytest.mark.parametrize("words", ["", "그만큼", "서울아", "미세먼지 그만큼 보여줘", "따릉이 보여줘"])
def test_no_stop_words(words: str) -> None:
    assert not stop_word_in(words)


def test_our_own_sentences_are_searched_for_stop_words() -> None:
    assert speaks_a_stop_word("'그만'이라고 말씀하세요.")
    assert not speaks_a_stop_word("미세먼지를 띄웠습니다.")


# ------------------------------------------------------------------------------------------------ in any order

SPANS = st.lists(st.tuples(st.floats(0, 10), st.floats(0, 2)).map(lambda p: (p[0], p[0] + p[1])), max_size=5)
ACTS = st.lists(
    st.tuples(st.integers(0, 120), st.sampled_from(["speak", "deaf", "silent", "listen", "cancel"])), max_size=8
)


@example([], [8.5], [(96, "listen")])
@given(SPANS, st.lists(st.floats(1.0, 10), max_size=4), ACTS)
def test_the_ear_never_stays_open_for_ever(
    spoken: list[tuple[float, float]], wakes: list[float], acts: list[tuple[int, str]]
) -> None:
    room = Room(wakes=tuple(wakes), spoken=tuple(spoken), words={s: "그만" for s, _ in spoken})
    for number, frame in enumerate(frames(10, 0.8)):
        for at, act in acts:
            if at != number:
                continue
            if act == "speak":
                playback = Playback()
                room.pipeline.mute(playback=playback)
                playback.announce()
                playback.add(SOUND)
            elif act == "deaf":
                room.pipeline.mute()
            elif act == "silent":
                room.pipeline.unmute()
            elif act == "listen":
                room.pipeline.listen(4.0)
            else:
                room.pipeline.cancel()
        room.pipeline.push(frame)
    room.pipeline.unmute()
    room.play(10.8, 36.0)
    assert not room.pipeline.listening
