"""Structured logs on stderr, for the core and its workers alike.

A traceback is text and nothing more: what stood in local variables (sentences, sound) is never printed with it.
"""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable
from typing import Any, TextIO, cast

import structlog


class _Stderr:
    """stderr as it is now. A full disk or a closed pipe behind it is no failure of what is logged about."""

    def write(self, text: str) -> None:
        """Write it, if it can be written."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Send it on, if it can be sent."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()


def set_up(level: int = logging.INFO, *, json: bool = False) -> None:
    """The words people say are never logged at INFO or above. json: one object per line, else for people to read."""
    logging.basicConfig(
        level=max(level, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    last: Callable[..., Any] = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            last,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast(TextIO, _Stderr())),
    )
