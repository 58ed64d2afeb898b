"""The PINs of private mode: argon2 hashes in a file that only its owner can read. No PIN is ever logged or sent on."""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.contracts import BadInput, ConfigError, Unavailable
from assistant.private_files import changing, write_private

LEAST, MOST = 6, 12
PINS_FILE = "pins.json"
_DIGITS = re.compile(rf"[0-9]{{{LEAST},{MOST}}}", re.ASCII)
_COMMON = frozenset({"112233", "332211", "123321", "159357", "147258", "147258369", "112112", "119119", "001122"})


class Pins:
    """The PINs in a file, read anew at each question, so that `seoula enroll pin` works beside a running service."""

    def __init__(self, path: Path, hasher: PasswordHasher | None = None) -> None:
        self._path, self._hasher = path, hasher or PasswordHasher()
        self._nobodys: str | None = None

    def names(self) -> list[str]:
        """Who has a PIN. Raises ConfigError `bad-pin-file`."""
        return sorted(self._load())

    def has(self, person: str) -> bool:
        """Whether the person has one. Raises ConfigError."""
        return _name(person) in self._load()

    def set(self, person: str, pin: str) -> None:
        """Keep a person's PIN in place of an earlier one. Raises BadInput `bad-name`, `bad-pin`, `trivial-pin`;
        ConfigError `bad-pin-file`, Unavailable `disk`."""
        check_form(pin)
        if is_trivial(pin):
            raise BadInput("trivial-pin", "this PIN is among the first that anybody would try; choose another one")
        if not person.strip() or len(person) > 60 or not person.isprintable():
            raise BadInput("bad-name", "a name has 1 to 60 printable characters")
        kept = self._hasher.hash(pin)
        with self._changing():
            self._save({**self._load(), _name(person): kept})

    def remove(self, person: str) -> None:
        """Forget it. Raises BadInput `no-such-person`, ConfigError `bad-pin-file`, Unavailable `disk`."""
        with self._changing():
            known = self._load()
            if known.pop(_name(person), None) is None:
                raise BadInput("no-such-person", "nobody of this name has a PIN")
            self._save(known)

    def verify(self, person: str, pin: str) -> bool:
        """Whether it is the person's PIN; takes as long for somebody who has none. Blocks for about 50 ms of a core."""
        kept = self._load().get(_name(person))
        try:
            return self._hasher.verify(kept or self._nobody(), pin) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    def _nobody(self) -> str:
        if self._nobodys is None:
            self._nobodys = self._hasher.hash("nobody's")
        return self._nobodys

    def _load(self) -> dict[str, str]:
        try:
            pins = json.loads(self._path.read_text("utf-8"))["pins"]
            return {str(name): str(kept) for name, kept in pins.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ConfigError("bad-pin-file", f"{self._path.name} cannot be read ({type(error).__name__})") from error

    def _save(self, pins: dict[str, str]) -> None:
        write_private(self._path, json.dumps({"version": 1, "pins": pins}, ensure_ascii=False, indent=1).encode())

    @contextlib.contextmanager
    def _changing(self) -> Iterator[None]:
        """Nobody else changes them meanwhile. Raises Unavailable `disk`."""
        try:
            with changing(self._path):
                yield
        except OSError as error:
            raise Unavailable("disk", f"the PINs could not be written ({error.strerror})") from error


def check_form(pin: str) -> None:
    """Raises BadInput `bad-pin` for what cannot be a PIN."""
    if not _DIGITS.fullmatch(pin):
        raise BadInput("bad-pin", f"a PIN has {LEAST} to {MOST} digits")


def is_trivial(pin: str) -> bool:
    """Whether it is among the first that are tried: one digit, a row of digits, a short piece said again."""
    steps = {(int(b) - int(a)) % 10 for a, b in zip(pin, pin[1:], strict=False)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        return True
    again = any(len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size) for size in (1, 2, 3))
    return again or pin in _COMMON or len(set(pin)) < 3


def _name(person: str) -> str:
    return unicodedata.normalize("NFC", person.strip())
