from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import __main__ as runner
from tests.bench.measurement import BUDGETS, Budget, Measurement

FINITE = st.floats(-1e6, 1e6)


@given(st.lists(FINITE, min_size=1))
def test_percentiles_are_samples_in_order(samples: list[float]) -> None:
    measured = Measurement.of(samples, "ms")
    assert min(samples) <= measured.p50 <= measured.p95 <= max(samples)
    assert {measured.p50, measured.p95} <= set(samples)
    assert measured.n == len(samples)


def test_percentiles_by_the_nearest_rank() -> None:
    measured = Measurement.of(range(1, 101), "ms")
    assert (measured.p50, measured.p95) == (50, 95)


@pytest.mark.parametrize("samples", [[], [1.0, float("nan")], [float("inf")]])
def test_no_measurement_without_samples(samples: list[float]) -> None:
    with pytest.raises(ValueError, match="finite"):
        Measurement.of(samples, "ms")


def test_a_budget_holds_both_limits() -> None:
    budget = Budget("b", "what", 10, 20, "ms")
    assert budget.met_by(Measurement(10, 20, "ms", 5))
    assert not budget.met_by(Measurement(11, 20, "ms", 5))
    assert not budget.met_by(Measurement(10, 21, "ms", 5))
    assert Budget("b", "what", None, None, "ms").met_by(Measurement(1e9, 1e9, "ms", 1))
    with pytest.raises(ValueError, match="measured in s"):
        budget.met_by(Measurement(1, 2, "s", 5))


def bench(folder: Path, name: str, body: str) -> None:
    (folder / f"bench_{name}.py").write_text(
        f"from tests.bench.measurement import Measurement\ndef measure():\n    {body}\n", encoding="utf-8"
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of benches, as part of the package, and a working directory for the results."""
    import tests.bench

    monkeypatch.setattr(runner, "FOLDER", tmp_path)
    monkeypatch.setattr(tests.bench, "__path__", [str(tmp_path), *tests.bench.__path__])
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_each_budget_is_printed_beside_what_was_measured(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench(
        folder,
        "sample_good",
        "return {'intent-rasa': Measurement(8, 40, 'ms', 99, 'loopback'), 'extra': Measurement(1, 2, 's', 3)}",
    )
    assert runner.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    rasa = next(line for line in lines if "Rasa over HTTP" in line)
    assert all(part in rasa for part in ("10 / 25 ms", "8 / 40 ms", "MISSED", "99", "loopback"))
    assert sum("not measured" in line for line in lines) == len(BUDGETS) - 1
    assert any(line.startswith("extra") for line in lines)
    (result,) = (folder / "bench-results").glob("*.json")
    assert json.loads(result.read_text(encoding="utf-8"))["measured"]["intent-rasa"]["p95"] == 40
    assert runner.main(["--strict"]) == 1


def test_a_bench_that_fails_does_not_hide_the_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bench(folder, "sample_bad", "raise OSError('no port')")
    bench(folder, "sample_fine", "return {'intent-fast-path': Measurement(1, 2, 'ms', 9)}")
    assert runner.main([]) == 2
    out = capsys.readouterr().out
    assert "FAILED sample_bad: OSError: no port" in out
    assert "1 / 2 ms ok" in out


def test_two_benches_may_not_measure_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("sample_one", "sample_two"):
        bench(folder, name, "return {'fan-out': Measurement(1, 2, 'ms', 9)}")
    assert runner.main([]) == 2
    assert "measured by two benches: fan-out" in capsys.readouterr().out


def test_an_unknown_bench_is_refused(folder: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        runner.main(["nothing"])
    assert caught.value.code == 2
