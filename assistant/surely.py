"""Several things that must all be tried: closing a camera does not wait for a voice that fails to fall silent."""

from __future__ import annotations

from collections.abc import Callable

import structlog

log = structlog.get_logger(__name__)


def surely(*steps: Callable[[], object]) -> bool:
    """Do each; one that raises is logged and keeps no other from being done. False when one did."""
    good = True
    for step in steps:
        try:
            step()
        except Exception:
            log.exception("a step of several failed")
            good = False
    return good
