"""How the benches of quality print and write what they found."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from assistant.understanding.intervals import wilson


def share(count: int, of: int) -> dict[str, Any]:
    """A share as JSON, with its 95 % Wilson interval."""
    return {"count": count, "share": count / of if of else None, "interval_95": wilson(count, of)}


def percent(share: Mapping[str, Any]) -> str:
    """A share with its interval: `93.0 [90.1, 95.2]`, in percent; `-` of nothing."""
    if share["share"] is None:
        return "-"
    low, high = share["interval_95"]
    return f"{100 * share['share']:.1f} [{100 * low:.1f}, {100 * high:.1f}]"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their longest cell, the first to the left, the others to the right."""
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(max(map(len, rows)))]
    lines = []
    for row in rows:
        cells = [c.ljust(w) if n == 0 else c.rjust(w) for n, (c, w) in enumerate(zip(row, widths, strict=False))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """Where it was measured, and how busy that was."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
        "platform": platform.platform(),
        "python": platform.python_version(),
    }


def write(document: Mapping[str, Any], name: str, folder: Path) -> Path:
    """`NAME-TIME.json` in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path
