"""Failed tries to open private mode, pure: after how many one must wait, how long, and when the PIN becomes a must."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from assistant.private_files import write_private

log = structlog.get_logger(__name__)

FREE = 5
"""Failures before the first wait."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 3600.0
STRICT_FROM = 10
"""Failures from which on a face opens only together with the PIN, whatever the policy says."""
MOST = 1000


@dataclass(frozen=True, slots=True)
class Attempts:
    """failures: in a row, none forgotten but by a success. at: of the last, epoch seconds."""

    failures: int = 0
    at: float = 0.0

    def failed(self, now: float) -> Attempts:
        """With one failure more."""
        return Attempts(min(self.failures + 1, MOST), now)

    @property
    def pause_s(self) -> float:
        """How long one must wait after the last failure: none, 30 s, then twice as long each time, at most an hour."""
        over = self.failures - FREE
        return 0.0 if over < 0 else min(FIRST_PAUSE_S * 2.0 ** min(over, 16), LONGEST_PAUSE_S)

    def wait_s(self, now: float) -> float:
        """How long one must wait still. A clock that was set back makes it no longer than the pause is."""
        return max(0.0, min(self.pause_s, self.at + self.pause_s - now))

    @property
    def left(self) -> int:
        """How many failures more one has before one must wait."""
        return max(0, FREE - self.failures)

    @property
    def strict(self) -> bool:
        """Whether only face and PIN together open."""
        return self.failures >= STRICT_FROM


class AttemptFile:
    """The attempts by display (`main`) and by person (`person:NAME`) in a file of the owner's, so that a restart
    forgives nothing. A file that cannot be read counts as five failures at the time of the start, for everybody."""

    def __init__(self, path: Path, now: float) -> None:
        self._path = path
        self._otherwise = Attempts()
        self._known: dict[str, Attempts] = {}
        try:
            self._known = _read(json.loads(path.read_text("utf-8")), now)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            log.error("the failed tries at private mode cannot be read", error=type(error).__name__)
            self._otherwise = Attempts(FREE, now)

    def of(self, key: str) -> Attempts:
        """What is known of a display or a person."""
        return self._known.get(key, self._otherwise)

    def keep(self, key: str, attempts: Attempts) -> None:
        """Remember; it is on the disk when this returns. A disk that refuses is logged: the memory still counts."""
        if attempts == self.of(key):
            return
        self._known[key] = attempts
        rows = {key: {"failures": a.failures, "at": a.at} for key, a in self._known.items()}
        with contextlib.suppress(OSError):
            write_private(self._path, json.dumps({"version": 1, "attempts": rows}, ensure_ascii=False).encode())
            return
        log.error("the failed tries at private mode could not be written")


def _read(given: Any, now: float) -> dict[str, Attempts]:
    """What a file holds. A failure in the time to come is of a clock that was set back since: it counts as of now."""
    if not isinstance(given, dict) or not isinstance(given.get("attempts"), dict):
        raise ValueError("attempts")
    found = {}
    for key, row in given["attempts"].items():
        failures, at = row["failures"], row["at"]
        if isinstance(failures, bool) or not isinstance(failures, int) or not 0 <= failures <= MOST:
            raise ValueError("failures")
        found[str(key)] = Attempts(failures, min(float(at), now))
    return found
