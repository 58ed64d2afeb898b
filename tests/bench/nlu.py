"""`python -m tests.bench.nlu [FILE ...]`: how well sentences that nobody trained on are understood, and what it costs.

Files as `assistant.understanding.sentences.blind` reads them (sentence, intent, slots; one column: chatter); without
any, tests/sentences/*.tsv. Prints, with 95 % Wilson intervals, right, wrong, asked and none by intent and by path, the
chatter accepted, latency by path, computing time a sentence and the language model's memory; writes bench-results/
nlu-TIME.json. A file that shares a sentence with the training lines is refused (exit code 2), or with
--leave-out-shared measured without those, as tests/sentences always is. Exit code 1: the language model did not work.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from assistant.contracts import ConfigError, IntentName, UnderstandingPath
from assistant.settings import NLU_DATA, PROJECT, load_settings
from assistant.understanding import corrections
from assistant.understanding.evaluate import Judged, judge
from assistant.understanding.opening import open_understander
from assistant.understanding.sentences import blind, handwritten
from assistant.understanding.server import read_state
from assistant.understanding.service import Understander
from assistant.understanding.training import training_sentences
from content_registry.jamo import compact
from content_registry.loader import load_registry
from content_registry.schema import Registry
from tests.bench.measurement import Measurement
from tests.bench.results import machine, percent, share, table, write

VERDICTS = ("right", "wrong", "asked", "none")


class SharedLines(Exception):
    """A test file shares sentences with the training lines. where: file -> line numbers."""

    def __init__(self, where: dict[Path, list[int]]) -> None:
        lines = "; ".join(f"{file}: line {', '.join(map(str, numbers))}" for file, numbers in where.items())
        super().__init__(f"test sentences that are training lines too: {lines}")
        self.where = where


@dataclass(frozen=True, slots=True)
class Cost:
    """Computing seconds of a sentence, here and in the language model's server, and the server's memory in bytes."""

    own_s: float
    server_s: float | None
    server_bytes: int | None


@dataclass(slots=True)
class Result:
    """What was measured. left_out: how many sentences of the files were training lines."""

    judged: list[Judged] = field(default_factory=list)
    left_out: int = 0
    cost: Cost = Cost(0.0, None, None)


def taught(registry: Registry, state_dir: Path) -> frozenset[str]:
    """The compact form of everything that the model of this state folder may have learnt, corrections included."""
    labels = frozenset(line.label for line in handwritten(NLU_DATA / "handwritten"))
    corrected = corrections.read(state_dir / corrections.FILE, registry, labels).lines
    lines = training_sentences(registry, NLU_DATA, corrections=corrections.taken(state_dir / "rasa"))
    return frozenset(compact(line.text) for line in (*lines, *corrected))


def shared(files: Iterable[Path], known: frozenset[str]) -> dict[Path, list[int]]:
    """Which sentences of the files, counted from 1, are training lines. Raises ConfigError."""
    found: dict[Path, list[int]] = {}
    for file in files:
        for number, (text, _) in enumerate(blind(file), 1):
            if compact(text) in known:
                found.setdefault(file, []).append(number)
    return found


async def measure(files: Sequence[Path], understander: Understander, known: frozenset[str], server: Server) -> Result:
    """Every sentence of the files that is no training line, one after the other."""
    result = Result()
    before = resource.getrusage(resource.RUSAGE_SELF), server.seconds()
    for file in files:
        for text, expected in blind(file):
            if compact(text) in known:
                result.left_out += 1
                continue
            got = await understander.understand(text)
            result.judged.append(Judged(text, expected, got, judge(expected, got)))
    after = resource.getrusage(resource.RUSAGE_SELF), server.seconds()
    n = max(1, len(result.judged))
    own = sum(after[0][:2]) - sum(before[0][:2])
    there = None if before[1] is None or after[1] is None else (after[1] - before[1]) / n
    result.cost = Cost(own / n, there, server.memory())
    return result


@dataclass(frozen=True, slots=True)
class Server:
    """The language model's server with its children; None: there is none."""

    pid: int | None

    def seconds(self) -> float | None:
        """Computing time so far."""
        return self._sum(lambda p: sum(p.cpu_times()[:2]))

    def memory(self) -> int | None:
        """Resident bytes."""
        found = self._sum(lambda p: float(p.memory_info().rss))
        return None if found is None else int(found)

    def _sum(self, of: Callable[[psutil.Process], float]) -> float | None:
        if self.pid is None:
            return None
        try:
            process = psutil.Process(self.pid)
            return sum(of(p) for p in (process, *process.children(recursive=True)))
        except psutil.NoSuchProcess:
            return None


def shares(judged: Sequence[Judged]) -> dict[str, dict[str, Any]]:
    """Each verdict's count, share and interval."""
    counts = Counter(item.verdict for item in judged)
    return {verdict: share(counts[verdict], len(judged)) for verdict in VERDICTS}


