"""Keeps keys out of logs: every spelling of a key that is known here is blotted out of the HTTP library's words."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, quote_plus, unquote

BLOT = "***"
_SHORTEST = 4
"""Shorter keys would blot out parts of ordinary words."""
_LOGGERS = (
    "httpx",
    "httpcore",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
    "asyncio",
)


class Secret:
    """A key that shows itself to nobody who prints it. One given percent-encoded, as portals hand them out, is
    decoded."""

    __slots__ = ("_plain",)

    def __init__(self, given: str) -> None:
        text = given.strip()
        self._plain = unquote(text) if re.search(r"%[0-9A-Fa-f]{2}", text) else text

    def __bool__(self) -> bool:
        return bool(self._plain)

    def __repr__(self) -> str:
        return f"Secret({BLOT})" if self._plain else "Secret()"

    __str__ = __repr__

    def reveal(self) -> str:
        """The key itself, for the request alone."""
        return self._plain


class Redactor(logging.Filter):
    """Blots known secrets out of texts, and out of the records of the HTTP library's loggers."""

    def __init__(self) -> None:
        super().__init__()
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None

    def know(self, secret: Secret) -> None:
        """Blot this one out from now on, plain, percent-encoded and encoded twice."""
        plain = secret.reveal()
        if len(plain) < _SHORTEST:
            return
        once = {plain, quote(plain, safe=""), quote(plain), quote_plus(plain)}
        self._spellings |= once | {quote(spelling, safe="") for spelling in once}
        longest_first = sorted(self._spellings, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def clean(self, text: str) -> str:
        """The text without the keys."""
        return text if self._pattern is None else self._pattern.sub(BLOT, text)

    def filter(self, record: logging.LogRecord) -> bool:
        """Every record passes, without the keys."""
        if self._pattern is not None:
            said = record.getMessage()
            cleaned = self.clean(said)
            if cleaned != said:
                record.msg, record.args = cleaned, ()
            if record.exc_info and self.clean(str(record.exc_info[1])) != str(record.exc_info[1]):
                record.exc_info, record.exc_text = None, None
        return True


REDACTOR = Redactor()
"""One for the process, since the loggers are the process's."""


def guard_logs() -> None:
    """Put the redactor before the HTTP library's loggers; again is harmless."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(REDACTOR)
