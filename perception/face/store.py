"""Enrolled faces on disk: vectors and consent, sealed (AES-256-GCM); no picture, and no name in the clear but the
file's own."""

from __future__ import annotations

import contextlib
import json
import math
import os
import re
import secrets
import unicodedata
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from assistant.contracts.errors import BadInput, ConfigError, Unavailable
from assistant.private_files import write_private
from perception.face.face import Vector

CONSENT_VERSION = "1"
KEY_BYTES = 32
_NAME = re.compile(r"[a-z0-9가-힣][a-z0-9가-힣_-]{0,39}")
_ENDING = ".face"
_MAGIC = b"seoula-face-1\n"
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Consent:
    """by: who gave it, in his words; at: seconds since 1970; version: of the text that he agreed to."""

    by: str
    at: float
    version: str = CONSENT_VERSION


@dataclass(frozen=True, slots=True)
class Profile:
    """embedder: the network that made the vectors. quality: what was measured when it was enrolled."""

    name: str
    consent: Consent
    embedder: str
    vectors: tuple[Vector, ...]
    quality: dict[str, Any]


def checked_name(name: str) -> str:
    """A person's name, its Hangul in whole syllables however it was typed. Raises BadInput `bad-name`."""
    name = unicodedata.normalize("NFC", name)
    if not _NAME.fullmatch(name):
        raise BadInput("bad-name", "a person's name is made of Hangul, small letters, digits, - and _ (at most 40)")
    return name


def checked_key(text: str) -> bytes:
    """From 64 hexadecimal digits. Raises ConfigError `bad-face-key`."""
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigError("bad-face-key", f"the key of faces is {2 * KEY_BYTES} hexadecimal digits")
    return key


def key_in(file: Path, *, make: bool = False) -> bytes:
    """The key in a file; make: a new one, for its owner only, where there is none. Raises ConfigError `bad-face-key`,
    `no-face-key`, Unavailable `disk`."""
    if make and not file.exists():
        try:
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with contextlib.suppress(FileExistsError):  # another one was quicker
                write_private(file, secrets.token_hex(KEY_BYTES).encode() + b"\n", fresh=True)
        except OSError as error:
            raise Unavailable("disk", f"{file}: the key of faces could not be written ({error.strerror})") from error
    try:
        text = file.read_text("ascii")
    except FileNotFoundError as error:
        raise ConfigError(
            "no-face-key", f"{file}: the key of faces is not there; put it back, or forget the faces that it sealed"
        ) from error
    except (OSError, ValueError) as error:
        raise ConfigError("bad-face-key", f"{file}: the key of faces cannot be read") from error
    return checked_key(text)


