"""Telephone numbers as people write them, and which of them may be dialled. Pure.

A number is an extension ("1234": two to six digits, dialled as it is) or an E.164 number ("+82221331234"). Korean
habits are known: the trunk's 0, a local number without its area code, the eight-digit numbers of companies (1588-1234).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from assistant.contracts import BadInput, ConfigError, NotPermitted

LONGEST_TEXT = 64
DTMF = frozenset("0123456789ABCD*#")
MOST_DIGITS = 32
_SEPARATORS = frozenset(" -.()/")
_COMPANY = ("15", "16", "18")
_USER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?)(?::[0-9]{1,5})?")
_SIP = re.compile(r"sip:([^@\s]{1,64})@([^@\s]{1,260})", re.IGNORECASE)
_NAMED = re.compile(r"sips?:([^@;>?\s]{1,64})", re.IGNORECASE)
_PATTERN = re.compile(r"\+?[0-9x]+\*?")
_SPECIAL = re.compile(r"1[0-9]{2}")
_AREA = re.compile(r"(?:2|[3-6][1-5])(?=1[0-9]{2}$)")
"""Codes of areas before a special number: 02-119 is the fire brigade of Seoul."""


@dataclass(frozen=True, slots=True)
class Number:
    """kind e164: digits with the country's code and without "+"; kind extension: what the exchange knows."""

    kind: Literal["extension", "e164"]
    digits: str

    def __str__(self) -> str:
        return f"+{self.digits}" if self.kind == "e164" else self.digits


def normalise(text: str, *, country: str = "82", area: str = "2") -> Number:
    """What `text` means to somebody in this country and area (codes without the trunk's 0).

    Digits of any script's width, spaces, hyphens, dots, slashes and brackets may separate; `tel:` may lead. Anything
    else, letters above all, raises BadInput `bad-number`, as does what no telephone network could mean.
    """
    plus, digits = _digits(text)
    if plus:
        if digits.startswith(f"{country}0"):  # "+82 (0)2 ...": the trunk's 0 is not dialled from outside
            digits = country + digits[len(country) + 1 :]
        return _e164(digits)
    if digits.startswith("00"):
        raise BadInput("bad-number", "an international number is written with + and the country's code")
    if digits.startswith("0"):
        if len(digits) < 5:
            raise BadInput("bad-number", "a number with an area code is longer")
        return _e164(country + digits[1:])
    if 2 <= len(digits) <= 6:
        return Number("extension", digits)
    if len(digits) == 8 and digits.startswith(_COMPANY):
        return _e164(country + digits)
    if len(digits) in (7, 8):
        return _e164(country + area + digits)
    raise BadInput("bad-number", "a number has 2 to 6 digits, or is written with its area code, or with +")


def _digits(text: str) -> tuple[bool, str]:
    if len(text) > LONGEST_TEXT:
        raise BadInput("bad-number", f"a number has at most {LONGEST_TEXT} characters")
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain[4:].strip() if plain[:4].lower() == "tel:" else plain
    plus, found = False, []
    for at, letter in enumerate(plain):
        if letter == "+" and at == 0:
            plus = True
        elif letter.isascii() and letter.isdigit():
            found.append(letter)
        elif letter not in _SEPARATORS and unicodedata.category(letter) not in ("Pd", "Zs"):
            raise BadInput("bad-number", "a number consists of digits, with + in front at most")
    if not found:
        raise BadInput("bad-number", "this has no digits")
    return plus, "".join(found)


def _e164(digits: str) -> Number:
    if not 5 <= len(digits) <= 15 or digits.startswith("0"):
        raise BadInput("bad-number", "an international number has 5 to 15 digits and begins with a country's code")
    return Number("e164", digits)


def dtmf_digits(text: str) -> str:
    """Keys to press, in capitals. Raises BadInput `bad-digits`."""
    keys = text.upper()
    if not 1 <= len(keys) <= MOST_DIGITS or not DTMF.issuperset(keys):
        raise BadInput("bad-digits", f"keys are 0-9, A-D, * and #, at most {MOST_DIGITS} of them")
    return keys


