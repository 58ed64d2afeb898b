"""Room PINs: kept only as slow digests, compared in constant time, and closed to whoever guesses. Pure but for salt."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field

from assistant.contracts import BadInput, NotPermitted

_PIN = re.compile(r"[0-9]{4,12}", re.ASCII)
MOST_WRONG = 5
"""So many wrong PINs of one party, and it may try no more for `LOCKED_S`."""
LOCKED_S = 300.0
MOST_WRONG_OF_ALL = 30
"""So many wrong ones of all parties together within `LOCKED_S` close the PIN for everybody, for as long."""


def is_pin(text: object) -> bool:
    """Whether it could be a PIN: 4 to 12 digits."""
    return isinstance(text, str) and _PIN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN's digest (scrypt, about 20 ms of computing), its own salt beside it."""

    salt: bytes
    digest: bytes

    def __repr__(self) -> str:
        return "Pin(…)"

    @classmethod
    def of(cls, pin: str, salt: bytes | None = None) -> Pin:
        """Raises BadInput `bad-pin`."""
        if not is_pin(pin):
            raise BadInput("bad-pin", "a PIN is 4 to 12 digits")
        salt = salt if salt is not None else secrets.token_bytes(16)
        return cls(salt, _digest(pin, salt))

    def fits(self, given: str) -> bool:
        """Whether this is the PIN."""
        return hmac.compare_digest(_digest(given, self.salt), self.digest)


def _digest(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, n=2**13, r=8, p=1, dklen=32)


@dataclass(slots=True)
class PinDoor:
    """One room's PIN and who has guessed how often. The times of wrong ones are kept, nothing of what was tried."""

    pin: Pin
    _wrong: dict[str, list[float]] = field(default_factory=dict)

    def check(self, party: str, given: object, now: float) -> None:
        """Raises NotPermitted: `pin-locked` (nothing was compared), `pin-needed`, `wrong-pin`."""
        self._forget(now)
        mine = self._wrong.get(party, [])
        everybody = sum(len(times) for times in self._wrong.values())
        if len(mine) >= MOST_WRONG or everybody >= MOST_WRONG_OF_ALL:
            raise NotPermitted("pin-locked", f"too many wrong PINs: wait {LOCKED_S / 60:.0f} minutes")
        if given is None or given == "":
            raise NotPermitted("pin-needed", "this room has a PIN")
        if not isinstance(given, str) or not is_pin(given) or not self.pin.fits(given):
            self._wrong.setdefault(party, []).append(now)
            raise NotPermitted("wrong-pin", f"wrong PIN; {MOST_WRONG - len(mine) - 1} more tries")
        self._wrong.pop(party, None)

    def _forget(self, now: float) -> None:
        for party, times in list(self._wrong.items()):
            kept = [at for at in times if now - at < LOCKED_S]
            # Five in a row stay a lock-out until the last of them is over, not the first.
            if not kept:
                del self._wrong[party]
            elif len(times) < MOST_WRONG:
                self._wrong[party] = kept
