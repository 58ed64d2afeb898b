"""Spoken sentences kept as files, named by what made them; the least recently used go first."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


class SpeechCache:
    """WAV files in `folder`, at most `entries` of them. The same voice, language and text give the same name."""

    def __init__(self, folder: Path, entries: int = 500) -> None:
        self.folder, self._entries = folder, entries
        folder.mkdir(parents=True, exist_ok=True)

    def path_for(self, voice: str, language: str, text: str) -> Path:
        """Where that sentence lives, whether or not it exists."""
        digest = hashlib.sha256("\x00".join((voice, language, text)).encode()).hexdigest()[:32]
        return self.folder / f"{digest}.wav"

    def touch(self, path: Path) -> bool:
        """True, and marked as just used, when the file is there."""
        try:
            os.utime(path)
        except FileNotFoundError:
            return False
        return True

    def trim(self) -> int:
        """Remove the least recently used beyond the limit; returns how many went."""
        files = sorted(self.folder.glob("*.wav"), key=lambda p: p.stat().st_mtime, reverse=True)
        for path in files[self._entries :]:
            path.unlink(missing_ok=True)
        return max(0, len(files) - self._entries)
