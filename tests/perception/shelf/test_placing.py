"""Which books of a row stand where."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from perception.shelf.placing import Found, in_order, place


def at(left: float, score: float, wide: float = 20) -> Found:
    return Found(left, left + wide, score)


def test_the_book_whose_place_no_longer_fits_is_out() -> None:
    found = place([[at(0, 0.9)], [at(20, 0.3)], [at(40, 0.9)]], 0.58, 0.3)
    assert found == [at(0, 0.9), None, at(40, 0.9)]


def test_of_twins_the_one_without_a_place_is_out() -> None:
    first, second, third = [at(0, 0.95)], [at(0, 0.94), at(20, 0.9)], [at(20, 0.97), at(0, 0.9)]
    assert place([first, second, third], 0.58, 0.3) == [at(0, 0.95), None, at(20, 0.97)]


def test_neighbours_that_slid_are_found_where_they_are() -> None:
    found = place([[], [at(0, 0.8)], [at(20, 0.85), at(40, 0.6)]], 0.58, 0.3)
    assert found == [None, at(0, 0.8), at(20, 0.85)]


founds = st.builds(
    lambda left, wide, score: Found(float(left), float(left + wide), score),
    st.integers(0, 200),
    st.integers(5, 40),
    st.floats(0, 1),
)


@given(st.lists(st.lists(founds, max_size=4), max_size=8))
def test_places_keep_the_order_and_do_not_overlap(books: list[list[Found]]) -> None:
    chosen = place(books, 0.5, 0.0)
    assert len(chosen) == len(books)
    standing = [one for one in chosen if one is not None]
    assert all(one in places for one, places in zip(chosen, books, strict=True) if one is not None)
    assert all(one.score > 0.5 for one in standing)
    assert all(one.right <= other.left for one, other in zip(standing, standing[1:], strict=False))
    best_alone = max((one.score - 0.5 for places in books for one in places), default=0)
    assert sum(one.score - 0.5 for one in standing) >= best_alone - 1e-9


@given(st.lists(st.none() | st.integers(0, 30), max_size=12))
def test_what_is_in_order_rises(values: list[int | None]) -> None:
    kept = in_order(values)
    run = [value for value, stays in zip(values, kept, strict=True) if stays]
    assert all(value is not None for value in run)
    assert all(a < b for a, b in zip(run, run[1:], strict=False))  # type: ignore[operator]
    assert bool(run) == any(value is not None for value in values)
