"""Finding names takes time in proportion to the sentence, whatever people or machines send."""

from __future__ import annotations

import pytest

from content_registry.loader import load_registry
from content_registry.matcher import Matcher
from tests.pace import seconds

MATCHER = Matcher(load_registry())


@pytest.mark.parametrize(
    "part", ["서울아", "지금", "그럼그", "의", "아", "보여줘", "좀", "미세먼지", "강남구", "a", "ㄱ"]
)
@pytest.mark.parametrize("tail", ["", "미세먼지", " 비 뭐", "공원보여줘"])
def test_a_repeated_word_does_not_stall_the_search(part: str, tail: str) -> None:
    text = (part * 300)[: 300 - len(tail)] + tail
    # Backtracking took more than 12 s here.
    assert seconds(lambda: MATCHER.find(text), 1.0) < 1.0
