"""`python -m assistant.hearing.decode`: a recording on stdin, s16le 16 kHz mono on stdout. Nothing touches the disk.

It runs as a process of its own, since a hostile file may crash or stall a decoder. Exit code 1: not audio.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from assistant.contracts import SeoulaError
from assistant.hearing.sources import FileSource

MOST_SECONDS = 120.0
"""One utterance; what comes after is not read."""


def main() -> int:
    """Decode stdin. Returns the exit code."""
    # The decoder needs a file it can seek in: an anonymous one in memory.
    memory = os.memfd_create("recording")
    with os.fdopen(memory, "wb", closefd=False) as file:
        file.write(sys.stdin.buffer.read())
    try:
        for frame in FileSource(Path(f"/proc/self/fd/{memory}")).frames():
            if frame.start >= MOST_SECONDS:
                break
            sys.stdout.buffer.write(frame.samples.tobytes())
    except SeoulaError as error:
        print(error.code, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
