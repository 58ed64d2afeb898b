"""`python -m tests.bench [NAME ...]`: runs the benches and prints each budget beside what was measured.

The figures are also written to bench-results/TIME.json. Exit code: 0 when every bench ran, whatever it measured, since
figures of a busy machine are not a verdict; 1 with --strict and a budget missed or not measured; 2 when a bench failed.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import platform
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.measurement import BUDGETS, Budget, Measurement

FOLDER = Path(__file__).resolve().parent
RESULTS = Path("bench-results")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="measure the budgets")
    parser.add_argument("names", nargs="*", help="benches to run (bench_NAME.py); all when none is named")
    parser.add_argument("--strict", action="store_true", help="fail when a budget is missed or was not measured")
    options = parser.parse_args(argv)

    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    unknown = sorted(set(options.names) - set(known))
    if unknown:
        parser.error(f"no such bench: {', '.join(unknown)} (there are: {', '.join(known) or 'none'})")

    measured: dict[str, Measurement] = {}
    failed: dict[str, str] = {}
    for name in options.names or known:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        started = time.perf_counter()
        try:
            found = importlib.import_module(f"tests.bench.bench_{name}").measure()
            twice = sorted(found.keys() & measured.keys())
            if twice:
                raise ValueError(f"measured by two benches: {', '.join(twice)}")
            measured.update(found)
        except Exception as error:
            traceback.print_exc()
            failed[name] = f"{type(error).__name__}: {error}"
        print(f"  {time.perf_counter() - started:.1f} s", file=sys.stderr, flush=True)

    print(table(measured))
    for name, problem in failed.items():
        print(f"FAILED {name}: {problem}")
    print(f"written to {write(measured, failed)}")
    if failed:
        return 2
    every = all(name in measured and budget.met_by(measured[name]) for name, budget in BUDGETS.items())
    return 1 if options.strict and not every else 0


def table(measured: dict[str, Measurement]) -> str:
    """A line per budget, then a line per further measurement."""
    rows = [("what", "budget p50 / p95", "measured p50 / p95", "n", "")]
    rows += [_row(budget, measured.get(name)) for name, budget in BUDGETS.items()]
    for name, found in measured.items():
        if name not in BUDGETS:
            rows.append(
                (name, "-", f"{_number(found.p50)} / {_number(found.p95)} {found.unit}", str(found.n), found.note)
            )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    )


def write(measured: dict[str, Measurement], failed: dict[str, str]) -> Path:
    """One JSON file per call, with the machine it was measured on."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    path = RESULTS / f"{now:%Y%m%dT%H%M%SZ}.json"
    document = {
        "at": now.isoformat(timespec="seconds"),
        "machine": {
            "cpus": os.cpu_count(),
            "load": os.getloadavg()[0],
            "platform": platform.platform(),
            "python": platform.python_version(),
        },
        "budgets": {name: dataclasses.asdict(budget) for name, budget in BUDGETS.items()},
        "measured": {name: dataclasses.asdict(found) for name, found in measured.items()},
        "failed": failed,
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def _row(budget: Budget, found: Measurement | None) -> tuple[str, str, str, str, str]:
    limits = f"{_number(budget.p50)} / {_number(budget.p95)} {budget.unit}"
    if found is None:
        return (budget.what, limits, "not measured", "0", "")
    verdict = "ok" if budget.met_by(found) else "MISSED"
    return (
        budget.what,
        limits,
        f"{_number(found.p50)} / {_number(found.p95)} {found.unit} {verdict}",
        str(found.n),
        found.note,
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


if __name__ == "__main__":
    sys.exit(main())
