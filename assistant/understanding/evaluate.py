"""`python -m assistant.understanding.evaluate FILE...`: how well unseen sentences are understood.

Reads blind files (`sentence<TAB>intent<TAB>slots`, or one column: chatter) and prints, by intent, how many were right
(accepted with every slot as expected), wrong (accepted otherwise), asked and left; chatter accepted; and the latency.
Shares carry their 95 % interval (Wilson). A call without a medium is placed as a voice call, so the two are one.
`--talk FILE` reads lines of public speech, of which only the last column counts, and reports the share accepted: some
of it may be wishes, so it is not judged. `--show` lists what was not right. Exit code 1 when a target is missed:
98 % right, 0.5 % wrong, 1 % of chatter accepted.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assistant.contracts import Intent, IntentName, Media, Understanding, UnderstandingOutcome, UnderstandingPath
from assistant.understanding.intervals import wilson
from assistant.understanding.opening import open_understander
from assistant.understanding.sentences import SLOTS, blind
from assistant.understanding.service import Understander
from content_registry.loader import load_registry

TARGETS = {"right": 0.98, "wrong": 0.005, "chatter": 0.01}
"""What the design promises on unseen sentences."""
REACHED = {"right": 0.95, "wrong": 0.02, "chatter": 0.02}
"""What a change must not fall below on the blind sentences of the repository."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One sentence: what was expected (None: must not be answered), what came, and right | wrong | asked | none."""

    text: str
    expected: Intent | None
    got: Understanding
    verdict: str


def judge(expected: Intent | None, got: Understanding) -> str:
    """right, wrong, asked or none. For chatter: `none` is right, everything else is an answer nobody wanted."""
    if got.outcome is UnderstandingOutcome.NOT_UNDERSTOOD:
        return "none"
    if got.outcome is UnderstandingOutcome.AMBIGUOUS:
        return "asked"
    return "right" if expected is not None and _carried_out(got.intent) == _carried_out(expected) else "wrong"


def _carried_out(intent: Intent | None) -> Intent | None:
    if intent is None or intent.name is not IntentName.CALL:
        return intent
    return replace(intent, media=intent.media or Media.VOICE)


async def run(files: list[Path], understander: Understander) -> list[Judged]:
    """Understands every sentence of the files."""
    judged = []
    for file in files:
        for text, expected in blind(file):
            got = await understander.understand(text)
            judged.append(Judged(text, expected, got, judge(expected, got)))
    return judged


def summary(judged: list[Judged], targets: Mapping[str, float] = TARGETS) -> tuple[list[str], bool]:
    """The printed lines, and whether every target is met."""
    wanted = [item for item in judged if item.expected is not None]
    chatter = [item for item in judged if item.expected is None]
    lines, good = [], True
    if wanted:
        lines.append(f"{'intent':<14}{'n':>6}{'right':>8}{'wrong':>8}{'asked':>8}{'none':>8}")
        for name in [*IntentName, None]:
            rows = [item for item in wanted if name is None or (item.expected and item.expected.name is name)]
            if rows:
                counts = Counter(item.verdict for item in rows)
                shares = "".join(
                    f"{counts[verdict] / len(rows):>8.3f}" for verdict in ("right", "wrong", "asked", "none")
                )
                lines.append(f"{name.value if name else 'ALL':<14}{len(rows):>6}{shares}")
        counts = Counter(item.verdict for item in wanted)
        lines.append(", ".join(f"{verdict} {_share(counts[verdict], len(wanted))}" for verdict in ("right", "wrong")))
        if slips := _slips(wanted):
            lines.append("wrong in: " + ", ".join(f"{slot} {n}" for slot, n in slips.most_common()))
        good = counts["right"] / len(wanted) >= targets["right"] and counts["wrong"] / len(wanted) <= targets["wrong"]
    if chatter:
        accepted = sum(item.verdict == "wrong" for item in chatter)
        asked = sum(item.verdict == "asked" for item in chatter)
        lines.append(
            f"chatter {len(chatter)}: accepted {accepted} ({_share(accepted, len(chatter))}), asked about {asked}"
        )
        good = good and accepted / len(chatter) <= targets["chatter"]
    for path in (UnderstandingPath.FAST, UnderstandingPath.MODEL):
        times = sorted(item.got.ms for item in judged if item.got.path is path)
        if times:
            p50, p95 = times[len(times) // 2], times[int(len(times) * 0.95)]
            lines.append(f"path {path.value}: {len(times)} sentences, p50 {p50:.1f} ms, p95 {p95:.1f} ms")
    return lines, good


def _slips(judged: list[Judged]) -> Counter[str]:
    """How often each part of an intent was another than expected, among the wrong ones."""
    found: Counter[str] = Counter()
    for item in judged:
        got, expected = _carried_out(item.got.intent), _carried_out(item.expected)
        if item.verdict == "wrong" and got is not None and expected is not None:
            found.update(slot for slot in ("name", *SLOTS) if getattr(got, slot) != getattr(expected, slot))
    return found


def _share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits / of:.3f} [{low:.3f}, {high:.3f}]"


