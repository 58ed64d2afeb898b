"""Corrections: written one a sentence, read back as training lines, bad ones named with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.contracts import BadInput, ConfigError, Direction, Intent, IntentName, Media
from assistant.understanding import corrections
from assistant.understanding.corrections import Correction, Corrections, checked, read, taken, write
from assistant.understanding.sentences import Labelled, handwritten, read_intent
from assistant.understanding.training import digest, training_sentences
from content_registry.jamo import compact
from content_registry.schema import Registry

DATA = Path(__file__).resolve().parents[2] / "nlu_data"
LABELS = frozenset(line.label for line in handwritten(DATA / "handwritten"))
DUST = Intent(IntentName.SHOW_PANEL, panel="fine-dust-pm10")
AT = 1_800_000_000.0


def test_lines_come_back_as_labels(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "corrections.tsv"
    write(file, Correction("목이 칼칼한데 밖에 나가도 되나", DUST, AT))
    write(file, Correction("점심 뭐 먹지", None, AT))
    write(file, Correction("앞에 거 다시", Intent(IntentName.NAVIGATE, direction=Direction.PREVIOUS), AT))
    write(file, Correction("소방 쪽 바꿔 봐", Intent(IntentName.CALL, department="fire", media=Media.VOICE), AT))
    assert read(file, registry, LABELS) == Corrections(
        (
            Labelled("목이 칼칼한데 밖에 나가도 되나", "panel.fine-dust-pm10"),
            Labelled("점심 뭐 먹지", "chatter"),
            Labelled("앞에 거 다시", "navigate.previous"),
            Labelled("소방 쪽 바꿔 봐", "call"),
        )
    )


def test_a_later_correction_replaces_an_earlier_one(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "corrections.tsv"
    write(file, Correction("목이 칼칼하네", DUST, AT))
    write(file, Correction("공기가 탁하네", DUST, AT))
    write(file, Correction("목이칼칼 하네!", None, AT + 60))
    assert [line.label for line in read(file, registry, LABELS).lines] == ["panel.fine-dust-pm10", "chatter"]
    assert len(file.read_text("utf-8").splitlines()) == 2


def test_a_bad_line_is_named_and_left_where_it_is(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "corrections.tsv"
    bad = [
        "너무 짧은 줄",
        "없는 화면\tshow_panel\tpanel=gone\t2026-11-27T00:00:00+00:00",
        "없는 뜻\tfly\t\t2026-11-27T00:00:00+00:00",
        "없는 방향\tnavigate\tdirection=in\t2026-11-27T00:00:00+00:00",
        "때가 아니다\tstop\t\tyesterday",
        "...\tstop\t\t2026-11-27T00:00:00+00:00",
    ]
    file.write_text("# by hand\n" + "\n".join(bad) + "\n\n", "utf-8")
    write(file, Correction("공기가 탁하네", DUST, AT))
    found = read(file, registry, LABELS)
    assert [line.text for line in found.lines] == ["공기가 탁하네"]
    assert [p.split(": ")[0] for p in found.problems] == [f"{file}:{n}" for n in range(2, 8)]
    assert file.read_text("utf-8").splitlines()[:7] == ["# by hand", *bad]


def test_a_file_that_is_no_text_is_a_typed_error_and_stays(tmp_path: Path, registry: Registry) -> None:
    file = tmp_path / "corrections.tsv"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="UTF-8"):
        read(file, registry, LABELS)
    with pytest.raises(ConfigError, match="UTF-8"):
        write(file, Correction("공기가 탁하네", DUST, AT))
    assert file.read_bytes() == b"\xff\xfe"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_that_can_be_said_comes_back(tmp_path: Path, registry: Registry, text: str) -> None:
    file = tmp_path / "corrections.tsv"
    file.unlink(missing_ok=True)
    try:
        expected = checked(Correction(text, None, AT), registry, LABELS)
    except BadInput:
        return
    write(file, Correction(text, None, AT))
    found = read(file, registry, LABELS)
    assert found.problems == ()
    assert [compact(line.text) for line in found.lines] == [compact(expected.text)]


@pytest.mark.parametrize(
    "intent",
    [DUST, Intent(IntentName.CALL, department="fire", media=Media.VIDEO), Intent(IntentName.CHOOSE, choice=2),
     Intent(IntentName.ASK_VALUE, panel="fine-dust-pm10", district="강남구", compare=("송파구", "중구"))],
)  # fmt: skip
def test_slots_are_written_as_they_are_read(intent: Intent) -> None:
    assert read_intent(intent.name.value, corrections.slots_of(intent)) == intent


def test_training_takes_them_only_when_told_and_a_correction_wins(tmp_path: Path, registry: Registry) -> None:
    ours = next(line for line in handwritten(DATA / "handwritten") if line.label == "panel.fine-dust-pm10")
    write(tmp_path / corrections.FILE, Correction("목구멍이 까끌까끌하네", DUST, AT))
    write(tmp_path / corrections.FILE, Correction(ours.text, None, AT))
    rasa = tmp_path / "rasa"
    assert taken(rasa) == (), "a start does not train because of a correction"
    assert len(corrections.take(registry, DATA, tmp_path, wanted=True).lines) == 2
    before = training_sentences(registry, DATA)
    lines = training_sentences(registry, DATA, corrections=taken(rasa))
    labels = {compact(line.text): line.label for line in lines}
    assert labels[compact("목구멍이 까끌까끌하네")] == "panel.fine-dust-pm10"
    assert labels[compact(ours.text)] == "chatter"
    assert digest(before, {}, []) != digest(lines, {}, [])
    out = frozenset({compact("목구멍이 까끌까끌하네")})
    held = training_sentences(registry, DATA, corrections=taken(rasa), held_out=out)
    assert compact("목구멍이 까끌까끌하네") not in {compact(line.text) for line in held}
    corrections.take(registry, DATA, tmp_path, wanted=False)
    assert taken(rasa) == ()
    assert digest(before, {}, []) == digest(training_sentences(registry, DATA, corrections=taken(rasa)), {}, [])
