"""Hand-written sentences as TSV: training lines of panels and commands, chatter, and blind tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from assistant.contracts import ConfigError, Direction, Intent, IntentName, Language, Media, Period
from assistant.understanding.labels import label_of
from assistant.understanding.model import CHATTER, PANEL_PREFIX


@dataclass(frozen=True, slots=True)
class Labelled:
    """A sentence with the model's label."""

    text: str
    label: str


def handwritten(folder: Path) -> tuple[Labelled, ...]:
    """All lines of `panels_*.tsv`, `commands.tsv` and `chatter.tsv`. Raises ConfigError with file and line."""
    lines: list[Labelled] = []
    for file in sorted(folder.glob("panels_*.tsv")):
        for number, (panel, text) in _rows(file, 2):
            _need(file, number, bool(panel and text), "panel_id<TAB>sentence is needed")
            lines.append(Labelled(text, PANEL_PREFIX + panel))
    commands = folder / "commands.tsv"
    for number, (name, slots, text) in _rows(commands, 3):
        try:
            lines.append(Labelled(text, label_of(read_intent(name, slots))))
        except ValueError as error:
            _need(commands, number, False, str(error))
    for _, (text,) in _rows(folder / "chatter.tsv", 1):
        lines.append(Labelled(text, CHATTER))
    return tuple(lines)


SLOTS = ("panel", "district", "department", "media", "direction", "choice", "compare", "period", "language")


def read_intent(name: str, slots: str) -> Intent:
    """An intent from its name and `slot=value;slot=value`; several districts of `compare` are joined with `+`.

    Raises ValueError on anything unknown.
    """
    values: dict[str, str] = {}
    for part in filter(None, (piece.strip() for piece in slots.split(";"))):
        slot, separator, value = part.partition("=")
        if not separator or slot not in SLOTS:
            raise ValueError(f"unknown slot {part!r}")
        values[slot] = value
    return Intent(
        IntentName(name),
        panel=values.get("panel"),
        district=values.get("district"),
        department=values.get("department"),
        media=Media(values["media"]) if "media" in values else None,
        direction=Direction(values["direction"]) if "direction" in values else None,
        choice=int(values["choice"]) if "choice" in values else None,
        compare=tuple(filter(None, values.get("compare", "").split("+"))),
        period=Period(values["period"]) if "period" in values else None,
        language=Language(values["language"]) if "language" in values else None,
    )


def blind(file: Path) -> Iterator[tuple[str, Intent | None]]:
    """(sentence, expected intent) of a blind file; None means it must not be answered. One column is chatter."""
    for number, row in _rows(file, None):
        if len(row) == 1:
            yield row[0], None
            continue
        try:
            yield row[0], None if row[1] in ("", CHATTER) else read_intent(row[1], row[2] if len(row) > 2 else "")
        except ValueError as error:
            _need(file, number, False, str(error))


def _rows(file: Path, columns: int | None) -> Iterator[tuple[int, tuple[str, ...]]]:
    if not file.is_file():
        return
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ConfigError("bad-sentences", f"{file}: not UTF-8 ({error.reason})") from error
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        row = tuple(cell.strip() for cell in line.split("\t"))
        _need(file, number, columns is None or len(row) == columns, f"{columns} columns are needed, not {len(row)}")
        yield number, row


def _need(file: Path, number: int, condition: bool, message: str) -> None:
    if not condition:
        raise ConfigError("bad-sentences", f"{file}:{number}: {message}")
