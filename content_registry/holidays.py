"""The days on which the city's offices are closed: Korea's public holidays, from `holidays.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from content_registry.document import Document
from content_registry.schema import Problem, RegistryError

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Holiday:
    """What the day is called."""

    ko: str
    en: str


@cache
def load_holidays(folder: Path = FOLDER) -> Mapping[date, Holiday]:
    """By date, in the order of the file. Raises RegistryError for a file that has a mistake."""
    problems: list[Problem] = []
    document = Document(folder, "holidays.yaml", problems)
    document.only("holidays")
    found: dict[date, Holiday] = {}
    for entry in document.entries("holidays", "date"):
        text, holiday = entry.text("date"), Holiday(entry.text("ko"), entry.text("en"))
        try:
            day = date.fromisoformat(text)
        except ValueError:
            entry.refuse("bad-date", f"{text!r} is no date like 2026-01-01", entry.line_of("date"))
            continue
        if day in found:
            entry.refuse("duplicate-date", f"{text} is there already", entry.line_of("date"))
        found[day] = holiday
        entry.finish()
    if problems:
        raise RegistryError(tuple(problems))
    return found
