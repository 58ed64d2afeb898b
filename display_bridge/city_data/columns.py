"""Column names of public services, of every generation, as data; rows under our names.

The services renamed most columns between 2024 and 2026 and still answer with either set, sometimes both.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from display_bridge.city_data.feeds import SourceFailed

log = logging.getLogger(__name__)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Columns:
    """names: our name -> the service's, newest first. needed: ours without one of which a row means nothing."""

    names: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]

    def read(self, rows: Iterable[Row]) -> Rows:
        """The rows under our names. A row that has none of a needed column's names is skipped and counted; if all
        are, SourceFailed("unknown-columns")."""
        found: list[Row] = []
        skipped = 0
        for row in rows:
            upper = {key.upper(): value for key, value in row.items() if isinstance(key, str)}
            mine = {ours: upper[n] for ours, theirs in self.names.items() if (n := _first(theirs, upper)) is not None}
            if all(name in mine for name in self.needed):
                found.append({name: mine.get(name) for name in self.names})
            else:
                skipped += 1
        if skipped:
            log.warning(
                "%d of %d rows have none of the known columns for %s", skipped, skipped + len(found), self.needed
            )
        if skipped and not found:
            raise SourceFailed("unknown-columns", f"none of {skipped} rows has the columns that are known", retry=False)
        return Rows(tuple(found), skipped)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows under our names, and how many were skipped because their columns are unknown."""

    rows: tuple[Row, ...]
    skipped: int = 0


def _first(names: tuple[str, ...], row: Row) -> str | None:
    """The first of the names that the row has with a value, else the first it has at all."""
    present = [name for name in names if name in row]
    return next((name for name in present if row[name] not in (None, "")), present[0] if present else None)
