"""`python -m tests.bench.hearing`: what the product's ear hears and misses, by condition and kind of voice.

--clips FOLDER: clips named FAMILY_SPEAKER_*.wav with their texts (tests/bench/clips.py says how); without it, and
without --speech, clips of our own are made of synthetic voices. --speech FOLDER: recordings of ordinary talk, one
folder per talk, without the wake word: false wakes an hour. --phrases FILE: a list of phrases; the recordings of
--speech whose text is among them are recognised against it, and others as strangers. Prints tables with 95 % intervals
(shares: Wilson; rates: exact Poisson), computing and memory, lags in the recordings' own time; writes
bench-results/hearing-TIME.json. Clips that the wake word was trained on are refused. Exit code: 1 a component is
missing, 2 bad input.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from scipy.stats import chi2

from assistant.contracts import BadInput, Intent, SeoulaError
from assistant.contracts.events import StreamMode, Transcript, Wake
from assistant.hearing.engine import HearingEngine
from assistant.hearing.vocabulary import file_phrases, registry_phrases
from assistant.replays import consult
from assistant.settings import PROJECT, load_settings
from assistant.understanding.service import Understander
from content_registry.jamo import compact
from content_registry.loader import load_registry
from content_registry.schema import Registry
from tests.bench.clips import Clip, by_family, made_clips, read_clips, read_sound, sounds_of, texts_of, training_hashes
from tests.bench.measurement import Measurement
from tests.bench.results import machine, percent, share, table, write
from tests.bench.scenes import CONDITIONS, Heard, Scene, joined, play, recording

VERDICTS = ("right", "wrong", "none")
MOST_STRANGERS = 200
Say = Callable[[str], None]


def poisson(events: int, hours: float) -> tuple[float, float]:
    """Exact 95 % interval of a rate (Garwood 1936), per hour."""
    low = float(chi2.ppf(0.025, 2 * events)) / 2 if events else 0.0
    return low / hours, float(chi2.ppf(0.975, 2 * events + 2)) / 2 / hours


def rate(events: int, seconds: float) -> dict[str, Any]:
    """A rate an hour as JSON."""
    hours = seconds / 3600
    return {"count": events, "hours": hours, "per_hour": events / hours, "interval_95": poisson(events, hours)}


class Meaning:
    """What a command means by the registry's names alone, so that hearing is measured and not the language model."""

    def __init__(self, registry: Registry) -> None:
        self._understander = Understander(registry, None)

    def of(self, text: str) -> Intent | None:
        """The one intent, or None."""
        return asyncio.run(self._understander.understand(text)).intent

    def verdict(self, wanted: str, heard: Transcript | None) -> str:
        """right, wrong or none. A command that names alone do not tell must be heard to the letter."""
        if heard is None or not heard.accepted:
            return "none"
        meant, got = self.of(wanted), self.of(heard.text)
        if meant is None:
            return "right" if compact(heard.text) == compact(wanted) else "wrong"
        return "none" if got is None else "right" if got == meant else "wrong"


@dataclass(slots=True)
class Tally:
    """Counts of one bench. lags: milliseconds, in the clean recordings."""

    wakes: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    breath: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    said: dict[str, dict[str, dict[str, dict[str, Any]]]] = field(default_factory=lambda: defaultdict(dict))
    stray: int = 0
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(lambda: [0.0, 0.0]))
    wake_lags: list[float] = field(default_factory=list)
    word_lags: list[float] = field(default_factory=list)

    def spent(self, what: str, heard: Heard) -> None:
        """Computing of a recording."""
        self.cpu[what][0] += heard.cpu_s
        self.cpu[what][1] += heard.seconds


def measure_clips(engine: HearingEngine, clips: Sequence[Clip], meaning: Meaning, report: Say) -> Tally:
    """Every family under every condition: the wake word alone, in one breath with a command, and commands alone."""
    tally = Tally()
    for kind, mode in (("wake", StreamMode.WAKE), ("breath", StreamMode.WAKE), ("command", StreamMode.PUSH_TO_TALK)):
        for family, own in by_family(list(clips), kind).items():
            for condition in CONDITIONS:
                sound, scenes = recording(own, condition, clips)
                heard = play(engine, mode, sound)
                tally.spent("wake word" if mode is StreamMode.WAKE else "push to talk", heard)
                report(f"{family}, {kind}, {condition}: {len(own)} clips")
                if mode is StreamMode.WAKE:
                    _count_wakes(tally, kind, family, condition, heard, scenes)
                if kind != "wake":
                    _count_commands(tally, kind, family, condition, heard, scenes, meaning)
    return tally


def _count_wakes(tally: Tally, kind: str, family: str, condition: str, heard: Heard, scenes: Sequence[Scene]) -> None:
    woken = [heard.wake(scene) for scene in scenes]
    missed = sum(wake is None for wake in woken)
    (tally.wakes if kind == "wake" else tally.breath)[family][condition] = share(missed, len(scenes))
    tally.stray += heard.stray_wakes(scenes)
    if kind == "wake" and condition == "clean":
        tally.wake_lags += [(w.t - s.end) * 1000 for w, s in zip(woken, scenes, strict=True) if w is not None]


