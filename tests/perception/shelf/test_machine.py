"""The event machine of the bookshelf: looks in, events out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perception.shelf.events import BookReturned, BookTaken, DoorClosed, DoorOpened, ShelfEvent, UnknownChange
from perception.shelf.machine import Door, Look, ShelfMachine, Sight, Where
from perception.shelf.settings import MachineSettings

NAMES = {"1-01": "a", "1-02": "b", "2-01": "c"}
ROW, OUT = Sight(Where.ROW), Sight(Where.OUT)
LOOKS = MachineSettings().looks


def full(**changes: Sight) -> dict[str, Sight]:
    return {"1-01": ROW, "1-02": ROW, "2-01": ROW} | {
        key.replace("s", "").replace("_", "-"): v for key, v in changes.items()
    }


class Shelf:
    """A machine with a clock of four looks a second."""

    def __init__(self) -> None:
        self.machine = ShelfMachine(NAMES)
        self.t = 0.0

    def see(self, books: dict[str, Sight] | None = None, times: int = LOOKS, **rest: object) -> list[ShelfEvent]:
        events: list[ShelfEvent] = []
        fields: dict[str, object] = {"free": True, "seen": 1.0} | rest
        for _ in range(times):
            self.t += 0.25
            events += self.machine.step(Look(self.t, books=books or {}, **fields))  # type: ignore[arg-type]
        return events


def kinds(events: list[ShelfEvent]) -> list[tuple[str, str]]:
    return [(type(e).__name__, getattr(e, "book", getattr(e, "slot", ""))) for e in events]


def test_what_the_shelf_held_at_first_is_no_event() -> None:
    shelf = Shelf()
    assert shelf.see(full(s1_02=OUT), 10) == []
    assert kinds(shelf.see(full())) == [("BookReturned", "b")]


def test_a_book_is_taken_and_put_back() -> None:
    shelf = Shelf()
    shelf.see(full())
    taken = shelf.see(full(s1_02=OUT), 10)
    assert taken == [BookTaken(shelf.t - 0.25 * (10 - LOOKS), "b", "1-02")]
    assert shelf.see(full(), 10) == [BookReturned(shelf.t - 0.25 * (10 - LOOKS), "b", "1-02")]


def test_looks_that_do_not_agree_are_not_believed() -> None:
    shelf = Shelf()
    shelf.see(full())
    for _ in range(10):
        assert shelf.see(full(s1_02=OUT), LOOKS - 1) == []
        assert shelf.see(full(s1_01=OUT), 1) == []


def test_somebody_in_front_makes_a_look_begin_anew() -> None:
    shelf = Shelf()
    shelf.see(full())
    assert shelf.see(full(s1_02=OUT), LOOKS - 1) == []
    assert shelf.see(free=False, times=4) == []
    assert shelf.see(full(s1_02=OUT), LOOKS - 1) == []
    assert kinds(shelf.see(full(s1_02=OUT), 1)) == [("BookTaken", "b")]


def test_several_books_at_once() -> None:
    shelf = Shelf()
    shelf.see(full())
    assert kinds(shelf.see(full(s1_01=OUT, s2_01=OUT))) == [("BookTaken", "a"), ("BookTaken", "c")]


def test_a_book_put_elsewhere_is_back_there() -> None:
    shelf = Shelf()
    shelf.see(full())
    shelf.see(full(s1_02=OUT))
    there = shelf.see(full(s1_02=Sight(Where.ELSEWHERE, "2-01")))
    assert there == [BookReturned(shelf.t, "b", "2-01", elsewhere=True)]
    assert there[0].message() == {
        "t": shelf.t, "type": "book_returned", "book": "b", "slot": "2-01", "elsewhere": True
    }  # fmt: skip
    assert kinds(shelf.see(full(s1_02=OUT))) == [("BookTaken", "b")]


def test_a_book_moved_in_one_go_was_taken_and_put_back() -> None:
    shelf = Shelf()
    shelf.see(full())
    moved = shelf.see(full(s1_02=Sight(Where.ELSEWHERE, "2-01")))
    assert kinds(moved) == [("BookTaken", "b"), ("BookReturned", "b")]


def test_what_is_recognised_counts_before_the_first_quiet_look() -> None:
    shelf = Shelf()
    shelf.see(free=False, times=1, as_ever=frozenset(NAMES))
    shelf.see(free=False, times=4)
    assert kinds(shelf.see(full(s1_01=OUT))) == [("BookTaken", "a")]


def test_something_unknown_is_told_once() -> None:
    shelf = Shelf()
    shelf.see(full())
    shelf.see(full(s1_02=OUT))
    unknown = frozenset({"1-02"})
    assert kinds(shelf.see(full(s1_02=OUT), 40, unknown=unknown)) == [("UnknownChange", "1-02")]
    shelf.see(full(s1_02=OUT), 4)
    again = shelf.see(full(s1_02=OUT), 40, unknown=unknown)
    assert [type(event) for event in again] == [UnknownChange]


def test_a_door_that_opens_and_closes() -> None:
    shelf = Shelf()
    assert shelf.see(free=False, seen=0.0, covered=True, times=4) == []
    assert shelf.machine.door is Door.CLOSED
    assert kinds(shelf.see(free=False, seen=0.6, times=4)) == [("DoorOpened", "")]
    shelf.see(full())
    closed = shelf.see(free=False, seen=0.0, covered=True, times=6)
    assert [type(event) for event in closed] == [DoorClosed]
    assert [type(event) for event in shelf.see(full(s1_01=OUT), LOOKS + 2, seen=0.9)] == [DoorOpened, BookTaken]


def test_a_person_in_front_is_no_door() -> None:
    shelf = Shelf()
    shelf.see(full())
    assert shelf.see(free=False, seen=0.2, covered=False, times=40) == []
    assert shelf.see(free=False, seen=0.0, covered=False, times=40) == []
    assert shelf.see(full()) == []


def test_night_says_nothing() -> None:
    shelf = Shelf()
    shelf.see(full())
    assert shelf.see(free=False, seen=0.0, dark=True, covered=True, times=100) == []
    assert kinds(shelf.see(full(s1_01=OUT))) == [("BookTaken", "a")]


def test_a_contact_at_the_door_knows_better_than_the_picture() -> None:
    shelf = Shelf()
    shelf.machine.door_contact(0, is_open=False)
    assert shelf.see(full(), 10) == []
    assert shelf.machine.door_contact(9, is_open=True) == [DoorOpened(9)]
    shelf.see(full())
    assert shelf.see(free=False, seen=0.0, covered=True, times=30) == []


sights = st.sampled_from([ROW, OUT, Sight(Where.ELSEWHERE, "1-01"), Sight(Where.ELSEWHERE, "2-01")])
looks = st.builds(
    Look,
    at=st.just(0.0),
    free=st.booleans(),
    seen=st.floats(0, 1),
    covered=st.booleans(),
    dark=st.booleans(),
    books=st.fixed_dictionaries(dict.fromkeys(NAMES, sights)),
    unknown=st.frozensets(st.sampled_from(sorted(NAMES))),
    as_ever=st.frozensets(st.sampled_from(sorted(NAMES))),
)


@given(st.lists(looks, max_size=60))
def test_no_book_is_taken_twice_nor_returned_unless_taken(seen: list[Look]) -> None:
    machine = ShelfMachine(NAMES, MachineSettings(looks=1))
    out: dict[str, bool] = {}
    opened: bool | None = None
    for look in seen:
        for event in machine.step(look):
            if isinstance(event, BookTaken):
                assert not out.get(event.book, False)
                out[event.book] = True
            elif isinstance(event, BookReturned):
                assert out.get(event.book, True)
                out[event.book] = False
            elif isinstance(event, DoorOpened | DoorClosed):
                assert opened is not isinstance(event, DoorOpened)
                opened = isinstance(event, DoorOpened)


def test_with_a_picture_of_the_closed_door_that_one_decides() -> None:
    shelf = Shelf()
    assert shelf.see(full(), shut=False) == []
    assert kinds(shelf.see(full(), times=6, shut=True, free=False)) == [("DoorClosed", "")], "though books are seen"
    assert kinds(shelf.see(full(), times=6, shut=False)) == [("DoorOpened", "")]
    assert shelf.see(times=9, free=False, seen=0.0, covered=True, shut=None)[0] == DoorClosed(shelf.t - 5 * 0.25)