class FaceStore:
    """The faces of a folder. key: 32 bytes."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self._folder, self._cipher = folder, AESGCM(key)

    def save(self, profile: Profile) -> Path:
        """Keep a person; one of the same name is replaced whole. Raises BadInput `bad-name`, Unavailable `disk`."""
        goal = self._file(profile.name)
        text = json.dumps({**asdict(profile), "vectors": [list(vector) for vector in profile.vectors]}).encode()
        nonce = secrets.token_bytes(_NONCE)
        sealed = _MAGIC + nonce + self._cipher.encrypt(nonce, text, _bound(profile.name))
        try:
            write_private(goal, sealed)
        except OSError as error:
            raise Unavailable("disk", f"{goal.name}: {error.strerror}") from error
        return goal

    def load(self, name: str) -> Profile:
        """Raises BadInput `bad-name`, `no-such-person`, `bad-profile` (damaged), ConfigError `wrong-face-key`."""
        name = checked_name(name)
        try:
            sealed = self._file(name).read_bytes()
        except FileNotFoundError as error:
            raise BadInput("no-such-person", f"no face is enrolled for {name!r} (seoula enroll face --list)") from error
        except OSError as error:
            raise BadInput("bad-profile", f"the face {name!r} cannot be read ({error.strerror})") from error
        if not sealed.startswith(_MAGIC) or len(sealed) < len(_MAGIC) + _NONCE + 16:
            raise BadInput("bad-profile", f"the face {name!r} is damaged; enrol it anew")
        body = sealed[len(_MAGIC) :]
        try:
            text = self._cipher.decrypt(body[:_NONCE], body[_NONCE:], _bound(name))
        except InvalidTag as error:
            why = f"the face {name!r} is damaged, or sealed with another key"
            raise ConfigError("wrong-face-key", why) from error
        try:
            return _profile(name, json.loads(text))
        except (ValueError, KeyError, TypeError) as error:
            raise BadInput("bad-profile", f"the face {name!r} is damaged; enrol it anew") from error

    def names(self) -> list[str]:
        """Who is enrolled."""
        if not self._folder.is_dir():
            return []
        found = [file.name.removesuffix(_ENDING) for file in self._folder.glob(f"*{_ENDING}") if file.is_file()]
        return sorted(name for name in found if _NAME.fullmatch(name))

    def remove(self, name: str) -> None:
        """Forget a person: overwritten, then deleted. On flash memory that may miss; it is sealed either way.

        Raises BadInput `no-such-person`, Unavailable `disk`.
        """
        file = self._file(name)
        if not file.is_file():
            raise BadInput("no-such-person", f"no face is enrolled for {name!r}")
        try:
            with open(file, "r+b") as out:
                out.write(secrets.token_bytes(file.stat().st_size))
                out.flush()
                os.fsync(out.fileno())
            file.unlink()
        except OSError as error:
            raise Unavailable("disk", f"{file.name}: {error.strerror}") from error

    def stamp(self) -> tuple[tuple[str, int, int], ...]:
        """Changes whenever a face is enrolled, replaced or forgotten."""
        found = []
        for name in self.names():
            with contextlib.suppress(OSError):
                stat = self._file(name).stat()
                found.append((name, stat.st_mtime_ns, stat.st_ino))
        return tuple(found)

    def _file(self, name: str) -> Path:
        return self._folder / f"{checked_name(name)}{_ENDING}"


def as_readable(profile: Profile) -> dict[str, Any]:
    """All that is kept of a person, for that person."""
    return {
        **asdict(profile),
        "vectors": [list(vector) for vector in profile.vectors],
        "what": "얼굴 특징값과 동의 기록이며 사진은 없습니다. / A face in numbers, and the consent; no picture.",
    }


def write_readable(file: Path, profile: Profile) -> None:
    """To a file of its owner's only. Raises BadInput `cannot-write`, also for what is there and no file: a device, a
    pipe or a link would be replaced."""
    if os.path.lexists(file) and (file.is_symlink() or not file.is_file()):
        raise BadInput("cannot-write", f"{file}: this is there already, and is not a file")
    if not file.parent.is_dir():
        raise BadInput("cannot-write", f"{file}: there is no such folder")
    try:
        write_private(file, json.dumps(as_readable(profile), ensure_ascii=False, indent=1).encode() + b"\n")
    except OSError as error:
        raise BadInput("cannot-write", f"{file}: {error.strerror}") from error


def _bound(name: str) -> bytes:
    """A file that is renamed is another person's, and cannot be opened."""
    return b"face:" + name.encode()


def _profile(name: str, given: dict[str, Any]) -> Profile:
    vectors = tuple(tuple(float(value) for value in vector) for vector in given["vectors"])
    consent = Consent(str(given["consent"]["by"]), float(given["consent"]["at"]), str(given["consent"]["version"]))
    sound = vectors and len({len(vector) for vector in vectors}) == 1
    if given["name"] != name or not sound or not all(math.isfinite(v) for vector in vectors for v in vector):
        raise ValueError("not a profile")
    return Profile(name, consent, str(given["embedder"]), vectors, dict(given["quality"]))
