"""Recordings played through the hearing pipeline, faster than real time: what `seoula replay --as mic` prints."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.contracts.errors import SeoulaError
from assistant.contracts.events import NoSpeech, StreamEnded, StreamMode, Transcript
from assistant.contracts.wire import encode
from assistant.hearing.engine import HearingEngine, measuring_settings
from assistant.hearing.pipeline import Event, HearingPipeline
from assistant.hearing.sources import FileSource


@dataclass(frozen=True, slots=True)
class FileBegins:
    """A new file; stream time starts at zero again."""

    file: str


@dataclass(frozen=True, slots=True)
class FileFailed:
    """The file could not be read at all, or not to its end. `code` is stable."""

    file: str
    code: str
    message: str
    t: float = 0.0


ReplayEvent = FileBegins | FileFailed | Event


class Replay:
    """Files in, events out, in each file's own time; one file that fails does not stop the others.

    `failed` tells afterwards whether any did. Between two events the caller may act on `pipeline` (`listen`, `cancel`,
    `mute`) as the session would: nothing more is heard until the next event is asked for.
    """

    def __init__(self, engine: HearingEngine, mode: StreamMode, *, measuring: bool = False) -> None:
        self._engine = engine
        self._mode = StreamMode.PUSH_TO_TALK if measuring else mode
        self._settings = measuring_settings() if measuring else None
        self.pipeline: HearingPipeline | None = None
        self.failed = False

    def events(self, files: Sequence[str | Path]) -> Iterator[ReplayEvent]:
        """Everything heard in the files, one after the other; FileBegins first for each when there are several."""
        for file in files:
            if len(files) > 1:
                yield FileBegins(str(file))
            yield from self._file(file)

    async def aevents(self, files: Sequence[str | Path]) -> AsyncIterator[ReplayEvent]:
        """The same for an asyncio caller; the work is done in a thread, one step per event."""
        steps = self.events(files)
        while (event := await asyncio.to_thread(next, steps, None)) is not None:
            yield event

    def _file(self, file: str | Path) -> Iterator[ReplayEvent]:
        try:
            source = FileSource(file)
        except SeoulaError as error:
            self.failed = True
            yield FileFailed(str(file), error.code, error.message)
            return
        pipeline, _ = self._engine.pipeline(self._mode, "mic", settings=self._settings)
        self.pipeline = pipeline
        for frame in source.frames():
            yield from pipeline.push(frame)
        problem = source.problems[0] if source.problems else None
        for one in source.problems:
            self.failed = True
            yield FileFailed(str(file), one.code, one.message, pipeline.now)
        yield from pipeline.end(problem.code if problem else "", problem.message if problem else "")


def nothing_to_hear(files: Sequence[str | Path]) -> list[ReplayEvent]:
    """What `Replay` would say of files of which none can be opened, before anything is loaded; empty if one can."""
    said: list[ReplayEvent] = []
    for file in files:
        if len(files) > 1:
            said.append(FileBegins(str(file)))
        try:
            FileSource(file).close()
        except SeoulaError as error:
            said.append(FileFailed(str(file), error.code, error.message))
        else:
            return []
    return said


def replay_line(event: ReplayEvent, *, measuring: bool = False) -> dict[str, Any] | None:
    """The JSON object printed for an event; None for those that are not printed (the end of a stream).

    Times are seconds of the file, to the millisecond. measuring: without times, as `--phrases` promises.
    """
    if isinstance(event, FileBegins):
        return {"type": "file", "file": event.file}
    if isinstance(event, FileFailed):
        return {
            "t": round(event.t, 3),
            "type": "error",
            "code": event.code,
            "message": event.message,
            "file": event.file,
        }
    if isinstance(event, StreamEnded):
        return None
    if measuring:
        if isinstance(event, Transcript):
            return {
                "type": "transcript",
                "text": event.text,
                "phrase": event.phrase,
                "distance": event.distance,
                "accepted": event.accepted,
                "decided_by": event.decided_by,
                "opinion": event.opinion,
                "vosk_distance": event.vosk_distance,
                "whisper_distance": event.whisper_distance,
            }
        return {"type": "no_speech"} if isinstance(event, NoSpeech) else None
    fields = encode(event)
    fields.pop("stream", None)
    rest = {key: round(value, 3) if key == "speech_end" else value for key, value in fields.items() if key != "t"}
    return {"t": round(event.t, 3), **rest}
