"""The evaluation's judgement and sums."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from assistant.contracts import (
    Alternative,
    Intent,
    IntentName,
    Media,
    Understanding,
    UnderstandingOutcome,
    UnderstandingPath,
)
from assistant.understanding.evaluate import Judged, differences, judge, run, summary
from assistant.understanding.evaluate import talk as spoken
from assistant.understanding.service import Understander
from content_registry.schema import Registry

OZONE = Intent(IntentName.SHOW_PANEL, panel="ozone")


def accepted(intent: Intent, ms: float = 2.0) -> Understanding:
    return Understanding("x", UnderstandingOutcome.ACCEPTED, intent, 1.0, path=UnderstandingPath.FAST, ms=ms)


ASKED = Understanding("x", UnderstandingOutcome.AMBIGUOUS, alternatives=(Alternative(OZONE, 0.4),))
NONE = Understanding("x", UnderstandingOutcome.NOT_UNDERSTOOD)


def test_a_verdict_needs_every_slot() -> None:
    assert judge(OZONE, accepted(OZONE)) == "right"
    assert judge(OZONE, accepted(Intent(IntentName.SHOW_PANEL, panel="ozone", district="중구"))) == "wrong"
    assert judge(OZONE, ASKED) == "asked"
    assert judge(OZONE, NONE) == "none"
    assert judge(None, accepted(OZONE)) == "wrong"
    assert judge(None, NONE) == "none"


def test_targets_decide() -> None:
    good = [Judged("a", OZONE, accepted(OZONE), "right")] * 98 + [Judged("b", OZONE, NONE, "none")] * 2
    assert summary(good)[1]
    assert not summary(good[:60] + [Judged("b", OZONE, NONE, "none")] * 40)[1]
    talk = [Judged("c", None, NONE, "none")] * 95 + [Judged("d", None, accepted(OZONE), "wrong")] * 5
    lines, met = summary(good + talk)
    assert not met
    assert any(line.startswith("chatter 100: accepted 5 (0.050 [0.02") for line in lines)
    assert any(line.startswith("right 0.980 [0.93") for line in lines)
    assert len(differences(good + talk)) == 7


def test_a_call_without_a_medium_is_a_voice_call() -> None:
    call = Intent(IntentName.CALL, department="fire")
    assert judge(call, accepted(replace(call, media=Media.VOICE))) == "right"
    assert judge(call, accepted(replace(call, media=Media.VIDEO))) == "wrong"


def test_what_was_wrong_is_counted_by_part() -> None:
    elsewhere = accepted(Intent(IntentName.ASK_VALUE, panel="ozone", district="중구"))
    lines, _ = summary([Judged("a", OZONE, accepted(OZONE), "right"), Judged("b", OZONE, elsewhere, "wrong")])
    assert "wrong in: name 1, district 1" in lines


async def test_public_speech_is_counted_by_its_last_column(registry: Registry, tmp_path: Path) -> None:
    file = tmp_path / "speech.tsv"
    file.write_text("3\t오존 보여줘\n0\t밥 먹자\n그냥 그렇다고\n", encoding="utf-8")
    line, judged = await spoken(file, Understander(registry, None))
    assert line.startswith("speech.tsv: 3 lines, accepted 1 (0.333 [")
    assert [item.verdict for item in judged] == ["wrong", "none", "none"]


async def test_files_are_run(registry: Registry, tmp_path: Path) -> None:
    file = tmp_path / "blind_x.tsv"
    file.write_text("오존 보여줘\tshow_panel\tpanel=ozone\n그냥 그렇다고\n", encoding="utf-8")
    judged = await run([file], Understander(registry, None))
    assert [(item.expected, item.verdict) for item in judged] == [(OZONE, "right"), (None, "none")]
