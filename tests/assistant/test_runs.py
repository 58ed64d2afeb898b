"""Run records: stages, storage, retention, and what must not be written."""

from __future__ import annotations

import errno
import time
from pathlib import Path

import pytest
import typer

from assistant import app, cli
from assistant.contracts import ConfigError, Outcome, OutcomeCode, SeoulaError, Unavailable
from assistant.runs import WITHHELD, RunLog, RunStore, as_json
from assistant.settings import Settings

SHOWN = Outcome(OutcomeCode.SHOWN, "미세먼지, 화면에 띄웠습니다.", "Shown.")


class Clock:
    def __init__(self) -> None:
        self.now = 50.0

    def __call__(self) -> float:
        return self.now


def a_log(run: str = "r1", started: float = 1_000_000.0) -> tuple[RunLog, Clock]:
    clock = Clock()
    return RunLog(run, "microphone", "main", clock=clock, wall=lambda: started, text="미세먼지 보여줘"), clock


def test_stages_come_from_the_events() -> None:
    log, clock = a_log()
    for wait, name in [(0.5, "speech_start"), (1.0, "transcript"), (0.0, "understand"), (0.01, "understanding")]:
        clock.now += wait
        log.add(name)
    clock.now += 0.002
    log.add("plan")
    clock.now += 0.08
    log.add("rendered")
    record = log.finish(SHOWN, {"wake": "abc"})
    assert [(s.name, s.start_ms, s.end_ms) for s in record.stages] == [
        ("standby", 0.0, 500.0),
        ("hearing", 500.0, 1500.0),
        ("understanding", 1500.0, 1510.0),
        ("deciding", 1510.0, 1512.0),
        ("acting", 1512.0, 1592.0),
    ]
    assert record.duration_ms == pytest.approx(1592.0)


def test_records_are_kept_and_found(tmp_path: Path) -> None:
    store = RunStore(f"sqlite:///{tmp_path}/db/runs.sqlite")
    for n in range(3):
        log, _ = a_log(f"r{n}", time.time() + n)
        store.save(log.finish(SHOWN, {}))
    assert [r["id"] for r in store.latest(2)] == ["r2", "r1"]
    assert store.get("r0")["outcome"]["code"] == "shown"
    with pytest.raises(SeoulaError, match="no run"):
        store.get("nope")
    store.close()


def test_records_that_cannot_be_opened_are_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite").mkdir()
    with pytest.raises(ConfigError, match=r"runs\.sqlite") as caught:
        RunStore(f"sqlite:///{tmp_path}/runs.sqlite")
    assert caught.value.code == "bad-run-store"


def test_records_damaged_under_a_running_service_are_no_bare_failure(tmp_path: Path) -> None:
    file = tmp_path / "runs.sqlite"
    store = RunStore(f"sqlite:///{file}")
    store.save(a_log()[0].finish(SHOWN, {}))
    store.close()  # its connection may still hold the pages
    file.write_bytes(b"x" * 50_000)
    for ask in (store.latest, lambda: store.get("r1"), lambda: store.mark("r1", "false_wake", True)):
        with pytest.raises(Unavailable) as caught:
            ask()
        assert caught.value.code == "no-runs"
    store.close()


def test_a_state_folder_that_fails_ends_the_start_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "var/db/wall.token")

    monkeypatch.setattr(app, "serve", full)
    monkeypatch.setattr(cli, "read_settings", lambda _: Settings(state_dir=tmp_path))
    with pytest.raises(typer.Exit) as ended:
        cli.run()
    assert ended.value.exit_code == 1
    assert capsys.readouterr().err == "seoula: var/db/wall.token: No space left on device [bad-state-dir]\n"


def test_old_and_surplus_records_go(tmp_path: Path) -> None:
    store = RunStore(f"sqlite:///{tmp_path}/runs.sqlite", keep_days=1, keep_runs=2)
    now = 1_000_000.0
    for n, started in enumerate([now - 200_000, now - 30, now - 20, now - 10]):
        log, _ = a_log(f"r{n}", started)
        store.save(log.finish(SHOWN, {}))
    store.prune(now)
    assert [r["id"] for r in store.latest()] == ["r3", "r2"]
    store.close()


def test_private_words_never_reach_the_database(tmp_path: Path) -> None:
    log, _ = a_log()
    log.private = True
    log.add("understand", text="미세먼지 보여줘")
    log.add("understanding", alternatives=[{"label_ko": "미세먼지", "confidence": 1.0}])
    store = RunStore(f"sqlite:///{tmp_path}/runs.sqlite")
    record = log.finish(SHOWN, {})
    store.save(record)
    store.close()
    assert "미세먼지" not in str(as_json(record))
    assert record.text == WITHHELD
    assert "미세먼지".encode() not in b"".join(f.read_bytes() for f in tmp_path.iterdir())
    assert "\\ubbf8" not in (tmp_path / "runs.sqlite").read_bytes().decode("latin1")
