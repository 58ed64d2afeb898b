"""Sound that somebody has opted into keeping: which stretch of a run, where it lies, and when it goes again."""

from __future__ import annotations

import contextlib
import io
import re
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.contracts import Wake
from assistant.runs import RunRecord
from assistant.settings import Settings

BEFORE_WAKE_S, AFTER_WAKE_S = 2.4, 0.4
"""Around a wake-up: the head looks back 2.0 s from the frame that woke it."""
BEFORE_SPEECH_S = 0.6
_HEARD = ("wake", "speech_start", "partial", "transcript", "no_speech")
_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a stream's sound, seconds of the stream."""

    stream: str
    start: float
    end: float


def stretch_of_run(record: RunRecord) -> Stretch | None:
    """From before the wake word, or the first voice, to the last thing heard; None when nothing was heard at all, or
    private content was touched or open."""
    heard = [event.data for event in record.events if event.type in _HEARD]
    if record.private or record.unlocked or not heard:
        return None
    first = record.events[[e.type in _HEARD for e in record.events].index(True)]
    stream, begin = str(first.data["stream"]), float(first.data["t"])
    end = max(float(data["t"]) for data in heard if data["stream"] == stream)
    before = BEFORE_WAKE_S if first.type == "wake" else BEFORE_SPEECH_S
    after = AFTER_WAKE_S if first.type == "wake" else 0.0
    return Stretch(stream, max(0.0, begin - before), max(end, begin + after))


def stretch_of_wake(wake: Wake) -> Stretch:
    """What the head heard when it woke."""
    return Stretch(wake.stream, max(0.0, wake.t - BEFORE_WAKE_S), wake.t + AFTER_WAKE_S)


@dataclass(frozen=True, slots=True)
class SoundFolder:
    """The files of one kind, each named after its run. wanted: somebody has opted in. keep_s: how long they stay."""

    kind: str
    path: Path
    wanted: bool
    keep_s: float

    def file(self, run: str, now: float) -> Path | None:
        """The sound of a run, if there is one that has not expired. `now`: seconds since the epoch."""
        file = self.path / f"{run}.wav"
        if not (self.wanted and _NAME.fullmatch(run) and file.is_file()):
            return None
        return None if self._expired(file, now) else file

    def prune(self, now: float) -> int:
        """Delete what has expired, and everything where nobody opts in any more. Returns how many files went."""
        gone = 0
        for file in self._files():
            if not self.wanted or self._expired(file, now):
                with contextlib.suppress(FileNotFoundError):
                    file.unlink()
                    gone += 1
        return gone

    def _files(self) -> Iterator[Path]:
        yield from self.path.glob("*.wav")
        yield from self.path.glob(".*.part")

    def _expired(self, file: Path, now: float) -> bool:
        with contextlib.suppress(FileNotFoundError):
            return now - file.stat().st_mtime > self.keep_s
        return True


def sound_folders(settings: Settings) -> tuple[SoundFolder, SoundFolder]:
    """The folders of runs and of false wakes."""
    runs, hearing, state = settings.runs, settings.hearing, settings.state_dir
    return (
        SoundFolder("run", state / "runs", runs.keep_audio, runs.audio_hours * 3600),
        SoundFolder("false_wake", state / "wake" / "false", hearing.keep_false_wakes, hearing.false_wake_days * 86400),
    )


def wake_part(run_sound: Path) -> bytes:
    """The beginning of a run's sound as a WAV: what `stretch_of_wake` would have cut."""
    with wave.open(str(run_sound), "rb") as whole:
        frames = whole.readframes(round((BEFORE_WAKE_S + AFTER_WAKE_S) * whole.getframerate()))
        made = io.BytesIO()
        with wave.open(made, "wb") as part:
            part.setparams(whole.getparams())
            part.writeframes(frames)
    return made.getvalue()
