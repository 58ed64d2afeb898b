"""Whatever text comes in, understanding answers and never raises."""

from __future__ import annotations

import asyncio
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.contracts import Understanding, UnderstandingOutcome
from assistant.understanding.line import as_line
from assistant.understanding.service import Understander, UnderstandingContext
from content_registry.loader import load_registry

UNDERSTANDER = Understander(load_registry(), None)
CONTEXTS = (
    None,
    UnderstandingContext(choices=("미세먼지", "초미세먼지")),
    UnderstandingContext(awaits_department=True),
)
PIECES = (
    "미세먼지",
    "강남구",
    "부산",
    "교통실",
    "보여줘",
    "얼마야",
    "두 번째",
    "12번",
    "전화해",
    "show",
    "/",
    "\ue000",
    "\ud800",
)
TEXTS = st.one_of(
    st.text(max_size=320),
    st.text(st.characters(codec=None, categories=("Cs", "Cc", "Cf", "Co", "Cn", "Nd", "No", "Lo", "Mn")), max_size=60),
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=12).map(" ".join),
)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.sampled_from(CONTEXTS))
def test_any_text_has_an_answer(text: str, context: UnderstandingContext | None) -> None:
    got = asyncio.run(UNDERSTANDER.understand(text, context=context))
    assert isinstance(got, Understanding)
    assert (got.intent is not None) == (got.outcome is UnderstandingOutcome.ACCEPTED)
    assert bool(got.alternatives) == (got.outcome is UnderstandingOutcome.AMBIGUOUS)
    assert 0.0 <= got.confidence <= 1.0
    json.dumps(as_line(got), ensure_ascii=False).encode("utf-8")
