"""The acknowledgements on disk: an incident that was acknowledged does not come back with a restart."""

from __future__ import annotations

import contextlib
import json
import logging
import math
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from assistant.private_files import write_private
from display_bridge.incidents import Acknowledgement

log = logging.getLogger(__name__)


class AcknowledgementFile:
    """A small JSON file: {"acknowledged": {key: acknowledgement}}. path None: nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def load(self) -> dict[str, Acknowledgement]:
        """What was kept; of a damaged file what can still be read, and the file itself is put aside."""
        if self._path is None:
            return {}
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))["acknowledged"]
            found = {str(key): _read(value) for key, value in entries.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            log.warning("%s cannot be read (%s)", self._path.name, type(error).__name__)
            self._put_aside()
            return {}
        kept = {key: told for key, told in found.items() if told is not None}
        if len(kept) < len(found):
            log.warning("%s: %d acknowledgements cannot be read", self._path.name, len(found) - len(kept))
        return kept

    def save(self, acknowledged: Mapping[str, Acknowledgement]) -> None:
        """Write them, whole or not at all. A disk that fails is logged: the screens go on."""
        if self._path is None:
            return
        text = json.dumps({"acknowledged": {k: asdict(a) for k, a in acknowledged.items()}}, ensure_ascii=False)
        try:
            write_private(self._path, text.encode())
        except OSError as error:
            log.error("%s could not be written (%s)", self._path.name, error.strerror)

    def _put_aside(self) -> None:
        assert self._path is not None
        with contextlib.suppress(OSError):
            os.replace(self._path, self._path.with_suffix(".damaged"))


def _read(value: Any) -> Acknowledgement | None:
    try:
        told = Acknowledgement(**value)
        whole = isinstance(told.priority, int) and isinstance(told.at, int | float) and math.isfinite(told.at)
        words = all(isinstance(word, str) for word in (told.incident, told.display, told.source))
    except TypeError:
        return None
    return told if whole and words else None
