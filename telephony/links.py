"""On-site links: a phone at a scene joins one room, once, within half an hour; no install, no account.

The token is told once and kept as a digest in a file that only its owner can read; the file is read again whenever it
has changed, so that `seoula pair scene` works beside a running service.
"""

from __future__ import annotations

import hmac
import io
import json
import re
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import segno

from assistant.contracts import BadInput, ConfigError, NotPermitted
from assistant.private_files import write_private
from telephony.digests import digest
from telephony.switchboard import is_of_call

LIFE_S = 30 * 60.0
STAY_S = 4 * 3600.0
"""A phone that has come may stay so long, and come back when its network fails."""
MOST_LINKS = 200
ROOM = re.compile(r"[A-Za-z0-9][A-Za-z0-9:._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Link:
    """id: of the guest (`guest:ID`). room: the only one it opens. expires: epoch seconds. used: a phone has come.
    session: digest of the secret by which that very phone comes back, over a restart, too."""

    id: str
    room: str
    name: str
    expires: float
    used: bool = False
    session: str = ""


class Links:
    """The links in `path`. `now`: epoch seconds."""

    def __init__(self, path: Path, now: Callable[[], float]) -> None:
        self._path, self._now = path, now
        self._stamp: tuple[int, int] | None = None
        self._links: dict[str, Link] = {}

    def issue(self, room: str, name: str = "") -> tuple[str, Link]:
        """A new token, told only now, and its link. Raises BadInput."""
        if not ROOM.fullmatch(room) or room.endswith(":"):
            raise BadInput(
                "bad-room", "a room is ID of a meeting room or event:ID, of 1 to 100 letters, digits and ._-"
            )
        if is_of_call(room):
            raise BadInput("bad-room", "the room of a call is for those who are in it")
        if len(name) > 40 or not name.isprintable():
            raise BadInput("bad-name", "a name is at most 40 printable characters")
        self._read()
        alive = self._alive()
        if len(alive) >= MOST_LINKS:
            raise BadInput("too-many-links", f"at most {MOST_LINKS} links are open at a time")
        token = secrets.token_urlsafe(24)
        link = Link(secrets.token_hex(4), room, name, self._now() + LIFE_S)
        self._write({**alive, digest(token): link})
        return token, link

    def take(self, token: str, session: str, resume: str | None = None) -> Link:
        """Use a link up by a session's secret; the phone that has used it may come back with that secret.

        Raises NotPermitted: bad-token, link-expired, link-used.
        """
        key, link = self._find(token)
        if link.used and not (resume and hmac.compare_digest(digest(resume), link.session)):
            raise NotPermitted("link-used", "this link has been used; ask for a new one")
        until = link.expires if link.used else self._now() + STAY_S
        self._write({**self._alive(), key: replace(link, used=True, session=digest(session), expires=until)})
        return link

    def peek(self, token: str) -> Link:
        """The link of a token, used or not, for a phone that comes back. Raises NotPermitted."""
        return self._find(token)[1]

    def holds(self, link: str) -> bool:
        """Whether a link is neither over nor withdrawn."""
        self._read()
        return any(one.id == link and one.expires > self._now() for one in self._links.values())

    def open(self) -> tuple[Link, ...]:
        """Those that hold, oldest first."""
        self._read()
        return tuple(self._alive().values())

    def withdraw(self, link: str) -> Link:
        """End one. Raises BadInput("unknown-link")."""
        self._read()
        alive = self._alive()
        found = next((one for one in alive.values() if one.id == link), None)
        if found is None:
            raise BadInput("unknown-link", f"there is no link {link!r}")
        self._write({key: one for key, one in alive.items() if one is not found})
        return found

    def _find(self, token: str) -> tuple[str, Link]:
        self._read()
        wanted = digest(token)
        found = None
        for key, link in self._links.items():
            if hmac.compare_digest(key, wanted):
                found = link
        if found is None:
            raise NotPermitted("bad-token", "this link is not known")
        if found.expires <= self._now():
            raise NotPermitted("link-expired", "this link is over; ask for a new one")
        return wanted, found

    def _alive(self) -> dict[str, Link]:
        return {key: link for key, link in self._links.items() if link.expires > self._now()}

    def _read(self) -> None:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            self._links, self._stamp = {}, None
            return
        stamp = (status.st_mtime_ns, status.st_size)
        if stamp == self._stamp:
            return
        try:
            entries = json.loads(self._path.read_text("utf-8"))["links"]
            self._links = {e["digest"]: Link(**{k: v for k, v in e.items() if k != "digest"}) for e in entries}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError("bad-link-file", f"{self._path} cannot be read: {error}") from error
        self._stamp = stamp

    def _write(self, links: dict[str, Link]) -> None:
        """Replace the file in one step."""
        entries = [{"digest": key, **asdict(link)} for key, link in links.items()]
        document = {"version": 1, "links": entries}
        write_private(self._path, json.dumps(document, ensure_ascii=False, indent=1).encode())
        self._stamp = None
        self._read()


def qr_svg(url: str) -> str:
    """A QR code of an address, as SVG."""
    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, scale=4)
    return out.getvalue().decode()


def qr_text(url: str) -> str:
    """A QR code of an address, for a terminal."""
    out = io.StringIO()
    segno.make(url, error="m", micro=False).terminal(out, compact=True)
    return out.getvalue()
