"""Plays a WAV file on this machine's sound device through alsa-utils' aplay; one at a time."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path


class LocalPlayer:
    """Used when the settings say `output = "device"`; screens play for themselves."""

    def __init__(self, program: str = "aplay") -> None:
        self._program = program
        self._process: asyncio.subprocess.Process | None = None

    async def play(self, path: Path) -> bool:
        """Play to the end. False when it could not be played or was stopped."""
        self.stop()
        try:
            process = await asyncio.create_subprocess_exec(
                self._program, "-q", str(path), stderr=asyncio.subprocess.DEVNULL
            )
        except OSError:
            return False
        self._process = process
        return await process.wait() == 0

    def stop(self) -> None:
        """Silence at once."""
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
