"""The notes of meetings that go on, on the disk as they come: a service that is killed finds them at its next start.

One file for each meeting beside the minutes, for its owner only, gone when the meeting's record is kept. It holds what
the record would: lines of the transcript only while all had agreed, and none any more of one who has withdrawn.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import structlog

from assistant.private_files import write_private
from telephony.minutes import Record, Secretary
from telephony.room_effects import Note

log = structlog.get_logger(__name__)

ENDING = ".notes"


class MinutesJournal:
    """All methods do I/O and belong in one thread. wall: turns the rooms' clock into seconds since the epoch."""

    def __init__(self, folder: Path, wall: Callable[[float], float]) -> None:
        self._folder, self._wall = folder, wall

    def write(self, note: Note) -> None:
        """One more note of a meeting that goes on; once its record is kept, `drop` takes the file away."""
        path = self._path(note.meeting)
        data = {**note.data, "at": self._wall(note.data["at"])} if note.kind == "line" else dict(note.data)
        row = {**asdict(note), "at": self._wall(note.at), "data": data}
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        if note.kind == "withdrew" and note.data["kind"] == "transcript":
            self._forget_lines(path, note.data["party"])

    def recover(self) -> list[Record]:
        """The records of meetings that a killed service has left, ended with the last that is known of them."""
        found = []
        for path in sorted(self._folder.glob(f"*{ENDING}")) if self._folder.is_dir() else []:
            record = _record_of(_rows(path))
            if record is not None:
                found.append(record)
        return found

    def drop(self, meeting: str) -> None:
        """Its record is kept, or nothing is."""
        self._path(meeting).unlink(missing_ok=True)

    def drop_all(self) -> None:
        """Nothing is to be kept."""
        for path in self._folder.glob(f"*{ENDING}") if self._folder.is_dir() else []:
            path.unlink(missing_ok=True)

    def _path(self, meeting: str) -> Path:
        return self._folder / f"{meeting}{ENDING}"

    @staticmethod
    def _forget_lines(path: Path, party: str) -> None:
        """What he has said is not to lie on the disk any longer."""
        rows = _rows(path)
        parts = {row["part"] for row in rows if row["kind"] == "joined" and row["data"].get("party") == party}
        kept = [row for row in rows if row["kind"] != "line" or row["part"] not in parts]
        write_private(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept).encode())


def _rows(path: Path) -> list[dict[str, Any]]:
    """What can be read; the last line may have been cut off with the service."""
    rows = []
    with contextlib.suppress(OSError):
        for line in path.read_text("utf-8", "replace").splitlines():
            with contextlib.suppress(ValueError):
                row = json.loads(line)
                if isinstance(row, dict):
                    rows.append(row)
    return rows


def _record_of(rows: list[dict[str, Any]]) -> Record | None:
    """The record that its notes make, None where they make none."""
    secretary, record = Secretary(lambda at: at), None
    inside: dict[str, None] = {}
    try:
        notes = [Note(**row) for row in rows]
        for note in notes:
            secretary.note(note)
            if note.kind == "joined":
                inside[note.part] = None
            elif note.kind == "left":
                inside.pop(note.part, None)
        if notes:
            last = notes[-1]
            for part in inside:
                secretary.note(Note("left", last.room, last.meeting, last.at, part, {"reason": "service"}))
            record = secretary.note(Note("ended", last.room, last.meeting, last.at))
    except (TypeError, KeyError, AttributeError):
        log.warning("the notes of a meeting that was cut off cannot be read")
    return record if record is not None and record.people else None
