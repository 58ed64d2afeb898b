"""Every message survives the wire, and whatever is not a message is refused with a typed error."""

from __future__ import annotations

import contextlib
import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.contracts import (
    COMMON_PERIODS,
    Alternative,
    Intent,
    IntentName,
    Outcome,
    OutcomeCode,
    Period,
    ShowPanel,
    Understanding,
    UnderstandingOutcome,
    Wake,
    WireError,
    decode,
    encode,
    message_types,
)

st.register_type_strategy(Period, st.sampled_from([*COMMON_PERIODS, Period("3_days_ago@15"), Period("last_month/15")]))


@pytest.mark.parametrize("name", sorted(message_types()))
@given(data=st.data())
def test_every_message_round_trips(name: str, data: st.DataObject) -> None:
    value = data.draw(st.from_type(message_types()[name]))
    try:
        text = json.dumps(encode(value), allow_nan=False)
    except ValueError:
        return  # JSON has no infinities; senders never produce them
    assert decode(json.loads(text)) == value


def test_unknown_fields_are_skipped_and_defaults_filled() -> None:
    assert decode({"type": "wake", "t": 1, "score": 0.9, "new_in_v2": True}) == Wake(1.0, 0.9)


@pytest.mark.parametrize(
    "data",
    [
        None,
        5,
        [],
        {},
        {"type": "nope"},
        {"type": ["wake"]},
        {"type": "wake"},
        {"type": "wake", "t": "1", "score": 0.5},
        {"type": "wake", "t": True, "score": 0.5},
        {"type": "outcome", "code": "great", "text_ko": "", "text_en": ""},
        {"type": "show_panel", "display": "main", "panel": "x", "args": []},
        {"type": "understanding", "text": "x", "outcome": "accepted", "alternatives": [1]},
    ],
)
def test_rubbish_is_refused_with_a_typed_error(data: object) -> None:
    with pytest.raises(WireError) as caught:
        decode(data)
    assert caught.value.code == "bad-message"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_no_json_value_raises_anything_else(data: object) -> None:
    with contextlib.suppress(WireError):
        decode(data)


def test_nested_values_keep_their_classes() -> None:
    intent = Intent(IntentName.SHOW_PANEL, panel="parks")
    heard = Understanding(
        "공원", UnderstandingOutcome.ACCEPTED, intent, 0.9, (Alternative(intent, 0.9, "공원", "Parks"),)
    )
    assert decode(encode(heard)) == heard
    assert encode(Outcome(OutcomeCode.SHOWN, "가", "a"))["type"] == "outcome"


def test_messages_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ShowPanel("main", "parks").panel = "home"  # type: ignore[misc]
