"""Small words of Korean that depend on the word before them."""

from __future__ import annotations

_DIGIT_HAS_FINAL = {
    "0": True,
    "1": True,
    "2": False,
    "3": True,
    "4": False,
    "5": False,
    "6": True,
    "7": True,
    "8": True,
    "9": False,
}
_RIEUL_DIGITS = "178"


def _final(word: str) -> tuple[bool, bool]:
    """(ends in a consonant, and that consonant is ㄹ) of the word's last spoken sound."""
    for char in reversed(word):
        if "가" <= char <= "힣":
            index = (ord(char) - 0xAC00) % 28
            return index != 0, index == 8
        if char in _DIGIT_HAS_FINAL:
            return _DIGIT_HAS_FINAL[char], char in _RIEUL_DIGITS
        if char.isascii() and char.isalpha():
            return char.lower() in "lmnr", char.lower() in "lr"
    return False, False


def topic(word: str) -> str:
    """word + 은/는."""
    return word + ("은" if _final(word)[0] else "는")


def subject(word: str) -> str:
    """word + 이/가."""
    return word + ("이" if _final(word)[0] else "가")


def object_(word: str) -> str:
    """word + 을/를."""
    return word + ("을" if _final(word)[0] else "를")


def toward(word: str) -> str:
    """word + 으로/로 (로 after a vowel or ㄹ)."""
    has_final, rieul = _final(word)
    return word + ("으로" if has_final and not rieul else "로")


def and_(word: str) -> str:
    """word + 과/와."""
    return word + ("과" if _final(word)[0] else "와")
