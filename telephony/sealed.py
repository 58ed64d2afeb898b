"""Files that only their owner reads: encrypted pieces of a recording, and plain ones written in a single step."""

from __future__ import annotations

import contextlib
import os
import secrets
import struct
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assistant.contracts import BadInput, ConfigError, Unavailable

KEY_BYTES = 32
_MAGIC = b"seoula-sealed-1\n"
_HEAD = struct.Struct(">IB")
_SALT = 12


def load_key(path: Path) -> bytes:
    """The key in `path`, 64 hexadecimal digits; made on the first use, for its owner only. Raises ConfigError."""
    try:
        with contextlib.suppress(FileExistsError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(KEY_BYTES))
                file.flush()
                os.fsync(file.fileno())
        text = path.read_text("ascii").strip()
        key = bytes.fromhex(text)
    except (OSError, ValueError) as error:
        raise ConfigError("bad-recording-key", f"{path}: the key of recordings cannot be used") from error
    if len(key) != KEY_BYTES:
        raise ConfigError("bad-recording-key", f"{path}: the key of recordings is {KEY_BYTES * 2} hexadecimal digits")
    return key


class SealedWriter:
    """Appends pieces to a file of its own, each encrypted and bound to its place (AES-256-GCM).

    label: what the file is; only who names the same can read it. Nothing is ever written in the clear.
    """

    def __init__(self, path: Path, key: bytes, label: str) -> None:
        self.path = path
        self._label, self._cipher = label.encode(), AESGCM(key)
        self._salt = secrets.token_bytes(_SALT - 4)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(handle, "wb")
        self._file.write(_MAGIC + self._salt)
        self._count = 0

    def write(self, piece: bytes) -> None:
        """One more piece. Raises Unavailable when the disk refuses it."""
        self._put(piece, last=False)

    def finish(self) -> None:
        """Close it with its end mark: without that the file counts as broken off."""
        self._put(b"", last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def drop(self) -> None:
        """Throw it away."""
        with contextlib.suppress(OSError):
            self._file.close()
        self.path.unlink(missing_ok=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = self._salt + struct.pack(">I", self._count)
        sealed = self._cipher.encrypt(nonce, piece, _bound(self._label, self._count, last))
        try:
            self._file.write(_HEAD.pack(len(sealed), last) + sealed)
        except OSError as error:
            raise Unavailable("no-space", "the recording cannot be written") from error
        self._count += 1


def unsealed(path: Path, key: bytes, label: str) -> Iterator[bytes]:
    """The pieces of a finished file. Raises BadInput `broken-recording` as soon as anything is not as it was written:
    a piece changed, moved, missing, or the end not there."""
    cipher, bound = AESGCM(key), label.encode()
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise _broken()
        salt, count, last = file.read(_SALT - 4), 0, False
        while not last:
            head = file.read(_HEAD.size)
            if len(head) < _HEAD.size:
                raise _broken()
            size, mark = _HEAD.unpack(head)
            if mark > 1:
                raise _broken()
            last = mark == 1
            sealed = file.read(size)
            if len(sealed) != size:
                raise _broken()
            try:
                piece = cipher.decrypt(salt + struct.pack(">I", count), sealed, _bound(bound, count, last))
            except (InvalidTag, ValueError) as error:
                raise _broken() from error
            count += 1
            yield piece
        if file.read(1):
            raise _broken()


def _bound(label: bytes, count: int, last: bool) -> bytes:
    return label + struct.pack(">I?", count, last)


def _broken() -> BadInput:
    return BadInput("broken-recording", "this recording is broken")
