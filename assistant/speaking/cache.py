"""Spoken sentences kept as files, named by what made them; the least recently used go first.

A name is the only key to a sound, so it is a keyed digest: who does not know the key cannot guess it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

MARK, DIGEST = 8, 24
"""Hex digits of a name: which key it was made under, then the sentence (96 bits)."""

SHORTEST_KEY = 16


class SpeechCache:
    """WAV files in `folder`, at most `entries` of them. The same voice, language and text give the same name.

    key: the core's, for as long as its process lives; what was made under another key is removed at once.
    """

    def __init__(self, folder: Path, key: bytes, entries: int = 500) -> None:
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"a key of at least {SHORTEST_KEY} bytes is needed")
        self.folder, self._key, self._entries = folder, key, entries
        self._mark = self._digest(b"")[:MARK]
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.suffix in (".wav", ".part") and not path.name.startswith(self._mark):
                path.unlink(missing_ok=True)

    def path_for(self, voice: str, language: str, text: str) -> Path:
        """Where that sentence lives, whether or not it exists."""
        digest = self._digest("\x00".join((voice, language, text)).encode())[:DIGEST]
        return self.folder / f"{self._mark}{digest}.wav"

    def _digest(self, data: bytes) -> str:
        return hmac.new(self._key, data, hashlib.sha256).hexdigest()

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
