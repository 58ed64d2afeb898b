"""What libraries print beside Python goes nowhere, and what Python says stays: errors, warnings, logs, a crash's trace.

The SIP stack prints a line with the sender's address for every request that it does not know, which is nobody's
business, and a way to fill the disk from outside. MediaPipe tells of graphics that are not needed, on every start.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
from collections.abc import Iterator
from typing import TextIO


def quiet_libraries() -> None:
    """From now on only what Python says reaches the log, a crash's trace among it. Before the logs are set up."""
    own = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    faulthandler.enable(own)
    sys.stdout.flush()
    sys.stdout = sys.stderr = own
    for printed in (1, 2):
        _close(printed)


@contextlib.contextmanager
def quiet_stderr(*, wanted: bool = True) -> Iterator[None]:
    """For a while only what Python says reaches stderr; stdout is left alone. The libraries' threads must have ended
    before the end, or what they say then is seen. wanted: False changes nothing."""
    if not wanted:
        yield
        return
    before = sys.stderr
    before.flush()
    own = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    traced = not faulthandler.is_enabled()
    if traced:
        faulthandler.enable(own)
    if _is_stderr(before):
        _say_on(before, own)
    _close(2)
    try:
        yield
    finally:
        own.flush()
        os.dup2(own.fileno(), 2)
        _say_on(own, before)
        if traced:
            faulthandler.disable()
        own.close()


def _is_stderr(stream: TextIO) -> bool:
    """Not what a test or a notebook has put in its place."""
    try:
        return stream.fileno() == 2
    except (OSError, ValueError):
        return False


def _close(printed: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, printed)
    os.close(nowhere)


def _say_on(before: TextIO, now: TextIO) -> None:
    """Python's own words go elsewhere, those of its logs too."""
    if sys.stderr is before:
        sys.stderr = now
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream is before:
            handler.setStream(now)
