from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.hearing.endpointing import (
    Endpoint,
    Endpointer,
    EndpointSettings,
    NothingSaid,
    SpeechBegan,
    SpeechEnded,
)

CHUNK = 0.032


def run(
    settings: EndpointSettings, probabilities: Iterable[float], settled_from: float | None = None
) -> list[tuple[float, Endpoint]]:
    endpointer = Endpointer(settings, 0.0)
    events: list[tuple[float, Endpoint]] = []
    for number, probability in enumerate(probabilities, 1):
        t = number * CHUNK
        event = endpointer.feed(t, probability, settled_from is not None and t >= settled_from)
        if event is not None:
            events.append((t, event))
        if isinstance(event, SpeechEnded | NothingSaid):
            break
    return events


def speech(*parts: tuple[float, float]) -> list[float]:
    """(seconds, probability) parts as chunks."""
    return [p for seconds, p in parts for _ in range(round(seconds / CHUNK))]


def test_an_ordinary_utterance_ends_after_the_silence() -> None:
    events = run(EndpointSettings(), speech((0.5, 0.0), (1.0, 0.9), (1.5, 0.0)))
    (began_at, began), (ended_at, ended) = events
    assert isinstance(began, SpeechBegan)
    assert isinstance(ended, SpeechEnded)
    assert began.start == pytest.approx(0.5, abs=2 * CHUNK)
    assert began_at - began.start == pytest.approx(0.15, abs=2 * CHUNK)
    assert ended.speech_end == pytest.approx(1.5, abs=2 * CHUNK)
    assert ended_at - ended.speech_end == pytest.approx(0.7, abs=2 * CHUNK)
    assert not ended.early
    assert not ended.forced


def test_a_settled_command_ends_early() -> None:
    events = run(EndpointSettings(), speech((0.5, 0.0), (1.0, 0.9), (1.5, 0.0)), settled_from=1.2)
    at, ended = events[-1]
    assert isinstance(ended, SpeechEnded)
    assert ended.early
    assert at - ended.speech_end == pytest.approx(0.35, abs=2 * CHUNK)


def test_a_whole_command_with_its_verb_ends_earlier_still() -> None:
    endpointer = Endpointer(EndpointSettings(), 0.0)
    ends = []
    for number, probability in enumerate(speech((1.0, 0.9), (1.5, 0.0)), 1):
        point = endpointer.feed(number * CHUNK, probability, settled=number * CHUNK > 0.8, final=number * CHUNK > 0.9)
        if isinstance(point, SpeechEnded):
            ends.append(number * CHUNK - point.speech_end)
    assert ends == [pytest.approx(0.24, abs=2 * CHUNK)]


def test_a_pause_shorter_than_the_silence_is_inside_the_utterance() -> None:
    events = run(EndpointSettings(), speech((0.2, 0.0), (0.6, 0.9), (0.5, 0.0), (0.6, 0.9), (1.0, 0.0)))
    assert [type(event) for _, event in events] == [SpeechBegan, SpeechEnded]
    assert isinstance(events[1][1], SpeechEnded)
    assert events[1][1].speech_end == pytest.approx(1.9, abs=2 * CHUNK)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("silence", ((3.5, 0.0),)),
        ("a click", ((1.0, 0.0), (0.1, 0.9), (2.4, 0.0))),
        ("clicks far apart", ((1.0, 0.0), (0.1, 0.9), (0.5, 0.0), (0.1, 0.9), (1.8, 0.0))),
        ("never sure", ((3.5, 0.45),)),
    ],
)
def test_nothing_said_within_three_seconds(name: str, parts: tuple[tuple[float, float], ...]) -> None:
    (at, event), *_ = run(EndpointSettings(), speech(*parts))
    assert isinstance(event, NothingSaid), name
    assert at == pytest.approx(3.0, abs=2 * CHUNK)


def test_a_command_begun_just_before_the_deadline_is_heard() -> None:
    events = run(EndpointSettings(), speech((2.94, 0.0), (0.5, 0.9), (1.0, 0.0)))
    assert [type(event) for _, event in events] == [SpeechBegan, SpeechEnded]


def test_hysteresis_keeps_a_weak_voice_and_does_not_start_on_one() -> None:
    kept = run(EndpointSettings(), speech((0.5, 0.9), (1.0, 0.4), (0.9, 0.0)))
    assert isinstance(kept[-1][1], SpeechEnded)
    assert kept[-1][1].speech_end == pytest.approx(1.5, abs=2 * CHUNK)
    assert run(EndpointSettings(start_timeout=None), speech((2.0, 0.4))) == []


def test_the_tail_of_the_wake_word_is_not_speech_but_a_command_in_one_breath_is() -> None:
    settings = EndpointSettings(guard=0.24)
    tail = run(settings, speech((0.22, 0.9), (3.5, 0.0)))
    assert isinstance(tail[0][1], NothingSaid)
    breath = run(settings, speech((1.0, 0.9), (1.0, 0.0)))
    assert isinstance(breath[0][1], SpeechBegan)
    assert breath[0][1].start == 0.0


def test_the_longest_utterance_is_cut() -> None:
    events = run(EndpointSettings(max_speech=2.0), speech((5.0, 0.9)))
    at, ended = events[1]
    assert isinstance(ended, SpeechEnded)
    assert ended.forced
    assert at == pytest.approx(2.0, abs=2 * CHUNK)


def test_resume_waits_until_the_first_deadline() -> None:
    endpointer = Endpointer(EndpointSettings(), 0.0)
    events = []
    for number, p in enumerate(speech((0.3, 0.0), (0.4, 0.9), (4.0, 0.0)), 1):
        event = endpointer.feed(number * CHUNK, p)
        if isinstance(event, SpeechEnded):
            endpointer.resume()
        if event is not None:
            events.append((number * CHUNK, event))
    assert [type(e) for _, e in events][:3] == [SpeechBegan, SpeechEnded, NothingSaid]
    assert events[2][0] == pytest.approx(3.0, abs=2 * CHUNK)


def test_finish_ends_only_what_is_under_way() -> None:
    endpointer = Endpointer(EndpointSettings(), 0.0)
    assert endpointer.finish() is None
    for number in range(1, 20):
        endpointer.feed(number * CHUNK, 0.9)
    ended = endpointer.finish()
    assert ended is not None
    assert ended.speech_end == pytest.approx(19 * CHUNK)
    assert not endpointer.speaking


@given(
    st.lists(st.floats(0, 1), max_size=400),
    st.lists(st.booleans(), min_size=400, max_size=400),
    st.floats(0, 0.5),
)
def test_order_and_times_hold_for_any_sound(probabilities: list[float], settled: list[bool], guard: float) -> None:
    settings = EndpointSettings(max_speech=4.0, guard=guard)
    endpointer = Endpointer(settings, 0.0)
    speaking = False
    began = -1.0
    for number, (p, s) in enumerate(zip(probabilities, settled, strict=False), 1):
        t = number * CHUNK
        event = endpointer.feed(t, p, s)
        if isinstance(event, SpeechBegan):
            assert not speaking
            assert 0 <= event.start < t
            speaking, began = True, event.start
        elif isinstance(event, SpeechEnded):
            assert speaking
            assert began < event.speech_end <= t
            assert event.forced or t - event.speech_end >= settings.early_silence - 1e-6
            assert t - began <= settings.max_speech + CHUNK
            speaking = False
            endpointer.resume()
        elif isinstance(event, NothingSaid):
            assert not speaking
            assert t >= 3.0 - 1e-6
            break
        assert endpointer.speaking == speaking