def _count_commands(
    tally: Tally, kind: str, family: str, condition: str, heard: Heard, scenes: Sequence[Scene], meaning: Meaning
) -> None:
    counts: Counter[str] = Counter()
    for scene in scenes:
        wake = heard.wake(scene) if kind == "breath" else None
        lost = kind == "breath" and wake is None
        words = None if lost else heard.transcript(scene, wake.t if wake else None)
        counts[meaning.verdict(scene.clip.command, words)] += 1
        if words is not None and condition == "clean":
            tally.word_lags.append((words.t - scene.end) * 1000)
    name = f"{family}, in one breath" if kind == "breath" else family
    tally.said[name][condition] = {v: share(counts[v], len(scenes)) for v in VERDICTS}


def false_wakes(engine: HearingEngine, speech: Path, report: Say) -> tuple[dict[str, Any], Heard]:
    """Wake-ups in ordinary talk, a folder at a time."""
    count, spent = 0, Heard()
    talks: dict[Path, list[Path]] = defaultdict(list)
    for file in sounds_of(speech):
        talks[file.parent].append(file)
    for number, files in enumerate(talks.values(), 1):
        heard = play(engine, StreamMode.WAKE, joined(read_sound(file) for file in files))
        found = sum(isinstance(event, Wake) for event in heard.events)
        count, spent.cpu_s, spent.seconds = count + found, spent.cpu_s + heard.cpu_s, spent.seconds + heard.seconds
        report(f"talk {number} of {len(talks)}: {heard.seconds / 60:.0f} min, {found} false wakes")
    return {**rate(count, spent.seconds), "talks": len(talks)}, spent


