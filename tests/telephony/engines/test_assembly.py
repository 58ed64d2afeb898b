"""Pictures out of packets, whatever the network does to them."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.engines.embedded.assembly import GIVE_UP_S, Assembly, Piece


def picture(number: int, first: int, pieces: int, whole: bool) -> list[Piece]:
    """Its packets; the first byte says whether it needs no other."""
    body = bytes([0 if whole else 1, number % 251])
    return [
        Piece((first + at) & 0xFFFF, 3000 * number, body + bytes([at]), at == 0, at == pieces - 1)
        for at in range(pieces)
    ]


def stream(sizes: list[int], wholes: set[int], first: int) -> list[list[Piece]]:
    made = []
    for number, pieces in enumerate(sizes):
        made.append(picture(number, first, pieces, number == 0 or number in wholes))
        first += pieces
    return made


class Viewer:
    def __init__(self) -> None:
        self.got: list[tuple[bytes, int]] = []
        self.asked = 0
        self.assembly = Assembly(lambda data, timestamp: self.got.append((data, timestamp)), self._ask)

    def _ask(self) -> None:
        self.asked += 1

    def numbers(self) -> list[int]:
        return [timestamp // 3000 for _, timestamp in self.got]


def whole_of(pieces: list[Piece]) -> bytes:
    return b"".join(piece.data for piece in pieces)


def test_a_picture_leaves_with_its_last_packet() -> None:
    viewer, sent = Viewer(), stream([3, 2], set(), 65534)
    for count, piece in enumerate(sent[0] + sent[1], 1):
        viewer.assembly.add(piece, 0.0)
        assert len(viewer.got) == (count >= 3) + (count >= 5)
    assert [data for data, _ in viewer.got] == [whole_of(pieces) for pieces in sent]
    assert viewer.asked == 0


def test_what_is_sent_again_is_waited_for() -> None:
    viewer, sent = Viewer(), stream([1, 3, 1, 1], set(), 100)
    late = sent[1][1]
    for piece in (*sent[0], sent[1][0], sent[1][2], *sent[2]):
        viewer.assembly.add(piece, 0.0)
    assert viewer.numbers() == [0]
    viewer.assembly.add(late, GIVE_UP_S / 2)
    assert viewer.numbers() == [0, 1, 2]
    viewer.assembly.add(sent[3][0], GIVE_UP_S * 3)
    assert viewer.numbers() == [0, 1, 2, 3]
    assert viewer.asked == 0


def test_after_a_loss_nothing_broken_is_shown_and_a_whole_picture_is_asked_for() -> None:
    viewer, sent = Viewer(), stream([1, 2, 1, 1, 2, 1], {4}, 100)
    viewer.assembly.add(sent[0][0], 0.0)
    viewer.assembly.add(sent[1][0], 0.03)  # its second packet is lost for good
    viewer.assembly.add(sent[2][0], 0.06)
    assert viewer.asked == 0
    viewer.assembly.add(sent[3][0], 0.06 + GIVE_UP_S * 2)
    assert viewer.asked == 1
    for piece in sent[4] + sent[5]:
        viewer.assembly.add(piece, 0.5)
    assert viewer.numbers() == [0, 4, 5]


def test_the_wait_begins_when_a_loss_can_be_seen() -> None:
    viewer, sent = Viewer(), stream([1, 2, 1], set(), 100)
    viewer.assembly.add(sent[0][0], 0.0)
    viewer.assembly.add(sent[1][0], 1.0)  # its second packet is lost, and a still picture sends nothing for long
    viewer.assembly.add(sent[2][0], 5.0)
    viewer.assembly.add(sent[1][1], 5.0 + GIVE_UP_S / 2)
    assert viewer.numbers() == [0, 1, 2]
    assert viewer.asked == 0


def test_who_comes_in_the_middle_begins_with_a_whole_picture() -> None:
    viewer, sent = Viewer(), stream([2, 2, 2, 1], {2}, 7)
    for piece in [sent[0][1], *sent[1], *sent[2], *sent[3]]:
        viewer.assembly.add(piece, 0.0)
    assert viewer.numbers() == [2, 3]
    assert viewer.asked > 0


def test_filling_is_skipped() -> None:
    viewer, sent = Viewer(), stream([1, 1], set(), 7)
    viewer.assembly.add(sent[0][0], 0.0)
    viewer.assembly.add(Piece(8, 0, b"", False, False), 0.0)
    viewer.assembly.add(Piece(9, 0, b"", False, False), 0.0)
    viewer.assembly.add(Piece(10, 3000, b"\x01x", True, True), 0.0)
    assert viewer.numbers() == [0, 1]


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 5), min_size=1, max_size=30),
    st.sets(st.integers(0, 30), max_size=5),
    st.integers(0, 0xFFFF),
    st.floats(0, 0.3),
    st.integers(0, 6),
    st.integers(),
)
def test_whatever_happens_pictures_are_complete_in_order_and_follow_from_what_was_shown(
    sizes: list[int], wholes: set[int], first: int, lost: float, disorder: int, seed: int
) -> None:
    chance = random.Random(seed)
    sent = stream(sizes, wholes, first)
    packets = [piece for pieces in sent for piece in pieces]
    arriving = [piece for piece in packets if chance.random() >= lost]
    arriving += [piece for piece in arriving if chance.random() < 0.1]
    order = sorted((at + chance.uniform(0, disorder), at) for at in range(len(arriving)))
    viewer = Viewer()
    for at, piece in enumerate(arriving[index] for _, index in order):
        viewer.assembly.add(piece, at * 0.01)
    numbers = viewer.numbers()
    assert numbers == sorted(set(numbers))
    assert [data for data, _ in viewer.got] == [whole_of(sent[number]) for number in numbers]
    for before, number in zip([None, *numbers], numbers, strict=False):
        assert number == 0 or number in wholes or before == number - 1
    if lost == 0 and disorder == 0:
        assert numbers == list(range(len(sizes)))