def _spoken(file: Path) -> list[str]:
    lines = (line.split("\t")[-1].strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


async def talk(file: Path, understander: Understander) -> tuple[str, list[Judged]]:
    """How much of a file of public speech is answered, as a line, and its sentences."""
    judged = []
    for text in _spoken(file):
        got = await understander.understand(text)
        judged.append(Judged(text, None, got, judge(None, got)))
    counts = Counter(item.verdict for item in judged)
    accepted = _share(counts["wrong"], len(judged)) if judged else "-"
    line = f"{file.name}: {len(judged)} lines, accepted {counts['wrong']} ({accepted}), asked about {counts['asked']}"
    return line, judged


def differences(judged: list[Judged]) -> list[str]:
    """One line for each sentence that did not come out as it should."""
    lines = []
    for item in judged:
        if item.verdict == "right" or (item.expected is None and item.verdict == "none"):
            continue
        if item.got.alternatives:
            got = " | ".join(f"{_short(a.intent)} {a.confidence:.2f}" for a in item.got.alternatives)
        else:
            got = _short(item.got.intent)
        notes = f" {','.join(item.got.notes)}" if item.got.notes else ""
        lines.append(
            f"{item.verdict:<6}{item.got.path.value:<6}{item.got.confidence:.2f}  {item.text}  "
            f"expected {_short(item.expected)}  got {got}{notes}"
        )
    return lines


def _short(intent: Intent | None) -> str:
    if intent is None:
        return "-"
    slots = (f"{slot}={getattr(intent, slot)}" for slot in SLOTS if getattr(intent, slot))
    return f"{intent.name.value}({', '.join(slots)})"


@dataclass(frozen=True, slots=True)
class _Rasa:
    port: int = 0
    python: Path | None = None
    enabled: bool = True
    start_timeout_s: float = 120.0
    memory_limit_mb: int = 2000


@dataclass(frozen=True, slots=True)
class _Options:
    state_dir: Path
    rasa: _Rasa = _Rasa()


async def main(arguments: list[str]) -> int:
    """Runs the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m assistant.understanding.evaluate", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--talk", action="append", default=[], type=Path, help="public speech: its last column is read")
    parser.add_argument("--show", action="store_true", help="list every sentence that is not right")
    parser.add_argument("--state", type=Path, default=Path("var"), help="the state folder")
    options = parser.parse_args(arguments)
    async with open_understander(load_registry(), _Options(options.state)) as understander:
        judged = await run(options.files, understander)
        spoken = [await talk(file, understander) for file in options.talk]
    if options.show:
        print("\n".join(differences([*judged, *(item for _, items in spoken for item in items)])))
    lines, good = summary(judged)
    print("\n".join([*lines, *(line for line, _ in spoken)]))
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main(sys.argv[1:])))
