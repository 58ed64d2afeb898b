"""The rules of waking: the card's numbers replaced, the word said twice, and the voice gate."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from assistant.contracts.errors import BadInput, ConfigError
from assistant.hearing.audio import FRAME_SAMPLES, Frame, Samples
from assistant.hearing.voice_activity import Voicing
from assistant.hearing.wake import WakeCard, WakeDecision
from assistant.hearing.wake_rules import VoiceGate, WakeRules

CARD = WakeCard(0.9, 2, 2.0, 0.1, 0.2, "0" * 64)
FRAME = 0.08


def wakes(rules: WakeRules, scores: list[float]) -> list[int]:
    decision = rules.decision(CARD)
    return [i for i, score in enumerate(scores) if decision.feed((i + 1) * FRAME, score)]


def word(gap: int) -> list[float]:
    return [0.95] * 3 + [0.0] * gap


def test_without_rules_the_card_decides() -> None:
    assert isinstance(WakeRules().decision(CARD), WakeDecision)
    assert wakes(WakeRules(), word(30) + word(1)) == [1, 34]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (WakeRules(threshold=0.96), []),
        (WakeRules(threshold=0.5), [1]),
        (WakeRules(patience_frames=3), [2]),
        (WakeRules(patience_frames=1), [0]),
    ],
)
def test_rules_stand_in_place_of_the_cards_numbers(rules: WakeRules, expected: list[int]) -> None:
    assert wakes(rules, word(5)) == expected


@pytest.mark.parametrize(
    ("gap", "expected"),
    [
        (3, []),  # within one word's length: it is one word
        (7, [11]),
        (14, [18]),
        (18, []),  # 1.68 s apart
    ],
)
def test_the_word_must_be_said_twice_in_time(gap: int, expected: list[int]) -> None:
    assert wakes(WakeRules(twice_within_s=1.5), word(gap) + word(2)) == expected


def test_three_words_wake_once_and_a_late_one_begins_anew() -> None:
    rules = WakeRules(twice_within_s=1.5)
    assert wakes(rules, word(7) + word(7) + word(30)) == [11]
    assert wakes(rules, word(30) + word(7) + word(30)) == [44]


def test_the_refractory_time_holds_after_two_words() -> None:
    rules = WakeRules(twice_within_s=1.5, refractory_s=4.0)
    assert wakes(rules, (word(7) + word(7)) * 2) == [11]


def test_rules_travel_as_json() -> None:
    rules = WakeRules(0.9, 3, 1.0, 1.5, 0.4)
    assert WakeRules.from_json(rules.as_json()) == rules
    assert WakeRules.from_json("{}") == WakeRules()


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"threshold": "0.9"}', '{"thresold": 0.9}', '{"voice_gate": true}']
)
def test_what_are_no_rules_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        WakeRules.from_json(text)


class Loud:
    """A voice detector for which loud is voice; counts what it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def judge(self, frame: Frame) -> Iterator[Voicing]:
        self.asked += 1
        yield Voicing(frame.end, 0.9 if np.abs(frame.samples).max() > 100 else 0.1)

    def reset(self) -> None:
        pass


class Says:
    """A detector that always says the same."""

    def __init__(self, score: float) -> None:
        self.value = score

    def score(self, frame: Samples) -> float:
        if frame.shape != (FRAME_SAMPLES,):
            raise BadInput("wake-frame", "")
        return self.value

    def reset(self) -> None:
        pass


def test_the_gate_lets_a_voice_through_and_asks_only_when_it_matters() -> None:
    loud, quiet = np.full(FRAME_SAMPLES, 500, np.int16), np.zeros(FRAME_SAMPLES, np.int16)
    voice, detector = Loud(), Says(0.95)
    gate = VoiceGate(detector, voice, 0.5, 0.9)
    assert gate.score(quiet) == 0.0
    assert gate.score(loud) == 0.95
    assert [gate.score(quiet) for _ in range(9)] == [0.95] * 9
    assert gate.score(quiet) == 0.0  # the voice is 0.8 s ago
    asked, detector.value = voice.asked, 0.5
    assert gate.score(quiet) == 0.5
    assert voice.asked == asked
    detector.value = 0.95
    gate.score(loud)
    gate.reset()
    assert gate.score(quiet) == 0.0
