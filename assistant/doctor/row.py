"""What a check says, as JSON for programs and as a table for people."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "degraded", "missing"]


@dataclass(frozen=True, slots=True)
class Row:
    """`missing`: something essential is not there. `degraded`: a feature is off or limited, the rest works.

    detail: what was found. fix: what to do, in Korean and English; empty when nothing is to be done.
    """

    component: str
    state: State
    detail: str
    fix: str = ""

    @property
    def blocks(self) -> bool:
        """Whether the product cannot do its main work like this."""
        return self.state == "missing"

    def as_json(self) -> dict[str, str]:
        """component, state, detail, fix."""
        return asdict(self)


_SIGNS: dict[State, str] = {"ok": "정상 ok", "degraded": "제한 degraded", "missing": "없음 missing"}


def table(rows: Iterable[Row]) -> str:
    """The rows for people, with what to do under each that is not ok."""
    lines = []
    for row in rows:
        lines.append(f"{_pad(_SIGNS[row.state], 14)} {_pad(row.component, 18)} {row.detail}")
        if row.fix:
            lines.append(f"{'':34}-> {row.fix}")
    return "\n".join(lines)


def _pad(text: str, width: int) -> str:
    """Padded to `width` columns of a terminal, where a Hangul syllable takes two."""
    taken = sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * max(0, width - taken)
