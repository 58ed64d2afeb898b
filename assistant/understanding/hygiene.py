"""What may enter understanding: one clean line of 1 to 300 characters.

Rasa answers an empty text with an error, takes "/panel_air" for a command that bypasses the model, misreads decomposed
Hangul, and blocks for seconds on long texts; none of that may reach it.
"""

from __future__ import annotations

import unicodedata

from assistant.contracts import BadInput

MAX_CHARS = 300


def clean(text: object) -> str:
    """The text composed (NFC), without control characters, lone surrogates and leading slashes, white space folded.

    Raises BadInput: `not-text`, `empty-text` (nothing with a letter or digit is left) or `text-too-long`.
    """
    if not isinstance(text, str):
        raise BadInput("not-text", "a sentence must be text")
    # Bounded before any work on it: normalising is linear, but a caller may send megabytes.
    if len(text) > 40 * MAX_CHARS:
        raise BadInput("text-too-long", f"a sentence has at most {MAX_CHARS} characters, this one {len(text)}")
    kept = "".join(_keep(char) for char in unicodedata.normalize("NFC", text))
    line = " ".join(kept.split()).lstrip("/ ").strip()
    if not any(char.isalnum() for char in line):
        raise BadInput("empty-text", "there is no word in the sentence")
    if len(line) > MAX_CHARS:
        raise BadInput("text-too-long", f"a sentence has at most {MAX_CHARS} characters, this one {len(line)}")
    return line


def _keep(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cs" or category == "Cn" or category == "Co":
        return ""
    if category in ("Cc", "Zl", "Zp"):
        return " "
    # Zero-width joiners and direction marks are invisible and split names.
    return "" if category == "Cf" else char
