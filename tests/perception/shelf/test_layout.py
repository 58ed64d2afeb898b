"""The slots of a shelf: their file, and how they are corrected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import BadInput
from perception.shelf.layout import Board, Box, Layout, Slot, read_layout

SHELF = Layout(
    1280,
    720,
    (Board(0, 40, 340, 1240, 344), Board(1, 40, 668, 1240, 664)),
    (
        Slot("1-01", 0, Box(50, 80, 30, 260), "white-paper"),
        Slot("1-02", 0, Box(80, 90, 40, 250), "1-02", tag=7),
        Slot("2-01", 1, Box(60, 400, 36, 260), "2-01", tag=8, tag_behind=True),
    ),
)


def code(error: pytest.ExceptionInfo[BadInput]) -> str:
    return error.value.code


def test_a_layout_is_read_as_it_was_written() -> None:
    assert read_layout(json.dumps(SHELF.as_json())) == SHELF


def test_two_slots_that_are_one_book_are_merged() -> None:
    merged = SHELF.merged("1-01", "1-02")
    assert [slot.id for slot in merged.slots] == ["1-01", "2-01"]
    assert merged.slot("1-01").box == Box(50, 80, 70, 260)
    assert merged.slot("1-01").book == "white-paper"
    with pytest.raises(BadInput) as error:
        SHELF.merged("1-01", "2-01")
    assert code(error) == "not-neighbours"


def test_a_slot_that_is_two_books_is_split() -> None:
    split = SHELF.split("1-02", 95)
    assert [slot.id for slot in split.row(0)] == ["1-01", "1-02", "1-03"]
    assert (split.slot("1-02").box, split.slot("1-03").box) == (Box(80, 90, 15, 250), Box(95, 90, 25, 250))
    with pytest.raises(BadInput) as error:
        SHELF.split("1-02", 82)
    assert code(error) == "bad-slot"


def test_slots_are_added_moved_removed_and_given_books() -> None:
    more = SHELF.added(0, Box(130, 80, 30, 260))
    assert more.slot("1-03").box.x == 130
    assert [slot.id for slot in more.moved("1-03", Box(20, 80, 25, 260)).row(0)] == ["1-03", "1-01", "1-02"]
    assert [slot.id for slot in SHELF.removed("1-01").row(0)] == ["1-02"]
    assert SHELF.assigned("1-02", "trail-guide").slot("1-02").book == "trail-guide"
    assert SHELF.assigned("1-01", "").slot("1-01").book == "1-01"
    with pytest.raises(BadInput) as error:
        SHELF.assigned("1-02", "white-paper")
    assert code(error) == "bad-layout"
    with pytest.raises(BadInput) as error:
        SHELF.removed("9-09")
    assert code(error) == "no-such-slot"


@pytest.mark.parametrize(
    "change",
    [
        {"format": 2},
        {"size": [1280]},
        {"slots": []},
        {"boards": []},
        {"slots": [{"id": "1-01", "row": 0, "box": [1270, 80, 30, 260]}]},
        {"slots": [{"id": "1-01", "row": 5, "box": [50, 80, 30, 260]}]},
        {"slots": [{"id": "1-01", "row": 0, "box": [50, 80, 3, 260]}]},
        {"slots": [{"id": "1-01", "row": 0, "box": [50, 80, 30, 260], "colour": 1}]},
        {"slots": [{"id": "1-01", "row": 0, "box": [50, 80, 30, 260], "tag_behind": "no"}]},
        {"slots": [{"id": "a", "row": 0, "box": [50, 80, 30, 260]}, {"id": "a", "row": 0, "box": [90, 80, 30, 260]}]},
        {"slots": [{"id": "", "row": 0, "box": [50, 80, 30, 260]}]},
        {"slots": [{"id": "a", "row": 0, "box": [50, 80, 30, 260], "tag": -1}]},
        {"slots": [{"id": "a", "row": 0, "box": [50, 80, 30, 260], "tag": 50}]},
        {"slots": [{"id": "a", "row": 0, "box": [50, 80, 30, 260]}, {"id": "b", "row": 0, "box": [51, 80, 30, 260]}]},
    ],
)
def test_a_layout_that_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(BadInput) as error:
        read_layout(json.dumps(SHELF.as_json() | change))
    assert code(error) == "bad-layout"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"size": None}, "two numbers"),
        ({"size": [1280, "wide"]}, "'wide' is no number of pixels"),
        ({"boards": 5}, "two numbers"),
        ({"slots": [{"id": "a", "row": 0}]}, "'box' is missing"),
        ({"slots": [{"id": "a", "row": 0, "box": [1, 2, 3]}]}, "box four"),
        ({"slots": [[]]}, "box four"),
    ],
)
def test_what_is_wrong_is_said_in_the_files_own_terms(change: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as error:
        read_layout(json.dumps(SHELF.as_json() | change))
    assert words in error.value.message
    assert "Error" not in error.value.message


def test_leaning_books_may_overlap() -> None:
    boxes = [[50, 80, 60, 260], [80, 80, 60, 260]]
    slots = [{"id": f"{n}", "row": 0, "box": box} for n, box in enumerate(boxes)]
    assert len(read_layout(json.dumps(SHELF.as_json() | {"slots": slots})).slots) == 2


@given(st.text() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_whatever_is_no_layout_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        read_layout(text)
