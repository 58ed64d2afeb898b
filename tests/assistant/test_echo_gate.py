"""Which of our own sounds each microphone is told of."""

from __future__ import annotations

from typing import Any

from assistant.echo_gate import EchoGate

STANDS_AT = {"mic": {"main"}, "mic2": {"lobby"}}


class Told:
    """What each microphone was told."""

    def __init__(self) -> None:
        self.all: dict[str, list[Any]] = {}

    def mute(self, stream: str, muted: bool) -> None:
        self.all.setdefault(stream, []).append(muted)

    def voice(self, stream: str, file: str, text: str, *, first: bool) -> None:
        self.all.setdefault(stream, []).append((file, first))


def test_each_microphone_is_told_of_the_voice_where_it_stands() -> None:
    told = Told()
    gate = EchoGate(told, STANDS_AT, everywhere=False)
    gate.speaking("lobby", True)
    gate.plays("lobby", "a.wav", "가", True)
    gate.speaking("main", True)
    gate.plays("main", "b.wav", "나", True)
    gate.plays("main", "c.wav", "나", False)
    gate.speaking("lobby", False)
    gate.speaking("main", False)
    gate.plays("main", "d.wav", "다", True)
    assert told.all == {
        "mic": [True, ("b.wav", True), ("c.wav", False), False],
        "mic2": [True, ("a.wav", True), False],
    }


def test_a_kiosk_where_no_microphone_stands_makes_nobody_deaf() -> None:
    told = Told()
    gate = EchoGate(told, STANDS_AT, everywhere=False)
    gate.speaking("station", True)
    gate.plays("station", "a.wav", "가", True)
    assert told.all == {}


def test_two_voices_at_once_within_earshot_leave_the_microphone_deaf() -> None:
    told = Told()
    gate = EchoGate(told, {"mic": {"main", "lobby"}}, everywhere=False)
    gate.speaking("lobby", True)
    gate.plays("lobby", "a.wav", "가", True)
    gate.speaking("main", True)
    gate.plays("main", "b.wav", "나", True)
    gate.plays("lobby", "c.wav", "가", False)
    gate.speaking("lobby", False)
    gate.plays("main", "d.wav", "나", False)
    gate.speaking("main", False)
    gate.speaking("main", True)
    gate.plays("main", "e.wav", "다", True)
    assert told.all == {"mic": [True, ("a.wav", True), True, False, True, ("e.wav", True)]}


def test_one_loudspeaker_for_all_is_heard_by_all() -> None:
    told = Told()
    gate = EchoGate(told, STANDS_AT, everywhere=True)
    gate.speaking("lobby", True)
    gate.plays("lobby", "a.wav", "가", True)
    gate.speaking("main", True)
    gate.speaking("lobby", False)
    gate.speaking("main", False)
    assert told.all == {"mic": [True, ("a.wav", True), False], "mic2": [True, ("a.wav", True), False]}
