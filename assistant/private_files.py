"""Small files that only their owner may read: replaced whole or not at all, and changed by one at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path


def write_private(path: Path, data: bytes, *, fresh: bool = False) -> None:
    """Replace a file, whole or not at all, mode 0600; its folder is made. fresh: only where there is none yet. Blocks
    until it is on the disk.

    Raises OSError, FileExistsError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            os.link(temporary, path)
            os.unlink(temporary)
        else:
            os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


@contextlib.contextmanager
def changing(path: Path) -> Iterator[None]:
    """Hold a file while it is read, changed and written: what another process changes meanwhile would be lost. Waits
    for whoever holds it. The lock is a file beside it, as the file itself is replaced.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path.with_name(f".{path.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
