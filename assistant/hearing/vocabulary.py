"""Where the closed set of phrases comes from: the content registry, the core, or a file."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

from assistant.contracts.errors import BadInput
from assistant.hearing.phrases import Phrase


def registry_phrases() -> tuple[Phrase, ...]:
    """Every name the packaged registry knows: panels and commands are complete, places and departments are not."""
    from content_registry.generator import recogniser_phrases
    from content_registry.loader import load_registry

    return tuple(
        Phrase(p.text, p.panel or p.department or p.district or p.text, bool(p.panel or p.intent), p.written)
        for p in recogniser_phrases(load_registry())
    )


def wire_phrases(items: object) -> tuple[Phrase, ...]:
    """Phrases as a message carries them: strings, or objects as the registry's recogniser phrases.

    Raises BadInput: `bad-phrases`, `no-phrases`.
    """
    if not isinstance(items, list):
        raise BadInput("bad-phrases", "phrases must be a list")
    phrases = tuple(_wire_phrase(item) for item in items)
    if not phrases:
        raise BadInput("no-phrases", "the list of phrases is empty")
    return phrases


def _wire_phrase(item: Any) -> Phrase:
    if isinstance(item, str) and item.strip():
        return Phrase(unicodedata.normalize("NFC", item.strip()))
    if isinstance(item, dict) and isinstance(item.get("text"), str) and item["text"].strip():
        text = unicodedata.normalize("NFC", item["text"].strip())
        key = item.get("panel") or item.get("book") or item.get("department") or item.get("district") or text
        written = item.get("written")
        complete = bool(item.get("panel") or item.get("book") or item.get("intent"))
        return Phrase(text, str(key), complete, written if isinstance(written, str) else "")
    raise BadInput("bad-phrases", "a phrase must be a text, or an object with a text")


def file_phrases(path: str | Path) -> tuple[Phrase, ...]:
    """One phrase per line (UTF-8, empty lines skipped, repeated ones once).

    Raises BadInput: `no-such-file`, `not-utf-8`, `no-phrases`.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadInput("no-such-file", f"{path}: there is no such file") from error
    except (IsADirectoryError, PermissionError) as error:
        raise BadInput("unreadable-file", f"{path}: this cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadInput("not-utf-8", f"{path}: the list must be UTF-8 text") from error
    lines = dict.fromkeys(unicodedata.normalize("NFC", line.strip()) for line in text.splitlines())
    phrases = tuple(Phrase(line) for line in lines if line)
    if not phrases:
        raise BadInput("no-phrases", f"{path}: the list of phrases is empty")
    return phrases
