"""Counts what a head does: misses, look-alikes accepted, false wakes. Needs no torch and none of the voices.

`of_folders` measures a head on anybody's recordings: a folder of clips that hold the wake word, one of clips that do
not, one of talks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.hearing.enrolment import rooms
from assistant.hearing.enrolment.intervals import rate_interval
from assistant.hearing.wake import WakeCard, WakeDecision
from assistant.hearing.wake_frames import HOP_S, FrontEnd, HeadScores, wakes
from scripts.wake.audio import RATE, read
from scripts.wake.takes import LEAD_S, TAIL_S, Take, talks

Scored = tuple[Take, NDArray[np.float64], NDArray[np.float64]]  # with the frames' end times and the head's scores
Stream = tuple[str, NDArray[np.float64], NDArray[np.float64]]
Count = tuple[int, int]  # so many, of so many
SOUNDS = (".wav", ".flac", ".ogg", ".mp3")


@dataclass
class Figures:
    """Counts by family, then condition. lags: s from the wake word's end to the wake, of clean words alone."""

    misses: dict[str, dict[str, Count]] = field(default_factory=dict)
    in_one_breath: dict[str, dict[str, Count]] = field(default_factory=dict)
    accepted: dict[str, dict[str, Count]] = field(default_factory=dict)
    which: dict[str, set[str]] = field(default_factory=dict)  # look-alikes accepted, by family
    lags: list[float] = field(default_factory=list)


def figures(scored: Iterable[Scored], decision: WakeDecision) -> Figures:
    result = Figures()
    tables = {"wake": result.misses, "phrase": result.in_one_breath, "lookalike": result.accepted}
    for take, times, scores in scored:
        woke = wakes(times, scores, decision)
        counted = bool(woke) if take.kind == "lookalike" else not woke
        row = tables[take.kind].setdefault(take.family, {})
        count, of = row.get(take.condition, (0, 0))
        row[take.condition] = (count + counted, of + 1)
        if take.kind == "lookalike" and woke:
            result.which.setdefault(take.family, set()).add(take.text)
        if take.kind == "wake" and woke and take.end is not None and take.condition == "clean":
            result.lags.append(woke[0] - take.end)
    return result


def mean_share(table: dict[str, dict[str, Count]], condition: str) -> float:
    """The mean over families of a condition's share."""
    shares = [row[condition][0] / row[condition][1] for row in table.values() if condition in row]
    return float(np.mean(shares)) if shares else 0.0


def false_wakes(streams: Iterable[Stream], decision: WakeDecision) -> tuple[int, float]:
    """(wakes, hours)"""
    streams = list(streams)
    count = sum(len(wakes(times, scores, decision)) for _, times, scores in streams)
    return count, sum(len(times) for _, times, _ in streams) * HOP_S / 3600


def rate(count: int, hours: float) -> dict[str, object]:
    low, high = rate_interval(count, hours)
    return {
        "wakes": count,
        "hours": round(hours, 3),
        "per_hour": round(count / hours, 2),
        "interval_95": [round(low, 2), round(high, 2)],
    }


@dataclass(frozen=True)
class FolderFigures:
    """missed, accepted: (count, of); false_wakes: (count, hours)."""

    missed: Count
    accepted: Count
    false_wakes: tuple[int, float]


def of_folders(
    head: Path,
    *,
    words: Path | None = None,
    others: Path | None = None,
    speech: Path | None = None,
    decision: WakeDecision | None = None,
) -> FolderFigures:
    """Measure a head on recordings.

    words: every file under it holds the wake word once; others: none does (a wake is counted once a file); speech: one
    sub-folder per talk, without the wake word. decision: the head's own card's when not given. Each clip is heard with
    1.5 s of silence before and 0.7 s after it.
    """
    front, score = FrontEnd(), HeadScores(head)
    decision = decision or WakeDecision.of(WakeCard.read(head.with_suffix(".json")))
    heard = [bool(wakes(*score(front.embed(clip)), decision)) for clip in _clips(words)]
    woken = [bool(wakes(*score(front.embed(clip)), decision)) for clip in _clips(others)]
    streams = [(name, *score(frames)) for name, frames in talks(speech, front)] if speech else []
    return FolderFigures(
        (len(heard) - sum(heard), len(heard)), (sum(woken), len(woken)), false_wakes(streams, decision)
    )


def _clips(folder: Path | None) -> Iterator[NDArray[np.int16]]:
    for path in sorted(folder.rglob("*")) if folder else []:
        if path.suffix.lower() in SOUNDS:
            x = np.concatenate([np.zeros(int(LEAD_S * RATE)), read(path), np.zeros(int(TAIL_S * RATE))])
            yield rooms.to_int16(x.astype(np.float32), -6.0)
