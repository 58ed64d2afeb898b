"""What is kept of a secret that comes back: never the secret itself."""

from __future__ import annotations

import hashlib


def digest(secret: str) -> str:
    """SHA-256 in hexadecimal. For random secrets (tokens, session ids) only: a PIN is guessed from it (pins.py)."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
