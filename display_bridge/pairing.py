"""Device tokens: issued once, kept only as SHA-256 digests in a file that only its owner can read.

The file is read again whenever it has changed on disk, so that `seoula pair` works beside a running service.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.contracts import BadInput, ConfigError, NotPermitted
from assistant.private_files import changing, write_private
from content_registry.schema import CITIZEN_SURFACES, SURFACES

log = logging.getLogger(__name__)

TOKEN_BYTES = 32
CONSOLE = "console"
"""The role of a department's call console: no screen of ours shows panels on it."""
ROLES = (*SURFACES, CONSOLE)
DISPLAY_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Device:
    """A paired device: which role it plays, for which display. issued: ISO 8601, UTC. department: whose console it is;
    `display` is then the console's own id. person: whose watch it is, by the name the face is enrolled under."""

    id: str
    role: str
    display: str
    name: str
    issued: str
    department: str = ""
    person: str = ""

    @property
    def internal(self) -> bool:
        """Whether its role may receive internal content: citizens' roles never."""
        return self.role not in CITIZEN_SURFACES

    @property
    def office(self) -> bool:
        """Whether it belongs to an office display, which it may command; a console commands none."""
        return self.internal and self.role != CONSOLE

    def as_json(self) -> dict[str, Any]:
        """The device without any secret."""
        return {**asdict(self), "scope": "internal" if self.internal else "public"}


class Pairing:
    """The device tokens in `path` (created on the first issue)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, ...] | None = None
        self._devices: dict[str, Device] = {}

    def issue(
        self, *, role: str, display: str, name: str = "", department: str = "", person: str = ""
    ) -> tuple[str, Device]:
        """A new token, told only now, and its device. Raises BadInput for an unknown role, a bad display id, a console
        without a department, and a department of anything else; a person of anything but a watch."""
        if role not in ROLES:
            raise BadInput("unknown-role", f"{role!r} is no role; known: {', '.join(ROLES)}")
        if (role == CONSOLE) != bool(department):
            raise BadInput("bad-department", "a console has a department, and no other role has one")
        if not DISPLAY_ID.fullmatch(display):
            raise BadInput("bad-display-id", "a display id is 1 to 40 letters, digits, - and _")
        if len(name) > 80 or not name.isprintable():
            raise BadInput("bad-name", "a device name is at most 80 printable characters")
        if person and role != "watch":
            raise BadInput("bad-person", "only a watch belongs to a person")
        if len(person) > 60 or not person.isprintable():
            raise BadInput("bad-person", "a person's name is at most 60 printable characters")
        token = secrets.token_urlsafe(TOKEN_BYTES)
        issued = datetime.now(UTC).isoformat(timespec="seconds")
        device = Device(secrets.token_hex(4), role, display, name, issued, department, person)
        with changing(self._path):
            self._read(to_change=True)
            self._write({**self._devices, _digest(token): device})
        return token, device

    def devices(self) -> tuple[Device, ...]:
        """Every paired device, oldest first."""
        self._read()
        return tuple(self._devices.values())

    def revoke(self, device_id: str) -> None:
        """Forget a device. Raises BadInput when there is none of this id."""
        with changing(self._path):
            self._read(to_change=True)
            kept = {digest: d for digest, d in self._devices.items() if d.id != device_id}
            if len(kept) == len(self._devices):
                raise BadInput("unknown-device", f"there is no device {device_id!r}")
            self._write(kept)

    def device(self, token: str) -> Device | None:
        """The device of a token, None for a token that is none."""
        self._read()
        wanted = _digest(token)
        found = None
        for digest, device in self._devices.items():
            if hmac.compare_digest(digest, wanted):
                found = device
        return found

    def admit(self, token: str, display: str, role: str) -> Device:
        """The device of a token that opens this display in this role. Raises NotPermitted."""
        device = self.device(token)
        if device is None:
            raise NotPermitted("bad-token", "this device token is not known")
        if device.display != display or device.role != role:
            raise NotPermitted("other-display", "this device token belongs to another display or role")
        return device

    def known(self, device_id: str) -> bool:
        """Whether a device is still paired."""
        self._read()
        return any(d.id == device_id for d in self._devices.values())

    def _read(self, *, to_change: bool = False) -> None:
        """Take up a changed file. One that is damaged under a running service keeps the devices that were known, so
        that the screens go on; nobody is revoked by it, as a file that cannot be read is never changed.

        Raises ConfigError (bad-device-file) for a damaged one at the first look, and before every change.
        """
        try:
            status = self._path.stat()
            stamp: tuple[int, ...] = (status.st_mtime_ns, status.st_size)
        except FileNotFoundError:
            stamp = ()
        except OSError as error:
            stamp = (error.errno or 0,)
        if stamp == self._stamp and not to_change:
            return
        try:
            self._devices = self._load() if stamp else {}
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            if to_change or self._stamp is None:
                raise ConfigError("bad-device-file", f"{self._path} cannot be read: {error}") from error
            log.error("%s cannot be read (%s): the devices known before stay", self._path.name, type(error).__name__)
        self._stamp = stamp

    def _load(self) -> dict[str, Device]:
        entries = json.loads(self._path.read_text("utf-8"))["devices"]
        return {e["digest"]: Device(**{k: v for k, v in e.items() if k != "digest"}) for e in entries}

    def _write(self, devices: dict[str, Device]) -> None:
        entries = [{"digest": digest, **asdict(device)} for digest, device in devices.items()]
        text = json.dumps({"version": 1, "devices": entries}, ensure_ascii=False, indent=1)
        write_private(self._path, text.encode())
        self._stamp = None
        self._read()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
