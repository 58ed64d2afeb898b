"""What became of a leg."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.sip.gateway import FINAL, KINDS
from telephony.sip.outcomes import Ours, State, closed, reason, status


@pytest.mark.parametrize(
    ("state", "ours", "text", "kind", "code", "why"),
    [
        ("dialling", "", "486 Busy Here", "busy", 486, "busy"),
        ("dialling", "", "603 Decline", "rejected", 603, "rejected"),
        ("dialling", "", "404 Not Found", "failed", 404, "unknown-number"),
        ("dialling", "", "Connection refused [111]", "failed", 0, "unreachable"),
        ("dialling", "", "", "failed", 0, "unreachable"),
        ("dialling", "", "302 Moved", "failed", 302, "redirected"),
        ("dialling", "hangup", "Rejected by user", "failed", 487, "cancelled"),
        ("dialling", "no-answer", "Rejected by user", "failed", 408, "no-answer"),
        ("incoming", "", "Connection reset by peer [104]", "failed", 487, "cancelled"),
        ("incoming", "hangup", "Rejected by user", "failed", 486, "refused"),
        ("incoming", "no-answer", "Rejected by user", "failed", 480, "no-answer"),
        ("answered", "", "Connection reset by peer [104]", "ended", 0, "hangup"),
        ("answered", "hangup", "Rejected by user", "ended", 0, "hangup"),
        ("answered", "", "rtp stream error", "ended", 0, "lost"),
        ("answered", "", "Connection timed out [110]", "ended", 0, "lost"),
        ("answered", "", "Call transfered", "ended", 0, "transferred"),
        ("answered", "transferred", "Connection reset by peer [104]", "ended", 0, "transferred"),
    ],
)
def test_how_a_leg_ends(state: State, ours: Ours, text: str, kind: str, code: int, why: str) -> None:
    event = closed("leg", state, ours, text)
    assert (event.kind, event.code, event.reason) == (kind, code, why)


@given(st.sampled_from(get_args(State)), st.sampled_from(get_args(Ours)), st.text(max_size=40))
def test_every_text_ends_a_leg_once_and_none_goes_further(state: State, ours: Ours, text: str) -> None:
    event = closed("leg", state, ours, text)
    assert event.kind in FINAL <= KINDS
    assert event.leg == "leg"
    assert event.reason.replace("-", "").isalpha()
    assert event.reason.isascii()
    assert event.code == 0 or 300 <= event.code < 700 or str(event.code) == text[:3]


@given(st.integers(0, 999))
def test_every_code_has_a_word(code: int) -> None:
    assert reason(code)
    assert status(f"{code:03} Whatever") == (code if 100 <= code < 700 else 0)