def figures(result: Result) -> dict[str, Any]:
    """Everything that is printed, as JSON."""
    commands = [item for item in result.judged if item.expected is not None]
    chatter = [item for item in result.judged if item.expected is None]
    found: dict[str, Any] = {"sentences": len(result.judged), "left_out_as_training_lines": result.left_out}
    by_intent = {name: [i for i in commands if i.expected and i.expected.name is name] for name in IntentName}
    found["by_intent"] = {n.value: {"n": len(rows), **shares(rows)} for n, rows in by_intent.items() if rows}
    if commands:
        found["commands"] = {"n": len(commands), **shares(commands)}
    found["by_path"] = {}
    for path in UnderstandingPath:
        rows, every = [i for i in commands if i.got.path is path], [i for i in result.judged if i.got.path is path]
        if every:
            ms = Measurement.of((item.got.ms for item in every), "ms")
            verdicts = shares(rows) if rows else {}
            found["by_path"][path.value] = {
                "n": len(rows),
                **verdicts,
                "timed": ms.n,
                "p50_ms": ms.p50,
                "p95_ms": ms.p95,
            }
    if chatter:
        accepted, asked = (sum(i.verdict in kinds for i in chatter) for kinds in (("right", "wrong"), ("asked",)))
        n = len(chatter)
        found["chatter"] = {"n": n, "accepted": share(accepted, n), "asked_about": share(asked, n)}
    cost = result.cost
    found["cost"] = {
        "own_cpu_ms_per_sentence": cost.own_s * 1000,
        "server_cpu_ms_per_sentence": None if cost.server_s is None else cost.server_s * 1000,
        "server_memory_mb": None if cost.server_bytes is None else cost.server_bytes / 2**20,
    }
    return found


def printed(found: dict[str, Any]) -> str:
    """The tables."""
    rows = [("intent", "n", *VERDICTS)]
    named = {**found["by_intent"], **({"ALL": found["commands"]} if "commands" in found else {})}
    rows += [(name, str(row["n"]), *(percent(row[v]) for v in VERDICTS)) for name, row in named.items()]
    parts = [table(rows)]
    timed: list[tuple[str, ...]] = [("path", "n", *VERDICTS, "p50 ms", "p95 ms")]
    for name, row in found["by_path"].items():
        verdicts = [percent(row[v]) if v in row else "-" for v in VERDICTS]
        timed.append((name, str(row["n"]), *verdicts, f"{row['p50_ms']:.1f}", f"{row['p95_ms']:.1f}"))
    parts.append(table(timed))
    if "chatter" in found:
        talk = found["chatter"]
        parts.append(
            f"chatter {talk['n']}: accepted {percent(talk['accepted'])}, asked about {percent(talk['asked_about'])}"
        )
    cost = found["cost"]
    there = "-" if cost["server_cpu_ms_per_sentence"] is None else f"{cost['server_cpu_ms_per_sentence']:.1f} ms"
    memory = "-" if cost["server_memory_mb"] is None else f"{cost['server_memory_mb']:.0f} MB"
    if found["left_out_as_training_lines"]:
        parts.append(f"left out, because they are training lines: {found['left_out_as_training_lines']}")
    parts.append(
        f"computing a sentence: {cost['own_cpu_ms_per_sentence']:.1f} ms here, {there} in Rasa; memory of Rasa {memory}"
    )
    return "\n\n".join(parts)


async def main(arguments: list[str]) -> int:
    """Runs the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.nlu", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, help="test sentences; tests/sentences/*.tsv without any")
    parser.add_argument("--leave-out-shared", action="store_true", help="measure without the sentences that are taught")
    parser.add_argument("--settings", type=Path, help="settings file instead of ./settings.toml")
    parser.add_argument("--out", type=Path, default=PROJECT / "bench-results", help="folder of the JSON file")
    options = parser.parse_args(arguments)
    files = options.files or sorted((PROJECT / "tests" / "sentences").glob("*.tsv"))
    missing = [str(file) for file in files if not file.is_file()]
    if missing:
        parser.error(f"no such file: {', '.join(missing)}")
    try:
        settings, registry = load_settings(options.settings), load_registry()
        known = taught(registry, settings.state_dir)
        found_shared = shared(files, known)
        if found_shared and options.files and not options.leave_out_shared:
            raise SharedLines(found_shared)
    except (SharedLines, ConfigError) as error:
        print(f"refused: {error}\n--leave-out-shared measures without them", file=sys.stderr)
        return 2
    async with open_understander(registry, settings) as understander:
        if understander.state != "ok":
            print("the language model does not work: nothing was measured (make doctor)", file=sys.stderr)
            return 1
        state = read_state(settings.state_dir / "rasa")
        result = await measure(files, understander, known, Server(state.pid if state else None))
    found = figures(result)
    print(printed(found))
    document = {"files": [str(file) for file in files], **found, "machine": machine()}
    print(f"\nwritten to {write(document, 'nlu', options.out)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(sys.argv[1:])))
