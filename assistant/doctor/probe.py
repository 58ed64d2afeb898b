"""Questions to other programs. Libraries that can crash or hang are asked in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from assistant.contracts.errors import Unavailable


def ask(command: Sequence[str], timeout_s: float = 18.0) -> str:
    """What the command prints. Raises Unavailable `probe-missing`, `probe-failed` or `probe-timeout`."""
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=timeout_s
        )
    except FileNotFoundError as error:
        raise Unavailable("probe-missing", f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable("probe-timeout", f"{command[0]} gave no answer within {timeout_s:g} s") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Unavailable("probe-failed", said[-1] if said else f"{command[0]} ended with {done.returncode}")
    return done.stdout.strip()


def ask_python(code: str, *arguments: str, timeout_s: float = 18.0) -> str:
    """What the code prints in a fresh interpreter of this environment."""
    return ask([sys.executable, "-c", code, *arguments], timeout_s)
