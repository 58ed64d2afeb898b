"""Small words of Korean that depend on the word before them."""

from __future__ import annotations

_DIGITS_WITH_FINAL = "013678"
_LETTERS_WITH_FINAL = "lmnr"
"""Latin letters whose Korean name ends in a consonant: 엘, 엠, 엔, 알."""


def _ends_in_consonant(word: str) -> bool:
    """Whether the word's last spoken sound is a consonant (받침)."""
    for char in reversed(word):
        if "가" <= char <= "힣":
            return (ord(char) - 0xAC00) % 28 != 0
        if char.isascii() and char.isalnum():
            return char.lower() in _DIGITS_WITH_FINAL + _LETTERS_WITH_FINAL
    return False


def topic(word: str) -> str:
    """word + 은/는."""
    return word + ("은" if _ends_in_consonant(word) else "는")


def object_(word: str) -> str:
    """word + 을/를."""
    return word + ("을" if _ends_in_consonant(word) else "를")
