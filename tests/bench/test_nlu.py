"""The bench of understanding: what it refuses, counts and prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.settings import NLU_DATA
from assistant.understanding.corrections import FILE, Correction, write
from assistant.understanding.sentences import handwritten
from assistant.understanding.service import Understander
from content_registry.jamo import compact
from content_registry.loader import load_registry
from tests.bench import nlu
from tests.bench.results import percent, share, table

REGISTRY = load_registry()
NOTHING = nlu.Server(None)


def a_file(folder: Path, *lines: str) -> Path:
    file = folder / "unseen.tsv"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def settings(folder: Path) -> list[str]:
    file = folder / "settings.toml"
    file.write_text(f'state_dir = "{folder / "var"}"\n[rasa]\nenabled = false\n', encoding="utf-8")
    return ["--settings", str(file), "--out", str(folder / "results")]


async def test_a_file_with_a_training_line_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = handwritten(NLU_DATA / "handwritten")[0].text
    file = a_file(tmp_path, "점심 먹고 산책이나 할까", f"  {ours.replace(' ', '  ')}!\tstop\t")
    assert await nlu.main([str(file), *settings(tmp_path)]) == 2
    told = capsys.readouterr()
    assert f"{file}: line 2" in told.err
    assert told.out == ""
    assert not (tmp_path / "results").exists()


def test_a_correction_is_a_training_line_too(tmp_path: Path) -> None:
    assert compact("요즘 목이 까끌까끌해") not in nlu.taught(REGISTRY, tmp_path)
    write(tmp_path / FILE, Correction("요즘 목이 까끌까끌해", None, 0.0))
    assert compact("요즘 목이 까끌까끌해") in nlu.taught(REGISTRY, tmp_path)


async def test_without_a_language_model_nothing_is_claimed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = a_file(tmp_path, "점심 먹고 산책이나 할까")
    assert await nlu.main([str(file), *settings(tmp_path)]) == 1
    assert "nothing was measured" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        await nlu.main([str(tmp_path / "no-such.tsv")])
    bad = a_file(tmp_path, "가\tfly\t")
    assert await nlu.main([str(bad), *settings(tmp_path)]) == 2


async def test_our_own_sentences_are_measured_without_what_is_taught(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await nlu.main(settings(tmp_path)) == 1
    assert "refused" not in capsys.readouterr().err


async def test_shares_intervals_and_times_are_counted(tmp_path: Path) -> None:
    file = a_file(
        tmp_path,
        "오존 보여줘\tshow_panel\tpanel=ozone",
        "오존 좀 보여 주세요\tshow_panel\tpanel=parks",
        "오늘 회의는 몇 시더라\tstop\t",
        "밥은 먹고 다니니",
        "미세먼지 보여줘",
    )
    known = frozenset({compact("미세먼지 보여줘")})
    result = await nlu.measure([file], Understander(REGISTRY, None), known, NOTHING)
    assert [item.verdict for item in result.judged] == ["right", "wrong", "none", "none"]
    assert result.left_out == 1
    found = json.loads(json.dumps(nlu.figures(result)))
    assert found["commands"]["right"]["count"] == found["commands"]["wrong"]["count"] == 1
    assert found["by_intent"]["show_panel"]["n"] == 2
    assert found["by_path"]["fast"]["n"] == 2
    assert found["by_path"]["fast"]["p95_ms"] > 0
    assert (found["chatter"]["n"], found["chatter"]["accepted"]["count"]) == (1, 0)
    assert found["cost"]["server_memory_mb"] is None
    text = nlu.printed(found)
    assert "ALL" in text
    assert "chatter 1: accepted 0.0 [0.0, 79.3]" in text


def test_tables_and_shares() -> None:
    assert percent(share(81, 263)) == "30.8 [25.5, 36.6]"
    assert percent(share(0, 0)) == "-"
    assert table([("a", "n"), ("long", "12")]) == "a      n\nlong  12"