@dataclass(frozen=True, slots=True)
class DialPlan:
    """How numbers become addresses of the exchange, and which may be called.

    domain: the exchange (host or host:port). allow: patterns of numbers; `x` is any digit, a `*` at the end anything
    more; "02-2133-*" and "+8222133*" are the same. Emergency and special numbers (112, 119, 120) are only allowed when
    a pattern spells them out. names: users that are no numbers ("situation-room"). outside: digits before every number
    that is no extension. national: whether the exchange wants numbers of this country as 02..., not +822....
    """

    domain: str
    allow: tuple[str, ...] = ("xxxx", "xxxxx")
    names: frozenset[str] = frozenset()
    country: str = "82"
    area: str = "2"
    outside: str = ""
    national: bool = True
    _patterns: tuple[re.Pattern[str], ...] = field(default=(), init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not _HOST.fullmatch(self.domain):
            raise ConfigError("bad-dial-plan", f"{self.domain!r} is no host, nor host:port")
        if not re.fullmatch(r"[1-9][0-9]{0,2}", self.country) or not re.fullmatch(r"[0-9]{0,4}", self.area):
            raise ConfigError("bad-dial-plan", "country and area are codes of digits, without the trunk's 0")
        if not re.fullmatch(r"[0-9*#]{0,4}", self.outside):
            raise ConfigError("bad-dial-plan", "the digits for an outside line are at most four keys")
        wrong = sorted(name for name in self.names if not _USER.fullmatch(name))
        if wrong:
            raise ConfigError("bad-dial-plan", f"{wrong[0]!r} cannot be the user of a SIP address")
        object.__setattr__(self, "_patterns", tuple(self._compiled(self.allow)))

    def _compiled(self, patterns: Iterable[str]) -> Iterable[re.Pattern[str]]:
        for pattern in patterns:
            plain = _spelt(pattern, self.country)
            if not _PATTERN.fullmatch(plain):
                raise ConfigError("bad-dial-plan", f"{pattern!r} is no pattern of numbers: digits, x, a * at the end")
            open_end = plain.endswith("*")
            body = "".join("[0-9]" if letter == "x" else re.escape(letter) for letter in plain.rstrip("*"))
            yield re.compile(body + ("[0-9]*" if open_end else ""))

    def address(self, target: str) -> str:
        """The `sip:` address to call for a number, or for an address of this exchange, with or without `sip:`.

        Raises BadInput `bad-number`, NotPermitted `number-not-allowed`. An address with parameters, headers, a
        password or another host than the exchange's is never dialled, whoever wrote it.
        """
        user = target
        if "@" in target or target[:4].lower() == "sip:":
            parts = _SIP.fullmatch(target.strip() if target[:4].lower() == "sip:" else f"sip:{target.strip()}")
            if parts is None:
                raise BadInput("bad-number", "an address is sip:user@host")
            user, host = parts[1], parts[2]
            if host.lower() != self.domain.lower():
                raise NotPermitted("number-not-allowed", "only addresses of our own exchange are called")
            if user in self.names:
                return f"sip:{user}@{self.domain}"
        elif target in self.names:
            return f"sip:{target}@{self.domain}"
        number = normalise(user, country=self.country, area=self.area)
        if not self.allows(number):
            raise NotPermitted("number-not-allowed", "this number is not among those that may be called")
        return f"sip:{self.dialled(number)}@{self.domain}"

    def allows(self, number: Number) -> bool:
        """Whether a pattern permits it. 112, 119 and their like must be spelt out, with everything that leads to them:
        an area's code (02-119), the country's, the digits for an outside line."""
        plain = str(number)
        if not self._special(number):
            return any(pattern.fullmatch(plain) for pattern in self._patterns)
        return plain in (_spelt(pattern, self.country) for pattern in self.allow)

    def _special(self, number: Number) -> bool:
        """Whether an emergency or special number of three digits is reached by it."""
        digits = number.digits
        ways: tuple[str, ...] = ()
        if number.kind == "extension":
            ways = (digits, digits.removeprefix(self.outside))
        elif digits.startswith(self.country):
            rest = digits[len(self.country) :]
            ways = (rest, _AREA.sub("", rest, count=1))
        return any(_SPECIAL.fullmatch(way) for way in ways)

    def dialled(self, number: Number) -> str:
        """The digits that the exchange is given."""
        if number.kind == "extension":
            return number.digits
        if self.national and number.digits.startswith(self.country):
            rest = number.digits[len(self.country) :]
            company = len(rest) == 8 and rest.startswith(_COMPANY)
            return self.outside + (rest if company else f"0{rest}")
        return self.outside + str(number)

    def caller(self, uri: str) -> str:
        """Who a far end says it is, or says it calls, for people: a normalised number, the bare user part, or "" where
        nothing can be used. uri: an address, as it stands in a header too."""
        found = _NAMED.search(uri)
        user = found[1] if found else uri.strip()
        try:
            return str(normalise(user, country=self.country, area=self.area))
        except BadInput:
            return user if _USER.fullmatch(user) else ""


def _spelt(pattern: str, country: str) -> str:
    """A pattern without separators, as `str(Number)` writes what it is for."""
    plain = "".join(letter for letter in pattern.lower() if letter not in _SEPARATORS)
    return f"+{country}{plain[1:]}" if plain.startswith("0") else plain
