"""Names that were misheard: taken where one panel has them, asked about where two have, never where it is private."""

from __future__ import annotations

import pytest

from assistant.contracts import Intent, IntentName, UnderstandingOutcome
from assistant.understanding.decide import decide, decide_by_names
from assistant.understanding.fastpath import FastPath
from assistant.understanding.model import ModelResult
from content_registry.jamo import distance
from content_registry.reports import near_aliases
from content_registry.schema import Registry, Visibility

SHOW = IntentName.SHOW_PANEL


@pytest.mark.parametrize(
    ("text", "panel"),
    [
        ("체무감축엑 띄워줘", "debt-reduction"),
        ("올뻬미버스 운행정버 보여줘", "owl-bus-live"),
        ("미세먼디 보여조", "fine-dust-pm10"),
        ("공영주차쟝 현왕 보여줘", "parking"),
        ("서울아 찾동 현황 보자", "ind-outreach-centers"),  # exact, though "출동 현황" is near
    ],
)
def test_a_misheard_name_is_taken_where_every_other_word_is_known(text: str, panel: str, fast_path: FastPath) -> None:
    found = fast_path.match(fast_path.read(text))
    assert found is not None
    assert found.intent == Intent(SHOW, panel=panel)


@pytest.mark.parametrize(
    ("text", "pair"),
    [("강술량 보여줘", {"rainfall", "snowfall"}), ("어론 동향 좀 보자", {"media-share", "social-sentiment"})],
)
def test_two_panels_that_sound_alike_are_asked_about(
    text: str, pair: set[str], fast_path: FastPath, registry: Registry
) -> None:
    reading = fast_path.read(text)
    assert fast_path.match(reading) is None
    for ranking in (
        ((f"panel.{min(pair)}", 0.95), (f"panel.{max(pair)}", 0.02)),
        ((f"panel.{min(pair)}", 0.95),),
    ):
        decision = decide(reading, ModelResult(ranking, 0.99), registry)
        assert decision.outcome is UnderstandingOutcome.AMBIGUOUS
        assert decision.intent is None
        assert {a.intent.panel for a in decision.alternatives} == pair


def test_without_a_model_they_are_asked_about_where_both_are_public(fast_path: FastPath, registry: Registry) -> None:
    public = decide_by_names(fast_path.read("강술량 보여줘"), registry)
    assert public.outcome is UnderstandingOutcome.AMBIGUOUS
    assert {a.intent.panel for a in public.alternatives} == {"rainfall", "snowfall"}
    assert registry.panels["social-sentiment"].visibility is Visibility.INTERNAL
    internal = decide_by_names(fast_path.read("어론 동향 좀 보자"), registry)
    assert (internal.outcome, internal.alternatives) == (UnderstandingOutcome.NOT_UNDERSTOOD, ())


PRIVATE_MISHEARD = [
    "관심정부 보여줘",
    "관심 정브 띄워줘",
    "클라우드 폴터 보여줘",
    "보고자려 열어줘",
    "업무지씨 화면 보여줘",
]


@pytest.mark.parametrize("text", PRIVATE_MISHEARD)
def test_what_is_private_never_opens_by_a_misheard_name(text: str, fast_path: FastPath, registry: Registry) -> None:
    reading = fast_path.read(text)
    private = [p for p in reading.near_panels if registry.panels[p].visibility is Visibility.PRIVATE]
    assert private
    assert private[0] not in reading.exact_panels
    assert fast_path.match(reading) is None
    by_another_name = {"fn-cloud-folder": ["open_report"], "fn-work-order": ["work_order"]}.get(private[0], [])
    for label in (f"panel.{private[0]}", *by_another_name):
        decision = decide(reading, ModelResult(((label, 0.99), ("panel.ozone", 0.005)), 0.999), registry)
        assert decision.intent is None, label
        assert private[0] not in {a.intent.panel for a in decision.alternatives}


def test_every_near_pair_of_the_registry_is_confirmed_or_left(fast_path: FastPath, registry: Registry) -> None:
    """Halfway between two names that are two jamo apart, no panel is opened without a question."""
    pairs = [p for p in near_aliases(registry) if p.distance == 2 and len(p.first) == len(p.second) >= 3]
    assert len(pairs) > 5
    for pair in pairs:
        for index, (a, b) in enumerate(zip(pair.first, pair.second, strict=True)):
            if a == b:
                continue
            # One syllable takes the other name's vowel: as far from the one as from the other.
            code_a, code_b = ord(a) - 0xAC00, ord(b) - 0xAC00
            if not (0 <= code_a < 11172 and 0 <= code_b < 11172):
                continue
            mixed = chr(0xAC00 + code_a // 588 * 588 + code_b % 588 // 28 * 28 + code_a % 28)
            heard = pair.first[:index] + mixed + pair.first[index + 1 :]
            if heard in (pair.first, pair.second) or distance(heard, pair.first) != distance(heard, pair.second):
                continue
            found = fast_path.match(fast_path.read(f"{heard} 보여줘"))
            assert found is None, (heard, pair)
