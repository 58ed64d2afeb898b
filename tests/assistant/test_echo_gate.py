"""Which of our own sounds the room's microphone is told of."""

from __future__ import annotations

from typing import Any

from assistant.echo_gate import EchoGate


class Told:
    def __init__(self) -> None:
        self.all: list[Any] = []

    def mute(self, muted: bool) -> None:
        self.all.append(muted)

    def voice(self, file: str, text: str, *, first: bool) -> None:
        self.all.append((file, first))


def test_a_kiosk_elsewhere_is_not_in_the_room() -> None:
    told = Told()
    gate = EchoGate(told, "main", everywhere=False)
    gate.speaking("lobby", True)
    gate.plays("lobby", "a.wav", "가", True)
    gate.speaking("main", True)
    gate.plays("main", "b.wav", "나", True)
    gate.plays("main", "c.wav", "나", False)
    gate.speaking("lobby", False)
    gate.speaking("main", False)
    gate.plays("main", "d.wav", "다", True)
    assert told.all == [True, ("b.wav", True), ("c.wav", False), False]


def test_one_loudspeaker_for_all_is_in_the_room() -> None:
    told = Told()
    gate = EchoGate(told, "main", everywhere=True)
    gate.speaking("lobby", True)
    gate.plays("lobby", "a.wav", "가", True)
    gate.speaking("main", True)
    gate.speaking("lobby", False)
    gate.speaking("main", False)
    assert told.all == [True, ("a.wav", True), False]
