"""Small words of Korean that depend on the last sound of the word before them."""

from __future__ import annotations

_DIGIT_FINALS = dict(zip("0123456789", ["ㅇ", "ㄹ", "", "ㅁ", "", "", "ㄱ", "ㄹ", "ㄹ", ""], strict=True))
"""영 (and 십, 백, 천), 일, 이, 삼, 사, 오, 육, 칠, 팔, 구."""
_LETTER_FINALS = {"l": "ㄹ", "m": "ㅁ", "n": "ㄴ", "r": "ㄹ"}
"""Latin letters whose Korean name ends in a consonant: 엘, 엠, 엔, 알."""
_SIGNS = {"%": "", "℃": "", "+": ""}
_RIEUL = 8
"""The number of the final ㄹ within a Hangul syllable."""


def final(word: str) -> str:
    """The consonant (받침) that the word ends in as it is said: "ㄹ", another one, or "" after a vowel."""
    for char in reversed(word):
        if "가" <= char <= "힣":
            number = (ord(char) - 0xAC00) % 28
            return "" if number == 0 else "ㄹ" if number == _RIEUL else "ㅇ"
        if char in _SIGNS:
            return _SIGNS[char]
        if char.isascii() and char.isalnum():
            return _DIGIT_FINALS.get(char) or _LETTER_FINALS.get(char.lower(), "")
    return ""


def topic(word: str) -> str:
    """word + 은/는."""
    return word + ("은" if final(word) else "는")


def object_(word: str) -> str:
    """word + 을/를."""
    return word + ("을" if final(word) else "를")


def subject(word: str) -> str:
    """word + 이/가."""
    return word + ("이" if final(word) else "가")


def with_(word: str) -> str:
    """word + 과/와."""
    return word + ("과" if final(word) else "와")


def by(word: str) -> str:
    """word + 으로/로; after ㄹ it is 로."""
    return word + ("으로" if final(word) not in ("", "ㄹ") else "로")


def was(word: str) -> str:
    """word + 이었습니다/였습니다."""
    return word + ("이었습니다" if final(word) else "였습니다")
