"""Wake heads of single people: a few numbers on top of what the shipped head sees, learnt by `seoula enroll wake`.

NAME.npz holds plain arrays (never pickled objects) and NAME.json its card. A person's head belongs to one shipped head,
by its SHA-256: with another one it says nothing and must be learnt again. Files are readable by their owner only.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import os
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from assistant.contracts.errors import BadInput, ConfigError, SeoulaError

_NAME = re.compile(r"[\w][\w .-]{0,39}")
_LARGEST = 2_000_000
_ARRAYS = ("weights", "bias")


def level(score: float, own: float, shared: float) -> float:
    """A score that is held against the threshold `own`, brought to where it means the same against `shared`."""
    if score < own:
        return score / own * shared
    return shared + (score - own) / (1 - own) * (1 - shared)


@dataclass(frozen=True, slots=True)
class PersonHead:
    """weights: float32 [many], on what the shipped head's nets saw. From a score of `threshold` on it is the word."""

    name: str
    threshold: float
    weights: Any
    bias: float

    def score(self, seen: Any) -> float:
        """0..1 of one window. seen: float32 [many], the shipped head's second output."""
        logit = float(seen @ self.weights) + self.bias
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, logit))))

    @classmethod
    def read(cls, path: Path, base_sha256: str) -> Self:
        """Reads NAME.npz and NAME.json. Raises ConfigError: `wake-person-missing`, `wake-person-broken`,
        `wake-person-outdated` (learnt on another shipped head)."""
        import numpy as np

        try:
            card = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
            data = path.read_bytes()
        except OSError as error:
            raise ConfigError("wake-person-missing", f"{path.stem}: {error.strerror}") from error
        except ValueError as error:
            raise ConfigError("wake-person-broken", f"{path.stem}: the card is not JSON ({error})") from error
        try:
            if len(data) > _LARGEST or hashlib.sha256(data).hexdigest() != card["sha256"]:
                raise ConfigError("wake-person-broken", f"{path.stem}: the head is not the one its card names")
            if card["base_sha256"] != base_sha256:
                raise ConfigError("wake-person-outdated", f"{path.stem}: learnt on another shipped head; enrol again")
            with np.load(io.BytesIO(data), allow_pickle=False) as kept:
                weights, bias = (kept[name] for name in _ARRAYS)
            threshold = float(card["threshold"])
            good = weights.ndim == 1 and bool(np.isfinite(weights).all()) and np.isfinite(bias).all()
            if not good or not 0 < threshold < 1:
                raise ValueError("numbers out of range")
            return cls(str(card["name"]), threshold, weights.astype(np.float32), float(bias))
        except SeoulaError:
            raise
        except Exception as error:  # whatever a damaged archive makes of the reader
            raise ConfigError("wake-person-broken", f"{path.stem}: {type(error).__name__}: {error}") from error

    def write(self, folder: Path, card: dict[str, Any]) -> Path:
        """Writes the head and its card (with `name`, `threshold`, `sha256` added) and returns the head's path. Both are
        the owner's alone; an earlier head of the name is replaced once both are whole."""
        import numpy as np

        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, weights=self.weights.astype(np.float32), bias=np.float32(self.bias))
        facts = {
            "name": self.name,
            "threshold": self.threshold,
            "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
            **card,
        }
        text = json.dumps(facts, ensure_ascii=False, indent=1) + "\n"
        path = folder / f"{file_name(self.name)}.npz"
        parts = ((path, buffer.getvalue()), (path.with_suffix(".json"), text.encode()))
        for target, data in parts:
            new = target.with_name(f"{target.name}.new")
            new.unlink(missing_ok=True)
            with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(data)
        for target, _ in parts:
            target.with_name(f"{target.name}.new").replace(target)
        return path


def file_name(name: str) -> str:
    """A person's name as a file's. Raises BadInput `bad-name`: empty, longer than 40 characters, or not a name."""
    plain = unicodedata.normalize("NFC", name).strip()
    if not _NAME.fullmatch(plain) or plain.endswith("."):
        raise BadInput("bad-name", f"{name!r}: a name has 1 to 40 letters, digits, spaces, dots or dashes")
    return plain


def card_of(path: Path) -> dict[str, Any]:
    """What is written beside a head that could be read."""
    facts: dict[str, Any] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return facts


def people_in(folder: Path) -> list[Path]:
    """The heads in a folder, by name."""
    return sorted(folder.glob("*.npz")) if folder.is_dir() else []


def read_people(paths: Sequence[Path], base_sha256: str) -> tuple[tuple[PersonHead, ...], tuple[ConfigError, ...]]:
    """The heads that can be used, and why others cannot."""
    good, bad = [], []
    for path in paths:
        try:
            good.append(PersonHead.read(path, base_sha256))
        except ConfigError as error:
            bad.append(error)
    return tuple(good), tuple(bad)


def remove(folder: Path, name: str) -> None:
    """Deletes a person's head and card. Raises BadInput `no-such-person`."""
    path = folder / f"{file_name(name)}.npz"
    found = [file for file in (path, path.with_suffix(".json")) if file.exists()]
    if not found:
        raise BadInput("no-such-person", f"{name}: nobody of this name is enrolled")
    for file in found:
        file.unlink()
