"""Whatever is said, however often it is repeated, the fast path never holds up the event loop."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.understanding import (
    commands,
    fastpath,
    followup,
    forms,
    frames,
    numbers,
    reading,
    refinements,
    selfcorrection,
)
from assistant.understanding.decide import decide_by_names
from assistant.understanding.fastpath import FastPath
from assistant.understanding.hygiene import MAX_CHARS
from assistant.understanding.linear import compiled
from content_registry.loader import load_registry
from tests.pace import seconds

REGISTRY = load_registry()
FAST = FastPath(REGISTRY)
LIMIT_S = 0.05  # CPU time of the patterns on one sentence of the greatest length
READ_LIMIT_S = 0.1  # the same with the registry's search for names, which takes 0.065 s for a hundred words "ok"
NAMES = ("미세먼지", "강남구", "교통실", "fine dust", "부산")
PATTERNS = tuple(
    pattern
    for module in (fastpath, frames, commands, refinements, selfcorrection, followup)
    for pattern in (*vars(module).values(), *(p for p, _ in commands._COMPILED))
    if isinstance(getattr(pattern, "pattern", None), str)
)
WORD = re.compile(r"[가-힣]+|[a-z]{2,}")
WORDS = sorted({word for pattern in PATTERNS for word in WORD.findall(pattern.pattern)})
"""Every word of the grammar: fillers, adverbs, nouns, verbs, endings, josa, English ones."""
LOOSE = sorted({w for part in (frames.FILLER, forms.ADVERB, frames.TAIL) for w in WORD.findall(part)})
"""Those that may follow one another without end."""


def cost(text: str) -> float:
    """CPU seconds of reading one sentence."""

    def read() -> None:
        reading = FAST.read(text)
        FAST.match(reading)
        decide_by_names(reading, REGISTRY)
        forms.asks_value(text)
        numbers.number_in(text)

    return seconds(read, READ_LIMIT_S)


def patterns(text: str) -> float:
    """CPU seconds of all patterns on one sentence."""
    return seconds(lambda: [pattern.fullmatch(text) for pattern in PATTERNS], LIMIT_S)


def repeated(word: str, gap: str, shape: str) -> str:
    room = (MAX_CHARS - len(shape)) // max(1, shape.count("*"))
    many = gap.join([word] * (room // (len(word) + len(gap))))
    return shape.replace("*", many)[:MAX_CHARS]


def test_the_grammar_has_its_words() -> None:
    assert {"음", "지금", "좀", "보여", "줘", "을", "현황", "연결", "please", "얼마"} <= set(WORDS)


@pytest.mark.parametrize(
    "text", ["음" * 40 + " 미세먼지 뭐랄까요", "지금 " * 40 + "미세먼지 뭐", "그 " * 140 + "미세먼지"]
)
def test_a_speaker_who_hesitates_is_read_at_once(text: str) -> None:
    assert cost(text) < READ_LIMIT_S


@pytest.mark.parametrize("shape", ["* 강남구 * 미세먼지 * 뭐", "* show fine dust * what"])
def test_a_sentence_of_one_loose_word_is_read_at_once(shape: str) -> None:
    slow = {word: took for word in LOOSE if (took := cost(repeated(word, " ", shape))) >= READ_LIMIT_S}
    assert not slow


@pytest.mark.parametrize(
    "shape",
    ["*D*P*?", "*T*?", "*", "*PQ", "PQ*", "PQ*?", "D*P?", "P*D?", "T*영상전화*?", "show*P?", "P*show?", "*얼마야"],
)
def test_no_pattern_is_slow_for_any_word_however_often_it_is_said(shape: str) -> None:
    signs = {"P": reading.PANEL, "D": reading.DISTRICT, "T": reading.DEPARTMENT, "Q": "뭐랄까", "?": "뭐랄까"}
    frame = "".join(signs.get(char, char) for char in shape)
    slow = {}
    for word in WORDS:
        if (took := patterns(repeated(word, "", frame))) >= LIMIT_S:
            slow[word] = took
    assert not slow


SEQUENCES = st.lists(st.sampled_from([*WORDS, *NAMES]), min_size=1, max_size=120)


@settings(max_examples=40, deadline=None)
@given(SEQUENCES)
def test_any_sequence_of_its_words_is_read_at_once(words: list[str]) -> None:
    assert cost(" ".join(words)[:MAX_CHARS]) < READ_LIMIT_S


@settings(max_examples=40, deadline=None)
@given(SEQUENCES, st.integers(0, MAX_CHARS))
def test_no_pattern_is_slow_for_words_run_together(words: list[str], at: int) -> None:
    glued = "".join(words).replace(" ", "")[: MAX_CHARS - 1]
    frame = glued[:at] + fastpath.PANEL + glued[at:]
    assert patterns(frame) < LIMIT_S


@given(st.text(alphabet="음어좀지금미보여줘얼마야abc", max_size=12))
def test_a_linear_pattern_accepts_what_the_standard_library_accepts(text: str) -> None:
    for pattern in (fastpath._LEAD, *(p for p, _ in commands._COMPILED[:4])):
        assert bool(compiled(pattern.pattern).fullmatch(text)) == bool(re.fullmatch(pattern.pattern, text))


def test_the_decision_is_read_at_once_too() -> None:
    text = repeated("좀", "", "미세먼지 보여줘 *")
    reading = FAST.read(text)
    assert fastpath.is_display_wish(reading)
    assert seconds(lambda: fastpath.is_display_wish(reading), LIMIT_S) < LIMIT_S
