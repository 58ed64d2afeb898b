"""Where the records of ended meetings lie: one file each in the state folder, for its owner only, for so many days."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import structlog

from assistant.contracts import BadInput, NotPermitted
from assistant.private_files import write_private
from telephony.minutes import Record, read_record

log = structlog.get_logger(__name__)

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
DAY_S = 86_400.0


class MinutesStore:
    """All methods do I/O and belong in a thread. keep_days: 0 keeps nothing."""

    def __init__(self, folder: Path, keep_days: float, wall: Callable[[], float]) -> None:
        self._folder, self._keep_s, self._wall = folder, keep_days * DAY_S, wall

    def save(self, record: Record) -> None:
        """Keep a record; those that are too old go."""
        if self._keep_s > 0:
            text = json.dumps(record.as_json(), ensure_ascii=False)
            write_private(self._path(record.id), text.encode())
        self.prune()

    def of(self, part: str) -> list[Record]:
        """The meetings that a party was in, newest first."""
        found = [record for record in self._all() if record.was_in(part)]
        return sorted(found, key=lambda record: record.opened_at, reverse=True)

    def get(self, meeting: str, part: str) -> Record:
        """One of them. Raises BadInput `not-found`, also where it is not this party's to know of."""
        path = self._path(meeting)
        record = self._read(path) if path.is_file() else None
        if record is None or not record.was_in(part):
            raise BadInput("not-found", "there is no such meeting")
        return record

    def delete(self, meeting: str, part: str) -> None:
        """Forget it. Raises BadInput `not-found`, NotPermitted `host-only`."""
        if not self.get(meeting, part).hosted(part):
            raise NotPermitted("host-only", "only a host of the meeting may delete its record")
        self._path(meeting).unlink(missing_ok=True)

    def prune(self) -> list[str]:
        """Forget what is older than the setting's days; the ids of what went."""
        oldest = self._wall() - self._keep_s
        gone = [record.id for record in self._all() if (record.ended_at or record.opened_at) < oldest]
        for meeting in gone:
            self._path(meeting).unlink(missing_ok=True)
        return gone

    def _all(self) -> list[Record]:
        files = sorted(self._folder.glob("*.json")) if self._folder.is_dir() else []
        return [record for path in files if (record := self._read(path)) is not None]

    def _read(self, path: Path) -> Record | None:
        try:
            return read_record(json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, BadInput):
            log.warning("a meeting record cannot be read", file=path.name)
            return None

    def _path(self, meeting: str) -> Path:
        if not _ID.fullmatch(meeting):
            raise BadInput("not-found", "there is no such meeting")
        return self._folder / f"{meeting}.json"
