"""Korean text as jamo (the letters of a syllable), and edit distances over them.

Two names that sound alike differ in few jamo ("미세먼지" / "미새먼지": one), while they may differ in whole
syllables; the recogniser's and the typist's errors are therefore counted in jamo.
"""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz.distance import Levenshtein

_PLAIN = re.compile("[가-힣0-9A-Za-z ]*")
_COMPATIBILITY_FIRST, _COMPATIBILITY_LAST = 0x3131, 0x318E


def compact(text: str) -> str:
    """Letters and digits only, composed (NFC), lower case: the form in which two spellings are the same name."""
    if _PLAIN.fullmatch(text):
        return text.replace(" ", "").lower()
    return "".join(_keep(char) for char in unicodedata.normalize("NFC", text))


def to_jamo(text: str) -> str:
    """The decomposed (NFD) jamo of the text's letters and digits, lower case, without spaces and punctuation."""
    return unicodedata.normalize("NFD", compact(text))


def distance(a: str, b: str) -> int:
    """Levenshtein distance between two texts, in jamo."""
    return Levenshtein.distance(to_jamo(a), to_jamo(b))


def normalized_distance(a: str, b: str) -> float:
    """Levenshtein distance in jamo divided by the longer text's jamo: 0.0 (same) to 1.0 (nothing in common)."""
    return Levenshtein.normalized_distance(to_jamo(a), to_jamo(b))


def has_final(text: str) -> bool | None:
    """Whether the last syllable ends in a consonant (decides 은/는, 이/가, 을/를). Digits as read aloud.

    None when the text does not end in a Hangul syllable or a digit.
    """
    kept = compact(text)
    if not kept:
        return None
    last = kept[-1]
    if "가" <= last <= "힣":
        return (ord(last) - 0xAC00) % 28 != 0
    if last.isascii() and last.isdigit():
        return last in "013678"
    return None


def ends_in_rieul(text: str) -> bool:
    """Whether the last syllable's final consonant is ㄹ, after which the particle is 로 and not 으로."""
    kept = compact(text)
    last = kept[-1:]
    return ("가" <= last <= "힣" and (ord(last) - 0xAC00) % 28 == 8) or last in ("1", "7", "8")


def _keep(char: str) -> str:
    if "가" <= char <= "힣":
        return char
    if not char.isalnum():
        return ""
    if _COMPATIBILITY_FIRST <= ord(char) <= _COMPATIBILITY_LAST:
        # A lone keyboard jamo ("ㅁ") becomes the conjoining letter, comparable with a decomposed syllable.
        return unicodedata.normalize("NFKC", char)
    return "".join(part for part in char.lower() if part.isalnum())