def real_phrases(
    speech: Path, phrases: Path, help_with: Callable[[HearingEngine], bool], report: Say
) -> dict[str, Any]:
    """Real voices against a closed list: of the phrases in it right and wrong, of others how many were accepted."""
    listed = file_phrases(phrases)
    known = {compact(p.text): p.text for p in listed}
    texts = texts_of(speech)
    files = [file for file in sounds_of(speech) if file.stem in texts]
    inside = [file for file in files if compact(texts[file.stem]) in known]
    outside = [file for file in files if compact(texts[file.stem]) not in known]
    outside = [outside[n * len(outside) // MOST_STRANGERS] for n in range(MOST_STRANGERS)] if len(
        outside
    ) > MOST_STRANGERS else outside  # fmt: skip
    if not inside:
        raise BadInput("no-phrases", f"{speech}: none of its texts stands in {phrases}")
    engine = HearingEngine(listed, only_phrases=True)
    help_with(engine)
    report(f"{len(inside)} recordings of the phrases, {len(outside)} of strangers")
    counts: Counter[str] = Counter()
    for file in inside:
        got = _whole(engine, file)
        accepted = got is not None and got.accepted
        same = got is not None and compact(got.phrase) == compact(texts[file.stem])
        counts["none" if not accepted else "right" if same else "wrong"] += 1
    strangers = sum((got := _whole(engine, file)) is not None and got.accepted for file in outside)
    return {
        "phrases": len(listed),
        "said": {v: share(counts[v], len(inside)) for v in VERDICTS},
        "n": len(inside),
        "strangers_accepted": share(strangers, len(outside)),
        "strangers": len(outside),
    }


def _whole(engine: HearingEngine, file: Path) -> Transcript | None:
    heard = play(engine, StreamMode.PUSH_TO_TALK, joined([read_sound(file)]), measuring=True)
    return next((event for event in heard.events if isinstance(event, Transcript)), None)


def printed(found: dict[str, Any]) -> str:
    """The tables."""
    parts = []
    names = list(CONDITIONS)
    for title, key in (("wake word missed, %", "wake_missed"), ("missed before a command, %", "breath_missed")):
        rows = [(title, *names)]
        rows += [(family, *(percent(row[c]) for c in names)) for family, row in found.get(key, {}).items()]
        if len(rows) > 1:
            parts.append(table(rows))
    rows = [("commands, % right / wrong / none", "n", *names)]
    for family, row in found.get("commands", {}).items():
        cells = [" / ".join(f"{100 * row[c][v]['share']:.0f}" for v in VERDICTS) for c in names]
        rows.append((family, str(sum(row["clean"][v]["count"] for v in VERDICTS)), *cells))
    if len(rows) > 1:
        parts.append(table(rows))
    lines = []
    for name in ("false_wakes", "stray_wakes"):
        if name in found:
            one, what = found[name], "ordinary talk" if name == "false_wakes" else "noise around the clips"
            low, high = one["interval_95"]
            measured = f"{one['count']} in {one['hours']:.2f} h = {one['per_hour']:.2f} an hour [{low:.2f}, {high:.2f}]"
            lines.append(f"false wakes in {what}: {measured}")
    if "phrases" in found:
        one = found["phrases"]
        said = ", ".join(f"{v} {percent(one['said'][v])}" for v in VERDICTS)
        lines.append(f"real voices, {one['phrases']} phrases, {one['n']} recordings: {said}")
        lines.append(f"  {one['strangers']} strangers: accepted {percent(one['strangers_accepted'])}")
    for name, one in found["lags_ms"].items():
        lines.append(f"{name}: p50 {one['p50']:.0f} ms, p95 {one['p95']:.0f} ms (n {one['n']}, clean, stream time)")
    for name, value in found["cpu_per_second"].items():
        lines.append(f"computing a second of sound, {name}: {value:.3f} s")
    lines.append(f"memory of this process: {found['memory_mb']:.0f} MB")
    return "\n\n".join([*parts, "\n".join(lines)])


def figures(tally: Tally) -> dict[str, Any]:
    """What the clips showed, as JSON."""
    lags = (("end of the wake word -> wake", tally.wake_lags), ("end of speech -> transcript", tally.word_lags))
    found: dict[str, Any] = {
        "wake_missed": tally.wakes,
        "breath_missed": tally.breath,
        "commands": tally.said,
        "lags_ms": {
            name: {"p50": m.p50, "p95": m.p95, "n": m.n} for name, ms in lags if ms for m in (Measurement.of(ms, "ms"),)
        },
    }
    if "wake word" in tally.cpu:
        found["stray_wakes"] = rate(tally.stray, tally.cpu["wake word"][1])
    return found


def run(options: argparse.Namespace, report: Say) -> dict[str, Any]:
    """Everything that was asked for. Raises SeoulaError."""
    settings = load_settings(options.settings)
    registry = load_registry()
    taught, source = training_hashes(settings.hearing.wake_model, settings.state_dir)
    found: dict[str, Any] = {"lags_ms": {}, "cpu_per_second": {}}
    found["training_clips"] = f"{len(taught)} known from {source}" if source else "no list of them is here"
    # Before anything is loaded: clips that were trained on end it here.
    given = read_clips(options.clips, taught) if options.clips is not None else None
    engine = HearingEngine(registry_phrases(), wake_model=settings.hearing.wake_model)

    def help_with(one: HearingEngine) -> bool:
        return not options.no_opinion and consult(one, settings)

    found["second_opinion"] = help_with(engine)
    cpu: dict[str, list[float]] = {}
    if given is not None or options.speech is None:
        clips, told = (given, [f"clips of {options.clips}"]) if given is not None else made_clips(registry)
        found["clips"] = {"n": len(clips), "told": told}
        tally = measure_clips(engine, clips, Meaning(registry), report)
        found |= figures(tally)
        cpu |= tally.cpu
    if options.speech is not None:
        found["false_wakes"], spent = false_wakes(engine, options.speech, report)
        cpu["wake word in talk"] = [spent.cpu_s, spent.seconds]
    if options.phrases is not None:
        found["phrases"] = real_phrases(options.speech, options.phrases, help_with, report)
    found["cpu_per_second"] = {name: spent / seconds for name, (spent, seconds) in cpu.items()}
    found["memory_mb"] = psutil.Process().memory_info().rss / 2**20
    return found


def _told(found: dict[str, Any]) -> Iterator[str]:
    yield from found.get("clips", {}).get("told", ())
    asked = "asked where Vosk is unsure, and waited for" if found["second_opinion"] else "not asked"
    yield f"second opinion of Whisper: {asked}"
    yield f"clips that the wake word was trained on: {found['training_clips']}"


def main(arguments: list[str]) -> int:
    """Runs the command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.hearing", description=__doc__)
    parser.add_argument("--clips", type=Path, help="folder of clips named FAMILY_SPEAKER_*.wav, with their texts")
    parser.add_argument("--speech", type=Path, help="folder of ordinary talk, one folder per talk")
    parser.add_argument("--phrases", type=Path, help="list of phrases, one a line, spoken in --speech")
    parser.add_argument("--no-opinion", action="store_true", help="measure without the second recogniser")
    parser.add_argument("--settings", type=Path, help="settings file instead of ./settings.toml")
    parser.add_argument("--out", type=Path, default=PROJECT / "bench-results", help="folder of the JSON file")
    options = parser.parse_args(arguments)
    if options.phrases is not None and options.speech is None:
        parser.error("--phrases needs --speech")
    try:
        found = run(options, lambda line: print(line, file=sys.stderr, flush=True))
    except SeoulaError as error:
        print(f"{error.code}: {error.message}", file=sys.stderr)
        return 2 if isinstance(error, BadInput) else 1
    print("\n".join(_told(found)))
    print(f"\n{printed(found)}")
    print(f"\nwritten to {write({**found, 'machine': machine()}, 'hearing', options.out)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
