"""One person's recordings of the wake word: read, judged, cut to the word. What cannot be used is refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from assistant.contracts.errors import BadInput
from assistant.hearing.audio import AudioSource, Frame
from assistant.hearing.enrolment.signals import RATE, Signal
from assistant.hearing.sources import FileSource

SOUNDS = (".wav", ".flac", ".ogg", ".opus", ".mp3")
FEWEST, MOST = 10, 30
_SHORTEST_S, _LONGEST_S = 0.25, 2.0
_MARGIN_S = 0.05
_LONGEST_FILE_S = 20.0
_SILENT_DBFS = -50.0
_CLIPPED_SHARE = 0.003


@dataclass(frozen=True, slots=True)
class Recording:
    """name: the file's, or which take it was. word: the sound from just before the wake word to just after it."""

    name: str
    word: Signal


def sound_of(source: AudioSource) -> Signal:
    """All of a source, at most 20 s. Raises BadInput: as the source, and `damaged-audio`, `recording-too-long`."""
    frames: list[Frame] = []
    for frame in source.frames():
        frames.append(frame)
        if frame.end > _LONGEST_FILE_S:
            source.close()
            raise BadInput("recording-too-long", f"longer than {_LONGEST_FILE_S:.0f} s; record the wake word alone")
    for problem in source.problems:
        raise BadInput("damaged-audio", problem.message)
    if not frames:
        raise BadInput("empty-audio", "no sound")
    return np.concatenate([frame.samples for frame in frames]).astype(np.float32) / 32768


def cut(sound: Signal) -> Signal:
    """The loud part, with a little before and after it.

    Raises BadInput: `silent-audio`, `clipped-audio`, `word-too-short`, `word-too-long` (more than one word, or noise as
    loud as the voice).
    """
    peak = float(np.max(np.abs(sound), initial=0.0))
    if 20 * np.log10(peak + 1e-9) < _SILENT_DBFS:
        raise BadInput("silent-audio", f"nothing louder than {_SILENT_DBFS:.0f} dBFS")
    n = len(sound) // 160
    level = 10 * np.log10(np.mean(np.square(sound[: n * 160].reshape(n, 160)), axis=1) + 1e-10)
    loudest, floor = float(level.max()), float(np.percentile(level, 10))
    hot = np.flatnonzero(level > max(loudest - 32, min(floor + 8, loudest - 12)))
    first, last = int(hot[0]) * 160, (int(hot[-1]) + 1) * 160
    part = sound[first:last]
    if np.mean(np.abs(part) > 0.995) > _CLIPPED_SHARE:
        raise BadInput("clipped-audio", "too loud for the microphone: its peaks are cut off")
    if len(part) < _SHORTEST_S * RATE:
        raise BadInput("word-too-short", f"only {len(part) / RATE:.2f} s of sound")
    if len(part) > _LONGEST_S * RATE:
        raise BadInput("word-too-long", f"{len(part) / RATE:.1f} s of sound; record the wake word alone, in quiet")
    margin = int(_MARGIN_S * RATE)
    return np.ascontiguousarray(sound[max(0, first - margin) : last + margin])


def files_in(folder: Path) -> list[Path]:
    """The recordings in a folder, by name. Raises BadInput `no-such-folder`, `no-recordings`."""
    if not folder.is_dir():
        raise BadInput("no-such-folder", f"{folder}: there is no such folder")
    found = sorted(path for path in folder.iterdir() if path.suffix.lower() in SOUNDS)
    if not found:
        raise BadInput("no-recordings", f"{folder}: no {', '.join(SOUNDS)} files")
    return found


def read_files(paths: Iterable[Path]) -> Iterator[Recording | tuple[str, BadInput]]:
    """Each file's recording, or its name and why it is refused."""
    for path in paths:
        try:
            yield Recording(path.name, cut(sound_of(FileSource(path))))
        except BadInput as error:
            yield path.name, error


def enough(recordings: list[Recording]) -> list[Recording]:
    """At most 30 of them. Raises BadInput `too-few-recordings`."""
    if len(recordings) < FEWEST:
        raise BadInput(
            "too-few-recordings", f"{len(recordings)} recordings can be used, {FEWEST} are needed (better {MOST})"
        )
    return recordings[:MOST]
