"""Deterministic noise: the same key and time always give the same number, on every machine."""

from __future__ import annotations

import math
from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=65536)
def unit(*key: str | int) -> float:
    """A number in 0..1 that depends only on the key (64 bits of BLAKE2b)."""
    digest = blake2b("|".join(map(str, key)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2.0**64


def pick(low: float, high: float, *key: str | int) -> float:
    """A number between low and high that depends only on the key."""
    return low + (high - low) * unit(*key)


def choose(options: tuple[str, ...], *key: str | int) -> str:
    """One of the options, depending only on the key."""
    return options[int(unit(*key) * len(options))]


def smooth(t: float, period_s: float, *key: str | int) -> float:
    """Value noise in -1..1 that changes over about `period_s` seconds, cosine between fixed random values."""
    position = t / period_s
    left = math.floor(position)
    share = (1 - math.cos(math.pi * (position - left))) / 2
    a, b = unit(*key, left), unit(*key, left + 1)
    return 2 * (a + (b - a) * share) - 1


def texture(t: float, *key: str | int) -> float:
    """Weather-like noise in -1..1: days, hours and minutes together, so that it wanders and never jumps."""
    days = smooth(t, 2.5 * 86400, *key, "d")
    hours = smooth(t, 3 * 3600, *key, "h")
    minutes = smooth(t, 900, *key, "m")
    return 0.6 * days + 0.3 * hours + 0.1 * minutes
