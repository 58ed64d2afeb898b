"""The policy: exposure by trust and role, risk, rate; and that no voice raises a screen's trust."""

from __future__ import annotations

import pytest

from actions.panels_of import PANEL_OF
from assistant.contracts import Direction, Intent, IntentName, IntentProposed, Media, Source
from assistant.gate import RATE_LIMITS, Faced, Gate, Risk, ScreenStanding, Trust, risk_of
from content_registry.loader import load_registry
from content_registry.schema import Visibility

REGISTRY = load_registry()
PRIVATE = sorted(p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.PRIVATE)
INTERNAL = sorted(p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.INTERNAL)
PUBLIC = sorted(p.id for p in REGISTRY.panels.values() if p.visibility is Visibility.PUBLIC)


def judge(intent: Intent, role: str = "wall", trust: Trust = Trust.PUBLIC, source: Source = Source.MICROPHONE) -> str:
    gate = Gate(REGISTRY, PANEL_OF)
    verdict = gate.judge(IntentProposed("r", source, "main", intent), ScreenStanding(role, trust), 0.0)
    return verdict.refusal.reason if verdict.refusal else "ok"


@pytest.mark.parametrize("name", [IntentName.SHOW_PANEL, IntentName.ASK_VALUE])
@pytest.mark.parametrize("source", list(Source))
def test_each_level_needs_its_trust_from_every_source(name: IntentName, source: Source) -> None:
    for panel in PRIVATE:
        assert judge(Intent(name, panel=panel), trust=Trust.PUBLIC, source=source) == "locked"
        assert judge(Intent(name, panel=panel), trust=Trust.INTERNAL, source=source) == "locked"
        assert judge(Intent(name, panel=panel), trust=Trust.PRIVATE, source=source) == "ok"
    for panel in INTERNAL:
        assert judge(Intent(name, panel=panel), trust=Trust.PUBLIC, source=source) == "not-paired"
        assert judge(Intent(name, panel=panel), trust=Trust.INTERNAL, source=source) == "ok"
    for panel in PUBLIC:
        assert judge(Intent(name, panel=panel), source=source) == "ok"


@pytest.mark.parametrize("role", ["kiosk", "web"])
def test_citizens_screens_never_get_more_than_public_whatever_their_trust(role: str) -> None:
    for panel in PRIVATE + INTERNAL:
        assert judge(Intent(IntentName.SHOW_PANEL, panel=panel), role, Trust.PRIVATE) == "not-on-this-screen"
    for name in (IntentName.CALL, IntentName.CONFERENCE, IntentName.WORK_ORDER):
        assert judge(Intent(name), role, Trust.PRIVATE) == "not-on-this-screen"


@pytest.mark.parametrize(
    ("intent", "trust", "expected"),
    [
        (Intent(IntentName.OPEN_REPORT), Trust.INTERNAL, "locked"),
        (Intent(IntentName.OPEN_REPORT), Trust.PRIVATE, "ok"),
        (Intent(IntentName.WORK_ORDER, department="transport"), Trust.INTERNAL, "locked"),
        (Intent(IntentName.CONFERENCE), Trust.PUBLIC, "not-paired"),
        (Intent(IntentName.CONFERENCE), Trust.INTERNAL, "ok"),
        (Intent(IntentName.CALL, department="fire", media=Media.VIDEO), Trust.PUBLIC, "not-paired"),
        (Intent(IntentName.CALL, department="fire", media=Media.VIDEO), Trust.INTERNAL, "ok"),
        (Intent(IntentName.OPEN_DOCUMENT), Trust.PUBLIC, "ok"),
        (Intent(IntentName.OPEN_DOCUMENT, panel="fn-cloud-folder"), Trust.INTERNAL, "locked"),
        (Intent(IntentName.NAVIGATE), Trust.PUBLIC, "ok"),
    ],
)
def test_intents_with_a_panel_behind_them_are_judged_by_it(intent: Intent, trust: Trust, expected: str) -> None:
    assert judge(intent, trust=trust) == expected


def test_the_rate_is_limited_per_display_and_recovers() -> None:
    gate = Gate(REGISTRY, PANEL_OF)
    count, within = RATE_LIMITS[Risk.CALL]
    proposal = IntentProposed("r", Source.API, "main", Intent(IntentName.CALL, department="fire"))
    standing = ScreenStanding("wall", Trust.INTERNAL)
    verdicts = [gate.judge(proposal, standing, 0.0).allowed for _ in range(count + 1)]
    assert verdicts == [True] * count + [False]
    other = IntentProposed("r", Source.API, "second", Intent(IntentName.CALL, department="fire"))
    assert gate.judge(other, standing, 0.0).allowed
    assert gate.judge(proposal, standing, within).allowed


def test_every_intent_has_a_risk() -> None:
    assert {risk_of(Intent(name)) for name in IntentName} == set(Risk)


def test_a_check_opens_for_the_person_it_was_about_only() -> None:
    gate, standing = Gate(REGISTRY, PANEL_OF), ScreenStanding("wall", Trust.INTERNAL)
    on = Intent(IntentName.PRIVATE_MODE, direction=Direction.ON)
    for person in ("deputy", "", None):
        gate.face("main", Faced("mayor"))
        assert not gate.judge(IntentProposed("r", Source.FACE, "main", on, person=person), standing, 0.0).allowed
    gate.face("main", Faced("mayor"))
    assert gate.judge(IntentProposed("r", Source.FACE, "main", on, person="mayor"), standing, 0.0).allowed
