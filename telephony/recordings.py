"""Recordings of meetings: made by the host's browser, sent in pieces, kept encrypted, only while everybody agrees.

A withdrawal throws the recording away, since a voice cannot be taken out of it. What was not finished when the service
ended is thrown away as well: nobody can say any more whether all had agreed.
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import structlog

from assistant.contracts import BadInput, NotPermitted, Unavailable
from assistant.private_files import write_private
from telephony.meeting_state import State
from telephony.minutes_store import DAY_S
from telephony.sealed import SealedWriter, unsealed

log = structlog.get_logger(__name__)

TYPES = ("video/webm", "audio/webm")
_EBML = b"\x1a\x45\xdf\xa3"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes and seconds. silence_s: no piece for so long, and the recording is finished with what there is."""

    piece: int = 900_000
    whole: int = 2_000_000_000
    longest_s: float = 4 * 3600.0
    silence_s: float = 60.0


@dataclass(slots=True)
class Recording:
    """What is known of one. Times are seconds since the epoch. by: who made it. people: who was recorded."""

    id: str
    meeting: str
    by: str
    type: str
    begun_at: float
    ended_at: float | None = None
    size: int = 0
    pieces: int = 0
    people: list[str] = field(default_factory=list)


def consenting(meeting: State | None, party: str) -> list[str] | None:
    """The parties that have agreed to be recorded by `party` in a meeting that goes on; None while that is not all."""
    if meeting is None:
        return None
    consent = meeting.consents["recording"]
    maker = meeting.members.get(consent.by)
    if consent.state != "on" or maker is None or maker.person.owner != party:
        return None
    return sorted({meeting.members[part].person.owner for part in consent.agreed if part in meeting.members})


@dataclass(slots=True)
class _Open:
    recording: Recording
    writer: SealedWriter
    newest: float


