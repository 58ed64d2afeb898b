"""LiveKit's tokens: JSON Web Tokens signed with the secret that its server and we share (HS256). Never logged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any

TOKEN_S = 120
"""How long a page may take to join. The server itself renews the tokens of those who are in."""
EARLY_S = 10
"""Clocks of two machines may differ so much."""


class Tokens:
    """Makes them. key: the name of the secret, in the server's configuration."""

    def __init__(self, key: str, secret: str, clock: Callable[[], float] = time.time) -> None:
        self._key, self._secret, self._clock = key, secret, clock

    def made(self, claims: dict[str, Any]) -> str:
        """A token that says `claims`, good for TOKEN_S."""
        now = int(self._clock())
        whole = {"iss": self._key, "nbf": now - EARLY_S, "exp": now + TOKEN_S, "jti": secrets.token_hex(8), **claims}
        text = f"{_packed({'alg': 'HS256', 'typ': 'JWT'})}.{_packed(whole)}"
        return f"{text}.{self._signature(text)}"

    def _signature(self, text: str) -> str:
        return _base64(hmac.new(self._secret.encode(), text.encode(), hashlib.sha256).digest())


def _packed(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
