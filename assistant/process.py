"""What processes of ours are given: the event loop, and to children an end with their parent and no secret of its."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Mapping

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    # Linux: the kernel ends the child when the thread that started it ends, even by SIGKILL of its process. Runs
    # between fork and exec.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


die_with_parent: Callable[[], None] | None = _die_with_parent if sys.platform == "linux" else None
"""For `preexec_fn`; None where the kernel knows no such signal. Start the child from a thread that lives as long as the
process (the event loop's), never from a pool's."""

_OURS = "SEOULA_"
_SECRET = frozenset(
    ("KEY", "KEYS", "TOKEN", "TOKENS", "SECRET", "PIN", "PINS", "PASSWORD", "PASSWORDS", "PASSPHRASE")
    + ("CREDENTIAL", "CREDENTIALS", "CRED", "CREDS", "PASS", "PASSWD", "PASSCODE", "PASSCODES", "PWD", "PW", "AUTH")
)


def inherited(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a child takes over of an environment, of this process's unless told otherwise: all but our own settings that
    are secrets by their name, tables, which may hold some, or addresses with a password. A child that needs one is
    given it by name."""
    given = os.environ if environment is None else environment
    return {name: value for name, value in given.items() if not _is_secret(name.upper(), value.strip())}


def _is_secret(name: str, value: str) -> bool:
    if not name.startswith(_OURS):
        return False
    named = not _SECRET.isdisjoint(name.split("_"))
    return named or value.startswith(("{", "[")) or ("://" in value and "@" in value)


def event_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it exists, for `asyncio.Runner`: it writes to a thousand sockets in less than half the time, and
    forwards media with a sixth less of a core (`tests.bench fanout`, `tests.bench calls`). None: asyncio's own."""
    if sys.platform != "linux":
        return None
    import uvloop

    return uvloop.new_event_loop


_PARENT_CHECK_S = 1.0


async def watch_parent(gone: Callable[[], object]) -> None:
    """Calls `gone` once the parent is; for systems whose kernel does not tell."""
    parent = os.getppid()
    while os.getppid() == parent:  # noqa: ASYNC110 - nothing tells us, so we look
        await asyncio.sleep(_PARENT_CHECK_S)
    gone()
