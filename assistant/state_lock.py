"""One service for one state folder: run records, pairings and the model's server are not made to be shared."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from assistant.contracts import ConfigError, Unavailable


@contextlib.contextmanager
def hold(state_dir: Path) -> Iterator[None]:
    """Hold the state folder while a service runs; the system lets go of it however the process ends.

    Raises Unavailable("already-running"), naming the process that holds it, or ConfigError("bad-state-dir").
    """
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        file = open(state_dir / "service.lock", "a+", encoding="ascii")  # noqa: SIM115 (closed below)
    except OSError as error:
        raise ConfigError("bad-state-dir", f"{state_dir}: cannot be used ({error.strerror})") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            raise Unavailable(
                "already-running",
                f"another seoula (process {file.read().strip() or 'unknown'}) runs with the state folder {state_dir}: "
                "end it, or give this one a folder of its own with SEOULA_STATE_DIR",
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
