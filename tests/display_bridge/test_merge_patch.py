"""RFC 7396: examples of the standard, and that a difference applied gives the new document."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from display_bridge.merge_patch import apply, diff, same, without_nulls

scalars = st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from([0.5, 1.0]) | st.text("ab가", max_size=2)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=12,
)
documents = st.dictionaries(st.sampled_from("abcd"), values, max_size=4)


@given(documents, documents)
def test_the_difference_leads_to_the_new_document(a: dict[str, Any], b: dict[str, Any]) -> None:
    before, after = without_nulls(a), without_nulls(b)
    assert same(apply(before, diff(before, after)), after)


@given(documents)
def test_no_change_is_an_empty_patch(a: dict[str, Any]) -> None:
    clean = without_nulls(a)
    assert diff(clean, clean) == {}


@given(documents, documents)
def test_applying_changes_no_argument(a: dict[str, Any], b: dict[str, Any]) -> None:
    before, text = without_nulls(a), repr(without_nulls(a))
    apply(before, b)
    assert repr(before) == text


def test_true_is_not_one() -> None:
    assert diff({"a": 1}, {"a": True}) == {"a": True}
    assert diff({"a": [0]}, {"a": [False]}) == {"a": [False]}


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_examples_of_the_standard(target: Any, patch: Any, result: Any) -> None:
    assert apply(target, patch) == result