class Recordings:
    """Thread-safe; the methods do I/O. key: gives the 32 bytes, asked for when one is needed.

    `people`: the parties that have agreed to be recorded by the maker now (see `consenting`); None while that is not
    everybody, and then nothing is taken.
    """

    def __init__(
        self,
        folder: Path,
        key: Callable[[], bytes],
        wall: Callable[[], float],
        keep_days: float,
        limits: Limits | None = None,
    ) -> None:
        self._folder, self._key_of, self._wall = folder, key, wall
        self._keep_s, self._limits = keep_days * DAY_S, limits or Limits()
        self._open: dict[str, _Open] = {}
        self._lock = threading.Lock()
        for path in folder.glob("*.part"):
            path.unlink(missing_ok=True)

    def begin(self, meeting: str, by: str, kind: str, people: list[str] | None) -> Recording:
        """Begin one. Raises NotPermitted `no-consent`, BadInput `bad-type`, `recording-runs`."""
        plain = kind.partition(";")[0].strip().lower()
        if plain not in TYPES:
            raise BadInput("bad-type", f"a recording is {' or '.join(TYPES)}")
        with self._lock:
            if people is None:
                raise _no_consent()
            if any(one.recording.meeting == meeting for one in self._open.values()):
                raise BadInput("recording-runs", "this meeting is being recorded already")
            made = Recording(secrets.token_urlsafe(12), meeting, by, plain, self._wall(), people=people)
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            writer = SealedWriter(self._folder / f"{made.id}.part", self._key_of(), made.id)
            self._open[made.id] = _Open(made, writer, self._wall())
            return made

    def piece(self, recording: str, by: str, number: int, data: bytes, people: list[str] | None) -> Recording:
        """Piece `number`, from 0. The newest may be sent twice. Raises NotPermitted `no-consent`, BadInput (not-found,
        bad-piece, too-large, out-of-order), Unavailable `no-space`."""
        with self._lock:
            one = self._mine(recording, by)
            made = one.recording
            if people is None:
                raise _no_consent()
            if number == made.pieces - 1:
                return made
            if number != made.pieces:
                raise BadInput("out-of-order", f"piece {made.pieces} is the next")
            if not data or len(data) > self._limits.piece or (number == 0 and not data.startswith(_EBML)):
                raise BadInput("bad-piece", f"a piece is WebM data, {self._limits.piece} bytes at the most")
            long = self._wall() - made.begun_at > self._limits.longest_s
            if long or made.size + len(data) > self._limits.whole:
                self._finish(one)
                raise BadInput("too-large", "the recording has reached its limit, and is finished")
            one.writer.write(data)
            one.newest = self._wall()
            made.size, made.pieces = made.size + len(data), made.pieces + 1
            made.people = sorted({*made.people, *people})
            return made

    def finish(self, recording: str, by: str) -> Recording:
        """The maker is done. Raises BadInput `not-found`."""
        with self._lock:
            one = self._mine(recording, by)
            self._finish(one)
            return one.recording

    def end(self, meeting: str, *, keep: bool) -> None:
        """The consent of a meeting is over: finish what there is, or throw it away after a withdrawal."""
        with self._lock:
            for one in [one for one in self._open.values() if one.recording.meeting == meeting]:
                if keep:
                    self._finish(one)
                else:
                    del self._open[one.recording.id]
                    one.writer.drop()

    def withdraw(self, meeting: str, part: str) -> None:
        """Somebody takes his consent back: the one under way goes, and the finished ones that he is in."""
        self.end(meeting, keep=False)
        for one in self.of(meeting):
            if part in one.people:
                self.delete(one.id)

    def stop(self) -> None:
        """The service ends: what was not finished is thrown away."""
        with self._lock:
            for one in self._open.values():
                one.writer.drop()
            self._open.clear()

    def tick(self) -> None:
        """Finish those whose maker has fallen silent."""
        with self._lock:
            for one in list(self._open.values()):
                if self._wall() - one.newest >= self._limits.silence_s:
                    self._finish(one)

    def of(self, meeting: str) -> list[Recording]:
        """The finished ones of a meeting, oldest first."""
        found = [one for one in self._all() if one.meeting == meeting]
        return sorted(found, key=lambda one: one.begun_at)

    def get(self, recording: str) -> Recording:
        """A finished one. Raises BadInput `not-found`."""
        path = self._path(recording, "json")
        found = self._read(path) if path.is_file() else None
        if found is None:
            raise BadInput("not-found", "there is no such recording")
        return found

    def read(self, recording: str) -> Iterator[bytes]:
        """Its data, decrypted piece by piece. Raises BadInput `not-found`, `broken-recording`."""
        self.get(recording)
        return unsealed(self._path(recording, "sealed"), self._key_of(), recording)

    def delete(self, recording: str) -> None:
        """Forget it."""
        self._path(recording, "sealed").unlink(missing_ok=True)
        self._path(recording, "json").unlink(missing_ok=True)

    def forget(self, meeting: str) -> None:
        """Forget all of a meeting."""
        self.end(meeting, keep=False)
        for one in self.of(meeting):
            self.delete(one.id)

    def prune(self) -> None:
        """Forget what is older than the setting's days."""
        for one in self._all():
            if (one.ended_at or one.begun_at) < self._wall() - self._keep_s:
                self.delete(one.id)

    def running(self, recording: str, by: str) -> Recording:
        """One that `by` is making. Raises BadInput `not-found`."""
        with self._lock:
            return self._mine(recording, by).recording

    def _mine(self, recording: str, by: str) -> _Open:
        one = self._open.get(recording)
        if one is None or one.recording.by != by:
            raise BadInput("not-found", "there is no such recording under way")
        return one

    def _finish(self, one: _Open) -> None:
        """In this order: data whole on the disk under its name, then the entry that makes it known."""
        made = one.recording
        del self._open[made.id]
        if not made.pieces:
            one.writer.drop()
            return
        try:
            one.writer.finish()
        except Unavailable:
            one.writer.drop()
            raise
        made.ended_at = self._wall()
        one.writer.path.rename(self._path(made.id, "sealed"))
        write_private(self._path(made.id, "json"), json.dumps(asdict(made)).encode())

    def _all(self) -> list[Recording]:
        return [one for path in sorted(self._folder.glob("*.json")) if (one := self._read(path)) is not None]

    def _read(self, path: Path) -> Recording | None:
        with contextlib.suppress(OSError, ValueError, TypeError):
            body: dict[str, Any] = json.loads(path.read_text("utf-8"))
            return Recording(**body)
        log.warning("a recording's entry cannot be read", file=path.name)
        return None

    def _path(self, recording: str, kind: str) -> Path:
        if not _ID.fullmatch(recording):
            raise BadInput("not-found", "there is no such recording")
        return self._folder / f"{recording}.{kind}"


def _no_consent() -> NotPermitted:
    return NotPermitted("no-consent", "not everybody has agreed to be recorded")
